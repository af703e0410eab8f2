//! From the start of the app's process to the first painted list of notes, beside an empty Tauri window.
//!
//! Both are built with the shipped profile and watched on the same screen by the same eye. What counts for the app
//! is the first picture in which the pane of the list already looks as it does when everything has come to rest.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Serialize;

use super::Bench;
use super::figure::{Figure, Target};
use super::measure::median;
use super::report::Report;
use super::screen::{Area, Pixels, Screen, Seen};
use super::vault;
use crate::run::EMBED_UI;
use crate::{paths, process};

const LINE: &str = "open";
const OVER_EMPTY: f64 = 1.3;
/// Longer than any step of the start takes.
const CALM: Duration = Duration::from_secs(3);

/// Inside the pane of the list, below its header, whatever the width of the sidebar.
const LIST: Area = Area {
    left: 330,
    top: 150,
    width: 200,
    height: 500,
};

/// How much of what is drawn must be there already.
const COMPLETE: f64 = 0.95;

#[derive(Serialize)]
struct Runs {
    app: Vec<f64>,
    empty: Vec<f64>,
}

pub(crate) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    if bench.build {
        build()?;
    }
    let vault = bench.large_vault()?;
    let screen_folder = bench.folder.join("screen");
    std::fs::create_dir_all(&screen_folder).context("cannot create the screen's folder")?;
    let screen = Screen::start(&screen_folder)?;
    let mut runs = Runs {
        app: Vec::new(),
        empty: Vec::new(),
    };
    // The first round fills the caches and is not kept. One start and the next differ by a third of their time, so the
    // median wants more of them than other lines do.
    for round in 0..=2 * bench.runs() {
        let empty = first_paint(&watch(
            &screen,
            &mut program("empty-window", &bench.folder),
        )?)?;
        let mut app = program("sheaf-desktop", &vault.folder);
        let app = first_paint(&watch(&screen, app.arg("--data-dir").arg(&vault.folder))?)?;
        if round > 0 {
            runs.empty.push(empty);
            runs.app.push(app);
        }
    }
    let notes = bench.large_corpus()?.notes;
    report.note(
        LINE,
        &format!("{notes} notes; Xvfb, software rendering, warm file cache"),
    );
    report.add(Figure::against(
        LINE,
        "start to painted list",
        "s",
        median(runs.app.iter().copied()),
        ("an empty Tauri window", median(runs.empty.iter().copied())),
        Target::RatioAtMost(OVER_EMPTY),
    ));
    report.raw(LINE, &runs);
    Ok(())
}

/// The app and the empty window, with the profile that is shipped.
pub(super) fn build() -> Result<()> {
    process::run(process::npm(&paths::ui()).args(["run", "build"]))?;
    let mut programs = process::cargo();
    programs.args([
        "build",
        "--release",
        "--locked",
        "--package",
        "sheaf-desktop",
        "--bins",
    ]);
    programs.args(EMBED_UI).args(["--features", "bench"]);
    process::run(&mut programs)
}

fn program(name: &str, home: &Path) -> Command {
    let mut program = process::command(vault::release(name));
    vault::isolate(&mut program, home);
    // The accessibility bus is looked for at every start and is not there.
    program.env("NO_AT_BRIDGE", "1").env("GTK_USE_PORTAL", "0");
    program
}

fn watch(screen: &Screen, program: &mut Command) -> Result<Vec<Seen>> {
    screen.settle()?;
    screen.watch(program, LIST, CALM)
}

/// Seconds until the drawn pixels of the last picture were nearly all in place. Only what stands out from the
/// background is compared: an empty pane agrees with a list of notes in nine pixels of ten.
fn first_paint(seen: &[Seen]) -> Result<f64> {
    let settled = &seen.last().context("nothing was painted")?.pixels;
    let drawn = drawn(settled);
    let complete = |pixels: &Pixels| {
        let same = drawn
            .iter()
            .filter(|at| pixels[**at] == settled[**at])
            .count();
        same as f64 >= COMPLETE * drawn.len() as f64
    };
    let first = seen.iter().find(|seen| complete(&seen.pixels));
    let first = first.context("the last picture is complete by definition")?;
    ensure!(!drawn.is_empty(), "the screen stayed empty");
    Ok(first.at.as_secs_f64())
}

/// Where the picture differs from its commonest colour; everywhere, when it has but one.
fn drawn(pixels: &Pixels) -> Vec<usize> {
    let mut counts: HashMap<[u8; 4], usize> = HashMap::new();
    for pixel in pixels {
        *counts.entry(*pixel).or_default() += 1;
    }
    let background = counts
        .iter()
        .max_by_key(|(_, count)| **count)
        .map(|(pixel, _)| *pixel);
    if counts.len() == 1 {
        return (0..pixels.len()).collect();
    }
    (0..pixels.len())
        .filter(|at| Some(pixels[*at]) != background)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAPER: [u8; 4] = [255, 255, 255, 0];
    const INK: [u8; 4] = [0, 0, 0, 0];
    const ROOT: [u8; 4] = [9, 9, 9, 0];

    fn seen(at: u64, pixels: &[[u8; 4]]) -> Seen {
        Seen {
            at: Duration::from_millis(at),
            pixels: pixels.to_vec(),
        }
    }

    #[test]
    fn an_empty_pane_is_not_yet_a_painted_list() {
        let pictures = [
            seen(100, &[PAPER, PAPER, PAPER, PAPER, PAPER]),
            seen(200, &[PAPER, INK, PAPER, PAPER, PAPER]),
            seen(300, &[PAPER, INK, PAPER, INK, PAPER]),
        ];
        assert!((first_paint(&pictures).unwrap() - 0.3).abs() < 1e-9);
    }

    #[test]
    fn a_window_of_one_colour_counts_as_soon_as_it_is_there() {
        let pictures = [seen(100, &[ROOT, PAPER]), seen(150, &[PAPER, PAPER])];
        assert!((first_paint(&pictures).unwrap() - 0.15).abs() < 1e-9);
    }
}
