//! Fills a data directory through the engine, note by note, as a person would have written them.
//!
//! The corpus holds a JSON document a line: notebooks first, then notes. The notes get new ids, revisions and times
//! of their own; titles, texts and notebooks are those of the corpus.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde_json::{Value, json};
use sheaf_engine::Engine;
use sheaf_ipc::{Api as _, CreateNote, CreateNotebook};

/// Answers how many notes were written.
pub(crate) async fn fill(engine: &Engine, corpus: &Path) -> Result<Value, Box<dyn Error>> {
    let mut notes = 0;
    // Ids of the corpus and ids of this vault.
    let mut notebooks = HashMap::new();
    for line in BufReader::new(File::open(corpus)?).lines() {
        let document: Value = serde_json::from_str(&line?)?;
        let text = |field: &str| document[field].as_str().unwrap_or_default().to_owned();
        let id = text("_id");
        if id.starts_with("book:") {
            let request = CreateNotebook {
                name: text("name"),
                parent: None,
            };
            notebooks.insert(id, engine.create_notebook(request).await?.id);
        } else if id.starts_with("note:") {
            let request = CreateNote {
                notebook: notebooks.get(&text("bookId")).cloned(),
                title: text("title"),
                body: text("body"),
                ..CreateNote::default()
            };
            engine.create_note(request).await?;
            notes += 1;
        }
    }
    Ok(json!({ "notes": notes }))
}
