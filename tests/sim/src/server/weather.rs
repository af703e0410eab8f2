//! What the network does to one device: nothing, being away, or one fault after another, drawn from a seed.

use std::collections::{BTreeMap, VecDeque};

use super::{
    fault::{Fault, Target},
    wire::Asked,
};
use crate::random::Random;

#[derive(Debug, Clone)]
pub struct Weather {
    pub offline: bool,
    /// What may happen, and to how many of a thousand requests.
    kinds: Vec<Fault>,
    per_thousand: usize,
    /// What will happen, whatever is drawn: to the next request it can befall.
    pub ordered: VecDeque<Fault>,
    /// What will happen to the next request of this method about this ([`Asked::about`]).
    pub aimed: Vec<(http::Method, &'static str, Fault)>,
    random: Random,
    /// Milliseconds one way.
    latency: (u64, u64),
    pub counted: BTreeMap<Fault, u64>,
}

impl Default for Weather {
    fn default() -> Self {
        Self::fair()
    }
}

impl Weather {
    pub fn fair() -> Self {
        Self {
            offline: false,
            kinds: Vec::new(),
            per_thousand: 0,
            ordered: VecDeque::new(),
            aimed: Vec::new(),
            random: Random::new(0),
            latency: (1, 1),
            counted: BTreeMap::new(),
        }
    }

    pub fn is_fair(&self) -> bool {
        self.kinds.is_empty()
    }

    /// From now on `kinds` befall `per_thousand` requests. What was counted stays.
    pub fn turn(&mut self, kinds: Vec<Fault>, per_thousand: usize, latency: (u64, u64)) {
        (self.kinds, self.per_thousand, self.latency) = (kinds, per_thousand, latency);
    }

    /// What is drawn from now on.
    pub fn seed(&mut self, random: Random) {
        self.random = random;
    }

    pub fn delay(&mut self) -> u64 {
        self.random.between(self.latency.0, self.latency.1)
    }

    /// A number for whatever a fault has to choose.
    pub fn number(&mut self) -> u64 {
        self.random.number()
    }

    pub fn next(&mut self, asked: &Asked) -> Option<Fault> {
        if self.offline {
            return Some(Fault::NoNetwork);
        }
        let aimed = |(method, about, _): &(http::Method, &str, Fault)| {
            *method == asked.method && *about == asked.about()
        };
        let aimed = self.aimed.iter().position(aimed);
        let ordered = self.ordered.iter().position(|fault| befalls(*fault, asked));
        let fault = if let Some(place) = aimed {
            self.aimed.remove(place).2
        } else if let Some(place) = ordered {
            self.ordered.remove(place)?
        } else {
            if self.random.below(1000) >= self.per_thousand {
                return None;
            }
            let possible: Vec<Fault> = self
                .kinds
                .iter()
                .copied()
                .filter(|fault| befalls(*fault, asked))
                .collect();
            if possible.is_empty() {
                return None;
            }
            *self.random.pick(&possible)
        };
        *self.counted.entry(fault).or_default() += 1;
        Some(fault)
    }
}

fn befalls(fault: Fault, asked: &Asked) -> bool {
    let about = asked.about();
    match fault.target() {
        Target::Any => true,
        Target::Get => asked.method == http::Method::GET,
        Target::Local => about == "_local",
        Target::Feed => about == "_changes",
        Target::BulkGet => about == "_bulk_get",
        Target::BulkDocs => about == "_bulk_docs",
        Target::RevsDiff => about == "_revs_diff",
        Target::Upload => {
            about == "_bulk_docs" || (about == "document" && asked.method == http::Method::PUT)
        }
        Target::Attachment => about == "attachment",
        Target::Document => about == "document" && asked.method == http::Method::GET,
    }
}
