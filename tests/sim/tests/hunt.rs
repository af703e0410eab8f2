//! The hunt for planted mutants: each must be caught by some seed, or by the story that is about it.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use sheaf_sim::{FOUND_BY_STORIES, run::run, trace::Trace};
use sheaf_sync::mutant::Mutant;

use crate::{aim, workers};

/// A mutant that so many seeds do not notice is not caught.
const SEEDS_PER_MUTANT: u64 = 600;

/// The first seed that caught each when the hunt was last run over all. A plan or a rule that has changed since may want
/// others: the hunt finds them.
const CAUGHT_BY: &[(Mutant, u64)] = &[
    (Mutant::CheckpointBeforeData, 5),
    (Mutant::WithheldIsSkipped, 1),
    (Mutant::AttachmentUnchecked, 2),
    (Mutant::CutFeedIsTheEnd, 1),
    (Mutant::LostAnswerIsAnAck, 13),
    (Mutant::RefusalIsAnAck, 1),
    (Mutant::FullQuotaIsAnAck, 1),
    (Mutant::NobodyHalves, 1),
    (Mutant::AnotherDatabaseIsTheSame, 3),
    (Mutant::RolledBackIsTheSame, 2),
    (Mutant::NoBrake, 21),
    (Mutant::WinnersOnly, 2),
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
    (Mutant::UnknownFieldsDropped, 8),
    (Mutant::OverlapGoesToTheWinner, 7),
    (Mutant::OneInsertionIsKept, 8),
    (Mutant::TagsOfTheWinner, 17),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The seed that is known to catch it, and no other: a minute for all of them.
    Known,
    /// Where that seed does not, or none is known, the others from 1 on.
    UntilCaught,
}

struct Caught {
    seed: u64,
    rule: &'static str,
    seconds: f64,
}

/// Runs seeds against each mutant that no story is about. `Err`: some went unnoticed.
pub(crate) fn hunt(depth: Depth) -> Result<String, String> {
    let began = Instant::now();
    let all = Mutant::ALL.iter().copied();
    let sought: Vec<Mutant> = all
        .filter(|mutant| !FOUND_BY_STORIES.contains(mutant))
        .collect();
    let next = AtomicUsize::new(0);
    let caught: Mutex<BTreeMap<Mutant, Caught>> = Mutex::default();
    // A mutant may well panic; that is one way of being caught.
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::scope(|scope| {
        for _ in 0..workers() {
            scope.spawn(|| {
                while let Some(mutant) = sought.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(by) = look_for(*mutant, depth) {
                        let mut caught = caught.lock().unwrap_or_else(PoisonError::into_inner);
                        caught.insert(*mutant, by);
                    }
                }
            });
        }
    });
    std::panic::set_hook(loud);
    let caught = caught.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("| mutant | seed | rule it breaks | seconds |\n|---|---|---|---|");
    for (mutant, by) in &caught {
        println!(
            "| {mutant:?} | {} | {} | {:.1} |",
            by.seed, by.rule, by.seconds
        );
    }
    let mut words = format!(
        "{} of {} mutants caught by seeds in {:.0} s, {} more are a story's",
        caught.len(),
        sought.len(),
        began.elapsed().as_secs_f64(),
        FOUND_BY_STORIES.len(),
    );
    let escaped: Vec<Mutant> = sought
        .into_iter()
        .filter(|mutant| !caught.contains_key(mutant))
        .collect();
    if escaped.is_empty() {
        return Ok(words);
    }
    let _ = write!(words, "; not caught: {escaped:?}");
    if depth == Depth::Known {
        words
            .push_str(". `cargo xtask sim --only-mutants` looks for the seeds that catch them now");
    }
    Err(words)
}

fn look_for(mutant: Mutant, depth: Depth) -> Option<Caught> {
    let began = Instant::now();
    let known = CAUGHT_BY.iter().find(|(known, _)| *known == mutant);
    let most = match depth {
        Depth::Known => 0,
        Depth::UntilCaught => SEEDS_PER_MUTANT,
    };
    let mut seeds = known.map(|(_, seed)| *seed).into_iter().chain(1..=most);
    let found = seeds.find_map(|seed| {
        let plan = aim::plan(mutant, seed);
        let violation = run(&plan, Some(mutant), Trace::default()).outcome.err()?;
        // What breaks without it as well is not its doing.
        let without = run(&plan, None, Trace::default());
        without.outcome.is_ok().then_some((seed, violation.rule))
    });
    let seconds = began.elapsed().as_secs_f64();
    let Some((seed, rule)) = found else {
        println!("{mutant:?} was not caught, in {seconds:.1} s");
        return None;
    };
    println!("{mutant:?} is caught by seed {seed}: {rule}, in {seconds:.1} s");
    Some(Caught {
        seed,
        rule,
        seconds,
    })
}
