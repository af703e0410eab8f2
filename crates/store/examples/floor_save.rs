//! The floor under a saved edit: one transaction that writes the note and its search row, and nothing else.
//!
//! `floor_save CORPUS FILE SAVES`. Fills a new database `FILE` from `CORPUS` (a JSON document a line), then edits
//! `SAVES` notes, each by one more word at its end, with `synchronous = FULL`. Prints the median and the 99th
//! percentile of a save in microseconds, and the seconds of the filling, which is one transaction. No revisions, no journal, no counts, no second thread.
#![expect(
    clippy::print_stdout,
    reason = "a program of the benchmarks answers on its standard output"
)]

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, params};
use serde_json::{Value, json};

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE note (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, body TEXT NOT NULL,
                       updated_at INTEGER NOT NULL);
    CREATE VIRTUAL TABLE search USING fts5 (title, body, content = 'note', content_rowid = 'row',
                                            tokenize = 'unicode61 remove_diacritics 2');
    CREATE TRIGGER note_indexed AFTER INSERT ON note BEGIN
        INSERT INTO search (rowid, title, body) VALUES (new.row, new.title, new.body);
    END;
    CREATE TRIGGER note_reindexed AFTER UPDATE ON note BEGIN
        INSERT INTO search (search, rowid, title, body) VALUES ('delete', old.row, old.title, old.body);
        INSERT INTO search (rowid, title, body) VALUES (new.row, new.title, new.body);
    END;";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [corpus, file, saves] = arguments.as_slice() else {
        return Err("usage: floor_save CORPUS FILE SAVES".into());
    };
    let mut connection = Connection::open(file)?;
    connection.execute_batch(SCHEMA)?;
    let filling = Instant::now();
    let notes = fill(&mut connection, Path::new(corpus))?;
    let filled = filling.elapsed().as_secs_f64();
    let mut times = Vec::new();
    for number in 0..saves.parse::<i64>()? {
        // A prime stride visits notes all over the file.
        let row = (number * 7_919) % notes + 1;
        let body: String =
            connection.query_row("SELECT body FROM note WHERE row = ?1", [row], |row| {
                row.get(0)
            })?;
        let body = format!("{body} word{number}");
        let started = Instant::now();
        let transaction = connection.transaction()?;
        transaction
            .prepare_cached("UPDATE note SET body = ?2, updated_at = ?3 WHERE row = ?1")?
            .execute(params![row, body, number])?;
        transaction.commit()?;
        times.push(started.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times.get((times.len() as f64 * part) as usize).copied();
    println!(
        "{}",
        json!({ "p50": at(0.5), "p99": at(0.99), "saves": times.len(), "fillSeconds": filled })
    );
    Ok(())
}

/// Answers how many notes there are; their rows are numbered from 1.
fn fill(connection: &mut Connection, corpus: &Path) -> Result<i64, Box<dyn Error>> {
    let transaction = connection.transaction()?;
    let mut notes = 0;
    {
        let mut insert = transaction
            .prepare("INSERT INTO note (id, title, body, updated_at) VALUES (?1, ?2, ?3, ?4)")?;
        for line in BufReader::new(File::open(corpus)?).lines() {
            let note: Value = serde_json::from_str(&line?)?;
            let text = |field: &str| note[field].as_str();
            if let (Some(id), Some(title), Some(body)) = (text("_id"), text("title"), text("body"))
            {
                insert.execute(params![id, title, body, note["updatedAt"].as_i64()])?;
                notes += 1;
            }
        }
    }
    transaction.commit()?;
    Ok(notes)
}
