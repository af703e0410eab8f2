//! What `cargo xtask bench` runs inside one process of the engine, so that no program start is measured.
//!
//! One program rather than three: each costs a whole link of the engine with the shipped profile.
#![expect(
    clippy::print_stdout,
    reason = "a program of the benchmarks answers on its standard output"
)]

mod fill;
mod save;
mod search;

use std::error::Error;
use std::path::Path;

use sheaf_engine::{Engine, EngineOptions, Logs, directories};

const USAGE: &str =
    "usage: bench fill DIR CORPUS | search DIR QUERIES ROUNDS | save DIR SAVES | save DIR pull";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [action, folder, rest @ ..] = arguments.as_slice() else {
        return Err(USAGE.into());
    };
    let directories = directories(Some(Path::new(folder)))?;
    let engine = Engine::open(EngineOptions::for_command(directories, Logs::none())).await?;
    let answer = match (*action, rest) {
        ("fill", [corpus]) => fill::fill(&engine, Path::new(corpus)).await?,
        ("search", [queries, rounds]) => {
            search::search(&engine, Path::new(queries), rounds.parse()?).await?
        }
        ("save", ["pull"]) => save::while_pulling(&engine).await?,
        ("save", [saves]) => save::one_after_the_other(&engine, saves.parse()?).await?,
        _ => return Err(USAGE.into()),
    };
    println!("{answer}");
    engine.shutdown().await;
    Ok(())
}
