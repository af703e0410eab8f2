//! Thousands of seeds of the simulation, and then the planted mutants, each of which some seed must catch.
//! `cargo xtask sim --seeds 50000` for more of them, `--seed 123 --only 4,7,9` for one of them, with its story.

#![expect(clippy::print_stdout, reason = "its report is what it is for")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests are the edge: they read how many seeds are wanted"
)]

#[path = "aim.rs"]
mod aim;

use std::{
    collections::BTreeMap,
    process::ExitCode,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Instant,
};

use sheaf_sim::{
    FOUND_BY_STORIES,
    run::{Report, run},
    server::fault::Fault,
    shrink::{only, shrink, summary},
    trace::Trace,
    world::{Violation, checks::Resources, plan::Plan},
};
use sheaf_sync::mutant::Mutant;

const SEEDS: u64 = 5000;
/// A mutant that so many seeds do not notice is not caught.
const SEEDS_PER_MUTANT: u64 = 200;
/// Seeds that caught them when the hunt was last run over all. Where a plan has changed since, the hunt looks on from 1.
const HINTS: [(Mutant, u64); 28] = [
    (Mutant::CheckpointBeforeData, 1),
    (Mutant::WithheldIsSkipped, 1),
    (Mutant::AttachmentUnchecked, 2),
    (Mutant::CutFeedIsTheEnd, 4),
    (Mutant::LostAnswerIsAnAck, 9),
    (Mutant::RefusalIsAnAck, 1),
    (Mutant::FullQuotaIsAnAck, 1),
    (Mutant::NobodyHalves, 1),
    (Mutant::AnotherDatabaseIsTheSame, 3),
    (Mutant::RolledBackIsTheSame, 2),
    (Mutant::NobodyWaits, 157),
    (Mutant::NoBrake, 21),
    (Mutant::WinnersOnly, 1),
    (Mutant::NoHistories, 1),
    (Mutant::NobodyJoins, 519),
    (Mutant::ForgottenIsNotOffered, 113),
    (Mutant::NoAncestorsSent, 1),
    (Mutant::OneMarkerForAll, 2),
    (Mutant::AnswersByPosition, 1),
    (Mutant::DeleteByAbsence, 1),
    (Mutant::NewestWins, 2),
    (Mutant::DropConflictingDraft, 8),
    (Mutant::OfferedIsAltered, 1),
    (Mutant::DeletionBeatsEdit, 7),
    (Mutant::NoSnapshot, 4),
    (Mutant::EverythingIsAcknowledged, 16),
    (Mutant::CheckpointWithTheFirstSlice, 5),
    (Mutant::BasesAreShed, 129),
];
/// After so many failures there is nothing more to learn from the next one.
const FAILURES_SHOWN: usize = 5;

#[derive(Default)]
struct Arguments {
    seeds: Option<u64>,
    first: u64,
    seed: Option<u64>,
    only: Option<Vec<usize>>,
    mutant: Option<Mutant>,
    /// The seed's days in the weather that is bad for the mutant, as the hunt runs them.
    aimed: bool,
    without_mutants: bool,
    only_mutants: bool,
}

fn arguments() -> Result<Arguments, String> {
    let mut found = Arguments {
        first: 1,
        ..Arguments::default()
    };
    if let Ok(seeds) = std::env::var("SHEAF_TEST_SEEDS") {
        found.seeds = Some(number(&seeds)?);
    }
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let mut value = || given.next().ok_or_else(|| format!("{name} needs a value"));
        match name.as_str() {
            "--seeds" => found.seeds = Some(number(&value()?)?),
            "--first" => found.first = number(&value()?)?,
            "--seed" => found.seed = Some(number(&value()?)?),
            "--only" => {
                let numbers = value()?;
                let numbers = numbers.split(',').filter(|text| !text.is_empty());
                found.only = Some(
                    numbers
                        .map(|text| text.parse().map_err(|_| text.to_owned()))
                        .collect::<Result<_, _>>()?,
                );
            }
            "--without-mutants" => found.without_mutants = true,
            "--only-mutants" => found.only_mutants = true,
            "--aimed" => found.aimed = true,
            "--mutant" => {
                let name = value()?;
                let mutant = Mutant::ALL
                    .iter()
                    .find(|mutant| format!("{mutant:?}") == name);
                found.mutant = Some(*mutant.ok_or_else(|| format!("there is no mutant {name}"))?);
            }
            // What the test harness of other targets understands.
            _ => {}
        }
    }
    Ok(found)
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(words) => {
            println!("{words}");
            return ExitCode::FAILURE;
        }
    };
    match arguments.seed {
        Some(seed) => one(seed, &arguments),
        None if arguments.only_mutants => hunt(),
        None => many(&arguments),
    }
}

fn one(seed: u64, arguments: &Arguments) -> ExitCode {
    let mut plan = match arguments.mutant {
        Some(mutant) if arguments.aimed => aim::plan(mutant, seed),
        _ => Plan::of(seed),
    };
    if let Some(numbers) = &arguments.only {
        plan = plan.keeping(numbers);
    }
    let report = run(&plan, arguments.mutant, Trace::readable());
    for line in report.trace.lines() {
        println!("{line}");
    }
    match report.outcome {
        Ok(()) => {
            println!(
                "seed {seed}: every rule holds ({} edits expected and there)",
                report.expected
            );
            ExitCode::SUCCESS
        }
        Err(violation) => {
            println!(
                "seed {seed}: {} is broken: {}",
                violation.rule, violation.details
            );
            ExitCode::FAILURE
        }
    }
}

fn hunt() -> ExitCode {
    let (caught, planted) = catch_mutants();
    println!("simulation: {caught} of {planted} mutants caught");
    if caught == planted {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[derive(Default)]
struct Tally {
    faults: BTreeMap<Fault, u64>,
    /// What happened to whole servers, devices and documents, and servers that are unlike others.
    events: BTreeMap<String, u64>,
    expected: usize,
    conflicts: usize,
    resources: Resources,
    runs: u64,
    failed: Vec<u64>,
}

fn many(arguments: &Arguments) -> ExitCode {
    let seeds = arguments.seeds.unwrap_or(SEEDS);
    let began = Instant::now();
    let tally = run_seeds(arguments, seeds);
    let took = began.elapsed().as_secs_f64();
    println!("faults, and how often each struck:");
    for fault in Fault::ALL {
        let struck = tally.faults.get(fault).copied().unwrap_or(0);
        println!("  {struck:>8}  {fault:?}");
    }
    println!("what else befell them:");
    for (event, count) in &tally.events {
        println!("  {count:>8}  {event}");
    }
    let Resources {
        requests,
        bytes,
        grown_percent,
    } = tally.resources;
    println!(
        "the most that a device needed: {requests} requests at once, {bytes} bytes on their way, files that grew by {grown_percent} % of what was written"
    );
    for seed in tally.failed.iter().take(3) {
        tell(*seed, arguments.mutant);
    }
    let silent: Vec<_> = Fault::ALL
        .iter()
        .filter(|fault| !tally.faults.contains_key(fault))
        .collect();
    let all_struck = silent.is_empty() || seeds < 1000;
    if !all_struck {
        println!("these faults never struck: {silent:?}");
    }
    let (hunted, all_caught) = if arguments.without_mutants || arguments.mutant.is_some() {
        ("mutants not hunted".to_owned(), true)
    } else {
        let (caught, planted) = catch_mutants();
        (
            format!("{caught} of {planted} mutants caught"),
            caught == planted,
        )
    };
    let good = tally.failed.is_empty() && all_struck && all_caught;
    println!(
        "simulation: {}. {} seeds from {} in {took:.0} s ({:.0}/s), {} kinds of faults struck {} times, {} edits expected and there, {} notes left in conflict, {hunted}",
        if good { "ok" } else { "FAILED" },
        tally.runs,
        arguments.first,
        tally.runs as f64 / took.max(0.001),
        tally.faults.len(),
        tally.faults.values().sum::<u64>(),
        tally.expected,
        tally.conflicts,
    );
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run_seeds(arguments: &Arguments, seeds: u64) -> Tally {
    let first = arguments.first;
    let next = AtomicU64::new(first);
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..workers() {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + seeds || lock(&tally).failed.len() > FAILURES_SHOWN {
                        break;
                    }
                    let plan = Plan::of(seed);
                    let go = || run(&plan, arguments.mutant, Trace::default());
                    let report = go();
                    let twice = seed.is_multiple_of(100) || report.outcome.is_err();
                    let same = !twice || go().trace.hash() == report.trace.hash();
                    let mut tally = lock(&tally);
                    tally.take(&plan, &report);
                    if !same {
                        println!("seed {seed} is not the same run twice");
                        tally.failed.push(seed);
                    }
                }
            });
        }
    });
    tally.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// How many of the mutants were caught, and how many there are.
fn catch_mutants() -> (usize, usize) {
    let began = Instant::now();
    let sought = sought();
    let next = AtomicUsize::new(0);
    let caught: Mutex<BTreeMap<Mutant, (u64, Violation, f64)>> = Mutex::default();
    // A mutant may well panic; that is one way of being caught.
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::scope(|scope| {
        for _ in 0..workers() {
            scope.spawn(|| {
                while let Some(mutant) = sought.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let began = Instant::now();
                    let seeds = hint(*mutant).into_iter().chain(1..=SEEDS_PER_MUTANT);
                    let violation = seeds.into_iter().find_map(|seed| {
                        let plan = aim::plan(*mutant, seed);
                        let report = run(&plan, Some(*mutant), Trace::default());
                        let violation = report.outcome.err()?;
                        // What breaks without it as well is not its doing.
                        let without = run(&plan, None, Trace::default());
                        without.outcome.is_ok().then_some((seed, violation))
                    });
                    let took = began.elapsed().as_secs_f64();
                    let Some((seed, violation)) = violation else {
                        println!("{mutant:?} escaped, {took:.1} s");
                        continue;
                    };
                    println!("{mutant:?} is caught by seed {seed}, {took:.1} s");
                    lock(&caught).insert(*mutant, (seed, violation, took));
                }
            });
        }
    });
    std::panic::set_hook(loud);
    let caught = caught.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("| mutant | seed | rule it breaks | seconds |\n|---|---|---|---|");
    for mutant in &sought {
        match caught.get(mutant) {
            Some((seed, violation, took)) => {
                println!("| {mutant:?} | {seed} | {} | {took:.1} |", violation.rule);
            }
            None => println!("| {mutant:?} | NOT CAUGHT by {SEEDS_PER_MUTANT} seeds | | |"),
        }
    }
    println!("mutants took {:.0} s", began.elapsed().as_secs_f64());
    (caught.len(), sought.len())
}

/// All but those that a story finds, each with a test of its own in `stories.rs`.
fn sought() -> Vec<Mutant> {
    let all = Mutant::ALL.iter().copied();
    all.filter(|mutant| !FOUND_BY_STORIES.contains(mutant))
        .collect()
}

/// The first seed that is known to catch it: where it still does, nobody looks for another.
fn hint(mutant: Mutant) -> Option<u64> {
    let known = HINTS.iter().find(|(known, _)| *known == mutant);
    known.map(|(_, seed)| *seed)
}

impl Tally {
    fn take(&mut self, plan: &Plan, report: &Report) {
        let seed = plan.seed;
        for event in plan.events() {
            *self.events.entry(event).or_default() += 1;
        }
        for (fault, count) in &report.faults {
            *self.faults.entry(*fault).or_default() += count;
        }
        self.expected += report.expected;
        self.conflicts += report.conflicts;
        let (most, now) = (&mut self.resources, report.resources);
        most.requests = most.requests.max(now.requests);
        most.bytes = most.bytes.max(now.bytes);
        most.grown_percent = most.grown_percent.max(now.grown_percent);
        self.runs += 1;
        if let Err(violation) = &report.outcome {
            println!(
                "seed {seed}: {} is broken: {}",
                violation.rule, violation.details
            );
            self.failed.push(seed);
        }
    }
}

/// A failing seed, made as small as it gets, and how to see it again.
fn tell(seed: u64, mutant: Option<Mutant>) {
    let plan = Plan::of(seed);
    let Err(violation) = run(&plan, mutant, Trace::default()).outcome else {
        return;
    };
    let least = shrink(&plan, mutant, violation.rule);
    let mutant = mutant.map_or_else(String::new, |mutant| format!(" --mutant {mutant:?}"));
    println!(
        "\nseed {seed} breaks {} with these of its {} actions:",
        violation.rule,
        plan.actions.len()
    );
    print!("{}", summary(&least));
    println!(
        "see it: cargo xtask sim --seed {seed}{mutant} --only {}",
        only(&least)
    );
}
