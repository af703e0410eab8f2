//! Tokens: `1:<session uuid>:<random>`. Only the SHA-256 of the random part is kept.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{edge::Edge, sync::is_uuid};

/// A token taken apart. No `Debug`: it opens the account.
pub(super) struct Token {
    pub(super) session: String,
    secret_hash: [u8; 32],
}

impl Token {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (session, secret) = text.strip_prefix("1:")?.split_once(':')?;
        is_uuid(session).then(|| Self {
            session: session.to_owned(),
            secret_hash: Sha256::digest(secret).into(),
        })
    }

    /// In constant time.
    pub(super) fn matches(&self, kept: &[u8; 32]) -> bool {
        self.secret_hash.ct_eq(kept).into()
    }
}

/// A new token of a session and what is kept of it.
pub(super) fn issue(edge: &Edge, session: &str) -> (String, [u8; 32]) {
    let secret = URL_SAFE_NO_PAD.encode(edge.random::<32>());
    (
        format!("1:{session}:{secret}"),
        Sha256::digest(&secret).into(),
    )
}
