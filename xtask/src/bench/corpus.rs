//! The notes that every side of a comparison is given: one JSON document a line, the same bytes for all of them.
//!
//! A note is about 2.2 kB as CouchDB stores it. One in twenty is Japanese. Notes come in the order of their
//! `updatedAt`, so that row order and recency agree for whoever inserts them one after the other.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::random::Random;
use super::words::Words;

/// Raised whenever the text changes, because corpora are kept between runs.
const EDITION: u32 = 3;
const SEED: u64 = 0x5EAF;
const NOTEBOOKS: usize = 12;
const BODY_BYTES: usize = 1_960;
/// 2025-01-01 and one minute a note.
const FIRST_TIME: u64 = 1_735_689_600_000;
const STEP: u64 = 60_000;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(crate) struct Corpus {
    pub(crate) file: PathBuf,
    pub(crate) notes: usize,
    pub(crate) bytes: u64,
}

/// What the benchmarks need to know of a note.
#[derive(Serialize, Deserialize)]
pub(crate) struct Text {
    pub(crate) title: String,
    pub(crate) body: String,
}

impl Corpus {
    /// Documents in all: the notes and the notebooks they lie in.
    pub(crate) fn documents(&self) -> usize {
        self.notes + NOTEBOOKS
    }

    /// Calls `read` for every note.
    pub(crate) fn each_note(&self, mut read: impl FnMut(&Text)) -> Result<()> {
        let file = File::open(&self.file).context("cannot open the corpus")?;
        for line in BufReader::new(file).lines() {
            // Notebooks have no title, and fail to read as a text.
            if let Ok(text) = serde_json::from_str(&line.context("cannot read the corpus")?) {
                read(&text);
            }
        }
        Ok(())
    }
}

/// Makes the corpus of `notes` notes, or finds the one that an earlier run made.
pub(crate) fn prepare(folder: &Path, notes: usize) -> Result<Corpus> {
    let file = folder.join(format!("notes-{notes}-{EDITION}.jsonl"));
    if !file.exists() {
        let unfinished = file.with_extension("part");
        write(&unfinished, notes)?;
        std::fs::rename(&unfinished, &file).context("cannot name the corpus")?;
    }
    let bytes = file.metadata().context("cannot see the corpus")?.len();
    Ok(Corpus { file, notes, bytes })
}

/// The vocabulary of every corpus, from which queries are chosen by rank.
pub(crate) fn words() -> Words {
    Words::new(&mut Random::new(SEED))
}

fn write(file: &Path, notes: usize) -> Result<()> {
    let file = File::create(file).context("cannot create the corpus")?;
    let mut file = BufWriter::new(file);
    let words = words();
    let mut random = Random::new(SEED + 1);
    for number in 0..NOTEBOOKS {
        writeln!(file, "{}", notebook(number)).context("cannot write the corpus")?;
    }
    for number in 0..notes {
        let note = note(number, &words, &mut random);
        writeln!(file, "{note}").context("cannot write the corpus")?;
    }
    file.flush().context("cannot write the corpus")
}

fn notebook(number: usize) -> serde_json::Value {
    json!({
        "_id": notebook_id(number),
        "name": format!("Notebook {number}"),
        "updatedAt": FIRST_TIME,
        "createdAt": FIRST_TIME,
        "parentBookId": null,
    })
}

fn notebook_id(number: usize) -> String {
    format!("book:bench{number:02}")
}

fn note(number: usize, words: &Words, random: &mut Random) -> serde_json::Value {
    let time = FIRST_TIME + STEP * number as u64;
    let japanese = random.below(20) == 0;
    let title = if japanese {
        japanese_text(words, random, 24)
    } else {
        latin_text(words, random, 32)
    };
    // Half as long to double as long, so that no buffer fits by luck.
    let length = BODY_BYTES / 2 + random.below(BODY_BYTES);
    let body = if japanese {
        japanese_text(words, random, length)
    } else {
        latin_text(words, random, length)
    };
    let body = format!("{body}\n\n{}", unique_word(number));
    json!({
        "_id": note_id(random),
        "doctype": "markdown",
        "title": title,
        "body": body,
        "bookId": notebook_id(random.below(NOTEBOOKS)),
        "tags": [],
        "status": "none",
        "share": "private",
        "pinned": false,
        "numOfTasks": 0,
        "numOfCheckedTasks": 0,
        "updatedAt": time,
        "createdAt": time,
        "timestamp": time,
    })
}

/// A word that only this note has, as a ticket's number or a person's name would be.
pub(crate) fn unique_word(number: usize) -> String {
    format!("ref{number:06}")
}

/// Twelve characters, as other clients mint them: too many for two notes to share an id.
fn note_id(random: &mut Random) -> String {
    let letters = (0..12).map(|_| char::from(ALPHABET[random.below(ALPHABET.len())]));
    std::iter::once("note:".to_owned())
        .chain(letters.map(String::from))
        .collect()
}

/// Paragraphs of prose with now and then a heading, a list entry or an emphasised word.
fn latin_text(words: &Words, random: &mut Random, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 16);
    while text.len() < bytes {
        let separator = match random.below(60) {
            0 => "\n\n## ",
            1 => "\n- ",
            2..=4 => ". ",
            _ => " ",
        };
        text.push_str(if text.is_empty() { "" } else { separator });
        text.push_str(words.draw_latin(random));
    }
    text
}

/// Without spaces, as Japanese is written.
fn japanese_text(words: &Words, random: &mut Random, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 16);
    while text.len() < bytes {
        text.push_str(words.draw_japanese(random));
        text.push_str(Words::particle(random));
        if random.below(12) == 0 {
            text.push('。');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_corpus_is_written_every_time() {
        let words = words();
        let written = || note(7, &words, &mut Random::new(9)).to_string();
        assert_eq!(written(), written());
    }

    #[test]
    fn a_note_is_about_2_200_bytes() {
        let words = words();
        let mut random = Random::new(SEED + 1);
        let sizes = (0..500).map(|number| note(number, &words, &mut random).to_string().len());
        let mean = sizes.sum::<usize>() / 500;
        assert!((2_100..2_400).contains(&mean), "{mean}");
    }
}
