//! Seeds of the simulation in front of an encrypted account.
//! `cargo xtask sim --hosted --seeds 5000` for more of them, `--hosted --seed 123 --only 4,7,9` for one of them, with its story.

#![expect(clippy::print_stdout, reason = "its report is what it is for")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests are the edge: they read how many seeds are wanted"
)]

use std::{
    collections::BTreeMap,
    process::ExitCode,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sheaf_sim::{
    arguments::Arguments,
    hosted::{
        Fault,
        plan::Plan,
        run::{Report, least, run},
    },
    shrink::{only, summary},
    trace::Trace,
};

const SEEDS: u64 = 300;
/// After so many failures there is nothing more to learn from the next one.
const FAILURES_SHOWN: usize = 3;

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
        None => many(&arguments),
    }
}

fn one(seed: u64, arguments: &Arguments) -> ExitCode {
    let mut plan = Plan::of(seed);
    if let Some(numbers) = &arguments.only {
        plan = plan.keeping(numbers);
    }
    let report = run(&plan, Trace::readable());
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
    events: BTreeMap<String, u64>,
    expected: usize,
    requests: u64,
    runs: u64,
    failed: Vec<u64>,
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn many(arguments: &Arguments) -> ExitCode {
    let seeds = arguments.seeds.unwrap_or(SEEDS);
    let began = Instant::now();
    let next = AtomicU64::new(arguments.first);
    let tally = Mutex::new(Tally::default());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let enough = lock(&tally).failed.len() >= FAILURES_SHOWN;
                    if seed >= arguments.first + seeds || enough {
                        break;
                    }
                    let plan = Plan::of(seed);
                    let report = run(&plan, Trace::default());
                    let twice = seed.is_multiple_of(50) || report.outcome.is_err();
                    let same =
                        !twice || run(&plan, Trace::default()).trace.hash() == report.trace.hash();
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
    let tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    report(&tally, arguments.first, began.elapsed())
}

fn report(tally: &Tally, first: u64, took: Duration) -> ExitCode {
    println!("faults, and how often each struck:");
    for fault in Fault::ALL {
        let struck = tally.faults.get(fault).copied().unwrap_or(0);
        println!("  {struck:>8}  {fault:?}");
    }
    println!("what else befell them:");
    for (event, count) in &tally.events {
        println!("  {count:>8}  {event}");
    }
    for seed in &tally.failed {
        tell(*seed);
    }
    let took = took.as_secs_f64();
    let good = tally.failed.is_empty() && tally.runs > 0;
    println!(
        "simulation of an account: {}. {} seeds from {first} in {took:.0} s ({:.1}/s), {} faults in {} requests, {} edits expected and there",
        if good { "ok" } else { "FAILED" },
        tally.runs,
        tally.runs as f64 / took.max(0.001),
        tally.faults.values().sum::<u64>(),
        tally.requests,
        tally.expected,
    );
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

impl Tally {
    fn take(&mut self, plan: &Plan, report: &Report) {
        for event in plan.events() {
            *self.events.entry(event).or_default() += 1;
        }
        for (fault, count) in &report.faults {
            *self.faults.entry(*fault).or_default() += count;
        }
        self.expected += report.expected;
        self.requests += report.requests;
        self.runs += 1;
        if let Err(violation) = &report.outcome {
            println!(
                "seed {}: {} is broken: {}",
                plan.seed, violation.rule, violation.details
            );
            self.failed.push(plan.seed);
        }
    }
}

/// A failing seed, made as small as it gets, and how to see it again.
fn tell(seed: u64) {
    let plan = Plan::of(seed);
    let Err(violation) = run(&plan, Trace::default()).outcome else {
        return;
    };
    let least = least(&plan, violation.rule);
    println!(
        "\nseed {seed} breaks {} with these of its {} actions:",
        violation.rule,
        plan.actions.len()
    );
    print!("{}", summary(&least.actions));
    println!(
        "see it: cargo xtask sim --hosted --seed {seed} --only {}",
        only(&least.actions)
    );
}
