//! The closed key of an encrypted database, which lies in it as a document: looking for it, putting it
//! there, and noticing at the beginning of a round that it is another one or gone.

use serde::Deserialize;
use sheaf_model::{Body, Kind};
use sheaf_net::{Client, Method};
use sheaf_vault::{Lock, LockError, VAULT_DOCUMENT, VaultId};

use crate::{
    Answer, Remote, SyncError,
    changes::{self, Question},
    database::{self, Database},
    pull,
    survey::ids,
};

const READ: &str = "GET the key's document";
const WRITE: &str = "PUT the key's document";
const REMOVE: &str = "DELETE database";
const ROWS_PER_PAGE: usize = 500;

/// The closed key of a database, and what `CouchDB` needs to replace it. `None`: there is none.
pub async fn find_lock(
    client: &Client,
    remote: &Remote,
) -> Result<Option<Result<Lock, LockError>>, SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    Ok(read(&database).await?.map(|found| Lock::read(&found)))
}

/// Writes the closed key, in the place of the one that is there.
pub async fn put_lock(client: &Client, remote: &Remote, lock: &Lock) -> Result<(), SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    put(&database, lock).await
}

/// Whether no document of the notes is or ever was in a database. Former revisions keep their text
/// until the server compacts, so that one which held notes once is not empty for whoever encrypts.
pub async fn holds_nothing(client: &Client, remote: &Remote) -> Result<bool, SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    let mut since = None;
    loop {
        let question = Question {
            since: since.as_ref(),
            limit: ROWS_PER_PAGE,
            documents: false,
            seq_interval: Some(ROWS_PER_PAGE),
            wait: None,
        };
        let (rows, end) = match changes::ask(&database, &question).await?.collect().await {
            Err(SyncError::Encrypted) => return Ok(false),
            other => other?,
        };
        if rows.iter().any(|row| Kind::of_id(&row.id).is_some()) {
            return Ok(false);
        }
        if pull::is_last(rows.len(), ROWS_PER_PAGE, &end, since.as_ref()) {
            return Ok(true);
        }
        since = Some(end.last_seq);
    }
}

/// Takes away a database that was filled for a conversion which was given up. One whose key is not
/// `vault`'s stays (without a vault: one that has a key), and so does one that somebody besides
/// this device has met; the answer is then `false`.
pub async fn remove_unfinished(
    client: &Client,
    remote: &Remote,
    vault: Option<VaultId>,
) -> Result<bool, SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    let found = match read(&database).await {
        Err(SyncError::Answer(Answer { status: 404, .. })) => return Ok(true),
        other => other?.map(|found| Lock::read(&found).and_then(|lock| lock.vault())),
    };
    let ours = match (found, vault) {
        (None, None) => true,
        (Some(Ok(found)), Some(vault)) => found == vault,
        _ => false,
    };
    if !ours {
        return Ok(false);
    }
    database
        .open(REMOVE, database.request(Method::DELETE, &[]))
        .await?;
    Ok(true)
}

/// What a round in a vault begins with. A key that went missing is put back: nobody else could join
/// otherwise. Without the right to write it stays missing, and nothing is the worse for it here.
pub(crate) async fn check(database: &Database, lock: Option<&Lock>) -> Result<(), SyncError> {
    let Some(vault) = database.wire().vault() else {
        return Ok(());
    };
    match read(database).await?.map(|found| Lock::read(&found)) {
        Some(Ok(found)) if found.is_of(vault) => Ok(()),
        Some(_) => Err(SyncError::OtherVault),
        None => {
            let Some(lock) = lock else { return Ok(()) };
            match put(database, lock).await {
                Err(SyncError::Answer(answer))
                    if matches!(answer.status, 401 | 403 | 405) && !answer.is_about_the_token() =>
                {
                    Ok(())
                }
                other => other,
            }
        }
    }
}

/// What comes before anything plain is sent unread: without a key, the database must have none.
pub(crate) async fn must_be_plain(database: &Database) -> Result<(), SyncError> {
    if database.wire().vault().is_none() && read(database).await?.is_some() {
        return Err(SyncError::Encrypted);
    }
    Ok(())
}

pub(crate) async fn read(database: &Database) -> Result<Option<Body>, SyncError> {
    let request = database.request(Method::GET, &[VAULT_DOCUMENT]);
    let found: Option<Body> = database.find_json(READ, request).await?;
    // Something that answers everything alike has not answered this.
    Ok(found.filter(|found| found.get("_id").is_some_and(|id| id == VAULT_DOCUMENT)))
}

async fn put(database: &Database, lock: &Lock) -> Result<(), SyncError> {
    let mut again = true;
    loop {
        let mut fields = lock.fields();
        if let Some(rev) = read(database)
            .await?
            .and_then(|mut found| found.remove("_rev"))
        {
            fields.insert("_rev".to_owned(), rev);
        }
        let body = serde_json::Value::Object(fields).to_string();
        let request = database
            .request(Method::PUT, &[VAULT_DOCUMENT])
            .body(database::JSON, sheaf_net::Body::Bytes(body.into()));
        match database.open(WRITE, request).await {
            // Another device did the same at this moment.
            Err(SyncError::Answer(Answer { status: 409, .. })) if again => again = false,
            other => return other.map(drop),
        }
    }
}

/// How many live documents of each kind a database has: what a conversion is checked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub struct Tally {
    pub notes: u32,
    pub notebooks: u32,
    pub tags: u32,
    pub attachments: u32,
}

/// Counts. Reads ids only.
pub async fn tally(client: &Client, remote: &Remote) -> Result<Tally, SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    let mut tally = Tally::default();
    ids(&database, |id| match Kind::of_id(id) {
        Some(Kind::Note) => tally.notes += 1,
        Some(Kind::Notebook) => tally.notebooks += 1,
        Some(Kind::Tag) => tally.tags += 1,
        Some(Kind::File | Kind::SheafFile) => tally.attachments += 1,
        None => {}
    })
    .await?;
    Ok(tally)
}
