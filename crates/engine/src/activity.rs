//! The log of what sync did, shown and handed on.

use std::fmt::Write as _;

use sheaf_ipc::{
    Activity, ActivityCounts, ActivityEntry, ActivityKind, ActivitySession, ApiError, ErrorCode,
    HeldBack, ListActivity, ReportText, SupportOptions,
};
use sheaf_store as store;

use crate::{
    Engine,
    convert::{reason_of_store, store_error},
    support,
};

/// Sessions an answer can hold.
const MOST_SESSIONS: u32 = 200;

impl Engine {
    pub(crate) async fn activity(&self, asked: ListActivity) -> Result<Activity, ApiError> {
        let list = store::ListActivity {
            kinds: asked.kinds.into_iter().map(kind_to_store).collect(),
            words: asked.search,
            document: asked.id,
            before: asked.before,
            limit: asked.limit.clamp(1, MOST_SESSIONS),
        };
        let page = self.store().activity(list).await.map_err(store_error)?;
        Ok(Activity {
            sessions: page.sessions.into_iter().map(session).collect(),
            more: page.more,
        })
    }

    /// Without titles: a reason a server gave may name one, and that goes too.
    pub(crate) async fn activity_text(
        &self,
        options: SupportOptions,
    ) -> Result<ReportText, ApiError> {
        let all = ListActivity {
            limit: MOST_SESSIONS,
            ..ListActivity::default()
        };
        let log = self.activity(all).await?;
        let settings = self.worker().settings().await?;
        let now = self.now();
        let mut text = String::new();
        let version = env!("CARGO_PKG_VERSION");
        let when = sheaf_diagnosis::moment(now);
        let _ = writeln!(text, "Sheaf {version}, sync activity up to {when}");
        let _ = writeln!(
            text,
            "It holds no passwords, no titles and no text of notes.\n"
        );
        if log.sessions.is_empty() {
            text.push_str("nothing was synced yet\n");
        }
        for session in &log.sessions {
            tell(&mut text, session);
        }
        let text = self.logs().redactor().clean(&text).into_owned();
        let text = if options.hide_names {
            support::without_names(text, &settings.target)
        } else {
            text
        };
        Ok(ReportText {
            text,
            file_name: format!("sheaf-activity-{}.txt", sheaf_diagnosis::iso_day(now)),
        })
    }
}

fn session(session: store::ActivitySession) -> ActivitySession {
    let [pulled, pushed, merged, conflicts, quarantined, skipped] = session.counts;
    let trouble = session.trouble.map(serde_json::Value::String);
    ActivitySession {
        session: session.session,
        remote: shown(&session.remote.0),
        began: session.began,
        last: session.last,
        counts: ActivityCounts {
            pulled,
            pushed,
            merged,
            conflicts,
            quarantined,
            skipped,
        },
        // A code of a newer version is trouble all the same.
        trouble: trouble.map(|word| serde_json::from_value(word).unwrap_or(ErrorCode::Bug)),
        tries: session.tries,
        entries: session.entries.into_iter().map(entry).collect(),
        unlisted: session.unlisted,
    }
}

/// The id of a remote as people read it.
fn shown(remote: &str) -> String {
    let place = remote.split_once("://").map_or(remote, |(_, place)| place);
    match place.split_once('#') {
        Some((server, account)) => format!("{account} at {}", server.trim_end_matches('/')),
        None => place.to_owned(),
    }
}

fn entry(entry: store::ActivityEntry) -> ActivityEntry {
    ActivityEntry {
        kind: kind_of_store(entry.kind),
        id: entry.id,
        name: entry.name,
        here: entry.here,
        at: entry.at,
        times: entry.times,
        deleted: entry.deleted,
        reason: entry.reason.map(reason_of_store),
    }
}

const fn kind_to_store(kind: ActivityKind) -> store::ActivityKind {
    match kind {
        ActivityKind::Pulled => store::ActivityKind::Pulled,
        ActivityKind::Pushed => store::ActivityKind::Pushed,
        ActivityKind::Merged => store::ActivityKind::Merged,
        ActivityKind::Conflict => store::ActivityKind::Conflict,
        ActivityKind::Quarantined => store::ActivityKind::Quarantined,
        ActivityKind::Skipped => store::ActivityKind::Skipped,
    }
}

const fn kind_of_store(kind: store::ActivityKind) -> ActivityKind {
    match kind {
        store::ActivityKind::Pulled => ActivityKind::Pulled,
        store::ActivityKind::Pushed => ActivityKind::Pushed,
        store::ActivityKind::Merged => ActivityKind::Merged,
        store::ActivityKind::Conflict => ActivityKind::Conflict,
        store::ActivityKind::Quarantined => ActivityKind::Quarantined,
        store::ActivityKind::Skipped => ActivityKind::Skipped,
    }
}

fn tell(text: &mut String, session: &ActivitySession) {
    let moment = sheaf_diagnosis::moment;
    let _ = writeln!(
        text,
        "== {} to {}, with {}",
        moment(session.began),
        moment(session.last),
        session.remote
    );
    let counts = session.counts;
    let _ = writeln!(
        text,
        "received {}, sent {}, merged {}, conflicts {}, not taken {}, skipped {}",
        counts.pulled,
        counts.pushed,
        counts.merged,
        counts.conflicts,
        counts.quarantined,
        counts.skipped
    );
    for entry in &session.entries {
        let _ = write!(
            text,
            "  {}  {}{}  {}",
            moment(entry.at),
            word(entry.kind),
            if entry.deleted { " (deleted)" } else { "" },
            entry.id
        );
        if entry.times > 1 {
            let _ = write!(text, "  {} times", entry.times);
        }
        if let Some(reason) = &entry.reason {
            let _ = write!(text, "  {}", told(reason, entry.name.as_deref()));
        }
        text.push('\n');
    }
    if session.unlisted > 0 {
        let _ = writeln!(text, "  and {} more", session.unlisted);
    }
    if let Some(trouble) = session.trouble {
        let tries = session.tries;
        let _ = writeln!(text, "  ended with {trouble:?}, {tries} in a row");
    }
    text.push('\n');
}

const fn word(kind: ActivityKind) -> &'static str {
    match kind {
        ActivityKind::Pulled => "received",
        ActivityKind::Pushed => "sent",
        ActivityKind::Merged => "merged",
        ActivityKind::Conflict => "conflict",
        ActivityKind::Quarantined => "not taken",
        ActivityKind::Skipped => "skipped",
    }
}

fn told(reason: &HeldBack, name: Option<&str>) -> String {
    let detail = match reason {
        HeldBack::TitleTooLong { chars, max } => {
            return format!("the title has {chars} characters, {max} travel");
        }
        HeldBack::BodyTooLong { chars, max } => {
            return format!("the text has {chars} characters, {max} travel");
        }
        HeldBack::Malformed { detail } | HeldBack::Refused { detail } => detail,
    };
    without_title(detail, name.unwrap_or_default())
}

/// The words of a server may quote what they are about.
pub(crate) fn without_title(words: &str, title: &str) -> String {
    match title.trim() {
        "" => words.to_owned(),
        title => words.replace(title, "(title)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remotes_are_called_by_place_and_account() {
        assert_eq!(shown("https://host:6984/notes"), "host:6984/notes");
        assert_eq!(
            shown("https://notes.example/#anna@example.org"),
            "anna@example.org at notes.example"
        );
    }

    #[test]
    fn a_reason_that_names_the_title_is_told_without_it() {
        let reason = HeldBack::Refused {
            detail: "no diary in here: Dear diary".into(),
        };
        assert_eq!(
            told(&reason, Some("Dear diary")),
            "no diary in here: (title)"
        );
        assert_eq!(told(&reason, Some("  ")), "no diary in here: Dear diary");
    }
}
