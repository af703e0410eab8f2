//! The network diagnosis: one run at a time, watched by whoever asked for it, and the fixes it
//! offers. The questions are `sheaf-diagnosis`'s; here they get their subject, the answers that
//! only the notes know, and hands.

mod fixes;
mod probes;
mod report;
mod shown;
mod store;
mod subject;
mod test;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sheaf_diagnosis::{CheckId, Context, Depth, Fix, Line, Patience, Report, Tuning};
use sheaf_ipc::{
    ApiError, AppliedFix, ApplyFix, Diagnosis, ErrorCode, Event, ReportOptions, ReportText, RunRef,
    SavedReport, StartDiagnosis, UndoFix,
};
use sheaf_model::Millis;
use tokio::sync::{Notify, watch};

use crate::{Engine, config::RemoteConfig};
use fixes::Undo;
use probes::NoteProbes;
pub(crate) use subject::{Examined, of_request as examined_of_request};
pub(crate) use test::is_unreachable;

/// How long is waited for what: in the first look, and in the deep one.
#[derive(Debug, Clone)]
pub struct DiagnosisPatience {
    pub quick: Patience,
    pub deep: Patience,
}

impl Default for DiagnosisPatience {
    fn default() -> Self {
        Self {
            quick: Patience::quick(),
            deep: Patience::deep(),
        }
    }
}

/// What is remembered about diagnoses while the engine lives.
#[derive(Default)]
pub(crate) struct Desk {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The newest.
    run: Option<Arc<Run>>,
    runs: u32,
    applied: Vec<Done>,
    fixes: u32,
}

/// A fix that was carried out.
struct Done {
    shown: AppliedFix,
    undo: Option<Undo>,
}

struct Run {
    number: u32,
    asked: StartDiagnosis,
    started_at: Millis,
    examined: Examined,
    context: Arc<Context>,
    report: Mutex<Report>,
    stop: Notify,
    finished: watch::Sender<bool>,
}

impl Run {
    fn report(&self) -> MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_finished(&self) -> bool {
        *self.finished.borrow()
    }
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, number: u32) -> Result<Arc<Run>, ApiError> {
        let found = self.state().run.clone().filter(|run| run.number == number);
        found.ok_or_else(|| ApiError::new(ErrorCode::NotFound).with_detail("no such run"))
    }
}

/// All that a run needs.
struct Prepared {
    examined: Examined,
    context: Arc<Context>,
    probes: NoteProbes,
    plan: Vec<CheckId>,
}

impl Engine {
    async fn prepare_diagnosis(&self, asked: &StartDiagnosis) -> Result<Prepared, ApiError> {
        let examined = self.worker().examined(&asked.subject).await?;
        let patience = self.diagnosis_patience();
        let patience = if asked.deep {
            &patience.deep
        } else {
            &patience.quick
        };
        let client = self.worker().client_with(patience)?;
        let clock = self.surroundings().clock();
        let tuning = match &examined.target {
            Some(target) => tuning(&self.worker().remote_config(target).await?),
            None => Tuning::default(),
        };
        let context = Arc::new(Context::new(
            examined.subject.clone(),
            client,
            patience.clone(),
            tuning,
            Arc::new(move || clock.now()),
        ));
        let probes = NoteProbes::new(self, &examined);
        let depth = if asked.half { Depth::Half } else { Depth::Full };
        let plan = sheaf_diagnosis::plan(depth, examined.kind(), &probes);
        Ok(Prepared {
            examined,
            context,
            probes,
            plan,
        })
    }

    pub(crate) async fn begin_diagnosis(
        &self,
        asked: StartDiagnosis,
    ) -> Result<Diagnosis, ApiError> {
        let Prepared {
            examined,
            context,
            probes,
            plan,
        } = self.prepare_diagnosis(&asked).await?;
        let run = {
            let mut state = self.desk().state();
            state.runs += 1;
            let run = Arc::new(Run {
                number: state.runs,
                asked,
                started_at: self.now(),
                examined,
                context: context.clone(),
                report: Mutex::new(Report::waiting(&plan)),
                stop: Notify::new(),
                finished: watch::Sender::new(false),
            });
            if let Some(old) = state.run.replace(run.clone()) {
                old.stop.notify_one();
            }
            run
        };
        let shown = self.shown_run(&run);
        let weak = self.events_sender();
        let worked = run.clone();
        tokio::spawn(async move {
            let run = worked;
            let tell = |line: &Line| {
                let shown = shown::line(line);
                run.report().set(line.clone());
                let number = run.number;
                // Nobody listening is fine.
                let _ = weak.send(Event::DiagnosisChanged {
                    run: number,
                    line: shown,
                });
            };
            sheaf_diagnosis::run(&context, &plan, &probes, &tell, run.stop.notified()).await;
            run.finished.send_replace(true);
            let _ = weak.send(Event::DiagnosisFinished { run: run.number });
        });
        Ok(shown)
    }

    pub(crate) fn newest_diagnosis(&self) -> Option<Diagnosis> {
        let run = self.desk().state().run.clone()?;
        Some(self.shown_run(&run))
    }

    pub(crate) async fn finished_diagnosis(&self, asked: RunRef) -> Result<Diagnosis, ApiError> {
        let run = self.desk().run(asked.run)?;
        let mut finished = run.finished.subscribe();
        // The sender lives in the run that is held here.
        let _ = finished.wait_for(|finished| *finished).await;
        Ok(self.shown_run(&run))
    }

    pub(crate) fn end_diagnosis(&self, asked: RunRef) -> Result<(), ApiError> {
        let run = self.desk().run(asked.run)?;
        if !run.is_finished() {
            run.stop.notify_one();
        }
        Ok(())
    }

    pub(crate) fn diagnosis_text(&self, options: ReportOptions) -> Result<ReportText, ApiError> {
        let run = self.desk().run(options.run)?;
        Ok(report::text(&run, options.hide_names))
    }

    pub(crate) async fn save_diagnosis(
        &self,
        options: ReportOptions,
    ) -> Result<SavedReport, ApiError> {
        let text = self.diagnosis_text(options)?;
        self.save_text(text).await
    }

    /// Into the folder for downloads.
    pub(crate) async fn save_text(&self, text: ReportText) -> Result<SavedReport, ApiError> {
        report::save(text, self.directories().data.clone()).await
    }

    /// The report of the newest run.
    pub(crate) fn newest_diagnosis_text(&self, hide_names: bool) -> Option<String> {
        let run = self.desk().state().run.clone()?;
        Some(report::text(&run, hide_names).text)
    }

    pub(crate) async fn carry_out(&self, asked: ApplyFix) -> Result<AppliedFix, ApiError> {
        let run = self.desk().run(asked.run)?;
        let fix = offered(&run, asked.fix)
            .ok_or_else(|| ApiError::new(ErrorCode::NotFound).with_detail("no such fix"))?;
        let outcome = fixes::apply(self, &run.examined, &run.context, &fix).await?;
        let mut state = self.desk().state();
        state.fixes += 1;
        let shown = AppliedFix {
            id: state.fixes,
            reversible: outcome.undo.is_some(),
            target: run.examined.display.clone(),
            fix: shown::fix(&fix),
            fields: outcome.fields,
        };
        state.applied.insert(
            0,
            Done {
                shown: shown.clone(),
                undo: outcome.undo,
            },
        );
        tracing::info!(fix = fix.name(), "a fix of the diagnosis was carried out");
        Ok(shown)
    }

    pub(crate) async fn take_back(&self, asked: UndoFix) -> Result<(), ApiError> {
        let undo = {
            let state = self.desk().state();
            let done = state.applied.iter().find(|done| done.shown.id == asked.id);
            done.and_then(|done| done.undo.clone())
        };
        let Some(undo) = undo else {
            return Err(ApiError::new(ErrorCode::NotFound).with_detail("nothing to take back"));
        };
        fixes::undo(self, &undo).await?;
        self.desk()
            .state()
            .applied
            .retain(|done| done.shown.id != asked.id);
        tracing::info!("a fix of the diagnosis was taken back");
        Ok(())
    }

    fn shown_run(&self, run: &Run) -> Diagnosis {
        let state = self.desk().state();
        let applied = state.applied.iter().filter(|done| done.undo.is_some());
        let applied = applied.map(|done| done.shown.clone()).collect();
        drop(state);
        shown::diagnosis(run, applied)
    }
}

fn tuning(config: &RemoteConfig) -> Tuning {
    Tuning {
        batch_bytes: config.batch_bytes,
        ask_every: config.ask_every,
    }
}

fn offered(run: &Run, id: u32) -> Option<Fix> {
    let report = run.report();
    let mut all = report
        .lines
        .iter()
        .filter_map(|line| Some((line.check, line.finding()?)));
    all.find_map(|(check, found)| {
        let numbered = found.fixes.iter().enumerate();
        let mut numbered = numbered.map(|(at, fix)| (shown::fix_id(check, at), fix));
        numbered
            .find(|(number, _)| *number == id)
            .map(|(_, fix)| fix.clone())
    })
}
