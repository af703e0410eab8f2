//! The system's keyring: Secret Service, Keychain or Credential Manager.

use keyring::{Entry, Error};
use sheaf_net::Password;
use zeroize::Zeroizing;

use super::SecretError;

/// How the entry is filed; people see it in their keyring's own window.
const SERVICE: &str = "Sheaf";

pub(super) fn connect() -> Result<(), SecretError> {
    // The library keeps the result of its first attempt and owns the error; another entry gives
    // an error of our own to hand on.
    match Entry::store_status() {
        Ok(()) => Ok(()),
        Err(error) => {
            tracing::debug!(%error, "no keyring");
            Err(SecretError::NoKeyring(Error::NoDefaultStore))
        }
    }
}

pub(super) fn find(entry: &str) -> Result<Option<Password>, SecretError> {
    match open(entry)?.get_password() {
        Ok(text) => Ok(Some(Password::new(Zeroizing::new(text).as_str()))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(SecretError::Keyring(error)),
    }
}

pub(super) fn keep(entry: &str, password: &str) -> Result<(), SecretError> {
    open(entry)?
        .set_password(password)
        .map_err(SecretError::Keyring)
}

pub(super) fn forget(entry: &str) -> Result<(), SecretError> {
    match open(entry)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(SecretError::Keyring(error)),
    }
}

fn open(entry: &str) -> Result<Entry, SecretError> {
    connect()?;
    Entry::new(SERVICE, entry).map_err(SecretError::Keyring)
}
