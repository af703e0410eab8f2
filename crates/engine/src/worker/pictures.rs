//! A picture from the web, fetched the way sync goes: the same proxy, the same trust, no credentials.

use std::time::Duration;

use sheaf_net::{Deadlines, Method, Url, header};

use super::Worker;
use crate::pictures::{MOST_BYTES, NoPicture};

/// Hosts of pictures lead elsewhere once or twice; more is a circle.
const REDIRECTS: usize = 5;
/// Nobody waits longer for a picture.
const PATIENCE: Deadlines = Deadlines {
    connect: Duration::from_secs(10),
    first_byte: Duration::from_secs(20),
    idle: Duration::from_secs(20),
};

/// What a server said of its picture, and the picture.
pub(crate) struct Fetched {
    pub content_type: String,
    pub bytes: Vec<u8>,
}

impl Worker {
    /// Follows redirects as long as `allowed` takes the next address.
    pub(crate) async fn fetch_picture(
        &self,
        address: &str,
        allowed: impl Fn(&str) -> Option<Url>,
    ) -> Result<Fetched, NoPicture> {
        let network = &self.shared.network;
        let client = network
            .client()
            .map_err(|error| NoPicture::Client(Box::new(error)))?;
        let _turn = network
            .turn_for_a_picture()
            .await
            .map_err(|_| NoPicture::Closing)?;
        let mut url = allowed(address).ok_or(NoPicture::Forbidden)?;
        for _ in 0..=REDIRECTS {
            let reply = client
                .request(Method::GET, url.clone())
                .header(header::ACCEPT, "image/*")
                .deadlines(PATIENCE)
                .redirects_are_answers()
                .send()
                .await?;
            if reply.status().is_success() {
                let content_type = reply.header("content-type").unwrap_or_default().to_owned();
                let bytes = reply.bytes(MOST_BYTES).await?.to_vec();
                return Ok(Fetched {
                    content_type,
                    bytes,
                });
            }
            let location = reply
                .header("location")
                .filter(|_| reply.status().is_redirection());
            let next = location
                .ok_or(NoPicture::Status(reply.status().as_u16()))
                .and_then(|to| url.join(to).map_err(|_| NoPicture::Forbidden))?;
            url = allowed(next.as_str()).ok_or(NoPicture::Forbidden)?;
        }
        Err(NoPicture::Forbidden)
    }
}
