//! The published clients of the hosted protocol, and their own test files, as npm delivers them.

use std::fmt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::program::Program;
use crate::server::say;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// npm `standard-file-js` 0.3.71: protocol 003.
    Older,
    /// npm `@standardnotes/snjs` 2.211.1: protocol 004.
    Newer,
    /// Both in one process.
    Both,
}

impl fmt::Display for Generation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Older => "older",
            Self::Newer => "newer",
            Self::Both => "both",
        })
    }
}

/// Tests of a file that are not run, each with its reason.
pub type LeftOut<'a> = &'a [(&'a str, &'a str)];

/// Runs one file against the server at `url` and fails with every test that failed. `fewest` tests must
/// pass: a file that suddenly has none proves nothing.
pub fn run_published(
    generation: Generation,
    url: &str,
    file: &str,
    fewest: usize,
    left_out: LeftOut<'_>,
) {
    let mut node = node("suite.mjs");
    node.args([&generation.to_string(), url, file]);
    for (title, reason) in left_out {
        say(&format!(
            "left out of {file}: \u{201c}{title}\u{201d}: {reason}"
        ));
        node.arg(title);
    }
    let mut program = Program::start(file, &mut node);
    let (mut passed, mut failed, mut pending) = (0, Vec::new(), 0);
    loop {
        let line = program.line();
        let result: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("{file} printed something else: {line}"));
        if result["done"] == true {
            break;
        }
        match result["state"].as_str() {
            Some("passed") => passed += 1,
            Some("pending") => pending += 1,
            _ => failed.push(format!("{}: {}", result["title"], result["error"])),
        }
    }
    say(&format!(
        "{generation} client, {file}: {passed} passed, {} failed, {pending} that its author skips",
        failed.len()
    ));
    assert!(failed.is_empty(), "{file}:\n{}", failed.join("\n"));
    assert!(passed >= fewest, "{file}: only {passed} tests ran");
}

fn node(script: &str) -> Command {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/hosted");
    assert!(
        folder.join("node_modules").is_dir(),
        "the published clients are not installed: run `cargo xtask test`, or `npm ci --ignore-scripts` in {}",
        folder.display()
    );
    let mut node = Command::new("node");
    node.current_dir(folder).arg(script);
    node
}
