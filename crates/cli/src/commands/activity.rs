//! `sheaf sync activity`, `retry` and `skip`.

use std::fmt::Write as _;

use sheaf_ipc::{
    Activity, ActivityEntry, ActivityKind, ActivitySession, HeldBackItem, Id, ListActivity,
    ReportText, SupportOptions, SyncRound,
};

use super::{Session, sync::reason};
use crate::{
    args::ActivityOptions,
    failure::Failure,
    messages,
    print::{ago, shorten, table},
};

impl Session {
    pub(super) async fn activity(&self, options: &ActivityOptions) -> Result<(), Failure> {
        if options.report {
            let hide_names = options.hide_names;
            let report = SupportOptions { hide_names };
            let report: ReportText = self.door.call("activity_report", report).await?;
            return self.print.answer(&report, || report.text.clone());
        }
        let list = ListActivity {
            kinds: options.kind.iter().map(|kind| (*kind).into()).collect(),
            search: options.search.clone().unwrap_or_default(),
            id: options.note.as_deref().map(with_prefix),
            before: options.before,
            limit: options.limit,
        };
        let activity: Activity = self.door.call("list_activity", list).await?;
        self.print.answer(&activity, || told(&activity, self.now))
    }

    pub(super) async fn retry(&self, id: &str) -> Result<(), Failure> {
        let id = with_prefix(id);
        self.door.call::<()>("retry_item", Id { id }).await?;
        let round: SyncRound = self.placed(self.door.call("sync_now", ()).await).await?;
        self.told_round(round).await
    }

    pub(super) async fn skip(&self, id: &str) -> Result<(), Failure> {
        let id = with_prefix(id);
        self.door.call::<()>("skip_item", Id { id }).await?;
        let items: Vec<HeldBackItem> = self.door.call("list_held_back", ()).await?;
        self.print.answer(&items, || super::sync::held_back(&items))
    }
}

/// An id as it is in lists; the `note:` may be left out.
fn with_prefix(id: &str) -> String {
    // What a server keeps and cannot be opened here has a name without a prefix, too; those are
    // longer than what a note's id is made of.
    if id.contains(':') || id.len() > 30 {
        id.to_owned()
    } else {
        format!("note:{id}")
    }
}

fn told(activity: &Activity, now: i64) -> String {
    if activity.sessions.is_empty() {
        return "Nothing yet.\n".to_owned();
    }
    let mut text: String = activity
        .sessions
        .iter()
        .map(|session| told_session(session, now) + "\n")
        .collect();
    if let (true, Some(last)) = (activity.more, activity.sessions.last()) {
        let _ = writeln!(text, "Older ones: --before {}", last.session);
    }
    text
}

fn told_session(session: &ActivitySession, now: i64) -> String {
    let mut text = format!("{}, with {}", ago(session.last, now), session.remote);
    let counts = session.counts;
    for (count, word) in [
        (counts.pulled, "received"),
        (counts.pushed, "sent"),
        (counts.merged, "merged"),
        (counts.conflicts, "in conflict"),
        (counts.quarantined, "not taken"),
        (counts.skipped, "skipped"),
    ] {
        if count > 0 {
            let _ = write!(text, ", {count} {word}");
        }
    }
    text.push('\n');
    let rows: Vec<_> = session.entries.iter().map(row).collect();
    for line in table(&rows).lines() {
        let _ = writeln!(text, "  {line}");
    }
    if session.unlisted > 0 {
        let _ = writeln!(text, "  and {} more", session.unlisted);
    }
    if let Some(trouble) = session.trouble {
        let message = messages::message(trouble, &messages::Place::default());
        let times = if session.tries > 1 {
            format!(" ({} times)", session.tries)
        } else {
            String::new()
        };
        let _ = writeln!(text, "  {}{times}", message.happened);
    }
    text
}

fn row(entry: &ActivityEntry) -> [String; 4] {
    let mut what = word(entry.kind).to_owned();
    if entry.deleted {
        what.push_str(" deletion");
    }
    let why = entry.reason.as_ref().map(reason).unwrap_or_default();
    [
        what,
        entry.id.clone(),
        shorten(entry.name.as_deref().unwrap_or_default(), 40),
        why,
    ]
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
