//! A child process that speaks in lines.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// Longer than anything healthy takes on a busy machine: reaching it is a failure, never a pause.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Killed when dropped.
pub struct Program {
    what: String,
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Program {
    /// Starts `command`; its stderr goes where the test's own goes.
    pub fn start(what: &str, command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{what} could not be started: {error}"));
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().expect("stdout was asked to be piped");
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            // Ends with the pipe: when the program ends, or nobody listens any more.
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self {
            what: what.to_owned(),
            child,
            stdin,
            lines,
        }
    }

    /// The next line it prints.
    pub fn line(&mut self) -> String {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => {
                panic!("{} said nothing for {PATIENCE:?}", self.what)
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.child.wait();
                panic!("{} ended ({status:?}) instead of answering", self.what)
            }
        }
    }

    /// The next line, when it comes in time.
    pub fn line_within(&mut self, patience: Duration) -> Option<String> {
        self.lines.recv_timeout(patience).ok()
    }

    /// Its lines up to and including the first that `wanted` accepts.
    pub fn line_where(&mut self, mut wanted: impl FnMut(&str) -> bool) -> String {
        loop {
            let line = self.line();
            if wanted(&line) {
                return line;
            }
        }
    }

    pub fn say(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("stdin is open until dropped");
        writeln!(stdin, "{line}")
            .and_then(|()| stdin.flush())
            .unwrap_or_else(|error| panic!("{} does not listen any more: {error}", self.what));
    }

    /// Tells it that nothing more will be said.
    pub fn close_input(&mut self) {
        drop(self.stdin.take());
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    pub fn kill(&mut self) -> ExitStatus {
        // An error means that it has ended already.
        let _ = self.child.kill();
        self.child.wait().expect("a child can be waited for once")
    }

    /// SIGTERM where there are signals: asks it to end, and waits until it has.
    pub fn terminate(&mut self) -> ExitStatus {
        // Errors mean that it has ended already.
        if cfg!(unix) {
            let id = self.child.id().to_string();
            let _ = Command::new("kill").args(["-TERM", &id]).status();
        } else {
            let _ = self.child.kill();
        }
        self.child.wait().expect("a child can be waited for once")
    }

    /// Closes its stdin and waits until it ends by itself.
    pub fn finish(&mut self) -> ExitStatus {
        self.close_input();
        while self.lines.recv_timeout(PATIENCE).is_ok() {}
        self.child.wait().expect("a child can be waited for once")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program of ours: what `variable` names, else the one cargo built beside this test.
pub(crate) fn built(variable: &str, name: &str, remedy: &str) -> PathBuf {
    let program = std::env::var_os(variable).map_or_else(|| beside_this_test(name), PathBuf::from);
    assert!(
        program.is_file(),
        "{} is not there: run `cargo xtask test`, or `{remedy}` first",
        program.display()
    );
    program
}

/// Tests lie in `<profile>/deps`, programs one folder up.
fn beside_this_test(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a running test knows its own file");
    let profile = test
        .parent()
        .and_then(Path::parent)
        .expect("tests lie two folders deep in the target directory");
    profile.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
