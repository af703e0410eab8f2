//! A start that failed, told without a window: what happened, what is safe, what to do.

use std::error::Error;

use sheaf_engine::{OpenEngineError, OpenError};

/// Tells the log, the terminal and the person.
pub(crate) fn tell(error: &(dyn Error + 'static)) {
    tracing::error!(error, "Sheaf could not start");
    #[expect(
        clippy::print_stderr,
        reason = "started from a terminal, or by a test without a person"
    )]
    {
        eprintln!("Sheaf could not start: {}", chain(error));
    }
    rfd::MessageDialog::new()
        .set_level(rfd::MessageLevel::Error)
        .set_title("Sheaf could not start")
        .set_description(message(error))
        .show();
}

fn message(error: &(dyn Error + 'static)) -> String {
    let Some(OpenEngineError::Open(open)) = error.downcast_ref() else {
        return format!("{}.\n\nYour notes were not touched.", chain(error));
    };
    let (safe, remedy) = match open {
        OpenError::Locked => {
            return "Sheaf is running already, or the command line is at work on the same notes.\n\n\
                    Look for the other window, or try again in a moment."
                .to_owned();
        }
        OpenError::Newer { .. } => (
            "Nothing was changed.",
            "Install the newest version of Sheaf.",
        ),
        OpenError::DiskFull => (
            "Your notes are safe.",
            "Free some space, then start Sheaf again.",
        ),
        OpenError::Corrupt(_) | OpenError::NotADatabase => (
            "The file was not touched.",
            "Copy your data directory, then run `sheaf rescue DIR` to save what can be read.",
        ),
        OpenError::Missing | OpenError::Sqlite(_) | OpenError::Migration(_) | OpenError::Io(_) => (
            "Your notes were not changed.",
            "Start Sheaf again; the log has more.",
        ),
    };
    format!("{}.\n\n{safe} {remedy}", chain(error))
}

/// The error and its causes, as one sentence.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_says_what_to_do() {
        for (error, remedy) in [
            (OpenError::Locked, "Look for the other window"),
            (
                OpenError::Newer { found: 9, known: 4 },
                "Install the newest version",
            ),
            (OpenError::DiskFull, "Free some space"),
            (OpenError::NotADatabase, "sheaf rescue"),
        ] {
            let text = message(&OpenEngineError::from(error));
            assert!(text.contains(remedy), "{text}");
        }
    }

    #[test]
    fn an_unexpected_error_is_told_with_its_causes() {
        let cause = std::io::Error::other("the cause");
        let text = message(&OpenEngineError::Directory(cause));
        assert!(
            text.contains("data directory") && text.contains("the cause"),
            "{text}"
        );
    }
}
