//! Times of the store on this machine, beside the floor that bare SQLite sets in the same run.
//!
//!     cargo run --release -p sheaf-store --example measure -- [notes]
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use rusqlite::{Connection, params};
use serde_json::json;
use sheaf_model::{Body, DocId, Kind, mint, new_doc_id};
use sheaf_store::{
    ListNotes, NewNote, NoteEdit, Options, Scope, Sort, SortKey, Store, UpdateOutcome,
};
use sheaf_sync::{
    Acknowledgement, DeletionPolicy, Incoming, IncomingRevision, Limits, LocalSeq, RemoteId,
    Replica, Seq,
};

const NOW: i64 = 1_700_000_000_000;
const BATCH: usize = 500;

/// Words by rank: common ones come often, as in prose.
struct Words(u64);

impl Words {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn text(&mut self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 16);
        while text.len() < bytes {
            let uniform = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
            let mut rank = (20_000f64.powf(uniform)) as u64;
            for _ in 0..3 {
                text.push(char::from(b'a' + (rank % 26) as u8));
                text.push(char::from(b"aeiou"[(rank % 5) as usize]));
                rank /= 7;
            }
            text.push(if self.next().is_multiple_of(12) {
                '\n'
            } else {
                ' '
            });
        }
        text
    }
}

fn note(words: &mut Words, n: usize) -> (DocId, Body) {
    let random = std::array::from_fn(|place| (words.next() >> place) as u8);
    let body = json!({
        "doctype": "markdown", "title": words.text(24), "body": words.text(2_000),
        "bookId": format!("book:{}", n % 20), "tags": [format!("tag:{}", n % 50)],
        "status": "none", "share": "private", "pinned": false, "updatedAt": NOW + n as i64 * 1000,
        "createdAt": NOW + n as i64 * 900, "timestamp": NOW + n as i64 * 1000,
        "numOfTasks": 0, "numOfCheckedTasks": 0,
    });
    let serde_json::Value::Object(body) = body else {
        unreachable!("json! made an object")
    };
    (new_doc_id(Kind::Note, random), body)
}

fn incoming(words: &mut Words, n: usize) -> IncomingRevision {
    let (id, body) = note(words, n);
    let revision = mint(None, false, &body, &[]);
    IncomingRevision {
        id,
        revision,
        ancestors: vec![],
        deleted: false,
        body,
        attachments: vec![],
    }
}

fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |p: usize| times[(times.len() * p / 100).min(times.len() - 1)];
    format!(
        "p50 {:?} p95 {:?} p99 {:?} max {:?}",
        at(50),
        at(95),
        at(99),
        at(100)
    )
}

fn remote() -> RemoteId {
    RemoteId("bench".into())
}

async fn pull(store: &Store, notes: usize, seed: u64) -> Duration {
    let mut words = Words(seed);
    let mut spent = Duration::ZERO;
    for start in (0..notes).step_by(BATCH) {
        let revisions = (start..(start + BATCH).min(notes))
            .map(|n| incoming(&mut words, n))
            .collect();
        let pulled = Some(Seq(json!(start)));
        let batch = Incoming {
            unreadable: Vec::new(),
            revisions,
            pulled,
            deletions: DeletionPolicy::Apply,
        };
        let begin = Instant::now();
        store.ingest(&remote(), batch).await.unwrap();
        spent += begin.elapsed();
    }
    spent
}

fn floor(dir: &Path, notes: usize) -> (Duration, Connection) {
    let sql = Connection::open(dir.join("floor.db")).unwrap();
    sql.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768;
         CREATE TABLE note(id INTEGER PRIMARY KEY, doc TEXT UNIQUE, title TEXT, body TEXT, book TEXT, updated INT, created INT);
         CREATE INDEX a ON note(updated); CREATE INDEX b ON note(book, updated);
         CREATE VIRTUAL TABLE fts USING fts5(title, body, content='', tokenize='unicode61 remove_diacritics 2');",
    )
    .unwrap();
    let mut words = Words(7);
    let mut spent = Duration::ZERO;
    for start in (0..notes).step_by(BATCH) {
        let batch: Vec<_> = (start..(start + BATCH).min(notes))
            .map(|n| (n, note(&mut words, n)))
            .collect();
        let begin = Instant::now();
        sql.execute_batch("BEGIN").unwrap();
        for (n, (id, body)) in batch {
            let text = |key: &str| body[key].as_str().unwrap().to_owned();
            sql.prepare_cached("INSERT INTO note VALUES (?1,?2,?3,?4,?5,?6,?7)")
                .unwrap()
                .execute(params![
                    n as i64 + 1,
                    id.as_str(),
                    text("title"),
                    text("body"),
                    text("bookId"),
                    NOW + n as i64,
                    NOW
                ])
                .unwrap();
            sql.prepare_cached("INSERT INTO fts(rowid,title,body) VALUES (?1,?2,?3)")
                .unwrap()
                .execute(params![n as i64 + 1, text("title"), text("body")])
                .unwrap();
        }
        sql.execute_batch("COMMIT").unwrap();
        spent += begin.elapsed();
    }
    (spent, sql)
}

async fn timed(store: &Store, list: &ListNotes) -> (Duration, u32) {
    let mut times = Vec::new();
    let mut total = 0;
    for _ in 0..9 {
        let begin = Instant::now();
        total = store.list_notes(list.clone()).await.unwrap().total;
        times.push(begin.elapsed());
    }
    times.sort();
    (times[4], total)
}

async fn save(store: &Store, id: &DocId, n: usize) -> Duration {
    let version = store.get_note(id.clone()).await.unwrap().version;
    let text = Words(n as u64 + 1).text(2_000);
    let edit = NoteEdit {
        title: None,
        body: Some(text),
    };
    let begin = Instant::now();
    let saved = store
        .update_note(id.clone(), version, edit, NOW)
        .await
        .unwrap();
    let spent = begin.elapsed();
    assert!(matches!(saved, UpdateOutcome::Saved { .. }));
    spent
}

#[tokio::main]
async fn main() {
    let notes: usize = std::env::args()
        .nth(1)
        .map_or(10_000, |n| n.parse().unwrap());
    let dir =
        tempfile::tempdir_in(std::env::args().nth(2).unwrap_or_else(|| "target".into())).unwrap();
    let options = || Options {
        clock: Arc::new(|| NOW),
    };
    let (floor_time, floor) = floor(dir.path(), notes);
    let rate = |time: Duration| notes as f64 / time.as_secs_f64();
    println!(
        "floor    rows + plain FTS5     {:>8.0} notes/s",
        rate(floor_time)
    );

    let data = dir.path().join("data");
    let store = Store::open(&data, options()).unwrap();
    let spent = pull(&store, notes, 7).await;
    println!(
        "ingest   {notes} notes of 2 kB  {:>8.0} notes/s ({:.2} x floor time)",
        rate(spent),
        spent.as_secs_f64() / floor_time.as_secs_f64()
    );

    let new = NewNote {
        title: "t".into(),
        body: "b".into(),
        ..NewNote::default()
    };
    let id = store.create_note(new, [5; 12], NOW).await.unwrap().row.id;
    let mut saves = Vec::new();
    for n in 0..500 {
        saves.push(save(&store, &id, n).await);
    }
    println!("save     quiet                 {}", percentiles(saves));
    let mut bare = Vec::new();
    for n in 0..500i64 {
        let text = Words(n as u64 + 1).text(2_000);
        let begin = Instant::now();
        floor.execute_batch("BEGIN IMMEDIATE").unwrap();
        floor
            .prepare_cached("UPDATE note SET body=?2, updated=?3 WHERE id=?1")
            .unwrap()
            .execute(params![1, text, n])
            .unwrap();
        floor
            .prepare_cached("INSERT INTO fts(rowid,title,body) VALUES (?1,'t',?2)")
            .unwrap()
            .execute(params![notes as i64 * 2 + n, text])
            .unwrap();
        floor.execute_batch("COMMIT").unwrap();
        bare.push(begin.elapsed());
    }
    println!("floor    save, bare SQL        {}", percentiles(bare));

    let pulling = tokio::spawn({
        let store = store.clone();
        async move { pull(&store, 10_000, 99).await }
    });
    let mut saves = Vec::new();
    while !pulling.is_finished() {
        saves.push(save(&store, &id, saves.len()).await);
    }
    println!(
        "save     while pulling 10,000  {} ({} saves)",
        percentiles(saves),
        10_000
    );
    let spent = pulling.await.unwrap();
    println!(
        "ingest   with saves            {:>8.0} notes/s",
        10_000.0 / spent.as_secs_f64()
    );

    let begin = Instant::now();
    let mut after = LocalSeq(0);
    let other = RemoteId("other".into());
    let mut sent = 0;
    loop {
        let limits = Limits {
            documents: 500,
            bytes: 4 << 20,
        };
        let batch = store.outgoing(&other, after, limits).await.unwrap();
        if batch.revisions.is_empty() {
            break;
        }
        sent += batch.revisions.len();
        after = batch.through;
        let accepted = batch
            .revisions
            .into_iter()
            .map(|sent| (sent.id, sent.revision))
            .collect();
        let answer = Acknowledgement {
            accepted,
            pushed: Some(after),
            ..Acknowledgement::default()
        };
        store.acknowledge(&other, answer).await.unwrap();
    }
    println!(
        "push     {sent} to another      {:>8.0} notes/s",
        sent as f64 / begin.elapsed().as_secs_f64()
    );

    let begin = Instant::now();
    drop(store);
    println!("close    {:?}", begin.elapsed());
    let begin = Instant::now();
    let store = Store::open(&data, options()).unwrap();
    let first = ListNotes {
        limit: 50,
        ..ListNotes::default()
    };
    let page = store.list_notes(first.clone()).await.unwrap();
    println!(
        "open     and first list        {:?} ({} of {})",
        begin.elapsed(),
        page.rows.len(),
        page.total
    );
    let book = || Scope::Notebook {
        id: DocId::parse("book:first").unwrap(),
        deep: true,
    };
    for (name, scope, key, offset) in [
        ("all, updated", Scope::All, SortKey::Updated, 0),
        ("all, title", Scope::All, SortKey::Title, 0),
        (
            "all, at the end",
            Scope::All,
            SortKey::Updated,
            notes as u32 - 50,
        ),
        ("notebook, updated", book(), SortKey::Updated, 0),
        ("notebook, title", book(), SortKey::Title, 0),
        (
            "tag, updated",
            Scope::Tag(DocId::parse("tag:7").unwrap()),
            SortKey::Updated,
            0,
        ),
        (
            "tag, title",
            Scope::Tag(DocId::parse("tag:7").unwrap()),
            SortKey::Title,
            0,
        ),
        ("pinned", Scope::Pinned, SortKey::Updated, 0),
    ] {
        let sort = Sort {
            key,
            ascending: false,
        };
        let (time, total) = timed(
            &store,
            &ListNotes {
                scope,
                sort,
                offset,
                limit: 50,
                ..ListNotes::default()
            },
        )
        .await;
        println!("list     {name:<20} {time:?} of {total}");
    }
    let begin = Instant::now();
    store.sidebar().await.unwrap();
    println!("sidebar  {:?}", begin.elapsed());

    let mut words = Words(7);
    let sample = words.text(600);
    let sample: Vec<&str> = sample.split_whitespace().collect();
    let rare = sample
        .iter()
        .max_by_key(|word| word.chars().filter(|c| "xyzuvw".contains(*c)).count())
        .unwrap();
    let queries = [
        "baebau",
        rare,
        "ba",
        "b",
        "baebau ceicei",
        "\"baebau ceicei\"",
        "eba",
        "zzzz",
    ];
    for query in queries {
        for key in [SortKey::Updated, SortKey::Relevance] {
            let sort = Sort {
                key,
                ascending: false,
            };
            let list = ListNotes {
                search: query.into(),
                sort,
                limit: 50,
                ..ListNotes::default()
            };
            let (time, total) = timed(&store, &list).await;
            let fts = if query.starts_with('"') {
                query.to_owned()
            } else {
                query
                    .split(' ')
                    .map(|word| format!("{word}*"))
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let order = if key == SortKey::Updated {
                "rowid DESC"
            } else {
                "rank"
            };
            let mut plain = Vec::new();
            for _ in 0..9 {
                let begin = Instant::now();
                let mut statement = floor
                    .prepare_cached(&format!(
                        "SELECT rowid FROM fts WHERE fts MATCH ?1 ORDER BY {order} LIMIT 50"
                    ))
                    .unwrap();
                let rows = statement
                    .query_map([&fts], |row| row.get::<_, i64>(0))
                    .unwrap();
                let ids: Vec<i64> = rows.map(Result::unwrap).collect();
                for id in ids {
                    let _: String = floor
                        .prepare_cached("SELECT body FROM note WHERE id=?1")
                        .unwrap()
                        .query_row([id], |row| row.get(0))
                        .unwrap_or_default();
                }
                plain.push(begin.elapsed());
            }
            plain.sort();
            println!(
                "search   {query:<18} {key:?}: {time:?} of {total}; plain {:?}",
                plain[4]
            );
        }
    }
    let size = |dir: &Path| -> u64 {
        std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .sum()
    };
    println!(
        "disk     {:.0} MB for {:.0} MB of text",
        size(&data) as f64 / 1e6,
        (notes + 10_000) as f64 * 2_024.0 / 1e6
    );
    let begin = Instant::now();
    let verified = store.verify().await.unwrap();
    println!("verify   {:?} {:?}", begin.elapsed(), verified.problems);
}
