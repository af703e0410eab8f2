//! A crash leaves a file beside the log: when, where, which version, and the way there. It goes
//! nowhere by itself.

use std::{
    backtrace::Backtrace,
    fs,
    panic::PanicHookInfo,
    path::{Path, PathBuf},
};

use super::Redactor;
use crate::{Clock as _, SystemClock};

/// How the files are called; the milliseconds since 1970 follow.
pub(crate) const CRASH: &str = "crash-";
const KEPT: usize = 5;

/// From now on crashes of this process leave a report in `dir`.
pub(super) fn keep_reports(dir: PathBuf, redactor: std::sync::Arc<Redactor>) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let report = redactor.clean(&report(info)).into_owned();
        let at = SystemClock.now();
        // A crash is no moment to complain about a full disk.
        let _ = fs::write(dir.join(format!("{CRASH}{at}.txt")), report);
        forget_old(&dir);
        before(info);
    }));
}

/// What a panic says may hold words of a note (the text that could not be cut at a byte, say), so
/// only what was written into the program is kept.
fn report(info: &PanicHookInfo<'_>) -> String {
    let said = info.payload().downcast_ref::<&'static str>();
    let said = said
        .copied()
        .unwrap_or("(its words are left out: they may hold words of a note)");
    let place = info
        .location()
        .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let thread = std::thread::current();
    format!(
        "Sheaf {} on {} ({}), {}\nthread {} at {place}: {said}\n{}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        sheaf_diagnosis::moment(SystemClock.now()),
        thread.name().unwrap_or("without a name"),
        Backtrace::force_capture()
    )
}

fn forget_old(dir: &Path) {
    let mut reports: Vec<PathBuf> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(CRASH))
        })
        .collect();
    reports.sort();
    let old = reports.len().saturating_sub(KEPT);
    for report in &reports[..old] {
        // It is tried again with the next one.
        let _ = fs::remove_file(report);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_leaves_where_it_was_and_not_what_was_being_written() {
        let folder = tempfile::tempdir().unwrap();
        keep_reports(folder.path().to_owned(), std::sync::Arc::default());
        let words = "a sentence of a note".to_owned();
        let crashed = std::panic::catch_unwind(|| panic!("cannot cut {words:?}"));
        let _ = std::panic::take_hook();
        assert!(crashed.is_err());
        let report = fs::read_dir(folder.path())
            .unwrap()
            .flatten()
            .next()
            .unwrap();
        let report = fs::read_to_string(report.path()).unwrap();
        assert!(
            report.contains("logs/crash.rs") && report.contains("Sheaf "),
            "{report}"
        );
        assert!(!report.contains("a sentence"), "{report}");
    }
}
