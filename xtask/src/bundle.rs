//! Installers for the system this runs on, by `tauri build`.

use anyhow::Result;

use crate::{paths, process, setup};

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    setup::for_bundling()?;
    // A directory of its own: the release build must not evict, or wait for, the one people test with.
    let target = paths::root().join("target-bundle");
    process::run(
        process::tauri()
            .arg("build")
            .args(arguments)
            // The root package is not among the default members, which keeps a plain `cargo test` free of GTK.
            .args(["--", "--package", "sheaf-desktop"])
            .env("CARGO_TARGET_DIR", &target),
    )?;
    println!("bundles are in {}", target.join("release/bundle").display());
    Ok(())
}
