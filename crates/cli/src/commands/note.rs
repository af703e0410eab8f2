//! `sheaf note` and lists of notes.

use std::fmt::Write as _;

use sheaf_ipc::{
    ChangeTags, CreateNote, ListNotes, MoveNotes, NoteDetail, NotePage, NoteRef, NoteRefs,
    NoteStatus, NoteSummary, Place, RestoreNotes, Scope, SetPinned, SetStatus, Sidebar, Sort,
    Touched, UpdateNote, UpdateOutcome,
};

use super::Session;
use crate::{
    args::{ListOptions, NoteCommand},
    failure::Failure,
    input, names,
    print::{ago, count, shorten, table, warn},
};

/// Columns of a title in a list.
const TITLE: usize = 48;
/// How often an edit is made anew on top of somebody else's.
const ATTEMPTS: u32 = 8;

impl Session {
    pub(super) async fn note(&self, command: &NoteCommand) -> Result<(), Failure> {
        let door = &self.door;
        match command {
            NoteCommand::New {
                title,
                notebook,
                tags,
                status,
                body_file,
            } => {
                let request = CreateNote {
                    notebook: match notebook {
                        Some(name) => Some(names::notebook(door, name).await?),
                        None => None,
                    },
                    title: title.clone(),
                    body: body_file
                        .as_deref()
                        .map(input::text)
                        .transpose()?
                        .unwrap_or_default(),
                    tags: names::tags_or_new(door, tags).await?,
                    status: (*status).into(),
                };
                let note: NoteDetail = door.call("create_note", request).await?;
                self.print
                    .answer(&note, || format!("{}\n", note.summary.id))
            }
            NoteCommand::List(options) => self.list(self.list_request(options).await?).await,
            NoteCommand::Show { id } => self.show(id).await,
            NoteCommand::Edit {
                id,
                title,
                body_file,
            } => {
                let body = body_file.as_deref().map(input::text).transpose()?;
                let note = self
                    .edit(&names::note(id), |_| (title.clone(), body.clone()))
                    .await?;
                self.print.answer(&note, || "Saved.\n".to_owned())
            }
            NoteCommand::Move { ids, notebook } => {
                let notebook = names::notebook(door, notebook).await?;
                let request = MoveNotes {
                    ids: names::notes(ids),
                    notebook,
                };
                self.touched("move_notes", request, "Moved").await
            }
            NoteCommand::Tag { ids, add, remove } => {
                let add = names::tags_or_new(door, add).await?;
                let mut gone = Vec::with_capacity(remove.len());
                for name in remove {
                    gone.push(names::tag(door, name).await?);
                }
                let request = ChangeTags {
                    ids: names::notes(ids),
                    add,
                    remove: gone,
                };
                self.touched("change_tags", request, "Tagged").await
            }
            NoteCommand::Status { ids, status } => {
                let request = SetStatus {
                    ids: names::notes(ids),
                    status: (*status).into(),
                };
                self.touched("set_status", request, "Changed").await
            }
            NoteCommand::Pin { ids, off } => {
                let request = SetPinned {
                    ids: names::notes(ids),
                    pinned: !off,
                };
                self.touched(
                    "set_pinned",
                    request,
                    if *off { "Unpinned" } else { "Pinned" },
                )
                .await
            }
            NoteCommand::Delete { ids, forever } => {
                let request = NoteRefs {
                    ids: names::notes(ids),
                };
                if *forever {
                    self.touched("delete_notes", request, "Deleted for good")
                        .await
                } else {
                    self.touched("trash_notes", request, "Moved to the trash")
                        .await
                }
            }
            NoteCommand::Restore {
                ids,
                snapshot: Some(snapshot),
                copy,
                ..
            } => self.restore_version(ids, snapshot, *copy).await,
            NoteCommand::History { id, snapshot } => self.history(id, snapshot.as_deref()).await,
            NoteCommand::Deleted { forget } => self.deleted(forget).await,
            NoteCommand::Restore { ids, notebook, .. } => {
                let notebook = match notebook {
                    Some(name) => Some(names::notebook(door, name).await?),
                    None => None,
                };
                let request = RestoreNotes {
                    ids: names::notes(ids),
                    notebook,
                };
                self.touched("restore_notes", request, "Restored").await
            }
        }
    }

    /// After a large pull words are indexed while there is nothing else to do; a script must not
    /// get half an answer because of that. Every search indexes some, so asking again gets on.
    pub(super) async fn search(&self, request: ListNotes) -> Result<(), Failure> {
        let mut page: NotePage = self.door.call("list_notes", request.clone()).await?;
        while page.not_searched > 0 {
            let next: NotePage = self.door.call("list_notes", request.clone()).await?;
            let got_on = next.not_searched < page.not_searched;
            page = next;
            if !got_on {
                let notes = count(page.not_searched, "note", "notes");
                warn(&format!("{notes} could not be searched yet."));
                break;
            }
        }
        self.print_page(&page).await
    }

    pub(super) async fn list(&self, request: ListNotes) -> Result<(), Failure> {
        let page: NotePage = self.door.call("list_notes", request).await?;
        self.print_page(&page).await
    }

    async fn print_page(&self, page: &NotePage) -> Result<(), Failure> {
        let sidebar = self.sidebar_for_people().await?;
        self.print.answer(page, || {
            sidebar.map_or_else(String::new, |s| self.page(page, &s))
        })
    }

    /// Saves on top of whatever the note says now; made anew when it changed meanwhile.
    pub(super) async fn edit(
        &self,
        id: &str,
        change: impl Fn(&NoteDetail) -> (Option<String>, Option<String>),
    ) -> Result<NoteDetail, Failure> {
        let note = |id: &str| NoteRef { id: id.to_owned() };
        let mut current: NoteDetail = self.door.call("get_note", note(id)).await?;
        for _ in 0..ATTEMPTS {
            let (title, body) = change(&current);
            let request = UpdateNote {
                id: id.to_owned(),
                base: current.version.clone(),
                title,
                body,
            };
            match self.door.call("update_note", request).await? {
                UpdateOutcome::Saved { .. } => {
                    return Ok(self.door.call("get_note", note(id)).await?);
                }
                UpdateOutcome::Stale { current: newer } => current = *newer,
            }
        }
        Err(Failure::Stale(format!("{id} is being edited elsewhere.")))
    }

    /// Names of notebooks, where they will be shown.
    async fn sidebar_for_people(&self) -> Result<Option<Sidebar>, Failure> {
        if self.print.json {
            return Ok(None);
        }
        Ok(Some(names::sidebar(&self.door).await?))
    }

    async fn show(&self, id: &str) -> Result<(), Failure> {
        let request = NoteRef {
            id: names::note(id),
        };
        let note: NoteDetail = self.door.call("get_note", request).await?;
        let sidebar = self.sidebar_for_people().await?;
        self.print.answer(&note, || {
            let place = sidebar.map_or_else(String::new, |s| place(&note.summary, &s));
            let title = title(&note.summary.title);
            let end = if note.body.ends_with('\n') { "" } else { "\n" };
            format!(
                "{title}\n{place} · {}\n\n{}{end}",
                ago(note.summary.updated_at, self.now),
                note.body
            )
        })
    }

    /// A bulk command whose answer is how many notes it touched.
    pub(super) async fn touched(
        &self,
        command: &str,
        request: impl serde::Serialize,
        verb: &str,
    ) -> Result<(), Failure> {
        let touched: Touched = self.door.call(command, request).await?;
        self.print.answer(&touched, || {
            format!("{verb}: {}.\n", count(touched.notes, "note", "notes"))
        })
    }

    async fn list_request(&self, options: &ListOptions) -> Result<ListNotes, Failure> {
        let scope = if let Some(name) = &options.notebook {
            Scope::Notebook {
                id: names::notebook(&self.door, name).await?,
                deep: options.deep,
            }
        } else if let Some(name) = &options.tag {
            Scope::Tag {
                id: names::tag(&self.door, name).await?,
            }
        } else if let Some(status) = options.status {
            Scope::Status {
                status: status.into(),
            }
        } else if options.pinned {
            Scope::Pinned
        } else if options.conflicts {
            Scope::Conflicts
        } else if options.trash {
            Scope::Trash
        } else {
            Scope::All
        };
        Ok(ListNotes {
            scope,
            search: String::new(),
            sort: Sort {
                key: options.sort.into(),
                ascending: options.ascending,
            },
            within: None,
            offset: options.offset,
            limit: options.limit,
        })
    }

    fn page(&self, page: &NotePage, sidebar: &Sidebar) -> String {
        if page.items.is_empty() {
            return "No notes here.\n".to_owned();
        }
        let row = |note: &NoteSummary| {
            [
                note.id.clone(),
                shorten(&title(&note.title), TITLE),
                place(note, sidebar),
                ago(note.updated_at, self.now),
                marks(note),
            ]
        };
        let rows: Vec<_> = page.items.iter().map(row).collect();
        let mut text = table(&rows);
        let shown = page.items.len() as u32;
        if !page.total_is_exact || page.total > shown {
            let more = if page.total_is_exact { "" } else { "at least " };
            let _ = writeln!(
                text,
                "{shown} of {more}{}",
                count(page.total, "note", "notes")
            );
        }
        text
    }
}

pub(super) fn title(title: &str) -> String {
    if title.trim().is_empty() {
        "Untitled".to_owned()
    } else {
        title.replace(['\n', '\r'], " ")
    }
}

fn place(note: &NoteSummary, sidebar: &Sidebar) -> String {
    match &note.place {
        Place::Trash => "Trash".to_owned(),
        Place::Template => "Templates".to_owned(),
        Place::Notebook { id } => {
            let row = sidebar.notebooks.iter().find(|row| row.id == *id);
            row.map_or_else(|| id.clone(), |row| row.name.clone())
        }
    }
}

fn marks(note: &NoteSummary) -> String {
    let mut marks = Vec::new();
    if note.conflicted {
        marks.push("conflicted");
    }
    if note.pinned {
        marks.push("pinned");
    }
    if note.held_back.is_some() {
        marks.push("stays here");
    }
    marks.extend(match note.status {
        NoteStatus::None => None,
        NoteStatus::Active => Some("active"),
        NoteStatus::OnHold => Some("on hold"),
        NoteStatus::Completed => Some("completed"),
        NoteStatus::Dropped => Some("dropped"),
    });
    marks.join(", ")
}
