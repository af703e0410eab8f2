//! What every replica must do, as a suite that each implementation runs: [`crate::memory`] here,
//! the store in its own tests (`sheaf_sync::replica_conformance!`).
//!
//! Replicas may merge conflicts while taking them in, keep documents of their own and mint
//! revisions in their own way; the suite only asserts what a replication relies on.

use std::{collections::BTreeSet, future::Future, slice};

use serde_json::json;
use sheaf_model::{Attachment, Body, DocId, Revision, mint};

use crate::{
    Acknowledgement, BlobId, ChangedLeaves, DeletionPolicy, HeldBack, Identity, Incoming,
    IncomingAttachment, IncomingRevision, Ingested, Limits, LocalSeq, Outgoing, OutgoingRevision,
    Record, RecordReplica, Refusal, RemoteId, Replica, Seq,
};

/// A replica and what a person can do to it. Starts without notes.
pub trait Desk: Send + Sync {
    type Replica: Replica;

    fn replica(&self) -> &Self::Replica;

    /// A new note with this text.
    fn create(&self, text: &str) -> impl Future<Output = DocId> + Send;

    fn edit(&self, note: &DocId, text: &str) -> impl Future<Output = ()> + Send;

    /// For good, not into the trash.
    fn delete(&self, note: &DocId) -> impl Future<Output = ()> + Send;

    /// The text in view, `None` when there is none.
    fn text(&self, note: &DocId) -> impl Future<Output = Option<String>> + Send;
}

/// One test per sentence, for a desk made by a function without arguments.
#[macro_export]
macro_rules! replica_conformance {
    ($desk:path) => {
        $crate::replica_conformance!($desk:
            a_checkpoint_moves_with_its_data_and_only_with_it,
            taking_in_a_batch_again_changes_nothing,
            only_what_is_not_held_is_missing,
            what_was_offered_is_offered_again_unaltered,
            edits_before_an_offer_are_one_revision_and_later_ones_follow_it,
            what_a_remote_has_acknowledged_or_sent_is_not_offered_to_it,
            each_remote_is_kept_apart,
            what_was_refused_waits_for_the_next_edit,
            batches_respect_the_limits_and_together_hold_everything,
            forgetting_the_checkpoint_offers_everything_again,
            going_back_offers_again_what_was_learned_since,
            what_could_not_be_taken_in_is_remembered_until_it_can,
            what_could_not_be_taken_in_is_forgotten_when_the_remote_has_it_no_more,
            a_deletion_that_arrives_hides_the_note,
            a_deletion_may_be_answered_by_reviving_the_note,
            an_unsent_edit_survives_whatever_arrives,
            live_notes_are_counted_among_the_condemned,
            bytes_are_kept_as_they_came_and_handed_out_in_pieces,
            an_attachment_travels_with_its_revision,
            unknown_fields_survive_the_round_trip,
        );
    };
    ($desk:path: $($name:ident,)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let desk = $desk();
                $crate::conformance::$name(&desk).await;
            }
        )*
    };
}

/// The same for replicas that keep records.
#[macro_export]
macro_rules! record_conformance {
    ($desk:path) => {
        $crate::replica_conformance!($desk:
            records_change_with_the_data_they_are_about,
            records_go_with_the_checkpoint_they_belong_to,
            leaves_are_handed_out_whoever_knows_them,
            what_a_remote_has_lost_is_offered_again,
            an_amendment_is_an_edit_like_any_other,
        );
    };
}

const EVERYTHING: Limits = Limits {
    documents: 10_000,
    bytes: 100_000_000,
};

fn remote(name: &str) -> RemoteId {
    RemoteId(format!("https://example.org/{name}"))
}

fn seq(text: &str) -> Seq {
    Seq(text.into())
}

fn note_id(name: &str) -> DocId {
    DocId::parse(&format!("note:conformance-{name}")).expect("a name of letters makes an id")
}

fn note_body(text: &str) -> Body {
    let note = json!({
        "doctype": "markdown", "bookId": "book:first", "title": "Conformance", "body": text,
        "tags": [], "status": "none", "share": "private", "pinned": false,
        "createdAt": 1, "updatedAt": 2, "numOfTasks": 0, "numOfCheckedTasks": 0,
    });
    serde_json::from_value(note).expect("the literal above is an object")
}

/// A revision as another device would have made it on top of `parents`, the nearest first.
fn incoming(id: &DocId, parents: &[Revision], text: Option<&str>) -> IncomingRevision {
    let body = text.map_or_else(Body::new, note_body);
    IncomingRevision {
        id: id.clone(),
        revision: mint(parents.first(), text.is_none(), &body, &[]),
        ancestors: parents.to_vec(),
        deleted: text.is_none(),
        body,
        attachments: Vec::new(),
    }
}

fn batch(revisions: Vec<IncomingRevision>, pulled: Option<Seq>) -> Incoming {
    Incoming {
        unreadable: Vec::new(),
        revisions,
        pulled,
        deletions: DeletionPolicy::Apply,
    }
}

async fn take_in<D: Desk>(desk: &D, revisions: Vec<IncomingRevision>) -> Ingested {
    desk.replica()
        .ingest(&remote("a"), batch(revisions, Some(seq("1"))))
        .await
        .expect("ingest")
}

async fn outgoing<D: Desk>(desk: &D, from: &RemoteId, after: LocalSeq) -> Outgoing {
    desk.replica()
        .outgoing(from, after, EVERYTHING)
        .await
        .expect("outgoing")
}

async fn offered<D: Desk>(desk: &D, from: &RemoteId, id: &DocId) -> Vec<OutgoingRevision> {
    let all = outgoing(desk, from, LocalSeq(0)).await.revisions;
    all.into_iter()
        .filter(|revision| revision.id == *id)
        .collect()
}

async fn only_offer<D: Desk>(desk: &D, from: &RemoteId, id: &DocId) -> OutgoingRevision {
    let mut all = offered(desk, from, id).await;
    assert_eq!(all.len(), 1, "one revision of {id} is offered");
    all.remove(0)
}

async fn accept<D: Desk>(desk: &D, by: &RemoteId, revision: &OutgoingRevision) {
    let accepted = vec![(revision.id.clone(), revision.revision.clone())];
    let answer = Acknowledgement {
        accepted,
        ..Acknowledgement::default()
    };
    desk.replica()
        .acknowledge(by, answer)
        .await
        .expect("acknowledge");
}

async fn is_missing<D: Desk>(desk: &D, id: &DocId, leaf: &Revision) -> bool {
    let rows = vec![ChangedLeaves {
        id: id.clone(),
        leaves: vec![leaf.clone()],
    }];
    !desk
        .replica()
        .missing(rows)
        .await
        .expect("missing")
        .is_empty()
}

async fn pulled<D: Desk>(desk: &D, from: &RemoteId) -> Option<Seq> {
    desk.replica()
        .remote_state(from)
        .await
        .expect("remote_state")
        .checkpoint
        .pulled
}

pub async fn a_checkpoint_moves_with_its_data_and_only_with_it<D: Desk>(desk: &D) {
    let (a, id) = (remote("a"), note_id("x"));
    assert_eq!(pulled(desk, &a).await, None, "never synced with");
    let first = incoming(&id, &[], Some("one"));
    desk.replica()
        .ingest(&a, batch(vec![first], None))
        .await
        .expect("ingest");
    assert_eq!(pulled(desk, &a).await, None, "more of the page follows");
    let second = incoming(&note_id("y"), &[], Some("two"));
    desk.replica()
        .ingest(&a, batch(vec![second], Some(seq("5-x"))))
        .await
        .expect("ingest");
    assert_eq!(pulled(desk, &a).await, Some(seq("5-x")));
    desk.replica()
        .ingest(&a, batch(vec![], Some(Seq(7.into()))))
        .await
        .expect("ingest");
    assert_eq!(
        pulled(desk, &a).await,
        Some(Seq(7.into())),
        "positions are opaque"
    );
}

pub async fn taking_in_a_batch_again_changes_nothing<D: Desk>(desk: &D) {
    let id = note_id("x");
    let revision = incoming(&id, &[], Some("one"));
    assert_eq!(
        take_in(desk, vec![revision.clone(), revision.clone()])
            .await
            .new,
        1
    );
    assert_eq!(take_in(desk, vec![revision]).await, Ingested::default());
    assert_eq!(desk.text(&id).await.as_deref(), Some("one"));
}

pub async fn only_what_is_not_held_is_missing<D: Desk>(desk: &D) {
    let id = note_id("x");
    let one = incoming(&id, &[], Some("one"));
    let two = incoming(&id, slice::from_ref(&one.revision), Some("two"));
    let leaves = vec![one.revision.clone()];
    let row = ChangedLeaves {
        id: id.clone(),
        leaves,
    };
    let missing = desk.replica().missing(vec![row]).await.expect("missing");
    assert!(missing.len() == 1 && missing[0].new_document);
    take_in(desk, vec![two.clone()]).await;
    assert!(!is_missing(desk, &id, &two.revision).await);
    assert!(
        !is_missing(desk, &id, &one.revision).await,
        "held as an ancestor"
    );
    let row = ChangedLeaves {
        id: id.clone(),
        leaves: vec![
            two.revision.clone(),
            incoming(&id, &[], Some("other")).revision,
        ],
    };
    let missing = desk.replica().missing(vec![row]).await.expect("missing");
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].missing.len(), 1, "the other leaf only");
    assert!(!missing[0].new_document);
}

pub async fn what_was_offered_is_offered_again_unaltered<D: Desk>(desk: &D) {
    let a = remote("a");
    let id = desk.create("one").await;
    let offer = only_offer(desk, &a, &id).await;
    assert_eq!(only_offer(desk, &a, &id).await, offer);
    assert_eq!(
        only_offer(desk, &remote("b"), &id).await.revision,
        offer.revision
    );
}

pub async fn edits_before_an_offer_are_one_revision_and_later_ones_follow_it<D: Desk>(desk: &D) {
    let a = remote("a");
    let id = desk.create("one").await;
    desk.edit(&id, "two").await;
    desk.edit(&id, "three").await;
    let offer = only_offer(desk, &a, &id).await;
    assert_eq!(offer.revision.generation(), 1);
    assert_eq!(
        offer.body.get("body").and_then(|text| text.as_str()),
        Some("three")
    );
    desk.edit(&id, "four").await;
    let next = only_offer(desk, &a, &id).await;
    assert_eq!(
        next.ancestors,
        [offer.revision],
        "the offered one was not altered"
    );
    assert_eq!(next.revision.generation(), 2);
}

pub async fn what_a_remote_has_acknowledged_or_sent_is_not_offered_to_it<D: Desk>(desk: &D) {
    let a = remote("a");
    let theirs = note_id("theirs");
    take_in(desk, vec![incoming(&theirs, &[], Some("theirs"))]).await;
    assert!(offered(desk, &a, &theirs).await.is_empty());
    let ours = desk.create("ours").await;
    let offer = only_offer(desk, &a, &ours).await;
    accept(desk, &a, &offer).await;
    assert!(offered(desk, &a, &ours).await.is_empty());
}

pub async fn each_remote_is_kept_apart<D: Desk>(desk: &D) {
    let (a, b) = (remote("a"), remote("b"));
    let id = desk.create("one").await;
    let offer = only_offer(desk, &a, &id).await;
    accept(desk, &a, &offer).await;
    assert_eq!(only_offer(desk, &b, &id).await.revision, offer.revision);
    let theirs = note_id("theirs");
    take_in(desk, vec![incoming(&theirs, &[], Some("of a"))]).await;
    assert_eq!(
        offered(desk, &b, &theirs).await.len(),
        1,
        "b has not seen it"
    );
    assert_eq!(pulled(desk, &b).await, None);
}

pub async fn what_was_refused_waits_for_the_next_edit<D: Desk>(desk: &D) {
    let a = remote("a");
    let id = desk.create("one").await;
    let offer = only_offer(desk, &a, &id).await;
    let refusal = Refusal {
        id: id.clone(),
        revision: offer.revision,
        reason: "no".to_owned(),
    };
    let answer = Acknowledgement {
        refused: vec![refusal],
        ..Acknowledgement::default()
    };
    desk.replica()
        .acknowledge(&a, answer)
        .await
        .expect("acknowledge");
    assert!(offered(desk, &a, &id).await.is_empty());
    desk.edit(&id, "two").await;
    assert_eq!(offered(desk, &a, &id).await.len(), 1);
}

pub async fn batches_respect_the_limits_and_together_hold_everything<D: Desk>(desk: &D) {
    let a = remote("a");
    let mut created = BTreeSet::new();
    for n in 0..7 {
        created.insert(desk.create(&format!("text {n}")).await);
    }
    let mut seen = BTreeSet::new();
    let mut after = LocalSeq(0);
    loop {
        let limits = Limits {
            documents: 3,
            bytes: 1_000_000,
        };
        let out = desk
            .replica()
            .outgoing(&a, after, limits)
            .await
            .expect("outgoing");
        assert!(out.revisions.len() <= 3);
        seen.extend(out.revisions.iter().map(|revision| revision.id.clone()));
        if out.remaining == 0 {
            break;
        }
        assert!(out.through > after, "it moves");
        after = out.through;
    }
    assert!(created.is_subset(&seen));
    let limits = Limits {
        documents: 100,
        bytes: 1,
    };
    let out = desk
        .replica()
        .outgoing(&a, LocalSeq(0), limits)
        .await
        .expect("outgoing");
    assert_eq!(
        out.revisions.len(),
        1,
        "a batch ends with the revision that crosses the limit"
    );
}

pub async fn forgetting_the_checkpoint_offers_everything_again<D: Desk>(desk: &D) {
    let a = remote("a");
    let id = desk.create("one").await;
    let out = outgoing(desk, &a, LocalSeq(0)).await;
    let accepted = out
        .revisions
        .iter()
        .map(|r| (r.id.clone(), r.revision.clone()))
        .collect();
    let answer = Acknowledgement {
        accepted,
        refused: vec![],
        pushed: Some(out.through),
        ..Acknowledgement::default()
    };
    desk.replica()
        .acknowledge(&a, answer)
        .await
        .expect("acknowledge");
    take_in(desk, vec![]).await;
    let identity = |marker: &str| Identity {
        marker: Some(marker.to_owned()),
        instance: None,
    };
    desk.replica()
        .set_identity(&a, identity("m"), false)
        .await
        .expect("set_identity");
    let state = desk.replica().remote_state(&a).await.expect("remote_state");
    assert_eq!(state.identity, Some(identity("m")));
    assert_eq!(
        (state.checkpoint.pulled, state.checkpoint.pushed),
        (Some(seq("1")), out.through)
    );
    assert!(outgoing(desk, &a, out.through).await.revisions.is_empty());

    desk.replica()
        .set_identity(&a, identity("n"), true)
        .await
        .expect("set_identity");
    let state = desk.replica().remote_state(&a).await.expect("remote_state");
    assert_eq!(state.identity, Some(identity("n")));
    assert_eq!(
        (state.checkpoint.pulled, state.checkpoint.pushed),
        (None, LocalSeq(0))
    );
    assert_eq!(offered(desk, &a, &id).await.len(), 1);
}

pub async fn going_back_offers_again_what_was_learned_since<D: Desk>(desk: &D) {
    let a = remote("a");
    let accept_all = async |out: &Outgoing| {
        let accepted = out.revisions.iter();
        let answer = Acknowledgement {
            accepted: accepted
                .map(|r| (r.id.clone(), r.revision.clone()))
                .collect(),
            had: vec![],
            refused: vec![],
            pushed: Some(out.through),
        };
        let answered = desk.replica().acknowledge(&a, answer).await;
        answered.expect("acknowledge");
    };
    let arrives = async |name: &str, position: &str| {
        let arrival = incoming(&note_id(name), &[], Some(name));
        let batch = batch(vec![arrival], Some(seq(position)));
        desk.replica().ingest(&a, batch).await.expect("ingest");
    };
    let before = desk.create("before").await;
    arrives("early", "1").await;
    accept_all(&outgoing(desk, &a, LocalSeq(0)).await).await;
    let written_down = desk.replica().remote_state(&a).await.expect("remote_state");
    let since = desk.create("since").await;
    accept_all(&outgoing(desk, &a, written_down.checkpoint.pushed).await).await;
    arrives("late", "2").await;
    let now = desk.replica().remote_state(&a).await.expect("remote_state");
    let nothing = outgoing(desk, &a, now.checkpoint.pushed).await;
    assert!(nothing.revisions.is_empty());

    let to = written_down.checkpoint.clone();
    desk.replica().go_back(&a, to).await.expect("go_back");
    let state = desk.replica().remote_state(&a).await.expect("remote_state");
    assert_eq!(state, written_down);
    let again = outgoing(desk, &a, state.checkpoint.pushed).await;
    let ids: BTreeSet<&DocId> = again.revisions.iter().map(|r| &r.id).collect();
    assert!(ids.contains(&since) && ids.contains(&note_id("late")));
    assert!(!ids.contains(&before));
}

pub async fn what_could_not_be_taken_in_is_remembered_until_it_can<D: Desk>(desk: &D) {
    let a = remote("a");
    let id = note_id("withheld");
    let held = HeldBack {
        id: id.to_string(),
        reason: "withheld".to_owned(),
    };
    let without = Incoming {
        unreadable: vec![held.clone()],
        ..batch(vec![], Some(seq("1")))
    };
    desk.replica().ingest(&a, without).await.expect("ingest");
    let left_out = desk.replica().left_out(&a).await.expect("left_out");
    assert_eq!(left_out, [held]);
    take_in(desk, vec![incoming(&id, &[], Some("here after all"))]).await;
    let left_out = desk.replica().left_out(&a).await.expect("left_out");
    assert!(left_out.is_empty());
}

pub async fn what_could_not_be_taken_in_is_forgotten_when_the_remote_has_it_no_more<D: Desk>(
    desk: &D,
) {
    let a = remote("a");
    let id = note_id("plain").to_string();
    let held = HeldBack {
        id: id.clone(),
        reason: "not encrypted".to_owned(),
    };
    for (announced, remembered) in [(held, 1), (HeldBack::settled(id), 0)] {
        let batch = Incoming {
            unreadable: vec![announced],
            ..batch(vec![], Some(seq("1")))
        };
        desk.replica().ingest(&a, batch).await.expect("ingest");
        let left_out = desk.replica().left_out(&a).await.expect("left_out");
        assert_eq!(left_out.len(), remembered);
    }
}

pub async fn a_deletion_that_arrives_hides_the_note<D: Desk>(desk: &D) {
    let id = note_id("x");
    let one = incoming(&id, &[], Some("one"));
    let gone = incoming(&id, slice::from_ref(&one.revision), None);
    take_in(desk, vec![one]).await;
    take_in(desk, vec![gone]).await;
    assert_eq!(desk.text(&id).await, None);
    assert_eq!(desk.replica().live_notes().await.expect("live_notes"), 0);
}

pub async fn a_deletion_may_be_answered_by_reviving_the_note<D: Desk>(desk: &D) {
    let (a, id) = (remote("a"), note_id("x"));
    let one = incoming(&id, &[], Some("one"));
    let gone = incoming(&id, slice::from_ref(&one.revision), None);
    take_in(desk, vec![one]).await;
    let revive = Incoming {
        unreadable: Vec::new(),
        revisions: vec![gone.clone()],
        pulled: Some(seq("2")),
        deletions: DeletionPolicy::Revive,
    };
    desk.replica().ingest(&a, revive).await.expect("ingest");
    assert_eq!(desk.text(&id).await.as_deref(), Some("one"));
    assert!(
        !is_missing(desk, &id, &gone.revision).await,
        "the deletion itself is known"
    );
    let offer = only_offer(desk, &a, &id).await;
    assert!(
        !offer.deleted && offer.ancestors.contains(&gone.revision),
        "sent again, on top"
    );
}

pub async fn an_unsent_edit_survives_whatever_arrives<D: Desk>(desk: &D) {
    let (a, id) = (remote("a"), note_id("x"));
    let one = incoming(&id, &[], Some("one"));
    take_in(desk, vec![one.clone()]).await;
    desk.edit(&id, "mine").await;
    take_in(desk, vec![incoming(&id, &[one.revision], None)]).await;
    assert_eq!(
        desk.text(&id).await.as_deref(),
        Some("mine"),
        "an edit beats a deletion"
    );
    let texts: Vec<OutgoingRevision> = offered(desk, &a, &id).await;
    let mine = |revision: &OutgoingRevision| revision.body.get("body") == Some(&"mine".into());
    assert!(texts.iter().any(mine), "and is sent");
}

pub async fn live_notes_are_counted_among_the_condemned<D: Desk>(desk: &D) {
    let here = desk.create("one").await;
    let deleted = desk.create("two").await;
    desk.delete(&deleted).await;
    let unknown = note_id("unknown");
    let tag = DocId::parse("tag:x").expect("a tag's id");
    let among = vec![here.clone(), here, deleted, unknown, tag];
    assert_eq!(
        desk.replica()
            .live_notes_among(among)
            .await
            .expect("live_notes_among"),
        1
    );
    assert_eq!(desk.replica().live_notes().await.expect("live_notes"), 1);
}

pub async fn bytes_are_kept_as_they_came_and_handed_out_in_pieces<D: Desk>(desk: &D) {
    let replica = desk.replica();
    let upload = replica.begin_blob().await.expect("begin_blob");
    replica
        .append_blob(upload, b"hel".to_vec())
        .await
        .expect("append_blob");
    replica
        .append_blob(upload, b"lo".to_vec())
        .await
        .expect("append_blob");
    let blob = replica.finish_blob(upload).await.expect("finish_blob");
    assert_eq!(blob.length, 5);
    assert_eq!(blob.md5, "5d41402abc4b2a76b9719d911017c592");
    assert_eq!(
        blob.id,
        BlobId("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824".to_owned())
    );
    for (offset, len, bytes) in [(0, 99, "hello"), (1, 3, "ell"), (5, 9, ""), (99, 9, "")] {
        let piece = replica
            .read_blob(&blob.id, offset, len)
            .await
            .expect("read_blob");
        assert_eq!(piece, bytes.as_bytes(), "{offset} {len}");
    }
    let abandoned = replica.begin_blob().await.expect("begin_blob");
    replica
        .append_blob(abandoned, b"x".to_vec())
        .await
        .expect("append_blob");
    replica.abandon_blob(abandoned).await.expect("abandon_blob");
}

pub async fn an_attachment_travels_with_its_revision<D: Desk>(desk: &D) {
    let (b, replica) = (remote("b"), desk.replica());
    let upload = replica.begin_blob().await.expect("begin_blob");
    replica
        .append_blob(upload, b"hello".to_vec())
        .await
        .expect("append_blob");
    let blob = replica.finish_blob(upload).await.expect("finish_blob");
    let meta = Attachment {
        name: "index".to_owned(),
        content_type: "image/png".to_owned(),
        length: blob.length,
        md5: blob.md5,
        revpos: 1,
    };
    let id = DocId::parse("file:conformance").expect("a file's id");
    let body = json!({ "name": "a.png", "contentType": "image/png", "contentLength": 5,
        "createdAt": 1, "publicIn": [] });
    let body: Body = serde_json::from_value(body).expect("the literal above is an object");
    let arriving = IncomingRevision {
        id: id.clone(),
        revision: mint(None, false, &body, slice::from_ref(&meta)),
        ancestors: vec![],
        deleted: false,
        body,
        attachments: vec![IncomingAttachment {
            meta: meta.clone(),
            blob: blob.id.clone(),
        }],
    };
    take_in(desk, vec![arriving]).await;
    let offer = only_offer(desk, &b, &id).await;
    assert_eq!(offer.attachments.len(), 1);
    assert_eq!(
        (&offer.attachments[0].meta, &offer.attachments[0].blob),
        (&meta, &blob.id)
    );
}

pub async fn unknown_fields_survive_the_round_trip<D: Desk>(desk: &D) {
    let id = note_id("x");
    let mut arriving = incoming(&id, &[], Some("one"));
    arriving
        .body
        .insert("ofTomorrow".into(), json!({ "deep": [1, null, "é"] }));
    let fields = arriving.body.clone();
    take_in(desk, vec![arriving]).await;
    let offer = only_offer(desk, &remote("b"), &id).await;
    assert_eq!(offer.body, fields);
    assert!(offer.body.keys().eq(fields.keys()), "in their order");
    desk.edit(&id, "two").await;
    let offer = only_offer(desk, &remote("b"), &id).await;
    assert_eq!(offer.body.get("ofTomorrow"), fields.get("ofTomorrow"));
}

fn record(key: &str, value: &str) -> Record {
    Record {
        key: key.into(),
        value: Some(value.into()),
    }
}

pub async fn records_change_with_the_data_they_are_about<D: Desk<Replica: RecordReplica>>(
    desk: &D,
) {
    let (a, id) = (remote("a"), note_id("recorded"));
    let revisions = vec![incoming(&id, &[], Some("one"))];
    desk.replica()
        .ingest_with(
            &a,
            batch(revisions, Some(seq("1"))),
            vec![record("i:1", "1"), record("i:2", "2"), record("k:1", "3")],
        )
        .await
        .expect("ingest");
    let of = |prefix: &'static str| {
        let replica = desk.replica();
        let a = a.clone();
        async move {
            replica
                .records_with_prefix(&a, prefix)
                .await
                .expect("records")
        }
    };
    assert_eq!(of("i:").await, [record("i:1", "1"), record("i:2", "2")]);
    let change = vec![Record::forget("i:1"), record("i:2", "4")];
    desk.replica()
        .acknowledge_with(&a, Acknowledgement::default(), change)
        .await
        .expect("acknowledge");
    assert_eq!(of("i:").await, [record("i:2", "4")]);
    let some = desk
        .replica()
        .records(&a, vec!["k:1".into(), "i:1".into()])
        .await;
    assert_eq!(some.expect("records"), [record("k:1", "3")]);
    let elsewhere = desk.replica().records_with_prefix(&remote("b"), "").await;
    assert_eq!(elsewhere.expect("records"), []);
}

pub async fn records_go_with_the_checkpoint_they_belong_to<D: Desk<Replica: RecordReplica>>(
    desk: &D,
) {
    let replica = desk.replica();
    for name in ["a", "b"] {
        replica
            .put_records(&remote(name), vec![record("i:1", "1")])
            .await
            .expect("put");
    }
    let identity = Identity {
        marker: Some("another".into()),
        instance: None,
    };
    replica
        .set_identity(&remote("a"), identity, true)
        .await
        .expect("set_identity");
    for (name, left) in [("a", 0), ("b", 1)] {
        let records = replica.records(&remote(name), vec!["i:1".into()]).await;
        assert_eq!(records.expect("records").len(), left, "{name}");
    }
}

pub async fn leaves_are_handed_out_whoever_knows_them<D: Desk<Replica: RecordReplica>>(desk: &D) {
    let id = note_id("leaves");
    let one = incoming(&id, &[], Some("one"));
    let two = incoming(&id, slice::from_ref(&one.revision), Some("two"));
    take_in(desk, vec![one.clone(), two.clone()]).await;
    let leaves = desk
        .replica()
        .leaves(vec![id.clone(), note_id("unheard-of")]);
    let leaves = leaves.await.expect("leaves");
    assert_eq!(leaves.len(), 1);
    assert_eq!(
        (&leaves[0].revision, &leaves[0].ancestors, &leaves[0].body),
        (&two.revision, &vec![one.revision], &two.body)
    );
}

pub async fn what_a_remote_has_lost_is_offered_again<D: Desk<Replica: RecordReplica>>(desk: &D) {
    let (a, note) = (remote("a"), desk.create("one").await);
    let offer = only_offer(desk, &a, &note).await;
    accept(desk, &a, &offer).await;
    let through = outgoing(desk, &a, LocalSeq(0)).await.through;
    desk.replica()
        .offer_again(&a, vec![note.clone()])
        .await
        .expect("offer_again");
    let again = outgoing(desk, &a, through).await.revisions;
    assert_eq!(again, [offer]);
}

pub async fn an_amendment_is_an_edit_like_any_other<D: Desk<Replica: RecordReplica>>(desk: &D) {
    let (a, note) = (remote("a"), desk.create("one").await);
    accept(desk, &a, &only_offer(desk, &a, &note).await).await;
    let replica = desk.replica();
    let mut view = replica.in_view(vec![note.clone()]).await.expect("in_view");
    let (id, mut body) = view.remove(0);
    body.insert("sheafForeign".into(), 7.into());
    let ghost = note_id("ghost");
    replica
        .amend(vec![(id, body.clone()), (ghost.clone(), Body::new())])
        .await
        .expect("amend");
    let offer = only_offer(desk, &a, &note).await;
    assert_eq!(offer.body.get("sheafForeign"), Some(&7.into()));
    assert_eq!(desk.text(&ghost).await, None);
}
