//! The app as somebody uses it: typing, opening, switching, rolling, finding, in the shipped window with all notes in
//! it, and how much memory that takes.
//!
//! Keys come through `WebDriver`, one at a time. What a key costs is what the system says the page's main thread ran
//! because of it, script, layout and painting together; the same keys go into a bare CodeMirror in the same web view.
//! When something was painted, the page says itself: the first task after a frame's callbacks.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Bench;
use super::corpus::Text;
use super::driver::Window;
use super::figure::{Figure, Target};
use super::measure::median;
use super::report::Report;
use super::screen::Screen;
use super::vault::{self, Vault};
use crate::{paths, process};

const LINE: &str = "write";
const MEASURE: &str = include_str!("pages/measure.js");
/// Long enough for a save, a search of the counts and a preview to be over.
const SETTLED: Duration = Duration::from_millis(350);
/// Until windows have done what they do after their start.
const AT_REST: Duration = Duration::from_secs(6);

/// A note and what is asked for while it is open.
struct Sized {
    title: &'static str,
    bytes: usize,
    paint: f64,
    open: f64,
}

const NOTES: [Sized; 2] = [
    Sized {
        title: "Twenty kilobytes",
        bytes: 20_000,
        paint: 16.7,
        open: 50.0,
    },
    Sized {
        title: "One megabyte",
        bytes: 1_000_000,
        paint: 33.0,
        open: 300.0,
    },
];

#[derive(Default, Serialize)]
struct Typed {
    /// Milliseconds, a key each.
    paint: Vec<f64>,
    main_thread: Vec<f64>,
}

#[derive(Deserialize, Serialize)]
struct Rolled {
    frames: Vec<f64>,
    rows: f64,
}

pub(crate) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    if bench.build {
        super::opening::build()?;
        process::run(
            process::npm(&paths::ui())
                .args(["run", "build:bench", "--", "--outDir"])
                .arg(bench.folder.join("bare-editor")),
        )?;
    }
    let texts = texts(bench)?;
    let vault = with_texts(bench, &texts)?;
    let folder = bench.folder.join("screen");
    std::fs::create_dir_all(&folder).context("cannot create the screen's folder")?;
    let screen = Screen::start(&folder)?;
    report.note(
        LINE,
        &format!(
            "{} notes; Xvfb, software rendering; the page's clock has steps of a millisecond",
            bench.large_corpus()?.notes
        ),
    );
    memory(bench, &screen, &vault, report)?;
    typing(bench, &screen, &vault, &texts, report)?;
    looking(bench, &screen, &vault, report)
}

/// Markdown of about the wanted size, from the words of the corpus: headings, tasks, code, links, a table.
fn texts(bench: &Bench) -> Result<Vec<String>> {
    let mut bodies = Vec::new();
    bench.small_corpus()?.each_note(|note: &Text| {
        bodies.push(note.body.clone());
    })?;
    let text = |note: &Sized| {
        let mut text = format!("# {}\n\n", note.title);
        for (number, body) in bodies.iter().cycle().enumerate() {
            let part = match number % 5 {
                0 => format!("## Part {number}\n\n{body}\n\n"),
                1 => format!("- [ ] one **thing**\n- [x] *another*\n\n{body}\n\n"),
                2 => {
                    format!("```rust\nfn part_{number}() -> u32 {{ {number} }}\n```\n\n{body}\n\n")
                }
                3 => format!("| a | b |\n|---|--:|\n| `x` | {number} |\n\n{body}\n\n"),
                _ => format!("> [a link](https://example.org/{number})\n\n{body}\n\n"),
            };
            text.push_str(&part);
            if text.len() >= note.bytes {
                break;
            }
        }
        text
    };
    Ok(NOTES.iter().map(text).collect())
}

/// The large vault with the notes to type into on top of its list.
fn with_texts(bench: &Bench, texts: &[String]) -> Result<Vault> {
    let vault = bench
        .large_vault()?
        .copy_to(bench.folder.join("vault-write"))?;
    let file = bench.folder.join("text.md");
    for (note, text) in NOTES.iter().zip(texts) {
        std::fs::write(&file, text).context("cannot write a text")?;
        let file = file.display().to_string();
        vault.sheaf(&["note", "new", "--title", note.title, "--body-file", &file])?;
    }
    Ok(vault)
}

fn app(screen: &Screen, vault: &Vault) -> Result<Window> {
    let folder = vault.folder.display().to_string();
    let arguments = ["--data-dir".to_owned(), folder];
    let window = Window::open(
        &screen.display,
        &vault.folder,
        &vault::release("sheaf-desktop"),
        &arguments,
    )?;
    teach(&window)?;
    let listed = "document.querySelector('[data-testid=\"note-row\"]') && document.querySelector('[data-testid=\"editor\"]')";
    window.ask(
        &format!("await sheafBench.until(() => {listed}); return true;"),
        &[],
    )?;
    Ok(window)
}

/// Without a folder: one colour. With it: the bare editor.
fn floor(screen: &Screen, bench: &Bench, page: Option<&Path>) -> Result<Window> {
    let arguments: Vec<String> = page.iter().map(|page| page.display().to_string()).collect();
    Window::open(
        &screen.display,
        &bench.folder,
        &vault::release("empty-window"),
        &arguments,
    )
}

/// The session begins before the page has been loaded, and what is put into it then is lost.
fn teach(window: &Window) -> Result<()> {
    let loaded = "return document.readyState === 'complete' && location.href !== 'about:blank';";
    let started = Instant::now();
    while window
        .ask(loaded, &[])
        .is_ok_and(|loaded| loaded != json!(true))
    {
        ensure!(started.elapsed() < AT_REST, "the page is not loaded");
        std::thread::sleep(Duration::from_millis(20));
    }
    window
        .ask(&format!("{MEASURE}\nreturn true;"), &[])
        .map(drop)
}

fn memory(bench: &Bench, screen: &Screen, vault: &Vault, report: &mut Report) -> Result<()> {
    let measure = |window: &Window| -> Result<f64> {
        std::thread::sleep(AT_REST);
        let mut bytes = 0;
        for process in window.processes()? {
            bytes += process.memory()?;
        }
        Ok(bytes as f64 / 1e6)
    };
    let (mut app_runs, mut empty_runs) = (Vec::new(), Vec::new());
    for _ in 0..bench.runs() {
        empty_runs.push(measure(&floor(screen, bench, None)?)?);
        app_runs.push(measure(&app(screen, vault)?)?);
    }
    report.add(Figure::against(
        LINE,
        "memory of all processes, proportional",
        "MB",
        median(app_runs.iter().copied()),
        ("an empty Tauri window", median(empty_runs.iter().copied())),
        Target::RatioAtMost(1.3),
    ));
    report.raw(
        "write memory",
        &json!({ "app": app_runs, "empty": empty_runs }),
    );
    Ok(())
}

fn typing(
    bench: &Bench,
    screen: &Screen,
    vault: &Vault,
    texts: &[String],
    report: &mut Report,
) -> Result<()> {
    let keys = if bench.quick { 12 } else { 60 };
    let bare_page = bench.folder.join("bare-editor");
    for (note, text) in NOTES.iter().zip(texts) {
        let window = app(screen, vault)?;
        // The first time its text is read and its editor made; later ones show what is kept.
        let first = window.number("return sheafBench.open(given[0]);", &[json!(note.title)])?;
        let mut again = Vec::new();
        for _ in 0..bench.runs() {
            window.ask("return sheafBench.leave(given[0]);", &[json!(note.title)])?;
            std::thread::sleep(SETTLED);
            again.push(window.number("return sheafBench.open(given[0]);", &[json!(note.title)])?);
        }
        report.add(Figure::alone(
            LINE,
            format!("open a note of {} kB for the first time", note.bytes / 1000),
            "ms",
            first,
            Target::AtMost(note.open),
        ));
        report.add(Figure::alone(
            LINE,
            format!("open a note of {} kB again", note.bytes / 1000),
            "ms",
            median(again),
            Target::AtMost(note.open),
        ));
        let ours = keystrokes(&window, keys)?;
        drop(window);

        let window = floor(screen, bench, Some(&bare_page))?;
        teach(&window)?;
        let ready =
            "await sheafBench.until(() => window.bareEditor); bareEditor(given[0]); return true;";
        window.ask(ready, &[json!(text)])?;
        let bare = keystrokes(&window, keys)?;
        drop(window);

        let kilobytes = note.bytes / 1000;
        report.add(Figure::against(
            LINE,
            format!("key to paint in {kilobytes} kB, p95"),
            "ms",
            p95(&ours.paint),
            ("bare CodeMirror", p95(&bare.paint)),
            Target::Context,
        ));
        report.add(Figure::alone(
            LINE,
            format!("key to paint in {kilobytes} kB, p95"),
            "ms",
            p95(&ours.paint),
            Target::AtMost(note.paint),
        ));
        report.add(Figure::alone(
            LINE,
            format!(
                "main thread a key in {kilobytes} kB, p95, beyond bare CodeMirror's {:.1} ms",
                p95(&bare.main_thread)
            ),
            "ms",
            p95(&ours.main_thread) - p95(&bare.main_thread),
            Target::AtMost(2.0),
        ));
        report.add(Figure::alone(
            LINE,
            format!("longest main thread of a key in {kilobytes} kB"),
            "ms",
            ours.main_thread.iter().copied().fold(f64::NAN, f64::max),
            Target::AtMost(50.0),
        ));
        report.raw(
            &format!("write keys {kilobytes} kB"),
            &json!({ "app": ours, "bare": bare }),
        );
    }
    Ok(())
}

/// Types `keys` letters into a paragraph, as slowly as it takes for each to be over before the next.
fn keystrokes(window: &Window, keys: usize) -> Result<Typed> {
    window.ask("return sheafBench.caret();", &[])?;
    // The first keys load what typing needs and are not kept.
    for letter in ["a", "b", "c", "d"] {
        window.press(letter)?;
        std::thread::sleep(SETTLED);
    }
    let page = window.page()?;
    window.ask("sheafBench.listen(); return true;", &[])?;
    let mut typed = Typed::default();
    for letter in ["e", "t", "a", "o", " "].into_iter().cycle().take(keys) {
        let before = page.main_thread()?;
        window.press(letter)?;
        std::thread::sleep(SETTLED);
        let spent = page.main_thread()?.saturating_sub(before);
        typed.main_thread.push(spent.as_secs_f64() * 1000.0);
    }
    typed.paint = numbers(&window.ask("return sheafBench.heard();", &[])?);
    Ok(typed)
}

fn looking(bench: &Bench, screen: &Screen, vault: &Vault, report: &mut Report) -> Result<()> {
    let window = app(screen, vault)?;
    let runs = bench.runs();
    let mut add = |what: &str, unit, value, target| {
        report.add(Figure::alone(LINE, what, unit, value, target));
    };

    let books = window.ask("return sheafBench.notebooks();", &[])?;
    let books: Vec<&Value> = books.as_array().into_iter().flatten().skip(1).collect();
    let mut switched = Vec::new();
    for book in books.iter().cycle().take(2 * runs) {
        switched.push(window.number("return sheafBench.place(given[0]);", &[(*book).clone()])?);
    }
    add(
        "switch notebook",
        "ms",
        median(switched),
        Target::AtMost(50.0),
    );
    window.ask("return sheafBench.place('All notes');", &[])?;

    let milliseconds = if bench.quick { 1500 } else { 6000 };
    let rolled = window.ask(
        "return sheafBench.scroll(given[0], given[1]);",
        &[json!(milliseconds), json!(240)],
    )?;
    let rolled: Rolled = serde_json::from_value(rolled).context("the page answered no frames")?;
    let slow = rolled.frames.iter().filter(|frame| **frame > 20.0).count();
    let share = 100.0 * slow as f64 / rolled.frames.len().max(1) as f64;
    add(
        "frames over 20 ms while rolling through the list",
        "%",
        share,
        Target::AtMost(1.0),
    );
    add(
        "rows on the page by rows in sight",
        "",
        rolled.rows,
        Target::AtMost(3.0),
    );
    let ends = (0..runs).map(|_| window.number("return sheafBench.end();", &[]));
    let ends = ends.collect::<Result<Vec<f64>>>()?;
    add(
        "to the end of the list",
        "ms",
        median(ends),
        Target::AtMost(100.0),
    );

    let word = super::corpus::words().latin(300).to_owned();
    let found = window.ask(
        "return sheafBench.type('search', given[0], 'note-row');",
        &[json!(word)],
    )?;
    add(
        "a letter more in the search box, p95",
        "ms",
        p95(&numbers(&found)),
        Target::AtMost(50.0),
    );
    window.ask("await sheafBench.clear('search'); return true;", &[])?;

    std::thread::sleep(SETTLED);
    let open = "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'o', code: 'KeyO', ctrlKey: true, bubbles: true }));
        await sheafBench.until(() => document.querySelector('[data-testid=\"chooser-field\"]'));
        return sheafBench.type('chooser-field', given[0], 'choice');";
    let found = window.ask(open, &[json!(word)])?;
    add(
        "a letter more in the quick switcher, p95",
        "ms",
        p95(&numbers(&found)),
        Target::AtMost(50.0),
    );
    window.press("\u{e00c}")?;

    std::thread::sleep(SETTLED);
    window.number(
        "return sheafBench.open(given[0]);",
        &[json!(NOTES[0].title)],
    )?;
    window.ask("document.querySelector('[data-testid=\"view-split\"]').click();
        await sheafBench.until(() => document.querySelector('[data-testid=\"preview\"] h1')); return sheafBench.caret();", &[])?;
    let mut shown = Vec::new();
    for number in 0..3 * runs {
        let word = format!("word{number}");
        shown.push(window.number("return sheafBench.preview(given[0]);", &[json!(word)])?);
        std::thread::sleep(SETTLED);
    }
    add(
        "a change until the preview beside it shows it",
        "ms",
        median(shown.iter().copied()),
        Target::AtMost(200.0),
    );
    window.ask(
        "document.querySelector('[data-testid=\"view-edit\"]').click(); return sheafBench.caret();",
        &[],
    )?;
    let pasted = window.number("return sheafBench.paste(5);", &[])?;
    add("paste of 5 MB", "ms", pasted, Target::AtMost(1000.0));
    std::thread::sleep(SETTLED);
    let ended = quit(&window)?;
    add(
        "quit until the program is gone",
        "ms",
        ended,
        Target::AtMost(300.0),
    );
    report.raw("write rolling", &rolled);
    Ok(())
}

/// Milliseconds from the wish to end until there is no process of the app's.
fn quit(window: &Window) -> Result<f64> {
    let program = |window: &Window| {
        window
            .processes()
            .is_ok_and(|all| all.iter().any(|process| process.name == "sheaf-desktop"))
    };
    ensure!(program(window), "the app does not run under its own name");
    let started = Instant::now();
    // The page may be gone before it answers.
    window
        .ask("void window.__TAURI_INTERNALS__.invoke('plugin:sheaf|quit', { request: null }); return true;", &[])
        .ok();
    while program(window) {
        ensure!(started.elapsed() < AT_REST, "the app does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(started.elapsed().as_secs_f64() * 1000.0)
}

fn numbers(value: &Value) -> Vec<f64> {
    let values = value.as_array().into_iter().flatten();
    values.filter_map(Value::as_f64).collect()
}

/// What nineteen of twenty do not exceed.
fn p95(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let at = (values.len() * 95).div_ceil(100).saturating_sub(1);
    values.get(at).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nineteen_of_twenty_do_not_exceed_it() {
        let values: Vec<f64> = (1..=20).map(f64::from).collect();
        assert!((p95(&values) - 19.0).abs() < 1e-9);
        assert!((p95(&[7.0]) - 7.0).abs() < 1e-9);
        assert!(p95(&[]).is_nan());
    }
}
