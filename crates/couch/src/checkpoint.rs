//! The meeting at the beginning of a round, and writing down how far the remote is known.
//!
//! The checkpoint that counts during a round is the replica's, which moves together with the data. The one at the remote
//! proves, next time, that the remote still remembers what it took: a later one that was not written down there proves
//! nothing (`identity.rs`).

use std::sync::{Mutex, PoisonError};

use md5::{Digest as _, Md5};
use serde::Deserialize;
use serde_json::Value;
use sheaf_model::Millis;
use sheaf_net::{Body, Method};
use sheaf_sync::{
    Checkpoint, Environment, Identity, RemoteId, Replica,
    mutant::{Mutant, planted},
    step,
};
use sheaf_vault::Lock;

use crate::{
    Answer, ChangedTarget, SyncError,
    database::{self, Database},
    document::hex,
    identity::{Mark, MarkerDocument, Verdict, judge, read_instance, vouched},
    vault,
};

const INFORMATION: &str = "GET database";
const READ_MARKER: &str = "GET _local document";
pub(crate) const WRITE_MARKER: &str = "PUT _local document";

/// How often, at most, the checkpoint is written down there in a busy time.
pub(crate) const WRITE_DOWN_EVERY: Millis = 30_000;

/// Of the names of the `_local` documents that devices keep.
pub(crate) const MARKER_PREFIX: &str = "sheaf-";

/// What `GET /db` says.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Information {
    pub(crate) doc_count: u32,
    #[serde(default)]
    pub(crate) doc_del_count: u32,
    #[serde(default)]
    instance_start_time: Value,
}

impl Information {
    pub(crate) fn is_empty(&self) -> bool {
        self.doc_count == 0 && self.doc_del_count == 0
    }

    /// How many rows a feed from the beginning has.
    pub(crate) fn rows(&self) -> u32 {
        self.doc_count.saturating_add(self.doc_del_count)
    }
}

pub(crate) async fn information(database: &Database) -> Result<Information, SyncError> {
    database
        .json(INFORMATION, database.request(Method::GET, &[]))
        .await
}

/// The marker document between meetings.
#[derive(Debug, Default)]
pub(crate) struct Marker {
    state: Mutex<Known>,
}

#[derive(Debug, Clone, Default)]
struct Known {
    mark: Option<Mark>,
    /// Of the `_local` document; some servers insist on it.
    rev: Option<String>,
    /// The checkpoint moved since it was last written down.
    behind: bool,
    written_at: Millis,
}

impl Marker {
    fn known(&self) -> Known {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn learn(&self, known: Known) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }

    pub(crate) fn checkpoint_moved(&self) {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .behind = true;
    }

    pub(crate) fn is_behind(&self) -> bool {
        self.known().behind
    }
}

/// Names the `_local` document. Hashed, so that it tells nothing and needs no escaping.
pub(crate) fn marker_name(device: &str, remote: &RemoteId) -> String {
    let mut hash = Md5::new();
    if !planted(Mutant::OneMarkerForAll) {
        hash.update(device.as_bytes());
    }
    hash.update([0]);
    hash.update(remote.0.as_bytes());
    format!("{MARKER_PREFIX}{}", hex(&hash.finalize()))
}

/// Where a round begins.
struct Footing {
    /// `None`: there is no marker, and none can be written.
    mark: Option<Mark>,
    rev: Option<String>,
    checkpoint: Checkpoint,
}

impl Footing {
    fn of(standing: Option<(Mark, Option<String>)>, checkpoint: Checkpoint) -> Self {
        let (mark, rev) = standing.unzip();
        Self {
            mark,
            rev: rev.flatten(),
            checkpoint,
        }
    }
}

pub(crate) struct Meeting<'a, R, E> {
    pub(crate) database: &'a Database,
    pub(crate) replica: &'a R,
    pub(crate) environment: &'a E,
    pub(crate) id: &'a RemoteId,
    pub(crate) name: &'a str,
    pub(crate) marker: &'a Marker,
    pub(crate) lock: Option<&'a Lock>,
}

impl<R: Replica, E: Environment> Meeting<'_, R, E> {
    /// Who is there, is it still the same, and how far is it known?
    pub(crate) async fn meet(
        &self,
        changed_target: ChangedTarget,
    ) -> Result<(Information, Checkpoint), SyncError> {
        let information = self.greet().await?;
        let checkpoint = self.agree(&information, changed_target).await?;
        Ok((information, checkpoint))
    }

    /// Who is there? A password that is refused is refused here, once: nothing else is asked at the same time.
    pub(crate) async fn greet(&self) -> Result<Information, SyncError> {
        self.database.begin();
        information(self.database).await
    }

    /// Is it still the same, and how far is it known?
    pub(crate) async fn agree(
        &self,
        information: &Information,
        changed_target: ChangedTarget,
    ) -> Result<Checkpoint, SyncError> {
        let found = self.read().await?;
        let state = self
            .replica
            .remote_state(self.id)
            .await
            .map_err(SyncError::replica)?;
        let instance = read_instance(&information.instance_start_time);
        let verdict = judge(state.identity.as_ref(), found.as_ref(), instance.as_deref());
        if verdict == Verdict::Changed && changed_target == ChangedTarget::Ask {
            return Err(SyncError::TargetChanged {
                remote_documents: information.doc_count,
            });
        }
        vault::check(self.database, self.lock).await?;
        let known = state.identity.as_ref();
        let known = known.and_then(|identity| Some(Mark::parse(identity.marker.as_deref()?)));
        let footing = match verdict {
            Verdict::RolledBack | Verdict::Changed => {
                self.begin_anew(known.as_ref(), found, instance.clone())
                    .await?
            }
            Verdict::First | Verdict::Same => self.go_on(known, found, state.checkpoint).await?,
        };
        let Footing {
            mark,
            rev,
            checkpoint,
        } = footing;
        let identity = Identity {
            marker: mark.as_ref().map(ToString::to_string),
            instance,
        };
        if state.identity.as_ref() != Some(&identity) {
            self.replica
                .set_identity(self.id, identity, false)
                .await
                .map_err(SyncError::replica)?;
        }
        step::reached("meeting: over");
        let written_at = self.environment.now();
        self.marker.learn(Known {
            mark,
            rev,
            behind: false,
            written_at,
        });
        Ok(checkpoint)
    }

    /// Both sides begin anew. That is kept here before it is written there: whoever is interrupted in between finds a
    /// marker with a smaller number and begins anew again.
    async fn begin_anew(
        &self,
        known: Option<&Mark>,
        found: Option<MarkerDocument>,
        instance: Option<String>,
    ) -> Result<Footing, SyncError> {
        let (mark, rev) = self.next_mark(known, found);
        let identity = Identity {
            marker: Some(mark.to_string()),
            instance,
        };
        self.replica
            .set_identity(self.id, identity, true)
            .await
            .map_err(SyncError::replica)?;
        let checkpoint = Checkpoint::default();
        let written = self.write(&mark, rev, &checkpoint).await?;
        Ok(Footing::of(written.map(|rev| (mark, rev)), checkpoint))
    }

    /// `known`: the marker this device remembers. `here`: how far it has come.
    async fn go_on(
        &self,
        known: Option<Mark>,
        found: Option<MarkerDocument>,
        here: Checkpoint,
    ) -> Result<Footing, SyncError> {
        let checkpoint = vouched(known.as_ref(), found.as_ref(), &here);
        let standing = match (known, found) {
            (Some(known), Some(found)) if known.is(&found) && !known.refused => (known, found.rev),
            (known, found) => {
                let (mark, rev) = self.next_mark(known.as_ref(), found);
                let Some(rev) = self.write(&mark, rev, &checkpoint).await? else {
                    // With an account that may only read every round would begin at the last marker again. What is learned
                    // meanwhile is vouched for by nothing, which the next meeting has to know.
                    let refused = |known: Mark| Mark {
                        refused: true,
                        ..known
                    };
                    let standing = known.map(|known| (refused(known), None));
                    return Ok(Footing::of(standing, here));
                };
                (mark, rev)
            }
        };
        if checkpoint != here {
            self.replica
                .go_back(self.id, checkpoint.clone())
                .await
                .map_err(SyncError::replica)?;
        }
        Ok(Footing::of(Some(standing), checkpoint))
    }

    /// What is written over the marker that was found, and the revision it has. Its number is higher than all that this
    /// device remembers, and not only than what a restored server does: a younger backup, put back after an older one, would
    /// pass for the marker of today.
    fn next_mark(
        &self,
        known: Option<&Mark>,
        found: Option<MarkerDocument>,
    ) -> (Mark, Option<String>) {
        let word = format!("{:016x}", self.environment.random());
        let (marker, written, rev) = if let Some(found) = found {
            let before = known.map_or(0, |known| known.written).max(found.written);
            (found.marker, before.saturating_add(1), found.rev)
        } else {
            let marker = format!(
                "{:016x}{:016x}",
                self.environment.random(),
                self.environment.random()
            );
            (marker, 1, None)
        };
        let mark = Mark {
            marker,
            written,
            word,
            refused: false,
        };
        (mark, rev)
    }

    /// Who is there? Changes nothing on either side.
    pub(crate) async fn look(&self) -> Result<Verdict, SyncError> {
        self.database.begin();
        let information = information(self.database).await?;
        let found = self.read().await?;
        let state = self
            .replica
            .remote_state(self.id)
            .await
            .map_err(SyncError::replica)?;
        let instance = read_instance(&information.instance_start_time);
        Ok(judge(
            state.identity.as_ref(),
            found.as_ref(),
            instance.as_deref(),
        ))
    }

    async fn read(&self) -> Result<Option<MarkerDocument>, SyncError> {
        let request = self.database.request(Method::GET, &["_local", self.name]);
        self.database.find_json(READ_MARKER, request).await
    }

    /// Whether the checkpoint should be written down now, at most every `interval` of a busy time.
    pub(crate) fn is_due(&self, interval: Millis) -> bool {
        let known = self.marker.known();
        // A clock that was set back makes it due, not overdue for years.
        let since = self.environment.now() - known.written_at;
        known.behind && !(0..interval).contains(&since)
    }

    /// Writes down how far the remote is known, if it has moved.
    pub(crate) async fn flush(&self) -> Result<(), SyncError> {
        let Known {
            mark: Some(known),
            rev,
            behind: true,
            ..
        } = self.marker.known()
        else {
            return Ok(());
        };
        if known.refused {
            // The next meeting tries again.
            return Ok(());
        }
        let state = self
            .replica
            .remote_state(self.id)
            .await
            .map_err(SyncError::replica)?;
        let mark = Mark {
            written: known.written + 1,
            word: format!("{:016x}", self.environment.random()),
            ..known.clone()
        };
        let written = self.write(&mark, rev.clone(), &state.checkpoint).await?;
        let (mark, rev) = if let Some(rev) = written {
            (mark, rev)
        } else {
            let mark = Mark {
                refused: true,
                ..known
            };
            (mark, rev)
        };
        let instance = state.identity.and_then(|identity| identity.instance);
        let identity = Identity {
            marker: Some(mark.to_string()),
            instance,
        };
        self.replica
            .set_identity(self.id, identity, false)
            .await
            .map_err(SyncError::replica)?;
        let written_at = self.environment.now();
        self.marker.learn(Known {
            mark: Some(mark),
            rev,
            behind: false,
            written_at,
        });
        Ok(())
    }

    /// The new revision of the `_local` document, `None` when this account may not write.
    async fn write(
        &self,
        mark: &Mark,
        rev: Option<String>,
        checkpoint: &Checkpoint,
    ) -> Result<Option<Option<String>>, SyncError> {
        #[derive(Deserialize)]
        struct Written {
            #[serde(default)]
            rev: Option<String>,
        }
        let mut document = MarkerDocument {
            rev,
            marker: mark.marker.clone(),
            account: self.database.remote().url.user.clone(),
            written: mark.written,
            word: mark.word.clone(),
            pulled: checkpoint.pulled.clone(),
            pushed: checkpoint.pushed,
        };
        let mut again = true;
        loop {
            let body = serde_json::json!(document).to_string();
            let request = self
                .database
                .request(Method::PUT, &["_local", self.name])
                .body(database::JSON, Body::Bytes(body.into()));
            match self.database.json::<Written>(WRITE_MARKER, request).await {
                Ok(written) => {
                    step::reached("marker: written there");
                    return Ok(Some(written.rev));
                }
                Err(SyncError::Answer(answer))
                    if matches!(answer.status, 401 | 403 | 405) && !answer.is_about_the_token() =>
                {
                    return Ok(None);
                }
                // Our own earlier write whose answer was lost.
                Err(SyncError::Answer(Answer { status: 409, .. })) if again => {
                    again = false;
                    document.rev = self.read().await?.and_then(|found| found.rev);
                }
                Err(other) => return Err(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_device_and_each_remote_has_its_own_marker() {
        let remote = |text: &str| RemoteId(text.to_owned());
        let names = [
            marker_name("a", &remote("bc")),
            marker_name("ab", &remote("c")),
            marker_name("a", &remote("c")),
        ];
        assert!(names.iter().all(|name| name.len() == "sheaf-".len() + 32));
        assert!(names[0] != names[1] && names[1] != names[2] && names[0] != names[2]);
    }
}
