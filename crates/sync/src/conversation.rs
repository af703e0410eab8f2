//! What a conversation with any remote is asked, answers and tells while it goes on. The same for
//! every kind of remote, so that workers and screens know one.

/// What to do when a pull would delete more than max(20, 10 %) of the live notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Brake {
    /// Stop before anything is deleted.
    #[default]
    Ask,
    /// The person said: let it happen.
    Allow,
    /// The person said: keep the notes here and send them again.
    Keep,
}

/// What to do when the remote is not the one these notes were synced with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChangedTarget {
    /// Stop.
    #[default]
    Ask,
    /// Start both directions again from nothing; nothing is deleted on either side.
    Merge,
}

/// Answers of the person to the guards; the default asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    pub brake: Brake,
    pub changed_target: ChangedTarget,
}

/// A document of the remote that was not taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBack {
    pub id: String,
    /// Empty: what was held back once is so no more.
    pub reason: String,
}

impl HeldBack {
    /// Whatever was held back under this id is gone from the remote.
    pub fn settled(id: String) -> Self {
        Self {
            id,
            reason: String::new(),
        }
    }

    pub fn is_held(&self) -> bool {
        !self.reason.is_empty()
    }
}

/// What a round did. `E` is what can stop this kind of conversation.
#[derive(Debug)]
pub struct Round<E> {
    /// Revisions that were new here.
    pub pulled: u32,
    /// Revisions the remote took, or had already.
    pub pushed: u32,
    pub conflicts: u32,
    pub merged: u32,
    /// Documents of other applications, design documents included: left alone.
    pub foreign: u32,
    /// Documents of the remote that could not be taken in.
    pub unreadable: Vec<HeldBack>,
    /// Local documents the remote refused; the replica knows the reasons.
    pub refused: u32,
    /// Pulling works, pushing does not (read-only account, full quota).
    pub push_blocked: Option<E>,
}

impl<E> Default for Round<E> {
    fn default() -> Self {
        Self {
            pulled: 0,
            pushed: 0,
            conflicts: 0,
            merged: 0,
            foreign: 0,
            unreadable: Vec::new(),
            refused: 0,
            push_blocked: None,
        }
    }
}

impl<E> Round<E> {
    /// Whether there is anything to tell.
    pub fn did_something(&self) -> bool {
        self.pulled > 0
            || self.pushed > 0
            || self.refused > 0
            || self.merged > 0
            || !self.unreadable.is_empty()
            || self.push_blocked.is_some()
    }
}

#[derive(Debug)]
pub enum Progress<E> {
    Connecting,
    Pulling {
        done: u32,
        total: u32,
    },
    Pushing {
        done: u32,
        total: u32,
    },
    /// Both sides are in step; what was done since the last time this was said.
    InStep(Round<E>),
}

/// Fewer deletions than this are everyday work in a vault of any size.
pub const DELETIONS_ALWAYS_ALLOWED: u32 = 20;

/// Whether so many deletions at once ask first: more than max(20, 10 %).
pub fn is_mass_deletion(deletions: u32, notes: u32) -> bool {
    deletions > DELETIONS_ALWAYS_ALLOWED.max(notes / 10)
}

#[cfg(test)]
mod tests {
    use super::is_mass_deletion;

    #[test]
    fn the_threshold_is_twenty_notes_or_a_tenth_of_them_whichever_is_more() {
        for (deletions, notes, mass) in [
            (20, 25, false),
            (21, 25, true),
            (21, 209, true),
            (21, 210, false),
            (100, 1000, false),
            (101, 1000, true),
            (0, 0, false),
        ] {
            assert_eq!(
                is_mass_deletion(deletions, notes),
                mass,
                "{deletions} of {notes}"
            );
        }
    }
}
