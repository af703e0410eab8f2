//! `sheaf notebook`.

use sheaf_ipc::{
    CreateNotebook, Id, MoveNotebook, NotebookIcon, NotebookRow, Rename, SetNotebookIcon, Touched,
};
use unicode_segmentation::UnicodeSegmentation as _;

use super::Session;
use crate::{
    args::NotebookCommand,
    failure::Failure,
    input, names,
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
            NotebookCommand::Icon {
                notebook,
                svg_file,
                letter,
                ..
            } => {
                let svg = match (svg_file, letter) {
                    (Some(file), _) => Some(drawing(&input::text(file)?)?),
                    (None, Some(letter)) => Some(letter_drawing(letter)?),
                    (None, None) => None,
                };
                let id = names::notebook(door, notebook).await?;
                let request = SetNotebookIcon {
                    id: id.clone(),
                    icon: svg.map(|svg| NotebookIcon::Svg { svg }),
                };
                door.call::<()>("set_notebook_icon", request).await?;
                self.told_notebook(&id, "The icon was changed.\n").await
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

/// Whatever stands before or after the drawing is of no use to those who show it.
fn drawing(text: &str) -> Result<String, Failure> {
    let end = "</svg>";
    let found = text.find("<svg").zip(text.rfind(end));
    match found {
        Some((from, to)) if from < to => Ok(text[from..to + end.len()].to_owned()),
        _ => Err(Failure::Usage("The file holds no SVG drawing.".to_owned())),
    }
}

/// The first that a person would count as one letter, drawn as the window draws it
/// (`ui/src/views/notebook-icons.ts`).
fn letter_drawing(typed: &str) -> Result<String, Failure> {
    let Some(letter) = typed.trim().graphemes(true).next() else {
        return Err(Failure::Usage(
            "Give a letter or an emoji, or take the icon away with --none.".to_owned(),
        ));
    };
    let escaped = letter
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" \
         fill=\"currentColor\"><text x=\"8\" y=\"12.5\" font-family=\"system-ui, sans-serif\" \
         font-size=\"12.5\" font-weight=\"600\" text-anchor=\"middle\">{escaped}</text></svg>"
    ))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_for_its_drawing() {
        let file =
            "\u{feff}<?xml version=\"1.0\"?>\n<!-- by hand -->\n<svg viewBox=\"0 0 1 1\"/>\n";
        assert!(drawing(file).is_err());
        let file = "<?xml version=\"1.0\"?><svg viewBox=\"0 0 1 1\"><path/></svg>\n";
        assert_eq!(
            drawing(file).unwrap(),
            "<svg viewBox=\"0 0 1 1\"><path/></svg>"
        );
        assert!(drawing("plain text").is_err());
    }

    #[test]
    fn a_letter_is_what_a_person_counts_as_one() {
        assert!(letter_drawing(" 👩‍🚀 ").unwrap().contains(">👩‍🚀<"));
        assert!(letter_drawing("Work").unwrap().contains(">W<"));
        assert!(letter_drawing("<b>").unwrap().contains(">&lt;<"));
        assert!(letter_drawing("  ").is_err());
    }
}
