//! The built program against a server that lies. Each lie has a name and stands in one table; after each of them
//! nothing that was written is lost, nothing false was taken for true, nothing went out in the clear, and whoever sits
//! in front of it was told where there was something to tell.

mod items;
mod pages;
mod sessions;
mod sign_in;
mod world;

use std::collections::BTreeSet;

use sheaf_tests::{Liar, Lie, Reply, Request, SheafServer, say};

use world::{Stolen, World};

/// One way to lie.
struct Mutator {
    name: &'static str,
    lie: fn(&Stolen) -> Lie,
    told: Told,
}

/// How the person learns of it.
#[derive(Debug, Clone, Copy)]
enum Told {
    /// Sync stops with one of these codes.
    Stops(&'static [&'static str]),
    /// A warning of one of these kinds.
    Warns(&'static [&'static str]),
    /// Something is listed among what is held back.
    HoldsBack,
    /// There is nothing to tell: the lie was seen through, and everything is as it should be.
    SeenThrough,
    /// The note is hidden and its last text is still on the device. That no device deleted it is told ten minutes
    /// later: the list that explains it may be slower than the deletion.
    KeepsTheText,
    /// The device takes the lie for a slow server. Nobody could tell, until a later answer shows it.
    Waits,
}

/// What an answer to a sync holds.
fn on_items(mut change: impl FnMut(&mut serde_json::Value) + Send + 'static) -> Lie {
    Box::new(move |request: &Request, reply: &mut Reply| {
        if is_sync(request) && reply.status == 200 {
            reply.edit(&mut change);
        }
    })
}

fn is_sync(request: &Request) -> bool {
    request.method == "POST" && request.path == "/v1/items"
}

/// Runs a part of the table in a world of its own.
fn withstand(table: &[Mutator]) {
    let mut world = World::new();
    let mut failed = Vec::new();
    for mutator in table {
        match world.withstand(mutator) {
            Ok(how) => say(&format!("{}: {how}", mutator.name)),
            Err(why) => failed.push(format!("{}: {why}", mutator.name)),
        }
    }
    world.nothing_was_said_in_the_clear();
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

#[test]
fn the_table_has_at_least_forty_lies_of_different_names() {
    let names: BTreeSet<&str> = items::TABLE
        .iter()
        .chain(pages::TABLE)
        .chain(sessions::TABLE)
        .map(|mutator| mutator.name)
        .chain(sign_in::TABLE.iter().map(|offer| offer.name))
        .collect();
    let all =
        items::TABLE.len() + pages::TABLE.len() + sessions::TABLE.len() + sign_in::TABLE.len();
    assert_eq!(names.len(), all);
    assert!(all >= 40, "{all}");
    say(&format!("{all} ways to lie"));
}

#[test]
fn lies_about_items_are_seen_through() {
    withstand(items::TABLE);
}

#[test]
fn lies_about_pages_and_tokens_lose_nothing() {
    withstand(pages::TABLE);
}

#[test]
fn lies_about_sessions_and_statuses_lose_nothing() {
    withstand(sessions::TABLE);
}

#[test]
fn lies_about_keys_are_refused_before_anything_is_sent() {
    sign_in::refuse_all();
}

/// The address without its scheme.
fn authority(server: &SheafServer) -> &str {
    server.url().trim_start_matches("http://")
}

fn liar_before(server: &SheafServer) -> Liar {
    Liar::before(authority(server))
}
