//! A program that is killed at every boundary between two steps of a round, files that may not grow, and a disk that is
//! full at every single write: whatever was acknowledged is there when the store is opened again, and after a few rounds
//! every rule holds.

#![cfg(unix)]

use std::{collections::BTreeMap, io::Write as _, thread};

use sheaf_sim::{
    client::{self, End, Errand, Ran},
    hosted::hazards as account,
    random::Random,
    run::{check, tell},
    server::tcp::Socket,
    world::{
        Outcome, Violation, World, failed_deed,
        plan::{Action, Deed, ForeignDeed, Plan},
    },
};

const CLIENT: &str = env!("CARGO_BIN_EXE_sheaf-sim-client");

/// Every boundary the product names (`sheaf_sync::step`). One that is never reached is no longer where it was.
const STEPS: [&str; 14] = [
    "meeting: over",
    "pull: feed read",
    "pull: documents handed over",
    "pull: attachment durable",
    "pull: batch ready",
    "store: slice committed",
    "pull: batch taken in",
    "store: offer committed",
    "push: batch offered",
    "push: difference known",
    "push: attachment sent",
    "push: documents sent",
    "push: batch answered",
    "push: answer kept",
];
/// And the one after everything.
const LAST_STEP: &str = "marker: written there";

/// The boundaries of a round with an account.
const ACCOUNT_STEPS: [&str; 14] = [
    "meeting: over",
    "pull: page handed over",
    "pull: piece durable",
    "store: slice committed",
    "pull: page taken in",
    "keys: settled",
    "store: offer committed",
    "push: batch offered",
    "push: items sent",
    "push: saved states kept",
    "push: answer kept",
    "push: batch passed",
    "items: compared",
    "list: written there",
];

/// What people do on the first device before the round that goes wrong: something of everything that travels.
const BEFORE: [Deed; 12] = [
    Deed::Edit,
    Deed::Attach,
    Deed::Edit,
    Deed::Create,
    Deed::Append,
    Deed::AddTag,
    Deed::CreateNotebook,
    Deed::Title,
    Deed::Trash,
    Deed::Attach,
    Deed::Edit,
    Deed::Create,
];

/// Past the test harness, which keeps the output of tests that pass to itself.
fn say(line: &str) {
    // Nobody to tell is no reason to fail.
    let _ = writeln!(std::io::stderr(), "    {line}");
}

/// Two devices and another program, each with something the others have not got. `known`: the first device has synced
/// before; otherwise this is its first round.
async fn before(world: &World, seed: u64, known: bool) -> Outcome {
    let sync = |device| Action::Sync {
        device,
        beside: Vec::new(),
        dies_after: None,
    };
    let mut actions = vec![
        Action::Foreign(ForeignDeed::Create),
        Action::Foreign(ForeignDeed::Create),
        Action::Foreign(ForeignDeed::File),
    ];
    if known {
        actions.push(sync(0));
    }
    actions.extend([
        sync(1),
        Action::Do {
            device: 1,
            deeds: BEFORE[..8].to_vec(),
        },
        sync(1),
        Action::Foreign(ForeignDeed::Edit),
        Action::Foreign(ForeignDeed::File),
        Action::Foreign(ForeignDeed::Delete),
        Action::Foreign(ForeignDeed::Create),
        Action::Do {
            device: 0,
            deeds: BEFORE.to_vec(),
        },
    ]);
    for (number, action) in actions.iter().enumerate() {
        world.act(number, action, seed).await?;
    }
    Ok(())
}

async fn after(world: &World, seed: u64) -> Outcome {
    for device in 0..2 {
        let action = Action::Do {
            device,
            deeds: vec![Deed::Edit],
        };
        world.act(100 + device, &action, seed).await?;
    }
    check(world).await
}

fn plan(seed: u64) -> Plan {
    Plan {
        seed,
        // More than fits into one batch with the documents that are streamed at first.
        notes_there: if seed.is_multiple_of(2) { 0 } else { 12 },
        ..Plan::story(2)
    }
}

/// The first device's round as a program of its own.
fn with_client(seed: u64, known: bool, deadly: Option<usize>, most_blocks: Option<u32>) -> Ran {
    let mut ended = None;
    tell(&plan(seed), async |world| {
        before(world, seed, known).await?;
        let device = &world.devices[0];
        device.close();
        let server = world.model().expect("a model of a server").clone();
        let socket = Socket::before(server);
        let ran = client::run(Errand {
            program: CLIENT,
            home: device.home(),
            name: device.name,
            port: socket.port,
            account: None,
            deadly,
            most_blocks,
        });
        world.trace.say(|| format!("{ran:?}"));
        ended = Some(ran);
        drop(socket);
        after(world, seed).await
    });
    ended.expect("the client ran")
}

/// Kills at every boundary of one round; how often at each.
///
/// How many boundaries a round has is not the same twice: the store ends a slice by the time it took, so one run has two
/// commits where the next has one. Counting them in one run and killing at each of that many in others failed on a busy
/// machine, where a later run had one fewer and was never killed. So the rounds themselves say when there is none left.
fn killed_everywhere(round: impl Fn(usize) -> Ran) -> BTreeMap<String, u32> {
    let mut kills = BTreeMap::new();
    for deadly in 1..200 {
        let ran = round(deadly);
        if ran.end == End::Alive {
            assert!(
                ran.steps.len() < deadly,
                "survived its step {deadly}: {ran:?}"
            );
            assert!(ran.said.contains(" out"), "{ran:?}");
            return kills;
        }
        // The store's thread may have said its steps in another order, the number is the same.
        let step = ran.steps.last().cloned().unwrap_or_default();
        *kills.entry(step).or_default() += 1;
    }
    panic!("a round without an end, killed at {kills:?}");
}

#[test]
fn a_program_killed_at_any_boundary_of_a_round_has_lost_nothing() {
    let runs = [(1, true), (2, true), (3, false), (4, false)];
    let workers: Vec<_> = runs
        .into_iter()
        .map(|(seed, known)| {
            thread::spawn(move || {
                killed_everywhere(|deadly| with_client(seed, known, Some(deadly), None))
            })
        })
        .collect();
    let kills = all_of(workers);
    say(&format!(
        "simulation: {} kills at {} named boundaries",
        kills.values().sum::<u32>(),
        kills.len()
    ));
    let missed: Vec<_> = STEPS
        .iter()
        .chain([&LAST_STEP])
        .filter(|step| !kills.contains_key(**step))
        .collect();
    assert!(missed.is_empty(), "never reached: {missed:?} of {kills:?}");
}

fn all_of(workers: Vec<thread::JoinHandle<BTreeMap<String, u32>>>) -> BTreeMap<String, u32> {
    let mut kills: BTreeMap<String, u32> = BTreeMap::new();
    for worker in workers {
        let some = worker.join();
        assert!(some.is_ok(), "a rule was broken, see above");
        for (step, count) in some.unwrap_or_default() {
            *kills.entry(step).or_default() += count;
        }
    }
    kills
}

/// The same in front of an account and the real server.
#[test]
fn a_program_killed_at_any_boundary_of_a_round_with_an_account_has_lost_nothing() {
    let runs = [(1, true), (2, false)];
    let workers: Vec<_> = runs
        .into_iter()
        .map(|(seed, known)| {
            thread::spawn(move || {
                killed_everywhere(|deadly| {
                    account::with_client(CLIENT, seed, known, Some(deadly), None)
                })
            })
        })
        .collect();
    let kills = all_of(workers);
    say(&format!(
        "simulation of an account: {} kills at {} named boundaries",
        kills.values().sum::<u32>(),
        kills.len()
    ));
    let missed: Vec<_> = ACCOUNT_STEPS
        .iter()
        .filter(|step| !kills.contains_key(**step))
        .collect();
    assert!(missed.is_empty(), "never reached: {missed:?} of {kills:?}");
}

#[test]
fn files_that_may_not_grow_stop_a_round_and_lose_nothing() {
    let limits = limits_felt(|blocks| with_client(5, true, None, Some(blocks)));
    say(&format!(
        "simulation: {limits} limits on the length of files"
    ));
}

#[test]
fn files_that_may_not_grow_stop_a_round_with_an_account_and_lose_nothing() {
    let limits = limits_felt(|blocks| account::with_client(CLIENT, 5, true, None, Some(blocks)));
    say(&format!(
        "simulation of an account: {limits} limits on the length of files"
    ));
}

/// Rounds with more and more room, until one has enough.
fn limits_felt(round: impl Fn(u32) -> Ran) -> u32 {
    let mut limits = 0;
    let mut blocks = 0;
    loop {
        let ran = round(blocks);
        limits += 1;
        if ran.said.contains(" out") {
            break;
        }
        blocks += 24;
        assert!(blocks < 20_000, "no limit is wide enough: {ran:?}");
    }
    assert!(limits > 3, "the limits were never felt");
    limits
}

/// Deeds and a round on a disk with room for `pages` more. Answers whether it was enough.
async fn on_a_full_disk(world: &World, pages: u32) -> Outcome<bool> {
    let device = &world.devices[0];
    let broken = |error| Violation::new("store", format!("{error:?}"));
    let mut random = Random::of(&[u64::from(pages), 7]);
    device
        .store()
        .limit_growth(Some(pages))
        .await
        .map_err(broken)?;
    let mut enough = true;
    // So often that every table and both indexes of words need pages of their own.
    for deed in [BEFORE; 4].into_iter().flatten() {
        match world.perform(device, deed, &mut random).await {
            Ok(()) => {}
            Err(failed) if failed.is_answer() => {}
            Err(failed) if failed.is_disk_full() => enough = false,
            Err(failed) => return Err(failed_deed(device, deed, &failed)),
        }
    }
    enough &= world.sync(device, &mut random, 1).await?.is_some();
    world.check_checkpoint(device).await?;
    device.store().limit_growth(None).await.map_err(broken)?;
    Ok(enough)
}

#[test]
fn a_disk_that_is_full_at_any_write_loses_nothing() {
    let (most, too_small) = disks(|seed, known, pages| {
        let mut enough = false;
        tell(&plan(seed), async |world| {
            before(world, seed, known).await?;
            enough = on_a_full_disk(world, pages).await?;
            // Half of the times the program is closed in between.
            if pages % 2 == 0 {
                world.restart(&world.devices[0]);
            }
            after(world, seed).await
        });
        enough
    });
    say(&format!(
        "simulation: a disk with room for 0 to {most} pages, too small {too_small} times"
    ));
}

#[test]
fn a_disk_that_is_full_at_any_write_with_an_account_loses_nothing() {
    let (most, too_small) = disks(account::on_a_full_disk);
    say(&format!(
        "simulation of an account: a disk with room for 0 to {most} pages, too small {too_small} times"
    ));
}

/// With room for a page more each time, until it is enough. Answers for how many there was room in the end, and how often
/// that was too little.
fn disks(has_enough: impl Fn(u64, bool, u32) -> bool) -> (u32, u32) {
    let (mut pages, mut too_small) = (0, 0);
    // Seeds need different amounts of room.
    let mut enough_in_a_row = 0;
    while enough_in_a_row < 8 {
        let seed = 6 + u64::from(pages % 4);
        let known = pages % 3 != 0;
        let enough = has_enough(seed, known, pages);
        too_small += u32::from(!enough);
        enough_in_a_row = if enough { enough_in_a_row + 1 } else { 0 };
        pages += 1;
        assert!(pages < 2000, "no disk is large enough");
    }
    assert!(too_small > 4, "the disk was hardly ever full: {too_small}");
    (pages - 1, too_small)
}
