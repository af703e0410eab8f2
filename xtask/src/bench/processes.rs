//! What the system says about processes: who started whom, how much memory is theirs, how long they ran.

use std::time::Duration;

use anyhow::{Context, Result};

#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) id: u32,
    /// As the kernel keeps it: its first fifteen bytes.
    pub(crate) name: String,
}

/// Everything that was started by `root`, directly or not.
pub(crate) fn below(root: u32) -> Result<Vec<Process>> {
    let mut all: Vec<(u32, Process)> = Vec::new();
    for entry in std::fs::read_dir("/proc").context("there is no /proc")? {
        let name = entry?.file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // It may have ended since it was listed.
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{id}/stat")) else {
            continue;
        };
        if let Some((parent, name)) = parent_and_name(&stat) {
            all.push((parent, Process { id, name }));
        }
    }
    let mut found = Vec::new();
    let mut parents = vec![root];
    while let Some(parent) = parents.pop() {
        for (_, process) in all.iter().filter(|(of, _)| *of == parent) {
            parents.push(process.id);
            found.push(process.clone());
        }
    }
    Ok(found)
}

/// `id (name) state parent …`; a name may contain anything, brackets and spaces included.
fn parent_and_name(stat: &str) -> Option<(u32, String)> {
    let (head, tail) = stat.rsplit_once(')')?;
    let (_, name) = head.split_once('(')?;
    let parent = tail.split_whitespace().nth(1)?.parse().ok()?;
    Some((parent, name.to_owned()))
}

impl Process {
    /// Memory in bytes, what is shared divided among those who share it.
    pub(crate) fn memory(&self) -> Result<u64> {
        let text = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.id))
            .context("the system does not tell a process's memory")?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        Ok(1024 * kilobytes.context("no proportional memory")?)
    }

    /// How long its first thread has been on a processor. In the page's process that thread runs scripts, layout and
    /// painting, and nothing has to be asked of the page.
    pub(crate) fn main_thread(&self) -> Result<Duration> {
        let id = self.id;
        let text = std::fs::read_to_string(format!("/proc/{id}/task/{id}/schedstat"))
            .context("the system does not tell a thread's time")?;
        let nanoseconds = text.split_whitespace().next().and_then(|n| n.parse().ok());
        nanoseconds
            .map(Duration::from_nanos)
            .context("no time of a thread")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_brackets_do_not_hide_the_parent() {
        assert_eq!(
            parent_and_name("12 (a ) (b) S 7 12 12 0"),
            Some((7, "a ) (b".to_owned()))
        );
        assert_eq!(parent_and_name("12 a S 7"), None);
    }
}
