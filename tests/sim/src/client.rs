//! The client that is killed: the real store with its threads, the real network, one round.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use sheaf_couch::Replication;
use sheaf_net::{Client, Options as NetOptions, ProxyChoice};
use sheaf_store::{Options, Store};
use sheaf_sync::{Policy, step};
use tokio::time::Instant;

use crate::{
    random::Random,
    world::device::{Surroundings, remote_at, remote_id},
};

/// What a run of the client came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The round ended, well or not.
    Alive,
    Killed,
}

/// How a run of the client ended, and the steps it reached.
#[derive(Debug, Clone)]
pub struct Ran {
    pub end: End,
    pub steps: Vec<String>,
    /// The last thing it said about its round.
    pub said: String,
}

/// Which step it does not survive, counted from one.
static DEADLY: OnceLock<usize> = OnceLock::new();
static REACHED: AtomicUsize = AtomicUsize::new(0);

/// Held while a program is being started. Between its fork and its exec it has every open file of this process, and with
/// them the locks of stores that other threads close meanwhile.
static STARTING: Mutex<()> = Mutex::new(());

/// Waits until no program is half started: what was closed before is closed everywhere.
pub fn wait_for_starts() {
    drop(STARTING.lock().unwrap_or_else(PoisonError::into_inner));
}

/// Runs `program` on `home`: `name` against the model on `port`. `deadly`: the step at which it is killed, from one.
/// `most_blocks`: no file may become longer than so many units of the shell's `ulimit -f`.
///
/// # Panics
/// When the program cannot be started.
pub fn run(
    program: &str,
    home: &Path,
    name: &str,
    port: u16,
    deadly: Option<usize>,
    most_blocks: Option<u32>,
) -> Ran {
    let mut command = match most_blocks {
        None => Command::new(program),
        Some(blocks) => {
            // A write beyond the limit is an error and not the end of the program.
            let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
            let mut shell = Command::new("sh");
            shell.args(["-c", &script, program]);
            shell
        }
    };
    command
        .arg(home)
        .args([name, &port.to_string(), &deadly.unwrap_or(0).to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    let child = command.spawn().expect("the client starts");
    drop(starting);
    let output = child.wait_with_output().expect("the client ends");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let steps = text
        .lines()
        .filter_map(|line| line.strip_prefix("step "))
        .map(str::to_owned)
        .collect();
    let said = text.lines().last().unwrap_or_default().to_owned();
    let end = if output.status.code().is_some() {
        End::Alive
    } else {
        End::Killed
    };
    Ran { end, steps, said }
}

/// The client's own side.
#[cfg(unix)]
pub fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [home, name, port, deadly] = &given[..] else {
        return ExitCode::FAILURE;
    };
    let (Ok(port), Ok(deadly)) = (port.parse::<u16>(), deadly.parse::<usize>()) else {
        return ExitCode::FAILURE;
    };
    let _ = DEADLY.set(deadly);
    step::watch(|step| {
        let reached = REACHED.fetch_add(1, Ordering::SeqCst) + 1;
        say(&format!("step {step}"));
        if DEADLY.get() == Some(&reached) {
            die();
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        return ExitCode::FAILURE;
    };
    let said = runtime.block_on(round(&PathBuf::from(home), name, port));
    say(&said);
    ExitCode::SUCCESS
}

#[cfg(unix)]
async fn round(home: &Path, name: &str, port: u16) -> String {
    let surroundings = Surroundings::new(Instant::now(), Random::of(&[u64::from(port)]));
    let clock = surroundings.clone();
    let options = Options {
        clock: Arc::new(move || sheaf_sync::Environment::now(&clock)),
    };
    let store = match Store::open(home, options) {
        Ok(store) => store,
        Err(error) => return format!("the store does not open: {error:?}"),
    };
    let net = NetOptions {
        proxy: ProxyChoice::Direct,
        ..NetOptions::default()
    };
    let client = match Client::new(&net) {
        Ok(client) => client,
        Err(error) => return format!("no client: {error}"),
    };
    let remote = remote_at(&format!("http://127.0.0.1:{port}"), "notes", "anna");
    let replication = Replication::new(client, remote, remote_id(), name, surroundings);
    match Box::pin(replication.run_once(&store, Policy::default(), &|_| {})).await {
        Ok(round) => format!("{} in, {} out", round.pulled, round.pushed),
        Err(error) => format!("the round failed: {error} {error:?}"),
    }
}

#[cfg(unix)]
fn die() {
    let me = rustix::process::getpid();
    let killed = rustix::process::kill_process(me, rustix::process::Signal::KILL);
    // Nothing of this process runs after that.
    let _ = killed;
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody to tell is no reason to stop.
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}
