//! Everything that ends a command early, and how it is told: three sentences for people, one JSON
//! object on one line for programs.

use std::{fmt::Write as _, io, path::PathBuf};

use serde_json::json;
use sheaf_ipc::{ApiError, ErrorCode};

use crate::messages::{self, Message, Place};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{error}")]
    Api { error: ApiError, place: Box<Place> },
    /// The command line names something that cannot be: told by us, not by the parser.
    #[error("{0}")]
    Usage(String),
    /// A person has to say what happens.
    #[error("{happened}")]
    Asks { happened: String, todo: String },
    /// Somebody else was faster.
    #[error("{0}")]
    Stale(String),
    #[error("{} cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("there is no terminal to ask for the password")]
    NoTerminal(#[source] io::Error),
    /// The diagnosis is told already; only its exit code is left.
    #[error("something stands in the way")]
    Diagnosed(u8),
    /// Whoever reads our output has gone; nothing to tell.
    #[error("the output was closed")]
    Output(#[source] io::Error),
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api {
            error,
            place: Box::default(),
        }
    }
}

impl Failure {
    pub(crate) fn at(error: ApiError, place: Place) -> Self {
        Self::Api {
            error,
            place: Box::new(place),
        }
    }

    pub(crate) fn not_found(what: &str) -> Self {
        ApiError::new(ErrorCode::NotFound).with_detail(what).into()
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Api { error, .. } => messages::exit_code(error.code),
            Self::Usage(_) => 2,
            Self::Diagnosed(code) => *code,
            Self::NoTerminal(_) | Self::Asks { .. } => 3,
            Self::Read { .. } | Self::Stale(_) | Self::Output(_) => 1,
        }
    }

    /// For standard error, ending in a line feed; `None` when there is nobody to tell.
    pub(crate) fn text(&self, as_json: bool) -> Option<String> {
        if let Self::Output(_) | Self::Diagnosed(_) = self {
            return None;
        }
        let Message {
            happened,
            safe,
            todo,
        } = self.message();
        let told = [happened.as_str(), safe]
            .map(str::trim)
            .join(" ")
            .trim()
            .to_owned();
        let detail = self.detail();
        if as_json {
            let mut error = json!({ "code": self.code(), "message": told, "hint": todo });
            if let Some(detail) = detail {
                error["detail"] = detail.into();
            }
            return Some(format!("{}\n", json!({ "error": error })));
        }
        let mut text = format!("{told}\n{todo}\n");
        if let Some(detail) = detail {
            let _ = writeln!(text, "({detail})");
        }
        Some(text)
    }

    fn code(&self) -> serde_json::Value {
        match self {
            Self::Api { error, .. } => json!(error.code),
            Self::Usage(_) => "usage".into(),
            Self::Asks { .. } => "asks".into(),
            Self::Stale(_) => "stale".into(),
            Self::Read { .. } => "fileUnreadable".into(),
            Self::NoTerminal(_) => json!(ErrorCode::PasswordMissing),
            Self::Output(_) => "outputClosed".into(),
            Self::Diagnosed(_) => "diagnosed".into(),
        }
    }

    fn detail(&self) -> Option<String> {
        match self {
            Self::Api { error, .. } => error.detail.clone(),
            Self::Read { source, .. } => Some(source.to_string()),
            Self::Usage(_)
            | Self::Asks { .. }
            | Self::Stale(_)
            | Self::NoTerminal(_)
            | Self::Output(_)
            | Self::Diagnosed(_) => None,
        }
    }

    fn message(&self) -> Message {
        let nothing = "Nothing was changed.";
        match self {
            Self::Api { error, place } => {
                let mut place = Place::clone(place);
                if error.proxy.is_some() {
                    place.proxy.clone_from(&error.proxy);
                }
                messages::message(error.code, &place)
            }
            Self::Usage(text) => Message {
                happened: text.clone(),
                safe: nothing,
                todo: "See `sheaf --help`.".into(),
            },
            Self::Asks { happened, todo } => Message {
                happened: happened.clone(),
                safe: "Nothing was changed on either side.",
                todo: todo.clone(),
            },
            Self::Stale(text) => Message {
                happened: text.clone(),
                safe: nothing,
                todo: "Look at it and run the command again.".into(),
            },
            Self::Read { .. } => Message {
                happened: format!("{self}."),
                safe: nothing,
                todo: "Check the name and the rights of the file.".into(),
            },
            Self::NoTerminal(_) | Self::Output(_) | Self::Diagnosed(_) => Message {
                happened: "A password is needed, and there is no terminal to ask on.".into(),
                safe: nothing,
                todo: "Give it with --password-file FILE (or - for standard input).".into(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_gets_one_line_with_code_message_and_hint() {
        let failure = Failure::from(ApiError::new(ErrorCode::TargetChanged));
        let text = failure.text(true).unwrap();
        assert_eq!(text.lines().count(), 1);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["error"]["code"], "targetChanged");
        assert!(
            value["error"]["message"]
                .as_str()
                .unwrap()
                .contains("Nothing has been changed")
        );
        assert!(
            value["error"]["hint"]
                .as_str()
                .unwrap()
                .contains("sync answer merge")
        );
    }
}
