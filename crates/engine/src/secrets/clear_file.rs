//! Passwords in a file that only this account may read, and that says what it is. For machines
//! without a keyring, on the person's explicit word.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sheaf_net::Password;
use zeroize::{Zeroize, Zeroizing};

use super::Account;
use crate::private;

const NAME: &str = "passwords-in-clear-text.json";
const WARNING: &str = "These passwords are not encrypted. Whoever can read this file can use them.";

#[derive(Debug, thiserror::Error)]
pub(crate) enum ClearFileError {
    #[error("{} cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} cannot be written", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{} is not the file Sheaf wrote", path.display())]
    Format {
        path: PathBuf,
        source: serde_json::Error,
    },
}

#[derive(Serialize, Deserialize)]
struct Contents {
    warning: String,
    passwords: BTreeMap<Account, String>,
}

impl Drop for Contents {
    fn drop(&mut self) {
        self.passwords.values_mut().for_each(Zeroize::zeroize);
    }
}

pub(super) fn find(dir: &Path, account: &Account) -> Result<Option<Password>, ClearFileError> {
    Ok(read(dir)?
        .passwords
        .get(account)
        .map(|text| Password::new(text.as_str())))
}

pub(super) fn keep(
    dir: &Path,
    account: &Account,
    password: &Password,
) -> Result<(), ClearFileError> {
    let mut contents = read(dir)?;
    contents
        .passwords
        .insert(account.clone(), password.reveal().to_owned());
    write(dir, &contents)
}

pub(super) fn forget(dir: &Path, account: &Account) -> Result<(), ClearFileError> {
    let mut contents = read(dir)?;
    match contents.passwords.remove(account) {
        Some(mut text) => {
            text.zeroize();
            write(dir, &contents)
        }
        None => Ok(()),
    }
}

fn read(dir: &Path) -> Result<Contents, ClearFileError> {
    let path = dir.join(NAME);
    match std::fs::read(&path).map(Zeroizing::new) {
        Ok(bytes) => {
            serde_json::from_slice(&bytes).map_err(|source| ClearFileError::Format { path, source })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Contents {
            warning: WARNING.to_owned(),
            passwords: BTreeMap::new(),
        }),
        Err(source) => Err(ClearFileError::Read { path, source }),
    }
}

fn write(dir: &Path, contents: &Contents) -> Result<(), ClearFileError> {
    let path = dir.join(NAME);
    let bytes = serde_json::to_vec_pretty(contents)
        .map(Zeroizing::new)
        .map_err(|source| ClearFileError::Format {
            path: path.clone(),
            source,
        })?;
    private::write(&path, &bytes).map_err(|source| ClearFileError::Write { path, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_found_until_it_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let account = Account("anna@https://host/db".into());
        keep(dir.path(), &account, &Password::new("secret")).unwrap();
        assert_eq!(
            find(dir.path(), &account).unwrap().unwrap().reveal(),
            "secret"
        );
        forget(dir.path(), &account).unwrap();
        assert!(find(dir.path(), &account).unwrap().is_none());
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_closed_to_other_accounts_and_says_what_it_is() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        keep(dir.path(), &Account("r".into()), &Password::new("secret")).unwrap();
        let path = dir.path().join(NAME);
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(
            std::fs::read_to_string(&path)
                .unwrap()
                .contains("not encrypted")
        );
    }
}
