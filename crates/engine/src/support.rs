//! What somebody who helps needs to see: versions, how sync stands, the newest diagnosis, crash
//! reports and the end of the log, as one text that is shown before it is saved.

use std::{
    fmt::Write as _,
    fs,
    io::{Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

use sheaf_ipc::{ApiError, ErrorCode, ReportText, SupportOptions, SyncTarget};

use crate::Engine;

/// The end of the log is what matters; a text that a person reads and sends is not longer.
const LOG_BYTES: u64 = 192 * 1024;
const CRASH_BYTES: u64 = 16 * 1024;
const CRASHES: usize = 3;

pub(crate) async fn bundle(
    engine: &Engine,
    options: SupportOptions,
) -> Result<ReportText, ApiError> {
    let now = engine.now();
    let settings = engine.worker().settings().await?;
    let status = engine.worker().status().await?;
    let logs = engine.directories().logs.clone();
    let files = tokio::task::spawn_blocking(move || (crashes(&logs), log(&logs)))
        .await
        .map_err(|error| ApiError::new(ErrorCode::Bug).with_detail(error.to_string()))?;
    let (crashes, log) = files;

    let mut text = String::new();
    let version = env!("CARGO_PKG_VERSION");
    let (system, processor) = (std::env::consts::OS, std::env::consts::ARCH);
    let _ = writeln!(
        text,
        "Sheaf {version} on {system} ({processor}), support bundle of {}",
        sheaf_diagnosis::moment(now)
    );
    let _ = writeln!(
        text,
        "It holds no passwords, no titles and no text of notes.\n"
    );
    let target = match &settings.target {
        SyncTarget::Off => "off".to_owned(),
        SyncTarget::Couchdb { display, .. } | SyncTarget::Hosted { display, .. } => display.clone(),
    };
    let _ = writeln!(text, "== Sync\nwith: {target}\nstate: {:?}", status.state);
    let last = status
        .last_success
        .map_or_else(|| "never".to_owned(), sheaf_diagnosis::moment);
    let _ = writeln!(
        text,
        "last success: {last}\nwaiting: {}, conflicts: {}, held back: {}",
        status.waiting, status.conflicts, status.held_back
    );
    text.push_str("\n== Network diagnosis\n");
    text.push_str(
        &engine
            .newest_diagnosis_text(options.hide_names)
            .unwrap_or_else(|| "none since Sheaf was started\n".to_owned()),
    );
    text.push_str("\n== Crashes\n");
    text.push_str(if crashes.is_empty() {
        "none\n"
    } else {
        &crashes
    });
    text.push_str("\n== Log\n");
    text.push_str(&log);

    // Written by several versions of Sheaf, so it is cleaned again as it is now.
    let mut text = engine.logs().redactor().clean(&text).into_owned();
    if options.hide_names {
        text = without_names(text, &settings.target);
    }
    Ok(ReportText {
        text,
        file_name: format!("sheaf-support-{}.txt", sheaf_diagnosis::iso_day(now)),
    })
}

/// Host, account and database of the remote in force.
pub(crate) fn without_names(mut text: String, target: &SyncTarget) -> String {
    let mut names = match target {
        SyncTarget::Off => return text,
        SyncTarget::Couchdb { fields, .. } => vec![
            host_of(&fields.address),
            fields.user.as_str(),
            fields.database.as_str(),
        ],
        SyncTarget::Hosted { account, .. } => {
            vec![host_of(&account.address), account.email.as_str()]
        }
    };
    // The longest first, so that a name inside another one does not leave a piece.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for name in names.into_iter().filter(|name| name.len() > 1) {
        text = text.replace(name, "(hidden)");
    }
    text
}

fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or_default()
}

/// Files of the log directory whose names begin so, the newest name last: names carry the date.
fn named(logs: &Path, beginning: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(logs)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy());
            name.is_some_and(|name| name.starts_with(beginning))
        })
        .collect();
    files.sort();
    files
}

fn crashes(logs: &Path) -> String {
    let files = named(logs, crate::logs::CRASH);
    let newest = files.iter().rev().take(CRASHES);
    newest
        .map(|file| end_of(file, CRASH_BYTES) + "\n")
        .collect()
}

/// The end of the two newest files: a night lies between them.
fn log(logs: &Path) -> String {
    let files = named(logs, "sheaf.");
    let from = files.len().saturating_sub(2);
    files[from..]
        .iter()
        .map(|file| end_of(file, LOG_BYTES / 2))
        .collect()
}

/// The last whole lines within so many bytes.
fn end_of(file: &Path, bytes: u64) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = fs::File::open(file)?;
        let length = file.metadata()?.len();
        let from = length.saturating_sub(bytes);
        file.seek(SeekFrom::Start(from))?;
        let mut end = Vec::new();
        file.take(bytes).read_to_end(&mut end)?;
        let text = String::from_utf8_lossy(&end).into_owned();
        Ok(match (from, text.split_once('\n')) {
            (1.., Some((_, whole))) => format!("…\n{whole}"),
            _ => text,
        })
    };
    read().unwrap_or_else(|error| format!("({} cannot be read: {error})\n", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_lines_of_the_end_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sheaf.2026-11-21.log");
        fs::write(&file, "first line\nsecond line\nthird line\n").unwrap();
        assert_eq!(end_of(&file, 15), "…\nthird line\n");
        assert!(end_of(&file, 1000).starts_with("first"));
        assert_eq!(log(folder.path()), "first line\nsecond line\nthird line\n");
    }
}
