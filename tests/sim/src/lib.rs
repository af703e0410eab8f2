//! A deterministic simulation: two to five installations with the real store and the real replication, a network that
//! fails in every named way, and a model of `CouchDB`, in one thread and in virtual time. One seed decides everything;
//! the same seed is the same run, to the last byte of its trace.

pub mod arguments;
pub mod client;
pub mod desk;
pub mod hosted;
mod mortal;
pub mod random;
pub mod run;
pub mod server;
pub mod shrink;
pub mod trace;
pub mod world;

use sheaf_sync::mutant::Mutant;

/// Mutants that hardly any draw of days would show, and that one of the stories does: `tests/stories.rs` has a test that
/// plants them.
pub const FOUND_BY_STORIES: &[Mutant] = &[
    Mutant::TroubleMovesTheCheckpoint,
    Mutant::MarkerBehindIsCurrent,
    Mutant::MergesDiffer,
    Mutant::EchoIsNews,
    Mutant::AnyNamesakeStays,
    Mutant::NamesakesAreForgotten,
    Mutant::NobodyWaits,
    Mutant::StaleEditOverwrites,
    Mutant::AttachmentOfTheWinner,
    Mutant::ReturnedWordsAreTakenIn,
];
