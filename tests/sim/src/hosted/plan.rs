//! What will happen in a run, decided before it begins: so that parts can be left out and the rest stays the same.

use super::line::Fault;
use crate::random::Random;

/// What a person does on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Edit,
    Append,
    Title,
    Create,
    Trash,
    Restore,
    DeleteForGood,
    Move,
    CreateNotebook,
    RenameNotebook,
    AddTag,
    RemoveTag,
    Attach,
    Status,
    Pin,
    Resolve,
    /// Takes the last decision about a conflict back.
    Reopen,
}

const DEEDS: [(u32, Deed); 17] = [
    (34, Deed::Edit),
    (8, Deed::Append),
    (8, Deed::Title),
    (10, Deed::Create),
    (5, Deed::Trash),
    (3, Deed::Restore),
    (3, Deed::DeleteForGood),
    (5, Deed::Move),
    (3, Deed::CreateNotebook),
    (2, Deed::RenameNotebook),
    (5, Deed::AddTag),
    (2, Deed::RemoveTag),
    (2, Deed::Attach),
    (2, Deed::Status),
    (2, Deed::Pin),
    (7, Deed::Resolve),
    (3, Deed::Reopen),
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// One thing after another on one device.
    Do {
        device: usize,
        deeds: Vec<Deed>,
    },
    /// A round, with things done beside it; after so many turns of the runtime the program dies.
    Sync {
        device: usize,
        beside: Vec<Deed>,
        dies_after: Option<u32>,
    },
    /// Rounds of all devices at once.
    SyncTogether,
    Offline {
        device: usize,
        offline: bool,
    },
    Restart {
        device: usize,
    },
    /// The clock of a device is wrong by so many milliseconds from now on.
    Clock {
        device: usize,
        off_by: i64,
    },
    ServerClock {
        off_by: i64,
    },
    ServerRestarts,
    /// Nobody touches anything for so many hours: tokens expire, and in the end sessions.
    Pass {
        hours: u64,
    },
    Weather {
        kinds: Vec<Fault>,
        per_thousand: usize,
        latency: (u64, u64),
    },
    /// The password becomes another one, on this device.
    ChangePassword {
        device: usize,
        dies_after: Option<u32>,
    },
}

#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    pub devices: usize,
    pub page_bytes: usize,
    pub pad: bool,
    pub documents_per_slice: u32,
    /// Each with its number, which stays when others are left out.
    pub actions: Vec<(usize, Action)>,
}

const DAY: i64 = 86_400_000;
/// Longer than a session lasts.
const AWAY: u64 = 25 * 24;

impl Plan {
    pub fn of(seed: u64) -> Self {
        let mut random = Random::of(&[seed, 1, 4]);
        let devices = *random.weighted(&[(1, 2), (1, 3)]);
        let length = random.between(16, 34) as usize;
        let mut actions = vec![weather(&mut random)];
        for device in 0..devices {
            if random.one_in(4) {
                let off_by = off_by(&mut random);
                actions.push(Action::Clock { device, off_by });
            }
        }
        while actions.len() < length {
            actions.push(action(&mut random, devices));
        }
        // Deriving keys is slow on purpose, so few worlds have much of it.
        if random.one_in(5) {
            let at = random.between(3, actions.len() as u64) as usize;
            let device = random.below(devices);
            let dies_after = random.one_in(3).then(|| random.between(1, 40) as u32);
            actions.insert(at, Action::ChangePassword { device, dies_after });
        }
        if random.one_in(8) {
            let at = random.between(3, actions.len() as u64) as usize;
            actions.insert(at, Action::Pass { hours: AWAY });
        }
        Self {
            seed,
            devices,
            page_bytes: *random.pick(&[2000, 9000, 10_000_000]),
            pad: random.one_in(3),
            documents_per_slice: *random.pick(&[1, 2, 5, 100]),
            actions: actions.into_iter().enumerate().collect(),
        }
    }

    /// Devices, fair weather, and nothing that happens by itself.
    pub fn story(devices: usize) -> Self {
        Self {
            seed: 1,
            devices,
            page_bytes: 10_000_000,
            pad: false,
            documents_per_slice: 100,
            actions: Vec::new(),
        }
    }

    /// What will happen beside deeds and the faults of single requests, by name.
    pub fn events(&self) -> Vec<String> {
        let events = self.actions.iter().filter_map(|(_, action)| match action {
            Action::Do { .. } | Action::Weather { .. } => None,
            Action::Sync {
                dies_after: Some(_),
                ..
            } => Some("Sync, and the program dies".to_owned()),
            Action::ChangePassword {
                dies_after: Some(_),
                ..
            } => Some("ChangePassword, and the program dies".to_owned()),
            Action::Pass { hours: AWAY } => Some("Pass, and sessions end".to_owned()),
            other => {
                let words = format!("{other:?}");
                let end = words.find([' ', '(']).unwrap_or(words.len());
                Some(words[..end].to_owned())
            }
        });
        events
            .chain((self.page_bytes < 10_000).then(|| "server: short pages".to_owned()))
            .chain(self.pad.then(|| "sizes are padded".to_owned()))
            .collect()
    }

    /// Only the actions with these numbers.
    #[must_use]
    pub fn keeping(mut self, numbers: &[usize]) -> Self {
        self.actions.retain(|(number, _)| numbers.contains(number));
        self
    }
}

fn off_by(random: &mut Random) -> i64 {
    let days = *random.pick(&[1, 2, 30, 366]);
    let sign = if random.one_in(2) { -1 } else { 1 };
    sign * days * DAY + random.below(1000) as i64
}

fn weather(random: &mut Random) -> Action {
    let latency = *random.pick(&[(1, 3), (5, 60), (100, 600)]);
    if random.one_in(3) {
        return Action::Weather {
            kinds: Vec::new(),
            per_thousand: 0,
            latency,
        };
    }
    let count = random.between(1, 5);
    Action::Weather {
        kinds: (0..count).map(|_| *random.pick(Fault::ALL)).collect(),
        per_thousand: *random.pick(&[60, 200, 400]),
        latency,
    }
}

fn deeds(random: &mut Random, most: u64) -> Vec<Deed> {
    let count = random.between(1, most);
    (0..count).map(|_| *random.weighted(&DEEDS)).collect()
}

fn action(random: &mut Random, devices: usize) -> Action {
    let device = random.below(devices);
    match random.below(100) {
        0..=38 => Action::Do {
            device,
            deeds: deeds(random, 5),
        },
        39..=64 => Action::Sync {
            device,
            beside: Vec::new(),
            dies_after: None,
        },
        65..=70 => Action::Sync {
            device,
            beside: deeds(random, 3),
            dies_after: None,
        },
        71..=77 => Action::Sync {
            device,
            beside: Vec::new(),
            dies_after: Some(random.between(1, 60) as u32),
        },
        78..=83 => Action::SyncTogether,
        84..=85 => Action::Offline {
            device,
            offline: random.one_in(2),
        },
        86..=87 => Action::Restart { device },
        88 => Action::Clock {
            device,
            off_by: off_by(random),
        },
        89 => Action::ServerClock {
            off_by: off_by(random),
        },
        90..=91 => Action::ServerRestarts,
        92..=94 => Action::Pass {
            hours: random.between(1, 14),
        },
        _ => weather(random),
    }
}
