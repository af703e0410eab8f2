//! Positions in an account's history. Opaque to clients; inside, a counter that grows by one with
//! every saved item of the account. Time never enters: a server whose tokens are times can skip
//! an item for ever when two devices save at once.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Everything up to and including this commit is known to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct SyncToken(pub u64);

/// A page of a longer answer ends here. `first_sync_until` is the newest commit at the beginning
/// of a first sync: items up to it that were deleted are left out, and its items keys came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CursorToken {
    pub after: u64,
    pub first_sync_until: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token of this server")]
pub struct TokenError;

const VERSION: &str = "3";

impl SyncToken {
    pub fn encode(self) -> String {
        STANDARD.encode(format!("{VERSION}:{}", self.0))
    }

    pub fn decode(text: &str) -> Result<Self, TokenError> {
        match fields(text)?.as_slice() {
            [after] => Ok(Self(*after)),
            _ => Err(TokenError),
        }
    }
}

impl CursorToken {
    pub fn encode(self) -> String {
        let until = self
            .first_sync_until
            .map(|until| format!(":{until}"))
            .unwrap_or_default();
        STANDARD.encode(format!("{VERSION}c:{}{until}", self.after))
    }

    pub fn decode(text: &str) -> Result<Self, TokenError> {
        match fields(text)?.as_slice() {
            [after] => Ok(Self {
                after: *after,
                first_sync_until: None,
            }),
            [after, until] => Ok(Self {
                after: *after,
                first_sync_until: Some(*until),
            }),
            _ => Err(TokenError),
        }
    }
}

fn fields(text: &str) -> Result<Vec<u64>, TokenError> {
    // A reference server's tokens end with a newline, and clients hand back what they were given.
    let bytes = STANDARD.decode(text.trim()).map_err(|_| TokenError)?;
    let text = String::from_utf8(bytes).map_err(|_| TokenError)?;
    let (version, rest) = text.split_once(':').ok_or(TokenError)?;
    if version.trim_end_matches('c') != VERSION {
        return Err(TokenError);
    }
    rest.split(':')
        .map(|field| field.parse().map_err(|_| TokenError))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_encoded_decodes(after in any::<u64>(), until in any::<Option<u64>>()) {
            let cursor = CursorToken { after, first_sync_until: until };
            prop_assert_eq!(CursorToken::decode(&cursor.encode()), Ok(cursor));
            prop_assert_eq!(SyncToken::decode(&SyncToken(after).encode()), Ok(SyncToken(after)));
        }

        #[test]
        fn anything_else_is_refused_without_panic(text in "\\PC{0,40}") {
            let _ = SyncToken::decode(&text);
            let _ = CursorToken::decode(&text);
        }
    }

    #[test]
    fn tokens_of_other_servers_are_refused() {
        // Another server behind the same address: the client must start over, not skip.
        for text in ["2:1622494310.383", "1:5", "", "3:", "3:-1", "3:1:2:3"] {
            assert_eq!(
                SyncToken::decode(&STANDARD.encode(text)),
                Err(TokenError),
                "{text}"
            );
        }
    }
}
