//! The questions that only the notes and the password store can answer.

use sheaf_couch::{Recognition, Replication};
use sheaf_diagnosis::{Asked, CheckId, Code, Context, Finding, Fix, Kind, Probes, locked_notes};
use sheaf_ipc::{ApiError, ErrorCode, HeldBack, HeldBackItem, HostedAccount, SecretStore};
use sheaf_model::Millis;

use super::{Examined, store};
use crate::{Engine, surroundings::Surroundings, worker::Target};

/// Edits are sent within seconds; after this long something is in their way.
const OVERDUE: Millis = 10 * 60 * 1000;

pub(super) struct NoteProbes {
    engine: Engine,
    target: Option<Target>,
    account: Option<HostedAccount>,
    checks: Vec<CheckId>,
}

impl NoteProbes {
    pub(super) fn new(engine: &Engine, examined: &Examined) -> Self {
        let mut checks = vec![CheckId::LocalStore];
        if examined.kind() == Kind::Couchdb {
            checks.extend([CheckId::SecretStore, CheckId::Key]);
        }
        if examined.account.is_some() {
            checks.extend([
                CheckId::SecretStore,
                CheckId::Auth,
                CheckId::Key,
                CheckId::Stuck,
            ]);
        }
        if examined.in_force {
            checks.extend([CheckId::Identity, CheckId::Checkpoint, CheckId::Stuck]);
        }
        Self {
            engine: engine.clone(),
            target: examined.target.clone(),
            account: examined.account.clone(),
            checks,
        }
    }

    /// Can the keys of the account be read?
    async fn keys(&self, account: &HostedAccount) -> Finding {
        let store = self.engine.worker().secret_store_in_force();
        let finding = match self.engine.worker().has_keys().await {
            Ok(true) if store == SecretStore::ClearFile => Finding::new(Code::SecretInClear),
            Ok(true) => Finding::new(Code::SecretReady),
            Ok(false) => Finding::new(Code::SecretMissing),
            Err(error) => Finding::new(Code::SecretLocked).saw(error),
        };
        finding
            .with("user", &account.email)
            .with("store", words(store))
    }

    /// Does the server still accept this computer's session?
    async fn session(&self, account: &HostedAccount, context: &Context) -> Finding {
        let finding = match self.engine.worker().knock().await {
            Ok(()) => Finding::new(Code::AuthGood).with("role", ""),
            Err(error) => Finding::new(match error.code {
                ErrorCode::SessionEnded | ErrorCode::Unauthorised => Code::AuthSessionEnded,
                ErrorCode::PasswordChanged => Code::AuthPasswordChanged,
                ErrorCode::RateLimited => Code::AuthBusy,
                ErrorCode::LockedOut => Code::AuthLocked,
                _ => Code::AuthUnanswered,
            })
            .with("status", "429")
            .saw(error),
        };
        let host = context.target().map_or("", |target| target.server.host());
        finding.with("user", &account.email).with("host", host)
    }

    /// Is everything of the account open that the server handed out?
    async fn key(&self) -> Finding {
        match self.engine.worker().unopened().await {
            Ok(0) => Finding::new(Code::KeyGood),
            Ok(documents) => Finding::new(Code::KeyForeign).with("documents", documents),
            Err(error) => Finding::new(Code::KeyUnknown).saw(error),
        }
    }

    /// Fetches the password on the way: it is needed from here on.
    async fn secret_store(&self, context: &Context) -> Finding {
        let Some(target) = &self.target else {
            return Finding::new(Code::SecretNotNeeded);
        };
        if let Some(password) = &target.password {
            self.engine.logs().redactor().learn(password.reveal());
            context.sign_in_with(password.clone());
            return Finding::new(Code::SecretNotNeeded);
        }
        if !target.url.wants_secret() {
            return Finding::new(Code::SecretNotNeeded);
        }
        let host = target.url.server.host();
        let user = target.url.user.as_deref().unwrap_or(host);
        let missing = if target.url.by_token {
            Code::SecretTokenMissing
        } else {
            Code::SecretMissing
        };
        let store = self.engine.worker().secret_store_in_force();
        let finding = match self.engine.worker().password_of(target).await {
            Ok(Some(password)) => {
                context.sign_in_with(password);
                if store == SecretStore::ClearFile {
                    Finding::new(Code::SecretInClear)
                } else {
                    Finding::new(Code::SecretReady)
                }
            }
            Ok(None) => Finding::new(missing),
            Err(error) if error.code == ErrorCode::PasswordMissing => Finding::new(missing),
            Err(error) => Finding::new(Code::SecretLocked).saw(error),
        };
        finding
            .with("user", user)
            .with("host", host)
            .with("store", words(store))
    }

    async fn conversation(&self, context: &Context) -> Result<Replication<Surroundings>, ApiError> {
        let target = self.target.as_ref();
        let target = target.ok_or_else(|| ApiError::new(ErrorCode::SyncOff))?;
        let worker = self.engine.worker();
        worker
            .conversation(target, context.client.clone(), context.password())
            .await
    }

    async fn identity(&self, context: &Context) -> Finding {
        let conversation = match self.conversation(context).await {
            Ok(conversation) => conversation,
            Err(error) => return Finding::new(Code::IdentityUnknown).saw(error),
        };
        match conversation.recognise(self.engine.store()).await {
            Ok(Recognition::First) => Finding::new(Code::IdentityFirst),
            Ok(Recognition::Same) => Finding::new(Code::IdentitySame),
            Ok(Recognition::RolledBack) => Finding::new(Code::IdentityRolledBack),
            Ok(Recognition::Changed) => Finding::new(Code::IdentityChanged),
            Err(error) => Finding::new(Code::IdentityUnknown).saw(error),
        }
    }

    /// Can the key that is kept here open the database?
    async fn key_of_database(&self, context: &Context) -> Finding {
        let Some(target) = &self.target else {
            return Finding::new(Code::KeyNotUsed);
        };
        let host = target.url.server.host_and_port();
        let remote = sheaf_couch::Remote {
            url: target.url.clone(),
            password: context.password(),
        };
        let found = match sheaf_couch::find_lock(&context.client, &remote).await {
            Ok(Some(Err(error))) => return Finding::new(Code::KeyUnusable).saw(error),
            Ok(found) => found.and_then(Result::ok),
            // Behind a proxy not every path may be let through; whatever is encrypted shows itself in the feed, before
            // anything is sent.
            Err(error) => return Finding::new(Code::KeyUnknown).saw(error),
        };
        let worker = self.engine.worker();
        let open = worker.open_vault_of(target).await;
        let missing = || Finding::new(Code::KeyMissing).with("host", &host);
        match (found, open) {
            // A setup link says what must be there, whatever is known here.
            (None, _) if target.vault.is_some() => missing(),
            // One that went missing is put back by whoever has it.
            (None, Ok(Some(_))) => self.mixture(target).await,
            (None, Ok(None)) => locked_notes(context).await,
            (None, Err(_)) => missing(),
            (Some(lock), Ok(Some(open))) if lock.is_of(&open.vault) => self.mixture(target).await,
            (Some(_), Ok(Some(_))) => Finding::new(Code::KeyWrongPassphrase),
            (Some(_), Ok(None)) => Finding::new(Code::KeyLocked),
            (Some(lock), Err(error)) => match worker.expected_vault(target).await {
                Ok(Some(expected)) if !lock.vault().is_ok_and(|id| id.to_string() == expected) => {
                    Finding::new(Code::KeyWrongPassphrase)
                }
                _ => Finding::new(Code::KeyLocked).saw(error),
            },
        }
    }

    /// Documents that are known to lie in the clear among the others.
    async fn mixture(&self, target: &Target) -> Finding {
        let held = match self.engine.store().unreadable(&target.id()).await {
            Ok(held) => held,
            Err(error) => {
                let error = crate::convert::store_error(error);
                return Finding::new(Code::KeyUnknown).saw(error);
            }
        };
        let plain = held
            .iter()
            .filter(|(document, _)| document.reason == sheaf_couch::NOT_ENCRYPTED)
            .count();
        match plain {
            0 => Finding::new(Code::KeyGood),
            _ => Finding::new(Code::KeyMixed).with("documents", plain),
        }
    }

    async fn checkpoint(&self, context: &Context) -> Finding {
        let found = self.checkpoint_found(context).await;
        found.unwrap_or_else(|error| Finding::new(Code::CheckpointUnknown).saw(error))
    }

    async fn checkpoint_found(&self, context: &Context) -> Result<Finding, ApiError> {
        let Some(target) = &self.target else {
            return Ok(Finding::new(Code::CheckpointNone));
        };
        let last = self
            .engine
            .worker()
            .remote_config(target)
            .await?
            .last_success;
        let Some(last) = last else {
            return Ok(Finding::new(Code::CheckpointNone));
        };
        let known = self
            .conversation(context)
            .await?
            .knows_position(self.engine.store())
            .await;
        match known {
            Ok(true) => {}
            Ok(false) => return Ok(Finding::new(Code::CheckpointAhead)),
            Err(error) => return Ok(Finding::new(Code::CheckpointUnknown).saw(error)),
        }
        let waiting = self.engine.store().waiting(&target.id()).await;
        let waiting = waiting.map_err(crate::convert::store_error)?;
        let overdue = waiting > 0 && context.now() - last > OVERDUE;
        let code = if overdue {
            Code::CheckpointWaiting
        } else {
            Code::CheckpointGood
        };
        Ok(Finding::new(code)
            .with("waiting", waiting)
            .with("since", sheaf_diagnosis::moment(last)))
    }

    async fn stuck(&self) -> Finding {
        let items = match self.engine.worker().held_back().await {
            Ok(items) => items,
            Err(error) => return Finding::new(Code::StuckUnknown).saw(error),
        };
        // What was skipped was looked at; what is locked is the key's line to tell.
        let telling = |item: &HeldBackItem| {
            !item.skipped && (self.account.is_none() || item.id.contains(':'))
        };
        let items: Vec<HeldBackItem> = items.into_iter().filter(telling).collect();
        let Some(first) = items.first() else {
            return Finding::new(Code::NothingStuck);
        };
        let unreadable = |reason: &HeldBack| matches!(reason, HeldBack::Malformed { .. });
        let documents = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let finding = if items.iter().all(|item| unreadable(&item.reason)) {
            Finding::new(Code::DocumentsUnreadable)
        } else {
            Finding::new(Code::DocumentsStuck).fix(Fix::RetryStuck { documents })
        };
        finding
            .with("documents", documents)
            .with("reason", reason(first))
    }
}

impl Probes for NoteProbes {
    fn checks(&self) -> &[CheckId] {
        &self.checks
    }

    fn ask<'a>(&'a self, check: CheckId, context: &'a Context) -> Asked<'a> {
        if let Some(account) = &self.account {
            match check {
                CheckId::SecretStore => return Box::pin(self.keys(account)),
                CheckId::Auth => return Box::pin(self.session(account, context)),
                CheckId::Key => return Box::pin(self.key()),
                _ => {}
            }
        }
        match check {
            CheckId::Stuck => Box::pin(self.stuck()),
            CheckId::LocalStore => Box::pin(store::check(&self.engine)),
            CheckId::Identity => Box::pin(self.identity(context)),
            CheckId::Checkpoint => Box::pin(self.checkpoint(context)),
            CheckId::Key => Box::pin(self.key_of_database(context)),
            _ => Box::pin(self.secret_store(context)),
        }
    }
}

const fn words(store: SecretStore) -> &'static str {
    match store {
        SecretStore::Keyring | SecretStore::Unavailable => "the system's keyring",
        SecretStore::ClearFile => "the password file",
        SecretStore::Session => "the memory of this program",
    }
}

/// Never the title or a word of the note.
fn reason(item: &HeldBackItem) -> String {
    match &item.reason {
        HeldBack::TitleTooLong { chars, max } => {
            format!("its title has {chars} characters, {max} travel")
        }
        HeldBack::BodyTooLong { chars, max } => {
            format!("its text has {chars} characters, {max} travel")
        }
        HeldBack::Malformed { .. } => "it is not of the form that notes have".to_owned(),
        HeldBack::Refused { detail } => {
            let detail = crate::activity::without_title(detail, &item.name);
            format!("the server refused it ({detail})")
        }
    }
}
