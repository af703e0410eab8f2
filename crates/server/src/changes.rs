//! Telling listeners of an account that something was saved.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use tokio::sync::watch;

use crate::storage::UserId;

/// The newest commit of every account that somebody listens to. A watch channel keeps only the
/// newest value: a slow listener costs nothing and misses nothing that matters.
#[derive(Default)]
pub(crate) struct Changes(Mutex<HashMap<UserId, watch::Sender<u64>>>);

impl Changes {
    pub(crate) fn listen(&self, user: &UserId) -> watch::Receiver<u64> {
        let mut accounts = self.accounts();
        accounts.retain(|_, sender| sender.receiver_count() > 0);
        accounts
            .entry(user.clone())
            .or_insert_with(|| watch::channel(0).0)
            .subscribe()
    }

    pub(crate) fn announce(&self, user: &UserId, counter: u64) {
        if let Some(sender) = self.accounts().get(user) {
            sender.send_if_modified(|newest| {
                let grows = counter > *newest;
                *newest = counter.max(*newest);
                grows
            });
        }
    }

    pub(crate) fn listeners(&self) -> usize {
        self.accounts()
            .values()
            .map(watch::Sender::receiver_count)
            .sum()
    }

    fn accounts(&self) -> std::sync::MutexGuard<'_, HashMap<UserId, watch::Sender<u64>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_listener_hears_of_its_own_account_only() {
        let changes = Changes::default();
        let (anna, eve) = (UserId("a".into()), UserId("e".into()));
        let mut heard = changes.listen(&anna);
        changes.announce(&eve, 5);
        assert!(!heard.has_changed().unwrap());
        changes.announce(&anna, 7);
        changes.announce(&anna, 6);
        heard.changed().await.unwrap();
        assert_eq!(*heard.borrow_and_update(), 7);
    }

    #[test]
    fn accounts_nobody_listens_to_are_forgotten() {
        let changes = Changes::default();
        drop(changes.listen(&UserId("a".into())));
        let _held = changes.listen(&UserId("b".into()));
        assert_eq!(changes.accounts().len(), 1);
        assert_eq!(changes.listeners(), 1);
    }
}
