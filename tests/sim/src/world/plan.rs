//! What will happen in a run, decided before it begins: so that parts can be left out and the rest stays the same.

use crate::{
    random::Random,
    server::{
        Manner,
        fault::{Fault, Target},
    },
};

/// What a person does on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Edit,
    /// With a while between reading and saving.
    EditSlowly,
    Append,
    Title,
    Create,
    Duplicate,
    Trash,
    Restore,
    DeleteForGood,
    Move,
    CreateNotebook,
    RenameNotebook,
    MoveNotebook,
    DeleteNotebook,
    AddTag,
    RemoveTag,
    RenameTag,
    DeleteTag,
    Attach,
    Status,
    Pin,
    PinAll,
    Resolve,
}

/// Weights of the catalogue.
const DEEDS: [(u32, Deed); 23] = [
    (32, Deed::Edit),
    (4, Deed::EditSlowly),
    (8, Deed::Append),
    (8, Deed::Title),
    (10, Deed::Create),
    (1, Deed::Duplicate),
    (6, Deed::Trash),
    (3, Deed::Restore),
    (3, Deed::DeleteForGood),
    (6, Deed::Move),
    (3, Deed::CreateNotebook),
    (3, Deed::RenameNotebook),
    (1, Deed::MoveNotebook),
    (2, Deed::DeleteNotebook),
    (5, Deed::AddTag),
    (2, Deed::RemoveTag),
    (1, Deed::RenameTag),
    (1, Deed::DeleteTag),
    (3, Deed::Attach),
    (2, Deed::Status),
    (2, Deed::Pin),
    (1, Deed::PinAll),
    (6, Deed::Resolve),
];

/// What another program does, straight to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignDeed {
    Create,
    Edit,
    /// On a revision that is not the newest: it was away.
    EditOld,
    /// Many times on one revision, by as many programs that had been away.
    ManyLeaves,
    /// A note of an id that is taken, by somebody who did not know that.
    SecondRoot,
    /// A note that was deleted is written again.
    Resurrect,
    /// An id with everything in it that has to be escaped somewhere.
    AwkwardId,
    Delete,
    DeleteMany,
    File,
    /// Documents that are none of ours.
    Strangers,
}

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
    /// A feed held open for so many seconds.
    Live {
        device: usize,
        seconds: u64,
        beside: Vec<Deed>,
    },
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
    KeepLaptop {
        device: usize,
    },
    /// The laptop comes back from the shop as it was then.
    RestoreLaptop {
        device: usize,
    },
    Weather {
        kinds: Vec<Fault>,
        per_thousand: usize,
        latency: (u64, u64),
    },
    Foreign(ForeignDeed),
    Backup,
    RestoreServer,
    RecreateServer,
    Compact,
}

#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    pub devices: usize,
    pub manner: Manner,
    /// Notes another program has written before anybody syncs.
    pub notes_there: usize,
    pub documents_per_slice: u32,
    /// Each with its number, which stays when others are left out.
    pub actions: Vec<(usize, Action)>,
}

/// What has to befall a world so that a certain mistake shows early.
#[derive(Debug, Clone, Copy, Default)]
pub struct Aim {
    /// Nothing but these.
    pub faults: &'static [Fault],
    pub revs_limit: Option<usize>,
    pub longest_request: Option<usize>,
    pub notes_there: Option<usize>,
}

const AIMED_PER_THOUSAND: usize = 330;

const DAY: i64 = 86_400_000;

impl Plan {
    pub fn of(seed: u64) -> Self {
        let mut random = Random::of(&[seed, 1]);
        let devices = *random.weighted(&[(4, 2), (4, 3), (1, 4), (1, 5)]);
        let length = random.between(18, 40) as usize;
        let mut actions = vec![weather(&mut random)];
        for device in 0..devices {
            if random.one_in(3) {
                actions.push(Action::Clock {
                    device,
                    off_by: off_by(&mut random),
                });
            }
        }
        while actions.len() < length {
            let action = action(&mut random, devices);
            actions.push(action);
        }
        Self {
            seed,
            devices,
            manner: manner(&mut random),
            notes_there: *random.weighted(&[(30, 0), (8, 5), (2, 45)]),
            documents_per_slice: *random.pick(&[1, 2, 5, 100]),
            actions: actions.into_iter().enumerate().collect(),
        }
    }

    /// What will happen beside the faults of single requests, by name; deeds of people left out.
    pub fn events(&self) -> Vec<String> {
        let mut events: Vec<String> = Vec::new();
        for (_, action) in &self.actions {
            let name = match action {
                Action::Do { .. } | Action::Weather { .. } => continue,
                Action::Foreign(deed) => format!("another program: {deed:?}"),
                Action::Sync {
                    dies_after: Some(_),
                    ..
                } => "Sync, and the program dies".to_owned(),
                other => {
                    let words = format!("{other:?}");
                    let end = words.find([' ', '(']).unwrap_or(words.len());
                    words[..end].to_owned()
                }
            };
            events.push(name);
        }
        let Manner {
            opaque_seqs,
            long_seqs,
            counts_pending,
            has_bulk_get,
            local_conflicts,
            revs_limit,
            longest_request,
            compresses,
            buffered,
        } = &self.manner;
        for (holds, name) in [
            (!opaque_seqs, "server: positions are numbers"),
            (*long_seqs, "server: positions are very long"),
            (!counts_pending, "server: does not count what is pending"),
            (!has_bulk_get, "server: without _bulk_get"),
            (*local_conflicts, "server: _local documents conflict"),
            (*revs_limit < 1000, "server: keeps short histories"),
            (
                *longest_request < usize::MAX,
                "server: takes short requests only",
            ),
            (*compresses, "server: compresses attachments"),
            (*buffered, "server: a proxy holds back what is not whole"),
        ] {
            if holds {
                events.push(name.to_owned());
            }
        }
        events
    }

    /// Devices, a server as `CouchDB` is, and nothing that happens by itself.
    pub fn story(devices: usize) -> Self {
        Self {
            seed: 1,
            devices,
            manner: Manner::default(),
            notes_there: 0,
            documents_per_slice: 100,
            actions: Vec::new(),
        }
    }

    /// The same days in other weather: what struck at random strikes as `aim` says.
    #[must_use]
    pub fn under(mut self, aim: &Aim) -> Self {
        if !aim.faults.is_empty() {
            let mut weather = Action::Weather {
                kinds: aim.faults.to_vec(),
                per_thousand: AIMED_PER_THOUSAND,
                latency: (1, 3),
            };
            for (_, action) in &mut self.actions {
                if let Action::Weather {
                    latency: as_it_was, ..
                } = action
                {
                    if let Action::Weather { latency, .. } = &mut weather {
                        *latency = *as_it_was;
                    }
                    action.clone_from(&weather);
                }
            }
        }
        if let Some(limit) = aim.revs_limit {
            self.manner.revs_limit = limit;
        }
        if let Some(longest) = aim.longest_request {
            self.manner.longest_request = longest;
        }
        if let Some(notes) = aim.notes_there {
            self.notes_there = notes;
        }
        self
    }

    /// Only the actions with these numbers.
    #[must_use]
    pub fn keeping(mut self, numbers: &[usize]) -> Self {
        self.actions.retain(|(number, _)| numbers.contains(number));
        self
    }
}

fn manner(random: &mut Random) -> Manner {
    let relative = random.one_in(4);
    Manner {
        opaque_seqs: !relative,
        long_seqs: random.one_in(20),
        counts_pending: !relative,
        has_bulk_get: !random.one_in(12),
        local_conflicts: relative,
        revs_limit: *random.weighted(&[(18, 1000), (1, 20), (1, 5)]),
        longest_request: *random.weighted(&[(12, usize::MAX), (2, 24_000), (1, 2000)]),
        compresses: !random.one_in(4),
        buffered: random.one_in(6),
    }
}

fn off_by(random: &mut Random) -> i64 {
    let days = *random.pick(&[1, 2, 30, 366, 3660]);
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
    let count = random.between(1, 8);
    // What befalls any request would otherwise leave little to what befalls few of them.
    let particular: Vec<Fault> = Fault::ALL
        .iter()
        .copied()
        .filter(|fault| fault.target() != Target::Any)
        .collect();
    let from = if random.one_in(2) {
        &particular[..]
    } else {
        Fault::ALL
    };
    let kinds = (0..count).map(|_| *random.pick(from)).collect();
    let per_thousand = *random.pick(&[30, 120, 330, 600]);
    Action::Weather {
        kinds,
        per_thousand,
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
        0..=39 => Action::Do {
            device,
            deeds: deeds(random, 6),
        },
        40..=62 => Action::Sync {
            device,
            beside: Vec::new(),
            dies_after: None,
        },
        63..=67 => Action::Sync {
            device,
            beside: deeds(random, 3),
            dies_after: None,
        },
        68..=73 => Action::Sync {
            device,
            beside: Vec::new(),
            dies_after: Some(random.between(1, 90) as u32),
        },
        74..=76 => Action::SyncTogether,
        77..=78 => Action::Live {
            device,
            seconds: random.between(1, 100),
            beside: deeds(random, 3),
        },
        79..=80 => Action::Offline {
            device,
            offline: random.one_in(2),
        },
        81 => Action::Restart { device },
        82 => Action::Clock {
            device,
            off_by: off_by(random),
        },
        83 => Action::KeepLaptop { device },
        84 => Action::RestoreLaptop { device },
        85..=87 => weather(random),
        88..=96 => {
            let deed = *random.weighted(&[
                (3, ForeignDeed::Create),
                (8, ForeignDeed::Edit),
                (4, ForeignDeed::EditOld),
                (1, ForeignDeed::ManyLeaves),
                (1, ForeignDeed::SecondRoot),
                (1, ForeignDeed::Resurrect),
                (1, ForeignDeed::AwkwardId),
                (2, ForeignDeed::Delete),
                (1, ForeignDeed::DeleteMany),
                (2, ForeignDeed::File),
                (2, ForeignDeed::Strangers),
            ]);
            Action::Foreign(deed)
        }
        97 => Action::Compact,
        98 => random
            .pick(&[Action::Backup, Action::Backup, Action::RecreateServer])
            .clone(),
        _ => Action::RestoreServer,
    }
}
