//! Pictures from the web, which a person allowed for a note. The window asks us for them, so that its content policy
//! needs no address but our own, and nothing of a page goes along: no cookie, no referrer, no credentials.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sheaf_net::{ClientError, NetError, Url};

use crate::{AttachmentBytes, Engine, media_type};

/// Longest picture shown; what is larger is no illustration of a note.
pub(crate) const MOST_BYTES: usize = 32 * 1024 * 1024;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum NoPicture {
    /// Not an address of the web that [`sheaf_markdown::url_policy::external_link`] would open, or one that leads to such.
    #[error("the address is not allowed")]
    Forbidden,
    #[error("the server answered with status {0}")]
    Status(u16),
    #[error("what came is not a picture")]
    Other,
    #[error("the connection cannot be set up")]
    Client(#[source] Box<ClientError>),
    #[error(transparent)]
    Net(#[from] NetError),
    #[error("the app is closing")]
    Closing,
}

impl Engine {
    /// A word that nobody can guess. Whoever asks the shell for a picture has to know this run's, so that what a note
    /// brings along asks for none.
    pub fn picture_key(&self) -> String {
        let entropy = [self.surroundings().id(), self.surroundings().id()].concat();
        URL_SAFE_NO_PAD.encode(entropy)
    }

    /// The picture at `address` (`http` or `https`), with the type that its own bytes have.
    pub async fn web_picture(&self, address: &str) -> Result<AttachmentBytes, NoPicture> {
        let fetched = self.worker().fetch_picture(address, allowed).await?;
        let content_type = media_type::of(&fetched.bytes, &fetched.content_type);
        if !content_type.starts_with("image/") {
            return Err(NoPicture::Other);
        }
        Ok(AttachmentBytes {
            content_type,
            bytes: fetched.bytes,
        })
    }
}

/// The rule for links, without mail: one spelling, no credentials, no control characters.
fn allowed(address: &str) -> Option<Url> {
    let url = Url::parse(&sheaf_markdown::url_policy::external_link(address)?).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_of_the_web_are_asked() {
        for address in [
            "https://example.org/a.png",
            "HTTP://example.org:8080/a?b=c#d",
        ] {
            assert!(allowed(address).is_some(), "{address}");
        }
        for address in [
            "file:///etc/passwd",
            "mailto:a@example.org",
            "data:image/png;base64,AAAA",
            "https://user:word@example.org/a.png",
            "sheaf-file://localhost/file:a",
            "//example.org/a.png",
            "a.png",
            "",
        ] {
            assert!(allowed(address).is_none(), "{address}");
        }
    }
}
