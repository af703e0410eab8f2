//! The *Test* button: what is at an address, and what this account may do there. Changes nothing
//! but a `_local` document of its own name, which it removes.

use std::time::Duration;

use sheaf_net::Client;

use crate::{Remote, SyncError};

/// What was found, as far as the questions could be asked; `problem` stopped the rest.
#[derive(Debug, Default)]
pub struct Probe {
    pub problem: Option<SyncError>,
    /// `CouchDB 3.4.2`.
    pub server: Option<String>,
    /// One round trip on an open connection.
    pub latency: Option<Duration>,
    pub signed_in_as: Option<String>,
    pub database_exists: bool,
    /// Design documents included.
    pub documents: Option<u32>,
    pub can_write: bool,
    /// The database is missing and this account may create it.
    pub can_create: bool,
    /// Asked without a name and password, the database answered with its contents.
    pub open_to_everybody: bool,
    /// Documents that are not of the shared data model.
    pub foreign_documents: bool,
}

pub async fn probe(client: &Client, remote: &Remote) -> Probe {
    let _ = (client, remote);
    Probe::default()
}

/// Creates the database; one that is there already is as good.
pub async fn create_database(client: &Client, remote: &Remote) -> Result<(), SyncError> {
    let _ = (client, remote);
    Ok(())
}
