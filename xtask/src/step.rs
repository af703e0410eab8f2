//! One named step of a longer run: its output passes through while summary lines are collected.
//!
//! A failing check or test does not stop the steps after it, so one run shows everything that is wrong; a
//! failing build does, because what follows would only repeat it.

use std::io::{BufRead, BufReader, Write};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process;
use crate::tally::{self, Tally};

pub(crate) struct Step {
    name: &'static str,
    action: Action,
    later_steps_need_it: bool,
}

enum Action {
    Program(Command),
    Function(Box<dyn FnOnce() -> Result<()>>),
}

struct Finished {
    name: &'static str,
    took: Duration,
    failure: Option<anyhow::Error>,
    summaries: Vec<String>,
    tally: Tally,
}

impl Step {
    pub(crate) fn program(name: &'static str, command: Command) -> Self {
        Self {
            name,
            action: Action::Program(command),
            later_steps_need_it: false,
        }
    }

    pub(crate) fn function(
        name: &'static str,
        function: impl FnOnce() -> Result<()> + 'static,
    ) -> Self {
        Self {
            name,
            action: Action::Function(Box::new(function)),
            later_steps_need_it: false,
        }
    }

    /// Stop the run when this step fails.
    pub(crate) fn needed(mut self) -> Self {
        self.later_steps_need_it = true;
        self
    }

    fn finish(self) -> Finished {
        println!("\n=== {}", self.name);
        let started = Instant::now();
        let mut summaries = Vec::new();
        let mut counted = Tally::default();
        let outcome = match self.action {
            Action::Function(function) => function(),
            Action::Program(command) => stream(command, |line| {
                if let Some(tally) = tally::read(line) {
                    counted.add(tally);
                    summaries.push(line.trim().to_owned());
                }
            }),
        };
        let finished = Finished {
            name: self.name,
            took: started.elapsed(),
            failure: outcome.err(),
            summaries,
            tally: counted,
        };
        println!("{}", finished.headline());
        if let Some(failure) = &finished.failure {
            println!("{failure:#}");
        }
        finished
    }
}

impl Finished {
    fn headline(&self) -> String {
        let verdict = if self.failure.is_some() {
            "FAILED"
        } else {
            "ok"
        };
        format!(
            "--- {}: {verdict} in {:.1} s",
            self.name,
            self.took.as_secs_f64()
        )
    }
}

/// Runs the steps in order, prints the report, and fails when any step failed.
pub(crate) fn run_all(steps: Vec<Step>) -> Result<()> {
    let started = Instant::now();
    let mut finished = Vec::new();
    for step in steps {
        let needed = step.later_steps_need_it;
        let step = step.finish();
        let stop = needed && step.failure.is_some();
        finished.push(step);
        if stop {
            break;
        }
    }
    report(&finished, started.elapsed())
}

fn report(finished: &[Finished], took: Duration) -> Result<()> {
    println!("\n=== report");
    let mut total = Tally::default();
    let mut failed_steps = Vec::new();
    for step in finished {
        println!("{}", step.headline());
        for summary in &step.summaries {
            println!("      {summary}");
        }
        let mut tally = step.tally;
        if let Some(failure) = &step.failure {
            println!("      {failure:#}");
            failed_steps.push(step.name);
            // A runner that died, or a check without tests of its own, still counts.
            tally.failed = tally.failed.max(1);
        }
        total.add(tally);
    }
    println!("took {:.0} s", took.as_secs_f64());
    println!("{} passed, {} failed", total.passed, total.failed);
    if !failed_steps.is_empty() {
        bail!("failed: {}", failed_steps.join(", "));
    }
    Ok(())
}

/// Runs a program with both its outputs in one pipe, so that they keep their order, and shows every
/// line before handing it on.
fn stream(mut command: Command, mut seen: impl FnMut(&str)) -> Result<()> {
    let line = process::display(&command);
    println!("$ {line}");
    let (reader, writer) = std::io::pipe().context("cannot make a pipe")?;
    command
        .stdout(writer.try_clone().context("cannot share a pipe")?)
        .stderr(writer);
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start `{line}`"))?;
    // The command holds our ends of the pipe; while they are open, the reader would never see the end.
    drop(command);
    let mut output = BufReader::new(reader);
    let mut bytes = Vec::new();
    while output
        .read_until(b'\n', &mut bytes)
        .context("cannot read a program's output")?
        > 0
    {
        std::io::stdout()
            .write_all(&bytes)
            .context("cannot write to the terminal")?;
        seen(&String::from_utf8_lossy(&bytes));
        bytes.clear();
    }
    let status = child
        .wait()
        .with_context(|| format!("cannot wait for `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_step_fails_the_run_but_not_the_steps_after_it() {
        let (sender, receiver) = std::sync::mpsc::channel();
        let steps = vec![
            Step::function("breaks", || bail!("on purpose")),
            Step::function("still runs", move || Ok(sender.send(())?)),
        ];
        let error = run_all(steps).unwrap_err();
        assert_eq!(error.to_string(), "failed: breaks");
        assert!(receiver.try_recv().is_ok());
    }

    #[test]
    fn a_failing_build_stops_the_run() {
        let (sender, receiver) = std::sync::mpsc::channel();
        let steps = vec![
            Step::function("build", || bail!("on purpose")).needed(),
            Step::function("never runs", move || Ok(sender.send(())?)),
        ];
        assert!(run_all(steps).is_err());
        assert!(receiver.try_recv().is_err());
    }
}
