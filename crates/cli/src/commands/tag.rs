//! `sheaf tag`.

use sheaf_ipc::{CreateTag, Id, Rename, SetTagColor, TagRow, Touched};

use super::Session;
use crate::{
    args::TagCommand,
    failure::Failure,
    names,
    print::{count, table},
};

impl Session {
    pub(super) async fn tag(&self, command: &TagCommand) -> Result<(), Failure> {
        let door = &self.door;
        match command {
            TagCommand::New { name, color } => {
                let request = CreateTag {
                    name: name.clone(),
                    color: (*color).into(),
                };
                let row: TagRow = door.call("create_tag", request).await?;
                self.print.answer(&row, || format!("{}\n", row.id))
            }
            TagCommand::List => {
                let rows = names::sidebar(door).await?.tags;
                self.print.answer(&rows, || list(&rows))
            }
            TagCommand::Rename { tag, name } => {
                let id = names::tag(door, tag).await?;
                let request = Rename {
                    id: id.clone(),
                    name: name.clone(),
                };
                door.call::<()>("rename_tag", request).await?;
                self.told_tag(&id, "Renamed.\n").await
            }
            TagCommand::Color { tag, color } => {
                let id = names::tag(door, tag).await?;
                let request = SetTagColor {
                    id: id.clone(),
                    color: (*color).into(),
                };
                door.call::<()>("set_tag_color", request).await?;
                self.told_tag(&id, "Coloured.\n").await
            }
            TagCommand::Delete { tag } => {
                let id = names::tag(door, tag).await?;
                let touched: Touched = door.call("delete_tag", Id { id }).await?;
                self.print.answer(&touched, || {
                    format!(
                        "Deleted. Taken off {}.\n",
                        count(touched.notes, "note", "notes")
                    )
                })
            }
        }
    }

    /// The tag as it is now for programs, a word for people.
    async fn told_tag(&self, id: &str, word: &str) -> Result<(), Failure> {
        let rows = names::sidebar(&self.door).await?.tags;
        let row = rows.into_iter().find(|row| row.id == id);
        self.print.answer(&row, || word.to_owned())
    }
}

fn list(rows: &[TagRow]) -> String {
    let row = |row: &TagRow| {
        let color = format!("{:?}", row.color).to_lowercase();
        [
            row.id.clone(),
            row.name.clone(),
            color,
            row.notes.to_string(),
        ]
    };
    table(&rows.iter().map(row).collect::<Vec<_>>())
}
