//! Who may register.

use super::{AccountError, Accounts};
use crate::{config::Registration, storage::Storage};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admitted {
    Anyway,
    /// Others may be registering at the same moment: only the storage can tell who was first.
    IfFirst,
}

impl<S: Storage> Accounts<S> {
    /// By default the door is open until the first account exists, and for those who were named
    /// after that.
    pub(super) async fn admit(&self, email: &str) -> Result<Admitted, AccountError> {
        match self.settings.registration {
            Registration::Open => Ok(Admitted::Anyway),
            Registration::FirstOnly if self.storage.user_count().await? == 0 => {
                Ok(Admitted::IfFirst)
            }
            Registration::FirstOnly | Registration::Invite if self.invited(email).await? => {
                Ok(Admitted::Anyway)
            }
            _ => Err(AccountError::RegistrationClosed),
        }
    }

    /// The invitation is used up here; an e-mail that has an account keeps it unused, and is told
    /// the same as one that was never invited.
    async fn invited(&self, email: &str) -> Result<bool, AccountError> {
        if self.storage.user_by_email(email).await?.is_some() {
            return Ok(false);
        }
        Ok(self.storage.take_invite(email).await?)
    }
}
