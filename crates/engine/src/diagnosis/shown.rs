//! Runs, lines and fixes as they cross to the window.

use sheaf_diagnosis::{CheckId, Fix, Group, Line, Severity, State, Verdict};
use sheaf_ipc::{
    AppliedFix, Diagnosis, DiagnosisFix, DiagnosisGroup, DiagnosisLine, DiagnosisState,
    DiagnosisVerdict, FixKind,
};

use super::Run;

/// More fixes than one finding ever offers.
const FIXES_PER_CHECK: usize = 16;

pub(super) fn diagnosis(run: &Run, applied: Vec<AppliedFix>) -> Diagnosis {
    let report = run.report();
    Diagnosis {
        run: run.number,
        target: run.examined.display.clone(),
        deep: run.asked.deep,
        half: run.asked.half,
        started_at: run.started_at,
        finished: run.is_finished(),
        verdict: match report.verdict() {
            Verdict::Healthy => DiagnosisVerdict::Healthy,
            Verdict::Warnings => DiagnosisVerdict::Warnings,
            Verdict::Failed => DiagnosisVerdict::Failed,
            Verdict::Incomplete => DiagnosisVerdict::Incomplete,
        },
        lines: report.lines.iter().map(line).collect(),
        applied,
    }
}

pub(super) fn line(line: &Line) -> DiagnosisLine {
    let finding = line.finding();
    let because = match &line.state {
        State::Skipped { because } => Some(because.id().to_owned()),
        _ => None,
    };
    let fixes = finding
        .map(|found| found.fixes.as_slice())
        .unwrap_or_default();
    DiagnosisLine {
        check: line.check.id().to_owned(),
        group: group(line.check.group()),
        state: state(line),
        code: finding.map(|found| found.code.name().to_owned()),
        values: finding
            .map(|found| {
                let values = found.values.iter();
                values
                    .map(|(name, value)| ((*name).to_owned(), value.clone()))
                    .collect()
            })
            .unwrap_or_default(),
        evidence: finding
            .map(|found| found.evidence.clone())
            .unwrap_or_default(),
        fixes: fixes
            .iter()
            .enumerate()
            .map(|(at, offered)| DiagnosisFix {
                id: fix_id(line.check, at),
                fix: fix(offered),
                reversible: is_reversible(offered),
            })
            .collect(),
        because,
        took_ms: line
            .took
            .map(|took| u32::try_from(took.as_millis()).unwrap_or(u32::MAX)),
    }
}

/// The same in every run: the place of the check in the table, then of the fix in the finding.
pub(super) fn fix_id(check: CheckId, at: usize) -> u32 {
    let place = CheckId::ALL
        .iter()
        .position(|other| *other == check)
        .unwrap_or_default();
    u32::try_from(place * FIXES_PER_CHECK + at).unwrap_or(u32::MAX)
}

/// Documents that were tried again cannot be untried.
pub(super) const fn is_reversible(fix: &Fix) -> bool {
    !matches!(fix, Fix::RetryStuck { .. })
}

const fn state(line: &Line) -> DiagnosisState {
    match &line.state {
        State::Waiting => DiagnosisState::Waiting,
        State::Running => DiagnosisState::Running,
        State::Skipped { .. } => DiagnosisState::Skipped,
        State::Cancelled => DiagnosisState::Cancelled,
        State::Found(finding) => match finding.code.severity() {
            Severity::Pass => DiagnosisState::Passed,
            Severity::NotNeeded => DiagnosisState::NotNeeded,
            Severity::Warning => DiagnosisState::Warning,
            Severity::Failure => DiagnosisState::Failed,
        },
    }
}

const fn group(group: Group) -> DiagnosisGroup {
    match group {
        Group::Computer => DiagnosisGroup::Computer,
        Group::Address => DiagnosisGroup::Address,
        Group::Connection => DiagnosisGroup::Connection,
        Group::Certificate => DiagnosisGroup::Certificate,
        Group::Server => DiagnosisGroup::Server,
        Group::SignIn => DiagnosisGroup::SignIn,
        Group::Database => DiagnosisGroup::Database,
        Group::Changes => DiagnosisGroup::Changes,
        Group::Encryption => DiagnosisGroup::Encryption,
        Group::Sync => DiagnosisGroup::Sync,
    }
}

pub(super) fn fix(fix: &Fix) -> FixKind {
    match fix.clone() {
        Fix::UseAddress { address } => FixKind::UseAddress { address },
        Fix::UseDatabase { name } => FixKind::UseDatabase { name },
        Fix::TrustCertificate { server, sha256 } => FixKind::TrustCertificate { server, sha256 },
        Fix::CreateDatabase { name } => FixKind::CreateDatabase { name },
        Fix::RestrictSecurity { user } => FixKind::RestrictSecurity { user },
        Fix::SmallerBatches { bytes } => FixKind::SmallerBatches { bytes },
        Fix::AskEvery { seconds } => FixKind::AskEvery { seconds },
        Fix::PreferIpv4 => FixKind::PreferIpv4,
        Fix::WithoutProxy => FixKind::WithoutProxy,
        Fix::RetryStuck { documents } => FixKind::RetryStuck { documents },
    }
}
