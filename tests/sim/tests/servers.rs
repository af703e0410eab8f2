//! The simulation's devices in real time, through a proxy that breaks connections, in front of servers by other hands:
//! the npm peers always, and the real `CouchDB` when `COUCHDB_TEST_URL` names one. Each says that it ran, or why not.
//! `SHEAF_TEST_SEEDS=200` for more seeds, `SHEAF_SIM_SEED=7` for this one alone.

#![expect(
    clippy::disallowed_methods,
    reason = "tests are the edge: they read how many seeds are wanted"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
    sync::Arc,
    time::Instant,
};

use serde_json::Value;
use sheaf_couch::Remote;
use sheaf_net::{Client, Options, Password, Pasted, ProxyChoice, RemoteUrl};
use sheaf_sim::{
    random::Random,
    trace::Trace,
    world::{
        Outcome, Violation, World,
        device::Reach,
        plan::{Action, Plan},
    },
};
use sheaf_tests::{Couch, Database, Fault, FaultProxy, on_every_server};

on_every_server!(fifty_seeds_leave_all_replicas_and_the_server_the_same);

const SEEDS: u64 = 50;

const FAULTS: [Fault; 10] = [
    Fault::Refuse,
    Fault::ResetBeforeResponse,
    Fault::ResetMidBody,
    Fault::TruncateJson,
    Fault::Status(408),
    Fault::Status(500),
    Fault::Status(502),
    Fault::Status(503),
    Fault::TooManyRequests { retry_after: None },
    Fault::TooManyRequests {
        retry_after: Some(3),
    },
];

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn fifty_seeds_leave_all_replicas_and_the_server_the_same(server: &'static Couch) {
    let seeds = match number("SHEAF_SIM_SEED") {
        Some(seed) => seed..=seed,
        None => 1..=number("SHEAF_TEST_SEEDS").unwrap_or(0).max(SEEDS),
    };
    let began = Instant::now();
    let mut faults: BTreeMap<String, u32> = BTreeMap::new();
    let (mut runs, mut edits) = (0, 0);
    for seed in seeds {
        let trace = Trace::readable();
        let database = server.database();
        let proxy = FaultProxy::to(&server.authority);
        match run(seed, &database, &proxy, &trace) {
            Ok(expected) => edits += expected,
            Err(violation) => panic!(
                "{}\n{server:?}: seed {seed} breaks {}: {}\nsee it: SHEAF_SIM_SEED={seed} cargo test --profile sim -p sheaf-sim --test servers",
                trace.lines().join("\n"),
                violation.rule,
                violation.details
            ),
        }
        for (_, fault) in proxy.take_log() {
            if fault != Fault::None {
                *faults.entry(format!("{fault:?}")).or_default() += 1;
            }
        }
        runs += 1;
    }
    let struck: u32 = faults.values().sum();
    if runs >= SEEDS {
        assert_eq!(faults.len(), FAULTS.len(), "{faults:?}");
    }
    // Past the test harness, which keeps the output of tests that pass to itself.
    let _ = writeln!(
        std::io::stderr(),
        "    simulation: {runs} seeds in real time in front of {server:?}, {struck} faults of {} kinds, {edits} edits expected and there, {:.0} s",
        faults.len(),
        began.elapsed().as_secs_f64()
    );
}

/// Answers how many edits had to be there in the end.
fn run(seed: u64, database: &Database, proxy: &FaultProxy, trace: &Trace) -> Outcome<usize> {
    let mut plan = Plan::of(seed);
    // What the model does to itself cannot be done to a server of others; nobody waits in real time.
    plan.actions.retain(|(_, action)| {
        matches!(
            action,
            Action::Do { .. }
                | Action::Sync { .. }
                | Action::SyncTogether
                | Action::Restart { .. }
                | Action::Clock { .. }
                | Action::KeepLaptop { .. }
                | Action::RestoreLaptop { .. }
        )
    });
    plan.devices = plan.devices.min(3);
    plan.actions.retain(|(_, action)| match action {
        Action::Do { device, .. }
        | Action::Sync { device, .. }
        | Action::Restart { device }
        | Action::Clock { device, .. }
        | Action::KeepLaptop { device }
        | Action::RestoreLaptop { device } => *device < plan.devices,
        _ => true,
    });
    let mut draws = Random::of(&[seed, 11]);
    let per_thousand = *draws.pick(&[0, 60, 200, 330]);
    proxy.plan(move |_| {
        if draws.below(1000) < per_thousand {
            *draws.pick(&FAULTS)
        } else {
            Fault::None
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime of one thread");
    runtime.block_on(async {
        let net = Options {
            proxy: ProxyChoice::Direct,
            ..Options::default()
        };
        let client = Client::new(&net).expect("a client");
        let remote = remote(database, proxy);
        let world = World::with(&plan, trace.clone(), None, |_| {
            Reach::Network(client.clone(), remote.clone())
        });
        for (number, action) in &plan.actions {
            world.act(*number, action, seed).await?;
        }
        proxy.heal();
        world.settle(3).await?;
        world.check().await?;
        same_on_server(&world, database).await?;
        let before = rows(database);
        world.settle(2).await?;
        if before != rows(database) {
            return Err(Violation::new(
                "I3 quiescence",
                "written after everybody was in step",
            ));
        }
        let expected = world.ledger.borrow().expected().count();
        Ok(expected)
    })
}

fn remote(database: &Database, proxy: &FaultProxy) -> Remote {
    let server = &database.server;
    let pasted = Pasted::parse(&format!("http://{}", proxy.authority)).expect("a plain address");
    Remote {
        url: RemoteUrl {
            server: pasted.server,
            database: database.name.clone(),
            user: Some(server.admin.clone()),
            by_token: false,
        },
        password: Some(Arc::new(Password::new(server.password.clone()))),
    }
}

/// Every leaf of every document, as the server has them.
fn rows(database: &Database) -> BTreeMap<String, BTreeSet<String>> {
    let feed = database
        .send("GET", "_changes?style=all_docs", None)
        .success();
    let rows = feed["results"].as_array().expect("a feed has rows");
    rows.iter()
        .map(|row| {
            let leaves = row["changes"].as_array().expect("a row has leaves");
            let leaves = leaves.iter().map(|leaf| word(&leaf["rev"])).collect();
            (word(&row["id"]), leaves)
        })
        .collect()
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

async fn same_on_server(world: &World, database: &Database) -> Outcome {
    let Some(device) = world.devices.first() else {
        return Ok(());
    };
    let here = world.dump(device).await?.leaves;
    let mut there = BTreeMap::new();
    for id in rows(database).into_keys() {
        if !id.starts_with("note:") {
            continue;
        }
        let leaves: BTreeMap<String, String> = database
            .leaves(&id)
            .iter()
            .filter(|leaf| leaf["_deleted"] != true)
            .map(|leaf| {
                let text = format!("{}\n{}", word(&leaf["title"]), word(&leaf["body"]));
                (word(&leaf["_rev"]), text)
            })
            .collect();
        if !leaves.is_empty() {
            there.insert(id, leaves);
        }
    }
    if here == there {
        return Ok(());
    }
    Err(Violation::new(
        "I2 server",
        format!("{} has {here:?}, the server {there:?}", device.name),
    ))
}
