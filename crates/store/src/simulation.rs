//! The store without threads, for a simulation: everything is done where it is asked for, in an order that depends on
//! nothing but the calls. What is asked for is done at the next turn of the runtime, so that a simulated crash can fall
//! between any two transactions.

use std::path::Path;

use crate::{OpenError, Options, Store, StoreError, open::Threads, writer::Writer};

/// How a simulated store differs from a real one.
#[derive(Debug, Clone, Copy)]
pub struct Simulated {
    /// A batch of documents is taken in by transactions of so many.
    pub documents_per_slice: u32,
}

impl Store {
    pub fn simulated(dir: &Path, options: Options, how: Simulated) -> Result<Self, OpenError> {
        Self::open_with(dir, options, Threads::Caller(how))
    }

    /// From now on the database may grow by so many pages; `None`: as large as it likes. For the writer's connection,
    /// until it is closed.
    pub async fn limit_growth(&self, pages: Option<u32>) -> Result<(), StoreError> {
        self.bulk(move |core| {
            core.limit_growth(pages)
                .map(|()| (crate::writer::Step::Done, ()))
        })
        .await
    }
}

pub(crate) async fn work(writer: &Writer) {
    if !writer.is_at_once() {
        return;
    }
    tokio::task::yield_now().await;
    while writer.step() {
        tokio::task::yield_now().await;
    }
}
