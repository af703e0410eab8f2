//! First pages of searches through the engine's API.
//!
//! The queries are a JSON object of names and texts as typed into the search box. The answer tells for every name the
//! median time of the first 50 rows by relevance and newest first, in microseconds, and how many notes were found.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};
use sheaf_engine::Engine;
use sheaf_ipc::{Api as _, ApiError, ListNotes, Sort, SortKey};

const PAGE: u32 = 50;
/// The most that one answer holds.
const LARGEST_PAGE: u32 = 500;

pub(crate) async fn search(
    engine: &Engine,
    queries: &Path,
    rounds: usize,
) -> Result<Value, Box<dyn Error>> {
    let queries: BTreeMap<String, String> = serde_json::from_reader(File::open(queries)?)?;
    let mut answers = BTreeMap::new();
    for (name, text) in &queries {
        let answer = json!({
            "relevance": median(engine, text, SortKey::Relevance, rounds).await?,
            "updated": median(engine, text, SortKey::Updated, rounds).await?,
            "hits": hits(engine, text).await?,
        });
        answers.insert(name, answer);
    }
    Ok(json!(answers))
}

fn page(text: &str, key: SortKey, offset: u32, limit: u32) -> ListNotes {
    ListNotes {
        search: text.to_owned(),
        sort: Sort {
            key,
            ..Sort::default()
        },
        offset,
        limit,
        ..ListNotes::default()
    }
}

/// Microseconds. One run before the first that counts fills the caches.
async fn median(engine: &Engine, text: &str, key: SortKey, rounds: usize) -> Result<f64, ApiError> {
    engine.list_notes(page(text, key, 0, PAGE)).await?;
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let request = page(text, key, 0, PAGE);
        let started = Instant::now();
        std::hint::black_box(engine.list_notes(request).await?);
        times.push(started.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(rounds / 2).copied().unwrap_or(f64::NAN))
}

/// By reading every page: a total may be a lower bound.
async fn hits(engine: &Engine, text: &str) -> Result<usize, ApiError> {
    let mut found = 0;
    loop {
        let request = page(text, SortKey::Updated, found as u32, LARGEST_PAGE);
        let page = engine.list_notes(request).await?;
        found += page.items.len();
        if page.items.is_empty() || (page.total_is_exact && found >= page.total as usize) {
            return Ok(found);
        }
        // Counting every note of the common words would take longer than everything else.
        if page.total > 20_000 {
            return Ok(page.total as usize);
        }
    }
}
