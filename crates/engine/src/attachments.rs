//! Attachments: what the bytes are, whatever they are called, and how a note refers to them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sheaf_ipc::{AddAttachment, AddedAttachment, ApiError, ErrorCode};
use sheaf_model::DocId;
use sheaf_store::{NewAttachment, StoreError};

use crate::{Engine, convert, media_type};

/// What the shell sends to an `<img>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentBytes {
    pub content_type: String,
    pub bytes: Vec<u8>,
}

impl Engine {
    /// The bytes of an attachment. `None`: there is no such attachment here (yet).
    pub async fn attachment(&self, id: &DocId) -> Result<Option<AttachmentBytes>, StoreError> {
        let found = async {
            let row = self.store().attachment(id.clone()).await?;
            let bytes = self.store().read_attachment(id.clone()).await?;
            Ok(AttachmentBytes {
                content_type: row.content_type,
                bytes,
            })
        };
        match found.await {
            Ok(attachment) => Ok(Some(attachment)),
            Err(StoreError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn add(&self, request: AddAttachment) -> Result<AddedAttachment, ApiError> {
        let bytes = STANDARD
            .decode(request.base64.as_bytes())
            .map_err(|error| ApiError::new(ErrorCode::Invalid).with_detail(error.to_string()))?;
        let content_type = media_type::of(&bytes, &request.content_type);
        let name = file_name(&request.name);
        let attachment = NewAttachment {
            name,
            content_type,
            bytes,
        };
        let (id, now) = (self.surroundings().id(), self.now());
        let row = self
            .store()
            .add_attachment(attachment, id, now)
            .await
            .map_err(convert::store_error)?;
        Ok(AddedAttachment {
            markdown: reference(&row.id, &row.name, &row.content_type),
            id: row.id.into(),
            name: row.name,
            content_type: row.content_type,
        })
    }
}

/// The last part of a path, not longer than the shared schema allows, never empty.
fn file_name(name: &str) -> String {
    const MAX_CHARS: usize = 128;
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_CHARS)
        .collect();
    if name.trim().is_empty() {
        "attachment".to_owned()
    } else {
        name
    }
}

fn reference(id: &DocId, name: &str, content_type: &str) -> String {
    let mark = if content_type.starts_with("image/") {
        "!"
    } else {
        ""
    };
    let mut label = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '[' | ']' | '\\' | '`' | '<' | '*' | '_') {
            label.push('\\');
        }
        label.push(c);
    }
    format!("{mark}[{label}](inkdrop://{id})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_shown_and_other_files_are_linked() {
        let file = DocId::parse("file:a").unwrap();
        let other = DocId::parse("sheaf-file:b").unwrap();
        assert_eq!(
            reference(&file, "a [1].png", "image/png"),
            "![a \\[1\\].png](inkdrop://file:a)"
        );
        assert_eq!(
            reference(&other, "b.pdf", "application/pdf"),
            "[b.pdf](inkdrop://sheaf-file:b)"
        );
    }

    #[test]
    fn a_reference_is_one_that_the_store_counts() {
        let id = DocId::parse("file:a-_1").unwrap();
        let text = reference(&id, "x", "image/png");
        assert_eq!(sheaf_markdown::attachment_ids(&text), ["file:a-_1"]);
    }

    #[test]
    fn names_lose_their_path_and_their_control_characters() {
        assert_eq!(file_name("C:\\pictures\\a.png"), "a.png");
        assert_eq!(file_name("/home/anna/a\n.png"), "a.png");
        assert_eq!(file_name("../"), "attachment");
        assert_eq!(file_name(&"x".repeat(300)).len(), 128);
    }
}
