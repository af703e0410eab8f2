//! Devices of one account at the real server.

#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use serde_json::json;
use sheaf_hosted::{HostedError, Progress, Proof, RecoveryCode, Version};
use sheaf_model::{Body, mint};
use sheaf_sync::{
    DeletionPolicy, Incoming, IncomingRevision, RemoteId, Replica as _, memory::MemoryReplica,
};
use tokio::sync::Notify;

#[tokio::test]
async fn what_one_device_writes_another_reads_edits_and_deletes() {
    let server = TestServer::start().await;
    let (a, _) = Device::sign_up("a", &server, "correct horse").await;
    for n in 0..30 {
        a.write(&format!("note:n{n:02}"), &format!("text {n}"));
    }
    a.replica.edit(
        &doc("book:first"),
        object(json!({"name": "First", "parentBookId": null, "createdAt": 1, "updatedAt": 1})),
    );
    a.replica.edit(
        &doc("tag:blue"),
        object(
            json!({"name": "blue", "color": "blue", "count": 0, "createdAt": 1, "updatedAt": 1}),
        ),
    );
    assert_eq!(a.synced().await.pushed, 32);

    let b = Device::sign_in("b", &server, "correct horse")
        .await
        .unwrap();
    b.synced().await;
    assert_eq!(b.replica.ids(), a.replica.ids());
    for id in a.replica.ids() {
        assert_eq!(b.replica.body(&id), a.replica.body(&id), "{id}");
        assert_eq!(b.replica.leaves(&id), a.replica.leaves(&id), "{id}");
    }

    b.write("note:n07", "by b");
    b.replica.delete(&doc("note:n08"));
    b.synced().await;
    a.synced().await;
    assert_eq!(a.text("note:n07").as_deref(), Some("by b"));
    assert_eq!(a.text("note:n08"), None);
    for device in [&a, &b] {
        let round = device.synced().await;
        assert_eq!(
            (round.pulled, round.pushed),
            (0, 0),
            "{} in step",
            device.name
        );
        assert_eq!(device.suspicions().await, []);
    }
}

#[tokio::test]
async fn concurrent_edits_leave_the_same_two_leaves_everywhere_and_one_note() {
    let server = TestServer::start().await;
    let (a, _) = Device::sign_up("a", &server, "correct horse").await;
    a.write("note:x", "base");
    a.synced().await;
    let b = Device::sign_in("b", &server, "correct horse")
        .await
        .unwrap();
    b.synced().await;
    a.write("note:x", "by a");
    b.write("note:x", "by b");
    a.synced().await;
    b.synced().await;
    a.synced().await;
    b.synced().await;
    assert_eq!(a.replica.leaves(&doc("note:x")).len(), 2);
    assert_eq!(
        a.replica.leaves(&doc("note:x")),
        b.replica.leaves(&doc("note:x"))
    );
    assert_eq!(
        a.replica
            .ids()
            .iter()
            .filter(|id| id.as_str().starts_with("note:"))
            .count(),
        1
    );
    // And a third device sees the conflict, not two notes.
    let c = Device::sign_in("c", &server, "correct horse")
        .await
        .unwrap();
    c.synced().await;
    assert_eq!(c.replica.ids(), a.replica.ids());
    assert_eq!(
        c.replica.leaves(&doc("note:x")),
        a.replica.leaves(&doc("note:x"))
    );
}

/// What a person's decision is to the replica: the sides that go get the end every device makes alike.
async fn settle(device: &Device, id: &str, keep: &str) {
    let elsewhere = RemoteId("the person".into());
    let live = device.replica.leaves(&doc(id));
    let (shown, others) = live.split_last().unwrap();
    assert!(!shown.1, "{live:?}");
    let revisions = others
        .iter()
        .filter(|(_, deleted)| !deleted)
        .map(|(side, _)| IncomingRevision {
            id: doc(id),
            revision: mint(Some(side), true, &Body::new(), &[]),
            ancestors: vec![side.clone()],
            deleted: true,
            body: Body::new(),
            attachments: Vec::new(),
        })
        .collect();
    let incoming = Incoming {
        revisions,
        unreadable: Vec::new(),
        pulled: None,
        deletions: DeletionPolicy::Apply,
    };
    device.replica.ingest(&elsewhere, incoming).await.unwrap();
    device.write(id, keep);
}

/// Notes a client that knows nothing of conflicts would list.
async fn listed(server: &TestServer, device: &Device) -> usize {
    let secret: serde_json::Value =
        serde_json::from_str(&device.talk.signed_in().to_secret()).unwrap();
    let body = json!({"items": [], "limit": 150, "api": "20200115"});
    let (status, answer) = server
        .raw("v1/items", secret["access"].as_str(), &body)
        .await;
    assert_eq!(status, 200, "{answer}");
    let items = answer["data"]["retrieved_items"].as_array().unwrap();
    let is_note =
        |item: &&serde_json::Value| item["content_type"] == "Note" && item["deleted"] != true;
    items.iter().filter(is_note).count()
}

/// The story: the other side of a conflict is an item of its own. Its end was sent as if it had never been
/// seen, the server kept what it had, and the note itself, which had been saved, no longer named it: a note
/// of its own for ever in every client that knows nothing of Sheaf's conflicts.
#[tokio::test]
async fn a_conflict_that_was_settled_leaves_one_note_there() {
    let server = TestServer::start().await;
    let (a, _) = Device::sign_up("a", &server, "correct horse").await;
    a.write("note:x", "base");
    a.synced().await;
    let b = Device::sign_in("b", &server, "correct horse")
        .await
        .unwrap();
    b.synced().await;
    for (round, settler) in [&a, &b].into_iter().enumerate() {
        a.write("note:x", &format!("by a {round}"));
        b.write("note:x", &format!("by b {round}"));
        for device in [&a, &b, &a, &b] {
            device.synced().await;
        }
        assert_eq!(listed(&server, &a).await, 2, "round {round}");
        settle(settler, "note:x", &format!("settled {round}")).await;
        for device in [settler, &a, &b] {
            device.synced().await;
        }
        assert_eq!(listed(&server, &a).await, 1, "round {round}");
        for device in [&a, &b] {
            let text = device.text("note:x");
            assert_eq!(text.as_deref(), Some(&*format!("settled {round}")));
            let live = device.replica.leaves(&doc("note:x"));
            assert_eq!(live.iter().filter(|leaf| !leaf.1).count(), 1, "{live:?}");
            assert_eq!(device.suspicions().await, []);
        }
    }
    // And a device that comes later sees one note and no conflict.
    let c = Device::sign_in("c", &server, "correct horse")
        .await
        .unwrap();
    c.synced().await;
    assert_eq!(c.text("note:x").as_deref(), Some("settled 1"));
    assert_eq!(
        c.replica.leaves(&doc("note:x")),
        a.replica.leaves(&doc("note:x"))
    );
}

/// Also when the note goes altogether, and with it on the device that has written the other side. The end of
/// the item says nothing of what it held: the side stayed alive there, on that device alone.
#[tokio::test]
async fn a_deleted_note_takes_the_other_side_of_its_conflict_along() {
    let server = TestServer::start().await;
    let (a, _) = Device::sign_up("a", &server, "correct horse").await;
    a.write("note:x", "base");
    a.synced().await;
    let b = Device::sign_in("b", &server, "correct horse")
        .await
        .unwrap();
    b.synced().await;
    a.write("note:x", "by a");
    b.write("note:x", "by b");
    for device in [&a, &b, &a] {
        device.synced().await;
    }
    settle(&a, "note:x", "settled").await;
    a.replica.delete(&doc("note:x"));
    a.synced().await;
    b.synced().await;
    assert_eq!(listed(&server, &a).await, 0);
    assert_eq!((a.text("note:x"), b.text("note:x")), (None, None));
}

/// The story: a program was killed when the server had deleted a tag and nothing here said so yet. The next one met the
/// deletion as the server's word, no list named it, and ten minutes later the person was told that the server deletes by
/// itself. Nobody but this device can list it: a lost answer has to leave it the knowledge that it had asked.
#[tokio::test]
async fn a_deletion_whose_answer_was_lost_is_listed_by_the_device_that_asked_for_it() {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };
    let mut lost = 0;
    for cut in 0..16 {
        let server = TestServer::start().await;
        let (a, _) = Device::sign_up("a", &server, "correct horse").await;
        a.write("note:x", "short-lived");
        a.synced().await;
        let b = Device::sign_in("b", &server, "correct horse")
            .await
            .unwrap();
        b.synced().await;
        a.replica.delete(&doc("note:x"));
        let count = Arc::new(AtomicUsize::new(0));
        let counting = count.clone();
        server.guard(move |_| {
            let n = counting.fetch_add(1, Ordering::SeqCst);
            if n == cut {
                Door::ShutAfter
            } else {
                Door::Open
            }
        });
        let done = a.sync().await;
        server.unguard();
        let a = a.restarted(&server);
        a.synced().await;
        for device in [&b, &a, &b] {
            server.pass(11 * 60 * 1000);
            device.synced().await;
            assert_eq!(device.text("note:x"), None, "{} {cut}", device.name);
            assert_eq!(device.suspicions().await, [], "{} {cut}", device.name);
        }
        if count.load(Ordering::SeqCst) <= cut {
            assert!(done.is_ok(), "{cut}: {done:?}");
            break;
        }
        lost += 1;
    }
    assert!(lost > 2, "the answers to a pull, a deletion and a list");
}

#[tokio::test]
async fn nothing_that_was_written_is_ever_seen_by_the_server() {
    let server = TestServer::start().await;
    let (a, registered) = Device::sign_up("a", &server, "correct horse battery").await;
    let mut body = note("Kranichflug", "the canary sings at midnight");
    body.insert("tags".into(), json!(["tag:secretmark"]));
    a.replica.edit(&doc("note:hidden-name"), body);
    a.replica.edit(
        &doc("tag:secretmark"),
        object(json!({"name": "Zwiebelfisch", "color": "default", "count": 0, "createdAt": 1, "updatedAt": 1})),
    );
    for (id, name) in [
        ("book:outer", "Fasanenkeller"),
        ("book:inner", "Mondkalender"),
    ] {
        let parent = (id == "book:inner").then_some("book:outer");
        a.replica.edit(
            &doc(id),
            object(json!({"name": name, "parentBookId": parent, "createdAt": 1, "updatedAt": 1})),
        );
    }
    let mut template = note("Reisepass", "to be filled in: lapislazuli");
    template.insert("bookId".into(), json!("template"));
    a.replica.edit(&doc("note:template"), template);
    attach(
        &a,
        "note:pic",
        "file:attached",
        &b"PICTURE-BYTES-".repeat(100),
    )
    .await;
    a.synced().await;
    // Edits and ends of all of them travel as well.
    a.write("note:hidden-name", "the canary sings again");
    a.replica.delete(&doc("note:template"));
    a.synced().await;
    let known = server.everything_it_knows();
    assert!(contains(&known, EMAIL), "it was listened to");
    let code = registered.recovery.reveal().to_owned();
    for secret in [
        "Kranichflug",
        "canary",
        "hidden-name",
        "secretmark",
        "Zwiebelfisch",
        "PICTURE-BYTES",
        "crane.png",
        "image/png",
        "Fasanenkeller",
        "Mondkalender",
        "book:inner",
        "Reisepass",
        "lapislazuli",
        "correct horse",
        &code[..11],
    ] {
        assert!(!contains(&known, secret), "{secret}");
    }
}

async fn attach(device: &Device, note_id: &str, file: &str, bytes: &[u8]) {
    let upload = device.replica.begin_blob().await.unwrap();
    device
        .replica
        .append_blob(upload, bytes.to_vec())
        .await
        .unwrap();
    let blob = device.replica.finish_blob(upload).await.unwrap();
    let body = object(json!({
        "name": "crane.png", "contentType": "image/png", "contentLength": bytes.len(),
        "createdAt": 1, "publicIn": [],
        "_attachments": {},
    }));
    let mut body = body;
    body.shift_remove("_attachments");
    device
        .replica
        .attach(&doc(file), body, "index", "image/png", &blob);
    device.write(note_id, &format!("![]({file})"));
}

#[tokio::test]
async fn attachments_of_any_size_arrive_byte_for_byte() {
    let server = TestServer::start().await;
    let (a, _) = Device::sign_up("a", &server, "correct horse").await;
    let large: Vec<u8> = (0..1_300_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    attach(&a, "note:one", "file:small", b"small").await;
    attach(&a, "note:two", "file:large", &large).await;
    let round = a.synced().await;
    assert_eq!(round.refused, 0);
    let b = Device::sign_in("b", &server, "correct horse")
        .await
        .unwrap();
    b.synced().await;
    for (id, bytes) in [("file:small", &b"small"[..]), ("file:large", &large[..])] {
        let found = b.replica.attachments(&doc(id));
        assert_eq!(found.len(), 1, "{id}");
        assert!(found[0].1 == bytes, "{id}");
    }
}

#[tokio::test]
async fn a_new_password_opens_everything_and_the_old_one_nothing() {
    let server = TestServer::start().await;
    let (a, _) = Device::sign_up("a", &server, "first password").await;
    a.write("note:x", "before");
    a.synced().await;
    let b = Device::sign_in("b", &server, "first password")
        .await
        .unwrap();
    b.synced().await;

    let (old, new) = (password("first password"), password("second password"));
    let wrong = password("no password of anybody");
    let refused = a
        .talk
        .change_password(&a.replica, Proof::Password(&wrong), &new)
        .await;
    assert!(matches!(refused, Err(HostedError::Answer(answer)) if answer.status == 401));
    let recovery = a
        .talk
        .change_password(&a.replica, Proof::Password(&old), &new)
        .await
        .unwrap();
    a.write("note:y", "after");
    a.synced().await;

    let refused = Device::sign_in("c", &server, "first password").await;
    assert!(refused.is_err());
    let c = Device::sign_in("c", &server, "second password")
        .await
        .unwrap();
    c.synced().await;
    assert_eq!(c.text("note:x").as_deref(), Some("before"));
    assert_eq!(c.text("note:y").as_deref(), Some("after"));
    let code = RecoveryCode::parse(recovery.reveal()).unwrap();
    let credentials = sign_in("d", &server, Proof::Recovery(&code), false)
        .await
        .unwrap();
    let d = Device::with("d", &server, credentials, MemoryReplica::default());
    d.synced().await;
    assert_eq!(d.text("note:y").as_deref(), Some("after"));

    // The device that was not told learns why, keeps what it wrote, and goes on.
    b.write("note:z", "written meanwhile");
    let lost = b.sync().await.unwrap_err();
    assert!(matches!(lost, HostedError::PasswordChanged), "{lost:?}");
    let b = b.signed_in_again(&server, "second password").await.unwrap();
    b.synced().await;
    a.synced().await;
    assert_eq!(a.text("note:z").as_deref(), Some("written meanwhile"));
    assert_eq!(b.text("note:y").as_deref(), Some("after"));
}

/// Found by the simulation of the account (seed 23): another device had made a key that this one had not heard of. It stayed
/// under the old root, and nobody who signed in with the new password could open what was written with it.
#[tokio::test]
async fn what_another_device_wrote_before_a_change_of_password_is_opened_with_the_new_one() {
    let server = TestServer::start().await;
    let (a, _) = Device::sign_up("a", &server, "first password").await;
    let b = Device::sign_in("b", &server, "first password")
        .await
        .unwrap();
    b.write("note:x", "written by b");
    b.synced().await;
    let (old, new) = (password("first password"), password("second password"));
    a.talk
        .change_password(&a.replica, Proof::Password(&old), &new)
        .await
        .unwrap();
    let c = Device::sign_in("c", &server, "second password")
        .await
        .unwrap();
    c.synced().await;
    assert_eq!(c.text("note:x").as_deref(), Some("written by b"));
}

/// The story: other clients tell the server the new password first and encrypt the keys anew
/// afterwards. Whoever is cut off in between has an account whose password opens nothing.
#[tokio::test]
async fn a_change_of_password_that_is_cut_off_anywhere_loses_nothing() {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };
    for after in [false, true] {
        // A round is made first.
        for cut in 0..16 {
            let server = TestServer::start().await;
            let (a, _) = Device::sign_up("a", &server, "first password").await;
            a.write("note:x", "precious");
            a.synced().await;
            let count = Arc::new(AtomicUsize::new(0));
            let counting = count.clone();
            // Everything from the cut on fails, as when a cable is pulled.
            server.guard(move |_| {
                let n = counting.fetch_add(1, Ordering::SeqCst);
                match n.cmp(&cut) {
                    std::cmp::Ordering::Less => Door::Open,
                    std::cmp::Ordering::Equal if after => Door::ShutAfter,
                    _ => Door::ShutBefore,
                }
            });
            let (old, new) = (password("first password"), password("second password"));
            let done = a
                .talk
                .change_password(&a.replica, Proof::Password(&old), &new)
                .await;
            server.unguard();
            let asked = count.load(Ordering::SeqCst);
            let what = format!(
                "cut at {cut} (after: {after}), {asked} requests, {:?}",
                done.as_ref().err()
            );
            let a = a.restarted(&server);
            // Whichever way it went, exactly one of the two passwords is the account's.
            let first = Device::sign_in("b", &server, "first password").await;
            let second = Device::sign_in("c", &server, "second password").await;
            assert_ne!(first.is_ok(), second.is_ok(), "{what}");
            let (other, valid) = match (first, second) {
                (Ok(device), _) => (device, "first password"),
                (_, Ok(device)) => (device, "second password"),
                _ => unreachable!(),
            };
            other.synced().await;
            assert_eq!(other.text("note:x").as_deref(), Some("precious"), "{what}");
            // And the device that was cut off goes on, at worst after signing in again.
            let a = match a.sync().await {
                Ok(_) => a,
                Err(HostedError::SessionLost | HostedError::PasswordChanged) => {
                    a.signed_in_again(&server, valid).await.unwrap()
                }
                Err(error) => panic!("{what}: {error:?}"),
            };
            a.write("note:y", "after all that");
            a.synced().await;
            other.synced().await;
            assert_eq!(
                other.text("note:y").as_deref(),
                Some("after all that"),
                "{what}"
            );
            if asked <= cut {
                assert!(done.is_ok(), "{what}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn an_older_account_opens_only_when_asked_for_and_can_be_upgraded() {
    let server = TestServer::start().await;
    let params = sheaf_crypto::KeyParams {
        identifier: EMAIL.into(),
        pw_nonce: "baaec0131d677cf993381367eb082fe377cefe70118c1699cb9b38f0bc850e7b".into(),
        version: Version::V003,
        pw_cost: Some(110_000),
        origination: None,
        created: None,
    };
    let keys = sheaf_crypto::v003::derive(&password("older password"), &params).unwrap();
    let body = json!({
        "email": EMAIL, "password": keys.server_password.reveal_hex(), "identifier": EMAIL,
        "pw_nonce": params.pw_nonce, "pw_cost": 110_000, "version": "003", "api": "20190520",
    });
    assert_eq!(server.raw("auth", None, &body).await.0, 200);

    let secret = password("older password");
    let refused = sign_in("a", &server, Proof::Password(&secret), false).await;
    assert!(matches!(
        refused,
        Err(HostedError::OlderAccount { cost: 110_000, .. })
    ));
    let credentials = sign_in("a", &server, Proof::Password(&secret), true)
        .await
        .unwrap();
    assert_eq!(credentials.version(), Version::V003);
    let a = Device::with("a", &server, credentials, MemoryReplica::default());
    a.write("note:x", "written under the older keys");
    a.synced().await;

    let new = password("newer password");
    a.talk
        .change_password(&a.replica, Proof::Password(&secret), &new)
        .await
        .unwrap();
    assert_eq!(a.talk.signed_in().version(), Version::V004);
    a.write("note:y", "written under the newer keys");
    a.synced().await;
    let b = Device::sign_in("b", &server, "newer password")
        .await
        .unwrap();
    b.synced().await;
    assert_eq!(
        b.text("note:x").as_deref(),
        Some("written under the older keys")
    );
    assert_eq!(
        b.text("note:y").as_deref(),
        Some("written under the newer keys")
    );
}

#[tokio::test]
async fn a_session_that_was_ended_elsewhere_is_told_from_a_changed_password() {
    let server = TestServer::start().await;
    let (a, _) = Device::sign_up("a", &server, "correct horse").await;
    a.synced().await;
    server
        .service()
        .sign_out(&a.talk.signed_in())
        .await
        .unwrap();
    let lost = a.sync().await.unwrap_err();
    assert!(matches!(lost, HostedError::SessionLost), "{lost:?}");
    // A day in which no token was renewed is none of that.
    let b = Device::sign_in("b", &server, "correct horse")
        .await
        .unwrap();
    b.synced().await;
    server.pass(24 * 60 * 60 * 1000);
    b.synced().await;
}

#[tokio::test]
async fn a_deleted_account_is_gone_and_the_notes_stay_here() {
    let server = TestServer::start().await;
    let (a, _) = Device::sign_up("a", &server, "correct horse").await;
    a.write("note:x", "mine");
    a.synced().await;
    let credentials = a.talk.signed_in();
    let wrong = server
        .service()
        .delete_account(&credentials, &password("wrong"))
        .await;
    assert!(wrong.is_err());
    server
        .service()
        .delete_account(&credentials, &password("correct horse"))
        .await
        .unwrap();
    assert!(
        Device::sign_in("b", &server, "correct horse")
            .await
            .is_err()
    );
    assert_eq!(a.text("note:x").as_deref(), Some("mine"));
}

#[tokio::test]
async fn edits_travel_while_both_stay() {
    let server = TestServer::start().await;
    let (a, _) = Device::sign_up("a", &server, "correct horse").await;
    a.synced().await;
    let b = Device::sign_in("b", &server, "correct horse")
        .await
        .unwrap();
    let (edited, arrived) = (Notify::new(), Notify::new());
    let quiet = Notify::new();
    let told = |progress: Progress| {
        if let Progress::InStep(_) = progress {
            arrived.notify_one();
        }
    };
    let writing = async {
        arrived.notified().await;
        a.write("note:x", "typed just now");
        edited.notify_one();
        while b.text("note:x").is_none() {
            arrived.notified().await;
        }
    };
    let ignore = |_: Progress| {};
    tokio::select! {
        error = a.talk.live(&a.replica, &edited, &ignore) => panic!("{error:?}"),
        error = b.talk.live(&b.replica, &quiet, &told) => panic!("{error:?}"),
        () = writing => {}
    }
    assert_eq!(b.text("note:x").as_deref(), Some("typed just now"));
}
