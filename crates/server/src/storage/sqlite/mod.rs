//! One SQLite file: the default, without any configuration.
//!
//! WAL with `synchronous=FULL`: what was acknowledged survives a power cut. One thread writes; a
//! few connections read consistent snapshots beside it.

mod accounts;
mod admission;
mod connection;
mod copy;
mod items;
mod sessions;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::Connection;
use sheaf_protocol::{IntegrityEntry, Micros};

use super::{
    Session, Storage, StorageError, SyncAnswer, SyncCall, User, UserId,
    copy::{In, Out, queue},
};
use crate::{changes::Changes, sync::Row};
use connection::{Readers, Writer};

/// Connections that read beside the writer.
const READERS: usize = 4;

#[derive(Clone)]
pub struct Sqlite {
    writer: Arc<Writer>,
    readers: Arc<Readers>,
    path: Arc<PathBuf>,
}

impl Sqlite {
    /// Opens or creates the file and brings its schema up to date.
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        let writer = connection::open_writer(path)?;
        let readers = (0..READERS)
            .map(|_| connection::open_reader(path))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            writer: Arc::new(Writer::start(writer)),
            readers: Arc::new(Readers::new(readers)),
            path: Arc::new(path.to_owned()),
        })
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        self.writer.run(work).await
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        self.readers.run(work).await
    }
}

/// What is in a copy.
pub(super) async fn read_copy(from: &Path, records: Out) -> Result<(), StorageError> {
    let from = from.to_owned();
    blocking(move || copy::out(&connection::open_reader(&from)?, &records)).await
}

/// A new copy of what arrives.
pub(super) async fn write_copy(to: &Path, arriving: In) -> Result<(), StorageError> {
    let to = to.to_owned();
    blocking(move || {
        super::copy::create(&to)?;
        let db = connection::open_writer(&to)?;
        db.execute_batch("BEGIN IMMEDIATE")?;
        copy::into(&db, arriving)?;
        db.execute_batch("COMMIT")?;
        // One file, that can be moved.
        Ok(db.pragma_update(None, "journal_mode", "DELETE")?)
    })
    .await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StorageError> + Send + 'static,
) -> Result<T, StorageError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StorageError::Failed(error.into()))?
}

impl Storage for Sqlite {
    async fn create_user(&self, user: User, only_first: bool) -> Result<(), StorageError> {
        self.write(move |db| accounts::create(db, &user, only_first))
            .await
    }

    async fn user_by_email(&self, email: &str) -> Result<Option<User>, StorageError> {
        let email = email.to_owned();
        self.read(move |db| accounts::by_email(db, &email)).await
    }

    async fn user(&self, id: &UserId) -> Result<Option<User>, StorageError> {
        let id = id.clone();
        self.read(move |db| accounts::by_id(db, &id)).await
    }

    async fn users(&self) -> Result<Vec<User>, StorageError> {
        self.read(accounts::all).await
    }

    async fn user_count(&self) -> Result<u64, StorageError> {
        self.read(accounts::count).await
    }

    async fn change_credentials(&self, user: User, keep: Option<&str>) -> Result<(), StorageError> {
        let keep = keep.map(str::to_owned);
        self.write(move |db| accounts::change_credentials(db, &user, keep.as_deref()))
            .await
    }

    async fn set_disabled(&self, id: &UserId, disabled: bool) -> Result<(), StorageError> {
        let id = id.clone();
        self.write(move |db| accounts::set_disabled(db, &id, disabled))
            .await
    }

    async fn delete_user(&self, id: &UserId) -> Result<(), StorageError> {
        let id = id.clone();
        self.write(move |db| accounts::delete(db, &id)).await
    }

    async fn server_secret(&self, candidate: [u8; 32]) -> Result<[u8; 32], StorageError> {
        self.write(move |db| admission::secret(db, candidate)).await
    }

    async fn put_invite(&self, email: &str) -> Result<(), StorageError> {
        let email = email.to_owned();
        self.write(move |db| admission::put_invite(db, &email))
            .await
    }

    async fn take_invite(&self, email: &str) -> Result<bool, StorageError> {
        let email = email.to_owned();
        self.write(move |db| admission::take_invite(db, &email))
            .await
    }

    async fn put_challenge(&self, challenge: &str, expires: Micros) -> Result<(), StorageError> {
        let challenge = challenge.to_owned();
        self.write(move |db| admission::put_challenge(db, &challenge, expires))
            .await
    }

    async fn take_challenge(&self, challenge: &str, now: Micros) -> Result<bool, StorageError> {
        let challenge = challenge.to_owned();
        self.write(move |db| admission::take_challenge(db, &challenge, now))
            .await
    }

    async fn put_session(&self, session: Session) -> Result<(), StorageError> {
        self.write(move |db| sessions::put(db, &session)).await
    }

    async fn session_and_user(&self, id: &str) -> Result<Option<(Session, User)>, StorageError> {
        let id = id.to_owned();
        self.read(move |db| sessions::with_user(db, &id)).await
    }

    async fn rotate_session(&self, seen: &Session, next: Session) -> Result<bool, StorageError> {
        let seen = seen.refresh_hash;
        self.write(move |db| sessions::rotate(db, &seen, &next))
            .await
    }

    async fn sessions(&self, user: &UserId) -> Result<Vec<Session>, StorageError> {
        let user = user.clone();
        self.read(move |db| sessions::of_user(db, &user)).await
    }

    async fn confirm_session(&self, id: &str, access_hash: [u8; 32]) -> Result<(), StorageError> {
        let id = id.to_owned();
        self.write(move |db| sessions::confirm(db, &id, access_hash))
            .await
    }

    async fn revoke_session(&self, user: &UserId, id: &str) -> Result<bool, StorageError> {
        let (user, id) = (user.clone(), id.to_owned());
        self.write(move |db| sessions::revoke(db, &user, &id)).await
    }

    async fn revoke_other_sessions(&self, user: &UserId, keep: &str) -> Result<(), StorageError> {
        let (user, keep) = (user.clone(), keep.to_owned());
        self.write(move |db| sessions::revoke_others(db, &user, &keep))
            .await
    }

    async fn end_session(&self, user: &UserId, id: &str) -> Result<bool, StorageError> {
        let (user, id) = (user.clone(), id.to_owned());
        self.write(move |db| sessions::end(db, &user, &id)).await
    }

    async fn end_sessions(&self, user: &UserId, keep: Option<&str>) -> Result<(), StorageError> {
        let (user, keep) = (user.clone(), keep.map(str::to_owned));
        self.write(move |db| sessions::end_all(db, &user, keep.as_deref()))
            .await
    }

    async fn sweep_sessions(&self, now: Micros) -> Result<u64, StorageError> {
        self.write(move |db| sessions::sweep(db, now)).await
    }

    async fn sync(&self, user: &UserId, call: SyncCall) -> Result<SyncAnswer, StorageError> {
        let user = user.clone();
        // Without anything to save a snapshot is as good as the lock, and readers do not queue.
        if call.sent.is_empty() {
            return self
                .read(move |db| items::sync_reading(db, &user, &call))
                .await;
        }
        self.write(move |db| items::sync_writing(db, &user, call))
            .await
    }

    async fn item(&self, user: &UserId, uuid: &str) -> Result<Option<Row>, StorageError> {
        let (user, uuid) = (user.clone(), uuid.to_owned());
        self.read(move |db| items::one(db, &user, &uuid)).await
    }

    async fn integrity_mismatches(
        &self,
        user: &UserId,
        claimed: Vec<IntegrityEntry>,
    ) -> Result<Vec<IntegrityEntry>, StorageError> {
        let user = user.clone();
        self.read(move |db| items::mismatches(db, &user, claimed))
            .await
    }

    /// The file is this process's alone.
    fn tell_others(&self, _: &UserId, _: u64) {}

    async fn hear_others(&self, _: Arc<Changes>) {
        std::future::pending::<()>().await;
    }

    async fn backup(&self, to: &Path) -> Result<(), StorageError> {
        let (from, to) = (self.path.clone(), to.to_owned());
        blocking(move || connection::backup(&from, &to)).await
    }

    async fn restore(&self, from: &Path) -> Result<(), StorageError> {
        let (records, arriving) = queue();
        let (read, written) = tokio::join!(
            read_copy(from, records),
            self.write(move |db| copy::into(db, arriving)),
        );
        written.and(read)
    }

    async fn check(&self) -> Result<Vec<String>, StorageError> {
        self.read(items::check).await
    }

    async fn ping(&self) -> Result<(), StorageError> {
        self.read(|db| Ok(db.query_row("SELECT 1", [], |_| Ok(()))?))
            .await
    }
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> Self {
        if is_busy(&error) {
            Self::Busy(error.into())
        } else {
            Self::Failed(error.into())
        }
    }
}

/// To be tried again, a full disk included: somebody will make room.
fn is_busy(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, DiskFull};
    matches!(
        error.sqlite_error_code(),
        Some(DatabaseBusy | DatabaseLocked | DiskFull)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> User {
        User {
            id: UserId(name.into()),
            email: name.into(),
            password_hash: String::new(),
            key_params: "{}".into(),
            version: "004".into(),
            disabled: false,
            created_at: Micros(1),
            generation: 1,
        }
    }

    /// Jobs that wait share a transaction; one that fails must take nothing of the others with it.
    #[tokio::test]
    async fn a_refused_job_undoes_only_itself() {
        let dir = tempfile::tempdir().unwrap();
        let storage = Sqlite::open(&dir.path().join("server.db")).unwrap();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let blocked = storage.clone();
        let first = tokio::spawn(async move {
            blocked
                .write(move |_| {
                    wait.recv()
                        .map_err(|error| StorageError::Failed(error.into()))
                })
                .await
        });
        let half = storage.write(|db| {
            accounts::create(db, &user("half"), false)?;
            Err::<(), _>(StorageError::Quota)
        });
        let whole = storage.create_user(user("whole"), false);
        let (half, whole, _) = tokio::join!(half, whole, async { go.send(()) });
        assert!(matches!(half, Err(StorageError::Quota)));
        whole.unwrap();
        first.await.unwrap().unwrap();
        let names: Vec<String> = storage
            .users()
            .await
            .unwrap()
            .into_iter()
            .map(|user| user.email)
            .collect();
        assert_eq!(names, ["whole"]);
    }

    #[tokio::test]
    async fn a_backup_restores_to_an_empty_database_only() {
        let dir = tempfile::tempdir().unwrap();
        let storage = Sqlite::open(&dir.path().join("server.db")).unwrap();
        let copy = dir.path().join("copy.db");
        crate::storage::conformance::copies(&storage, &copy, async || {
            Sqlite::open(&dir.path().join("restored.db")).unwrap()
        })
        .await;
    }

    #[tokio::test]
    async fn the_storage_conforms() {
        let dir = tempfile::tempdir().unwrap();
        let storage = Sqlite::open(&dir.path().join("server.db")).unwrap();
        crate::storage::conformance::run(&storage).await;
    }
}
