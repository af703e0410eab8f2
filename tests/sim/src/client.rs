//! The client that is killed: the real store with its threads, the real network, one round.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use sheaf_couch::Replication;
use sheaf_net::{ChosenProxy, Client, Options as NetOptions, ProxyChoice};
use sheaf_store::{Options, Store};
use sheaf_sync::{Policy, step};
use tokio::time::Instant;

use crate::{
    hosted::hazards,
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

/// Held while a program is being started. Until it runs it has every open file of this process, and with them the locks of
/// stores that other threads close meanwhile. `spawn` comes back before that: the system lets the parent go on as soon as
/// the child has memory of its own, and closes the files it must not have afterwards. So its first word is waited for.
static STARTING: Mutex<()> = Mutex::new(());

/// Waits until no program is half started: what was closed before is closed everywhere.
pub fn wait_for_starts() {
    drop(STARTING.lock().unwrap_or_else(PoisonError::into_inner));
}

/// A round that is made by a program of its own.
#[derive(Debug, Clone, Copy)]
pub struct Errand<'a> {
    pub program: &'a str,
    /// Where the notes are.
    pub home: &'a Path,
    pub name: &'a str,
    pub port: u16,
    /// The file that keeps the session of an account. `None`: the model of `CouchDB` is on that port.
    pub account: Option<&'a Path>,
    /// The step at which it is killed, from one.
    pub deadly: Option<usize>,
    /// No file may become longer than so many units of the shell's `ulimit -f`.
    pub most_blocks: Option<u32>,
}

/// Runs it to its end.
///
/// # Panics
/// When the program cannot be started.
pub fn run(errand: Errand<'_>) -> Ran {
    let Errand {
        program,
        home,
        name,
        port,
        account,
        deadly,
        most_blocks,
    } = errand;
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
        .args(account)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut child = command.spawn().expect("the client starts");
    let mut said = BufReader::new(child.stdout.take().expect("it was asked for"));
    let mut text = String::new();
    said.read_line(&mut text).expect("the client can be heard");
    drop(starting);
    said.read_to_string(&mut text)
        .expect("the client can be heard");
    let status = child.wait().expect("the client ends");
    let steps = text
        .lines()
        .filter_map(|line| line.strip_prefix("step "))
        .map(str::to_owned)
        .collect();
    let said = text.lines().last().unwrap_or_default().to_owned();
    let end = if status.code().is_some() {
        End::Alive
    } else {
        End::Killed
    };
    Ran { end, steps, said }
}

/// The client's own side.
#[cfg(unix)]
pub fn main() -> ExitCode {
    say("runs");
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [home, name, port, deadly, account @ ..] = &given[..] else {
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
    let task = Task {
        home: PathBuf::from(home),
        name,
        port,
        account: account.first().map(Path::new),
    };
    let said = runtime.block_on(task.round());
    say(&said);
    ExitCode::SUCCESS
}

#[cfg(unix)]
struct Task<'a> {
    home: PathBuf,
    name: &'a str,
    port: u16,
    account: Option<&'a Path>,
}

#[cfg(unix)]
impl Task<'_> {
    async fn round(&self) -> String {
        let surroundings = Surroundings::new(Instant::now(), Random::of(&[u64::from(self.port)]));
        let clock = surroundings.clone();
        let options = Options {
            clock: Arc::new(move || sheaf_sync::Environment::now(&clock)),
        };
        let store = match Store::open(&self.home, options) {
            Ok(store) => store,
            Err(error) => return format!("the store does not open: {error:?}"),
        };
        match self.account {
            None => self.with_database(&store, surroundings).await,
            Some(session) => self.with_account(&store, session, surroundings).await,
        }
    }

    async fn with_database(&self, store: &Store, surroundings: Surroundings) -> String {
        let net = NetOptions {
            proxy: ProxyChoice::Direct,
            ..NetOptions::default()
        };
        let client = match Client::new(&net) {
            Ok(client) => client,
            Err(error) => return format!("no client: {error}"),
        };
        let remote = remote_at(&format!("http://127.0.0.1:{}", self.port), "notes", "anna");
        let replication = Replication::new(client, remote, remote_id(), self.name, surroundings);
        match Box::pin(replication.run_once(store, Policy::default(), &|_| {})).await {
            Ok(round) => format!("{} in, {} out", round.pulled, round.pushed),
            Err(error) => format!("the round failed: {error} {error:?}"),
        }
    }

    /// Its address is part of what is remembered of it, so the port is a proxy's.
    async fn with_account(
        &self,
        store: &Store,
        session: &Path,
        surroundings: Surroundings,
    ) -> String {
        let Some(proxy) = ChosenProxy::parse(&format!("http://127.0.0.1:{}", self.port)) else {
            return "no address".to_owned();
        };
        let net = NetOptions {
            proxy: ProxyChoice::Chosen(Box::new(proxy)),
            ..NetOptions::default()
        };
        let client = match Client::new(&net) {
            Ok(client) => client,
            Err(error) => return format!("no client: {error}"),
        };
        let talk = match hazards::talk(client, session, self.name, surroundings) {
            Ok(talk) => talk,
            Err(error) => return format!("no session: {error}"),
        };
        match Box::pin(talk.run_once(store, Policy::default(), &|_| {})).await {
            Ok(round) => format!("{} in, {} out", round.pulled, round.pushed),
            Err(error) => format!("the round failed: {error} {error:?}"),
        }
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
