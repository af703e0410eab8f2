//! The log of what sync did: true, cheap and small.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use sheaf_model::{DocId, Millis};
use sheaf_sync::{
    Acknowledgement, DeletionPolicy, HeldBack as Unreadable, Incoming, Limits, LocalSeq,
    RecordReplica as _, Refusal, RemoteId, Replica as _, Seq,
};

use super::support::{NOW, incoming, note_body, remote};
use crate::{ActivityKind, ActivitySession, HeldBack, ListActivity, NewNote, Options, Store};

const MINUTE: Millis = 60_000;

/// A store whose clock only the test moves.
struct Home {
    _dir: tempfile::TempDir,
    store: Store,
    clock: Arc<AtomicI64>,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(NOW));
        let read = clock.clone();
        let options = Options {
            clock: Arc::new(move || read.load(Ordering::Relaxed)),
        };
        Self {
            store: Store::open(dir.path(), options).unwrap(),
            _dir: dir,
            clock,
        }
    }

    fn wait(&self, time: Millis) {
        self.clock.fetch_add(time, Ordering::Relaxed);
    }

    async fn pull(&self, documents: std::ops::Range<u32>) {
        let revisions = documents
            .map(|number| {
                incoming(
                    &id(number),
                    &[],
                    false,
                    note_body(&format!("Note {number}"), "text"),
                )
            })
            .collect();
        self.store
            .ingest(&remote(), batch(revisions))
            .await
            .unwrap();
    }

    async fn log(&self, list: ListActivity) -> Vec<ActivitySession> {
        let list = ListActivity { limit: 100, ..list };
        self.store.activity(list).await.unwrap().sessions
    }

    async fn kinds(&self) -> Vec<(ActivityKind, Option<String>)> {
        let sessions = self.log(ListActivity::default()).await;
        let entries = sessions.into_iter().flat_map(|session| session.entries);
        entries.map(|entry| (entry.kind, entry.name)).collect()
    }
}

fn id(number: u32) -> DocId {
    DocId::parse(&format!("note:n{number:07}")).unwrap()
}

fn batch(revisions: Vec<sheaf_sync::IncomingRevision>) -> Incoming {
    Incoming {
        revisions,
        unreadable: Vec::new(),
        pulled: Some(Seq(1.into())),
        deletions: DeletionPolicy::Apply,
    }
}

#[tokio::test]
async fn what_came_and_what_went_is_told_with_the_titles_of_now() {
    let home = Home::new();
    assert!(home.log(ListActivity::default()).await.is_empty());
    home.pull(1..3).await;
    let new = NewNote {
        title: "Mine".into(),
        ..NewNote::default()
    };
    let created = home.store.create_note(new, [7; 12], NOW).await.unwrap();
    home.wait(MINUTE);
    let limits = Limits {
        documents: 10,
        bytes: 1 << 20,
    };
    let out = home
        .store
        .outgoing(&remote(), LocalSeq(0), limits)
        .await
        .unwrap();
    let sent = |sent: &sheaf_sync::OutgoingRevision| (sent.id.clone(), sent.revision.clone());
    let answer = Acknowledgement {
        accepted: out
            .revisions
            .iter()
            .filter(|it| it.id == created.row.id)
            .map(sent)
            .collect(),
        pushed: Some(out.through),
        ..Acknowledgement::default()
    };
    home.store
        .acknowledge(&remote(), answer.clone())
        .await
        .unwrap();
    // An answer that is given twice is told once.
    home.store.acknowledge(&remote(), answer).await.unwrap();
    let sessions = home.log(ListActivity::default()).await;
    assert_eq!(sessions.len(), 1);
    let session = &sessions[0];
    assert_eq!((session.began, session.last), (NOW, NOW + MINUTE));
    assert_eq!(session.counts[..2], [2, 1]);
    assert_eq!(
        home.kinds().await,
        [
            (ActivityKind::Pushed, Some("Mine".to_owned())),
            (ActivityKind::Pulled, Some("Note 2".to_owned())),
            (ActivityKind::Pulled, Some("Note 1".to_owned())),
        ]
    );
    // The same again is no news.
    home.pull(1..3).await;
    assert_eq!(home.log(ListActivity::default()).await[0].counts[0], 2);
}

/// A first pull used to be the fear: ten thousand rows for a log that nobody reads line by line.
#[tokio::test]
async fn a_first_pull_of_ten_thousand_writes_a_row_for_each_transaction_and_none_for_a_note() {
    const NOTES: u32 = 10_000;
    const BATCH: u32 = 250;
    let home = Home::new();
    home.store
        .write(crate::Origin::Local, |txn| {
            txn.sql.execute_batch(
                "CREATE TEMP TABLE writes (what TEXT);
                 CREATE TEMP TRIGGER w1 AFTER INSERT ON main.sync_entries BEGIN INSERT INTO writes VALUES ('entry'); END;
                 CREATE TEMP TRIGGER w2 AFTER UPDATE ON main.sync_entries BEGIN INSERT INTO writes VALUES ('entry'); END;
                 CREATE TEMP TRIGGER w3 AFTER INSERT ON main.sync_sessions BEGIN INSERT INTO writes VALUES ('session'); END;
                 CREATE TEMP TRIGGER w4 AFTER UPDATE ON main.sync_sessions BEGIN INSERT INTO writes VALUES ('session'); END;
                 CREATE TEMP TABLE commits (n INTEGER);
                 CREATE TEMP TRIGGER c1 AFTER UPDATE ON main.position BEGIN INSERT INTO commits VALUES (1); END;",
            )?;
            Ok::<_, crate::StoreError>(())
        })
        .await
        .unwrap();
    for batch in 0..NOTES / BATCH {
        home.pull(batch * BATCH..(batch + 1) * BATCH).await;
    }
    let counted = home
        .store
        .write(crate::Origin::Local, |txn| {
            let count = |sql: &str| txn.sql.query_row(sql, [], |row| row.get::<_, u32>(0));
            Ok::<_, crate::StoreError>((
                count("SELECT count(*) FROM writes WHERE what = 'entry'")?,
                count("SELECT count(*) FROM writes WHERE what = 'session'")?,
                count("SELECT count(*) FROM commits")?,
            ))
        })
        .await
        .unwrap();
    let (entries, sessions, commits) = counted;
    assert_eq!(entries, 0, "notes of a large batch are counted, not listed");
    // One more for the beginning of the session.
    assert!(
        sessions <= commits + 1,
        "{sessions} rows in {commits} transactions"
    );
    let log = home.log(ListActivity::default()).await;
    assert_eq!(log.len(), 1);
    assert_eq!((log[0].counts[0], log[0].unlisted), (NOTES, NOTES));
}

#[tokio::test]
async fn everyday_entries_of_a_session_end_somewhere_and_what_wants_attention_is_still_told() {
    let home = Home::new();
    for from in (0..300).step_by(20) {
        home.pull(from..from + 20).await;
    }
    let one = Incoming {
        unreadable: vec![Unreadable {
            id: "note:bad".into(),
            reason: "its title is a number".into(),
        }],
        ..batch(Vec::new())
    };
    home.store.ingest(&remote(), one).await.unwrap();
    let session = &home.log(ListActivity::default()).await[0];
    assert_eq!(session.entries.len(), 201);
    assert_eq!(session.unlisted, 100);
    let reason = HeldBack::Malformed {
        detail: "its title is a number".into(),
    };
    assert_eq!(session.entries[0].kind, ActivityKind::Quarantined);
    assert_eq!(session.entries[0].reason, Some(reason));
    assert!(!session.entries[0].here);
}

#[tokio::test]
async fn a_quiet_quarter_of_an_hour_begins_a_new_session() {
    let home = Home::new();
    home.pull(0..1).await;
    home.wait(15 * MINUTE);
    home.pull(1..2).await;
    home.wait(15 * MINUTE + 1);
    home.pull(2..3).await;
    home.store.sync_rests(&remote()).await.unwrap();
    home.pull(3..4).await;
    let counts: Vec<u32> = home
        .log(ListActivity::default())
        .await
        .iter()
        .map(|session| session.counts[0])
        .collect();
    assert_eq!(counts, [1, 1, 2]);
}

/// A laptop that is offline for a day fails hundreds of times; that is one line.
#[tokio::test]
async fn failures_in_a_row_are_one_session_and_one_after_work_ends_it() {
    let home = Home::new();
    home.pull(0..1).await;
    home.store.sync_failed(&remote(), "timedOut").await.unwrap();
    for _ in 0..40 {
        home.wait(5 * MINUTE);
        home.store
            .sync_failed(&remote(), "hostNotFound")
            .await
            .unwrap();
    }
    let log = home.log(ListActivity::default()).await;
    let told: Vec<_> = log
        .iter()
        .map(|session| (session.trouble.as_deref(), session.tries, session.counts[0]))
        .collect();
    assert_eq!(
        told,
        [(Some("hostNotFound"), 40, 0), (Some("timedOut"), 1, 1)]
    );
    // Another remote is another story.
    let other = RemoteId("elsewhere".into());
    home.store.sync_failed(&other, "timedOut").await.unwrap();
    assert_eq!(home.log(ListActivity::default()).await.len(), 3);
}

#[tokio::test]
async fn the_log_forgets_what_is_old_and_what_is_too_much() {
    let home = Home::new();
    home.pull(0..1).await;
    home.wait(91 * 24 * 60 * MINUTE);
    for number in 1..600 {
        home.pull(number..number + 1).await;
        home.wait(16 * MINUTE);
    }
    let page = home
        .store
        .activity(ListActivity {
            limit: 1000,
            ..ListActivity::default()
        })
        .await
        .unwrap();
    assert_eq!(page.sessions.len(), 500);
    assert!(!page.more);
    let kept = home
        .store
        .read(|sql| {
            Ok(
                sql.query_row("SELECT count(*) FROM sync_entries", [], |row| {
                    row.get::<_, u32>(0)
                })?,
            )
        })
        .await
        .unwrap();
    assert_eq!(kept, 500);
}

#[tokio::test]
async fn the_log_is_filtered_searched_and_paged() {
    let home = Home::new();
    for number in 0..5 {
        home.pull(number..number + 1).await;
        home.wait(20 * MINUTE);
    }
    let search = |words: &str| ListActivity {
        words: words.into(),
        ..ListActivity::default()
    };
    assert_eq!(home.log(search(" NOTE 3 ")).await.len(), 1);
    assert_eq!(home.log(search("nowhere")).await.len(), 0);
    let kinds = |kind| ListActivity {
        kinds: vec![kind],
        ..ListActivity::default()
    };
    assert_eq!(home.log(kinds(ActivityKind::Pulled)).await.len(), 5);
    assert_eq!(home.log(kinds(ActivityKind::Merged)).await.len(), 0);
    let one = ListActivity {
        document: Some(id(2).to_string()),
        ..ListActivity::default()
    };
    assert_eq!(home.log(one).await.len(), 1);
    let page = |before| ListActivity {
        limit: 2,
        before,
        ..ListActivity::default()
    };
    let first = home.store.activity(page(None)).await.unwrap();
    assert!(first.more);
    let before = Some(first.sessions[1].session);
    let second = home.store.activity(page(before)).await.unwrap();
    assert!(second.more && second.sessions[0].session < first.sessions[1].session);
}

#[tokio::test]
async fn a_refusal_is_told_with_its_reason_and_a_skipped_document_is_not_tried_with_the_others() {
    let home = Home::new();
    let new = |title: &str| NewNote {
        title: title.into(),
        ..NewNote::default()
    };
    let one = home
        .store
        .create_note(new("One"), [1; 12], NOW)
        .await
        .unwrap();
    let two = home
        .store
        .create_note(new("Two"), [2; 12], NOW)
        .await
        .unwrap();
    let limits = Limits {
        documents: 10,
        bytes: 1 << 20,
    };
    let out = home
        .store
        .outgoing(&remote(), LocalSeq(0), limits)
        .await
        .unwrap();
    let refused = out
        .revisions
        .iter()
        .filter(|it| [&one.row.id, &two.row.id].contains(&&it.id));
    let answer = Acknowledgement {
        refused: refused
            .map(|it| Refusal {
                id: it.id.clone(),
                revision: it.revision.clone(),
                reason: "no".into(),
            })
            .collect(),
        pushed: Some(out.through),
        ..Acknowledgement::default()
    };
    home.store.acknowledge(&remote(), answer).await.unwrap();
    let reason = HeldBack::Refused {
        detail: "no".into(),
    };
    home.store
        .skip(&remote(), one.row.id.to_string(), reason.clone())
        .await
        .unwrap();
    let session = &home.log(ListActivity::default()).await[0];
    assert_eq!(session.counts[4..], [2, 1]);
    assert!(
        session
            .entries
            .iter()
            .all(|entry| entry.reason == Some(reason.clone()))
    );

    assert_eq!(home.store.retry_held_back(&remote()).await.unwrap(), 1);
    let held = home.store.held_back(Some(&remote())).await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].id, one.row.id);
    assert!(
        home.store
            .retry_one(&remote(), one.row.id.to_string())
            .await
            .unwrap()
    );
    assert!(
        home.store
            .held_back(Some(&remote()))
            .await
            .unwrap()
            .is_empty()
    );
}

/// What an account cannot open is told by the conversation at every start.
#[tokio::test]
async fn what_cannot_be_opened_is_told_once() {
    let home = Home::new();
    let unopened = || {
        vec![Unreadable {
            id: "0b1c".into(),
            reason: "there is no key for it".into(),
        }]
    };
    home.store
        .tell_unopened(&remote(), unopened())
        .await
        .unwrap();
    home.wait(60 * MINUTE);
    home.store
        .tell_unopened(&remote(), unopened())
        .await
        .unwrap();
    assert_eq!(home.log(ListActivity::default()).await.len(), 1);
}
