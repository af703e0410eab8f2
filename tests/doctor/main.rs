//! Broken worlds, each really set up on loopback: what does `sheaf doctor` call them, does it accuse anybody else, and
//! does the next run pass once the fix is carried out or the cause is cured?
//!
//! The worlds live in a network namespace of their own, where names, routes and ports are ours and nothing else can be
//! reached: a question to a host that is not the user's own would fail there, and the name server writes down every
//! name it is asked for. Where the system gives no namespaces, that is said and nothing is tested.
//!
//! `cargo test -p sheaf-tests --test doctor -- WORD…` runs the worlds whose name has one of the words.

#![expect(
    clippy::disallowed_methods,
    reason = "a test program is the edge: it reads which server it is given"
)]

mod gateway;
mod names;
mod namespace;
mod patient;
mod worlds;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use names::Names;
use sheaf_tests::{Couch, Kind, certificates, listeners};
use worlds::{Stage, World};

/// At the same moment; nearly all of their time is waiting.
const TOGETHER: usize = 8;

fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    if !namespace::is_inside() {
        return namespace::enter();
    }
    // Each world's failure is told in its own line.
    std::panic::set_hook(Box::new(|_| {}));
    let stage = Stage {
        names: Names::serve(),
    };
    let real = Couch::shared(Kind::Couchdb).is_some();
    if !real {
        say(
            "skipped: the worlds of accounts, rights, limits, feeds and histories need a real CouchDB",
        );
    }
    let wanted: Vec<&World> = worlds::ALL
        .iter()
        .filter(|world| real || !needs_a_real_one(world))
        .filter(|world| asked.is_empty() || asked.iter().any(|word| world.name.contains(word)))
        .collect();
    let next = Mutex::new(0_usize);
    let outcomes = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..TOGETHER {
            scope.spawn(|| {
                loop {
                    let at = {
                        let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
                        *next += 1;
                        *next - 1
                    };
                    let Some(world) = wanted.get(at) else { return };
                    let begun = Instant::now();
                    let outcome = catch_unwind(AssertUnwindSafe(|| (world.run)(&stage)));
                    let seconds = begun.elapsed().as_secs_f32();
                    let told = match outcome {
                        Ok(course) => Ok(course),
                        Err(panic) => Err(words(panic.as_ref())),
                    };
                    say(&match &told {
                        Ok(course) => format!("ok      {} ({seconds:.1} s): {course}", world.name),
                        Err(why) => format!("FAILED  {} ({seconds:.1} s): {why}", world.name),
                    });
                    outcomes
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .insert(world.name, told.is_ok());
                }
            });
        }
    });
    let outcomes = outcomes
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let failed: Vec<&str> = outcomes
        .iter()
        .filter(|(_, passed)| !**passed)
        .map(|(name, _)| *name)
        .collect();
    let strangers = stage.names.asked_for_strangers();
    say(&format!(
        "\n{} worlds, {} failed{}{}; names of others that were asked for: {strangers:?}",
        outcomes.len(),
        failed.len(),
        if failed.is_empty() { "" } else { ": " },
        failed.join(", "),
    ));
    if failed.is_empty() && strangers.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The npm peer has other rights, limits and feeds.
fn needs_a_real_one(world: &World) -> bool {
    world.name.starts_with("database::") || world.name.starts_with("history::")
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without words".to_owned())
}

fn say(line: &str) {
    // Nobody to tell is no reason to fail.
    let _ = writeln!(std::io::stderr(), "{line}");
}
