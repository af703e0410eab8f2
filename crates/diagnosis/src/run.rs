//! Runs the checks: each as soon as what it needs has passed, each with a hard end, and tells
//! whenever one begins or ends.

use std::{future::Future, pin::Pin};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::time::{Instant, timeout};

use crate::{CheckId, Code, Context, Depth, Finding, Kind, Line, Report, Severity, State, checks};

pub type Asked<'a> = Pin<Box<dyn Future<Output = Finding> + Send + 'a>>;

/// What concerns the notes, answered by whoever holds them.
pub trait Probes: Send + Sync {
    /// The checks that [`Probes::ask`] can answer.
    fn checks(&self) -> &[CheckId];

    fn ask<'a>(&'a self, check: CheckId, context: &'a Context) -> Asked<'a>;
}

/// The checks of a run, in the order of the report.
pub fn plan(depth: Depth, kind: Kind, probes: &dyn Probes) -> Vec<CheckId> {
    let part = |check: &&CheckId| {
        (kind == Kind::Couchdb || !check.is_of_couchdb() || probes.checks().contains(check))
            && (depth == Depth::Full || check.depth() == Depth::Half)
            && (checks::is_native(**check) || probes.checks().contains(check))
    };
    CheckId::ALL.iter().filter(part).copied().collect()
}

/// Runs `plan`. `tell` hears of every line that changes; when `stop` completes, what has not
/// ended is cancelled.
pub async fn run(
    context: &Context,
    plan: &[CheckId],
    probes: &dyn Probes,
    tell: &(dyn Fn(&Line) + Sync),
    stop: impl Future<Output = ()>,
) -> Report {
    let ask = |check| -> Asked<'_> {
        // Who holds the notes may know better.
        if probes.checks().contains(&check) {
            probes.ask(check, context)
        } else {
            checks::ask(check, context)
        }
    };
    let mut report = Report::waiting(plan);
    let limit = |check| context.patience.limit(check);
    let all = execute(&mut report, &ask, &limit, tell);
    tokio::select! {
        () = all => {}
        () = stop => {}
    }
    for check in plan {
        let open = report.line(*check).is_some_and(|line| !line.has_ended());
        if open {
            set(&mut report, *check, State::Cancelled, None, tell);
        }
    }
    report
}

async fn execute<'a>(
    report: &mut Report,
    ask: &(dyn Fn(CheckId) -> Asked<'a> + Sync),
    limit: &(dyn Fn(CheckId) -> std::time::Duration + Sync),
    tell: &(dyn Fn(&Line) + Sync),
) {
    let mut running = FuturesUnordered::new();
    loop {
        for check in ready(report, tell) {
            set(report, check, State::Running, None, tell);
            let asked = ask(check);
            let limit = limit(check);
            running.push(async move {
                let begun = Instant::now();
                let finding = timeout(limit, asked).await.unwrap_or_else(|_| {
                    Finding::new(Code::TookTooLong).with("seconds", limit.as_secs_f32().ceil())
                });
                (check, finding, begun.elapsed())
            });
        }
        let Some((check, finding, took)) = running.next().await else {
            return;
        };
        set(report, check, State::Found(finding), Some(took), tell);
    }
}

/// The checks that can begin now; those that never can are marked as skipped on the way.
fn ready(report: &mut Report, tell: &(dyn Fn(&Line) + Sync)) -> Vec<CheckId> {
    let mut ready = Vec::new();
    loop {
        let mut skipped = None;
        ready.clear();
        for line in &report.lines {
            if line.state != State::Waiting {
                continue;
            }
            match stands(report, line.check) {
                Stand::Ready => ready.push(line.check),
                Stand::Waits => {}
                Stand::Never(because) => {
                    skipped = Some((line.check, because));
                    break;
                }
            }
        }
        match skipped {
            Some((check, because)) => set(report, check, State::Skipped { because }, None, tell),
            None => return ready,
        }
    }
}

enum Stand {
    Ready,
    Waits,
    Never(CheckId),
}

fn stands(report: &Report, check: CheckId) -> Stand {
    let mut waits = false;
    for need in check.needs() {
        // What is not part of this run is taken for granted.
        let Some(line) = report.line(*need) else {
            continue;
        };
        match &line.state {
            State::Found(finding) if finding.severity() == Severity::Failure => {
                return Stand::Never(*need);
            }
            // The cause, not the last link of the chain.
            State::Skipped { because } => return Stand::Never(*because),
            State::Found(_) => {}
            State::Waiting | State::Running | State::Cancelled => waits = true,
        }
    }
    if waits { Stand::Waits } else { Stand::Ready }
}

fn set(
    report: &mut Report,
    check: CheckId,
    state: State,
    took: Option<std::time::Duration>,
    tell: &(dyn Fn(&Line) + Sync),
) {
    let line = Line { check, state, took };
    tell(&line);
    report.set(line);
}

#[cfg(test)]
mod tests {
    use std::{sync::Mutex, time::Duration};

    use super::*;

    /// Runs `plan` with the answers of `answer`; nothing waits for real.
    async fn executed(
        plan: &[CheckId],
        answer: impl Fn(CheckId) -> Asked<'static> + Sync,
    ) -> (Report, Vec<(CheckId, State)>) {
        let mut report = Report::waiting(plan);
        let told = Mutex::new(Vec::new());
        let tell = |line: &Line| told.lock().unwrap().push((line.check, line.state.clone()));
        execute(&mut report, &answer, &|_| Duration::from_secs(7), &tell).await;
        let told = told.into_inner().unwrap();
        (report, told)
    }

    fn found(code: Code) -> Asked<'static> {
        Box::pin(async move { Finding::new(code) })
    }

    const ROAD: &[CheckId] = &[
        CheckId::Network,
        CheckId::Config,
        CheckId::Dns,
        CheckId::Tcp,
        CheckId::Tls,
    ];

    #[tokio::test]
    async fn what_rests_on_a_failure_is_skipped_because_of_it_and_not_failed() {
        let (report, _) = executed(ROAD, |check| {
            found(match check {
                CheckId::Dns => Code::NameUnknown,
                _ => Code::NetworkThere,
            })
        })
        .await;
        let because = CheckId::Dns;
        for check in [CheckId::Tcp, CheckId::Tls] {
            let line = report.line(check).unwrap();
            assert_eq!(line.state, State::Skipped { because });
            assert_eq!(line.took, None);
        }
        assert_eq!(report.main().unwrap().check, CheckId::Dns);
        assert_eq!(report.verdict(), crate::Verdict::Failed);
    }

    #[tokio::test]
    async fn each_line_is_told_when_it_begins_and_when_it_ends() {
        let (_, told) = executed(&[CheckId::Config], |_| found(Code::AddressGood)).await;
        assert_eq!(told.len(), 2);
        assert_eq!(told[0], (CheckId::Config, State::Running));
        assert!(matches!(told[1], (CheckId::Config, State::Found(_))));
    }

    /// Time is virtual.
    #[tokio::test(start_paused = true)]
    async fn a_check_that_never_ends_is_ended_and_the_others_go_on() {
        let (report, _) = executed(
            &[CheckId::SecretStore, CheckId::Config],
            |check| match check {
                CheckId::SecretStore => Box::pin(std::future::pending()),
                _ => found(Code::AddressGood),
            },
        )
        .await;
        let line = report.line(CheckId::SecretStore).unwrap();
        assert_eq!(line.finding().unwrap().code, Code::TookTooLong);
        assert_eq!(line.took, Some(Duration::from_secs(7)));
        assert_eq!(
            report.line(CheckId::Config).unwrap().severity(),
            Some(Severity::Pass)
        );
    }

    #[tokio::test]
    async fn a_warning_stops_nothing() {
        let (report, _) = executed(ROAD, |check| {
            found(match check {
                CheckId::Dns => Code::NameSlow,
                _ => Code::NetworkThere,
            })
        })
        .await;
        assert!(report.lines.iter().all(|line| line.finding().is_some()));
        assert_eq!(report.verdict(), crate::Verdict::Warnings);
    }
}
