//! The same conversation with every real server at hand. `COUCHDB_TEST_URL` and
//! `POUCHDB_TEST_URL` name them (with credentials, without a database); a server that is not
//! named is said to be skipped. The suites of the repository's `tests/` start the npm peers.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod common;

use std::{future::Future, sync::Mutex, time::Duration};

use common::*;
use serde_json::json;
use sheaf_couch::{Brake, ChangedTarget, Policy, Progress, Remote, SyncError, create_database};
use sheaf_net::Method;
use sheaf_sync::{Fault, Replica as _};
use tokio::sync::Notify;

/// Runs `test` with a fresh database on each server, and removes the database.
async fn on_every_server<F: Future<Output = ()>>(name: &str, test: impl Fn(Remote) -> F) {
    for variable in ["COUCHDB_TEST_URL", "POUCHDB_TEST_URL"] {
        #[allow(
            clippy::disallowed_methods,
            reason = "the edge: which servers are there"
        )]
        let Ok(url) = std::env::var(variable) else {
            eprintln!("{name}: skipped, {variable} is not set");
            continue;
        };
        let unique = format!("sheaf-test-{name}-{}", std::process::id());
        let remote = remote(&format!("{}/{unique}", url.trim_end_matches('/')));
        raw(&remote, Method::DELETE, &[], None).await;
        create_database(&client(), &remote).await.unwrap();
        Box::pin(test(remote.clone())).await;
        raw(&remote, Method::DELETE, &[], None).await;
    }
}

#[tokio::test]
async fn what_one_device_writes_another_reads_and_edits() {
    on_every_server("roundtrip", |remote| async move {
        let (a, b) = (Device::new("a", &remote), Device::new("b", &remote));
        for n in 0..30 {
            a.replica.edit(
                &id(&format!("note:{n:02}")),
                note("Title", &format!("text {n}")),
            );
        }
        assert_eq!(a.sync().await.unwrap().pushed, 30);
        assert_eq!(b.sync().await.unwrap().pulled, 30);
        assert_eq!(
            b.replica.body(&id("note:07")),
            a.replica.body(&id("note:07"))
        );

        b.replica.edit(&id("note:07"), note("Title", "by b"));
        b.replica.delete(&id("note:08"));
        assert_eq!(b.sync().await.unwrap().pushed, 2);
        assert_eq!(a.sync().await.unwrap().pulled, 2);
        assert_eq!(a.replica.body(&id("note:07")).unwrap()["body"], "by b");
        assert_eq!(a.replica.body(&id("note:08")), None);
        assert_eq!(
            a.replica.leaves(&id("note:07")),
            b.replica.leaves(&id("note:07"))
        );

        for device in [&a, &b] {
            let round = device.sync().await.unwrap();
            assert_eq!((round.pulled, round.pushed), (0, 0), "in step");
        }
    })
    .await;
}

#[tokio::test]
async fn concurrent_edits_leave_the_same_two_leaves_everywhere() {
    on_every_server("conflict", |remote| async move {
        let (a, b) = (Device::new("a", &remote), Device::new("b", &remote));
        let note_id = id("note:x");
        a.replica.edit(&note_id, note("T", "base"));
        a.sync().await.unwrap();
        b.sync().await.unwrap();
        a.replica.edit(&note_id, note("T", "by a"));
        b.replica.edit(&note_id, note("T", "by b"));
        a.sync().await.unwrap();
        assert_eq!(b.sync().await.unwrap().conflicts, 1);
        a.sync().await.unwrap();
        let leaves = a.replica.leaves(&note_id);
        assert_eq!(leaves.len(), 2);
        assert_eq!(leaves, b.replica.leaves(&note_id));
        assert_eq!(a.replica.body(&note_id), b.replica.body(&note_id));
        // A third device meets the conflict on its first pull and gets both sides.
        let c = Device::new("c", &remote);
        c.sync().await.unwrap();
        assert_eq!(c.replica.leaves(&note_id), leaves);
    })
    .await;
}

#[tokio::test]
async fn bytes_travel_in_both_directions_unharmed() {
    on_every_server("bytes", |remote| async move {
        let a = Device::new("a", &remote);
        let cases = [
            ("image/png", vec![0u8, 1, 2, 255, 13, 10, 45, 45]),
            // Compressible: CouchDB keeps it as gzip, under the digest of that.
            ("image/svg+xml", b"<svg>".repeat(20_000)),
            (
                "image/gif",
                (0..3_000_000u32).map(|n| (n * 7 + n / 251) as u8).collect(),
            ),
            ("image/jpeg", vec![]),
        ];
        for (n, (content_type, bytes)) in cases.iter().enumerate() {
            let upload = a.replica.begin_blob().await.unwrap();
            a.replica.append_blob(upload, bytes.clone()).await.unwrap();
            let blob = a.replica.finish_blob(upload).await.unwrap();
            let body = object(json!({
                "name": "x", "createdAt": 1, "contentType": content_type,
                "contentLength": bytes.len(), "publicIn": [],
            }));
            a.replica.attach(
                &id(&format!("file:{n}")),
                body,
                "index",
                content_type,
                &blob,
            );
        }
        let round = a.sync().await.unwrap();
        assert_eq!((round.pushed, round.refused), (4, 0));

        let b = Device::new("b", &remote);
        b.sync().await.unwrap();
        for (n, (content_type, bytes)) in cases.iter().enumerate() {
            let found = b.replica.attachments(&id(&format!("file:{n}")));
            assert_eq!(found.len(), 1, "{content_type}");
            assert_eq!(&found[0].1, bytes, "{content_type}");
            assert_eq!(&found[0].0.content_type, content_type);
        }
        // A change of the fields alone does not send the bytes again, and loses none.
        let mut body = b.replica.body(&id("file:2")).unwrap();
        body.insert("name".into(), "renamed".into());
        b.replica.edit(&id("file:2"), body);
        b.sync().await.unwrap();
        a.sync().await.unwrap();
        assert_eq!(a.replica.body(&id("file:2")).unwrap()["name"], "renamed");
        assert_eq!(a.replica.attachments(&id("file:2"))[0].1, cases[2].1);
        let c = Device::new("c", &remote);
        c.sync().await.unwrap();
        assert_eq!(c.replica.attachments(&id("file:2"))[0].1, cases[2].1);
    })
    .await;
}

#[tokio::test]
async fn documents_of_others_are_left_alone_and_counted() {
    on_every_server("foreign", |remote| async move {
        let docs = json!({ "docs": [
            { "_id": "_design/mobile", "filters": { "sync": "function (doc) { return true; }" } },
            { "_id": "somebody-elses", "x": 1 },
            { "_id": "note:odd", "body": 7, "tags": "none", "unknown": { "deep": [1, 2] } },
        ]});
        raw(&remote, Method::POST, &["_bulk_docs"], Some(docs)).await;
        let a = Device::new("a", &remote);
        let round = a.sync().await.unwrap();
        assert_eq!((round.pulled, round.foreign), (1, 2));
        let body = a.replica.body(&id("note:odd")).unwrap();
        assert_eq!(body["unknown"], json!({ "deep": [1, 2] }));
        let (status, _) = raw(&remote, Method::GET, &["somebody-elses"], None).await;
        assert_eq!(status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_database_created_again_under_the_same_name_is_noticed() {
    on_every_server("changed", |remote| async move {
        let a = Device::new("a", &remote);
        a.replica.edit(&id("note:x"), note("T", "mine"));
        a.sync().await.unwrap();
        raw(&remote, Method::DELETE, &[], None).await;
        create_database(&client(), &remote).await.unwrap();
        let error = a.sync().await.unwrap_err();
        assert_eq!(error.fault(), Fault::TargetChanged, "{error}");
        assert!(a.replica.body(&id("note:x")).is_some());

        let merge = Policy {
            changed_target: ChangedTarget::Merge,
            ..Policy::default()
        };
        assert_eq!(a.sync_with(merge).await.unwrap().pushed, 1);
        let (status, _) = raw(&remote, Method::GET, &["note:x"], None).await;
        assert_eq!(status, 200);
        assert_eq!(a.sync().await.unwrap().pushed, 0);
    })
    .await;
}

#[tokio::test]
async fn many_deletions_wait_for_a_person() {
    on_every_server("brake", |remote| async move {
        let (a, b) = (Device::new("a", &remote), Device::new("b", &remote));
        let ids: Vec<_> = (0..60).map(|n| id(&format!("note:{n:02}"))).collect();
        for id in &ids {
            a.replica.edit(id, note("T", "x"));
        }
        a.sync().await.unwrap();
        b.sync().await.unwrap();
        for id in &ids[..40] {
            a.replica.delete(id);
        }
        a.sync().await.unwrap();
        let error = b.sync().await.unwrap_err();
        assert!(
            matches!(
                error,
                SyncError::MassDeletion {
                    deletions: 40,
                    notes: 60
                }
            ),
            "{error:?}"
        );
        assert_eq!(b.replica.ids().len(), 60, "nothing was deleted");

        let keep = Policy {
            brake: Brake::Keep,
            ..Policy::default()
        };
        b.sync_with(keep).await.unwrap();
        assert_eq!(b.replica.ids().len(), 60);
        a.sync().await.unwrap();
        assert_eq!(a.replica.ids().len(), 60, "sent again");

        for id in &ids[..40] {
            a.replica.delete(id);
        }
        a.sync().await.unwrap();
        let allow = Policy {
            brake: Brake::Allow,
            ..Policy::default()
        };
        b.sync_with(allow).await.unwrap();
        assert_eq!(b.replica.ids().len(), 20);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_and_a_missing_database_are_told_apart() {
    on_every_server("doors", |existing| async move {
        let mut missing = existing.clone();
        missing.url.database.push_str("-not-there");
        let error = Device::new("a", &missing).sync().await.unwrap_err();
        assert_eq!(error.fault(), Fault::DatabaseMissing, "{error}");
        if existing.url.user.is_none() {
            return;
        }
        // A name nobody has: the real account must not be locked.
        let mut stranger = existing.clone();
        stranger.url.user = Some(format!("nobody-{}", std::process::id()));
        let error = Device::new("a", &stranger).sync().await.unwrap_err();
        assert_eq!(error.fault(), Fault::Unauthorised, "{error}");
    })
    .await;
}

#[tokio::test]
async fn two_devices_that_stay_see_each_others_edits_as_they_are_made() {
    on_every_server("live", |remote| async move {
        let (a, b) = (Device::new("a", &remote), Device::new("b", &remote));
        let (wake_a, wake_b) = (Notify::new(), Notify::new());
        let (rounds, mut in_step) = tokio::sync::mpsc::unbounded_channel();
        let tell = |who: &'static str| {
            let rounds = rounds.clone();
            move |progress: Progress| {
                if let Progress::InStep(round) = progress {
                    rounds.send((who, round.pulled, round.pushed)).unwrap();
                }
            }
        };
        let (tell_a, tell_b) = (tell("a"), tell("b"));
        let note_id = id("note:live");
        let worst = Mutex::new(Duration::ZERO);
        let script = async {
            let mut first = [
                in_step.recv().await.unwrap().0,
                in_step.recv().await.unwrap().0,
            ];
            first.sort_unstable();
            assert_eq!(first, ["a", "b"]);
            for n in 0..10 {
                let (from, wake, to) = if n % 2 == 0 {
                    (&a, &wake_a, "b")
                } else {
                    (&b, &wake_b, "a")
                };
                from.replica.edit(&note_id, note("T", &format!("edit {n}")));
                let made = std::time::Instant::now();
                wake.notify_one();
                loop {
                    let (who, pulled, _) = in_step.recv().await.unwrap();
                    if who == to && pulled == 1 {
                        break;
                    }
                }
                let mut worst = worst.lock().unwrap();
                *worst = (*worst).max(made.elapsed());
                let seen = if n % 2 == 0 { &b } else { &a };
                assert_eq!(
                    seen.replica.body(&note_id).unwrap()["body"],
                    format!("edit {n}").as_str()
                );
            }
        };
        tokio::select! {
            () = script => {}
            error = a.replication.live(&a.replica, &wake_a, &tell_a) => panic!("a: {error}"),
            error = b.replication.live(&b.replica, &wake_b, &tell_b) => panic!("b: {error}"),
        }
        eprintln!(
            "slowest edit to be seen by the other: {:?}",
            worst.lock().unwrap()
        );
    })
    .await;
}

#[tokio::test]
async fn a_document_the_server_will_not_have_does_not_stop_the_others() {
    on_every_server("refused", |remote| async move {
        let a = Device::new("a", &remote);
        for n in 0..20 {
            let mut body = note("T", "x");
            if n == 7 {
                // Fields with an underscore are CouchDB's; it refuses the whole request for one.
                body.insert("_mine".into(), 1.into());
            }
            a.replica.edit(&id(&format!("note:{n:02}")), body);
        }
        let long = "x".repeat(300);
        a.replica.edit(&id("note:long"), note(&long, "x"));
        let round = a.sync().await.unwrap();
        assert_eq!((round.pushed, round.refused), (19, 2));
        let (_, info) = raw(&remote, Method::GET, &[], None).await;
        assert_eq!(info["doc_count"], 19);
        let again = a.sync().await.unwrap();
        assert_eq!(
            (again.pushed, again.refused),
            (0, 0),
            "known, not tried again"
        );
    })
    .await;
}
