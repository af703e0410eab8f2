//! Faults planted on purpose, so that the tests which should find such faults can show that they do.
//!
//! A mutant stands at the decision it spoils: `planted(Mutant::NewestWins)`. In builds without the feature `mutants`
//! that is a constant `false`, and nothing of it is compiled.

macro_rules! mutants {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// Each is a way in which some program has lost data, or might.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Mutant {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Mutant {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];
        }
    };
}

mutants! {
    /// The checkpoint is committed before the data it vouches for.
    CheckpointBeforeData,
    /// What the feed announced and the server did not hand over is skipped (PouchDB 9).
    WithheldIsSkipped,
    /// An attachment is fetched without naming its revision (PouchDB 9).
    AttachmentOfTheWinner,
    /// What was received of an attachment is believed to be all of it.
    AttachmentUnchecked,
    /// A feed that was cut off counts as read to its end.
    CutFeedIsTheEnd,
    /// A connection that broke after the request counts as an acknowledgement.
    LostAnswerIsAnAck,
    /// A document the server refused counts as taken.
    RefusalIsAnAck,
    /// A full quota counts as success.
    FullQuotaIsAnAck,
    /// The pushed checkpoint moves although some of the batch was not taken.
    TroubleMovesTheCheckpoint,
    /// A request that is too large is sent again as it is.
    NobodyHalves,
    /// Another database under the same name goes unnoticed.
    AnotherDatabaseIsTheSame,
    /// A server restored from a backup goes unnoticed.
    RolledBackIsTheSame,
    /// A marker that was not written since the last pull or push passes for a current one.
    MarkerBehindIsCurrent,
    /// A server that asked to be left alone is asked on.
    NobodyWaits,
    /// Any number of deletions is taken in unasked.
    NoBrake,
    /// Only winners are replicated, not the other leaves.
    WinnersOnly,
    /// Histories are not asked for.
    NoHistories,
    /// What is known to belong together stays apart on a server that does not know it.
    NobodyJoins,
    /// A leaf of which a server has cut the history stays with those who had it before.
    ForgottenIsNotOffered,
    /// Histories are not sent.
    NoAncestorsSent,
    /// All devices write over one marker.
    OneMarkerForAll,
    /// Answers are told apart by their place, not by their revision.
    AnswersByPosition,
    /// What another database does not have is deleted here.
    DeleteByAbsence,
    /// A conflict is decided by the clock.
    NewestWins,
    /// An unsent edit that conflicts with what arrived is dropped.
    DropConflictingDraft,
    /// A revision that was offered is altered by the next edit.
    OfferedIsAltered,
    /// Two devices merge the same leaves differently.
    MergesDiffer,
    /// A deletion that arrives takes an unsent edit along.
    DeletionBeatsEdit,
    /// The text that a deletion takes away is not kept.
    NoSnapshot,
    /// An answer to a batch counts for everything that is here.
    EverythingIsAcknowledged,
    /// The checkpoint is committed with the first slice of a batch.
    CheckpointWithTheFirstSlice,
    /// The texts of ancestors are forgotten at once.
    BasesAreShed,
    /// What came from the remote is offered to it again.
    EchoIsNews,
    /// Each device keeps another one of two tags with the same name.
    AnyNamesakeStays,
    /// Nobody remembers which of two tags with the same name stayed.
    NamesakesAreForgotten,
    /// Fields of other programs do not survive an edit.
    UnknownFieldsDropped,
    /// An edit of a text that has changed meanwhile is written over it.
    StaleEditOverwrites,
    /// Words changed on both sides are the winner's.
    OverlapGoesToTheWinner,
    /// Of two insertions at one place one is kept.
    OneInsertionIsKept,
    /// Tags are the winner's.
    TagsOfTheWinner,
    /// What a decision had taken over counts as taken in by the side that comes back when it is taken back.
    ReturnedWordsAreTakenIn,
}

#[cfg(not(feature = "mutants"))]
#[inline]
pub const fn planted(_: Mutant) -> bool {
    false
}

#[cfg(feature = "mutants")]
pub use active::{plant, planted};

#[cfg(feature = "mutants")]
mod active {
    use std::cell::Cell;

    use super::Mutant;

    thread_local! {
        static PLANTED: Cell<Option<Mutant>> = const { Cell::new(None) };
    }

    /// Whether `mutant` is at work on this thread.
    pub fn planted(mutant: Mutant) -> bool {
        PLANTED.get() == Some(mutant)
    }

    /// Plants one, or none, on this thread.
    pub fn plant(mutant: Option<Mutant>) {
        PLANTED.set(mutant);
    }
}
