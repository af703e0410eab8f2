//! `cargo xtask bench`: Sheaf beside its peers and beside the floor that SQLite or the server sets.
//!
//! A figure is a ratio of two things measured in the same run, on the same data, in turns; its target is printed
//! with it. Falling short is reported and is no failure of the command: a busy machine must not break a build.
//! Nothing here is a test, and no test measures time.

mod account;
mod attachments;
mod corpus;
mod distance;
mod driver;
mod figure;
mod histories;
mod hosted;
mod joplin;
mod live;
mod machine;
mod measure;
mod opening;
mod processes;
mod pull;
mod push;
mod random;
mod relay;
mod rendering;
mod replication;
mod report;
mod saving;
mod screen;
mod search;
mod server;
mod vault;
mod words;
mod writing;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::{paths, setup};
use corpus::Corpus;
use machine::Machine;
use report::Report;
use vault::Vault;

#[derive(Args)]
pub(crate) struct Options {
    /// Only this benchmark; may be given more than once
    #[arg(long, value_name = "NAME")]
    only: Vec<Line>,
    /// Fewer runs over a tenth of the notes
    #[arg(long)]
    quick: bool,
    /// Measure the programs as they were built last
    #[arg(long)]
    no_build: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Line {
    /// First pull into an empty vault
    Pull,
    /// First push into an empty database
    Push,
    /// First pull of notes with long histories
    Histories,
    /// Large files there and back again
    Attachments,
    /// An edit until another device has it
    Live,
    /// Nothing new, and a first pull, at a round trip of 100 ms
    Distance,
    /// First page of a search
    Search,
    /// Import and search beside Joplin's terminal app
    Joplin,
    /// Start of the app until its list is painted
    Open,
    /// An edit until it is durable
    Save,
    /// Typing, opening, rolling and finding in the window, and its memory
    Write,
    /// Markdown to safe HTML
    Render,
    /// `sheaf-server` on both of its storages
    Server,
    /// First sync of an account's encrypted notes
    Hosted,
}

impl Line {
    fn run(self, bench: &Bench, report: &mut Report) -> Result<()> {
        match self {
            Self::Pull => pull::run(bench, report),
            Self::Push => push::run(bench, report),
            Self::Histories => histories::run(bench, report),
            Self::Attachments => attachments::run(bench, report),
            Self::Live => live::run(bench, report),
            Self::Distance => distance::run(bench, report),
            Self::Search => search::run(bench, report),
            Self::Joplin => joplin::run(bench, report),
            Self::Open => opening::run(bench, report),
            Self::Save => saving::run(bench, report),
            Self::Write => writing::run(bench, report),
            Self::Render => rendering::run(bench, report),
            Self::Server => hosted::run(bench, report),
            Self::Hosted => account::run(bench, report),
        }
    }
}

/// What every benchmark is given.
pub(crate) struct Bench {
    /// Scratch space, kept between runs for what is costly to make.
    folder: PathBuf,
    quick: bool,
    build: bool,
}

impl Bench {
    /// How often each side takes its turn; the median counts.
    fn runs(&self) -> usize {
        if self.quick { 2 } else { 5 }
    }

    fn synced_corpus(&self) -> Result<Corpus> {
        self.corpus(10_000)
    }

    fn small_corpus(&self) -> Result<Corpus> {
        self.corpus(1_000)
    }

    fn large_corpus(&self) -> Result<Corpus> {
        self.corpus(100_000)
    }

    fn corpus(&self, notes: usize) -> Result<Corpus> {
        let notes = if self.quick { notes / 10 } else { notes };
        corpus::prepare(&self.folder, notes)
    }

    /// A vault with the large corpus in it, filled once for all benchmarks of this build.
    fn large_vault(&self) -> Result<Vault> {
        let corpus = self.large_corpus()?;
        let filled = self.folder.join(format!("vault-{}", corpus.notes));
        vault::filled_by_this_build(filled, &corpus)
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    setup::for_measuring()?;
    let folder = paths::target().join("bench");
    std::fs::create_dir_all(&folder).context("cannot create the benchmarks' folder")?;
    if !options.no_build {
        vault::build()?;
    }
    let busy = machine::busy();
    let mut report = Report::new(Machine::look(), options.quick, busy);
    if let Some(warning) = machine::warning(busy) {
        report.note("warning", &warning);
    }
    let bench = Bench {
        folder,
        quick: options.quick,
        build: !options.no_build,
    };
    for line in Line::value_variants() {
        if options.only.is_empty() || options.only.contains(line) {
            line.run(&bench, &mut report)?;
        }
    }
    report.finish(machine::busy(), &paths::target().join("bench.json"))
}
