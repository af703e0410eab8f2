//! What is decided about synchronisation, without doing any of it: the port every replica
//! implements, the merge rules, the brake, back-off and status. No I/O, no clock, no randomness.
//!
//! `couch` and `hosted` execute; `store` keep.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod backoff;
#[cfg(any(test, feature = "testing"))]
pub mod conformance;
mod conversation;
mod environment;
mod fault;
#[cfg(any(test, feature = "testing"))]
pub mod memory;
pub mod merge;
pub mod mutant;
mod records;
mod replace;
mod replica;
mod status;
pub mod step;

pub use backoff::Backoff;
pub use conversation::{
    Brake, ChangedTarget, DELETIONS_ALWAYS_ALLOWED, HeldBack, Policy, Progress, Round,
    is_mass_deletion,
};
pub use environment::Environment;
pub use fault::{Class, Fault};
pub use records::{Record, RecordReplica};
pub use replace::{Replaceable, Replacing};
pub use replica::{
    Acknowledgement, BlobId, BlobRef, ChangedLeaves, Checkpoint, DeletionPolicy, Identity,
    Incoming, IncomingAttachment, IncomingRevision, Ingested, Joining, Limits, LocalSeq,
    MissingLeaves, Outgoing, OutgoingAttachment, OutgoingRevision, Refusal, RemoteId, RemoteState,
    Replica, Seq, UploadId,
};
pub use status::{Event, Status};
