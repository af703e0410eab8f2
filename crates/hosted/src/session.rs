//! Calls in the name of the account: tokens are renewed when they expire, and a session that is
//! over says why.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use sheaf_net::{Deadlines, Method, Reply};
use sheaf_protocol::SessionPair;
use sheaf_sync::Environment;
use zeroize::Zeroizing;

use crate::{
    Credentials, Dialect, HostedError, Replication,
    credentials::Session,
    entropy::{self, Entropy},
};

/// Where the secret of an account is kept; the engine's keyring.
pub trait Vault: Send + Sync {
    type Error: std::error::Error + Send + Sync + 'static;

    /// Durable when answered: a refreshed token or a new key is used only after that.
    fn keep(
        &self,
        secret: Zeroizing<String>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

#[derive(Deserialize)]
struct Refreshed {
    session: SessionPair,
}

/// Renewed so long before its end, in milliseconds.
const EARLY: i64 = 60_000;

impl<E: Environment, V: Vault> Replication<E, V> {
    /// A call with the session's token.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        what: &'static str,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, HostedError> {
        let mut renewed = self.renew_if_due().await?;
        loop {
            let session = self.credentials().session;
            let request = self
                .service
                .request(method.clone(), path)
                .bearer(&session.access);
            match self.service.call(what, request, body).await {
                Err(HostedError::Answer(answer)) if answer.status == 498 && !renewed => {
                    self.renew(&session).await?;
                    renewed = true;
                }
                Err(error) if error.is_unauthorised() || is_expired(&error) => {
                    return Err(self.why_lost().await);
                }
                other => return other,
            }
        }
    }

    pub(crate) async fn feed(&self, deadlines: Deadlines) -> Result<Reply, HostedError> {
        let mut renewed = self.renew_if_due().await?;
        loop {
            let session = self.credentials().session;
            match self.service.events(&session.access, deadlines).await {
                Err(HostedError::Answer(answer)) if answer.status == 498 && !renewed => {
                    self.renew(&session).await?;
                    renewed = true;
                }
                Err(error) if error.is_unauthorised() || is_expired(&error) => {
                    return Err(self.why_lost().await);
                }
                other => return other,
            }
        }
    }

    async fn renew_if_due(&self) -> Result<bool, HostedError> {
        let session = self.credentials().session;
        let due = session.access_expires != 0
            && session.refresh.is_some()
            && self.environment.now() > session.access_expires - EARLY;
        if due {
            self.renew(&session).await?;
        }
        Ok(due)
    }

    /// Exchanges the tokens, once for everybody who waits.
    async fn renew(&self, old: &Session) -> Result<(), HostedError> {
        let _turn = self.renewing.lock().await;
        let current = self.credentials().session;
        if current.access.reveal() != old.access.reveal() {
            return Ok(());
        }
        let Some(refresh) = &current.refresh else {
            return Err(self.why_lost().await);
        };
        let body = json!({
            "access_token": current.access.reveal(),
            "refresh_token": refresh.reveal(),
            "api": crate::service::API,
        });
        let path = match self.credentials().dialect {
            Dialect::Current => "v1/sessions/refresh",
            Dialect::Older => "session/refresh",
        };
        let request = self.service.request(Method::POST, path);
        let refreshed: Result<Refreshed, _> = self
            .service
            .call("POST sessions/refresh", request, Some(&body))
            .await;
        let refreshed = match refreshed {
            Ok(refreshed) => refreshed,
            Err(HostedError::Answer(answer)) if matches!(answer.status, 400 | 401 | 498) => {
                return Err(self.why_lost().await);
            }
            Err(error) => return Err(error),
        };
        let mut credentials = self.credentials();
        credentials.session = Session::of_pair(refreshed.session);
        self.put_credentials(credentials).await
    }

    /// The session is over. Other key parameters than ours mean that the password was changed.
    async fn why_lost(&self) -> HostedError {
        let credentials = self.credentials();
        let verifier = entropy::hex(&mut Entropy(&self.environment));
        match self.service.key_params(&credentials.email, &verifier).await {
            Ok((_, params)) if params.pw_nonce != credentials.params.pw_nonce => {
                HostedError::PasswordChanged
            }
            _ => HostedError::SessionLost,
        }
    }

    pub(crate) fn credentials(&self) -> Credentials {
        self.credentials
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// Durable first, then in use.
    pub(crate) async fn put_credentials(
        &self,
        credentials: Credentials,
    ) -> Result<(), HostedError> {
        self.vault
            .keep(credentials.to_secret())
            .await
            .map_err(HostedError::vault)?;
        *self
            .credentials
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = credentials;
        Ok(())
    }
}

fn is_expired(error: &HostedError) -> bool {
    matches!(error, HostedError::Answer(answer) if answer.status == 498)
}
