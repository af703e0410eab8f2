//! PostgreSQL: several nodes that keep nothing themselves.
//!
//! A sync call is one transaction that begins by locking the account's row: what two nodes save for
//! one account at the same moment is saved one after the other, and commits are handed out in the
//! order in which they become visible. Every call runs to its end even if whoever asked has gone,
//! so no connection goes back to the pool inside a transaction.

mod accounts;
#[cfg(test)]
#[path = "../../../../../tests/src/postgres.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with suites that measure")]
mod cluster;
mod connection;
mod copy;
mod items;
mod notify;
mod sessions;

use std::{path::Path, sync::Arc};

use deadpool_postgres::{Client, Pool, PoolError};
use sheaf_protocol::{IntegrityEntry, Micros};

use super::{Session, Storage, StorageError, SyncAnswer, SyncCall, User, UserId};
use crate::{changes::Changes, config, sync::Row};
use notify::Teller;

#[derive(Clone)]
pub struct Postgres {
    pool: Pool,
    connect: Arc<connection::Connect>,
    teller: Teller,
}

impl Postgres {
    /// Connects, and brings the schema up to date.
    pub async fn open(at: &config::Postgres) -> Result<Self, StorageError> {
        let connect = Arc::new(connection::Connect::new(at)?);
        let pool = connect.pool()?;
        let mut client = pool.get().await?;
        connection::bring_up_to_date(&mut client).await?;
        Ok(Self {
            teller: Teller::start(pool.clone()),
            pool,
            connect,
        })
    }

    /// Runs `work` on a connection, to the end, whoever waits for it.
    async fn run<T, F>(
        &self,
        work: impl FnOnce(Client) -> F + Send + 'static,
    ) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StorageError>> + Send,
    {
        let pool = self.pool.clone();
        let running = tokio::spawn(async move { work(pool.get().await?).await });
        running
            .await
            .map_err(|error| StorageError::Failed(error.into()))?
    }
}

impl Storage for Postgres {
    async fn create_user(&self, user: User, only_first: bool) -> Result<(), StorageError> {
        self.run(move |mut db| async move { accounts::create(&mut db, &user, only_first).await })
            .await
    }

    async fn user_by_email(&self, email: &str) -> Result<Option<User>, StorageError> {
        let email = email.to_owned();
        self.run(move |db| async move { accounts::by_email(&db, &email).await })
            .await
    }

    async fn user(&self, id: &UserId) -> Result<Option<User>, StorageError> {
        let id = id.clone();
        self.run(move |db| async move { accounts::by_id(&db, &id).await })
            .await
    }

    async fn users(&self) -> Result<Vec<User>, StorageError> {
        self.run(|db| async move { accounts::all(&db).await }).await
    }

    async fn user_count(&self) -> Result<u64, StorageError> {
        self.run(|db| async move { accounts::count(&db).await })
            .await
    }

    async fn change_credentials(&self, user: User, keep: Option<&str>) -> Result<(), StorageError> {
        let keep = keep.map(str::to_owned);
        self.run(move |mut db| async move {
            accounts::change_credentials(&mut db, &user, keep.as_deref()).await
        })
        .await
    }

    async fn set_disabled(&self, id: &UserId, disabled: bool) -> Result<(), StorageError> {
        let id = id.clone();
        self.run(move |mut db| async move { accounts::set_disabled(&mut db, &id, disabled).await })
            .await
    }

    async fn delete_user(&self, id: &UserId) -> Result<(), StorageError> {
        let id = id.clone();
        self.run(move |mut db| async move { accounts::delete(&mut db, &id).await })
            .await
    }

    async fn server_secret(&self, candidate: [u8; 32]) -> Result<[u8; 32], StorageError> {
        self.run(move |db| async move { accounts::secret(&db, candidate).await })
            .await
    }

    async fn put_invite(&self, email: &str) -> Result<(), StorageError> {
        let email = email.to_owned();
        self.run(move |db| async move { accounts::put_invite(&db, &email).await })
            .await
    }

    async fn take_invite(&self, email: &str) -> Result<bool, StorageError> {
        let email = email.to_owned();
        self.run(move |db| async move { accounts::take_invite(&db, &email).await })
            .await
    }

    async fn put_challenge(&self, challenge: &str, expires: Micros) -> Result<(), StorageError> {
        let challenge = challenge.to_owned();
        self.run(move |db| async move { accounts::put_challenge(&db, &challenge, expires).await })
            .await
    }

    async fn take_challenge(&self, challenge: &str, now: Micros) -> Result<bool, StorageError> {
        let challenge = challenge.to_owned();
        self.run(move |db| async move { accounts::take_challenge(&db, &challenge, now).await })
            .await
    }

    async fn put_session(&self, session: Session) -> Result<(), StorageError> {
        self.run(move |db| async move { sessions::put(&**db, &session).await })
            .await
    }

    async fn session_and_user(&self, id: &str) -> Result<Option<(Session, User)>, StorageError> {
        let id = id.to_owned();
        self.run(move |db| async move { sessions::with_user(&db, &id).await })
            .await
    }

    async fn rotate_session(&self, seen: &Session, next: Session) -> Result<bool, StorageError> {
        let seen = seen.refresh_hash;
        self.run(move |db| async move { sessions::rotate(&db, &seen, &next).await })
            .await
    }

    async fn confirm_session(&self, id: &str, access_hash: [u8; 32]) -> Result<(), StorageError> {
        let id = id.to_owned();
        self.run(move |db| async move { sessions::confirm(&db, &id, access_hash).await })
            .await
    }

    async fn sessions(&self, user: &UserId) -> Result<Vec<Session>, StorageError> {
        let user = user.clone();
        self.run(move |db| async move { sessions::of_user(&db, &user).await })
            .await
    }

    async fn revoke_session(&self, user: &UserId, id: &str) -> Result<bool, StorageError> {
        let (user, id) = (user.clone(), id.to_owned());
        self.run(move |db| async move { sessions::revoke(&db, &user, &id).await })
            .await
    }

    async fn revoke_other_sessions(&self, user: &UserId, keep: &str) -> Result<(), StorageError> {
        let (user, keep) = (user.clone(), keep.to_owned());
        self.run(move |db| async move { sessions::revoke_others(&db, &user, &keep).await })
            .await
    }

    async fn end_session(&self, user: &UserId, id: &str) -> Result<bool, StorageError> {
        let (user, id) = (user.clone(), id.to_owned());
        self.run(move |db| async move { sessions::end(&db, &user, &id).await })
            .await
    }

    async fn end_sessions(&self, user: &UserId, keep: Option<&str>) -> Result<(), StorageError> {
        let (user, keep) = (user.clone(), keep.map(str::to_owned));
        self.run(move |db| async move { sessions::end_all(&**db, &user, keep.as_deref()).await })
            .await
    }

    async fn sweep_sessions(&self, now: Micros) -> Result<u64, StorageError> {
        self.run(move |db| async move { sessions::sweep(&db, now).await })
            .await
    }

    async fn sync(&self, user: &UserId, call: SyncCall) -> Result<SyncAnswer, StorageError> {
        let user = user.clone();
        self.run(move |db| async move {
            if call.sent.is_empty() {
                items::sync_reading(&db, &user, &call).await
            } else {
                items::sync_writing(db, &user, call).await
            }
        })
        .await
    }

    async fn item(&self, user: &UserId, uuid: &str) -> Result<Option<Row>, StorageError> {
        let (user, uuid) = (user.clone(), uuid.to_owned());
        self.run(move |db| async move { items::one(&db, &user, &uuid).await })
            .await
    }

    async fn integrity_mismatches(
        &self,
        user: &UserId,
        claimed: Vec<IntegrityEntry>,
    ) -> Result<Vec<IntegrityEntry>, StorageError> {
        let user = user.clone();
        self.run(move |db| async move { items::mismatches(&db, &user, claimed).await })
            .await
    }

    fn tell_others(&self, user: &UserId, counter: u64) {
        self.teller.tell(user, counter);
    }

    async fn hear_others(&self, changes: Arc<Changes>) {
        notify::hear(&self.pool, &self.connect, &changes).await;
    }

    async fn backup(&self, to: &Path) -> Result<(), StorageError> {
        let to = to.to_owned();
        self.run(move |mut db| async move { copy::out(&mut db, &to).await })
            .await
    }

    async fn restore(&self, from: &Path) -> Result<(), StorageError> {
        let from = from.to_owned();
        self.run(move |mut db| async move { copy::into(&mut db, &from).await })
            .await
    }

    async fn check(&self) -> Result<Vec<String>, StorageError> {
        self.run(|db| async move { items::check(&db).await }).await
    }

    async fn ping(&self) -> Result<(), StorageError> {
        self.run(|db| async move {
            db.simple_query("SELECT 1").await?;
            Ok(())
        })
        .await
    }
}

impl From<tokio_postgres::Error> for StorageError {
    fn from(error: tokio_postgres::Error) -> Self {
        use tokio_postgres::error::SqlState as S;
        let again = [
            S::T_R_SERIALIZATION_FAILURE,
            S::T_R_DEADLOCK_DETECTED,
            S::TOO_MANY_CONNECTIONS,
            S::CANNOT_CONNECT_NOW,
            S::ADMIN_SHUTDOWN,
            S::DISK_FULL,
        ];
        // Without a code the connection broke: the database restarts, or another takes over.
        match error.as_db_error() {
            None => Self::Busy(error.into()),
            // Its details quote values of the row; what is kept of it goes to the log.
            Some(told) => {
                let short = format!("{} ({})", told.message(), told.code().code()).into();
                if again.contains(told.code()) {
                    Self::Busy(short)
                } else {
                    Self::Failed(short)
                }
            }
        }
    }
}

impl From<PoolError> for StorageError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            error => Self::Busy(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn storage() -> Option<Postgres> {
        let url = cluster::Cluster::shared()?.database();
        let config::Database::Postgres(at) = url.parse().unwrap() else {
            panic!("{url}");
        };
        Some(Postgres::open(&at).await.unwrap())
    }

    #[tokio::test]
    async fn the_storage_conforms() {
        if let Some(storage) = storage().await {
            crate::storage::conformance::run(&storage).await;
        }
    }

    /// Statements are sent together, without waiting for each other's answers. One that had to be
    /// prepared first once ran after the COMMIT that was sent behind it: a moment long the counter was
    /// ahead of the items, and whoever asked then skipped them for ever.
    #[tokio::test]
    async fn the_counter_is_never_seen_before_its_items() {
        let Some(storage) = storage().await else {
            return;
        };
        let user = crate::storage::conformance::new_user(&storage, "visible").await;
        let db = storage.pool.get().await.unwrap();
        let seen =
            "SELECT counter, COALESCE((SELECT max(commit_no) FROM items WHERE account = id), 0)
                    FROM users";
        let saving = async {
            let mut newest = 0;
            for round in 0..40 {
                let save = crate::storage::conformance::batch(round * 100, 100);
                newest = storage.sync(&user, save).await.unwrap().counter;
            }
            newest
        };
        let looking = async {
            loop {
                let row = db.query_one(seen, &[]).await.unwrap();
                let (counter, newest): (i64, i64) = (row.get(0), row.get(1));
                assert_eq!(counter, newest);
                if counter == 4000 {
                    return;
                }
            }
        };
        let (newest, ()) = tokio::join!(saving, looking);
        assert_eq!(newest, 4000);
    }

    #[tokio::test]
    async fn a_backup_restores_to_either_storage() {
        if let Some(storage) = storage().await {
            let dir = tempfile::tempdir().unwrap();
            crate::storage::conformance::copies(
                &storage,
                &dir.path().join("copy.db"),
                async || self::storage().await.unwrap(),
            )
            .await;
            crate::storage::conformance::copies(
                &storage,
                &dir.path().join("other.db"),
                async || {
                    let file = dir.path().join("restored.db");
                    crate::storage::sqlite::Sqlite::open(&file).unwrap()
                },
            )
            .await;
        }
    }
}
