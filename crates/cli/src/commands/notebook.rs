//! `sheaf notebook`.

use sheaf_ipc::{CreateNotebook, Id, MoveNotebook, NotebookRow, Rename, Touched};

use super::Session;
use crate::{
    args::NotebookCommand,
    failure::Failure,
    names,
    print::{count, table},
};

impl Session {
    pub(super) async fn notebook(&self, command: &NotebookCommand) -> Result<(), Failure> {
        let door = &self.door;
        match command {
            NotebookCommand::New { name, parent } => {
                let parent = match parent {
                    Some(parent) => Some(names::notebook(door, parent).await?),
                    None => None,
                };
                let request = CreateNotebook {
                    name: name.clone(),
                    parent,
                };
                let row: NotebookRow = door.call("create_notebook", request).await?;
                self.print.answer(&row, || format!("{}\n", row.id))
            }
            NotebookCommand::List => {
                let rows = names::sidebar(door).await?.notebooks;
                self.print.answer(&rows, || list(&rows))
            }
            NotebookCommand::Rename { notebook, name } => {
                let id = names::notebook(door, notebook).await?;
                let request = Rename {
                    id: id.clone(),
                    name: name.clone(),
                };
                door.call::<()>("rename_notebook", request).await?;
                self.told_notebook(&id, "Renamed.\n").await
            }
            NotebookCommand::Move {
                notebook, parent, ..
            } => {
                let id = names::notebook(door, notebook).await?;
                let parent = match parent {
                    Some(parent) => Some(names::notebook(door, parent).await?),
                    None => None,
                };
                door.call::<()>(
                    "move_notebook",
                    MoveNotebook {
                        id: id.clone(),
                        parent,
                    },
                )
                .await?;
                self.told_notebook(&id, "Moved.\n").await
            }
            NotebookCommand::Delete { notebook } => {
                let id = names::notebook(door, notebook).await?;
                let touched: Touched = door.call("delete_notebook", Id { id }).await?;
                self.print.answer(&touched, || {
                    let notes = count(touched.notes, "note", "notes");
                    format!("Deleted. Moved to the trash: {notes}.\n")
                })
            }
        }
    }

    /// The notebook as it is now for programs, a word for people.
    async fn told_notebook(&self, id: &str, word: &str) -> Result<(), Failure> {
        let rows = names::sidebar(&self.door).await?.notebooks;
        let row = rows.into_iter().find(|row| row.id == id);
        self.print.answer(&row, || word.to_owned())
    }
}

fn list(rows: &[NotebookRow]) -> String {
    let row = |row: &NotebookRow| {
        let indent = "  ".repeat(row.depth as usize);
        [
            row.id.clone(),
            format!("{indent}{}", row.name),
            row.notes_deep.to_string(),
        ]
    };
    table(&rows.iter().map(row).collect::<Vec<_>>())
}
