//! The report as text.

use sheaf_diagnosis::{Header, Subject};
use sheaf_ipc::ReportText;

use super::Run;

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
