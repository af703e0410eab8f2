//! Who may register.

use super::{AccountError, Accounts};
use crate::{config::Registration, storage::Storage};

impl<S: Storage> Accounts<S> {
    /// By default the door is open until the first account exists.
    pub(super) async fn admit(&self, email: &str) -> Result<(), AccountError> {
        let admitted = match self.registration {
            Registration::Open => true,
            Registration::FirstOnly => self.storage.user_count().await? == 0,
            Registration::Closed => false,
            Registration::Invite => self.invited(email).await?,
        };
        if admitted {
            Ok(())
        } else {
            Err(AccountError::RegistrationClosed)
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
