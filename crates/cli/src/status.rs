//! The status of sync in the same words as on screen.

use std::fmt::Write as _;

use sheaf_ipc::{SyncState, SyncStatus};

use crate::{
    messages::{self, Place},
    print::{ago, count},
};

/// One line, with what waits.
pub(crate) fn sentence(status: &SyncStatus, now: i64) -> String {
    let mut text = state(status, now);
    if status.waiting > 0 && status.state != SyncState::Off {
        let _ = write!(
            text,
            ", {} to send",
            count(status.waiting, "change", "changes")
        );
    }
    if status.conflicts > 0 {
        let _ = write!(
            text,
            ", {}",
            count(status.conflicts, "conflict", "conflicts")
        );
    }
    if status.held_back > 0 {
        let _ = write!(text, ", {} staying here", status.held_back);
    }
    text + "\n"
}

fn state(status: &SyncStatus, now: i64) -> String {
    let place = Place {
        proxy: status.proxy.clone(),
        ..Place::default()
    };
    match &status.state {
        SyncState::Off => "Not syncing".to_owned(),
        SyncState::Idle | SyncState::Attention => match status.last_success {
            Some(at) => format!("Synced {}", ago(at, now)),
            None => "Not synced yet".to_owned(),
        },
        SyncState::Connecting => "Connecting…".to_owned(),
        SyncState::Pulling { done, total } if status.replacing.is_some() => {
            format!("Syncing from scratch {done}/{total}")
        }
        SyncState::Pushing { done, total } if status.replacing.is_some() => {
            format!("Rebuilding the remote {done}/{total}")
        }
        SyncState::Pushing { done, total } => format!("Sending {done}/{total}"),
        SyncState::Pulling { done, total } => format!("Receiving {done}/{total}"),
        SyncState::Offline { retry_at } => format!("Offline, {}", again(*retry_at, now)),
        SyncState::Error { code, retry_at } => {
            let happened = messages::message(*code, &place).happened;
            format!("{happened} {}", capital(&again(*retry_at, now)))
        }
        SyncState::Blocked { code, .. } => {
            let message = messages::message(*code, &place);
            format!("{} {}", message.happened, message.todo)
        }
        SyncState::Paused => "Paused".to_owned(),
    }
}

fn again(retry_at: i64, now: i64) -> String {
    let seconds = (retry_at - now).max(0).div_euclid(1000);
    match seconds {
        0 => "trying again now".to_owned(),
        1..120 => format!("trying again in {seconds} s"),
        _ => format!("trying again in {} min", seconds / 60),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(state: SyncState) -> SyncStatus {
        SyncStatus {
            state,
            remote: Some("anna@host/db".into()),
            proxy: None,
            last_success: Some(0),
            waiting: 0,
            conflicts: 0,
            held_back: 0,
            replacing: None,
        }
    }

    #[test]
    fn the_words_are_those_of_the_window() {
        assert_eq!(sentence(&status(SyncState::Off), 0), "Not syncing\n");
        assert_eq!(
            sentence(&status(SyncState::Idle), 120_000),
            "Synced 2 min ago\n"
        );
        let pulling = SyncState::Pulling {
            done: 140,
            total: 482,
        };
        assert_eq!(sentence(&status(pulling), 0), "Receiving 140/482\n");
        let offline = SyncState::Offline { retry_at: 40_000 };
        assert_eq!(
            sentence(&status(offline), 0),
            "Offline, trying again in 40 s\n"
        );
    }

    #[test]
    fn what_waits_is_counted() {
        let waiting = SyncStatus {
            waiting: 1,
            conflicts: 2,
            ..status(SyncState::Attention)
        };
        assert_eq!(
            sentence(&waiting, 0),
            "Synced just now, 1 change to send, 2 conflicts\n"
        );
    }
}
