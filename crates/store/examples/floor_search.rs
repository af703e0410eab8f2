//! The floor under search: the same notes in the plainest FTS5 index there is, asked directly.
//!
//! `floor_search CORPUS QUERIES FILE ROUNDS`. `CORPUS` holds a JSON document a line, `QUERIES` a JSON object of names
//! and FTS5 expressions; `FILE` is the database, made when it is not there. Prints for every name the median time
//! of a first page (50 rows with title and snippet) by rank and newest first, in microseconds, and how many match.
//! No tokenizer of ours, no revisions, no counts, no threads: what remains is SQLite.
#![expect(
    clippy::print_stdout,
    reason = "a program of the benchmarks answers on its standard output"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, params};
use serde_json::{Value, json};

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    CREATE TABLE note (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, body TEXT NOT NULL,
                       updated_at INTEGER NOT NULL);
    CREATE VIRTUAL TABLE search USING fts5 (title, body, content = 'note', content_rowid = 'row',
                                            tokenize = 'unicode61 remove_diacritics 2');";

const PAGE: &str = "
    SELECT note.id, note.title, snippet(search, 1, char(2), char(3), '…', 16), note.updated_at
    FROM search JOIN note ON note.row = search.rowid
    WHERE search MATCH ?1";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [corpus, queries, file, rounds] = arguments.as_slice() else {
        return Err("usage: floor_search CORPUS QUERIES FILE ROUNDS".into());
    };
    if !Path::new(file).exists() {
        build(Path::new(corpus), Path::new(file))?;
    }
    let connection = Connection::open(file)?;
    connection.execute_batch("PRAGMA cache_size = -32768")?;
    let queries: BTreeMap<String, String> = serde_json::from_reader(File::open(queries)?)?;
    let rounds: usize = rounds.parse()?;
    let mut answers = BTreeMap::new();
    for (name, expression) in &queries {
        let answer = json!({
            "ranked": median_of(rounds, || page(&connection, "rank", expression))?,
            "newest": median_of(rounds, || page(&connection, "search.rowid DESC", expression))?,
            "hits": hits(&connection, expression)?,
        });
        answers.insert(name, answer);
    }
    println!("{}", serde_json::to_string(&answers)?);
    Ok(())
}

fn build(corpus: &Path, file: &Path) -> Result<(), Box<dyn Error>> {
    let mut connection = Connection::open(file)?;
    connection.execute_batch(SCHEMA)?;
    let transaction = connection.transaction()?;
    {
        let mut insert = transaction
            .prepare("INSERT INTO note (id, title, body, updated_at) VALUES (?1, ?2, ?3, ?4)")?;
        for line in BufReader::new(File::open(corpus)?).lines() {
            let note: Value = serde_json::from_str(&line?)?;
            let text = |field: &str| note[field].as_str();
            if let (Some(id), Some(title), Some(body)) = (text("_id"), text("title"), text("body"))
            {
                insert.execute(params![id, title, body, note["updatedAt"].as_i64()])?;
            }
        }
    }
    transaction.execute("INSERT INTO search (search) VALUES ('rebuild')", [])?;
    transaction.commit()?;
    // The index as it settles in use, not as a bulk load leaves it.
    connection.execute("INSERT INTO search (search) VALUES ('optimize')", [])?;
    connection.execute_batch("PRAGMA wal_checkpoint (TRUNCATE); ANALYZE;")?;
    Ok(())
}

fn page(connection: &Connection, order: &str, expression: &str) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare_cached(&format!("{PAGE} ORDER BY {order} LIMIT 50"))?;
    let mut rows = statement.query([expression])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        let (id, title, snippet): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        black_box((id, title, snippet, row.get::<_, i64>(3)?));
        count += 1;
    }
    Ok(count)
}

fn hits(connection: &Connection, expression: &str) -> rusqlite::Result<i64> {
    let count = "SELECT count(*) FROM search WHERE search MATCH ?1";
    connection.query_row(count, [expression], |row| row.get(0))
}

/// Microseconds. One run before the first that counts fills the caches.
fn median_of<T>(
    rounds: usize,
    mut work: impl FnMut() -> rusqlite::Result<T>,
) -> rusqlite::Result<f64> {
    work()?;
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let started = Instant::now();
        black_box(work()?);
        times.push(started.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(rounds / 2).copied().unwrap_or(f64::NAN))
}
