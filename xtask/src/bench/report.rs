//! Figures as they come in: told to the terminal at once, kept for `target/bench.json`.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::{Map, Value};

use super::figure::Figure;
use super::machine::Machine;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    machine: Machine,
    /// Fewer runs over fewer notes: for trying the benchmarks out, not for quoting.
    quick: bool,
    /// The share of the cores that other programs used.
    busy_before: Option<f64>,
    busy_after: Option<f64>,
    figures: Vec<Figure>,
    notes: Vec<String>,
    /// Every single run by benchmark, so that a median can be doubted.
    runs: Map<String, Value>,
}

impl Report {
    pub(crate) fn new(machine: Machine, quick: bool, busy: Option<f64>) -> Self {
        println!(
            "{} × {}, {}, commit {}, {} of the cores busy{}",
            machine.cores,
            machine.processor,
            machine.system,
            machine.commit,
            busy.map_or("an unknown share".to_owned(), |busy| format!(
                "{:.0} %",
                busy * 100.0
            )),
            if quick { ", quick" } else { "" }
        );
        Self {
            machine,
            quick,
            busy_before: busy,
            busy_after: None,
            figures: Vec::new(),
            notes: Vec::new(),
            runs: Map::new(),
        }
    }

    pub(crate) fn add(&mut self, figure: Figure) {
        println!(
            "{:<8} {:<11}  {}",
            figure.line,
            figure.verdict(),
            figure.sentence()
        );
        self.figures.push(figure);
    }

    /// Something the reader of the figures must know.
    pub(crate) fn note(&mut self, line: &str, text: &str) {
        println!("{line:<8} {text}");
        self.notes.push(format!("{line}: {text}"));
    }

    pub(crate) fn raw(&mut self, line: &str, runs: &impl Serialize) {
        let runs = serde_json::to_value(runs).expect("numbers and names are JSON");
        self.runs.insert(line.to_owned(), runs);
    }

    pub(crate) fn finish(mut self, busy: Option<f64>, file: &Path) -> Result<()> {
        self.busy_after = busy;
        let judged = self.figures.iter().filter_map(|figure| figure.passed);
        let (passed, short): (Vec<bool>, Vec<bool>) = judged.partition(|passed| *passed);
        println!(
            "{} figures as asked, {} fall short",
            passed.len(),
            short.len()
        );
        let text = serde_json::to_string_pretty(&self).context("the report is no JSON")?;
        std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
        println!("all of it, with every run: {}", file.display());
        Ok(())
    }
}
