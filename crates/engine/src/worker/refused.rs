//! A password that a server refused. CouchDB locks an account for five minutes after five failed
//! sign-ins (3.4 and later, per account and address): whoever asks again and again with the old
//! password keeps its owner out everywhere.

use serde::{Deserialize, Serialize};
use sheaf_ipc::ErrorCode;
use sheaf_model::Millis;
use sheaf_store::Store;
use sheaf_sync::{Environment as _, Fault, RemoteId};

use super::{Shared, network, trouble::Trouble};

/// So often the same password is tried; phones and browsers may be trying it as well.
const TRIES: u32 = 2;
const REST: Millis = 5 * 60 * 1000;

/// Kept with the remote: the command line is another process each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Refusals {
    count: u32,
    last: Millis,
}

impl Refusals {
    /// Whether asking again now would bring the account closer to being locked.
    fn rests(self, now: Millis) -> bool {
        // A clock that was set back must not make it rest for ever.
        self.count >= TRIES && (0..REST).contains(&(now - self.last))
    }

    /// The same, or none: a success came after them. (An old one is noted now and then, too.)
    pub(super) fn unless_older_than(self, success: Millis) -> Self {
        if success > self.last {
            Self::default()
        } else {
            self
        }
    }

    fn one_more(self, now: Millis) -> Self {
        let count = if self.rests(now) || self.count < TRIES {
            self.count.saturating_add(1)
        } else {
            1
        };
        Self { count, last: now }
    }
}

/// Before anybody is asked.
pub(super) async fn check(shared: &Shared, remote: &RemoteId) -> Result<(), Trouble> {
    let config = network::remote_config(&shared.store, remote).await;
    let Ok(config) = config else { return Ok(()) };
    if config.refusals.rests(shared.surroundings.now()) {
        return Err(Trouble::here(
            ErrorCode::Unauthorised,
            "the server refused this password before and was not asked again".to_owned(),
        ));
    }
    Ok(())
}

/// After an answer. That this cannot be written down is no reason to stop.
pub(super) async fn note(shared: &Shared, remote: &RemoteId, trouble: &Trouble) {
    if trouble.fault != Fault::Unauthorised {
        return;
    }
    let now = shared.surroundings.now();
    let noted = network::remember(&shared.store, remote, |config| {
        config.refusals = config.refusals.one_more(now);
    });
    if let Err(error) = noted.await {
        tracing::warn!(%error, "a refused password could not be remembered");
    }
}

/// A new password is nobody's old one.
pub(super) async fn forget(store: &Store, remote: &RemoteId) {
    let forgotten = network::remember(store, remote, |config| {
        config.refusals = Refusals::default();
    });
    if let Err(error) = forgotten.await {
        tracing::warn!(%error, "an old password could not be forgotten");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_tried_twice_in_five_minutes_and_then_rests() {
        let mut refusals = Refusals::default();
        for (now, rests) in [(1_000, false), (2_000, true)] {
            assert!(!refusals.rests(now));
            refusals = refusals.one_more(now);
            assert_eq!(refusals.rests(now), rests);
        }
        assert!(refusals.rests(2_000 + REST - 1));
        assert!(!refusals.rests(2_000 + REST));
        assert!(!refusals.rests(1_999), "the clock was set back");
        assert_eq!(refusals.unless_older_than(1_500), refusals);
        assert_eq!(refusals.unless_older_than(2_001), Refusals::default());
        let later = 2_000 + REST;
        assert!(!refusals.one_more(later).rests(later), "it counts anew");
    }
}
