//! The first page of a search, through the engine's own API and through bare FTS5.
//!
//! Both are asked inside one running process, so that no start is measured. The plain index knows no partial words
//! and no Japanese; what Sheaf finds beyond it is not held in its favour.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Bench;
use super::corpus::{self, Corpus};
use super::figure::{Figure, Target};
use super::measure::median;
use super::report::Report;
use super::vault;

const LINE: &str = "search";
const OVER_FLOOR: f64 = 1.5;
/// Results appear while one types; this leaves room for painting them in the same frame.
const AS_YOU_TYPE_MS: f64 = 10.0;
const ROUNDS: &str = "20";

/// The same question in Sheaf's words and in FTS5's. `None`: the plain index cannot answer it.
struct Query {
    name: &'static str,
    sheaf: String,
    fts5: Option<String>,
}

pub(crate) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let corpus = bench.large_corpus()?;
    let vault = bench.large_vault()?;
    let queries = queries(corpus.notes);
    let ours_file = bench.folder.join("queries-sheaf.json");
    let floor_file = bench.folder.join("queries-fts5.json");
    let texts = queries
        .iter()
        .map(|query| (query.name, Some(query.sheaf.as_str())));
    write(&ours_file, texts)?;
    write(
        &floor_file,
        queries
            .iter()
            .map(|query| (query.name, query.fts5.as_deref())),
    )?;
    let index = bench
        .folder
        .join(format!("floor-search-{}.sqlite", corpus.notes));
    let rounds = std::path::Path::new(ROUNDS);

    let mut runs: Vec<(Value, Value)> = Vec::new();
    for _ in 0..bench.runs() {
        let floor = vault::run_floor("floor_search", &[&corpus.file, &floor_file, &index, rounds])?;
        let ours = vault::run_engine("search", &vault, &[&ours_file, rounds])?;
        runs.push((ours, floor));
    }
    report.note(
        LINE,
        &format!(
            "{} notes, {:.0} MB",
            corpus.notes,
            corpus.bytes as f64 / 1e6
        ),
    );
    for query in &queries {
        compare(query, &runs, report)?;
    }
    together(&queries, &runs, report);
    recall(&queries, &corpus, &runs, report)?;
    report.raw(LINE, &runs);
    Ok(())
}

/// Ranks in a Zipf vocabulary: word 12 is in nearly every note, word 40,000 in a handful of a hundred thousand.
fn queries(notes: usize) -> Vec<Query> {
    let words = corpus::words();
    let prefix: String = words.latin(300).chars().take(4).collect();
    let both = format!("{} {}", words.latin(100), words.latin(900));
    let phrase = format!("\"{} {}\"", words.latin(3), words.latin(1));
    let word = |name, rank| Query {
        name,
        sheaf: words.latin(rank).to_owned(),
        fts5: Some(words.latin(rank).to_owned()),
    };
    let same = |name, text: String| Query {
        name,
        sheaf: text.clone(),
        fts5: Some(text),
    };
    vec![
        same("unique word", corpus::unique_word(notes / 2)),
        word("rare word", 40_000),
        word("mid word", 2_000),
        Query {
            name: "prefix",
            fts5: Some(format!("{prefix}*")),
            sheaf: prefix,
        },
        same("two terms", both),
        same("phrase", phrase),
        word("common word", 12),
        Query {
            name: "Japanese word",
            sheaf: words.japanese(50).to_owned(),
            fts5: None,
        },
    ]
}

fn write<'a>(
    file: &std::path::Path,
    queries: impl Iterator<Item = (&'a str, Option<&'a str>)>,
) -> Result<()> {
    let known: BTreeMap<&str, &str> = queries
        .filter_map(|(name, text)| Some((name, text?)))
        .collect();
    std::fs::write(file, serde_json::to_string(&known)?).context("cannot write the queries")
}

fn compare(query: &Query, runs: &[(Value, Value)], report: &mut Report) -> Result<()> {
    let name = query.name;
    let milliseconds = |side: fn(&(Value, Value)) -> &Value, order: &str| {
        let times: Option<Vec<f64>> = runs
            .iter()
            .map(|run| side(run)[name][order].as_f64())
            .collect();
        times
            .map(|times| median(times) / 1000.0)
            .with_context(|| format!("no time for {name} by {order}"))
    };
    let ours: fn(&(Value, Value)) -> &Value = |run| &run.0;
    let floor: fn(&(Value, Value)) -> &Value = |run| &run.1;
    let newest = milliseconds(ours, "updated")?;
    if query.fts5.is_some() {
        report.add(Figure::against(
            LINE,
            format!("{name}, by relevance"),
            "ms",
            milliseconds(ours, "relevance")?,
            ("plain FTS5 by rank", milliseconds(floor, "ranked")?),
            Target::RatioAtMost(OVER_FLOOR),
        ));
        report.add(Figure::against(
            LINE,
            format!("{name}, newest first"),
            "ms",
            newest,
            ("plain FTS5 by row", milliseconds(floor, "newest")?),
            Target::Context,
        ));
    }
    let limit = Target::AtMost(AS_YOU_TYPE_MS);
    report.add(Figure::alone(
        LINE,
        format!("{name}, newest first"),
        "ms",
        newest,
        limit,
    ));
    Ok(())
}

/// The time of a person who asks each question once.
fn together(queries: &[Query], runs: &[(Value, Value)], report: &mut Report) {
    let asked_of_both = queries.iter().filter(|query| query.fts5.is_some());
    let names: Vec<&str> = asked_of_both.map(|query| query.name).collect();
    let sum = |side: &Value, order: &str| {
        let times = names
            .iter()
            .map(|name| side[*name][order].as_f64().unwrap_or(f64::NAN));
        times.sum::<f64>() / 1000.0
    };
    report.add(Figure::against(
        LINE,
        "all of these once, by relevance",
        "ms",
        median(runs.iter().map(|run| sum(&run.0, "relevance"))),
        (
            "plain FTS5 by rank",
            median(runs.iter().map(|run| sum(&run.1, "ranked"))),
        ),
        Target::RatioAtMost(OVER_FLOOR),
    ));
}

/// Every note that has the two characters must be found.
fn recall(
    queries: &[Query],
    corpus: &Corpus,
    runs: &[(Value, Value)],
    report: &mut Report,
) -> Result<()> {
    for query in queries.iter().filter(|query| query.fts5.is_none()) {
        let mut wanted = 0_u32;
        corpus.each_note(|note| {
            wanted +=
                u32::from(note.title.contains(&query.sheaf) || note.body.contains(&query.sheaf));
        })?;
        let found = runs
            .last()
            .and_then(|(ours, _)| ours[query.name]["hits"].as_f64());
        let percent = found.map_or(f64::NAN, |found| 100.0 * found / f64::from(wanted));
        report.add(Figure::alone(
            LINE,
            format!("{}, notes found of {wanted}", query.name),
            "%",
            percent,
            Target::Exactly(100.0),
        ));
    }
    Ok(())
}
