//! Where passwords are kept: the system's keyring, or what the person chose instead of it. Never
//! silently: without a keyring and without a choice the answer is [`SecretError::NoKeyring`].
//!
//! The stores block (the keyring asks another process, which may ask the person), so every call
//! runs on a thread of its own with a deadline.

mod clear_file;
mod keyring;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use sheaf_ipc::SecretStore;
use sheaf_net::{Password, RemoteUrl};
use zeroize::Zeroizing;

use clear_file::ClearFileError;

/// The person may have to type the keyring's own password.
const DEADLINE: Duration = Duration::from_mins(1);

/// What was asked for on the command line or in the environment; stronger than the preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretStoreChoice {
    Keyring,
    ClearFile,
    Session,
}

impl SecretStoreChoice {
    pub const NAMES: [&str; 3] = ["keyring", "clear-file", "session"];

    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "keyring" => Some(Self::Keyring),
            "clear-file" => Some(Self::ClearFile),
            "session" => Some(Self::Session),
            _ => None,
        }
    }

    pub(crate) fn of(store: SecretStore) -> Option<Self> {
        match store {
            SecretStore::Keyring => Some(Self::Keyring),
            SecretStore::ClearFile => Some(Self::ClearFile),
            SecretStore::Session => Some(Self::Session),
            SecretStore::Unavailable => None,
        }
    }
}

impl From<SecretStoreChoice> for SecretStore {
    fn from(choice: SecretStoreChoice) -> Self {
        match choice {
            SecretStoreChoice::Keyring => Self::Keyring,
            SecretStoreChoice::ClearFile => Self::ClearFile,
            SecretStoreChoice::Session => Self::Session,
        }
    }
}

/// Whose password: a name at a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Account(pub(crate) String);

impl Account {
    /// The key of an encrypted database. Whoever signs in there, it is the same.
    pub(crate) fn of_vault(remote: &RemoteUrl) -> Self {
        Self(format!("vault at {}", remote.place()))
    }

    pub(crate) fn of(remote: &RemoteUrl) -> Self {
        if remote.by_token {
            return Self(format!("token at {}", remote.place()));
        }
        Self(format!(
            "{} at {}",
            remote.user.as_deref().unwrap_or_default(),
            remote.place()
        ))
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    /// No Secret Service, no session bus, or the platform has none.
    #[error("this system offers no keyring")]
    NoKeyring(#[source] ::keyring::Error),
    #[error("the keyring refused")]
    Keyring(#[source] ::keyring::Error),
    #[error("the keyring did not answer within {} seconds", DEADLINE.as_secs())]
    Deadline,
    #[error(transparent)]
    ClearFile(#[from] ClearFileError),
}

/// The passwords of one data directory.
pub(crate) struct Secrets {
    data_dir: PathBuf,
    session: Mutex<HashMap<Account, Zeroizing<String>>>,
}

impl Secrets {
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self {
            data_dir: data_dir.to_owned(),
            session: Mutex::default(),
        }
    }

    pub(crate) async fn find(
        &self,
        store: SecretStoreChoice,
        account: &Account,
    ) -> Result<Option<Password>, SecretError> {
        match store {
            SecretStoreChoice::Session => {
                let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(session
                    .get(account)
                    .map(|text| Password::new(text.as_str())))
            }
            SecretStoreChoice::ClearFile => Ok(clear_file::find(&self.data_dir, account)?),
            SecretStoreChoice::Keyring => {
                let entry = self.entry(account);
                aside(move || keyring::find(&entry)).await
            }
        }
    }

    pub(crate) async fn keep(
        &self,
        store: SecretStoreChoice,
        account: &Account,
        password: &Password,
    ) -> Result<(), SecretError> {
        match store {
            SecretStoreChoice::Session => {
                let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
                session.insert(
                    account.clone(),
                    Zeroizing::new(password.reveal().to_owned()),
                );
                Ok(())
            }
            SecretStoreChoice::ClearFile => {
                Ok(clear_file::keep(&self.data_dir, account, password)?)
            }
            SecretStoreChoice::Keyring => {
                let entry = self.entry(account);
                let password = Zeroizing::new(password.reveal().to_owned());
                aside(move || keyring::keep(&entry, &password)).await
            }
        }
    }

    pub(crate) async fn forget(
        &self,
        store: SecretStoreChoice,
        account: &Account,
    ) -> Result<(), SecretError> {
        match store {
            SecretStoreChoice::Session => {
                let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
                session.remove(account);
                Ok(())
            }
            SecretStoreChoice::ClearFile => Ok(clear_file::forget(&self.data_dir, account)?),
            SecretStoreChoice::Keyring => {
                let entry = self.entry(account);
                aside(move || keyring::forget(&entry)).await
            }
        }
    }

    /// Whether this system's keyring can be talked to at all.
    pub(crate) async fn has_keyring(&self) -> bool {
        aside(keyring::connect).await.is_ok()
    }

    /// Two installations on one account must not overwrite each other's password.
    fn entry(&self, account: &Account) -> String {
        format!("{} ({})", account.0, self.data_dir.display())
    }
}

/// On a plain thread: one that never comes back must not hold up the end of the runtime.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SecretError> + Send + 'static,
) -> Result<T, SecretError> {
    let (answer, answered) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // Nobody listens any more once the deadline has passed.
        let _ = answer.send(work());
    });
    match tokio::time::timeout(DEADLINE, answered).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) | Err(_) => Err(SecretError::Deadline),
    }
}
