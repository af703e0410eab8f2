//! Questions that replace each other: while somebody types a search, only its last form is worth an answer.
//!
//! A call names a lane; a later call of the same window in the same lane ends the one before, and with it the
//! reading in the store, which stops when nobody waits for it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sheaf_ipc::{ApiError, ErrorCode};
use tokio::sync::oneshot;

/// The call under way in each lane, by window.
#[derive(Default)]
pub(crate) struct Lanes(Mutex<HashMap<(String, String), oneshot::Sender<()>>>);

/// Resolves when the next call enters the lane.
pub(crate) struct Overtaken(Option<oneshot::Receiver<()>>);

impl Lanes {
    /// `None`: a call of its own, which nothing replaces.
    pub(crate) fn enter(&self, window: &str, lane: Option<String>) -> Overtaken {
        let Some(lane) = lane else {
            return Overtaken(None);
        };
        let (end, ended) = oneshot::channel();
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The sender that is dropped here tells the call before.
        lanes.insert((window.to_owned(), lane), end);
        Overtaken(Some(ended))
    }
}

impl Overtaken {
    /// The answer, or `Cancelled` when a later call came first.
    pub(crate) async fn or<T>(
        self,
        answer: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        let Some(ended) = self.0 else {
            return answer.await;
        };
        tokio::select! {
            // An answer that is there is given.
            biased;
            answer = answer => answer,
            _ = ended => Err(ApiError::new(ErrorCode::Cancelled)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn never() -> impl Future<Output = Result<(), ApiError>> {
        std::future::pending()
    }

    #[test]
    fn a_later_question_in_a_lane_ends_the_one_before_and_no_other() {
        let lanes = Lanes::default();
        let enter = |window, lane: Option<&str>| lanes.enter(window, lane.map(str::to_owned));
        let (first, alone, elsewhere) = (
            enter("main", Some("list")),
            enter("main", None),
            enter("note-1", Some("list")),
        );
        let last = enter("main", Some("list"));
        tauri::async_runtime::block_on(async {
            let ended = first.or(never()).await.unwrap_err();
            assert_eq!(ended.code, ErrorCode::Cancelled);
            for other in [alone, elsewhere, last] {
                let waits = other.or(never());
                let mut waits = std::pin::pin!(waits);
                assert!(futures_now(waits.as_mut()).await.is_none());
            }
        });
    }

    #[test]
    fn an_answer_that_is_there_is_given() {
        let lanes = Lanes::default();
        let first = lanes.enter("main", Some("list".to_owned()));
        drop(lanes.enter("main", Some("list".to_owned())));
        let answered = first.or(std::future::ready(Ok(1)));
        assert_eq!(tauri::async_runtime::block_on(answered).unwrap(), 1);
    }

    /// What a future says when it is asked once.
    async fn futures_now<T>(mut future: std::pin::Pin<&mut impl Future<Output = T>>) -> Option<T> {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(match future.as_mut().poll(context) {
                std::task::Poll::Ready(value) => Some(value),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
