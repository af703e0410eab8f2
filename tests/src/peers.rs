//! The npm programs in `tests/peers`.

use std::path::Path;
use std::process::Command;

/// `node <script>` in the peers' folder, ready for arguments.
pub(crate) fn node(script: &str) -> Command {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    assert!(
        folder.join("node_modules").is_dir(),
        "the npm peers are not installed: run `cargo xtask test`, or `npm ci` in {}",
        folder.display()
    );
    let mut node = Command::new("node");
    node.current_dir(folder).arg(script);
    node
}
