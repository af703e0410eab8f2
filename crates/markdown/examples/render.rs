//! What `cargo xtask bench --only render` measures: `render FILE` reads notes, a JSON string a line, renders each and
//! prints the seconds that took.
#![expect(
    clippy::print_stdout,
    reason = "a program of the benchmarks answers on its standard output"
)]

use std::{error::Error, fs, hint::black_box, time::Instant};

use sheaf_markdown::{RenderOptions, render};

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("usage: render FILE")?;
    let lines = fs::read_to_string(file)?;
    let notes = lines
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<Vec<String>, _>>()?;
    let options = RenderOptions::default();
    // Once for the caches, as the peer's compiler has it.
    for note in &notes {
        black_box(render(note, &options));
    }
    let started = Instant::now();
    let mut bytes = 0;
    for note in &notes {
        bytes += black_box(render(note, &options)).html.len();
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("{{\"seconds\":{seconds},\"html\":{bytes}}}");
    Ok(())
}
