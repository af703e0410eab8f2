//! The newer generation's account routes: challenges, sessions that rotate, several devices.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use serde_json::Value;
use sheaf_protocol::{
    ChangeCredentials, LoginParamsRequest, Refresh, Register, SessionRow, SignIn,
};

use super::{
    answer::{Failure, Refreshed, SignedIn, Told, Wrapped, wrapped},
    caller::{Caller, Origin},
    legacy::{body, new_credentials},
};
use crate::{
    account::{Accounts, NewCredentials, Signed},
    app::App,
    storage::Storage,
    sync::is_uuid,
};

type Body<T> = Result<Json<T>, axum::extract::rejection::JsonRejection>;
type Answer<T> = Result<Json<Wrapped<T>>, Failure>;

fn signed<S: Storage>(signed: &Signed) -> Json<Wrapped<SignedIn>> {
    let user = &signed.user;
    wrapped(
        Some(user),
        SignedIn {
            session: signed.pair.to_wire(),
            key_params: Accounts::<S>::own_params(user),
            user: Accounts::<S>::public(user),
        },
    )
}

pub(super) async fn register<S: Storage>(
    State(app): State<Arc<App<S>>>,
    origin: Origin,
    request: Body<Register>,
) -> Answer<SignedIn> {
    let request = body(request)?;
    let device = origin.device(request.api.as_deref(), request.ephemeral, false);
    let new = new_credentials!(request);
    Ok(signed::<S>(
        &app.accounts
            .register(&request.email, request.password, new, device)
            .await?,
    ))
}

pub(super) async fn login_params<S: Storage>(
    State(app): State<Arc<App<S>>>,
    request: Body<LoginParamsRequest>,
) -> Answer<Value> {
    let request = body(request)?;
    let params = app
        .accounts
        .key_params(&request.email, Some(&request.code_challenge))
        .await?;
    Ok(wrapped(None, params))
}

pub(super) async fn login<S: Storage>(
    State(app): State<Arc<App<S>>>,
    origin: Origin,
    request: Body<SignIn>,
) -> Answer<SignedIn> {
    let request = body(request)?;
    let device = origin.device(request.api.as_deref(), request.ephemeral, false);
    let done = app
        .accounts
        .sign_in_with_verifier(
            &request.email,
            request.password,
            &request.code_verifier,
            device,
        )
        .await?;
    Ok(signed::<S>(&done))
}

pub(super) async fn change_credentials<S: Storage>(
    State(app): State<Arc<App<S>>>,
    Path(user): Path<String>,
    origin: Origin,
    caller: Caller,
    request: Body<ChangeCredentials>,
) -> Answer<SignedIn> {
    own(&caller, &user)?;
    let request = body(request)?;
    let device = origin.device(request.api.as_deref(), false, false);
    let email = request.new_email.clone();
    let new = new_credentials!(request);
    let (current, next) = (request.current_password, request.new_password);
    let done = app
        .accounts
        .change_credentials(&caller.user, current, next, email.as_deref(), new, device)
        .await?;
    Ok(signed::<S>(&done))
}

pub(super) async fn logout<S: Storage>(
    State(app): State<Arc<App<S>>>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    app.accounts
        .end_session(&caller.user, &caller.session.id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn refresh<S: Storage>(
    State(app): State<Arc<App<S>>>,
    request: Body<Refresh>,
) -> Answer<Refreshed> {
    let request = body(request)?;
    let pair = app.accounts.refresh(&request.refresh_token).await?;
    let session = pair.to_wire();
    Ok(wrapped(None, Refreshed { session }))
}

pub(super) async fn sessions<S: Storage>(
    State(app): State<Arc<App<S>>>,
    caller: Caller,
) -> Answer<Vec<SessionRow>> {
    let rows = app
        .accounts
        .session_rows(&caller.user, &caller.session.id)
        .await?;
    Ok(wrapped(Some(&caller.user), rows))
}

pub(super) async fn end_session<S: Storage>(
    State(app): State<Arc<App<S>>>,
    Path(session): Path<String>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    if session == caller.session.id {
        return Err(Failure::malformed("Use sign out to end this session."));
    }
    if is_uuid(&session) && app.accounts.revoke_session(&caller.user, &session).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Failure::not_found())
    }
}

pub(super) async fn end_other_sessions<S: Storage>(
    State(app): State<Arc<App<S>>>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    app.accounts
        .revoke_other_sessions(&caller.user, &caller.session.id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks for the password once more, in a header as the published client sends it.
pub(super) async fn delete_account<S: Storage>(
    State(app): State<Arc<App<S>>>,
    Path(user): Path<String>,
    origin: Origin,
    caller: Caller,
    headers: HeaderMap,
) -> Answer<Told> {
    own(&caller, &user)?;
    let password = headers
        .get("x-server-password")
        .and_then(|value| value.to_str().ok());
    let password = password.ok_or_else(|| Failure::malformed("The request lacks the password."))?;
    app.accounts
        .delete_account(&caller.user, password.to_owned(), origin.address())
        .await?;
    Ok(wrapped(
        None,
        Told {
            message: "The account and everything in it was deleted.".to_owned(),
        },
    ))
}

/// Every other account's path is answered alike, whether it exists or not; what is no uuid at all
/// is a mistake of the client's, and no reason for it to take its session for lost.
fn own(caller: &Caller, user: &str) -> Result<(), Failure> {
    if caller.user.id.0 == user {
        Ok(())
    } else if is_uuid(user) {
        Err(Failure::not_allowed())
    } else {
        Err(Failure::malformed("The path does not name an account."))
    }
}
