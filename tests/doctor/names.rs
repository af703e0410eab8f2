//! A name server that knows what it is told, keeps silent when it is told to, and remembers what it was asked.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Names of the worlds end so; anything else that is asked for is a stranger's.
const OURS: &str = ".test";

const A: u16 = 1;
const AAAA: u16 = 28;

#[derive(Default)]
struct Zone {
    known: HashMap<String, Vec<IpAddr>>,
    /// Questions for these are not answered at all.
    silent: BTreeSet<String>,
    asked: BTreeSet<String>,
}

#[derive(Clone)]
pub(crate) struct Names(Arc<Mutex<Zone>>);

impl Names {
    /// At 127.0.0.53, where the namespace's `resolv.conf` points. At 127.0.0.54 somebody listens who never answers.
    pub(crate) fn serve() -> Self {
        let names = Self(Arc::default());
        let socket = UdpSocket::bind("127.0.0.53:53").expect("the namespace's port 53 is ours");
        let dead = UdpSocket::bind("127.0.0.54:53").expect("the namespace's port 53 is ours");
        let zone = names.clone();
        std::thread::spawn(move || {
            let _kept = dead;
            let mut question = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut question) {
                if let Some(answer) = zone.answer(&question[..length]) {
                    // Whoever asked may have gone.
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
        names
    }

    fn zone(&self) -> MutexGuard<'_, Zone> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, name: &str, addresses: &[&str]) {
        let addresses = addresses
            .iter()
            .map(|text| text.parse().expect("an address of ours"))
            .collect();
        let mut zone = self.zone();
        zone.silent.remove(name);
        zone.known.insert(name.to_owned(), addresses);
    }

    pub(crate) fn keep_silent_about(&self, name: &str) {
        self.zone().silent.insert(name.to_owned());
    }

    pub(crate) fn asked_for_strangers(&self) -> Vec<String> {
        let zone = self.zone();
        zone.asked
            .iter()
            .filter(|name| !name.ends_with(OURS))
            .cloned()
            .collect()
    }

    fn answer(&self, question: &[u8]) -> Option<Vec<u8>> {
        let (name, kind, end) = asked(question)?;
        let mut zone = self.zone();
        zone.asked.insert(name.clone());
        if zone.silent.contains(&name) {
            return None;
        }
        let known = zone.known.get(&name);
        let records: Vec<Vec<u8>> = known
            .into_iter()
            .flatten()
            .filter_map(|address| match (kind, address) {
                (A, IpAddr::V4(address)) => Some(address.octets().to_vec()),
                (AAAA, IpAddr::V6(address)) => Some(address.octets().to_vec()),
                _ => None,
            })
            .collect();
        let mut answer = question.get(..2)?.to_vec();
        // An answer, recursion available; 3 is "no such name".
        answer.extend([0x81, if known.is_some() { 0x80 } else { 0x83 }]);
        answer.extend([0, 1, 0, records.len() as u8, 0, 0, 0, 0]);
        answer.extend(question.get(12..end)?);
        for record in records {
            answer.extend([0xc0, 12]);
            answer.extend(kind.to_be_bytes());
            answer.extend([0, 1, 0, 0, 0, 0, 0, record.len() as u8]);
            answer.extend(record);
        }
        Some(answer)
    }
}

/// Name, type and where the question ends.
fn asked(question: &[u8]) -> Option<(String, u16, usize)> {
    let mut at = 12;
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*question.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        labels.push(String::from_utf8_lossy(question.get(at..at + length)?).to_lowercase());
        at += length;
    }
    let kind = u16::from_be_bytes([*question.get(at)?, *question.get(at + 1)?]);
    Some((labels.join("."), kind, at + 4))
}
