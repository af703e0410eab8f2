//! The built `sheaf` program: one installation with its own home, data directory and secrets.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;

use serde_json::Value;
use tempfile::TempDir;

use crate::Keyring;
use crate::program::{PATIENCE, Program};

/// One installation. Its home is deleted when it is dropped.
pub struct Sheaf {
    home: TempDir,
    /// The address of a session bus with a keyring on it.
    bus: Option<String>,
    secret_store: &'static str,
    variables: Vec<(String, String)>,
    said: RefCell<String>,
}

/// What a command that failed said.
#[derive(Debug)]
pub struct Refusal {
    pub exit: Option<i32>,
    pub code: String,
    pub message: String,
    pub hint: String,
}

struct Finished {
    status: ExitStatus,
    stdout: String,
    stderr: String,
}

impl Sheaf {
    /// A fresh installation that keeps passwords in a file of its own.
    pub fn new() -> Self {
        Self {
            home: TempDir::with_prefix("sheaf-home-").expect("a temporary folder can be made"),
            bus: None,
            secret_store: "clear-file",
            variables: Vec::new(),
            said: RefCell::default(),
        }
    }

    /// A fresh installation that keeps passwords in `keyring`.
    pub fn with_keyring(keyring: &Keyring) -> Self {
        Self {
            bus: Some(keyring.bus.clone()),
            secret_store: "keyring",
            ..Self::new()
        }
    }

    /// Everything this installation wrote lies below here.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// `sheaf --data-dir … --json`, ready for a command, in an environment that knows only this home.
    pub fn command(&self) -> Command {
        let home = self.home.path();
        let mut command = Command::new(binary());
        command
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_DATA_HOME", home.join("share"))
            .env("XDG_STATE_HOME", home.join("state"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", home)
            .env("SHEAF_SECRET_STORE", self.secret_store)
            .env("NO_PROXY", "*")
            .arg("--data-dir")
            .arg(self.data_dir())
            .arg("--json");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        if let Some(bus) = &self.bus {
            command.env("DBUS_SESSION_BUS_ADDRESS", bus);
        }
        command
    }

    /// Its commands find this variable around them from now on.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// What a command that must succeed prints.
    pub fn run(&self, arguments: &[&str]) -> Value {
        let finished = self.finish(arguments);
        assert!(
            finished.status.success(),
            "sheaf {arguments:?} failed ({}):\n{}",
            finished.status,
            finished.stderr
        );
        if finished.stdout.trim().is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&finished.stdout).unwrap_or_else(|error| {
            panic!(
                "sheaf {arguments:?} printed no JSON ({error}): {}",
                finished.stdout
            )
        })
    }

    /// What a command that must fail says.
    pub fn refused(&self, arguments: &[&str]) -> Refusal {
        match self.attempt(arguments) {
            Ok(answer) => panic!("sheaf {arguments:?} succeeded: {answer}"),
            Err(refusal) => refusal,
        }
    }

    /// A command that may do either.
    pub fn attempt(&self, arguments: &[&str]) -> Result<Value, Refusal> {
        let finished = self.finish(arguments);
        if finished.status.success() {
            return Ok(serde_json::from_str(&finished.stdout).unwrap_or(Value::Null));
        }
        let error = finished
            .stderr
            .lines()
            .rev()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .find_map(|line| line.get("error").cloned());
        let Some(error) = error else {
            panic!(
                "sheaf {arguments:?} failed without a JSON error: {}",
                finished.stderr
            );
        };
        let text = |field: &str| error[field].as_str().unwrap_or_default().to_owned();
        Err(Refusal {
            exit: finished.status.code(),
            code: text("code"),
            message: text("message"),
            hint: text("hint"),
        })
    }

    /// Everything its commands have printed so far, errors too.
    pub fn transcript(&self) -> String {
        self.said.borrow().clone()
    }

    /// A command that runs on, such as `sync watch`.
    pub fn follow(&self, arguments: &[&str]) -> Program {
        Program::start("sheaf", self.command().args(arguments))
    }

    fn finish(&self, arguments: &[&str]) -> Finished {
        let child = self
            .command()
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("sheaf could not be started: {error}"));
        let id = child.id();
        let (sender, finished) = channel();
        std::thread::spawn(move || sender.send(child.wait_with_output()));
        let Ok(output) = finished.recv_timeout(2 * PATIENCE) else {
            // The thread that waits owns the child; only the system can still reach it.
            let _ = Command::new("kill").args(["-9", &id.to_string()]).status();
            panic!("sheaf {arguments:?} did not end within {:?}", 2 * PATIENCE);
        };
        let output = output.expect("a child can be waited for once");
        let finished = Finished {
            status: output.status,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        let mut said = self.said.borrow_mut();
        said.push_str(&finished.stdout);
        said.push_str(&finished.stderr);
        finished
    }
}

impl Default for Sheaf {
    fn default() -> Self {
        Self::new()
    }
}

/// The program under test: what `SHEAF_BIN` names, else the one that cargo built beside this test.
fn binary() -> PathBuf {
    crate::program::built("SHEAF_BIN", "sheaf", "cargo build --package sheaf-cli")
}
