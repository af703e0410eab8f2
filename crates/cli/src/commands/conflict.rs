//! `sheaf conflict`.

use std::fmt::Write as _;

use sheaf_ipc::{Leaf, ListNotes, NoteDetail, NoteRef, ResolveConflict, Scope, UpdateOutcome};

use super::Session;
use crate::{args::ConflictCommand, failure::Failure, input, names, print::ago};

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
                        (leaf.title.clone(), leaf.body.clone())
                    }
                    (None, file) => {
                        let body = file.as_deref().map(input::text).transpose()?;
                        let title = title.clone().unwrap_or_else(|| shown.title.clone());
                        (title, body.unwrap_or_else(|| shown.body.clone()))
                    }
                };
                let leaves = leaves.iter().map(|leaf| leaf.revision.clone()).collect();
                self.decide(ResolveConflict {
                    id,
                    leaves,
                    title,
                    body,
                })
                .await
            }
        }
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
            UpdateOutcome::Saved { .. } => {
                let note: NoteDetail = self.door.call("get_note", NoteRef { id }).await?;
                self.print.answer(&note, || {
                    "Decided. The other versions are closed.\n".to_owned()
                })
            }
            UpdateOutcome::Stale { .. } => Err(Failure::Stale(format!(
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
            let mark = if leaf.winner { " (shown in lists)" } else { "" };
            let when = ago(leaf.updated_at, self.now);
            let Leaf {
                revision,
                title,
                body,
                ..
            } = leaf;
            let _ = write!(text, "── {revision}{mark}, {when}\n{title}\n\n{body}\n");
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
