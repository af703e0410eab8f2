//! The questions that only the notes and the password store can answer.

use sheaf_diagnosis::{Asked, CheckId, Code, Context, Finding, Fix, Probes};
use sheaf_ipc::{ErrorCode, HeldBack, SecretStore};

use super::Examined;
use crate::{Engine, worker::Target};

pub(super) struct NoteProbes {
    engine: Engine,
    target: Option<Target>,
    in_force: bool,
    checks: Vec<CheckId>,
}

impl NoteProbes {
    pub(super) fn new(engine: &Engine, examined: &Examined) -> Self {
        let mut checks = vec![CheckId::SecretStore];
        if examined.in_force {
            checks.push(CheckId::Stuck);
        }
        Self {
            engine: engine.clone(),
            target: examined.target.clone(),
            in_force: examined.in_force,
            checks,
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
        let Some(user) = &target.url.user else {
            return Finding::new(Code::SecretNotNeeded);
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
            Ok(None) => Finding::new(Code::SecretMissing),
            Err(error) if error.code == ErrorCode::PasswordMissing => {
                Finding::new(Code::SecretMissing)
            }
            Err(error) => Finding::new(Code::SecretLocked).saw(error),
        };
        finding.with("user", user).with("store", words(store))
    }

    async fn stuck(&self) -> Finding {
        let items = match self.engine.worker().held_back().await {
            Ok(items) => items,
            Err(error) => return Finding::new(Code::NothingStuck).saw(error),
        };
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
            .with("reason", reason(&first.reason))
    }
}

impl Probes for NoteProbes {
    fn checks(&self) -> &[CheckId] {
        &self.checks
    }

    fn ask<'a>(&'a self, check: CheckId, context: &'a Context) -> Asked<'a> {
        match check {
            CheckId::Stuck if self.in_force => Box::pin(self.stuck()),
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
fn reason(reason: &HeldBack) -> String {
    match reason {
        HeldBack::TitleTooLong { chars, max } => {
            format!("its title has {chars} characters, {max} travel")
        }
        HeldBack::BodyTooLong { chars, max } => {
            format!("its text has {chars} characters, {max} travel")
        }
        HeldBack::Malformed { .. } => "it is not of the form that notes have".to_owned(),
        HeldBack::Refused { detail } => format!("the server refused it ({detail})"),
    }
}
