//! Thousands of seeds of the simulation, and then the planted mutants, each of which some seed must catch.
//! `cargo xtask sim --seeds 50000` for more of them, `--seed 123 --only 4,7,9` for one of them, with its story.

#![expect(clippy::print_stdout, reason = "its report is what it is for")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests are the edge: they read how many seeds are wanted"
)]

#[path = "aim.rs"]
mod aim;
#[path = "hunt.rs"]
mod hunt;

use std::{
    collections::BTreeMap,
    process::ExitCode,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use sheaf_sim::{
    arguments::Arguments,
    run::{Report, least, run},
    server::fault::Fault,
    shrink::{only, summary},
    trace::Trace,
    world::{checks::Resources, plan::Plan},
};
use sheaf_sync::mutant::Mutant;

const SEEDS: u64 = 5000;
/// After so many failures there is nothing more to learn from the next one.
const FAILURES_SHOWN: usize = 5;

fn main() -> ExitCode {
    let seeds = std::env::var("SHEAF_TEST_SEEDS").ok();
    let arguments = match Arguments::parse(seeds.as_deref(), std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(words) => {
            println!("{words}");
            return ExitCode::FAILURE;
        }
    };
    match arguments.seed {
        Some(seed) => one(seed, &arguments),
        None if arguments.only_mutants => match hunt::hunt(hunt::Depth::UntilCaught) {
            Ok(words) => {
                println!("simulation: {words}");
                ExitCode::SUCCESS
            }
            Err(words) => {
                println!("simulation: FAILED. {words}");
                ExitCode::FAILURE
            }
        },
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
    let hunted = if arguments.without_mutants || arguments.mutant.is_some() {
        Ok("mutants not hunted".to_owned())
    } else if arguments.known_mutants {
        hunt::hunt(hunt::Depth::Known)
    } else {
        hunt::hunt(hunt::Depth::UntilCaught)
    };
    let good = tally.failed.is_empty() && all_struck && hunted.is_ok();
    let (Ok(hunted) | Err(hunted)) = hunted;
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
    let least = least(&plan, mutant, violation.rule);
    let mutant = mutant.map_or_else(String::new, |mutant| format!(" --mutant {mutant:?}"));
    println!(
        "\nseed {seed} breaks {} with these of its {} actions:",
        violation.rule,
        plan.actions.len()
    );
    print!("{}", summary(&least.actions));
    println!(
        "see it: cargo xtask sim --seed {seed}{mutant} --only {}",
        only(&least.actions)
    );
}
