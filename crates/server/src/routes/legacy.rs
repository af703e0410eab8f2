//! The older generation's account routes (`POST /auth`, `GET /auth/params`, `POST /auth/sign_in`,
//! `POST /auth/change_pw`). Answers carry one token that cannot be refreshed.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;
use serde_json::Value;
use sheaf_protocol::{LegacyChangePassword, LegacyRegister, LegacySignIn};

use super::{
    answer::{Failure, OneToken},
    caller::{Caller, Origin},
};
use crate::{
    account::{Accounts, NewCredentials, Signed},
    app::App,
    storage::Storage,
};

type Body<T> = Result<Json<T>, axum::extract::rejection::JsonRejection>;

pub(super) fn body<T>(body: Body<T>) -> Result<T, Failure> {
    // The rejection's text may quote the body; it says nothing a client could use.
    body.map(|Json(body)| body)
        .map_err(|rejection| match rejection.status().as_u16() {
            413 => Failure::new(
                rejection.status(),
                "The request is larger than this server takes.",
                None,
            ),
            _ => Failure::malformed("The request is not the JSON this route expects."),
        })
}

/// The parameters of any request type that carries them.
macro_rules! new_credentials {
    ($from:expr) => {
        NewCredentials {
            identifier: $from.identifier,
            version: $from.version,
            pw_nonce: $from.pw_nonce,
            pw_cost: $from.pw_cost,
            pw_salt: $from.pw_salt,
            origination: $from.origination,
            created: $from.created,
        }
    };
}
pub(super) use new_credentials;

fn signed<S: Storage>(signed: Signed) -> Json<OneToken> {
    Json(OneToken {
        user: Accounts::<S>::public(&signed.user),
        token: signed.pair.access,
    })
}

pub(super) async fn register<S: Storage>(
    State(app): State<Arc<App<S>>>,
    origin: Origin,
    request: Body<LegacyRegister>,
) -> Result<Json<OneToken>, Failure> {
    let request = body(request)?;
    let device = origin.device(request.api.as_deref(), false, true);
    let new = new_credentials!(request);
    Ok(signed::<S>(
        app.accounts
            .register(&request.email, request.password, new, device)
            .await?,
    ))
}

#[derive(Deserialize)]
pub(super) struct ParamsQuery {
    email: Option<String>,
}

pub(super) async fn params<S: Storage>(
    State(app): State<Arc<App<S>>>,
    Query(query): Query<ParamsQuery>,
) -> Result<Json<Value>, Failure> {
    let email = query
        .email
        .ok_or_else(|| Failure::malformed("The request lacks email."))?;
    Ok(Json(app.accounts.key_params(&email, None).await?))
}

pub(super) async fn sign_in<S: Storage>(
    State(app): State<Arc<App<S>>>,
    origin: Origin,
    request: Body<LegacySignIn>,
) -> Result<Json<OneToken>, Failure> {
    let request = body(request)?;
    let device = origin.device(request.api.as_deref(), false, true);
    Ok(signed::<S>(
        app.accounts
            .sign_in(&request.email, request.password, device)
            .await?,
    ))
}

/// Answers a new token with status 200. (The specification's text says 204 without content; its
/// own client would then store an undefined token.)
pub(super) async fn change_password<S: Storage>(
    State(app): State<Arc<App<S>>>,
    origin: Origin,
    caller: Caller,
    request: Body<LegacyChangePassword>,
) -> Result<Json<OneToken>, Failure> {
    let request = body(request)?;
    let device = origin.device(request.api.as_deref(), false, true);
    let new = new_credentials!(request);
    let (current, next) = (request.current_password, request.new_password);
    let done = app
        .accounts
        .change_credentials(&caller.user, current, next, None, new, device)
        .await?;
    Ok(signed::<S>(done))
}
