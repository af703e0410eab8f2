//! `sheaf conflict`.

use std::fmt::Write as _;

use serde::Serialize;
use sheaf_ipc::{
    ConflictOutcome, ConflictRule, Decision, Decisions, Leaf, ListNotes, NoteContent, NoteDetail,
    NotePage, NoteRef, ResolveConflict, ResolveConflicts, ResolvedConflicts, Scope, Touched,
};

use super::Session;
use crate::{
    args::ConflictCommand,
    failure::Failure,
    input, names,
    print::{ago, count},
};

/// The note after a decision, and what takes it back.
#[derive(Serialize)]
struct Decided {
    #[serde(flatten)]
    note: NoteDetail,
    decision: String,
}

impl Session {
    pub(super) async fn conflict(&self, command: &ConflictCommand) -> Result<(), Failure> {
        match command {
            ConflictCommand::List => {
                let scope = Scope::Conflicts;
                self.list(ListNotes {
                    scope,
                    limit: 500,
                    ..ListNotes::default()
                })
                .await
            }
            ConflictCommand::Show { id } => {
                let leaves = self.leaves(&names::note(id)).await?;
                self.print.answer(&leaves, || self.versions(&leaves))
            }
            ConflictCommand::Resolve {
                id,
                keep,
                body_file,
                title,
            } => {
                let id = names::note(id);
                let leaves = self.leaves(&id).await?;
                let shown = leaves.first().ok_or_else(|| Failure::not_found(&id))?;
                let (title, body) = match (keep, body_file) {
                    (Some(revision), _) => {
                        let leaf = kept(&leaves, revision)?;
                        (leaf.content.title.clone(), leaf.content.body.clone())
                    }
                    (None, file) => {
                        let body = file.as_deref().map(input::text).transpose()?;
                        let title = title.clone().unwrap_or_else(|| shown.content.title.clone());
                        (title, body.unwrap_or_else(|| shown.content.body.clone()))
                    }
                };
                let leaves = leaves.iter().map(|leaf| leaf.revision.clone()).collect();
                self.decide(ResolveConflict {
                    id,
                    leaves,
                    title,
                    body,
                    ..ResolveConflict::default()
                })
                .await
            }
            ConflictCommand::ResolveAll { ids, by } => {
                let ids = if ids.is_empty() {
                    self.conflicted().await?
                } else {
                    names::notes(ids)
                };
                self.decide_all(ids, (*by).into()).await
            }
            ConflictCommand::Reopen { id, decision } => self.reopen(id, decision).await,
        }
    }

    /// Every note with several versions.
    async fn conflicted(&self) -> Result<Vec<String>, Failure> {
        let mut ids = Vec::new();
        loop {
            let request = ListNotes {
                scope: Scope::Conflicts,
                offset: ids.len() as u32,
                limit: 500,
                ..ListNotes::default()
            };
            let page: NotePage = self.door.call("list_notes", request).await?;
            if page.items.is_empty() {
                return Ok(ids);
            }
            ids.extend(page.items.into_iter().map(|note| note.id));
        }
    }

    async fn decide_all(&self, ids: Vec<String>, rule: ConflictRule) -> Result<(), Failure> {
        let request = ResolveConflicts { ids, rule };
        let resolved: ResolvedConflicts = self.door.call("resolve_conflicts", request).await?;
        self.print.answer(&resolved, || {
            let decided = count(resolved.decisions.len() as u32, "note", "notes");
            let mut text =
                format!("Decided: {decided}. What each version said is in the history.\n");
            for Decision { id, decision } in &resolved.decisions {
                let _ = writeln!(text, "{id}  decision {decision}");
            }
            for id in &resolved.left {
                let _ = writeln!(text, "{id}  stays: a person must decide");
            }
            text
        })
    }

    async fn reopen(&self, id: &str, decision: &str) -> Result<(), Failure> {
        let id = names::note(id);
        let request = Decisions {
            decisions: vec![Decision {
                id: id.clone(),
                decision: decision.to_owned(),
            }],
        };
        let touched: Touched = self.door.call("reopen_conflicts", request).await?;
        if touched.notes == 0 {
            return Err(Failure::not_found(&format!(
                "no decision {decision} over {id} that can be taken back"
            )));
        }
        self.print
            .answer(&touched, || "All versions are there again.\n".to_owned())
    }

    async fn leaves(&self, id: &str) -> Result<Vec<Leaf>, Failure> {
        Ok(self
            .door
            .call("conflict_leaves", NoteRef { id: id.to_owned() })
            .await?)
    }

    async fn decide(&self, request: ResolveConflict) -> Result<(), Failure> {
        let id = request.id.clone();
        match self.door.call("resolve_conflict", request).await? {
            ConflictOutcome::Decided { decision } => {
                let note: NoteDetail = self.door.call("get_note", NoteRef { id }).await?;
                let Decision { id, decision } = decision;
                let text = format!(
                    "Decided. The other versions are closed and stay in the history.\n\
                     To take it back: sheaf conflict reopen {id} --decision {decision}\n"
                );
                self.print.answer(&Decided { note, decision }, || text)
            }
            ConflictOutcome::Stale { .. } => Err(Failure::Stale(format!(
                "Another version of {id} has arrived meanwhile."
            ))),
        }
    }

    fn versions(&self, leaves: &[Leaf]) -> String {
        if let [only] = leaves {
            return format!("One version only: {}. Nothing to decide.\n", only.revision);
        }
        let mut text = String::new();
        for leaf in leaves {
            let shown = if leaf.winner { ", shown in lists" } else { "" };
            let mine = if leaf.mine { ", from here" } else { "" };
            let NoteContent {
                title,
                body,
                updated_at,
                ..
            } = &leaf.content;
            let (revision, when) = (&leaf.revision, ago(*updated_at, self.now));
            let _ = write!(
                text,
                "── {revision}{shown}{mine}, {when}\n{title}\n\n{body}\n"
            );
        }
        text
    }
}

/// The leaf somebody names, by its whole revision or an unmistakable beginning.
fn kept<'a>(leaves: &'a [Leaf], revision: &str) -> Result<&'a Leaf, Failure> {
    let mut matching = leaves
        .iter()
        .filter(|leaf| leaf.revision.starts_with(revision));
    match (matching.next(), matching.next()) {
        (Some(leaf), None) => Ok(leaf),
        (Some(_), Some(_)) => Err(Failure::Usage(format!(
            "More than one version begins with {revision}."
        ))),
        (None, _) => Err(Failure::not_found(&format!(
            "no version begins with {revision}"
        ))),
    }
}
