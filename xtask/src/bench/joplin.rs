//! The same notes in Joplin's terminal app: taken in from files, and searched through its data API.
//!
//! Both sides read the notes in a form of their own, a folder of Markdown files there and a file of items here, and
//! are timed from the start of the process until every note is found by its words. Searches are asked of running
//! programs, Joplin over its own loopback HTTP, Sheaf through the engine's API; each answers its first 50 notes in its
//! own order of relevance. Joplin is asked for titles only, which is the least it can answer.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::Bench;
use super::corpus::{self, Corpus, Text};
use super::figure::{Figure, Target};
use super::machine;
use super::measure::{self, median};
use super::report::Report;
use super::vault::{self, Vault};
use crate::process;

const LINE: &str = "joplin";
/// The newest that can be installed: 3.6.2 asks for a package that was never published.
const VERSION: &str = "3.5.1";
const SEARCH_OVER_PEER: f64 = 1.0 / 20.0;
const RARE_OVER_PEER: f64 = 1.0 / 2.0;
const IMPORT_OVER_PEER: f64 = 1.0 / 90.0;
const ROUNDS: usize = 5;
const PAGE: usize = 50;
/// Where Joplin looks for a free port.
const PORTS: std::ops::RangeInclusive<u16> = 41_184..=41_194;
/// It indexes in the background after its start.
const PATIENCE: Duration = Duration::from_mins(10);
const ATTEMPT: Duration = Duration::from_millis(500);

pub(crate) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let corpus = bench.synced_corpus()?;
    let program = install(&bench.folder)?;
    report.note(
        LINE,
        &format!(
            "{} notes, {:.0} MB; Joplin's terminal app {VERSION}",
            corpus.notes,
            corpus.bytes as f64 / 1e6
        ),
    );

    // Minutes for ten thousand notes, so it is done once; ours takes its turn before and after.
    let mut ours = vec![imported_here(bench, &corpus)?];
    let profile = bench.folder.join("joplin-profile");
    let theirs = imported_there(bench, &program, &profile, &corpus)?;
    let server = Server::start(&program, &profile)?;
    let indexed = server.wait_until_found(&corpus)?;
    ours.push(imported_here(bench, &corpus)?);
    report.add(Figure::against(
        LINE,
        format!(
            "{} notes taken in, until all are found by their words",
            corpus.notes
        ),
        "s",
        median(ours.iter().copied()),
        ("Joplin", theirs + indexed),
        Target::RatioAtMost(IMPORT_OVER_PEER),
    ));
    searches(bench, &corpus, &server, report)?;
    report.raw(
        "joplin import",
        &json!({ "sheaf": ours, "joplin": theirs, "joplin index": indexed }),
    );
    Ok(())
}

/// Outside of the repository's own packages: hundreds of them, for one benchmark. Without their scripts, because those
/// of an unused keychain need a desktop's headers; only the database's module is built.
fn install(folder: &Path) -> Result<PathBuf> {
    let folder = folder.join(format!("joplin-{VERSION}"));
    let program = folder.join("node_modules/joplin/main.js");
    let done = folder.join("installed");
    if done.exists() {
        return Ok(program);
    }
    std::fs::create_dir_all(&folder).context("cannot make a folder for Joplin")?;
    std::fs::write(folder.join("package.json"), "{\"private\":true}\n")
        .context("cannot write Joplin's folder")?;
    process::run(
        process::npm(&folder)
            .args(["install", "--ignore-scripts", "--no-audit", "--no-fund"])
            .arg(format!("joplin@{VERSION}")),
    )?;
    let mut build = process::npm(&folder);
    build.args(["rebuild", "sqlite3", "--build-from-source"]);
    // The headers of the very Node that runs, when they lie beside it; else node-gyp fetches them.
    let node = process::read(process::command("node").args(["-p", "process.execPath"]))?;
    let root = Path::new(node.trim()).ancestors().nth(2);
    if let Some(root) = root.filter(|root| root.join("include/node/node.h").exists()) {
        build.env("npm_config_nodedir", root);
    }
    process::run(&mut build)?;
    std::fs::write(&done, VERSION).context("cannot mark Joplin as installed")?;
    Ok(program)
}

/// Seconds until a search that waits for the index has answered.
fn imported_here(bench: &Bench, corpus: &Corpus) -> Result<f64> {
    let file = bench.folder.join("items.json");
    let mut items = Vec::new();
    corpus.each_note(|Text { title, body }| {
        let uuid = format!("5ea0f000-0000-4000-8000-{:012x}", items.len());
        items.push(json!({ "uuid": uuid, "content_type": "Note", "content": { "title": title, "text": body } }));
    })?;
    std::fs::write(&file, json!({ "items": items }).to_string())
        .context("cannot write the notes as items")?;
    drop(items);
    let vault = Vault::create(bench.folder.join("imported"))?;
    machine::settle()?;
    let file = file.display().to_string();
    let import = vault.sheaf(&["import", &file, "--format", "standard-notes"])?;
    let answer: Value = serde_json::from_str(&import.stdout)?;
    ensure!(
        answer["notes"] == corpus.notes,
        "not every note was taken in: {answer}"
    );
    let search = vault.sheaf(&["search", &corpus::unique_word(corpus.notes - 1)])?;
    let answer: Value = serde_json::from_str(&search.stdout)?;
    ensure!(
        answer["notSearched"] == 0 && answer["total"] == 1,
        "not everything could be searched: {answer}"
    );
    Ok(import.cost.seconds + search.cost.seconds)
}

/// Seconds for the import alone.
fn imported_there(bench: &Bench, program: &Path, profile: &Path, corpus: &Corpus) -> Result<f64> {
    let folder = bench.folder.join("joplin-files").join("Imported");
    vault::clear(&folder)?;
    std::fs::create_dir_all(&folder).context("cannot make a folder of notes")?;
    let (mut number, mut failed) = (0, None);
    corpus.each_note(|Text { title, body }| {
        let title: String = title
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { ' ' })
            .collect();
        let file = folder.join(format!("{number:06} {}.md", title.trim()));
        number += 1;
        let written =
            std::fs::File::create(file).and_then(|mut file| file.write_all(body.as_bytes()));
        failed = failed.take().or(written.err());
    })?;
    if let Some(error) = failed {
        return Err(error).context("cannot write the notes as files");
    }
    vault::clear(profile)?;
    std::fs::create_dir_all(profile).context("cannot make a profile for Joplin")?;
    machine::settle()?;
    let mut import = joplin(program, profile);
    import.args(["import", "--format", "md"]).arg(&folder);
    Ok(measure::run(&mut import)?.cost.seconds)
}

fn joplin(program: &Path, profile: &Path) -> std::process::Command {
    let mut joplin = process::command("node");
    vault::isolate(&mut joplin, profile);
    joplin.arg(program).arg("--profile").arg(profile);
    joplin
}

/// A running Joplin that answers over HTTP.
struct Server {
    child: Child,
    agent: ureq::Agent,
    root: String,
    token: String,
}

impl Server {
    fn start(program: &Path, profile: &Path) -> Result<Self> {
        let child = joplin(program, profile)
            .args(["server", "start"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start Joplin")?;
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build()
            .new_agent();
        let mut server = Self {
            child,
            agent,
            root: String::new(),
            token: String::new(),
        };
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Some(status) = server.child.try_wait()? {
                bail!("Joplin ended with {status}");
            }
            if server.answers(profile) {
                return Ok(server);
            }
            std::thread::sleep(ATTEMPT);
        }
        bail!("Joplin does not answer on any of its ports")
    }

    /// Looks for the port on which this profile's token is taken.
    fn answers(&mut self, profile: &Path) -> bool {
        let settings = std::fs::read_to_string(profile.join("settings.json")).unwrap_or_default();
        let settings: Value = serde_json::from_str(&settings).unwrap_or_default();
        let Some(token) = settings["api.token"].as_str() else {
            return false;
        };
        token.clone_into(&mut self.token);
        PORTS.into_iter().any(|port| {
            self.root = format!("http://127.0.0.1:{port}");
            self.ask("folders?limit=1").is_ok()
        })
    }

    fn ask(&self, what: &str) -> Result<Value> {
        let (root, token) = (&self.root, &self.token);
        let url = format!("{root}/{what}&token={token}");
        let mut answer = self
            .agent
            .get(url)
            .call()
            .context("Joplin does not answer")?;
        let text = answer.body_mut().read_to_string()?;
        ensure!(answer.status() == 200, "Joplin answers {text}");
        serde_json::from_str(&text).context("Joplin answers no JSON")
    }

    /// The first page of a search: seconds, and how many notes are on it.
    fn search(&self, query: &str) -> Result<(f64, usize)> {
        let query = query.replace(' ', "%20").replace('"', "%22");
        let what = format!("search?query={query}&limit={PAGE}&fields=id,title");
        let started = Instant::now();
        let answer = self.ask(&what)?;
        let seconds = started.elapsed().as_secs_f64();
        Ok((seconds, answer["items"].as_array().map_or(0, Vec::len)))
    }

    /// Seconds until the first and the last note are found; the index is made after the start.
    fn wait_until_found(&self, corpus: &Corpus) -> Result<f64> {
        let started = Instant::now();
        for number in [0, corpus.notes / 2, corpus.notes - 1] {
            while self.search(&corpus::unique_word(number))?.1 == 0 {
                ensure!(
                    started.elapsed() < PATIENCE,
                    "Joplin indexes no note {number}"
                );
                std::thread::sleep(ATTEMPT);
            }
        }
        Ok(started.elapsed().as_secs_f64())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn searches(bench: &Bench, corpus: &Corpus, server: &Server, report: &mut Report) -> Result<()> {
    let words = corpus::words();
    let prefix: String = words.latin(300).chars().take(4).collect();
    // The same question in Sheaf's words and in Joplin's.
    let queries = [
        (
            "common word",
            words.latin(12).to_owned(),
            None,
            SEARCH_OVER_PEER,
        ),
        (
            "two common words",
            format!("{} {}", words.latin(12), words.latin(14)),
            None,
            SEARCH_OVER_PEER,
        ),
        (
            "prefix",
            prefix.clone(),
            Some(format!("{prefix}*")),
            SEARCH_OVER_PEER,
        ),
        (
            "rare word",
            words.latin(40_000).to_owned(),
            None,
            RARE_OVER_PEER,
        ),
    ];
    let vault = Vault {
        folder: bench.folder.join("imported"),
    };
    let file = bench.folder.join("queries-joplin.json");
    let ours: BTreeMap<&str, &str> = queries
        .iter()
        .map(|(name, query, ..)| (*name, query.as_str()))
        .collect();
    std::fs::write(&file, serde_json::to_string(&ours)?).context("cannot write the queries")?;
    let rounds = ROUNDS.to_string();

    let (mut here, mut there) = (Vec::new(), Vec::new());
    for _ in 0..bench.runs() {
        let mut times: BTreeMap<&str, f64> = BTreeMap::new();
        for (name, query, theirs, _) in &queries {
            let query = theirs.as_ref().unwrap_or(query);
            // One before the first that counts fills the caches.
            server.search(query)?;
            let mut taken = Vec::new();
            for _ in 0..ROUNDS {
                let (seconds, found) = server.search(query)?;
                ensure!(found > 0, "Joplin finds nothing for the {name}");
                taken.push(seconds * 1000.0);
            }
            times.insert(name, median(taken));
        }
        there.push(times);
        here.push(vault::run_engine(
            "search",
            &vault,
            &[&file, Path::new(&rounds)],
        )?);
    }
    for (name, _, _, over) in &queries {
        let hits = here[0][name]["hits"].as_f64().unwrap_or(f64::NAN);
        report.add(Figure::against(
            LINE,
            format!(
                "first page for a {name} in {hits:.0} of {} notes",
                corpus.notes
            ),
            "ms",
            median(
                here.iter()
                    .filter_map(|run| Some(run[name]["relevance"].as_f64()? / 1000.0)),
            ),
            (
                "Joplin's data API",
                median(there.iter().filter_map(|run| run.get(name).copied())),
            ),
            Target::RatioAtMost(*over),
        ));
    }
    report.raw("joplin search", &json!({ "sheaf": here, "joplin": there }));
    Ok(())
}
