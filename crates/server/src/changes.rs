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
pub struct Changes(Mutex<Listeners>);

#[derive(Default)]
struct Listeners {
    accounts: HashMap<UserId, watch::Sender<u64>>,
    /// Accounts are looked through for those that nobody listens to any more when there are so many.
    sweep_at: usize,
    closed: bool,
}

impl Changes {
    pub(crate) fn listen(&self, user: &UserId) -> watch::Receiver<u64> {
        let mut listeners = self.listeners();
        if listeners.closed {
            // Without its sender the channel says at once that nothing will come.
            return watch::channel(0).1;
        }
        if listeners.accounts.len() >= listeners.sweep_at {
            listeners
                .accounts
                .retain(|_, sender| sender.receiver_count() > 0);
            listeners.sweep_at = 2 * listeners.accounts.len() + 16;
        }
        listeners
            .accounts
            .entry(user.clone())
            .or_insert_with(|| watch::channel(0).0)
            .subscribe()
    }

    /// Ends every stream of events, now and from now on.
    pub(crate) fn close(&self) {
        let mut listeners = self.listeners();
        listeners.closed = true;
        listeners.accounts.clear();
    }

    /// Accounts that somebody listens to.
    pub(crate) fn listened_to(&self) -> Vec<UserId> {
        self.listeners()
            .accounts
            .iter()
            .filter(|(_, sender)| sender.receiver_count() > 0)
            .map(|(user, _)| user.clone())
            .collect()
    }

    pub(crate) fn announce(&self, user: &UserId, counter: u64) {
        if let Some(sender) = self.listeners().accounts.get(user) {
            sender.send_if_modified(|newest| {
                let grows = counter > *newest;
                *newest = counter.max(*newest);
                grows
            });
        }
    }

    /// How many listen.
    pub(crate) fn count(&self) -> usize {
        self.listeners()
            .accounts
            .values()
            .map(watch::Sender::receiver_count)
            .sum()
    }

    fn listeners(&self) -> std::sync::MutexGuard<'_, Listeners> {
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
        for n in 0..1000 {
            drop(changes.listen(&UserId(n.to_string())));
        }
        let _held = changes.listen(&UserId("b".into()));
        assert!(changes.listeners().accounts.len() < 100);
        assert_eq!(changes.count(), 1);
        assert_eq!(changes.listened_to(), [UserId("b".into())]);
    }

    #[tokio::test]
    async fn streams_end_with_the_server() {
        let changes = Changes::default();
        let mut before = changes.listen(&UserId("a".into()));
        changes.close();
        assert!(before.changed().await.is_err());
        assert!(changes.listen(&UserId("a".into())).changed().await.is_err());
    }
}
