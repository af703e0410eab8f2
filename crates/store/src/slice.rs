//! How much of a long work one transaction does.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{txn::Core, writer::Edits};

/// How long bulk work goes on while somebody writes. Monotonic time; it bounds latency and decides
/// nothing.
const SLICE_WHILE_WRITING: Duration = Duration::from_millis(4);
/// Nobody writes, and yet somebody may begin to: the first edit waits for a slice too. So a slice
/// is as long as it takes to make its commit cheap, and no longer: on a disk that syncs in no time
/// a fraction of a frame, on a slow one as much as is bearable.
const SHORTEST_SLICE: Duration = Duration::from_millis(8);
const LONGEST_SLICE: Duration = Duration::from_millis(100);
const COMMITS_PER_SLICE: u32 = 10;
/// Documents that are taken in however long it takes, unless somebody writes: on a busy computer
/// most of the time may pass with other programs, and a commit for every few documents would make
/// it slower still.
const FEWEST: u32 = 32;

pub(crate) struct Slice {
    began: Instant,
    edits: Arc<Edits>,
    longest: Duration,
    documents: u32,
    #[cfg(feature = "simulation")]
    most: Option<u32>,
}

impl Slice {
    pub(crate) fn begin(core: &Core) -> Self {
        Self {
            began: Instant::now(),
            edits: core.edits(),
            longest: (core.last_commit() * COMMITS_PER_SLICE).clamp(SHORTEST_SLICE, LONGEST_SLICE),
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
            spent >= self.longest && self.documents >= FEWEST
        }
    }
}
