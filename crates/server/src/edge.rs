//! What comes from outside and tests replace: the clock and the randomness.

use std::sync::Arc;

use sheaf_protocol::Micros;

type Now = dyn Fn() -> Micros + Send + Sync;
type Entropy = dyn Fn(&mut [u8]) + Send + Sync;

/// Instants and entropy, handed in at start-up.
#[derive(Clone)]
pub struct Edge {
    pub now: Arc<Now>,
    pub random: Arc<Entropy>,
}

impl Edge {
    pub fn now(&self) -> Micros {
        (self.now)()
    }

    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }

    /// A random version 4 UUID.
    pub fn uuid(&self) -> String {
        let mut bytes: [u8; 16] = self.random();
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        [
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..],
        ]
        .join("-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_have_their_version_and_variant() {
        let edge = Edge {
            now: Arc::new(Micros::default),
            random: Arc::new(|bytes| bytes.fill(0xff)),
        };
        assert_eq!(edge.uuid(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
