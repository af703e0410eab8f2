//! Sessions: they expire, rotate, and can be ended from elsewhere.

use sheaf_protocol::{Micros, SessionPair, SessionRow};

use super::{
    AccountError, Accounts,
    token::{Token, issue},
};
use crate::storage::{Session, Storage, User};

const DAY: i64 = 24 * 3_600 * 1_000_000;
const ACCESS_LIFE: i64 = 60 * DAY;
const REFRESH_LIFE: i64 = 365 * DAY;
/// A session that ends with the browser.
const EPHEMERAL_LIFE: i64 = 3 * DAY;
/// How long the pair before a refresh still refreshes: the answer with the new one may be lost.
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
        let (access_life, refresh_life) = match (device.ephemeral, device.single_token) {
            (true, _) => (EPHEMERAL_LIFE, EPHEMERAL_LIFE),
            (false, true) => (REFRESH_LIFE, REFRESH_LIFE),
            (false, false) => (ACCESS_LIFE, REFRESH_LIFE),
        };
        let session = Session {
            id,
            user: user.id.clone(),
            access_hash,
            refresh_hash,
            previous_refresh_hash: None,
            access_expires: Micros(now.0 + access_life),
            refresh_expires: Micros(now.0 + refresh_life),
            refreshed_at: now,
            created_at: now,
            user_agent: device.user_agent.chars().take(255).collect(),
            api: device.api.chars().take(32).collect(),
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
        let session = self.storage.session_by_id(&token.session).await?;
        let session = session
            .filter(|session| token.matches(&session.access_hash))
            .ok_or(AccountError::InvalidSession)?;
        if session.access_expires < self.edge.now() {
            return Err(AccountError::Expired);
        }
        let user = self.storage.user(&session.user).await?;
        let user = user
            .filter(|user| !user.disabled)
            .ok_or(AccountError::InvalidSession)?;
        Ok((user, session))
    }

    /// A new pair for an old one. A refresh token that was used before, outside of the moment of
    /// grace, means that two parties hold it: the session ends for both.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Pair, AccountError> {
        let token = Token::parse(refresh_token).ok_or(AccountError::InvalidRefresh)?;
        let session = self
            .storage
            .session_by_id(&token.session)
            .await?
            .ok_or(AccountError::InvalidRefresh)?;
        let now = self.edge.now();
        let current = token.matches(&session.refresh_hash);
        let previous = session
            .previous_refresh_hash
            .as_ref()
            .is_some_and(|hash| token.matches(hash));
        if previous && now.0 - session.refreshed_at.0 > REFRESH_GRACE {
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
            // Within the grace the pair before stays the one that is forgiven.
            previous_refresh_hash: if current {
                Some(session.refresh_hash)
            } else {
                session.previous_refresh_hash
            },
            access_expires: Micros(now.0 + ACCESS_LIFE),
            refresh_expires: Micros(now.0 + REFRESH_LIFE),
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

    pub async fn end_session(&self, user: &User, id: &str) -> Result<bool, AccountError> {
        Ok(self.storage.end_session(&user.id, id).await?)
    }

    pub async fn end_other_sessions(&self, user: &User, keep: &str) -> Result<(), AccountError> {
        Ok(self.storage.end_sessions(&user.id, Some(keep)).await?)
    }
}
