//! Bringing items here: a page is fetched while the one before is opened, on all cores, and taken
//! in. The position moves in the same transaction as what it vouches for.

mod brake;
mod bytes;
mod closed;
mod intake;
mod lost;
mod opening;

use std::collections::{BTreeMap, HashMap, HashSet};

use sheaf_model::DocId;
use sheaf_sync::{Brake, Environment, Policy, RecordReplica};

use crate::{
    HostedError, Progress, Replication, Round, Vault,
    call::{Page, Position},
    seen::{self, ITEM, REFERENCES, Seen},
};

/// So many pages in a row that bring nothing new are no feed.
const PAGES_OF_NOTHING: u32 = 100;
/// What is closed may wait for something that is closed itself: an attachment for its pieces, these for their key. Found by
/// the simulation of the account (seed 376): pieces were opened after the attachment had been looked at once more.
const LAYERS: usize = 3;

pub(crate) struct Pull<'a, R, E, V> {
    pub(crate) talk: &'a Replication<E, V>,
    pub(crate) replica: &'a R,
    pub(crate) policy: Policy,
    pub(crate) progress: &'a (dyn Fn(Progress) + Sync),
}

/// What one pull has learned so far.
#[derive(Default)]
pub(crate) struct Progression {
    done: u32,
    /// All deletions to the end of the feed were counted.
    counted: bool,
    /// Something arrived that may open what was closed before.
    retry: bool,
    /// Tags whose notes another client has chosen, with the notes they named before.
    pub(crate) foreign_tags: BTreeMap<DocId, Vec<String>>,
    /// Every item that was named; only while everything is asked for again.
    named: Option<HashSet<String>>,
}

impl<R: RecordReplica, E: Environment, V: Vault> Pull<'_, R, E, V> {
    /// Pulls from where the last pull ended. A position the server does not accept (it was
    /// restored from a backup, or moved) means that everything is compared from the beginning.
    pub(crate) async fn catch_up(&self, round: &mut Round) -> Result<(), HostedError> {
        let position = self.talk.position(self.replica).await?;
        let from_nothing = position.is_beginning();
        match self.from(position, from_nothing, round).await {
            Err(HostedError::Answer(answer)) if answer.status == 400 && !from_nothing => {
                tracing::info!("the server does not know our place; everything is compared");
                self.from(Position::default(), true, round).await
            }
            other => other,
        }
    }

    /// Everything from the beginning, whatever is known.
    pub(crate) async fn again(&self, round: &mut Round) -> Result<(), HostedError> {
        self.from(Position::default(), true, round).await
    }

    async fn from(
        &self,
        position: Position,
        everything: bool,
        round: &mut Round,
    ) -> Result<(), HostedError> {
        let mut state = Progression {
            named: everything.then(HashSet::new),
            ..Progression::default()
        };
        let page = self.talk.sync(&[], &position).await?;
        self.follow(&position, page, &mut state, round).await?;
        if let Some(named) = state.named.take() {
            self.find_lost(&named).await?;
        }
        self.finish(state, round).await
    }

    /// Takes in what came beside an answer to a push, and all that follows it.
    pub(crate) async fn take_beside(
        &self,
        asked_from: &Position,
        page: Page,
        round: &mut Round,
    ) -> Result<(), HostedError> {
        let mut state = Progression::default();
        self.follow(asked_from, page, &mut state, round).await?;
        self.finish(state, round).await
    }

    async fn finish(&self, mut state: Progression, round: &mut Round) -> Result<(), HostedError> {
        let mut again = std::mem::take(&mut self.talk.memory().look_again) || state.retry;
        for _ in 0..LAYERS {
            if !std::mem::take(&mut again) {
                break;
            }
            self.retry_closed(&mut state, round).await?;
            again = state.retry;
        }
        self.talk
            .follow_foreign_tags(self.replica, &state.foreign_tags)
            .await?;
        self.tell_closed(round).await
    }

    /// Pages to the end of the feed, each fetched while the one before is taken in.
    async fn follow(
        &self,
        asked_from: &Position,
        first: Page,
        state: &mut Progression,
        round: &mut Round,
    ) -> Result<(), HostedError> {
        let mut page = first;
        let mut before = asked_from.clone();
        let mut idle = 0;
        loop {
            let next = page.next.clone();
            let has_more = page.has_more;
            // The same cursor again would go on for ever.
            if has_more && next.cursor == before.cursor {
                return Err(HostedError::Endless);
            }
            if has_more && self.policy.brake == Brake::Ask && !state.counted {
                state.counted = self.check_brake(&page, true).await?;
            } else if !state.counted {
                self.check_brake(&page, false).await?;
            }
            // While a long answer is read its end is not known: the old token stays.
            let position = if has_more {
                Position {
                    token: asked_from.token.clone(),
                    cursor: next.cursor.clone(),
                }
            } else {
                next.clone()
            };
            let taking = self.take_in(page, Some(position.to_seq()), state, round);
            if !has_more {
                taking.await?;
                return Ok(());
            }
            let fetching = self.talk.sync(&[], &next);
            let (new, following) = tokio::try_join!(taking, fetching)?;
            idle = if new { 0 } else { idle + 1 };
            if idle > PAGES_OF_NOTHING {
                return Err(HostedError::Endless);
            }
            before = next;
            page = following;
        }
    }

    pub(crate) async fn seen_of(
        &self,
        names: impl Iterator<Item = &str>,
    ) -> Result<HashMap<String, Seen>, HostedError> {
        let keys = names.map(|name| format!("{ITEM}{name}")).collect();
        let records = self
            .replica
            .records(&self.talk.id, keys)
            .await
            .map_err(HostedError::replica)?;
        Ok(records
            .iter()
            .filter_map(|record| Some((seen::name(record, ITEM).to_owned(), Seen::parse(record)?)))
            .collect())
    }

    pub(crate) async fn references_of(&self, item: &str) -> Result<Vec<String>, HostedError> {
        let records = self
            .replica
            .records(&self.talk.id, vec![format!("{REFERENCES}{item}")])
            .await
            .map_err(HostedError::replica)?;
        Ok(records.first().and_then(seen::parse).unwrap_or_default())
    }
}
