//! `sheaf-server` as somebody would start it, on a free port, with a data directory of its own.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};

use tempfile::TempDir;

use crate::http::Http;
use crate::program::{Program, built};

/// Ends, and its data with it, when dropped.
pub struct SheafServer {
    program: Program,
    url: String,
    home: TempDir,
    greeting: Vec<String>,
}

/// How one is started.
#[derive(Default)]
pub struct ServerOptions {
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    file: Option<String>,
    bare: bool,
}

impl ServerOptions {
    /// Open to registration, unless `--registration` says otherwise.
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments
            .extend(arguments.iter().map(ToString::to_string));
        self
    }

    /// Without any argument, as a newcomer starts it: only the port comes from the environment, so that tests do not
    /// fight for one.
    pub fn bare() -> Self {
        Self {
            bare: true,
            ..Self::default()
        }
        .environment("SHEAF_SERVER_LISTEN", "127.0.0.1:0")
    }

    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The text of a configuration file.
    #[must_use]
    pub fn file(mut self, toml: &str) -> Self {
        self.file = Some(toml.to_owned());
        self
    }

    pub fn start(&self) -> SheafServer {
        let home = tempfile::tempdir().expect("a temporary folder");
        let (program, url, greeting) = self.run(home.path());
        SheafServer {
            program,
            url,
            home,
            greeting,
        }
    }

    fn run(&self, home: &Path) -> (Program, String, Vec<String>) {
        let mut command = command(home);
        command.envs(self.environment.iter().cloned());
        if self.bare {
            command
                .env_remove("SHEAF_SERVER_DATA_DIR")
                .env("XDG_DATA_HOME", home);
        }
        if !self.bare && !self.has("--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        if !self.bare && !self.has("--registration") {
            command.args(["--registration", "open"]);
        }
        if let Some(toml) = &self.file {
            let path = home.join("server.toml");
            std::fs::write(&path, toml).expect("the folder is ours");
            command.arg("--config").arg(path);
        }
        let log = File::create(home.join("log")).expect("the folder is ours");
        command.args(&self.arguments).stderr(Stdio::from(log));
        let mut program = Program::start("sheaf-server", &mut command);
        let mut greeting = Vec::new();
        program.line_where(|line| {
            greeting.push(line.to_owned());
            line.contains("Registration is")
        });
        let url = greeting
            .iter()
            .find_map(|line| line.split_once("Type this into Sheaf, Preferences, Sync:"))
            .map(|(_, url)| url.trim().to_owned())
            .expect("the greeting names the address to type");
        (program, url, greeting)
    }

    /// What follows a flag that was given.
    pub fn argument(&self, flag: &str) -> &str {
        let at = self.arguments.iter().position(|argument| argument == flag);
        at.and_then(|at| self.arguments.get(at + 1))
            .unwrap_or_else(|| panic!("{flag} was not given"))
    }

    fn has(&self, flag: &str) -> bool {
        self.arguments.iter().any(|argument| argument == flag)
    }
}

impl SheafServer {
    /// What somebody types into an app.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn http(&self) -> Http {
        Http::new(&self.url)
    }

    /// Lines it printed when it started.
    pub fn greeting(&self) -> &[String] {
        &self.greeting
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("log")).expect("it was made at the start")
    }

    pub fn id(&self) -> u32 {
        self.program.id()
    }

    /// One of its commands, beside the running server: `&["user", "list"]`.
    pub fn command(&self, arguments: &[&str]) -> Output {
        command(self.home.path())
            .args(arguments)
            .output()
            .expect("sheaf-server can be started")
    }

    pub fn terminate(&mut self) -> ExitStatus {
        self.program.terminate()
    }

    pub fn kill(&mut self) -> ExitStatus {
        self.program.kill()
    }

    /// Starts it again on the same data, on another port.
    pub fn start_again(&mut self, options: &ServerOptions) {
        let (program, url, greeting) = options.run(self.home.path());
        self.program = program;
        self.url = url;
        self.greeting = greeting;
    }
}

fn command(home: &Path) -> Command {
    let mut command = Command::new(program());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SHEAF_SERVER_") {
            command.env_remove(name);
        }
    }
    command.env("SHEAF_SERVER_DATA_DIR", home.join("data"));
    command
}

fn program() -> PathBuf {
    built(
        "SHEAF_SERVER_BIN",
        "sheaf-server",
        "cargo build --package sheaf-server",
    )
}
