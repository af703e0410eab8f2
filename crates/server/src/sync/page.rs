//! Pages: exact positions, nothing twice, nothing skipped, whatever is saved in between.

use sheaf_protocol::{CursorToken, SyncToken, TokenError};

/// Most items on a page, whatever the client asks; the default is what both clients ask for.
const MAX_ITEMS: usize = 1000;
const DEFAULT_ITEMS: usize = 150;

/// Where reading starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub after: u64,
    /// A first sync: deleted items up to this commit are left out, items keys come in front.
    pub first_sync_until: Option<u64>,
    /// The very first page.
    pub beginning: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    pub position: Position,
    pub limit: usize,
}

impl PageRequest {
    /// The cursor wins over the token. `counter` is the account's newest commit; a token from
    /// beyond it (the server was restored from a backup) is refused, so that the client starts
    /// over instead of missing what is saved from now on.
    pub fn new(
        sync_token: Option<&str>,
        cursor_token: Option<&str>,
        limit: Option<i64>,
        counter: u64,
    ) -> Result<Self, TokenError> {
        let present =
            |token: Option<&str>| token.filter(|token| !token.is_empty()).map(str::to_owned);
        let position = if let Some(cursor) = present(cursor_token) {
            let cursor = CursorToken::decode(&cursor)?;
            Position {
                after: cursor.after,
                first_sync_until: cursor.first_sync_until,
                beginning: false,
            }
        } else if let Some(token) = present(sync_token) {
            Position {
                after: SyncToken::decode(&token)?.0,
                first_sync_until: None,
                beginning: false,
            }
        } else {
            Position {
                after: 0,
                first_sync_until: Some(counter),
                beginning: true,
            }
        };
        if position.after > counter {
            return Err(TokenError);
        }
        let limit = limit
            .and_then(|limit| usize::try_from(limit).ok())
            .filter(|limit| *limit > 0);
        Ok(Self {
            position,
            limit: limit.unwrap_or(DEFAULT_ITEMS).min(MAX_ITEMS),
        })
    }
}

/// The tokens of an answer. `last` is the commit of the page's last item when more follow.
///
/// With more to come both tokens name the same place: a client that is interrupted and keeps only
/// one of them loses nothing.
pub fn answer_tokens(
    position: Position,
    last: Option<u64>,
    counter: u64,
) -> (String, Option<String>) {
    match last {
        Some(after) => {
            let cursor = CursorToken {
                after,
                first_sync_until: position.first_sync_until,
            };
            (SyncToken(after).encode(), Some(cursor.encode()))
        }
        None => (SyncToken(counter).encode(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_from_beyond_the_counter_is_refused() {
        let token = SyncToken(9).encode();
        assert!(PageRequest::new(Some(&token), None, None, 8).is_err());
        assert!(PageRequest::new(Some(&token), None, None, 9).is_ok());
    }

    #[test]
    fn the_cursor_wins_and_empty_tokens_are_none() {
        let sync = SyncToken(2).encode();
        let cursor = CursorToken {
            after: 5,
            first_sync_until: Some(7),
        }
        .encode();
        let page = PageRequest::new(Some(&sync), Some(&cursor), Some(150), 9).unwrap();
        assert_eq!(
            (page.position.after, page.position.first_sync_until),
            (5, Some(7))
        );
        assert!(
            PageRequest::new(Some(""), Some(""), None, 9)
                .unwrap()
                .position
                .beginning
        );
    }

    #[test]
    fn limits_are_kept_within_bounds() {
        let limit = |asked| PageRequest::new(None, None, asked, 0).unwrap().limit;
        assert_eq!(
            (limit(None), limit(Some(0)), limit(Some(-1))),
            (150, 150, 150)
        );
        assert_eq!((limit(Some(7)), limit(Some(100_000))), (7, 1000));
    }

    #[test]
    fn an_interrupted_client_that_keeps_only_the_sync_token_skips_nothing() {
        let position = Position {
            after: 0,
            first_sync_until: Some(50),
            beginning: true,
        };
        let (sync, cursor) = answer_tokens(position, Some(30), 50);
        assert_eq!(SyncToken::decode(&sync), Ok(SyncToken(30)));
        assert!(cursor.is_some());
    }
}
