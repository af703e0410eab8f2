//! Node and the npm packages of one folder.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::process;

/// The oldest Node that the UI's build tool runs on.
const OLDEST: (u32, u32) = (20, 19);

/// `npm ci`, when the lock file is not the one that was installed last.
pub(crate) fn install(folder: &Path) -> Result<()> {
    require_node()?;
    let lock = folder.join("package-lock.json");
    let wanted = std::fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    // npm writes its own copy of the lock, in another form: it cannot be compared.
    let installed = folder.join("node_modules/.installed-lock.json");
    if std::fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    process::run(process::npm(folder).args(["ci", "--no-audit", "--no-fund"]))?;
    std::fs::write(&installed, wanted)
        .with_context(|| format!("cannot write {}", installed.display()))
}

fn require_node() -> Result<()> {
    let found = process::read(process::command("node").arg("--version")).unwrap_or_default();
    let (major, minor) = OLDEST;
    match version(&found) {
        Some(version) if version >= OLDEST => Ok(()),
        Some(_) => bail!(
            "Node {} is too old: Sheaf needs {major}.{minor} or newer, with npm. See https://nodejs.org/download",
            found.trim()
        ),
        None => bail!(
            "Node is missing: install version {major}.{minor} or newer, with npm. See https://nodejs.org/download"
        ),
    }
}

/// `v20.19.1` → (20, 19).
fn version(printed: &str) -> Option<(u32, u32)> {
    let mut numbers = printed
        .trim()
        .strip_prefix('v')?
        .split('.')
        .map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_compare_by_number() {
        assert_eq!(version("v20.19.1\n"), Some((20, 19)));
        assert!(version("v22.2.0") > version("v20.19.1"));
        assert!(version("v20.9.0") < Some(OLDEST));
        assert_eq!(version("nothing"), None);
    }
}
