//! Where things are, relative to the repository root. No other module spells these out.

use std::path::{Path, PathBuf};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this package's folder lies inside the repository")
}

pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// The npm programs that the end-to-end suites talk to.
pub(crate) fn peers() -> PathBuf {
    root().join("tests/peers")
}

/// The published clients of the hosted protocol. Apart, because they are installed without their scripts.
pub(crate) fn hosted_peers() -> PathBuf {
    peers().join("hosted")
}

pub(crate) fn icons() -> PathBuf {
    root().join("icons")
}

/// Cargo's target directory, as this very build of xtask was told it.
pub(crate) fn target() -> PathBuf {
    // `cargo run` starts `<target>/debug/xtask`: that also honours `CARGO_TARGET_DIR` and user configuration.
    std::env::current_exe()
        .ok()
        .and_then(|program| Some(program.parent()?.parent()?.to_path_buf()))
        .unwrap_or_else(|| root().join("target"))
}

/// Programs that `cargo install` brings for the tests.
pub(crate) fn tools() -> PathBuf {
    target().join("tools")
}

/// A built program of ours, debug profile.
pub(crate) fn built(name: &str) -> PathBuf {
    target()
        .join("debug")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
