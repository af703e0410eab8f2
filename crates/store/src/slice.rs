//! How much of a long work one transaction does.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{txn::Core, writer::Edits};

/// How long bulk work goes on while somebody writes, and how long when nobody does: a longer
/// transaction costs less per document, and an edit that comes waits for its commit. Monotonic
/// time; it bounds latency and decides nothing.
const SLICE_WHILE_WRITING: Duration = Duration::from_millis(4);
const LONGEST_SLICE: Duration = Duration::from_millis(100);
/// Documents that are taken in however long it takes, unless somebody writes: on a busy computer
/// most of the time may pass with other programs, and a commit for every few documents would make
/// it slower still.
const SHORTEST_SLICE: u32 = 128;

pub(crate) struct Slice {
    began: Instant,
    edits: Arc<Edits>,
    documents: u32,
    #[cfg(feature = "simulation")]
    most: Option<u32>,
}

impl Slice {
    pub(crate) fn begin(core: &Core) -> Self {
        Self {
            began: Instant::now(),
            edits: core.edits(),
            documents: 0,
            #[cfg(feature = "simulation")]
            most: core.documents_per_slice,
        }
    }

    /// Asked after each document.
    pub(crate) fn is_over(&mut self) -> bool {
        self.documents += 1;
        #[cfg(feature = "simulation")]
        if let Some(most) = self.most {
            return self.documents >= most;
        }
        let spent = self.began.elapsed();
        if self.edits.are_made() {
            spent >= SLICE_WHILE_WRITING
        } else {
            spent >= LONGEST_SLICE && self.documents >= SHORTEST_SLICE
        }
    }
}
