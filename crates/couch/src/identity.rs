//! Is this still the database these notes were synced with? Pure.
//!
//! The question is answered by a random marker in a `_local` document that belongs to this device
//! alone: `_local` documents are never replicated and CouchDB does not check them for conflicts,
//! so devices that shared one would overwrite each other. With the marker goes a number that grows
//! whenever the checkpoint is written down there; a server restored from a backup shows an
//! earlier one, and what it lost is sent again.
//!
//! The backup may be younger than the marker and older than what was pulled and pushed after it: the number is right
//! then, and still something is lost. So what was learned after the marker was written counts only while the round that
//! learned it lasts. A device whose round ended before it wrote its marker (the program was closed, the line broke, it was
//! not allowed to) goes on from the position in the marker, and from the beginning where it never could write one.

use serde::{Deserialize, Serialize};
use sheaf_sync::{
    Checkpoint, Identity, LocalSeq, Seq,
    mutant::{Mutant, planted},
};

/// `_local/sheaf-…` at the remote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct MarkerDocument {
    #[serde(rename = "_rev", default, skip_serializing_if = "Option::is_none")]
    pub(crate) rev: Option<String>,
    pub(crate) marker: String,
    /// How many times this was written.
    pub(crate) written: u64,
    /// Drawn each time: two installations that are copies of each other count the same.
    #[serde(default)]
    pub(crate) word: String,
    /// The name this device signs in with: so that two accounts in one database can be noticed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<String>,
    /// How far the remote was known then.
    #[serde(default)]
    pub(crate) pulled: Option<Seq>,
    #[serde(default)]
    pub(crate) pushed: LocalSeq,
}

/// The marker and its number as one word, as the replica remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) marker: String,
    pub(crate) written: u64,
    pub(crate) word: String,
    /// The last attempt to write it was refused: this account may only read now, or something on the way thinks so.
    pub(crate) refused: bool,
}

const REFUSED: char = '-';

impl Mark {
    pub(crate) fn parse(text: &str) -> Self {
        let refused = text.ends_with(REFUSED);
        let mut parts = text.trim_end_matches(REFUSED).split(':');
        let mut part = || parts.next().unwrap_or_default().to_owned();
        Self {
            marker: part(),
            written: part().parse().unwrap_or(0),
            word: part(),
            refused,
        }
    }

    /// Whether the marker found there is the one that was written last from here.
    pub(crate) fn is(&self, found: &MarkerDocument) -> bool {
        (&self.marker, self.written, &self.word) == (&found.marker, found.written, &found.word)
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.marker, self.written, self.word)?;
        if self.refused {
            write!(f, "{REFUSED}")?;
        }
        Ok(())
    }
}

/// From where a device goes on that `known` the marker it wrote last, when `here` is how far it has come: as far as a
/// marker vouches for what the remote was given and gave. Without one that was really written that is nowhere.
pub(crate) fn vouched(
    known: Option<&Mark>,
    found: Option<&MarkerDocument>,
    here: &Checkpoint,
) -> Checkpoint {
    match (known, found) {
        (Some(known), Some(found)) if known.is(found) => resume(found, here),
        // The answer to the last write was lost; or this installation is back from a backup, and the marker is about a later
        // state of the notes than this one. Either way it was written when all of this was there.
        (Some(known), Some(found)) if !known.refused && known.written != found.written => {
            here.clone()
        }
        (Some(_), None) if planted(Mutant::AnotherDatabaseIsTheSame) => here.clone(),
        // It could not be written since, or never (the remote may have been put back meanwhile, and nothing of it would show),
        // or it is from another past than this.
        _ => Checkpoint::default(),
    }
}

/// From where a device goes on that finds its own last marker. Never further than `here`: whoever was told to begin anew is
/// not taken back to where it was before.
fn resume(found: &MarkerDocument, here: &Checkpoint) -> Checkpoint {
    if planted(Mutant::MarkerBehindIsCurrent) {
        return here.clone();
    }
    Checkpoint {
        pulled: here.pulled.as_ref().and(found.pulled.clone()),
        pushed: here.pushed.min(found.pushed),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Never met.
    First,
    Same,
    /// The same database with an older memory: restored from a backup.
    RolledBack,
    /// Another database, or the same name created again.
    Changed,
}

/// `found` and `instance` are what the remote shows now.
pub(crate) fn judge(
    known: Option<&Identity>,
    found: Option<&MarkerDocument>,
    instance: Option<&str>,
) -> Verdict {
    let Some(known) = known else {
        return Verdict::First;
    };
    let verdict = compare(known, found, instance);
    match verdict {
        Verdict::Changed if planted(Mutant::AnotherDatabaseIsTheSame) => Verdict::Same,
        Verdict::RolledBack if planted(Mutant::RolledBackIsTheSame) => Verdict::Same,
        verdict => verdict,
    }
}

fn compare(known: &Identity, found: Option<&MarkerDocument>, instance: Option<&str>) -> Verdict {
    match (&known.marker, found) {
        (Some(text), Some(found)) => {
            let mark = Mark::parse(text);
            if mark.marker != found.marker {
                Verdict::Changed
            } else if found.written < mark.written {
                Verdict::RolledBack
            } else {
                // One more than remembered: the answer to the last write was lost.
                Verdict::Same
            }
        }
        (Some(_), None) => Verdict::Changed,
        // Read-only: the time of creation is all there is to go by.
        (None, _) => match (known.instance.as_deref(), instance) {
            (Some(before), Some(now)) if before != now => Verdict::Changed,
            _ => Verdict::Same,
        },
    }
}

/// `instance_start_time` as CouchDB (a string) and its relatives (also numbers) send it; `"0"`
/// says nothing (CouchDB before 3.3).
pub(crate) fn read_instance(value: &serde_json::Value) -> Option<String> {
    let text = match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (text != "0" && !text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(marker: Option<&str>, instance: Option<&str>) -> Identity {
        Identity {
            marker: marker.map(str::to_owned),
            instance: instance.map(str::to_owned),
        }
    }

    fn found(marker: &str, written: u64) -> MarkerDocument {
        MarkerDocument {
            rev: None,
            marker: marker.to_owned(),
            written,
            word: String::new(),
            account: None,
            pulled: None,
            pushed: LocalSeq(0),
        }
    }

    #[test]
    fn a_remote_never_met_is_no_surprise_whatever_it_shows() {
        assert_eq!(judge(None, None, Some("1")), Verdict::First);
        assert_eq!(judge(None, Some(&found("x", 3)), None), Verdict::First);
    }

    #[test]
    fn the_marker_decides_where_there_is_one() {
        let us = known(Some("a:5"), Some("100"));
        assert_eq!(
            judge(Some(&us), Some(&found("a", 5)), Some("100")),
            Verdict::Same
        );
        assert_eq!(
            judge(Some(&us), Some(&found("a", 6)), Some("100")),
            Verdict::Same
        );
        // Moved to another server file by file: the marker came along.
        assert_eq!(
            judge(Some(&us), Some(&found("a", 5)), Some("200")),
            Verdict::Same
        );
        assert_eq!(
            judge(Some(&us), Some(&found("b", 5)), Some("100")),
            Verdict::Changed
        );
        assert_eq!(judge(Some(&us), None, Some("100")), Verdict::Changed);
    }

    #[test]
    fn a_server_restored_from_a_backup_is_noticed() {
        let us = known(Some("a:5"), None);
        assert_eq!(
            judge(Some(&us), Some(&found("a", 4)), None),
            Verdict::RolledBack
        );
    }

    #[test]
    fn without_the_right_to_write_the_time_of_creation_decides() {
        let us = known(None, Some("100"));
        assert_eq!(judge(Some(&us), None, Some("100")), Verdict::Same);
        assert_eq!(judge(Some(&us), None, Some("101")), Verdict::Changed);
        assert_eq!(judge(Some(&us), None, None), Verdict::Same);
    }

    #[test]
    fn a_start_time_of_zero_says_nothing() {
        assert_eq!(read_instance(&serde_json::json!("0")), None);
        assert_eq!(
            read_instance(&serde_json::json!("1700")),
            Some("1700".to_owned())
        );
        assert_eq!(
            read_instance(&serde_json::json!(1700)),
            Some("1700".to_owned())
        );
        assert_eq!(read_instance(&serde_json::Value::Null), None);
    }

    #[test]
    fn a_mark_survives_being_written_down() {
        for refused in [false, true] {
            let mark = Mark {
                marker: "0f".to_owned(),
                written: 12,
                word: "9a".to_owned(),
                refused,
            };
            assert_eq!(Mark::parse(&mark.to_string()), mark);
        }
    }

    #[test]
    fn what_was_learned_after_the_marker_is_learned_again() {
        let checkpoint = |pulled: Option<u64>, pushed| Checkpoint {
            pulled: pulled.map(|seq| Seq(seq.into())),
            pushed: LocalSeq(pushed),
        };
        let written_down = MarkerDocument {
            pulled: Some(Seq(5.into())),
            pushed: LocalSeq(50),
            ..found("a", 3)
        };
        for (here, resumed) in [
            (checkpoint(Some(5), 50), checkpoint(Some(5), 50)),
            (checkpoint(Some(9), 50), checkpoint(Some(5), 50)),
            (checkpoint(Some(5), 70), checkpoint(Some(5), 50)),
            // Both directions begin anew: the marker is ahead.
            (checkpoint(None, 0), checkpoint(None, 0)),
        ] {
            assert_eq!(resume(&written_down, &here), resumed);
        }
        let never = found("a", 1);
        assert_eq!(
            resume(&never, &checkpoint(Some(9), 70)),
            checkpoint(None, 0)
        );
    }

    #[test]
    fn what_no_marker_vouches_for_is_learned_again() {
        let here = Checkpoint {
            pulled: Some(Seq(9.into())),
            pushed: LocalSeq(70),
        };
        let marker = |written, word: &str| MarkerDocument {
            word: word.to_owned(),
            pulled: here.pulled.clone(),
            pushed: LocalSeq(50),
            ..found("a", written)
        };
        let mark = |text: &str| Some(Mark::parse(text));
        let to_the_marker = Checkpoint {
            pushed: LocalSeq(50),
            ..here.clone()
        };
        let nothing = Checkpoint::default;
        for (known, found, vouched_for) in [
            (mark("a:5:x"), Some(marker(5, "x")), to_the_marker.clone()),
            (mark("a:5:x-"), Some(marker(5, "x")), to_the_marker),
            // The answer was lost, or this installation is back from a backup.
            (mark("a:5:x"), Some(marker(6, "y")), here.clone()),
            // What was sent while no marker could be written.
            (None, None, nothing()),
            (None, Some(marker(5, "x")), nothing()),
            (mark("a:5:x-"), Some(marker(6, "y")), nothing()),
            // Of two that were written as the fifth one is not from here, or not any more.
            (mark("a:5:x"), Some(marker(5, "y")), nothing()),
        ] {
            let resumed = vouched(known.as_ref(), found.as_ref(), &here);
            assert_eq!(resumed, vouched_for, "{known:?} {found:?}");
        }
    }
}
