//! A network that breaks in every named way, at random but repeatably: nothing acknowledged is lost, and when the
//! network heals, a few rounds bring both devices and the server to the same state.

use std::collections::BTreeMap;

use serde_json::Value;
use sheaf_tests::{Couch, Database, Device, Fault, FaultProxy, Seed, on_every_server, seeds, text};

on_every_server!(
    devices_converge_after_every_kind_of_fault,
    a_lost_answer_to_a_push_makes_no_conflict,
    a_truncated_answer_is_not_taken_for_the_end,
);

const FAULTS: [Fault; 9] = [
    Fault::Refuse,
    Fault::ResetBeforeResponse,
    Fault::ResetMidBody,
    Fault::TruncateJson,
    Fault::Status(500),
    Fault::Status(502),
    Fault::Status(503),
    Fault::TooManyRequests { retry_after: None },
    Fault::TooManyRequests {
        retry_after: Some(1),
    },
];

const SEEDS: [u64; 3] = [1, 20_261_121, 0xfeed];

fn devices_converge_after_every_kind_of_fault(server: &'static Couch) {
    for seed in seeds(&SEEDS) {
        let database = server.database();
        Trial::new(&database, seed).run();
    }
}

struct Trial<'a> {
    database: &'a Database,
    seed: Seed,
    proxy: FaultProxy,
    devices: [Device; 2],
    /// Every acknowledged edit left a word of its own in its note.
    tokens: BTreeMap<String, Vec<String>>,
}

impl<'a> Trial<'a> {
    fn new(database: &'a Database, seed: Seed) -> Self {
        let server = database.server;
        let proxy = FaultProxy::to(&server.authority);
        let url = database.url_through(&proxy.authority, &server.admin, &server.password);
        let devices = [Device::on("A", &url), Device::on("B", &url)];
        Self {
            database,
            seed,
            proxy,
            devices,
            tokens: BTreeMap::new(),
        }
    }

    fn run(mut self) {
        let mut faults = self.seed.clone();
        // One request in three breaks.
        self.proxy.plan(move |_| {
            if faults.below(3) == 0 {
                *faults.pick(&FAULTS)
            } else {
                Fault::None
            }
        });
        for _ in 0..15 {
            self.step();
        }
        self.proxy.heal();
        for _ in 0..3 {
            for device in &self.devices {
                device.sync();
            }
        }
        self.check();
    }

    fn step(&mut self) {
        let device = &self.devices[self.seed.below(2)];
        let notes = everything(device);
        let token = format!("token{:016x}", self.seed.number());
        let what = self.seed.below(10);
        if what == 0 || notes.is_empty() {
            let id = device.write(&format!("Note {token}"), &format!("{token}\n"));
            self.tokens.entry(id).or_default().push(token);
            return;
        }
        let id = text(self.seed.pick(&notes), "id");
        let tag = *self.seed.pick(&["red", "green", "blue"]);
        let run = |arguments: &[&str]| drop(device.sheaf.run(arguments));
        match what {
            1..=3 => {
                let body = device.body(&id);
                device.rewrite(&id, &format!("{body}\n{token}\n"));
                self.tokens.entry(id).or_default().push(token);
            }
            4 => run(&["note", "tag", &id, "--add", tag]),
            5 => run(&["note", "edit", &id, "--title", &token]),
            6 => run(&["note", "delete", &id]),
            7 => run(&["note", "pin", &id]),
            // A round may fail as the network does; it is made again another time, as by the app itself.
            _ => drop(device.sheaf.attempt(&["sync", "now"])),
        }
    }

    fn check(&self) {
        let seed = self.seed.start;
        let [on_a, on_b] = self.devices.each_ref().map(versions);
        assert_eq!(on_a, on_b, "seed {seed}: the devices differ");
        for (id, tokens) in &self.tokens {
            let (_, bodies) = on_a
                .get(id)
                .unwrap_or_else(|| panic!("seed {seed}: {id} is gone"));
            let mut on_server: Vec<String> = self
                .database
                .leaves(id)
                .iter()
                .filter(|leaf| leaf["_deleted"] != true)
                .map(|leaf| text(leaf, "body"))
                .collect();
            on_server.sort();
            assert_eq!(
                bodies, &on_server,
                "seed {seed}: the server differs on {id}"
            );
            for token in tokens {
                assert!(
                    bodies.iter().any(|body| body.contains(token)),
                    "seed {seed}: {token} of {id} was acknowledged and is lost: {bodies:?}"
                );
            }
        }
    }
}

/// All notes, those in the trash too.
fn everything(device: &Device) -> Vec<Value> {
    let mut notes = device.list(&[]);
    notes.extend(device.list(&["--trash"]));
    notes
}

/// What the list shows of every note, and the bodies of all its live versions, sorted.
fn versions(device: &Device) -> BTreeMap<String, (Value, Vec<String>)> {
    everything(device)
        .into_iter()
        .map(|note| {
            let id = text(&note, "id");
            let mut bodies: Vec<String> = device
                .leaves(&id)
                .iter()
                .map(|leaf| text(leaf, "body"))
                .collect();
            bodies.sort();
            let shown = [
                "title",
                "place",
                "tags",
                "pinned",
                "status",
                "conflicted",
                "updatedAt",
            ]
            .map(|field| note[field].clone());
            (id, (Value::from(shown.to_vec()), bodies))
        })
        .collect()
}

fn a_lost_answer_to_a_push_makes_no_conflict(server: &'static Couch) {
    let database = server.database();
    let proxy = FaultProxy::to(&server.authority);
    let url = database.url_through(&proxy.authority, &server.admin, &server.password);
    let a = Device::on("A", &url);
    let id = a.write("Once", "first\n");
    a.sync();
    a.rewrite(&id, "second\n");
    let mut lost = 0;
    proxy.plan(move |request| {
        let pushes = request.path.contains("_bulk_docs")
            || (request.method == "PUT" && !request.path.contains("_local"));
        if pushes && lost < 8 {
            lost += 1;
            return Fault::ResetBeforeResponse;
        }
        Fault::None
    });
    // Whether this round ends well is not the point: the server has what it never confirmed.
    drop(a.sheaf.attempt(&["sync", "now"]));
    assert_eq!(database.get(&id).success()["body"], "second\n");
    let faults = proxy
        .take_log()
        .iter()
        .filter(|(_, fault)| *fault != Fault::None)
        .count();
    assert!(faults > 0, "no answer was lost");
    a.rewrite(&id, "third\n");
    proxy.heal();
    a.sync();
    let leaves = database.leaves(&id);
    assert_eq!(leaves.len(), 1, "{leaves:?}");
    assert_eq!(text(&leaves[0], "body"), "third\n");
}

fn a_truncated_answer_is_not_taken_for_the_end(server: &'static Couch) {
    let database = server.database();
    let proxy = FaultProxy::to(&server.authority);
    let url = database.url_through(&proxy.authority, &server.admin, &server.password);
    let a = Device::on("A", &url);
    let writer = Device::on("B", &database.url());
    for number in 0..5 {
        writer.write(&format!("Note {number}"), "text");
    }
    writer.sync();
    for step in ["_changes", "_bulk_get", "_all_docs"] {
        proxy.plan(move |request| {
            if request.path.contains(step) {
                Fault::TruncateJson
            } else {
                Fault::None
            }
        });
        drop(a.sheaf.attempt(&["sync", "now"]));
    }
    proxy.heal();
    a.sync();
    let titles: Vec<Value> = a.titles().into_iter().map(Value::from).collect();
    assert_eq!(titles.len(), 5, "{titles:?}");
}
