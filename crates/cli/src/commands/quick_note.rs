//! `sheaf --quick-note`: the window that runs opens a small one, or the app with the window is started for it.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::json;
use sheaf_engine::{Client, Visit};

use crate::{args::Options, door, failure::Failure, print::Printer};

const WINDOW: &str = "sheaf-desktop";

pub(super) async fn run(options: &Options, print: Printer) -> Result<(), Failure> {
    let directories = door::directories(options)?;
    let running = match Client::connect(&directories.data).await {
        Ok(client) => client.visit(&Visit::QuickNote).await.is_ok(),
        Err(_) => false,
    };
    if !running {
        start(options)?;
    }
    print.answer(&json!({ "started": !running }), String::new)
}

fn start(options: &Options) -> Result<(), Failure> {
    let mut window = Command::new(beside_us().unwrap_or_else(|| WINDOW.into()));
    window.arg("--quick-note");
    if let Some(folder) = &options.data_dir {
        window.arg("--data-dir").arg(folder);
    }
    if let Some(store) = &options.secret_store {
        window.args(["--secret-store", store]);
    }
    // It outlives this command and its terminal.
    window
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    window.spawn().map(drop).map_err(|_| Failure::Asks {
        happened: format!(
            "The app with the window, {WINDOW}, is neither beside this program nor where programs are looked for."
        ),
        todo: "Install it, or write the note with `sheaf note new`.".to_owned(),
    })
}

fn beside_us() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let window = program.with_file_name(format!("{WINDOW}{}", std::env::consts::EXE_SUFFIX));
    window.exists().then_some(window)
}
