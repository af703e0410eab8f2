//! Carrying out what a finding offers, and taking it back.

use serde_json::Value;
use sheaf_couch::{Remote, SyncError};
use sheaf_diagnosis::{Context, Fix};
use sheaf_ipc::{ApiError, CouchFields, ErrorCode, RemoteForm};

use super::Examined;
use crate::{
    Engine,
    config::{Pin, RemoteConfig, Ways},
    worker::{Target, target_of_form, trouble_of},
};

pub(super) struct Outcome {
    pub(super) undo: Option<Undo>,
    /// The fields of an address that is not in force, as they should be now.
    pub(super) fields: Option<CouchFields>,
}

impl Outcome {
    fn undone_by(undo: Undo) -> Self {
        Self {
            undo: Some(undo),
            fields: None,
        }
    }
}

/// What takes a fix back.
#[derive(Clone)]
pub(super) enum Undo {
    /// The ways to servers as they were.
    Ways(Ways),
    /// The target as it was.
    Target(Target),
    /// What was remembered about a remote.
    Remote(Target, RemoteConfig),
    /// A database that was created; it goes only while it is empty.
    Database(Remote),
    /// The `_security` object as it was.
    Security(Remote, Value),
    /// The address was not in force; whoever typed it has the old one.
    Nothing,
}

pub(super) async fn apply(
    engine: &Engine,
    examined: &Examined,
    context: &Context,
    fix: &Fix,
) -> Result<Outcome, ApiError> {
    let target = examined.target.as_ref().ok_or_else(no_target)?;
    let host = target.url.server.host().to_owned();
    match fix {
        Fix::UseAddress { address } => {
            let mut fields = target.fields();
            fields.address.clone_from(address);
            move_to(engine, examined, target, fields).await
        }
        Fix::UseDatabase { name } => {
            let mut fields = target.fields();
            fields.database.clone_from(name);
            move_to(engine, examined, target, fields).await
        }
        Fix::TrustCertificate { sha256, .. } => {
            change_ways(engine, |ways| {
                // One certificate a host: the newest choice replaces the one before.
                ways.pins.retain(|pin| pin.host != host);
                ways.pins.push(Pin {
                    host,
                    sha256: sha256.clone(),
                });
            })
            .await
        }
        Fix::PreferIpv4 => change_ways(engine, |ways| add(&mut ways.ipv4_only, host)).await,
        Fix::WithoutProxy => change_ways(engine, |ways| add(&mut ways.without_proxy, host)).await,
        Fix::RetryStuck { .. } => {
            engine.worker().retry_held_back().await?;
            Ok(Outcome {
                undo: None,
                fields: None,
            })
        }
        Fix::CreateDatabase { .. } => {
            let remote = remote(target, context);
            sheaf_couch::create_database(&context.client, &remote)
                .await
                .map_err(sync_error)?;
            // Somebody waits for it.
            engine.resumed();
            Ok(Outcome::undone_by(Undo::Database(remote)))
        }
        Fix::RestrictSecurity { user } => {
            let remote = remote(target, context);
            let before = sheaf_couch::security(&context.client, &remote)
                .await
                .map_err(sync_error)?;
            sheaf_couch::restrict(&context.client, &remote, user)
                .await
                .map_err(sync_error)?;
            Ok(Outcome::undone_by(Undo::Security(remote, before)))
        }
        Fix::SmallerBatches { bytes } => {
            change_remote(engine, target, |config| config.batch_bytes = Some(*bytes)).await
        }
        Fix::AskEvery { seconds } => {
            change_remote(engine, target, |config| config.ask_every = Some(*seconds)).await
        }
    }
}

pub(super) async fn undo(engine: &Engine, undo: &Undo) -> Result<(), ApiError> {
    match undo {
        Undo::Ways(ways) => engine.worker().set_ways(ways.clone()).await,
        Undo::Target(target) => engine.worker().move_to(target).await,
        Undo::Remote(target, before) => {
            let now = engine.worker().remote_config(target).await?;
            let config = RemoteConfig {
                last_success: now.last_success,
                ..before.clone()
            };
            engine.worker().set_remote_config(target, config).await
        }
        Undo::Database(remote) => {
            let client = client(engine)?;
            let removed = sheaf_couch::remove_empty_database(&client, remote)
                .await
                .map_err(sync_error)?;
            if removed {
                Ok(())
            } else {
                Err(ApiError::new(ErrorCode::Invalid).with_detail("the database is in use"))
            }
        }
        Undo::Security(remote, before) => {
            let client = client(engine)?;
            sheaf_couch::put_security(&client, remote, before)
                .await
                .map_err(sync_error)
        }
        Undo::Nothing => Ok(()),
    }
}

fn client(engine: &Engine) -> Result<sheaf_net::Client, ApiError> {
    engine
        .worker()
        .client_with(&engine.diagnosis_patience().quick)
}

fn remote(target: &Target, context: &Context) -> Remote {
    Remote {
        url: target.url.clone(),
        password: context.password(),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that `map_err` takes"
)]
fn sync_error(error: SyncError) -> ApiError {
    trouble_of(&error)
}

async fn change_remote(
    engine: &Engine,
    target: &Target,
    change: impl FnOnce(&mut RemoteConfig),
) -> Result<Outcome, ApiError> {
    let before = engine.worker().remote_config(target).await?;
    let mut after = before.clone();
    change(&mut after);
    engine.worker().set_remote_config(target, after).await?;
    Ok(Outcome::undone_by(Undo::Remote(target.clone(), before)))
}

fn no_target() -> ApiError {
    ApiError::new(ErrorCode::SyncOff)
}

fn add(list: &mut Vec<String>, host: String) {
    if !list.contains(&host) {
        list.push(host);
    }
}

async fn change_ways(engine: &Engine, change: impl FnOnce(&mut Ways)) -> Result<Outcome, ApiError> {
    let before = engine.worker().ways();
    let mut after = before.clone();
    change(&mut after);
    engine.worker().set_ways(after).await?;
    Ok(Outcome::undone_by(Undo::Ways(before)))
}

async fn move_to(
    engine: &Engine,
    examined: &Examined,
    from: &Target,
    fields: CouchFields,
) -> Result<Outcome, ApiError> {
    if !examined.in_force {
        return Ok(Outcome {
            undo: Some(Undo::Nothing),
            fields: Some(fields),
        });
    }
    let to = target_of_form(&RemoteForm {
        fields,
        password: None,
        vault: None,
    })?;
    engine.worker().move_to(&to).await?;
    Ok(Outcome::undone_by(Undo::Target(from.clone())))
}
