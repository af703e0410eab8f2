//! From a plain database to an encrypted one, or back: everything is copied into a new database, both
//! are counted, and only then the new one is in use. The old one is not touched: in its former
//! revisions the text would stay readable until the server compacts, and until the new one is
//! complete it is the only whole copy at the server.
//!
//! What has begun is remembered durably. Each step may be done again, so that after an interruption
//! everything is simply done again, and what has travelled already does not travel twice.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use serde::{Deserialize, Serialize};
use sheaf_couch::{ChangedTarget, Policy, Progress, SyncError, Tally};
use sheaf_ipc::{
    ApiError, BeginConversion, BegunConversion, Conversion, ConversionStage, CouchFields,
    DatabaseCounts, ErrorCode, Event, RemoteForm,
};
use sheaf_model::{DocId, Kind};
use sheaf_sync::RemoteId;
use tokio::sync::{oneshot, watch};

use super::{
    Worker,
    life::Order,
    settings,
    target::{self, Target},
    trouble, vault,
};
use crate::{
    config::{self, SyncConfig},
    convert,
};

/// Somebody may write here while everything is counted; so often it is counted again.
const ATTEMPTS: u32 = 3;

/// What is remembered about a conversion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    from: CouchFields,
    to: CouchFields,
    /// The new database's vault; `None`: it lies in the clear.
    vault: Option<String>,
    /// The new database was created here, or was empty when this began.
    created: bool,
    done: Option<Outcome>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Outcome {
    counts: DatabaseCounts,
    left: u32,
}

/// The conversion as people see it, and the task that carries it out.
pub(super) struct Desk {
    shown: watch::Sender<Option<Conversion>>,
    task: Mutex<Option<Task>>,
}

struct Task {
    /// Ends it when dropped.
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            shown: watch::Sender::new(None),
            task: Mutex::default(),
        }
    }
}

impl Desk {
    fn current(&self) -> Option<Conversion> {
        self.shown.borrow().clone()
    }

    fn is_running(&self) -> bool {
        self.current()
            .is_some_and(|conversion| conversion.stage.is_running())
    }

    /// Afterwards nothing runs: what is decided next is decided on what was reached.
    async fn stop(&self) {
        let task = self
            .task
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(Task { stop, thread }) = task {
            drop(stop);
            let ended = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(ended, Ok(Ok(()))) {
                tracing::error!("the move into another database ended badly");
            }
        }
    }
}

/// Everything a run needs to know.
struct Plan {
    record: Record,
    from: Target,
    to: Target,
}

impl Worker {
    /// Whatever would disturb a conversion waits until it is over.
    pub(super) fn unless_converting(&self) -> Result<(), ApiError> {
        if self.conversion.is_running() {
            return Err(ApiError::new(ErrorCode::Converting));
        }
        Ok(())
    }

    /// What an earlier start left.
    pub(super) async fn recall_conversion(&self) {
        let record = match config::conversion(&self.shared.store).await {
            Ok(Some(record)) => record,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "what is remembered of a conversion cannot be read");
                return;
            }
        };
        let stage = match record.done {
            Some(outcome) => done(outcome),
            None => ConversionStage::Interrupted,
        };
        if let Ok(plan) = plan(record) {
            self.conversion
                .shown
                .send_replace(Some(shown(&plan, stage)));
        }
    }

    /// It goes on at the next start.
    pub(super) async fn stop_conversion(&self) {
        self.conversion.stop().await;
    }

    pub(crate) fn conversion(&self) -> Option<Conversion> {
        self.conversion.current()
    }

    pub(crate) async fn wait_for_conversion(&self) -> Option<Conversion> {
        let mut shown = self.conversion.shown.subscribe();
        let over = shown
            .wait_for(|shown| !shown.as_ref().is_some_and(|c| c.stage.is_running()))
            .await;
        over.ok().and_then(|over| over.clone())
    }

    pub(crate) async fn begin_conversion(
        self: &Arc<Self>,
        request: BeginConversion,
    ) -> Result<BegunConversion, ApiError> {
        self.unless_converting()?;
        let config = self.config.lock().await.clone();
        let from = settings::target(&config).ok_or_else(|| ApiError::new(ErrorCode::SyncOff))?;
        let from = self.completed(from).await;
        let mut to = from.clone();
        request.database.trim().clone_into(&mut to.url.database);
        to.vault = None;
        if to.url.database.is_empty() || to.id() == from.id() {
            return Err(ApiError::new(ErrorCode::Invalid)
                .with_detail("the new database needs a name of its own"));
        }
        match self.asked(&to, sheaf_couch::holds_nothing).await {
            Ok(true) => {}
            Ok(false) => return Err(ApiError::new(ErrorCode::NotEmpty)),
            Err(error) if error.code == ErrorCode::DatabaseMissing => {}
            Err(error) => return Err(error),
        }
        let open = match request.passphrase {
            Some(passphrase) => Some(self.new_vault(passphrase).await?),
            None => None,
        };
        if let Some(password) = &to.password {
            self.shared.passwords.keep(&to, password).await?;
        }
        match &open {
            Some(open) => self.keep_vault(&to, open).await?,
            None => self.shared.forget_vault(&to).await?,
        }
        let record = Record {
            from: from.fields(),
            to: to.fields(),
            vault: open.as_ref().map(|open| open.vault.id().to_string()),
            created: false,
            done: None,
        };
        self.note(Some(&record)).await?;
        tracing::info!(from = %from.url, to = %to.url, encrypts = open.is_some(), "the notes move into another database");
        let kit = open.as_ref().map(|open| vault::kit(&to, &open.vault));
        let conversion = self.run(Plan { record, from, to });
        Ok(BegunConversion { conversion, kit })
    }

    pub(crate) async fn continue_conversion(self: &Arc<Self>) -> Result<Conversion, ApiError> {
        self.unless_converting()?;
        let record = self.unfinished().await?;
        let plan = plan(record)?;
        let plan = Plan {
            from: self.completed(plan.from).await,
            to: self.completed(plan.to).await,
            ..plan
        };
        Ok(self.run(plan))
    }

    pub(crate) async fn end_conversion(&self) -> Result<(), ApiError> {
        self.conversion.stop().await;
        let record = config::conversion(&self.shared.store)
            .await
            .map_err(convert::store_error)?;
        let Some(record) = record else {
            self.conversion.shown.send_replace(None);
            return Ok(());
        };
        if record.done.is_none() {
            self.give_up(record).await?;
        }
        self.note(None).await?;
        self.conversion.shown.send_replace(None);
        Ok(())
    }

    async fn unfinished(&self) -> Result<Record, ApiError> {
        config::conversion(&self.shared.store)
            .await
            .map_err(convert::store_error)?
            .filter(|record| record.done.is_none())
            .ok_or_else(|| ApiError::new(ErrorCode::Invalid).with_detail("no conversion waits"))
    }

    /// The unfinished database goes, if it is nobody else's; the old one is in use as before.
    async fn give_up(&self, record: Record) -> Result<(), ApiError> {
        let plan = plan(record)?;
        let to = self.completed(plan.to).await;
        if plan.record.created {
            let vault = plan
                .record
                .vault
                .as_deref()
                .and_then(sheaf_vault::VaultId::parse);
            match self.remove_unfinished(&to, vault).await {
                Ok(true) => {
                    tracing::info!(remote = %to.url, "the unfinished database was taken away");
                }
                other => tracing::warn!(remote = %to.url, ?other, "the unfinished database stays"),
            }
        }
        self.shared.forget_vault(&to).await?;
        let passwords = &self.shared.passwords;
        passwords.forget(passwords.in_force(), &to).await;
        self.back_to_the_old().await
    }

    async fn back_to_the_old(&self) -> Result<(), ApiError> {
        let config = self.config.lock().await;
        match settings::target(&config) {
            Some(target) => {
                let target = self.completed(target).await;
                self.put_into_force(&target, config.paused).await
            }
            None => Ok(()),
        }
    }

    async fn note(&self, record: Option<&Record>) -> Result<(), ApiError> {
        config::save_conversion(&self.shared.store, record)
            .await
            .map_err(convert::store_error)
    }

    fn run(self: &Arc<Self>, plan: Plan) -> Conversion {
        let begun = shown(&plan, ConversionStage::Receiving);
        self.conversion.shown.send_replace(Some(begun.clone()));
        let (stop, stopped) = oneshot::channel();
        let mut task = self
            .conversion
            .task
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let worker = self.clone();
        // Of its own, as the worker's: much is parsed, hashed and encrypted there.
        let work = move || match tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
        {
            Ok(runtime) => runtime.block_on(async move {
                tokio::select! {
                    biased;
                    _ = stopped => {}
                    () = worker.carry_out(plan) => {}
                }
            }),
            Err(error) => tracing::error!(%error, "the move into another database cannot run"),
        };
        match std::thread::Builder::new()
            .name("sheaf-move".into())
            .spawn(work)
        {
            Ok(thread) => *task = Some(Task { stop, thread }),
            Err(error) => tracing::error!(%error, "the move into another database cannot run"),
        }
        begun
    }

    async fn carry_out(&self, mut plan: Plan) {
        self.order(Order::Hold).await;
        let stage = match self.convert(&mut plan).await {
            Ok(outcome) => done(outcome),
            Err(error) => {
                tracing::warn!(error = %error, "the move into another database stopped");
                if let Err(error) = self.back_to_the_old().await {
                    tracing::warn!(error = %error, "sync does not go on");
                }
                ConversionStage::Failed {
                    code: error.code,
                    detail: error.detail.unwrap_or_default(),
                }
            }
        };
        self.tell_stage(&plan, stage);
    }

    fn tell_stage(&self, plan: &Plan, stage: ConversionStage) {
        let conversion = shown(plan, stage);
        self.conversion.shown.send_replace(Some(conversion.clone()));
        self.shared
            .board
            .tell(Event::ConversionChanged { conversion });
    }

    async fn convert(&self, plan: &mut Plan) -> Result<Outcome, ApiError> {
        let mut attempt = 1;
        loop {
            self.tell_stage(plan, ConversionStage::Receiving);
            self.one_round(plan, &plan.from, Policy::default()).await?;
            let before = self.asked(&plan.from, sheaf_couch::tally).await?;
            if !plan.record.created {
                self.tell_stage(plan, ConversionStage::Creating);
                self.create(plan).await?;
            }
            self.tell_stage(plan, ConversionStage::Copying { done: 0, total: 0 });
            let anew = Policy {
                changed_target: ChangedTarget::Merge,
                ..Policy::default()
            };
            self.one_round(plan, &plan.to, anew).await?;
            self.tell_stage(plan, ConversionStage::Checking);
            match self.compare(plan, before).await? {
                Ok(outcome) => {
                    self.change_over(plan, outcome).await?;
                    return Ok(outcome);
                }
                Err(detail) if attempt == ATTEMPTS => {
                    return Err(ApiError::new(ErrorCode::CountsDiffer).with_detail(detail));
                }
                Err(_) => attempt += 1,
            }
        }
    }

    async fn create(&self, plan: &mut Plan) -> Result<(), ApiError> {
        self.asked(&plan.to, sheaf_couch::create_database).await?;
        // From here on it is this computer's to take away again.
        plan.record.created = true;
        self.note(Some(&plan.record)).await?;
        if let Some(open) = self.open_vault_of(&plan.to).await? {
            self.put_lock(&plan.to, &open.lock).await?;
        }
        Ok(())
    }

    async fn one_round(
        &self,
        plan: &Plan,
        target: &Target,
        policy: Policy,
    ) -> Result<(), ApiError> {
        let client = self.client()?;
        let password = target.password.clone();
        let talk = self.conversation(target, client, password).await?;
        let copying = target.id() == plan.to.id();
        let progress = |progress: Progress| {
            if let Progress::Pushing { done, total } = progress
                && copying
            {
                self.tell_stage(plan, ConversionStage::Copying { done, total });
            }
        };
        let round = talk.run_once(&self.shared.store, policy, &progress).await;
        let round = round.map_err(|error| failed(&error))?;
        match round.push_blocked {
            // What is only here goes into the new database all the same.
            Some(error) if copying => Err(failed(&error)),
            _ => Ok(()),
        }
    }

    /// Whether the new database has everything: the notes that are here, and as much of everything
    /// as the old one. The inner error is what it lacks.
    async fn compare(
        &self,
        plan: &Plan,
        before: Tally,
    ) -> Result<Result<Outcome, String>, ApiError> {
        let after = self.asked(&plan.to, sheaf_couch::tally).await?;
        let store = &self.shared.store;
        let here = store.travelling_notes().await;
        let here = here.map_err(convert::store_error)?;
        let held = store.held_back(Some(&plan.to.id())).await;
        let held = held.map_err(convert::store_error)?;
        let held = count(held.iter().map(|document| document.id.kind()));
        let left = unreadable(self, &plan.from.id()).await?;
        let lacks = |what: &str, have: u32, want: u32| {
            (have < want).then(|| format!("{have} of {want} {what} are in the new database"))
        };
        let differs = lacks("notes", after.notes, here.saturating_sub(held.notes))
            .or_else(|| {
                lacks(
                    "notes",
                    after.notes,
                    rest(before.notes, left.notes, held.notes),
                )
            })
            .or_else(|| {
                lacks(
                    "notebooks",
                    after.notebooks,
                    rest(before.notebooks, left.notebooks, held.notebooks),
                )
            })
            .or_else(|| lacks("tags", after.tags, rest(before.tags, left.tags, held.tags)))
            .or_else(|| {
                lacks(
                    "attachments",
                    after.attachments,
                    rest(before.attachments, left.attachments, held.attachments),
                )
            });
        Ok(match differs {
            Some(detail) => Err(detail),
            None => Ok(Outcome {
                counts: counts(after),
                left: left.notes + left.notebooks + left.tags + left.attachments,
            }),
        })
    }

    /// The new database is in use, and the old one's secrets are forgotten.
    async fn change_over(&self, plan: &mut Plan, outcome: Outcome) -> Result<(), ApiError> {
        let mut config = self.config.lock().await;
        let new = SyncConfig {
            target: config::Target::Couchdb {
                fields: plan.to.fields(),
            },
            ..config.clone()
        };
        config::save_sync(&self.shared.store, &new)
            .await
            .map_err(convert::store_error)?;
        *config = new;
        plan.record.done = Some(outcome);
        self.note(Some(&plan.record)).await?;
        self.put_into_force(&plan.to, config.paused).await?;
        let passwords = &self.shared.passwords;
        passwords.forget(passwords.in_force(), &plan.from).await;
        self.shared.forget_key(&plan.from.url).await;
        tracing::info!(remote = %plan.to.url, "the notes have moved into another database");
        Ok(())
    }
}

fn plan(record: Record) -> Result<Plan, ApiError> {
    let target = |fields: &CouchFields| {
        target::of_form(&RemoteForm {
            fields: fields.clone(),
            password: None,
            vault: None,
        })
    };
    Ok(Plan {
        from: target(&record.from)?,
        to: target(&record.to)?,
        record,
    })
}

fn shown(plan: &Plan, stage: ConversionStage) -> Conversion {
    Conversion {
        from: plan.from.url.to_string(),
        to: plan.to.url.to_string(),
        encrypts: plan.record.vault.is_some(),
        stage,
    }
}

fn done(outcome: Outcome) -> ConversionStage {
    ConversionStage::Done {
        counts: outcome.counts,
        left: outcome.left,
    }
}

fn failed(error: &SyncError) -> ApiError {
    ApiError::new(trouble::code(error)).with_detail(trouble::detail(error))
}

fn rest(before: u32, left: u32, held: u32) -> u32 {
    before.saturating_sub(left).saturating_sub(held)
}

fn counts(tally: Tally) -> DatabaseCounts {
    DatabaseCounts {
        notes: tally.notes,
        notebooks: tally.notebooks,
        tags: tally.tags,
        attachments: tally.attachments,
    }
}

fn count(kinds: impl Iterator<Item = Kind>) -> Tally {
    let mut tally = Tally::default();
    for kind in kinds {
        match kind {
            Kind::Note => tally.notes += 1,
            Kind::Notebook => tally.notebooks += 1,
            Kind::Tag => tally.tags += 1,
            Kind::File | Kind::SheafFile => tally.attachments += 1,
        }
    }
    tally
}

/// What of a database could not be taken in, and therefore does not move.
async fn unreadable(worker: &Worker, remote: &RemoteId) -> Result<Tally, ApiError> {
    let unreadable = worker.shared.store.unreadable(remote).await;
    let unreadable = unreadable.map_err(convert::store_error)?;
    Ok(count(unreadable.iter().filter_map(|(held, _)| {
        DocId::parse(&held.id).ok().map(|id| id.kind())
    })))
}
