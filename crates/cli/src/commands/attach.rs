//! `sheaf attach`.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sheaf_ipc::{AddAttachment, AddedAttachment};

use super::Session;
use crate::{args::AttachCommand, failure::Failure, input, names};

impl Session {
    pub(super) async fn attach(&self, command: &AttachCommand) -> Result<(), Failure> {
        let AttachCommand::Add { file, note } = command;
        let name = match file.file_name() {
            Some(name) if file != Path::new("-") => name.to_string_lossy().into_owned(),
            _ => "attachment".to_owned(),
        };
        let request = AddAttachment {
            name,
            content_type: String::new(),
            base64: STANDARD.encode(input::bytes(file)?),
        };
        let added: AddedAttachment = self.door.call("add_attachment", request).await?;
        if let Some(id) = note {
            let append = |body: &str| {
                let gap = if body.is_empty() { "" } else { "\n\n" };
                format!("{}{gap}{}\n", body.trim_end(), added.markdown)
            };
            self.edit(&names::note(id), |note| (None, Some(append(&note.body))))
                .await?;
        }
        self.print
            .answer(&added, || format!("{}\n", added.markdown))
    }
}
