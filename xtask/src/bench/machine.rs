//! On what the figures were measured, and whether anything else was running.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use crate::process;

/// More than this share of the cores in other hands changes from run to run.
const QUIET: f64 = 0.05;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) system: String,
    pub(crate) commit: String,
}

impl Machine {
    pub(crate) fn look() -> Self {
        let read = |program: &str, arguments: &[&str]| {
            let printed = process::read(process::command(program).args(arguments));
            printed.unwrap_or_default().trim().to_owned()
        };
        Self {
            processor: processor(),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            system: read("uname", &["-sr"]),
            commit: read("git", &["describe", "--always", "--dirty"]),
        }
    }
}

fn processor() -> String {
    let description = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = description
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or_else(
        || std::env::consts::ARCH.to_owned(),
        |(_, name)| name.to_owned(),
    )
}

/// The share of the cores that programs use while this one waits for a second, from 0 to 1. The load average would
/// still tell of the compiler that ran a minute ago. `None` where `/proc` does not say.
pub(crate) fn busy() -> Option<f64> {
    let before = processor_time(&std::fs::read_to_string("/proc/stat").ok()?)?;
    std::thread::sleep(Duration::from_secs(1));
    let after = processor_time(&std::fs::read_to_string("/proc/stat").ok()?)?;
    let (whole, idle) = (after.0 - before.0, after.1 - before.1);
    (whole > 0.0).then(|| 1.0 - idle / whole)
}

/// All time and idle time since the start of the system, in ticks: the first line of `/proc/stat`.
fn processor_time(statistics: &str) -> Option<(f64, f64)> {
    let columns = statistics.lines().next()?.strip_prefix("cpu ")?;
    let ticks: Vec<f64> = columns
        .split_whitespace()
        .map_while(|ticks| ticks.parse().ok())
        .collect();
    // Columns 4 and 5: idle, and idle while a disk was waited for.
    Some((ticks.iter().sum(), ticks.get(3)? + ticks.get(4)?))
}

/// What to tell the reader before any figure.
pub(crate) fn warning(busy: Option<f64>) -> Option<String> {
    match busy {
        Some(busy) if busy > QUIET => Some(format!(
            "other programs use {:.0} % of the cores, so these figures are worth little",
            busy * 100.0
        )),
        Some(_) => None,
        None => Some("this system does not tell its load: make sure that nothing else runs".into()),
    }
}

/// Waits until the disk has what was written before, so that nobody's sync waits for somebody else's pages.
pub(crate) fn settle() -> Result<()> {
    if cfg!(unix) {
        process::run(&mut process::command("sync"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_busy_machine_is_warned_about() {
        assert_eq!(warning(Some(0.01)), None);
        assert!(warning(Some(0.6)).unwrap().contains("60 %"));
        assert!(warning(None).is_some());
    }

    #[test]
    fn waiting_for_a_disk_counts_as_idle() {
        let statistics = "cpu  10 0 20 60 10 0 0 0 0 0\ncpu0 10 0 20 60 10 0 0 0 0 0\n";
        assert_eq!(processor_time(statistics), Some((100.0, 70.0)));
    }
}
