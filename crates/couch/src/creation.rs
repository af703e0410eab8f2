//! A database is made, or taken back as long as nothing was ever in it.

use sheaf_net::{Client, Method};

use crate::{Answer, Remote, SyncError, checkpoint, database::Database};

const CREATE: &str = "PUT database";
const REMOVE: &str = "DELETE database";

/// Creates the database; one that is there already is as good.
pub async fn create_database(client: &Client, remote: &Remote) -> Result<(), SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    match database
        .open(CREATE, database.request(Method::PUT, &[]))
        .await
    {
        Err(SyncError::Answer(Answer { status: 412, .. })) => Ok(()),
        other => other.map(drop),
    }
}

/// Takes a database back that was only just created. One that holds anything stays, and so does
/// one that held something before: the answer is `false`.
pub async fn remove_empty_database(client: &Client, remote: &Remote) -> Result<bool, SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    if !checkpoint::information(&database).await?.is_empty() {
        return Ok(false);
    }
    database
        .open(REMOVE, database.request(Method::DELETE, &[]))
        .await?;
    Ok(true)
}
