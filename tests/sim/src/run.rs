//! One run: from a plan to what came of it.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use sheaf_sync::mutant::{Mutant, plant};

use crate::{
    server::fault::Fault,
    shrink::shrink,
    trace::Trace,
    world::{
        Outcome, Violation, World,
        checks::Resources,
        plan::{Action, Plan},
    },
};

/// After so many rounds of each device all must be equal.
const ROUNDS: usize = 3;

#[derive(Debug, Clone)]
pub struct Report {
    pub outcome: Outcome,
    pub trace: Trace,
    pub faults: BTreeMap<Fault, u64>,
    /// Edits that were acknowledged and are still expected.
    pub expected: usize,
    pub conflicts: usize,
    pub resources: Resources,
}

/// Runs `plan` with at most one mutant at work.
pub fn run(plan: &Plan, mutant: Option<Mutant>, trace: Trace) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime of one thread");
    plant(mutant);
    let ran = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(simulate(plan, trace.clone()))
    }));
    plant(None);
    ran.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        let words = words
            .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
            .unwrap_or_default();
        Report {
            outcome: Err(Violation::new("panic", words)),
            trace,
            faults: BTreeMap::new(),
            expected: 0,
            conflicts: 0,
            resources: Resources::default(),
        }
    })
}

/// The plan with as few actions as still break `rule`.
#[must_use]
pub fn least(plan: &Plan, mutant: Option<Mutant>, rule: &str) -> Plan {
    let with = |actions: &[(usize, Action)]| Plan {
        actions: actions.to_vec(),
        ..plan.clone()
    };
    let fails = |actions: &[(usize, Action)]| {
        let outcome = run(&with(actions), mutant, Trace::default()).outcome;
        outcome.is_err_and(|violation| violation.rule == rule)
    };
    with(&shrink(&plan.actions, fails))
}

/// Lives through something that is written down step by step instead of drawn from a seed.
///
/// # Panics
/// When a rule is broken; with all that happened.
pub fn tell(plan: &Plan, story: impl AsyncFnOnce(&World) -> Outcome) {
    in_virtual_time(async |trace| story(&World::new(plan, trace)).await);
}

/// A story of its own world.
///
/// # Panics
/// When a rule is broken; with all that happened.
pub(crate) fn in_virtual_time(story: impl AsyncFnOnce(&Trace) -> Outcome) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime of one thread");
    let trace = Trace::readable();
    if let Err(violation) = runtime.block_on(story(&trace)) {
        panic!(
            "{}\n{} is broken: {}",
            trace.lines().join("\n"),
            violation.rule,
            violation.details
        );
    }
}

/// All rules at once, after everybody has settled.
pub async fn check(world: &World) -> Outcome {
    check_all(world).await.map(drop)
}

async fn check_all(world: &World) -> Outcome<Resources> {
    world.settle_on_short_requests().await?;
    world.settle(ROUNDS).await?;
    world.check().await?;
    world.check_quiet().await?;
    world.check_secrets()?;
    world.check_again().await?;
    world.check_resources()
}

async fn simulate(plan: &Plan, trace: Trace) -> Report {
    let world = World::new(plan, &trace);
    let outcome = live_through(&world, plan).await;
    if let Err(violation) = &outcome {
        trace.say(|| format!("{}: {}", violation.rule, violation.details));
        tell_documents(&world, &trace, &violation.details);
    }
    let resources = outcome.clone().unwrap_or_default();
    let outcome = outcome.map(drop);
    let expected = world.ledger.borrow().expected().count();
    let conflicts = match world.devices.first() {
        Some(device) => world
            .ids_in(device, sheaf_store::Scope::Conflicts)
            .await
            .map_or(0, |ids| ids.len()),
        None => 0,
    };
    Report {
        outcome,
        trace,
        faults: world.counted(),
        expected,
        conflicts,
        resources,
    }
}

/// What was ever written of the documents that somebody complains about: most of what one wants to know about a failure.
fn tell_documents(world: &World, trace: &Trace, complaint: &str) {
    let Some(server) = world.model() else { return };
    let server = server.lock();
    let documents = server.database().map(|database| &database.documents);
    let named = documents.into_iter().flatten();
    for (id, document) in named.filter(|(id, _)| complaint.contains(id.as_str())) {
        for (revision, parent, _) in document.shape() {
            trace.say(|| {
                let after = parent.map_or_else(String::new, |parent| format!(" after {parent}"));
                let said = match document.written(&revision) {
                    None => "of which only the name is known".to_owned(),
                    Some(content) if content.deleted => format!("deleted {:?}", content.body),
                    Some(content) => serde_json::to_string(&content.body).unwrap_or_default(),
                };
                format!("{id} {revision}{after}: {said}")
            });
        }
    }
}

async fn live_through(world: &World, plan: &Plan) -> Outcome<Resources> {
    for (number, action) in &plan.actions {
        world.act(*number, action, plan.seed).await?;
    }
    check_all(world).await
}
