//! Sync with an account at a Sheaf server: the same life as with a database, another conversation.
//!
//! `entering`, `leaving` and `account` are what people do with an account; `session` is one round or staying in step; `vault`
//! keeps the account's keys.

mod account;
mod entering;
mod given;
mod leaving;
mod session;
mod trouble;
mod vault;

use std::sync::{Arc, Mutex, PoisonError};

use sheaf_hosted::{Replication, Service, remote_id};
use sheaf_ipc::{ApiError, ErrorCode, HostedAccount};
use sheaf_net::Server;
use sheaf_sync::RemoteId;

pub(super) use session::{flush, live, round};
use trouble::here;
pub(super) use trouble::hosted_code;
use vault::Vault;

use super::{Shared, Worker, trouble::Trouble};
use crate::{config, convert, surroundings::Surroundings};

type Hosted = Replication<Surroundings, Vault>;

/// An account that is in force.
#[derive(Clone)]
pub(crate) struct Target {
    pub(super) server: Server,
    pub(super) email: String,
    pub(super) hide_sizes: bool,
}

impl Target {
    pub(super) fn of(account: &HostedAccount, hide_sizes: bool) -> Result<Self, ApiError> {
        let invalid = |detail: String| ApiError::new(ErrorCode::AddressInvalid).with_detail(detail);
        let server = Server::parse(&account.address).map_err(|error| invalid(error.to_string()))?;
        let email = sheaf_hosted::normal_email(&account.email);
        if email.is_empty() {
            return Err(ApiError::new(ErrorCode::Invalid).with_detail("no e-mail is given"));
        }
        Ok(Self {
            server,
            email,
            hide_sizes,
        })
    }

    pub(super) fn id(&self) -> RemoteId {
        remote_id(&self.server, &self.email)
    }

    pub(super) fn account(&self) -> HostedAccount {
        HostedAccount {
            address: self.server.to_string(),
            email: self.email.clone(),
        }
    }

    /// As shown in sentences.
    pub(super) fn shown(&self) -> String {
        format!("{} at {}", self.email, self.server.host_and_port())
    }
}

/// The conversation in force, kept between sessions.
#[derive(Default)]
pub(super) struct Line(Mutex<Option<Arc<Hosted>>>);

impl Line {
    fn known(&self) -> Option<Arc<Hosted>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn keep(&self, talk: Arc<Hosted>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(talk);
    }

    /// Another target, or another session.
    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The conversation with the account; begun anew only after the target or its session changed.
async fn connect(shared: &Shared, target: &Target) -> Result<Arc<Hosted>, Trouble> {
    if let Some(known) = shared.hosted.known() {
        return Ok(known);
    }
    let vault = Vault::of(shared, target);
    let credentials = vault
        .credentials()
        .await
        .map_err(|error| Trouble::here(error.code, error.detail.unwrap_or_default()))?
        .ok_or_else(|| Trouble::here(ErrorCode::PasswordMissing, String::new()))?;
    let service = service(shared, target).map_err(|error| here(&error))?;
    let device = config::device(&shared.store, &shared.surroundings)
        .await
        .map_err(|error| Trouble::here(convert::store_code(&error), convert::chain(&error)))?;
    let options = sheaf_hosted::Options {
        device,
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        pad: target.hide_sizes,
    };
    let environment = shared.surroundings.clone();
    let talk = Replication::new(service, credentials, vault, options, environment);
    let talk = Arc::new(talk);
    shared.hosted.keep(talk.clone());
    Ok(talk)
}

impl Worker {
    /// Asks the server of the account in force whether it still knows this computer, with the very
    /// session sync uses: two of them would take each other's tokens away.
    pub(crate) async fn knock(&self) -> Result<(), ApiError> {
        let target = self.hosted_in_force().await;
        let target = target.ok_or_else(|| ApiError::new(ErrorCode::SyncOff))?;
        let talk = connect(&self.shared, &target).await;
        let talk = talk.map_err(|trouble| trouble.as_error())?;
        talk.knock()
            .await
            .map_err(|error| trouble::as_error(&error))
    }

    /// The keys of the account in force, as far as they can be read.
    pub(crate) async fn has_keys(&self) -> Result<bool, ApiError> {
        let Some(target) = self.hosted_in_force().await else {
            return Ok(false);
        };
        let credentials = Vault::of(&self.shared, &target).credentials().await?;
        Ok(credentials.is_some())
    }
}

fn service(shared: &Shared, target: &Target) -> Result<Service, ApiError> {
    let client = shared.network.client().map_err(|error| {
        ApiError::new(ErrorCode::Certificate).with_detail(convert::chain(&error))
    })?;
    Ok(Service::new(client, target.server.clone()))
}
