//! The least of a plan that still breaks the same rule.

use sheaf_sync::mutant::Mutant;

use crate::{
    run::run,
    trace::Trace,
    world::plan::{Action, Plan},
};

/// Leaves out actions, deeds and faults as long as `rule` is still broken.
pub fn shrink(plan: &Plan, mutant: Option<Mutant>, rule: &str) -> Plan {
    let fails = |plan: &Plan| {
        run(plan, mutant, Trace::default())
            .outcome
            .is_err_and(|violation| violation.rule == rule)
    };
    let mut least = plan.clone();
    let mut chunk = least.actions.len().div_ceil(2).max(1);
    loop {
        let mut at = 0;
        while at < least.actions.len() {
            let mut shorter = least.clone();
            shorter
                .actions
                .drain(at..(at + chunk).min(shorter.actions.len()));
            if fails(&shorter) {
                least = shorter;
            } else {
                at += chunk;
            }
        }
        if chunk == 1 {
            break;
        }
        chunk = chunk.div_ceil(2);
    }
    least
}

/// The numbers of the actions that are left, as `--only` takes them.
pub fn only(plan: &Plan) -> String {
    let numbers: Vec<String> = plan
        .actions
        .iter()
        .map(|(number, _)| number.to_string())
        .collect();
    numbers.join(",")
}

/// How often each kind of action occurs, for a person who wants to know what a seed is about.
pub fn summary(plan: &Plan) -> String {
    plan.actions
        .iter()
        .map(|(number, action)| format!("  {number}: {}\n", words(action)))
        .collect()
}

fn words(action: &Action) -> String {
    format!("{action:?}")
}
