//! From a plain database to an encrypted one, or back: everything is copied into a new database, both
//! are counted, and only then the new one is in use. The old one is not touched: in its former
//! revisions the text would stay readable until the server compacts, and until the new one is
//! complete it is the only whole copy at the server.
//!
//! What has begun is remembered durably. Each step may be done again, so that after an interruption
//! everything is simply done again, and what has travelled already does not travel twice.

mod counting;
mod run;

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use serde::{Deserialize, Serialize};
use sheaf_ipc::{
    ApiError, BeginConversion, BegunConversion, Conversion, ConversionStage, CouchFields,
    DatabaseCounts, ErrorCode, RemoteForm,
};
use tokio::sync::{oneshot, watch};

use super::{
    Worker, settings,
    target::{self, Target},
    vault,
};
use crate::{config, convert};

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
