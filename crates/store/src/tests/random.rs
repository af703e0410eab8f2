//! Random work, and everything derived agrees with the documents after it.

use proptest::prelude::*;
use sheaf_model::{DocId, Status, TagColor};
use sheaf_sync::{DeletionPolicy, IncomingRevision};

use super::support::{Home, NOW, history, incoming, note_body, note_id, tombstone};
use crate::{NewNote, Scope};

#[derive(Debug, Clone)]
enum Step {
    Create(u8),
    Write(u8, u8),
    Trash(u8),
    Restore(u8),
    Status(u8, u8),
    Pin(u8, bool),
    Tag(u8, u8),
    NewTag(u8),
    DeleteTag(u8),
    NewNotebook(u8),
    Move(u8, u8),
    DeleteNotebook(u8),
    EmptyTrash,
    Arrive(u8, u8),
    ArriveDeleted(u8, bool),
    Resolve(u8),
    Push,
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let which = 0..6u8;
    let step = prop_oneof![
        3 => which.clone().prop_map(Step::Create),
        5 => (which.clone(), any::<u8>()).prop_map(|(n, text)| Step::Write(n, text)),
        2 => which.clone().prop_map(Step::Trash),
        1 => which.clone().prop_map(Step::Restore),
        2 => (which.clone(), 0..5u8).prop_map(|(n, status)| Step::Status(n, status)),
        1 => (which.clone(), any::<bool>()).prop_map(|(n, pin)| Step::Pin(n, pin)),
        2 => (which.clone(), 0..4u8).prop_map(|(n, tag)| Step::Tag(n, tag)),
        1 => (0..4u8).prop_map(Step::NewTag),
        1 => (0..4u8).prop_map(Step::DeleteTag),
        1 => (0..4u8).prop_map(Step::NewNotebook),
        2 => (which.clone(), 0..4u8).prop_map(|(n, book)| Step::Move(n, book)),
        1 => (0..4u8).prop_map(Step::DeleteNotebook),
        1 => Just(Step::EmptyTrash),
        6 => (which.clone(), any::<u8>()).prop_map(|(n, text)| Step::Arrive(n, text)),
        2 => (which.clone(), any::<bool>()).prop_map(|(n, revive)| Step::ArriveDeleted(n, revive)),
        1 => which.prop_map(Step::Resolve),
        3 => Just(Step::Push),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..40)
}

/// The other side's view of the notes: what it last wrote of each.
#[derive(Default)]
struct Elsewhere {
    last: std::collections::HashMap<DocId, IncomingRevision>,
}

impl Elsewhere {
    fn edit(&mut self, id: &DocId, text: u8) -> IncomingRevision {
        let ancestors = self.last.get(id).map(history).unwrap_or_default();
        let mut body = note_body(
            &format!("t{}", text % 7),
            &format!("line\n\nwords {text}\n"),
        );
        body.insert("bookId".into(), format!("book:{}", text % 3).into());
        body.insert(
            "tags".into(),
            serde_json::json!([format!("tag:{}", text % 2)]),
        );
        let revision = incoming(id, &ancestors, false, body);
        self.last.insert(id.clone(), revision.clone());
        revision
    }
}

struct World {
    home: Home,
    elsewhere: Elsewhere,
    tags: Vec<DocId>,
    notebooks: Vec<DocId>,
    notes: Vec<DocId>,
}

impl World {
    fn note(&self, n: u8) -> Vec<DocId> {
        self.notes
            .get(usize::from(n))
            .cloned()
            .into_iter()
            .collect()
    }

    async fn take(mut self, step: Step) -> Self {
        let store = self.home.store.clone();
        match step {
            Step::Create(n) => {
                let new = NewNote {
                    title: format!("made {n}"),
                    ..NewNote::default()
                };
                let note = store
                    .create_note(new, self.home.random(), NOW)
                    .await
                    .unwrap();
                self.notes.push(note.row.id);
            }
            Step::Write(n, text) => {
                for id in self.note(n) {
                    if store.get_note(id.clone()).await.is_ok() {
                        self.home
                            .write(&id, &format!("mine {text}\n\nline\n"))
                            .await;
                    }
                }
            }
            Step::Trash(n) => _ = store.trash_notes(self.note(n), NOW).await.unwrap(),
            Step::Restore(n) => _ = store.restore_notes(self.note(n), None, NOW).await.unwrap(),
            Step::Status(n, status) => {
                let status = Status::ALL[usize::from(status)];
                store.set_status(self.note(n), status, NOW).await.unwrap();
            }
            Step::Pin(n, pinned) => _ = store.set_pinned(self.note(n), pinned, NOW).await.unwrap(),
            Step::Tag(n, tag) => {
                let add = self
                    .tags
                    .get(usize::from(tag))
                    .cloned()
                    .into_iter()
                    .collect();
                // The tag may be deleted by now.
                let _ = store.change_tags(self.note(n), add, vec![], NOW).await;
            }
            Step::NewTag(n) => {
                let name = format!("tag {n}");
                let tag = store
                    .create_tag(name, TagColor::Red, self.home.random(), NOW)
                    .await
                    .unwrap();
                self.tags.push(tag.id);
            }
            Step::DeleteTag(n) => {
                if let Some(tag) = self.tags.get(usize::from(n)) {
                    let _ = store.delete_tag(tag.clone(), NOW).await;
                }
            }
            Step::NewNotebook(n) => {
                let parent = self.notebooks.get(usize::from(n)).cloned();
                let made = store
                    .create_notebook(format!("b{n}"), parent, self.home.random(), NOW)
                    .await;
                self.notebooks.extend(made.ok().map(|row| row.id));
            }
            Step::Move(n, book) => {
                if let Some(book) = self.notebooks.get(usize::from(book)) {
                    let _ = store.move_notes(self.note(n), book.clone(), NOW).await;
                }
            }
            Step::DeleteNotebook(n) => {
                if let Some(book) = self.notebooks.get(usize::from(n)) {
                    let _ = store.delete_notebook(book.clone(), NOW).await;
                }
            }
            Step::EmptyTrash => _ = store.empty_trash().await.unwrap(),
            Step::Arrive(n, text) => {
                let id = note_id(n);
                let revision = self.elsewhere.edit(&id, text);
                self.home.ingest(vec![revision]).await;
                if !self.notes.contains(&id) {
                    self.notes.push(id);
                }
            }
            Step::ArriveDeleted(n, revive) => {
                let policy = if revive {
                    DeletionPolicy::Revive
                } else {
                    DeletionPolicy::Apply
                };
                if let Some(last) = self.elsewhere.last.get(&note_id(n)).cloned() {
                    let grave = tombstone(&last);
                    self.elsewhere.last.insert(note_id(n), grave.clone());
                    self.home.ingest_with(vec![grave], policy).await;
                }
            }
            Step::Resolve(n) => {
                for id in self.note(n) {
                    let Ok(leaves) = store.conflict_leaves(id.clone()).await else {
                        continue;
                    };
                    let leaves = leaves.into_iter().map(|leaf| leaf.id).collect();
                    let choice = crate::ConflictChoice {
                        title: "r".into(),
                        body: "resolved".into(),
                        ..crate::ConflictChoice::default()
                    };
                    let outcome = store
                        .resolve_conflict(id.clone(), leaves, choice, NOW)
                        .await
                        .unwrap();
                    if let crate::ConflictOutcome::Decided(decision) = outcome
                        && n % 2 == 0
                    {
                        store
                            .reopen_conflicts(vec![(id, decision)], NOW)
                            .await
                            .unwrap();
                    }
                }
            }
            Step::Push => {
                // What was once offered comes again unchanged; its place in the journal may not.
                let offered = async || {
                    let mut offered = self.home.outgoing().await.revisions;
                    offered.sort_by_key(|sent| (sent.id.clone(), sent.revision.clone()));
                    offered
                };
                assert_eq!(offered().await, offered().await);
                self.home.push().await;
                assert_eq!(self.home.outgoing().await.revisions, []);
            }
            Step::Restart => {
                drop(store);
                self.home = self.home.reopened();
            }
        }
        self
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_lists_counts_and_search_agree_with_the_documents(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        runtime.block_on(async {
            let mut world = World {
                home: Home::new(),
                elsewhere: Elsewhere::default(),
                tags: Vec::new(),
                notebooks: Vec::new(),
                notes: Vec::new(),
            };
            for step in steps {
                world = world.take(step).await;
            }
            world.home.assert_sound().await;
            let sidebar = world.home.store.sidebar().await.unwrap();
            for (scope, count) in [
                (Scope::All, sidebar.all),
                (Scope::Trash, sidebar.trash),
                (Scope::Pinned, sidebar.pinned),
                (Scope::Conflicts, sidebar.conflicts),
            ] {
                assert_eq!(world.home.titles(scope, "").await.len(), count as usize);
            }
            for notebook in sidebar.notebooks {
                let scope = Scope::Notebook { id: notebook.id, deep: true };
                assert_eq!(world.home.titles(scope, "").await.len(), notebook.notes_deep as usize);
            }
            for tag in sidebar.tags {
                let scope = Scope::Tag(tag.id);
                assert_eq!(world.home.titles(scope, "").await.len(), tag.notes as usize);
            }
        });
    }
}
