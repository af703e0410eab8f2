//! Both sides counted before one is brought to the other, and the beginnings that follow.

use sheaf_ipc::{
    ApiError, ErrorCode, GuardAnswer, GuardQuestion, Joining, RemoteForm, ResetDirection, Sides,
};
use sheaf_sync::{RemoteId, Replaceable as _, Replacing, Replica as _};

use super::{Worker, life::Order, session, settings, target, target::Target};
use crate::convert;

impl Worker {
    pub(crate) async fn sides(&self, form: RemoteForm) -> Result<Sides, ApiError> {
        let target = self.completed(target::of_form(&form)?).await;
        self.count_sides(&target).await
    }

    pub(super) async fn count_sides(&self, target: &Target) -> Result<Sides, ApiError> {
        let survey = self.asked(target, sheaf_couch::survey).await?;
        let store = &self.shared.store;
        let here_notes = store.travelling_notes().await;
        let there_documents = survey.documents();
        let there_notes = survey.notes.len() as u32;
        let on_both = store.live_notes_among(survey.notes).await;
        Ok(Sides {
            here_notes: here_notes.map_err(convert::store_error)?,
            there_notes,
            on_both: on_both.map_err(convert::store_error)?,
            there_documents,
            other_documents: survey.others,
            examples: survey.examples,
            accounts: survey.accounts,
            host: target.url.server.host_and_port(),
            database: target.url.database.clone(),
        })
    }

    /// Goes on after a guard asked. The answer must fit the question.
    pub(crate) async fn answer(&self, answer: GuardAnswer) -> Result<(), ApiError> {
        let no_question =
            || ApiError::new(ErrorCode::Invalid).with_detail("no such question is open");
        self.unless_converting()?;
        let question = self.shared.board.block().and_then(|block| block.question);
        let question = question.ok_or_else(no_question)?;
        let changed = matches!(question, GuardQuestion::TargetChanged { .. });
        let side = match answer {
            GuardAnswer::ReplaceRemote if changed => Replacing::Remote,
            GuardAnswer::ReplaceHere if changed => Replacing::Local,
            _ => {
                let policy = session::policy(&question, answer).ok_or_else(no_question)?;
                if answer != GuardAnswer::Keep {
                    self.back_up().await?;
                }
                self.order(Order::Answer(policy)).await;
                return Ok(());
            }
        };
        self.replace(Some(side)).await
    }

    /// *Sync from scratch* and *Rebuild the remote*.
    pub(crate) async fn reset(&self, direction: ResetDirection) -> Result<(), ApiError> {
        self.replace(match direction {
            ResetDirection::Pull => Some(Replacing::Local),
            ResetDirection::Push => Some(Replacing::Remote),
            ResetDirection::Cancel => None,
        })
        .await
    }

    /// Begins, or gives up. The session that runs is ended first: what it still has on its way to
    /// the store comes before the beginning, not after it.
    async fn replace(&self, side: Option<Replacing>) -> Result<(), ApiError> {
        self.unless_converting()?;
        let config = self.config.lock().await;
        let Some(target) = settings::target(&config) else {
            return Err(ApiError::new(ErrorCode::SyncOff));
        };
        self.back_up().await?;
        self.order(Order::Hold).await;
        let begun = self.begin(&target.id(), side).await;
        let password = self.shared.passwords.find(&target).await.ok().flatten();
        let target = Target { password, ..target };
        self.put_into_force(&target, config.paused).await?;
        begun
    }

    /// What a new target begins with.
    pub(super) async fn join(&self, remote: &RemoteId, joining: Joining) -> Result<(), ApiError> {
        let side = match joining {
            Joining::ReplaceHere => Some(Replacing::Local),
            Joining::ReplaceRemote => Some(Replacing::Remote),
            Joining::Merge => {
                let begun = self.shared.store.replacing(remote).await;
                if begun.map_err(convert::store_error)?.is_none() {
                    return Ok(());
                }
                None
            }
        };
        self.begin(remote, side).await
    }

    async fn begin(&self, remote: &RemoteId, side: Option<Replacing>) -> Result<(), ApiError> {
        tracing::info!(?side, %remote, "one side gives way");
        let begun = self.shared.store.begin_replacing(remote, side).await;
        begun.map_err(convert::store_error)
    }
}

/// Whether a person should see both sides before they are brought together: both have notes and not
/// the same ones, or the database is not Sheaf's alone.
pub(super) fn wants_an_answer(sides: &Sides) -> bool {
    let same = sides.here_notes == sides.on_both && sides.there_notes == sides.on_both;
    let both_have_notes = sides.here_notes > 0 && sides.there_notes > 0;
    (both_have_notes && !same) || is_shared(sides)
}

/// Somebody or something else uses the database too.
fn is_shared(sides: &Sides) -> bool {
    sides.other_documents > 0 || !sides.accounts.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides(here: u32, there: u32, both: u32) -> Sides {
        Sides {
            here_notes: here,
            there_notes: there,
            on_both: both,
            ..Sides::default()
        }
    }

    #[test]
    fn an_empty_side_needs_no_decision() {
        for (here, there, both, asks) in [
            (0, 0, 0, false),
            (12, 0, 0, false),
            (0, 12, 0, false),
            (12, 12, 12, false),
            (12, 7, 0, true),
            (12, 13, 12, true),
            (13, 12, 12, true),
        ] {
            assert_eq!(
                wants_an_answer(&sides(here, there, both)),
                asks,
                "{here} {there} {both}"
            );
        }
    }

    #[test]
    fn a_database_that_others_use_is_never_written_into_unasked() {
        let foreign = Sides {
            other_documents: 1,
            ..sides(0, 0, 0)
        };
        let other_account = Sides {
            accounts: vec!["berta".to_owned()],
            ..sides(0, 0, 0)
        };
        assert!(wants_an_answer(&foreign) && wants_an_answer(&other_account));
    }
}
