//! A screen nobody looks at.

use std::process::{Command, Stdio};

use crate::program::Program;

/// An X server in memory; ends when dropped.
pub struct Display {
    /// `:99`, for `DISPLAY`.
    pub name: String,
    _server: Program,
}

impl Display {
    pub fn start() -> Self {
        let mut command = Command::new("Xvfb");
        // The server picks a free number itself and prints it when it is ready.
        command
            .args(["-displayfd", "1", "-screen", "0", "1440x900x24"])
            .args(["-nolisten", "tcp", "-noreset"])
            .stderr(Stdio::null());
        let mut server = Program::start("Xvfb", &mut command);
        Self {
            name: format!(":{}", server.line().trim()),
            _server: server,
        }
    }
}
