//! The desktop program. Everything it does is in the library, where tests reach it.

// A release build on Windows must not open a console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    sheaf_desktop::run()
}
