//! The report as text.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use sheaf_diagnosis::{Header, Subject};
use sheaf_ipc::{ApiError, ErrorCode, ReportText, SavedReport};

use super::Run;

/// Where people look for what a program handed them; without such a folder, beside the notes.
pub(super) async fn save(text: ReportText, beside: PathBuf) -> Result<SavedReport, ApiError> {
    let folder = dirs::download_dir().or_else(dirs::home_dir);
    let saved = tokio::task::spawn_blocking(move || {
        let first = folder.map(|folder| write_new(&folder, &text));
        match first {
            Some(Ok(path)) => Ok(path),
            Some(Err(_)) | None => write_new(&beside, &text),
        }
    });
    let path = match saved.await {
        Ok(Ok(path)) => path,
        Ok(Err(error)) => {
            return Err(ApiError::new(ErrorCode::DiskFull).with_detail(error.to_string()));
        }
        Err(error) => return Err(ApiError::new(ErrorCode::Bug).with_detail(error.to_string())),
    };
    Ok(SavedReport {
        path: path.display().to_string(),
    })
}

/// Never over a file that is there: two reports of a day are compared.
fn write_new(folder: &Path, text: &ReportText) -> io::Result<PathBuf> {
    const MOST: u32 = 1000;
    for number in 1..MOST {
        let name = match (number, text.file_name.rsplit_once('.')) {
            (1, _) | (_, None) => text.file_name.clone(),
            (number, Some((stem, ending))) => format!("{stem}-{number}.{ending}"),
        };
        let path = folder.join(name);
        match std::fs::File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(text.text.as_bytes())?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

pub(super) fn text(run: &Run, hide_names: bool) -> ReportText {
    let report = run.report().clone();
    let hide = if hide_names {
        names(run, &report)
    } else {
        Vec::new()
    };
    let shown_target = if run.examined.display.is_empty() {
        "no address".to_owned()
    } else {
        run.examined.display.clone()
    };
    let header = Header {
        program: format!(
            "Sheaf {} on {} ({})",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH
        ),
        target: shown_target,
        when: sheaf_diagnosis::moment(run.started_at),
        hide,
    };
    ReportText {
        text: sheaf_diagnosis::text(&header, &report),
        file_name: format!(
            "sheaf-diagnosis-{}.txt",
            sheaf_diagnosis::iso_day(run.started_at)
        ),
    }
}

/// Whatever tells who and where: the host, its addresses, the account, the database.
fn names(run: &Run, report: &sheaf_diagnosis::Report) -> Vec<String> {
    let mut names = Vec::new();
    match &run.examined.subject {
        Subject::Target(target) => {
            names.push(target.server.host().to_owned());
            names.extend(target.user.clone());
            names.push(target.database.clone());
        }
        Subject::NoDatabase(server) => names.push(server.host().to_owned()),
        Subject::Nothing | Subject::Unreadable(_) => {}
    }
    let telling = [
        "addresses",
        "working",
        "broken",
        "proxy",
        "other",
        "names",
        "location",
    ];
    for finding in report
        .lines
        .iter()
        .filter_map(sheaf_diagnosis::Line::finding)
    {
        for name in telling {
            let Some(value) = finding.values.get(name) else {
                continue;
            };
            let words = value
                .split([' ', ','])
                .filter(|word| word.len() > 3 && *word != "nothing");
            names.extend(words.map(str::to_owned));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_report_of_the_day_leaves_the_first_alone() {
        let folder = tempfile::tempdir().unwrap();
        let report = |text: &str| ReportText {
            text: text.into(),
            file_name: "sheaf-diagnosis-2026-11-21.txt".into(),
        };
        let first = write_new(folder.path(), &report("one")).unwrap();
        let second = write_new(folder.path(), &report("two")).unwrap();
        assert_eq!(std::fs::read_to_string(first).unwrap(), "one");
        assert!(second.ends_with("sheaf-diagnosis-2026-11-21-2.txt"));
        assert_eq!(std::fs::read_to_string(second).unwrap(), "two");
    }
}
