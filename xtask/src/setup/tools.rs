//! Programs of the tests that come as crates, kept inside the target directory.

use anyhow::Result;

use crate::{paths, process};

/// The bridge between a `WebDriver` client and the web view's own driver. macOS has no such driver.
pub(crate) fn install_window_driver() -> Result<()> {
    let installed = paths::tools().join("bin/tauri-driver").exists();
    if installed || !cfg!(target_os = "linux") {
        return Ok(());
    }
    process::run(
        process::cargo()
            .args([
                "install",
                "tauri-driver",
                "--version",
                "^2.1",
                "--locked",
                "--root",
            ])
            .arg(paths::tools())
            // Its build must not depend on how this run was started.
            .env_remove("CARGO_TARGET_DIR"),
    )
}
