//! Attachments as documents (`file:` and `sheaf-file:`), their bytes under the one CouchDB
//! attachment named `index`.

use crate::{Body, Kind, Millis, note::read};

/// The only attachment name the shared schema knows.
pub const ATTACHMENT_NAME: &str = "index";

/// What the shared schema allows in a `file:` document; everything else is a `sheaf-file:`.
pub const SHARED_CONTENT_TYPES: [&str; 7] = [
    "image/png",
    "image/jpeg",
    "image/jpg",
    "image/svg+xml",
    "image/gif",
    "image/heic",
    "image/heif",
];

/// Largest `file:` the shared schema allows, in bytes.
pub const SHARED_MAX_BYTES: u64 = 10_485_760;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub content_type: String,
    pub content_length: u64,
    pub created_at: Millis,
    /// Lower-case hexadecimal MD5 of the plain bytes.
    pub md5: Option<String>,
}

impl File {
    pub fn read(body: &Body) -> Self {
        Self {
            name: read::text(body, "name").unwrap_or_default().to_owned(),
            content_type: read::text(body, "contentType")
                .unwrap_or("application/octet-stream")
                .to_owned(),
            content_length: body
                .get("contentLength")
                .and_then(serde_json::Value::as_u64)
                .unwrap_or(0),
            created_at: read::millis(body, "createdAt").unwrap_or(0),
            md5: read::text(body, "md5digest").map(str::to_owned),
        }
    }

    /// A complete document for a new attachment, `_attachments` excepted.
    pub fn to_body(&self) -> Body {
        let mut body = Body::new();
        body.insert("name".into(), self.name.clone().into());
        body.insert("createdAt".into(), self.created_at.into());
        body.insert("contentType".into(), self.content_type.clone().into());
        body.insert("contentLength".into(), self.content_length.into());
        body.insert("publicIn".into(), serde_json::Value::Array(Vec::new()));
        if let Some(md5) = &self.md5 {
            body.insert("md5digest".into(), md5.clone().into());
        }
        body
    }

    /// Which kind of document an attachment of this type and size has to be.
    pub fn kind_for(content_type: &str, bytes: u64) -> Kind {
        let shared = SHARED_CONTENT_TYPES.contains(&content_type) && bytes <= SHARED_MAX_BYTES;
        if shared { Kind::File } else { Kind::SheafFile }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_images_of_the_shared_schema_travel_as_file_documents() {
        assert_eq!(File::kind_for("image/png", 10), Kind::File);
        assert_eq!(
            File::kind_for("image/png", SHARED_MAX_BYTES + 1),
            Kind::SheafFile
        );
        assert_eq!(File::kind_for("application/pdf", 10), Kind::SheafFile);
    }
}
