//! Items: the sync call of both generations, integrity, one item.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    Json,
    extract::{Path, State},
};
use sheaf_protocol::{CheckIntegrity, Generation, IntegrityMismatches, SyncRequest, SyncResponse};

use super::{
    answer::{Failure, OneItem, Wrapped, wrapped},
    caller::Caller,
    legacy::body,
};
use crate::{
    app::App,
    storage::{Storage, SyncCall},
    sync::{Sender, is_uuid, read_item},
};

type Body<T> = Result<Json<T>, axum::extract::rejection::JsonRejection>;

/// `POST /items/sync`.
pub(super) async fn sync<S: Storage>(
    State(app): State<Arc<App<S>>>,
    caller: Caller,
    sender: Sender,
    request: Body<SyncRequest>,
) -> Result<Json<SyncResponse>, Failure> {
    Ok(Json(run(&app, &caller, sender, body(request)?).await?))
}

/// `POST /v1/items`.
pub(super) async fn sync_wrapped<S: Storage>(
    State(app): State<Arc<App<S>>>,
    caller: Caller,
    sender: Sender,
    request: Body<SyncRequest>,
) -> Result<Json<Wrapped<SyncResponse>>, Failure> {
    let response = run(&app, &caller, sender, body(request)?).await?;
    Ok(wrapped(Some(&caller.user), response))
}

async fn run<S: Storage>(
    app: &App<S>,
    caller: &Caller,
    sender: Sender,
    request: SyncRequest,
) -> Result<SyncResponse, Failure> {
    let limits = &app.settings.limits;
    if request.items.len() > app.settings.limits.items {
        return Err(Failure::malformed(
            "More items than this server takes in one request.",
        ));
    }
    if request
        .content_type
        .as_ref()
        .is_some_and(|name| name.contains('\0'))
    {
        return Err(Failure::malformed("No item has this content type."));
    }
    let call = SyncCall {
        generation: Generation::of_api(request.api.as_deref()),
        sent: request
            .items
            .into_iter()
            .map(|item| read_item(item, limits.item_bytes, sender))
            .collect(),
        sync_token: request.sync_token,
        cursor_token: request.cursor_token,
        limit: request.limit,
        content_type: request.content_type,
        integrity: request.compute_integrity == Some(true),
        now: app.edge.now(),
        quota: limits.account_bytes,
        page_bytes: limits.page_bytes,
    };
    let answer = app.storage.sync(&caller.user.id, call).await?;
    if answer.changed {
        app.changes.announce(&caller.user.id, answer.counter);
        app.storage.tell_others(&caller.user.id, answer.counter);
    }
    let response = answer.response;
    let count = |counter: &std::sync::atomic::AtomicU64, items: usize| {
        counter.fetch_add(items as u64, Ordering::Relaxed);
    };
    count(&app.metrics.items_saved, response.saved_items.len());
    count(&app.metrics.items_retrieved, response.retrieved_items.len());
    count(
        &app.metrics.conflicts,
        response.conflicts.as_ref().map_or(0, Vec::len),
    );
    Ok(response)
}

pub(super) async fn check_integrity<S: Storage>(
    State(app): State<Arc<App<S>>>,
    caller: Caller,
    request: Body<CheckIntegrity>,
) -> Result<Json<Wrapped<IntegrityMismatches>>, Failure> {
    let claimed = body(request)?.integrity_payloads;
    let mismatches = app
        .storage
        .integrity_mismatches(&caller.user.id, claimed)
        .await?;
    Ok(wrapped(
        Some(&caller.user),
        IntegrityMismatches { mismatches },
    ))
}

pub(super) async fn one<S: Storage>(
    State(app): State<Arc<App<S>>>,
    Path(item): Path<String>,
    caller: Caller,
) -> Result<Json<Wrapped<OneItem>>, Failure> {
    if !is_uuid(&item) {
        return Err(Failure::not_found());
    }
    let row = app
        .storage
        .item(&caller.user.id, &item)
        .await?
        .ok_or_else(Failure::not_found)?;
    let item = row.to_item();
    Ok(wrapped(Some(&caller.user), OneItem { item }))
}
