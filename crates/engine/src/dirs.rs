//! Where Sheaf keeps its files on each system, unless somebody says otherwise.
//!
//! An explicit data directory carries everything with it, logs included, so that a directory on a
//! stick or of a test leaves nothing elsewhere.

use std::path::{Path, PathBuf};

/// The two directories of one installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directories {
    pub data: PathBuf,
    pub logs: PathBuf,
}

#[derive(Debug, thiserror::Error)]
#[error("this account has no home directory; name one with --data-dir or SHEAF_DATA_DIR")]
pub struct NoHome;

/// `explicit` is `--data-dir` or `SHEAF_DATA_DIR`.
pub fn directories(explicit: Option<&Path>) -> Result<Directories, NoHome> {
    if let Some(data) = explicit {
        return Ok(Directories {
            logs: data.join("logs"),
            data: data.to_owned(),
        });
    }
    Ok(Directories {
        data: data_dir().ok_or(NoHome)?,
        logs: log_dir().ok_or(NoHome)?,
    })
}

/// Local, not roaming: a database must not be copied about by a domain's profile service.
fn data_dir() -> Option<PathBuf> {
    let name = if cfg!(target_os = "linux") {
        "sheaf"
    } else {
        "Sheaf"
    };
    dirs::data_local_dir().map(|base| base.join(name))
}

#[cfg(target_os = "macos")]
fn log_dir() -> Option<PathBuf> {
    dirs::home_dir().map(|home| home.join("Library/Logs/Sheaf"))
}

#[cfg(not(target_os = "macos"))]
fn log_dir() -> Option<PathBuf> {
    match dirs::state_dir() {
        Some(state) => Some(state.join("sheaf").join("logs")),
        None => data_dir().map(|data| data.join("logs")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explicit_directory_holds_the_logs_too() {
        let found = directories(Some(Path::new("/stick/sheaf"))).unwrap();
        assert_eq!(found.logs, Path::new("/stick/sheaf/logs"));
        assert_eq!(found.data, Path::new("/stick/sheaf"));
    }
}
