//! The clock and the randomness of one engine, handed to whatever needs an instant or an id.

use std::{sync::Arc, time::Duration};

use sheaf_model::Millis;
use sheaf_store::IdBytes;
use sheaf_sync::Environment;

use crate::{Clock, Random};

#[derive(Clone)]
pub(crate) struct Surroundings {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Surroundings {
    pub(crate) fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { clock, random }
    }

    /// Entropy of a new id.
    pub(crate) fn id(&self) -> IdBytes {
        let mut bytes = IdBytes::default();
        self.random.fill(&mut bytes);
        bytes
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }
}

impl sheaf_crypto::Random for Surroundings {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }
}

impl Environment for Surroundings {
    fn now(&self) -> Millis {
        self.clock.now()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        self.clock.sleep(duration)
    }

    fn random(&self) -> u64 {
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}
