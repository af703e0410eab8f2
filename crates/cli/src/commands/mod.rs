//! What each command does: one file per group, each a few calls through the door and a way to tell
//! the answer.

mod account;
mod activity;
mod attach;
mod conflict;
mod doctor;
mod history;
mod items_file;
mod link;
mod note;
mod notebook;
mod proxy;
mod quick_note;
mod render;
mod server;
mod sides;
mod store;
mod sync;
mod tag;
mod target;
mod vault;

use sheaf_ipc::ListNotes;

use crate::{
    args::{Command, FileFormat, Options},
    door::Door,
    failure::Failure,
    print::Printer,
};

/// An open door and how to tell answers.
pub(crate) struct Session {
    door: Door,
    print: Printer,
    /// Milliseconds since the Unix epoch, for "3 min ago".
    now: i64,
}

pub(crate) async fn run(options: &Options) -> Result<(), Failure> {
    let print = Printer { json: options.json };
    match &options.command {
        // Neither needs notes that open.
        Command::Render {
            file,
            remote_images,
        } => {
            return render::run(print, file, *remote_images);
        }
        Command::Rescue { dir } => return store::rescue(options, print, dir).await,
        // The window has the notes, or will.
        Command::QuickNote => return quick_note::run(options, print).await,
        _ => {}
    }
    let door = Door::open(options).await?;
    let now = sheaf_engine::Clock::now(&sheaf_engine::SystemClock);
    let session = Session { door, print, now };
    let outcome = session.run(&options.command).await;
    session.door.close().await;
    outcome
}

impl Session {
    async fn run(&self, command: &Command) -> Result<(), Failure> {
        match command {
            Command::Note(command) => self.note(command).await,
            Command::Notebook(command) => self.notebook(command).await,
            Command::Tag(command) => self.tag(command).await,
            Command::Search {
                query,
                limit,
                offset,
            } => {
                let list = ListNotes {
                    search: query.join(" "),
                    sort: sheaf_ipc::Sort {
                        key: sheaf_ipc::SortKey::Relevance,
                        ascending: false,
                    },
                    limit: *limit,
                    offset: *offset,
                    ..ListNotes::default()
                };
                self.search(list).await
            }
            Command::Sync(command) => Box::pin(self.sync(command)).await,
            Command::Doctor(options) => Box::pin(self.doctor(options)).await,
            Command::Support { hide_names } => self.support(*hide_names).await,
            Command::Conflict(command) => Box::pin(self.conflict(command)).await,
            Command::Attach(command) => self.attach(command).await,
            Command::Export {
                file,
                format: FileFormat::StandardNotes,
            } => self.export(file).await,
            Command::Import {
                file,
                format: FileFormat::StandardNotes,
            } => self.import(file).await,
            Command::Verify => self.verify().await,
            Command::Render { .. } | Command::Rescue { .. } | Command::QuickNote => Ok(()),
        }
    }
}
