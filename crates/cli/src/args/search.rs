//! `sheaf search milk -honey --json`: a word to leave out begins as an option does.
//!
//! The parser knows two ways: after the first word everything is a word (then `--json` was searched for), or
//! what begins with a minus is an option (then `-honey` was refused). So words with one minus go behind `--`
//! before it sees them; the order of the words of a search has no meaning.

use std::ffi::{OsStr, OsString};

use clap::CommandFactory;

use super::Options;

const COMMAND: &str = "search";

/// The command line with the words to leave out behind `--`; any other command line as it is.
pub(crate) fn words_last(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    let Some(command) = position_of_command(&args) else {
        return args;
    };
    if args[command] != COMMAND {
        return args;
    }
    let words = args.split_off(command + 1);
    let literal = words.iter().position(|word| word == "--");
    let (mixed, behind) = words.split_at(literal.unwrap_or(words.len()));
    let (left_out, rest): (Vec<_>, Vec<_>) =
        mixed.iter().cloned().partition(|word| leaves_out(word));
    args.extend(rest);
    if !left_out.is_empty() || literal.is_some() {
        args.push("--".into());
    }
    args.extend(left_out);
    args.extend(behind.iter().skip(1).cloned());
    args
}

fn leaves_out(word: &OsStr) -> bool {
    let word = word.as_encoded_bytes();
    // `-h` and `-V` are the only options of one letter.
    word.len() > 1 && word[0] == b'-' && word[1] != b'-' && word != b"-h" && word != b"-V"
}

/// The first argument that is neither an option nor an option's value.
fn position_of_command(args: &[OsString]) -> Option<usize> {
    let options = Options::command();
    let takes_value = |arg: &OsString| {
        arg.to_str()
            .and_then(|arg| arg.strip_prefix("--"))
            .and_then(|name| options.get_arguments().find(|a| a.get_long() == Some(name)))
            .is_some_and(|option| option.get_action().takes_values())
    };
    let mut at = 1;
    while let Some(arg) = args.get(at) {
        if !arg.as_encoded_bytes().starts_with(b"-") {
            return Some(at);
        }
        at += if takes_value(arg) { 2 } else { 1 };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(line: &str) -> String {
        let args = line.split(' ').map(OsString::from);
        let out: Vec<_> = words_last(args)
            .into_iter()
            .map(|arg| arg.into_string().unwrap())
            .collect();
        out.join(" ")
    }

    #[test]
    fn words_to_leave_out_go_last() {
        assert_eq!(
            rewritten("sheaf search milk -honey --json"),
            "sheaf search milk --json -- -honey"
        );
        assert_eq!(
            rewritten("sheaf --data-dir search search -x --limit 1 -- --y -z"),
            "sheaf --data-dir search search --limit 1 -- -x --y -z"
        );
    }

    #[test]
    fn other_commands_are_left_alone() {
        for line in [
            "sheaf",
            "sheaf note new --title search -x",
            "sheaf --data-dir=search note list -x",
            "sheaf search -h",
            "sheaf search milk --json",
        ] {
            assert_eq!(rewritten(line), line);
        }
    }
}
