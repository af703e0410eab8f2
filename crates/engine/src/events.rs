//! What listeners hear: the store's commits, and what the engine says itself.

use sheaf_ipc::{ChangeKind, ChangedNote, Event, Origin};
use sheaf_store::Changed;
use tokio::sync::broadcast::{self, error::RecvError};

/// Events a slow listener may fall behind before it is told to read everything anew.
pub(crate) const BACKLOG: usize = 1024;

/// A listener. Dropping it ends the subscription.
pub struct Events(pub(crate) broadcast::Receiver<Event>);

impl Events {
    /// `None`: the engine is gone. A listener that fell behind gets one event that makes it read
    /// the lists again.
    pub async fn next(&mut self) -> Option<Event> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(RecvError::Lagged(_)) => Some(everything()),
            Err(RecvError::Closed) => None,
        }
    }
}

/// "Read the lists anew."
pub(crate) fn everything() -> Event {
    Event::NotesChanged {
        notes: Vec::new(),
        origin: Origin::Sync,
    }
}

/// One commit, as events.
pub(crate) fn of_commit(changed: Changed) -> Vec<Event> {
    let mut events = Vec::new();
    let origin = match changed.origin {
        sheaf_store::Origin::Local => Origin::Local,
        sheaf_store::Origin::Sync => Origin::Sync,
    };
    if changed.many_notes {
        events.push(Event::NotesChanged {
            notes: Vec::new(),
            origin,
        });
    } else if !changed.notes.is_empty() {
        let notes = changed.notes.into_iter().map(changed_note).collect();
        events.push(Event::NotesChanged { notes, origin });
    }
    if changed.activity {
        events.push(Event::ActivityChanged);
    }
    if changed.sidebar {
        events.push(Event::SidebarChanged);
    }
    events
}

fn changed_note(note: sheaf_store::ChangedNote) -> ChangedNote {
    ChangedNote {
        id: note.id.into(),
        change: match note.kind {
            sheaf_store::ChangeKind::Created => ChangeKind::Created,
            sheaf_store::ChangeKind::Updated => ChangeKind::Updated,
            sheaf_store::ChangeKind::Deleted => ChangeKind::Deleted,
        },
        version: note.version.map(|version| version.to_string()),
    }
}
