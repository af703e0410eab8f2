//! One run of a move into another database: receive, create, copy, count, change over.

use std::sync::{Arc, PoisonError};

use sheaf_couch::{ChangedTarget, Policy, Progress, SyncError};
use sheaf_ipc::{ApiError, Conversion, ConversionStage, ErrorCode, Event};
use tokio::sync::oneshot;

use super::{Outcome, Plan, Task, done, shown};
use crate::{
    config::{self, SyncConfig},
    convert,
    worker::{Worker, life::Order, target::Target, trouble},
};

/// Somebody may write here while everything is counted; so often it is counted again.
const ATTEMPTS: u32 = 3;

impl Worker {
    pub(super) fn run(self: &Arc<Self>, plan: Plan) -> Conversion {
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

fn failed(error: &SyncError) -> ApiError {
    trouble::as_api_error(error)
}
