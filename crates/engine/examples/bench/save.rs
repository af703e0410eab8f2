//! Saved edits through the engine's API, each until it is acknowledged, which is when it is durable.
//!
//! The answer tells the median, the 99th percentile and the slowest in microseconds, how many edits there were, and
//! what was pulled meanwhile; during a pull also how long each of them took.

use std::error::Error;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sheaf_engine::Engine;
use sheaf_ipc::{Api as _, ApiError, ListNotes, NoteRef, SyncState, UpdateNote, UpdateOutcome};

/// Notes that are edited in turn, so that pages all over the file are touched.
const EDITED: u32 = 500;
const PAUSE: Duration = Duration::from_millis(2);

/// A note as the editor holds it.
struct Open {
    id: String,
    version: String,
    body: String,
}

pub(crate) async fn one_after_the_other(
    engine: &Engine,
    saves: usize,
) -> Result<Value, Box<dyn Error>> {
    let mut notes = open_notes(engine).await?;
    let mut times = Vec::with_capacity(saves);
    for number in 0..saves {
        let at = number % notes.len();
        times.push(save(engine, &mut notes[at], number).await?);
    }
    Ok(answer(times, 0))
}

/// Starts *Sync now* and edits for as long as notes are coming in.
pub(crate) async fn while_pulling(engine: &Engine) -> Result<Value, Box<dyn Error>> {
    let mut notes = open_notes(engine).await?;
    let mut times = Vec::new();
    let pulled = edit_during_pull(engine, &mut notes, &mut times).await?;
    let each = json!(times);
    let mut answer = answer(times, pulled);
    answer["each"] = each;
    Ok(answer)
}

fn answer(mut times: Vec<f64>, pulled: u32) -> Value {
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times.get((times.len() as f64 * part) as usize).copied();
    json!({
        "p50": at(0.5),
        "p99": at(0.99),
        "slowest": times.last(),
        "saves": times.len(),
        "pulled": pulled,
    })
}

async fn open_notes(engine: &Engine) -> Result<Vec<Open>, ApiError> {
    let total = engine
        .list_notes(ListNotes {
            limit: 1,
            ..ListNotes::default()
        })
        .await?
        .total;
    let stride = (total / EDITED).max(1);
    let mut notes = Vec::new();
    for offset in (0..total).step_by(stride as usize) {
        let request = ListNotes {
            offset,
            limit: 1,
            ..ListNotes::default()
        };
        for row in engine.list_notes(request).await?.items {
            let note = engine.get_note(NoteRef { id: row.id }).await?;
            notes.push(Open {
                id: note.summary.id,
                version: note.version,
                body: note.body,
            });
        }
    }
    Ok(notes)
}

/// Microseconds until the edit was acknowledged.
async fn save(engine: &Engine, note: &mut Open, number: usize) -> Result<f64, ApiError> {
    note.body = format!("{} word{number}", note.body);
    let request = UpdateNote {
        id: note.id.clone(),
        base: note.version.clone(),
        title: None,
        body: Some(note.body.clone()),
    };
    let started = Instant::now();
    let outcome = engine.update_note(request).await?;
    let took = started.elapsed().as_secs_f64() * 1e6;
    match outcome {
        UpdateOutcome::Saved { version } => note.version = version,
        UpdateOutcome::Stale { current } => {
            note.version = current.version;
            note.body = current.body;
        }
    }
    Ok(took)
}

/// Answers how many documents the round pulled. Edits while it connects or sends are made too, but not counted.
async fn edit_during_pull(
    engine: &Engine,
    notes: &mut [Open],
    times: &mut Vec<f64>,
) -> Result<u32, Box<dyn Error>> {
    let syncing = engine.clone();
    let round = tokio::spawn(async move { syncing.sync_now(()).await });
    let mut number = 0;
    while !round.is_finished() {
        let pulls = |state| matches!(state, SyncState::Pulling { .. });
        let before = pulls(engine.sync_status(()).await?.state);
        let at = number % notes.len();
        let took = save(engine, &mut notes[at], number).await?;
        if before {
            times.push(took);
        }
        number += 1;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(round.await??.pulled)
}
