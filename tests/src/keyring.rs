//! A real Secret Service: a session bus of its own with gnome-keyring unlocked by a test password.

use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::program::Program;

/// The bus and the keyring end when this is dropped.
pub struct Keyring {
    /// `DBUS_SESSION_BUS_ADDRESS` for programs that shall find it.
    pub bus: String,
    session: Program,
    /// Where the keyring writes; declared after the session so that it goes last.
    _home: TempDir,
}

/// The daemon goes to the background only when it is unlocked and owns its name on the bus; then the address is
/// printed. `cat` holds the session until our end of its input closes.
const SESSION: &str = "printf 'a test password' \
    | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; \
    echo \"$DBUS_SESSION_BUS_ADDRESS\"; cat >/dev/null";

impl Keyring {
    pub fn start() -> Self {
        let home = TempDir::with_prefix("sheaf-keyring-").expect("a temporary folder can be made");
        let mut command = Command::new("dbus-run-session");
        command
            .args(["--", "sh", "-c", SESSION])
            .env("HOME", home.path())
            .env("XDG_DATA_HOME", home.path().join("share"))
            .env("XDG_CONFIG_HOME", home.path().join("config"))
            .env("XDG_RUNTIME_DIR", home.path())
            // Chatter about services that a test session does not have.
            .stderr(Stdio::null());
        let mut session = Program::start("the D-Bus session with gnome-keyring", &mut command);
        Self {
            bus: session.line(),
            session,
            _home: home,
        }
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        // Not killed: dbus-run-session takes its bus, and the bus the keyring, down only when it ends by itself.
        self.session.finish();
    }
}
