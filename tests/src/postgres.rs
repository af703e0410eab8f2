//! A PostgreSQL of our own: a cluster in a temporary folder, on a free loopback port, gone with this process.
//!
//! Nothing here but the standard library and `tempfile`: the server's own tests include this file as well.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Runs until its parent's end closes its input, however the parent ended; then nothing is left of it.
const KEEPER: &str = r#"
"$1/postgres" -D "$2/data" -k "" -c listen_addresses=127.0.0.1 -p "$3" -c "fsync=$4" -c max_connections=200 \
    >"$2/log" 2>&1 &
server=$!
read -r _
kill -INT "$server"
wait "$server"
rm -rf "$2"
"#;

/// Whether a commit waits for the disk.
#[derive(Debug, Clone, Copy)]
pub enum Flushes {
    /// For tests, which end before the machine does.
    Never,
    /// As it is shipped, for measuring.
    EachCommit,
}

pub struct Cluster {
    bin: PathBuf,
    port: u16,
    /// The keeper waits for this to close.
    _input: ChildStdin,
}

impl Cluster {
    /// The one that all tests of this process share. `None`, with the reason printed once, where PostgreSQL is not
    /// installed or cannot be started.
    pub fn shared() -> Option<&'static Self> {
        static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
        CLUSTER
            .get_or_init(|| match Self::start(Flushes::Never) {
                Ok(cluster) => Some(cluster),
                Err(reason) => {
                    say(&format!("skipped: everything on PostgreSQL: {reason}"));
                    None
                }
            })
            .as_ref()
    }

    /// The address of a new empty database.
    pub fn database(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("sheaf_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let created = Command::new(self.bin.join("createdb"))
            .args(["-h", "127.0.0.1", "-U", "sheaf", "-p"])
            .arg(self.port.to_string())
            .arg(&name)
            .status();
        assert!(
            created
                .as_ref()
                .is_ok_and(std::process::ExitStatus::success),
            "a database could not be created: {created:?}"
        );
        format!("postgres://sheaf@127.0.0.1:{}/{name}", self.port)
    }

    /// The one value that a statement answers.
    pub fn ask(&self, database: &str, statement: &str) -> Result<String, String> {
        let output = Command::new(self.bin.join("psql"))
            .args(["-X", "-A", "-t", "-c", statement, database])
            .output()
            .map_err(|error| format!("psql cannot be started: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    pub fn start(flushes: Flushes) -> Result<Self, String> {
        let bin = programs().ok_or("it is not installed (Debian: apt install postgresql)")?;
        // Kept: the keeper removes it.
        let home = tempfile::Builder::new()
            .prefix("sheaf-postgres-")
            .tempdir()
            .map_err(|error| format!("no temporary folder: {error}"))?
            .keep();
        let user = owner(&home)?;
        let made = as_user(user, &bin.join("initdb"))
            .args([
                "-U",
                "sheaf",
                "--auth=trust",
                "--no-sync",
                "--encoding=UTF8",
            ])
            .args(["--locale=C", "-D"])
            .arg(home.join("data"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !made.is_ok_and(|status| status.success()) {
            return Err("its cluster could not be made".to_owned());
        }
        // The port is free when it is chosen; should another program be quicker, there is another one.
        for _ in 0..5 {
            let port = free_port()?;
            let (mut keeper, input) = keep(user, &bin, &home, port, flushes)?;
            if answers(&bin, port, &mut keeper) {
                return Ok(Self {
                    bin,
                    port,
                    _input: input,
                });
            }
        }
        let log = std::fs::read_to_string(home.join("log")).unwrap_or_default();
        Err(format!("it does not start: {log}"))
    }
}

fn keep(
    user: Option<&str>,
    bin: &Path,
    home: &Path,
    port: u16,
    flushes: Flushes,
) -> Result<(Child, ChildStdin), String> {
    let mut keeper = as_user(user, Path::new("sh"))
        .args(["-c", KEEPER, "keeper"])
        .args([bin, home])
        .arg(port.to_string())
        .arg(match flushes {
            Flushes::Never => "off",
            Flushes::EachCommit => "on",
        })
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("its keeper cannot be started: {error}"))?;
    let input = keeper.stdin.take().ok_or("its keeper has no input")?;
    Ok((keeper, input))
}

/// Whether it takes connections. Each question waits on the server's side, so this is no busy loop.
fn answers(bin: &Path, port: u16, keeper: &mut Child) -> bool {
    for _ in 0..3000 {
        let ready = Command::new(bin.join("pg_isready"))
            .args(["-q", "-t", "1", "-h", "127.0.0.1", "-p"])
            .arg(port.to_string())
            .status();
        if ready.is_ok_and(|status| status.success()) {
            return true;
        }
        if keeper.try_wait().is_ok_and(|ended| ended.is_some()) {
            return false;
        }
    }
    false
}

/// PostgreSQL refuses to run as root: then its package's own account runs it.
fn owner(home: &Path) -> Result<Option<&'static str>, String> {
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if !root {
        return Ok(None);
    }
    let given = Command::new("chown").arg("postgres").arg(home).status();
    if given.is_ok_and(|status| status.success()) {
        Ok(Some("postgres"))
    } else {
        Err("this is root, and there is no account `postgres`".to_owned())
    }
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    let Some(user) = user else {
        return Command::new(program);
    };
    let mut command = Command::new("runuser");
    command.args(["-u", user, "--"]).arg(program);
    // Its own folder is closed to that account.
    command.current_dir("/");
    command
}

fn free_port() -> Result<u16, String> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port: {error}"))
}

/// The newest installed version's programs; Debian keeps them out of the path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok();
    let mut places: Vec<PathBuf> = versions
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    places.sort();
    places.reverse();
    places.extend(["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map(PathBuf::from));
    places
        .into_iter()
        .find(|bin| bin.join("initdb").is_file() && bin.join("postgres").is_file())
}

/// Past the test harness, which keeps the output of tests that pass to itself.
fn say(line: &str) {
    use std::io::Write as _;
    // Nobody to tell is no reason to fail.
    let _ = writeln!(std::io::stderr(), "    {line}");
}
