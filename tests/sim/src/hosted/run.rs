//! One run: from a plan to what came of it, and the least of a plan that still breaks the same rule.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::{
    line::Fault,
    plan::{Action, Plan},
    world::World,
};
use crate::{
    shrink::shrink,
    trace::Trace,
    world::{Outcome, Violation},
};

#[derive(Debug, Clone)]
pub struct Report {
    pub outcome: Outcome,
    pub trace: Trace,
    pub faults: BTreeMap<Fault, u64>,
    /// Edits that were acknowledged and are still expected.
    pub expected: usize,
    pub requests: u64,
}

pub fn run(plan: &Plan, trace: Trace) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime of one thread");
    let ran = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(simulate(plan, trace.clone()))
    }));
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
            requests: 0,
        }
    })
}

async fn simulate(plan: &Plan, trace: Trace) -> Report {
    let world = World::new(plan, &trace);
    let outcome = live_through(&world, plan).await;
    if let Err(violation) = &outcome {
        trace.say(|| format!("{}: {}", violation.rule, violation.details));
    }
    let mut faults: BTreeMap<Fault, u64> = BTreeMap::new();
    for device in &world.devices {
        for (fault, count) in &device.line.weather().counted {
            *faults.entry(*fault).or_default() += count;
        }
    }
    let expected = world.ledger.borrow().expected().count();
    let requests = world.ear.lock().map_or(0, |ear| ear.requests);
    Report {
        outcome,
        trace,
        faults,
        expected,
        requests,
    }
}

async fn live_through(world: &World, plan: &Plan) -> Outcome {
    world.save_searches().await?;
    for (number, action) in &plan.actions {
        world.act(*number, action, plan.seed).await?;
    }
    world.check(plan).await
}

/// The plan with as few actions as still break `rule`.
#[must_use]
pub fn least(plan: &Plan, rule: &str) -> Plan {
    let with = |actions: &[(usize, Action)]| Plan {
        actions: actions.to_vec(),
        ..plan.clone()
    };
    let fails = |actions: &[(usize, Action)]| {
        let outcome = run(&with(actions), Trace::default()).outcome;
        outcome.is_err_and(|violation| violation.rule == rule)
    };
    with(&shrink(&plan.actions, fails))
}
