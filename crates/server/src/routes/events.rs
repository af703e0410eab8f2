//! `GET /v1/events`: server-sent events whenever something of the account was saved.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, stream};
use sheaf_protocol::SyncToken;

use super::caller::Caller;
use crate::{app::App, storage::Storage};

/// Short enough for the idle limits of common proxies.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

pub(super) async fn stream<S: Storage>(
    State(app): State<Arc<App<S>>>,
    caller: Caller,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let listening = app.changes.listen(&caller.user.id);
    let hello = Event::default().event("listening").data("");
    let session = caller.session.id;
    let events = stream::unfold(
        (listening, Some(hello), app, session),
        |(mut listening, first, app, session)| async move {
            if let Some(hello) = first {
                return Some((Ok(hello), (listening, None, app, session)));
            }
            listening.changed().await.ok()?;
            // Whoever was signed out meanwhile hears nothing more.
            app.accounts.still_signed_in(&session).await.ok()?;
            let token = SyncToken(*listening.borrow_and_update()).encode();
            Some((
                Ok(Event::default().event("changed").data(token)),
                (listening, None, app, session),
            ))
        },
    );
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}
