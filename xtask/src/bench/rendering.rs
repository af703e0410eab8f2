//! Markdown to safe HTML: our renderer with its policy, and markdown-it with `DOMPurify` in Node, which is what apps made
//! of web pages use. Both read the same notes; neither start nor reading the file is measured.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::Bench;
use super::corpus::Text;
use super::figure::{Figure, Target};
use super::measure::{self, median};
use super::report::Report;
use super::server;
use super::vault;

const LINE: &str = "render";
const OVER_PEER: f64 = 20.0;

pub(crate) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    for (name, html) in [
        ("Markdown", false),
        ("Markdown with HTML in every note", true),
    ] {
        let (file, bytes) = notes(bench, html)?;
        let (mut ours, mut theirs, mut bare) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..bench.runs() {
            ours.push(vault::run_floor("render", &[&file])?);
            let mut peer = server::node("bench-render.mjs");
            theirs.push(server::answer(
                &measure::run(peer.args(["safe"]).arg(&file))?.stdout,
            )?);
            let mut peer = server::node("bench-render.mjs");
            bare.push(server::answer(
                &measure::run(peer.args(["bare"]).arg(&file))?.stdout,
            )?);
        }
        let speed = |runs: &[Value]| {
            let seconds = runs.iter().filter_map(|run| run["seconds"].as_f64());
            bytes as f64 / 1e6 / median(seconds)
        };
        report.add(Figure::against(
            LINE,
            format!("{name}, rendered and made safe"),
            "MB/s",
            speed(&ours),
            ("markdown-it and DOMPurify", speed(&theirs)),
            Target::RatioAtLeast(OVER_PEER),
        ));
        report.add(Figure::against(
            LINE,
            format!("{name}, rendered and made safe"),
            "MB/s",
            speed(&ours),
            ("markdown-it, not made safe", speed(&bare)),
            Target::Context,
        ));
        report.raw(
            &format!("render {name}"),
            &json!({ "sheaf": ours, "safe": theirs, "bare": bare }),
        );
    }
    Ok(())
}

/// A thousand notes as people write them, one JSON string a line, and their size. The peer takes seconds for a megabyte.
fn notes(bench: &Bench, html: bool) -> Result<(PathBuf, usize)> {
    let path = bench.folder.join(if html {
        "render-html.jsonl"
    } else {
        "render.jsonl"
    });
    let mut file = std::fs::File::create(&path).context("cannot write notes to render")?;
    let (mut bytes, mut number, mut failed) = (0, 0, None);
    bench.small_corpus()?.each_note(|note: &Text| {
        let Text { title, body } = note;
        let raw = if html { "\n<details><summary>more</summary>\n\n<kbd>Ctrl</kbd> and <sub>x</sub>\n\n</details>\n" } else { "" };
        let text = format!(
            "# {title}\n\n{body}\n\n- [ ] **one** of *{number}*\n- [x] `two`\n  - [three](https://example.org/{number}?a=1&b=2)\n\n\
             | a | b |\n|:--|--:|\n| 1 | `{number}` |\n\n> a quote with ~~nothing~~ in it[^1]\n\n\
             ```rust\nfn part() -> u32 {{ {number} }}\n```\n{raw}\n[^1]: {title}\n"
        );
        number += 1;
        bytes += text.len();
        if let Err(error) = writeln!(file, "{}", Value::from(text)) {
            failed = Some(error);
        }
    })?;
    match failed {
        Some(error) => Err(error).context("cannot write notes to render"),
        None => Ok((path, bytes)),
    }
}
