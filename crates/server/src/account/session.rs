//! Sessions: they expire, rotate, and can be ended from elsewhere.

use sheaf_protocol::{Micros, SessionPair, SessionRow};

use super::{
    AccountError, Accounts,
    token::{Token, issue},
};
use crate::storage::{Session, Storage, User};

/// How long the pair before a refresh still refreshes although the new one has been used: requests
/// of one device cross each other.
const REFRESH_GRACE: i64 = 60 * 1_000_000;

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Device {
    /// For delays after failures, never stored.
    pub address: String,
    pub user_agent: String,
    pub api: String,
    pub ephemeral: bool,
    /// Older clients know one token and cannot refresh it.
    pub single_token: bool,
}

/// A session's tokens, once.
pub struct Pair {
    pub access: String,
    pub refresh: String,
    pub access_expires: Micros,
    pub refresh_expires: Micros,
}

impl Pair {
    pub fn to_wire(&self) -> SessionPair {
        SessionPair {
            access_token: self.access.clone(),
            refresh_token: self.refresh.clone(),
            access_expiration: self.access_expires.0.div_euclid(1000),
            refresh_expiration: self.refresh_expires.0.div_euclid(1000),
            readonly_access: false,
        }
    }
}

/// Somebody who has just signed in.
pub struct Signed {
    pub user: User,
    pub pair: Pair,
}

impl Session {
    /// Whether the pair before the last refresh is still good.
    fn forgives(&self, now: Micros) -> bool {
        !self.confirmed || now.0 - self.refreshed_at.0 <= REFRESH_GRACE
    }
}

/// What a device says about itself, shown again in the list of sessions.
fn plain(text: &str, longest: usize) -> String {
    let visible = text.chars().filter(|c| !c.is_control());
    visible.take(longest).collect()
}

fn matches(token: &Token, kept: Option<&[u8; 32]>) -> bool {
    kept.is_some_and(|kept| token.matches(kept))
}

impl<S: Storage> Accounts<S> {
    pub(super) async fn begin_session(
        &self,
        user: User,
        device: Device,
    ) -> Result<Signed, AccountError> {
        let now = self.edge.now();
        let id = self.edge.uuid();
        let (access, access_hash) = issue(&self.edge, &id);
        let (refresh, refresh_hash) = issue(&self.edge, &id);
        let lives = self.settings.lives;
        let (access_life, refresh_life) = match (device.ephemeral, device.single_token) {
            (true, _) => (lives.ephemeral, lives.ephemeral),
            (false, true) => (lives.refresh, lives.refresh),
            (false, false) => (lives.access, lives.refresh),
        };
        let session = Session {
            id,
            user: user.id.clone(),
            access_hash,
            refresh_hash,
            previous_access_hash: None,
            previous_refresh_hash: None,
            confirmed: true,
            access_expires: Micros(now.0 + access_life.micros()),
            refresh_expires: Micros(now.0 + refresh_life.micros()),
            refreshed_at: now,
            created_at: now,
            user_agent: plain(&device.user_agent, 255),
            api: plain(&device.api, 32),
            revoked: false,
        };
        let pair = Pair {
            access,
            refresh,
            access_expires: session.access_expires,
            refresh_expires: session.refresh_expires,
        };
        self.storage.put_session(session).await?;
        Ok(Signed { user, pair })
    }

    /// Who an access token is.
    pub async fn session(&self, access_token: &str) -> Result<(User, Session), AccountError> {
        let token = Token::parse(access_token).ok_or(AccountError::InvalidSession)?;
        let found = self.storage.session_and_user(&token.session).await?;
        let (session, user) = found.ok_or(AccountError::InvalidSession)?;
        let current = token.matches(&session.access_hash);
        let previous = matches(&token, session.previous_access_hash.as_ref());
        if !current && !previous {
            return Err(AccountError::InvalidSession);
        }
        if session.revoked {
            return Err(AccountError::Revoked);
        }
        let now = self.edge.now();
        if previous {
            // Its answer to a refresh may have been lost: told to refresh again it gets a new pair.
            return Err(if session.forgives(now) {
                AccountError::Expired
            } else {
                AccountError::InvalidSession
            });
        }
        // A client that is told to refresh, while it cannot any more, tries for ever.
        if user.disabled || session.refresh_expires < now {
            return Err(AccountError::InvalidSession);
        }
        if session.access_expires < now {
            return Err(AccountError::Expired);
        }
        if !session.confirmed {
            self.storage
                .confirm_session(&session.id, session.access_hash)
                .await?;
        }
        Ok((user, session))
    }

    /// Whether a session that was good has not been ended since.
    pub async fn still_signed_in(&self, session: &str) -> Result<(), AccountError> {
        match self.storage.session_and_user(session).await? {
            Some((session, user)) if !session.revoked && !user.disabled => Ok(()),
            _ => Err(AccountError::InvalidSession),
        }
    }

    /// A new pair for an old one. A refresh token that was used before, when the pair it was
    /// exchanged for has been used too and the moment of grace is over, means that two parties hold
    /// it: the session ends for both.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Pair, AccountError> {
        let token = Token::parse(refresh_token).ok_or(AccountError::InvalidRefresh)?;
        let found = self.storage.session_and_user(&token.session).await?;
        let (session, _) = found
            .filter(|(session, user)| !session.revoked && !user.disabled)
            .ok_or(AccountError::InvalidRefresh)?;
        let now = self.edge.now();
        let current = token.matches(&session.refresh_hash);
        let previous = matches(&token, session.previous_refresh_hash.as_ref());
        if previous && !session.forgives(now) {
            self.storage.end_session(&session.user, &session.id).await?;
            return Err(AccountError::InvalidRefresh);
        }
        if !current && !previous {
            return Err(AccountError::InvalidRefresh);
        }
        if session.refresh_expires < now {
            return Err(AccountError::ExpiredRefresh);
        }
        self.rotate(session, now, current).await
    }

    async fn rotate(
        &self,
        session: Session,
        now: Micros,
        current: bool,
    ) -> Result<Pair, AccountError> {
        let (access, access_hash) = issue(&self.edge, &session.id);
        let (refresh, refresh_hash) = issue(&self.edge, &session.id);
        let next = Session {
            access_hash,
            refresh_hash,
            // Used again, the pair before stays the one that is forgiven.
            previous_access_hash: if current {
                Some(session.access_hash)
            } else {
                session.previous_access_hash
            },
            previous_refresh_hash: if current {
                Some(session.refresh_hash)
            } else {
                session.previous_refresh_hash
            },
            confirmed: false,
            access_expires: Micros(now.0 + self.settings.lives.access.micros()),
            refresh_expires: Micros(now.0 + self.settings.lives.refresh.micros()),
            refreshed_at: if current { now } else { session.refreshed_at },
            ..session.clone()
        };
        let pair = Pair {
            access,
            refresh,
            access_expires: next.access_expires,
            refresh_expires: next.refresh_expires,
        };
        if !self.storage.rotate_session(&session, next).await? {
            return Err(AccountError::InvalidRefresh);
        }
        Ok(pair)
    }

    pub async fn session_rows(
        &self,
        user: &User,
        current: &str,
    ) -> Result<Vec<SessionRow>, AccountError> {
        let sessions = self.storage.sessions(&user.id).await?;
        Ok(sessions
            .into_iter()
            .map(|session| SessionRow {
                current: session.id == current,
                uuid: session.id,
                device_info: session.user_agent,
                api_version: session.api,
                created_at: session.created_at.to_iso(),
                updated_at: session.refreshed_at.to_iso(),
            })
            .collect())
    }

    /// Signs out.
    pub async fn end_session(&self, user: &User, id: &str) -> Result<bool, AccountError> {
        Ok(self.storage.end_session(&user.id, id).await?)
    }

    /// Ends another device's session; it is told so, and its app removes what it keeps there.
    pub async fn revoke_session(&self, user: &User, id: &str) -> Result<bool, AccountError> {
        Ok(self.storage.revoke_session(&user.id, id).await?)
    }

    pub async fn revoke_other_sessions(&self, user: &User, keep: &str) -> Result<(), AccountError> {
        Ok(self.storage.revoke_other_sessions(&user.id, keep).await?)
    }
}
