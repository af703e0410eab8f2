//! A server that lies: hands out older states, withholds, deletes by itself, sends plain text,
//! gives items other types, offers weaker keys, or sends rubbish. Nothing of what is here is lost
//! by any of it, and what can be noticed is told.

#![allow(clippy::unwrap_used)]

mod common;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use common::*;
use serde_json::{Value, json};
use sheaf_crypto::{KeyError, Version};
use sheaf_hosted::{Floor, HostedError, Proof, SignIn, SuspicionKind};

const ITEMS: &str = "POST /v1/items";

/// Two devices, both with the note `x` in its first state.
async fn two(server: &TestServer) -> (Device, Device) {
    let (a, _) = Device::sign_up("a", server, "correct horse").await;
    a.write("note:x", "one");
    a.synced().await;
    let b = Device::sign_in("b", server, "correct horse").await.unwrap();
    b.synced().await;
    (a, b)
}

fn is_note(item: &Value) -> bool {
    item["content_type"] == "Note"
}

/// The note as the server has it now.
async fn stolen(server: &TestServer) -> Value {
    let stash = Arc::new(Mutex::new(Value::Null));
    let stashing = stash.clone();
    server.lie(move |path, answer| {
        let items = answer["retrieved_items"].as_array();
        if let Some(item) = items
            .into_iter()
            .flatten()
            .find(|item| path == ITEMS && is_note(item))
        {
            *stashing.lock().unwrap() = item.clone();
        }
    });
    let spy = Device::sign_in("spy", server, "correct horse")
        .await
        .unwrap();
    spy.synced().await;
    server.be_honest();
    let item = stash.lock().unwrap().clone();
    assert!(is_note(&item));
    item
}

/// The server puts `item` into its next answers, as its newest state.
fn hand_out(server: &TestServer, mut item: Value) {
    server.pass(1000);
    let at = server.now.load(std::sync::atomic::Ordering::Relaxed) * 1000;
    item["updated_at_timestamp"] = at.into();
    item["updated_at"] = sheaf_protocol::Micros(at).to_iso().into();
    server.lie(move |path, answer| {
        if path == ITEMS
            && let Some(items) = answer["retrieved_items"].as_array_mut()
        {
            items.retain(|other| other["uuid"] != item["uuid"]);
            items.push(item.clone());
        }
    });
}

#[tokio::test]
async fn an_older_state_is_not_taken_for_a_newer_one() {
    let server = TestServer::start().await;
    let (a, b) = Box::pin(two(&server)).await;
    let old = stolen(&server).await;
    a.write("note:x", "two");
    a.synced().await;
    b.synced().await;
    assert_eq!(b.text("note:x").as_deref(), Some("two"));
    hand_out(&server, old);
    let _ = b.sync().await;
    assert_eq!(b.text("note:x").as_deref(), Some("two"));
    assert!(
        b.suspicions()
            .await
            .contains(&(SuspicionKind::Older, "note:x".into()))
    );
    server.be_honest();
    b.synced().await;
    a.synced().await;
    assert_eq!(a.text("note:x").as_deref(), Some("two"));
}

#[tokio::test]
async fn a_deletion_that_no_device_made_is_told() {
    let server = TestServer::start().await;
    let (a, b) = Box::pin(two(&server)).await;
    let mut gone = stolen(&server).await;
    gone["deleted"] = true.into();
    gone["content"] = Value::Null;
    gone["enc_item_key"] = Value::Null;
    hand_out(&server, gone);
    let _ = b.sync().await;
    server.be_honest();
    assert_eq!(
        b.suspicions().await,
        [],
        "the list that explains it may still be on its way"
    );
    server.pass(11 * 60 * 1000);
    b.synced().await;
    assert_eq!(
        b.suspicions().await,
        [(SuspicionKind::Deleted, "note:x".to_owned())]
    );
    // One that a device made is explained.
    a.write("note:y", "short-lived");
    a.synced().await;
    b.synced().await;
    a.replica.delete(&doc("note:y"));
    a.synced().await;
    b.synced().await;
    server.pass(11 * 60 * 1000);
    a.synced().await;
    b.synced().await;
    assert_eq!(b.suspicions().await.len(), 1);
}

/// A device that asked for a deletion and heard no answer lists the deletion it meets as its own. That must not outlive the
/// state it was asked for: here somebody wrote on instead, and the note stayed.
#[tokio::test]
async fn a_deletion_that_was_asked_for_in_vain_explains_no_later_one() {
    let server = TestServer::start().await;
    let (a, b) = Box::pin(two(&server)).await;
    let nothing_arrives = || {
        let asked = AtomicUsize::new(0);
        server.guard(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
            0 => Door::Open,
            _ => Door::ShutBefore,
        });
    };
    a.replica.delete(&doc("note:x"));
    nothing_arrives();
    assert!(a.sync().await.is_err(), "the deletion");
    server.unguard();
    b.write("note:x", "two");
    b.synced().await;
    // Pulled only: what is sent over it would be another state, too.
    nothing_arrives();
    assert!(a.sync().await.is_err(), "that one side was deleted");
    server.unguard();
    assert_eq!(a.text("note:x").as_deref(), Some("two"));
    let mut gone = stolen(&server).await;
    gone["deleted"] = true.into();
    gone["content"] = Value::Null;
    gone["enc_item_key"] = Value::Null;
    hand_out(&server, gone);
    let _ = a.sync().await;
    server.be_honest();
    server.pass(11 * 60 * 1000);
    a.synced().await;
    assert_eq!(
        a.suspicions().await,
        [(SuspicionKind::Deleted, "note:x".to_owned())]
    );
}

#[tokio::test]
async fn what_is_withheld_from_a_device_is_told_there() {
    let server = TestServer::start().await;
    let (a, _) = Device::sign_up("a", &server, "correct horse").await;
    a.write("note:x", "one");
    a.write("note:y", "two");
    a.synced().await;
    let withheld = Arc::new(Mutex::new(Value::Null));
    server.lie(move |_, answer| {
        let mut withheld = withheld.lock().unwrap();
        if let Some(items) = answer["retrieved_items"].as_array_mut()
            && let Some(at) = items.iter().position(is_note)
            && withheld.is_null()
        {
            *withheld = items.remove(at)["uuid"].clone();
        }
        if let Some(items) = answer["mismatches"].as_array_mut() {
            items.retain(|item| item["uuid"] != *withheld);
        }
    });
    let b = Device::sign_in("b", &server, "correct horse")
        .await
        .unwrap();
    let _ = b.sync().await;
    let kinds: Vec<_> = b
        .suspicions()
        .await
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    assert_eq!(kinds, [SuspicionKind::Missing]);
    // It was told, and once the server hands it out it is there.
    server.be_honest();
    b.synced().await;
    assert_eq!(b.replica.ids(), a.replica.ids());
}

#[tokio::test]
async fn plain_text_and_other_types_are_never_taken_for_notes() {
    let server = TestServer::start().await;
    let (_a, b) = Box::pin(two(&server)).await;
    let genuine = stolen(&server).await;
    let mut plain = genuine.clone();
    // "000" and base64 of {"title":"t","text":"injected","references":[]}
    plain["content"] = "000eyJ0aXRsZSI6InQiLCJ0ZXh0IjoiaW5qZWN0ZWQiLCJyZWZlcmVuY2VzIjpbXX0=".into();
    plain["enc_item_key"] = Value::Null;
    let mut half = plain.clone();
    half["enc_item_key"] = genuine["enc_item_key"].clone();
    let mut retyped = genuine.clone();
    retyped["content_type"] = "Tag".into();
    let mut another = genuine.clone();
    another["uuid"] = "3162fe3a-1b5b-4cf5-b88a-afcb9996b23a".into();
    for forged in [plain, half, retyped, another] {
        hand_out(&server, forged);
        let _ = b.sync().await;
        server.be_honest();
        assert_eq!(b.text("note:x").as_deref(), Some("one"));
        assert_eq!(b.replica.ids().len(), 1, "{:?}", b.replica.ids());
    }
    assert!(
        b.suspicions()
            .await
            .iter()
            .any(|(kind, _)| *kind == SuspicionKind::Retyped)
    );
}

/// What could not be opened was written over with what was here, on the time the server named: one spoilt answer
/// made this device throw away what another had just written.
#[tokio::test]
async fn what_was_spoilt_on_its_way_is_not_written_over() {
    let server = TestServer::start().await;
    let (a, b) = Box::pin(two(&server)).await;
    a.write("note:x", "two");
    a.synced().await;
    server.lie(|path, answer| {
        if path == ITEMS
            && let Some(items) = answer["retrieved_items"].as_array_mut()
        {
            for item in items.iter_mut().filter(|item| is_note(item)) {
                item["content"] = "000e30=".into();
            }
        }
        // Asked once more, it says the same.
        if path.starts_with("GET /v1/items/") {
            answer["item"]["content"] = "000e30=".into();
        }
    });
    let _ = b.sync().await;
    b.write("note:x", "by b");
    let _ = b.sync().await;
    server.be_honest();
    assert_eq!(
        b.suspicions().await,
        [(SuspicionKind::Altered, "note:x".to_owned())]
    );
    a.synced().await;
    assert_eq!(a.text("note:x").as_deref(), Some("two"));
    // The next session asks again, and both texts are there.
    let b = b.restarted(&server);
    b.synced().await;
    b.synced().await;
    a.synced().await;
    assert_eq!(b.replica.leaves(&doc("note:x")).len(), 2);
    assert_eq!(
        a.replica.leaves(&doc("note:x")),
        b.replica.leaves(&doc("note:x"))
    );
}

/// A device that was shown an older text under the newer one's time saves over the newer one. Whoever wrote that took
/// its own text for a branch that somebody had ended, and it was gone everywhere.
#[tokio::test]
async fn two_histories_make_a_conflict_and_no_text_is_thrown_away() {
    let server = TestServer::start().await;
    let (a, b) = Box::pin(two(&server)).await;
    let old = stolen(&server).await;
    a.write("note:x", "by a");
    a.synced().await;
    server.lie(move |path, answer| {
        if path == ITEMS
            && let Some(items) = answer["retrieved_items"].as_array_mut()
        {
            for item in items.iter_mut().filter(|item| is_note(item)) {
                for field in ["content", "enc_item_key"] {
                    item[field] = old[field].clone();
                }
            }
        }
    });
    let _ = b.sync().await;
    b.write("note:x", "by b");
    let _ = b.sync().await;
    server.be_honest();
    for device in [&a, &b, &a, &b] {
        device.synced().await;
    }
    let leaves = a.replica.leaves(&doc("note:x"));
    assert_eq!(leaves.len(), 2, "{leaves:?}");
    assert_eq!(leaves, b.replica.leaves(&doc("note:x")));
    assert!(
        a.suspicions()
            .await
            .contains(&(SuspicionKind::Forked, "note:x".into()))
    );
}

#[tokio::test]
async fn weaker_keys_are_refused_before_anything_is_sent() {
    let server = TestServer::start().await;
    let (_a, registered) = Device::sign_up("a", &server, "correct horse").await;
    let floor = registered.credentials.floor();
    let offered = |version: &'static str, cost: u32| {
        move |path: &str, answer: &mut Value| {
            if path.ends_with("login-params") {
                answer["version"] = version.into();
                answer["pw_cost"] = cost.into();
            }
        }
    };
    let attempt = async |floor: Option<Floor>, allow_older: bool| {
        let secret = password("correct horse");
        let request = SignIn {
            email: EMAIL,
            proof: Proof::Password(&secret),
            floor,
            allow_older,
        };
        let environment = Counting::seeded("b", server.now.clone());
        let refused = server.service().sign_in(request, &environment).await;
        refused.err().expect("the server lies")
    };
    server.lie(offered("003", 110_000));
    assert!(matches!(
        attempt(None, false).await,
        HostedError::OlderAccount {
            version: Version::V003,
            ..
        }
    ));
    assert!(matches!(
        attempt(Some(floor), true).await,
        HostedError::Downgrade
    ));
    server.lie(offered("003", 1));
    assert!(matches!(
        attempt(None, true).await,
        HostedError::Key(KeyError::CostTooLow { .. })
    ));
    server.lie(offered("001", 110_000));
    assert!(matches!(
        attempt(None, true).await,
        HostedError::Key(KeyError::Version("001"))
    ));
    server.lie(|path, answer| {
        if path.ends_with("login-params") {
            answer["identifier"] = "berta@example.org".into();
        }
    });
    assert!(matches!(
        attempt(None, true).await,
        HostedError::AnotherIdentifier
    ));
    let heard = server.everything_it_knows();
    assert!(
        !contains(&heard, "POST /v2/login\"") && !contains(&heard, "code_verifier"),
        "no password was sent"
    );
}

/// Pages that never end, answers that are something else, fields of other types.
#[tokio::test]
async fn rubbish_in_answers_loses_nothing_and_stops_nobody_for_good() {
    let server = TestServer::start().await;
    let (a, b) = Box::pin(two(&server)).await;
    for seed in 0_u64..40 {
        a.write("note:x", &format!("edit {seed}"));
        a.synced().await;
        server.lie(move |_, answer| spoil(answer, seed));
        let mine = format!("note:mine{seed}");
        b.write(&mine, "mine");
        let _ = b.sync().await;
        server.be_honest();
        assert_eq!(b.text(&mine).as_deref(), Some("mine"), "seed {seed}");
        // What was left out of an answer is found when both sides are compared, twice a day.
        server.pass(13 * 60 * 60 * 1000);
        b.synced().await;
        assert_eq!(
            b.text("note:x"),
            Some(format!("edit {seed}")),
            "seed {seed}"
        );
    }
    a.synced().await;
    assert_eq!(a.replica.ids(), b.replica.ids());
}

/// Changes one place of an answer, chosen by the seed.
fn spoil(answer: &mut Value, seed: u64) {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let mut place = answer;
    for _ in 0..next(5) {
        let count = match &*place {
            Value::Object(map) => map.len(),
            Value::Array(list) => list.len(),
            _ => 0,
        };
        if count == 0 {
            break;
        }
        let at = next(count);
        place = match place {
            Value::Object(map) => map.values_mut().nth(at).unwrap(),
            Value::Array(list) => &mut list[at],
            _ => unreachable!(),
        };
    }
    *place = match next(6) {
        0 => Value::Null,
        1 => json!("rubbish"),
        2 => json!(-1),
        3 => json!([]),
        4 => json!({"error": {"message": "no"}}),
        _ => json!([null, {}, 7]),
    };
}
