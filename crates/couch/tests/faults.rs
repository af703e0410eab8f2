//! Servers and networks that misbehave, one way per test. Everywhere the same three questions:
//! is anything lost, does the checkpoint vouch for something that is not here, does the rest go on?

#![allow(clippy::unwrap_used)]

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use common::{
    fake::{Fake, Reply},
    *,
};
use serde_json::json;
use sheaf_couch::{Progress, SyncError};
use sheaf_sync::{Fault, Replica as _, Seq};
use tokio::sync::Notify;

fn device(fake: &Fake) -> Device {
    Device::new("a", &remote(&fake.url))
}

async fn position(device: &Device, fake: &Fake) -> Option<Seq> {
    let id = remote_id(&remote(&fake.url));
    device
        .replica
        .remote_state(&id)
        .await
        .unwrap()
        .checkpoint
        .pulled
}

#[tokio::test]
async fn a_feed_cut_in_the_middle_is_not_the_end_of_the_feed() {
    let fake = Fake::start(|asked, before| {
        (asked.path == "_changes" && before == 0).then(|| {
            let row = json!({ "seq": 1, "id": "note:a", "changes": [{ "rev": "1-a" }],
                "doc": { "_id": "note:a", "_rev": "1-a", "title": "a" } });
            Reply::CutAfter(format!("{{\"results\":[{row},"))
        })
    })
    .await;
    fake.note("a", "1-a");
    fake.note("b", "1-b");
    let a = device(&fake);
    assert_eq!(a.sync().await.unwrap_err().fault(), Fault::Unreachable);
    assert_eq!(a.replica.ids().len(), 1, "what had arrived is kept");
    a.sync().await.unwrap();
    assert_eq!(a.replica.ids().len(), 2);
    assert_eq!(position(&a, &fake).await, Some(Seq(2.into())));
}

#[tokio::test]
async fn a_proper_answer_whose_json_ends_early_is_no_success() {
    let fake = Fake::start(|asked, before| {
        (asked.path == "_changes" && before == 0)
            .then(|| Reply::Text(200, "application/json", "{\"results\":[".to_owned()))
    })
    .await;
    fake.note("a", "1-a");
    let a = device(&fake);
    assert_eq!(a.sync().await.unwrap_err().fault(), Fault::NotTheServer);
    assert_eq!(position(&a, &fake).await, None);
    assert_eq!(a.sync().await.unwrap().pulled, 1);
}

/// A device that has met the remote, so that its next pull lists leaves and asks by name.
async fn met(fake: &Fake) -> Device {
    let a = device(fake);
    fake.note("first", "1-f");
    a.sync().await.unwrap();
    a
}

#[tokio::test]
async fn answers_to_bulk_get_are_known_by_their_names_not_their_places() {
    let fake = Fake::start(|asked, _| {
        (asked.path == "_bulk_get").then(|| {
            let ok = |name: &str, rev: &str| {
                json!({ "id": format!("note:{name}"), "docs": [
                    { "ok": { "_id": format!("note:{name}"), "_rev": rev, "title": name } }
                ]})
            };
            // Out of order, doubled, one nobody asked for, one newer than asked, one in pieces.
            Reply::Json(
                200,
                json!({ "results": [
                    ok("c", "1-c"), ok("a", "1-a"), ok("a", "1-a"), ok("stranger", "1-s"),
                    { "id": "note:b", "docs": [{ "ok": {
                        "_id": "note:b", "_rev": "2-bb", "title": "b",
                        "_revisions": { "start": 2, "ids": ["bb", "b"] } } }] },
                    { "id": "note:d", "docs": [{}] },
                ]}),
            )
        })
    })
    .await;
    let a = met(&fake).await;
    for name in ["a", "b", "c", "d"] {
        fake.note(name, &format!("1-{name}"));
    }
    let round = a.sync().await.unwrap();
    assert_eq!(round.pulled, 4);
    let ids: Vec<String> = a.replica.ids().iter().map(ToString::to_string).collect();
    assert_eq!(ids, ["note:a", "note:b", "note:c", "note:d", "note:first"]);
    assert_eq!(a.replica.leaves(&id("note:b"))[0].0.to_string(), "2-bb");
}

/// The feed has passed it and will not name it again: only asking for it by name helps.
#[tokio::test]
async fn what_was_given_up_is_taken_in_when_a_person_asks_for_it_again() {
    let mended = Arc::new(AtomicBool::new(false));
    let now = mended.clone();
    let fake = Fake::start(move |asked, _| {
        if asked.method == "POST" && asked.path == "_changes" {
            assert_eq!(asked.body["doc_ids"], json!(["note:gone"]));
            assert!(asked.query.contains("filter=_doc_ids"));
            let row = json!({ "seq": 9, "id": "note:gone", "changes": [{ "rev": "1-c" }] });
            return Some(Reply::Json(200, json!({ "results": [row], "last_seq": 9 })));
        }
        if now.load(Ordering::Relaxed) {
            return None;
        }
        if asked.path == "_bulk_get" {
            let item = &asked.body["docs"][0];
            let doc = json!({ "missing": item["rev"] });
            let results = json!([{ "id": item["id"], "docs": [doc] }]);
            return Some(Reply::Json(200, json!({ "results": results })));
        }
        (asked.path == "note:gone").then(|| Reply::Json(200, json!([])))
    })
    .await;
    let a = met(&fake).await;
    fake.note("gone", "1-c");
    for _ in 0..4 {
        a.sync().await.unwrap_err();
    }
    assert_eq!(a.sync().await.unwrap().unreadable.len(), 1);
    let before = position(&a, &fake).await;
    let again = || async {
        let ids = ["note:gone".to_owned()];
        a.replication.look_again(&a.replica, &ids).await.unwrap()
    };
    assert_eq!(again().await.pulled, 0, "still withheld");
    mended.store(true, Ordering::Relaxed);
    assert_eq!(again().await.pulled, 1);
    assert!(a.replica.body(&id("note:gone")).is_some());
    assert_eq!(position(&a, &fake).await, before, "the position stays");
}

#[tokio::test]
async fn a_revision_that_is_withheld_holds_the_checkpoint_and_not_the_other_documents() {
    let fake =
        Fake::start(|asked, _| {
            if asked.path == "_bulk_get" {
                let docs: Vec<_> = asked.body["docs"].as_array().unwrap().iter().map(|item| {
                let doc = if item["id"] == "note:gone" {
                    json!({ "missing": item["rev"] })
                } else {
                    json!({ "ok": { "_id": item["id"], "_rev": item["rev"], "title": "x" } })
                };
                json!({ "id": item["id"], "docs": [doc] })
            }).collect();
                return Some(Reply::Json(200, json!({ "results": docs })));
            }
            (asked.path == "note:gone").then(|| Reply::Json(200, json!([])))
        })
        .await;
    let a = met(&fake).await;
    let before = position(&a, &fake).await;
    fake.note("gone", "1-g");
    fake.note("here", "1-h");
    for _ in 0..4 {
        let error = a.sync().await.unwrap_err();
        assert!(
            matches!(error, SyncError::Incomplete { documents: 1 }),
            "{error:?}"
        );
        assert_eq!(position(&a, &fake).await, before);
        assert!(a.replica.body(&id("note:here")).is_some());
    }
    let round = a.sync().await.unwrap();
    assert_eq!(round.unreadable[0].id, "note:gone");
    assert_eq!(
        position(&a, &fake).await,
        Some(Seq(3.into())),
        "not stuck for ever"
    );
}

#[tokio::test]
async fn positions_may_be_left_out_between_rows() {
    let fake = Fake::start(|asked, before| {
        (asked.path == "_changes" && before == 0).then(|| {
            let row = |n: u32| {
                json!({ "seq": null, "id": format!("note:{n}"),
                "changes": [{ "rev": "1-a" }],
                "doc": { "_id": format!("note:{n}"), "_rev": "1-a", "title": "x" } })
            };
            Reply::Json(
                200,
                json!({
                    "results": (0..1500).map(row).collect::<Vec<_>>(),
                    "last_seq": "1500-opaque", "pending": 0,
                }),
            )
        })
    })
    .await;
    let a = device(&fake);
    assert_eq!(a.sync().await.unwrap().pulled, 1500);
    assert_eq!(position(&a, &fake).await, Some(Seq("1500-opaque".into())));
}

#[tokio::test]
async fn each_refusal_at_the_door_has_its_fault() {
    for (status, body, fault, wait) in [
        (
            401,
            json!({ "error": "unauthorized", "reason": "Name or password is incorrect." }),
            Fault::Unauthorised,
            None,
        ),
        (
            403,
            json!({ "error": "forbidden", "reason": "Account is temporarily locked due to multiple authentication failures" }),
            Fault::LockedOut,
            None,
        ),
        (
            403,
            json!({ "error": "forbidden", "reason": "You are not allowed to access this db." }),
            Fault::Forbidden,
            None,
        ),
        (
            404,
            json!({ "error": "not_found", "reason": "Database does not exist." }),
            Fault::DatabaseMissing,
            None,
        ),
        (
            429,
            json!({ "error": "too_many_requests", "reason": "slow down" }),
            Fault::RateLimited,
            Some(7),
        ),
        (503, json!({}), Fault::ServerFault, Some(7)),
    ] {
        let fake = Fake::start(move |asked, _| {
            (asked.path.is_empty()).then(|| {
                let headers = if wait.is_some() {
                    "application/json\r\nRetry-After: 7"
                } else {
                    "application/json"
                };
                Reply::Text(status, headers, body.to_string())
            })
        })
        .await;
        let error = device(&fake).sync().await.unwrap_err();
        assert_eq!(error.fault(), fault, "{error}");
        assert_eq!(error.retry_after(), wait.map(Duration::from_secs));
        assert_eq!(
            fake.asked.lock().unwrap().len(),
            1,
            "nothing is tried after a refusal"
        );
    }
}

#[tokio::test]
async fn pages_for_people_are_not_taken_for_a_database() {
    for (status, fault) in [
        (200, Fault::NotTheServer),
        (404, Fault::NotTheServer),
        (502, Fault::ServerFault),
    ] {
        let fake = Fake::start(move |_, _| {
            Some(Reply::Text(
                status,
                "text/html",
                "<!DOCTYPE html><title>Welcome</title>".to_owned(),
            ))
        })
        .await;
        assert_eq!(
            device(&fake).sync().await.unwrap_err().fault(),
            fault,
            "{status}"
        );
    }
}

#[tokio::test]
async fn a_redirect_is_reported_and_the_password_stays() {
    let elsewhere = Fake::plain().await;
    let target = elsewhere.url.replace("anna:secret@", "");
    let fake = Fake::start(move |_, _| {
        let header = format!("text/plain\r\nLocation: {target}");
        Some(Reply::Text(
            307,
            Box::leak(header.into_boxed_str()),
            String::new(),
        ))
    })
    .await;
    let a = device(&fake);
    a.replica.edit(&id("note:x"), note("T", "x"));
    let error = a.sync().await.unwrap_err();
    assert_eq!(error.fault(), Fault::Redirected);
    assert!(!format!("{error:?} {error}").contains("secret"));
    assert!(elsewhere.asked.lock().unwrap().is_empty());
}

fn edited(fake: &Fake, count: usize) -> Device {
    let a = device(fake);
    for n in 0..count {
        a.replica.edit(
            &id(&format!("note:{n:03}")),
            note("T", &format!("text {n}")),
        );
    }
    a
}

#[tokio::test]
async fn the_one_document_that_spoils_a_batch_is_found_and_named() {
    for (status, error) in [
        (413, "document_too_large"),
        (412, "missing_stub"),
        (400, "bad_request"),
    ] {
        let fake = Fake::start(move |asked, _| {
            let docs = asked.body["docs"].as_array()?;
            (asked.path == "_bulk_docs" && docs.iter().any(|doc| doc["_id"] == "note:041"))
                .then(|| Reply::Json(status, json!({ "error": error, "reason": "note:041" })))
        })
        .await;
        let a = edited(&fake, 100);
        let round = a.sync().await.unwrap();
        assert_eq!((round.pushed, round.refused), (99, 1), "{error}");
        assert!(fake.winner("note:041").is_none() && fake.winner("note:042").is_some());
        // Known from now on; a new edit is tried again.
        assert_eq!(a.sync().await.unwrap().refused, 0);
        a.replica.edit(&id("note:041"), note("T", "shorter"));
        assert_eq!(a.sync().await.unwrap().refused, 1);
    }
}

#[tokio::test]
async fn a_connection_that_breaks_under_a_large_document_is_a_refusal_of_that_document() {
    let fake = Fake::start(|asked, _| {
        (asked.path == "_bulk_docs" && asked.length > 600_000).then_some(Reply::Reset)
    })
    .await;
    let a = edited(&fake, 20);
    a.replica
        .edit(&id("note:big"), note("T", &"x".repeat(900_000)));
    let round = a.sync().await.unwrap();
    assert_eq!((round.pushed, round.refused), (20, 1));
}

#[tokio::test]
async fn a_connection_that_always_breaks_is_trouble_and_refuses_nothing() {
    let fake = Fake::start(|asked, _| (asked.path == "_bulk_docs").then_some(Reply::Reset)).await;
    let a = edited(&fake, 8);
    assert_eq!(a.sync().await.unwrap_err().fault(), Fault::Unreachable);
    let remote = remote_id(&remote(&fake.url));
    let left = a
        .replica
        .outgoing(
            &remote,
            sheaf_sync::LocalSeq(0),
            sheaf_sync::Limits {
                documents: 99,
                bytes: 1 << 20,
            },
        )
        .await
        .unwrap();
    assert_eq!(left.revisions.len(), 8);
}

#[tokio::test]
async fn a_lost_acknowledgement_costs_a_question_and_no_conflict() {
    // Taken, and the answer lost on the way.
    let taken = std::sync::Arc::new(std::sync::OnceLock::<Fake>::new());
    let store = taken.clone();
    let fake = Fake::start(move |asked, before| {
        if asked.path != "_bulk_docs" || before > 1 {
            return None;
        }
        for doc in asked.body["docs"].as_array().unwrap() {
            store.get().unwrap().put(doc.clone());
        }
        Some(Reply::Reset)
    })
    .await;
    assert!(taken.set(fake.clone()).is_ok());
    let a = edited(&fake, 1);
    a.sync().await.unwrap_err();
    a.replica.edit(&id("note:000"), note("T", "later"));
    a.sync().await.unwrap();
    assert_eq!(fake.winner("note:000").unwrap()["body"], "later");
    assert_eq!(
        fake.store.lock().unwrap().docs["note:000"].1.len(),
        1,
        "one leaf"
    );
    assert_eq!(a.replica.leaves(&id("note:000")).len(), 1);
}

#[tokio::test]
async fn an_account_that_may_only_read_pulls_and_says_why_it_does_not_push() {
    let fake = Fake::start(|asked, _| {
        (asked.method == "PUT" || asked.path == "_bulk_docs")
            .then(|| Reply::Json(403, json!({ "error": "forbidden", "reason": "read-only" })))
    })
    .await;
    fake.note("theirs", "1-t");
    let a = edited(&fake, 1);
    let round = a.sync().await.unwrap();
    assert_eq!((round.pulled, round.refused), (1, 0));
    assert_eq!(round.push_blocked.unwrap().fault(), Fault::ReadOnly);
    fake.note("more", "1-m");
    assert_eq!(
        a.sync().await.unwrap().pulled,
        1,
        "the local checkpoint goes on alone"
    );
}

/// Each note used to be held back by itself, as if it had to be changed.
#[tokio::test]
async fn a_validation_function_that_forbids_everything_makes_the_database_read_only() {
    let fake = Fake::start(|asked, _| match asked.path.as_str() {
        "_bulk_docs" => {
            let refused = asked.body["docs"].as_array().unwrap().iter().map(|doc| {
                json!({ "id": doc["_id"], "rev": doc["_rev"], "error": "forbidden", "reason": "frozen" })
            });
            Some(Reply::Json(201, refused.collect()))
        }
        "_all_docs" => Some(Reply::Json(
            200,
            json!({ "rows": [{ "id": "_design/frozen", "doc": {
                "validate_doc_update": "function (n, o, u) { throw({forbidden: 'frozen'}); }",
            }}]}),
        )),
        _ => None,
    })
    .await;
    let a = edited(&fake, 1);
    let round = a.sync().await.unwrap();
    assert_eq!(round.refused, 0);
    let blocked = round.push_blocked.unwrap();
    assert_eq!(blocked.fault(), Fault::ReadOnly);
    assert_eq!(fake.count("GET", "_all_docs"), 1);
}

/// What is forbidden to a note that says "secret" is not forbidden to all.
#[tokio::test]
async fn a_validation_function_that_looks_at_documents_refuses_single_ones() {
    let fake = Fake::start(|asked, _| match asked.path.as_str() {
        "_bulk_docs" => {
            let refused = asked.body["docs"].as_array().unwrap().iter().map(|doc| {
                json!({ "id": doc["_id"], "rev": doc["_rev"], "error": "forbidden", "reason": "no secrets" })
            });
            Some(Reply::Json(201, refused.collect()))
        }
        "_all_docs" => Some(Reply::Json(
            200,
            json!({ "rows": [{ "id": "_design/rules", "doc": {
                "validate_doc_update": "function (n, o, u) { if (/secret/.test(n.body)) throw({forbidden: 'no secrets'}); }",
            }}]}),
        )),
        _ => None,
    })
    .await;
    let a = edited(&fake, 2);
    let round = a.sync().await.unwrap();
    assert_eq!(round.refused, 2);
    assert!(round.push_blocked.is_none());
}

#[tokio::test]
async fn a_full_quota_stops_pushing_and_not_pulling() {
    let fake = Fake::start(|asked, _| {
        (asked.path == "_bulk_docs").then(|| {
            Reply::Json(
                402,
                json!({ "error": "payment_required", "reason": "full" }),
            )
        })
    })
    .await;
    fake.note("theirs", "1-t");
    let round = edited(&fake, 1).sync().await.unwrap();
    assert_eq!(round.pulled, 1);
    assert_eq!(round.push_blocked.unwrap().fault(), Fault::QuotaExceeded);
}

#[tokio::test]
async fn a_server_restored_from_a_backup_gets_again_what_it_lost() {
    let fake = Fake::plain().await;
    let a = edited(&fake, 1);
    a.sync().await.unwrap();
    let backup: Vec<_> = fake
        .store
        .lock()
        .unwrap()
        .local
        .clone()
        .into_iter()
        .collect();
    a.replica
        .edit(&id("note:new"), note("T", "after the backup"));
    a.sync().await.unwrap();
    {
        let mut store = fake.store.lock().unwrap();
        store.local = backup.into_iter().collect();
        store.docs.remove("note:new");
    }
    assert_eq!(
        a.sync().await.unwrap().pushed,
        2,
        "compared from the beginning"
    );
    assert!(fake.winner("note:new").is_some());
}

#[tokio::test]
async fn absurd_documents_are_held_back_with_a_reason_and_the_rest_arrives() {
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let fake = Fake::start(move |asked, before| {
        (asked.path == "_changes" && before == 0).then(|| {
            let rows = format!(
                r#"{{"seq":1,"id":"note:deep","changes":[{{"rev":"1-a"}}],"doc":{{"_id":"note:deep","_rev":"1-a","x":{deep}}}}},
                   {{"seq":2,"id":"note:a","changes":"none"}},
                   {{"seq":3,"id":"note:{}","changes":[{{"rev":"1-a"}}]}},
                   {{"seq":4,"id":"note:fine","changes":[{{"rev":"1-a"}}],"doc":{{"_id":"note:fine","_rev":"1-a","tags":7}}}}"#,
                "x".repeat(200),
            );
            Reply::Text(200, "application/json", format!(r#"{{"results":[{rows}],"last_seq":4,"pending":0}}"#))
        })
    })
    .await;
    let a = device(&fake);
    let round = a.sync().await.unwrap();
    assert_eq!(round.pulled, 1);
    let held: Vec<&str> = round.unreadable.iter().map(|held| &held.id[..6]).collect();
    assert_eq!(held.len(), 3, "{:?}", round.unreadable);
    assert_eq!(position(&a, &fake).await, Some(Seq(4.into())));
}

#[tokio::test]
async fn a_held_feed_that_breaks_is_asked_again_and_misses_nothing() {
    // The first two waits end in the middle of an answer.
    let waits = std::sync::atomic::AtomicUsize::new(0);
    let fake = Fake::start(move |asked, _| {
        if !asked.query.contains("longpoll") {
            return None;
        }
        match waits.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 => Some(Reply::CutAfter("{\"results\":[\n\n".to_owned())),
            1 => Some(Reply::Text(
                200,
                "application/json",
                "{\"results\":[\n".to_owned(),
            )),
            _ => None,
        }
    })
    .await;
    let a = device(&fake);
    let wake = Notify::new();
    let (tell, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let progress = move |progress: Progress| {
        if let Progress::InStep(round) = progress {
            tell.send(round.pulled).unwrap();
        }
    };
    let script = async {
        assert_eq!(heard.recv().await, Some(0));
        fake.note("late", "1-l");
        assert_eq!(heard.recv().await, Some(1));
        assert!(a.replica.body(&id("note:late")).is_some());
    };
    tokio::select! {
        () = script => {}
        error = a.replication.live(&a.replica, &wake, &progress) => panic!("{error}"),
    }
}

/// A gateway with little patience used to make every wait an error, and the status red for ever.
#[tokio::test]
async fn a_gateway_that_cuts_long_waits_is_asked_shorter_questions() {
    let (short, mut shorter) = tokio::sync::mpsc::unbounded_channel();
    let fake = Fake::start(move |asked, _| {
        if asked.query.contains("timeout=4000") {
            short.send(()).unwrap();
        }
        let long = ["heartbeat=", "timeout=25000", "timeout=10000"];
        (asked.query.contains("longpoll") && long.iter().any(|wait| asked.query.contains(wait)))
            .then(|| Reply::Text(504, "text/html", "<h1>Gateway Time-out</h1>".to_owned()))
    })
    .await;
    let a = device(&fake);
    let wake = Notify::new();
    let (tell, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let progress = move |progress: Progress| {
        if let Progress::InStep(round) = progress {
            tell.send(round.pulled).unwrap();
        }
    };
    let script = async {
        assert_eq!(heard.recv().await, Some(0));
        assert!(shorter.recv().await.is_some());
        fake.note("late", "1-l");
        assert_eq!(heard.recv().await, Some(1));
    };
    tokio::select! {
        () = script => {}
        error = a.replication.live(&a.replica, &wake, &progress) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_feed_that_only_ever_breaks_is_reported() {
    let fake = Fake::start(|asked, _| {
        asked
            .query
            .contains("longpoll")
            .then(|| Reply::CutAfter("{".to_owned()))
    })
    .await;
    let a = device(&fake);
    let error = Box::pin(a.replication.live(&a.replica, &Notify::new(), &|_| {})).await;
    assert_eq!(error.fault(), Fault::Unreachable);
}

#[tokio::test]
async fn deletions_on_later_pages_are_counted_before_the_first_is_taken_in() {
    let fake = Fake::plain().await;
    let a = device(&fake);
    for n in 0..2100 {
        fake.note(&format!("{n:04}"), "1-a");
    }
    a.sync().await.unwrap();
    // 5 deletions on the first page of the next listing, 296 on the second.
    for n in 0..2100 {
        let name = format!("{n:04}");
        if (5..1800).contains(&n) {
            fake.put(
                json!({ "_id": format!("note:{name}"), "_rev": "2-b", "title": "x",
                "_revisions": { "start": 2, "ids": ["b", "a"] } }),
            );
        } else {
            fake.put(
                json!({ "_id": format!("note:{name}"), "_rev": "2-d", "_deleted": true,
                "_revisions": { "start": 2, "ids": ["d", "a"] } }),
            );
        }
    }
    let error = a.sync().await.unwrap_err();
    assert!(
        matches!(
            error,
            SyncError::MassDeletion {
                deletions: 305,
                notes: 2100
            }
        ),
        "{error:?}"
    );
    assert_eq!(a.replica.ids().len(), 2100);
}

#[tokio::test]
async fn a_server_without_bulk_get_is_asked_document_by_document() {
    let fake = Fake::start(|asked, _| {
        (asked.path == "_bulk_get")
            .then(|| Reply::Json(405, json!({ "error": "method_not_allowed", "reason": "" })))
    })
    .await;
    let a = met(&fake).await;
    for n in 0..5 {
        fake.note(&format!("{n}"), "1-a");
    }
    assert_eq!(a.sync().await.unwrap().pulled, 5);
    fake.note("again", "1-a");
    a.sync().await.unwrap();
    assert_eq!(fake.count("POST", "_bulk_get"), 1, "asked once");
}

/// A proxy before it lets only short questions through, about one document or about a few.
#[tokio::test]
async fn questions_that_are_too_long_for_a_server_are_asked_in_parts() {
    for longest in [400, 20] {
        let fake = Fake::start(move |asked, _| {
            let about = ["_bulk_get", "_revs_diff"].contains(&asked.path.as_str());
            (about && asked.length > longest).then(|| {
                Reply::Text(
                    413,
                    "text/html",
                    "<h1>Request Entity Too Large</h1>".to_owned(),
                )
            })
        })
        .await;
        let a = met(&fake).await;
        for n in 0..30 {
            fake.note(&format!("{n:03}"), "1-a");
            a.replica
                .edit(&id(&format!("note:mine{n:03}")), note("T", "text"));
        }
        let round = a.sync().await.unwrap();
        assert_eq!((round.pulled, round.pushed), (30, 30), "longest {longest}");
        assert!(fake.winner("note:mine029").is_some());
    }
}

#[tokio::test]
async fn the_password_is_in_one_header_and_nowhere_else() {
    let fake = Fake::plain().await;
    edited(&fake, 1).sync().await.unwrap();
    for asked in fake.asked.lock().unwrap().iter() {
        let rest = asked.headers.replace("YW5uYTpzZWNyZXQ=", "");
        assert!(!rest.contains("secret") && !rest.contains("anna"), "{rest}");
        assert_ne!(rest, asked.headers, "signed in");
    }
}
