//! Attachments and their bytes.

use sheaf_model::{Attachment, File, Kind};
use sheaf_sync::{IncomingAttachment, Replica};

use super::support::{Home, NOW, incoming};
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

#[tokio::test]
async fn only_old_bytes_that_nobody_names_are_collected() {
    let home = Home::new();
    let kept = home
        .store
        .add_attachment(picture(b"kept"), home.random(), NOW)
        .await
        .unwrap();
    let gone = home
        .store
        .add_attachment(picture(b"gone"), home.random(), NOW)
        .await
        .unwrap();
    let upload = home.store.begin_blob().await.unwrap();
    home.store
        .append_blob(upload, b"never named".to_vec())
        .await
        .unwrap();
    home.store.finish_blob(upload).await.unwrap();
    let future = i64::MAX / 2_000_000;
    assert_eq!(
        home.store.collect_garbage(NOW).await.unwrap(),
        0,
        "all of them are young"
    );
    assert_eq!(home.store.collect_garbage(future).await.unwrap(), 1);
    assert_eq!(home.store.read_attachment(kept.id).await.unwrap(), b"kept");
    assert_eq!(home.store.read_attachment(gone.id).await.unwrap(), b"gone");
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
