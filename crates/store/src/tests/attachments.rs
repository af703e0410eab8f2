//! Attachments and their bytes.

use sheaf_model::{Attachment, Body, File, Kind, Millis, Revision, mint};
use sheaf_sync::{
    IncomingAttachment, IncomingRevision, LocalSeq, OutgoingRevision, RemoteId, Replica,
};

use super::support::{Home, NOW, incoming, note_body};
use crate::{NewAttachment, StoreError};

fn picture(bytes: &[u8]) -> NewAttachment {
    NewAttachment {
        name: "p.png".into(),
        content_type: "image/png".into(),
        bytes: bytes.to_vec(),
    }
}

#[tokio::test]
async fn a_picture_is_stored_listed_with_its_note_and_read() {
    let home = Home::new();
    let row = home
        .store
        .add_attachment(picture(b"png!"), home.random(), NOW)
        .await
        .unwrap();
    assert_eq!((row.id.kind(), row.length), (Kind::File, 4));
    let note = home
        .create("t", &format!("![p](inkdrop://{})", row.id))
        .await
        .row
        .id;
    let listed = home.store.attachments_of(note).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&row));
    assert_eq!(
        home.store.read_attachment(row.id.clone()).await.unwrap(),
        b"png!"
    );
    let outgoing = home.outgoing().await;
    let sent = outgoing
        .revisions
        .iter()
        .find(|sent| sent.id == row.id)
        .unwrap();
    assert_eq!(sent.attachments[0].meta.name, "index");
    assert_eq!(
        home.store
            .read_blob(&sent.attachments[0].blob, 1, 2)
            .await
            .unwrap(),
        b"ng"
    );
    assert_eq!(
        home.store
            .read_blob(&sent.attachments[0].blob, 4, 2)
            .await
            .unwrap(),
        b""
    );
    home.assert_sound().await;
}

#[tokio::test]
async fn what_is_no_shared_picture_gets_the_other_prefix() {
    let home = Home::new();
    let new = NewAttachment {
        content_type: "application/pdf".into(),
        ..picture(b"%PDF")
    };
    let row = home
        .store
        .add_attachment(new, home.random(), NOW)
        .await
        .unwrap();
    assert_eq!(row.id.kind(), Kind::SheafFile);
    assert!(
        home.outgoing()
            .await
            .revisions
            .iter()
            .any(|sent| sent.id == row.id)
    );
}

#[tokio::test]
async fn bytes_arrive_in_pieces_before_the_document_that_names_them() {
    let home = Home::new();
    let upload = home.store.begin_blob().await.unwrap();
    home.store
        .append_blob(upload, b"first ".to_vec())
        .await
        .unwrap();
    home.store
        .append_blob(upload, b"second".to_vec())
        .await
        .unwrap();
    let blob = home.store.finish_blob(upload).await.unwrap();
    assert_eq!(blob.length, 12);
    assert!(matches!(
        home.store.finish_blob(upload).await,
        Err(StoreError::UnknownUpload)
    ));
    let id = super::support::id("file:x");
    let file = File {
        name: "p".into(),
        content_type: "image/png".into(),
        content_length: 12,
        created_at: NOW,
        md5: Some(blob.md5.clone()),
    };
    let mut sent = incoming(&id, &[], false, file.to_body());
    let meta = Attachment {
        name: "index".into(),
        content_type: "image/png".into(),
        length: 12,
        md5: blob.md5,
        revpos: 1,
    };
    sent.attachments.push(IncomingAttachment {
        meta,
        blob: blob.id,
    });
    home.ingest(vec![sent]).await;
    assert_eq!(
        home.store.read_attachment(id).await.unwrap(),
        b"first second"
    );
    home.assert_sound().await;
}

/// Later than any file of this test was written.
const LATER: Millis = i64::MAX / 2_000_000;
const WEEK: Millis = 7 * 24 * 60 * 60 * 1000;

async fn bytes_of(home: &Home, sent: &OutgoingRevision) -> Vec<u8> {
    let blob = &sent.attachments[0].blob;
    home.store.read_blob(blob, 0, 99).await.unwrap()
}

/// A revision that holds `bytes` under the name `index`.
async fn with_bytes(
    home: &Home,
    mut sent: IncomingRevision,
    bytes: &'static [u8],
) -> IncomingRevision {
    let upload = home.store.begin_blob().await.unwrap();
    home.store
        .append_blob(upload, bytes.to_vec())
        .await
        .unwrap();
    let blob = home.store.finish_blob(upload).await.unwrap();
    let meta = Attachment {
        name: "index".into(),
        content_type: "image/png".into(),
        length: blob.length,
        md5: blob.md5,
        revpos: sent.revision.generation(),
    };
    sent.revision = mint(
        sent.ancestors.first(),
        sent.deleted,
        &sent.body,
        std::slice::from_ref(&meta),
    );
    sent.attachments.push(IncomingAttachment {
        meta,
        blob: blob.id,
    });
    sent
}

fn picture_body(length: u64) -> Body {
    let file = File {
        name: "p.png".into(),
        content_type: "image/png".into(),
        content_length: length,
        created_at: NOW,
        md5: None,
    };
    file.to_body()
}

#[tokio::test]
async fn each_leaf_of_a_conflict_has_the_bytes_it_came_with_under_one_name() {
    for (id, conflicts) in [("note:x", 1), ("file:x", 0)] {
        let home = Home::new();
        let id = super::support::id(id);
        let say = |above: &[Revision], length| {
            let body = match id.kind() {
                Kind::Note => note_body("t", "a"),
                _ => picture_body(length),
            };
            incoming(&id, above, false, body)
        };
        let base = with_bytes(&home, say(&[], 3), b"old").await;
        let above = [base.revision.clone()];
        let left = with_bytes(&home, say(&above, 4), b"left").await;
        let right = with_bytes(&home, say(&above, 5), b"right").await;
        home.ingest(vec![base, left.clone(), right.clone()]).await;
        let all = home
            .outgoing_after(&RemoteId("other".into()), LocalSeq(0))
            .await;
        let mut bytes = Vec::new();
        let live = all
            .revisions
            .iter()
            .filter(|sent| sent.id == id && !sent.deleted);
        for sent in live {
            let wanted: &[u8] = if sent.revision == left.revision {
                b"left"
            } else {
                b"right"
            };
            assert_eq!(bytes_of(&home, sent).await, wanted);
            bytes.push(wanted);
        }
        bytes.sort_unstable();
        assert_eq!(
            bytes,
            [&b"left"[..], b"right"],
            "{id}: nothing was merged away"
        );
        assert_eq!(home.store.sidebar().await.unwrap().conflicts, conflicts);
        assert_eq!(
            home.store.collect_garbage(LATER, WEEK).await.unwrap(),
            0,
            "the bytes of both leaves are needed"
        );
        home.assert_sound().await;
    }
}

#[tokio::test]
async fn a_decision_over_a_conflict_keeps_the_bytes_of_the_side_it_closes() {
    let home = Home::new();
    let id = super::support::id("note:x");
    let base = incoming(&id, &[], false, note_body("t", "a"));
    let above = [base.revision.clone()];
    let say = |text| incoming(&id, &above, false, note_body("t", text));
    let left = with_bytes(&home, say("left"), b"left").await;
    let right = with_bytes(&home, say("right"), b"right").await;
    home.ingest(vec![base, left, right]).await;
    let leaves = home.store.conflict_leaves(id.clone()).await.unwrap();
    let seen = leaves.iter().map(|leaf| leaf.id.clone()).collect();
    let choice = crate::ConflictChoice {
        title: "t".into(),
        body: "both".into(),
        ..crate::ConflictChoice::default()
    };
    let outcome = home.store.resolve_conflict(id.clone(), seen, choice, NOW);
    let crate::ConflictOutcome::Decided(decision) = outcome.await.unwrap() else {
        panic!("stale")
    };
    let sent = home.outgoing().await.revisions;
    let decided = sent.iter().find(|sent| sent.id == id && !sent.deleted);
    let mut held = Vec::new();
    for one in &decided.unwrap().attachments {
        held.push(home.store.read_blob(&one.blob, 0, 99).await.unwrap());
    }
    held.sort_unstable();
    assert_eq!(held, [&b"left"[..], b"right"]);
    home.assert_sound().await;
    // Taken back, each side has its own again.
    let reopened = home
        .store
        .reopen_conflicts(vec![(id.clone(), decision)], NOW)
        .await;
    assert_eq!(reopened.unwrap(), 1);
    let leaves = home.store.conflict_leaves(id).await.unwrap();
    assert_eq!(leaves.len(), 2);
    home.push().await;
    let all = home
        .outgoing_after(&RemoteId("other".into()), LocalSeq(0))
        .await;
    let live = all.revisions.iter().filter(|sent| !sent.deleted);
    let revived = live
        .filter(|sent| sent.attachments.len() == 1)
        .collect::<Vec<_>>();
    assert_eq!(
        revived.len(),
        1,
        "the side below a tombstone has its bytes again"
    );
    home.assert_sound().await;
}

#[tokio::test]
async fn bytes_that_lost_their_last_name_wait_before_they_go() {
    let home = Home::new();
    let kept = home
        .store
        .add_attachment(picture(b"kept"), home.random(), NOW)
        .await
        .unwrap();
    let upload = home.store.begin_blob().await.unwrap();
    home.store
        .append_blob(upload, b"never named".to_vec())
        .await
        .unwrap();
    let blob = home.store.finish_blob(upload).await.unwrap();
    let collect = async |now| home.store.collect_garbage(now, WEEK).await.unwrap();
    assert_eq!(collect(NOW).await, 0, "just written, a name may follow");
    assert_eq!(
        collect(LATER).await,
        0,
        "the file is old, its waiting is not"
    );
    assert_eq!(collect(LATER + WEEK - 1).await, 0);
    assert!(home.store.read_blob(&blob.id, 0, 1).await.is_ok());
    assert_eq!(
        collect(LATER - WEEK).await,
        0,
        "a clock set back begins anew"
    );
    assert_eq!(collect(LATER).await, 1);
    assert!(matches!(
        home.store.read_blob(&blob.id, 0, 1).await,
        Err(StoreError::BlobMissing)
    ));
    assert_eq!(home.store.read_attachment(kept.id).await.unwrap(), b"kept");
    home.assert_sound().await;
}

#[tokio::test]
async fn bytes_that_are_named_again_while_they_wait_begin_a_new_wait() {
    let home = Home::new();
    let upload = home.store.begin_blob().await.unwrap();
    home.store
        .append_blob(upload, b"png!".to_vec())
        .await
        .unwrap();
    home.store.finish_blob(upload).await.unwrap();
    let collect = async |now| home.store.collect_garbage(now, WEEK).await.unwrap();
    assert_eq!(collect(LATER).await, 0);
    let row = home
        .store
        .add_attachment(picture(b"png!"), home.random(), NOW)
        .await
        .unwrap();
    assert_eq!(collect(LATER + 2 * WEEK).await, 0);
    assert_eq!(home.store.read_attachment(row.id).await.unwrap(), b"png!");
    home.assert_sound().await;
}

#[tokio::test]
async fn an_upload_that_was_never_finished_is_gone_after_a_restart() {
    let home = Home::new();
    let upload = home.store.begin_blob().await.unwrap();
    home.store
        .append_blob(upload, b"half".to_vec())
        .await
        .unwrap();
    let home = home.reopened();
    let incoming = home.dir.path().join("attachments/incoming");
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0);
}

#[tokio::test]
async fn a_blob_id_that_is_no_digest_names_no_file() {
    let home = Home::new();
    for id in ["../../notes.db", "", "ab"] {
        let blob = sheaf_sync::BlobId(id.into());
        assert!(matches!(
            home.store.read_blob(&blob, 0, 9).await,
            Err(StoreError::BlobMissing)
        ));
    }
}

#[tokio::test]
async fn bytes_that_vanished_are_reported() {
    let home = Home::new();
    home.store
        .add_attachment(picture(b"png!"), home.random(), NOW)
        .await
        .unwrap();
    for shelf in std::fs::read_dir(home.dir.path().join("attachments")).unwrap() {
        let shelf = shelf.unwrap();
        if shelf.file_name() != "incoming" {
            std::fs::remove_dir_all(shelf.path()).unwrap();
        }
    }
    let verified = home.store.verify().await.unwrap();
    assert_eq!(
        verified.problems,
        [crate::Problem::BlobsMissing { blobs: 1 }]
    );
}
