//! Running one side of a comparison and asking the operating system what it cost.
//!
//! Time is the wall clock from start to end of the process. CPU and peak memory come from `wait4`, so a program
//! need not be trusted to measure itself. Caution: Linux counts the parent's own memory at the moment of the start
//! as the child's peak, which is why nothing in this module tree holds a corpus in memory while a child starts.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::Serialize;
use wait4::Wait4 as _;

use crate::process;

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Cost {
    pub(crate) seconds: f64,
    /// User and system time of the process, of all its threads.
    pub(crate) cpu_seconds: f64,
    pub(crate) peak_bytes: u64,
}

/// What a program printed, and what it cost.
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) cost: Cost,
}

/// Runs to the end; fails when the program fails, with the end of what it complained about.
pub(crate) fn run(command: &mut Command) -> Result<Ran> {
    let line = process::display(command);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let started = Instant::now();
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start `{line}`"))?;
    let complaints = child.stderr.take().map(in_background);
    let stdout = child.stdout.take().map(std::io::read_to_string);
    let ended = child
        .wait4()
        .with_context(|| format!("cannot wait for `{line}`"))?;
    let seconds = started.elapsed().as_secs_f64();
    if !ended.status.success() {
        let complaints = complaints
            .and_then(|thread| thread.join().ok())
            .unwrap_or_default();
        bail!(
            "`{line}` ended with {}:\n{}",
            ended.status,
            complaints.trim_end()
        );
    }
    let stdout = stdout
        .transpose()
        .with_context(|| format!("`{line}` printed no valid UTF-8"))?
        .unwrap_or_default();
    let usage = ended.rusage;
    Ok(Ran {
        stdout,
        cost: Cost {
            seconds,
            cpu_seconds: (usage.utime + usage.stime).as_secs_f64(),
            peak_bytes: usage.maxrss,
        },
    })
}

/// A full pipe would stop the program, so the errors are read while its output is.
fn in_background(mut pipe: std::process::ChildStderr) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut pipe, &mut text).ok();
        String::from_utf8_lossy(&text).into_owned()
    })
}

/// The middle one; of an even number, the mean of the two in the middle.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[count / 2],
        count => f64::midpoint(values[count / 2 - 1], values[count / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_and_not_the_mean() {
        assert!((median([9.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median([4.0, 1.0, 2.0, 100.0]) - 3.0).abs() < f64::EPSILON);
        assert!(median([]).is_nan());
    }

    #[test]
    fn a_failing_program_fails_with_its_own_words() {
        let error = run(process::command("sh").args(["-c", "echo out of paper >&2; exit 3"]))
            .err()
            .unwrap();
        assert!(error.to_string().contains("out of paper"), "{error}");
    }

    #[test]
    fn memory_and_output_are_reported() {
        let ran = run(process::command("sh").args(["-c", "echo done"])).unwrap();
        assert_eq!(ran.stdout, "done\n");
        assert!(ran.cost.peak_bytes > 100_000 && ran.cost.seconds > 0.0);
    }
}
