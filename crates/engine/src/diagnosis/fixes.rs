//! Carrying out what a finding offers, and taking it back.

use sheaf_diagnosis::Fix;
use sheaf_ipc::{ApiError, CouchFields, ErrorCode, RemoteForm};

use super::Examined;
use crate::{
    Engine,
    config::{Pin, Ways},
    worker::{Target, target_of_form},
};

pub(super) struct Outcome {
    pub(super) undo: Option<Undo>,
    /// The fields of an address that is not in force, as they should be now.
    pub(super) fields: Option<CouchFields>,
}

/// What takes a fix back.
#[derive(Clone)]
pub(super) enum Undo {
    /// The ways to servers as they were.
    Ways(Ways),
    /// The target as it was.
    Target(Target),
    /// The address was not in force; whoever typed it has the old one.
    Nothing,
}

pub(super) async fn apply(
    engine: &Engine,
    examined: &Examined,
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
        Fix::CreateDatabase { .. }
        | Fix::RestrictSecurity { .. }
        | Fix::SmallerBatches { .. }
        | Fix::AskEvery { .. } => Err(ApiError::new(ErrorCode::NotFound)),
    }
}

pub(super) async fn undo(engine: &Engine, undo: &Undo) -> Result<(), ApiError> {
    match undo {
        Undo::Ways(ways) => engine.worker().set_ways(ways.clone()).await,
        Undo::Target(target) => engine.worker().move_to(target).await,
        Undo::Nothing => Ok(()),
    }
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
    Ok(Outcome {
        undo: Some(Undo::Ways(before)),
        fields: None,
    })
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
    })?;
    engine.worker().move_to(&to).await?;
    Ok(Outcome {
        undo: Some(Undo::Target(from.clone())),
        fields: None,
    })
}
