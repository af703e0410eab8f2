//! `sheaf doctor` with one installation, and what it says.

use std::cell::RefCell;
use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use sheaf_tests::{Kind, Sheaf};

/// No run may take longer, whatever the world does.
const LONGEST: Duration = Duration::from_secs(75);

pub(crate) struct Patient {
    pub(crate) sheaf: Sheaf,
    env: RefCell<Vec<(&'static str, String)>>,
    /// A command that runs the program in another surrounding.
    around: RefCell<Vec<String>>,
    /// Where the notes lie, when not in the home.
    data: RefCell<Option<String>>,
    /// What may be said in every run and is not what the world is about.
    habits: RefCell<Vec<&'static str>>,
    course: RefCell<Vec<String>>,
}

/// One run.
pub(crate) struct Seen {
    pub(crate) exit: Option<i32>,
    pub(crate) json: Value,
    pub(crate) took: Duration,
}

impl Seen {
    /// Failures and warnings, in the order of the report, failures first.
    pub(crate) fn codes(&self) -> Vec<String> {
        let of = |state: &str| {
            let lines = self.json["lines"].as_array().cloned().unwrap_or_default();
            let mut codes = Vec::new();
            for line in lines {
                if line["state"] == state {
                    codes.push(line["code"].as_str().unwrap_or_default().to_owned());
                }
            }
            codes
        };
        [of("failed"), of("warning")].concat()
    }

    fn evidence(&self) -> String {
        let lines = self.json["lines"].as_array().cloned().unwrap_or_default();
        let telling = lines
            .iter()
            .filter(|line| line["state"] == "failed" || line["state"] == "warning");
        telling
            .map(|line| {
                format!(
                    "\n        {}: {} {}",
                    line["code"], line["values"], line["evidence"]
                )
            })
            .collect()
    }
}

impl Patient {
    pub(crate) fn new() -> Self {
        let patient = Self {
            sheaf: Sheaf::new(),
            env: RefCell::default(),
            around: RefCell::default(),
            data: RefCell::default(),
            habits: RefCell::default(),
            course: RefCell::default(),
        };
        if crate::worlds::couch().kind != Kind::Couchdb {
            // The npm peer gives no signs of life on its feed, and that is said rightly.
            patient.may_say("feed_buffered");
        }
        patient
    }

    pub(crate) fn set(&self, name: &'static str, value: impl Into<String>) {
        let mut env = self.env.borrow_mut();
        env.retain(|(old, _)| *old != name);
        env.push((name, value.into()));
    }

    pub(crate) fn around(&self, command: &[&str]) {
        *self.around.borrow_mut() = command.iter().map(|word| (*word).to_owned()).collect();
    }

    pub(crate) fn keeps_notes_in(&self, folder: Option<String>) {
        *self.data.borrow_mut() = folder;
    }

    /// Something that may be said in this surrounding and is not what the world is about.
    pub(crate) fn may_say(&self, code: &'static str) {
        self.habits.borrow_mut().push(code);
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Seen {
        let inner = self.sheaf.command();
        let around = self.around.borrow();
        let mut command = match around.split_first() {
            None => Command::new(inner.get_program()),
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(inner.get_program());
                command
            }
        };
        let mut given: Vec<OsString> = inner.get_args().map(OsString::from).collect();
        if let (Some(folder), Some(at)) = (
            self.data.borrow().as_ref(),
            given.iter().position(|argument| argument == "--data-dir"),
        ) {
            given[at + 1] = folder.into();
        }
        command.args(given).arg("doctor").args(arguments);
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        for (name, value) in self.env.borrow().iter() {
            command.env(name, value);
        }
        let begun = Instant::now();
        let output = command
            .stdin(Stdio::null())
            .output()
            .expect("sheaf can be started");
        let took = begun.elapsed();
        let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
            panic!(
                "doctor {arguments:?} printed no JSON: {}",
                String::from_utf8_lossy(&output.stderr)
            )
        });
        assert!(took < LONGEST, "doctor {arguments:?} took {took:?}");
        Seen {
            exit: output.status.code(),
            json,
            took,
        }
    }

    fn assert(&self, seen: &Seen, codes: &[&str], when: &str) {
        let all = seen.codes();
        let habits = self.habits.borrow();
        let mut found: Vec<&str> = all
            .iter()
            .map(String::as_str)
            .filter(|code| !habits.contains(code))
            // A computer that does much else answers itself slowly, which is no world's doing but that of the slow line.
            .filter(|code| *code != "speed_slow" || codes.contains(code))
            .collect();
        let mut expected = codes.to_vec();
        assert_eq!(
            found.first(),
            expected.first(),
            "{when}: {found:?}{}",
            seen.evidence()
        );
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(
            found,
            expected,
            "{when}: somebody else is accused{}",
            seen.evidence()
        );
        let failed = seen.json["verdict"] == "failed";
        let wanted = if failed {
            2
        } else {
            i32::from(!all.is_empty())
        };
        assert_eq!(seen.exit, Some(wanted), "{when}: the exit code");
    }

    /// Exactly these failures and warnings, the first one first.
    pub(crate) fn finds(&self, arguments: &[&str], codes: &[&str]) -> Seen {
        let seen = self.run(arguments);
        self.assert(&seen, codes, "before");
        self.course.borrow_mut().push(codes.join(", "));
        seen
    }

    /// Carries out what is offered; the run after it finds nothing.
    pub(crate) fn is_fixed_by(&self, arguments: &[&str], kind: &str) -> Seen {
        let seen = self.run(&[arguments, &["--fix", "--yes"]].concat());
        assert_eq!(
            seen.json["fixed"]["fix"]["kind"],
            kind,
            "the fix that was carried out{}",
            seen.evidence()
        );
        self.assert(&seen, &[], &format!("after {kind}"));
        self.course.borrow_mut().push(format!("fixed by {kind}"));
        seen
    }

    /// The cause is gone: nothing is found any more.
    pub(crate) fn is_well(&self, arguments: &[&str]) -> Seen {
        let seen = self.run(arguments);
        self.assert(&seen, &[], "after the cure");
        self.course
            .borrow_mut()
            .push("well after the cure".to_owned());
        seen
    }

    pub(crate) fn course(&self) -> String {
        self.course.borrow().join("; ")
    }
}
