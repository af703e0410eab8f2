//! Getting an account and getting into it: register, sign in, leave, delete.
//!
//! The password becomes keys here and goes no further.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sheaf_crypto::{Key, KeyError, KeyParams, Password, Version, v003, v004};
use sheaf_net::Method;
use sheaf_protocol::{AuthenticatedUser, ErrorTag, SessionPair};
use sheaf_sync::Environment;
use zeroize::Zeroizing;

use crate::{
    Credentials, Dialect, HostedError, RecoveryCode, Service,
    credentials::{Floor, Root, Session},
    entropy::{self, Entropy},
    key_params,
    service::API,
};

/// How somebody proves who they are.
pub enum Proof<'a> {
    Password(&'a Password),
    Recovery(&'a RecoveryCode),
}

/// Signing in to an account that exists.
pub struct SignIn<'a> {
    pub email: &'a str,
    pub proof: Proof<'a>,
    /// The strongest protection seen for this account on this device.
    pub floor: Option<Floor>,
    /// The person knows that the account is of an older client (003) and wants it all the same.
    pub allow_older: bool,
}

/// A new account and the code that opens it without its password.
pub struct Registered {
    pub credentials: Credentials,
    pub recovery: RecoveryCode,
}

/// Keys and the half of them that the server may see.
pub(crate) struct Derived {
    pub(crate) root: Root,
    pub(crate) server_password: Zeroizing<String>,
    /// 004 only.
    pub(crate) recovery: Option<RecoveryCode>,
}

/// The account's name as every client writes it.
pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

#[derive(Deserialize)]
pub(crate) struct Signed {
    #[serde(default)]
    session: Option<SessionPair>,
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    user: Option<AuthenticatedUser>,
    #[serde(default)]
    key_params: Option<Value>,
}

impl Service {
    /// Makes a new account, always with version 004.
    pub async fn register<E: Environment>(
        &self,
        email: &str,
        password: &Password,
        environment: &E,
    ) -> Result<Registered, HostedError> {
        let email = normal_email(email);
        let params = key_params::made(&email, "registration", environment);
        let derived = derive(password, &params).await?;
        let body = key_params::in_body(
            &params,
            json!({
                "email": email,
                "password": *derived.server_password,
                "ephemeral": false,
                "api": API,
            }),
        );
        let request = self.request(Method::POST, "v1/users");
        let (dialect, answer) = match self.call("POST users", request, Some(&body)).await {
            Err(error) if error.is_missing_route() => {
                let request = self.request(Method::POST, "auth");
                (
                    Dialect::Older,
                    self.call("POST auth", request, Some(&body)).await,
                )
            }
            answer => (Dialect::Current, answer),
        };
        let signed: Signed = answer.map_err(registration_refused)?;
        let credentials = self.credentials(email, dialect, params, derived.root, signed)?;
        let recovery = derived
            .recovery
            .ok_or(HostedError::Key(KeyError::Derivation))?;
        Ok(Registered {
            credentials,
            recovery,
        })
    }

    pub async fn sign_in<E: Environment>(
        &self,
        request: SignIn<'_>,
        environment: &E,
    ) -> Result<Credentials, HostedError> {
        let email = normal_email(request.email);
        let verifier = entropy::hex(&mut Entropy(environment));
        let (dialect, params) = self.key_params(&email, &verifier).await?;
        key_params::check(&params, &email, request.floor, request.allow_older)?;
        let signed = match &request.proof {
            Proof::Password(password) => {
                let derived = derive(password, &params).await?;
                let first = self
                    .try_sign_in(dialect, &email, &verifier, &derived.server_password)
                    .await;
                match first {
                    // The older client made keys from the e-mail as it was typed.
                    Err(error)
                        if error.is_unauthorised()
                            && params.version == Version::V003
                            && request.email.trim() != params.identifier =>
                    {
                        let params = KeyParams {
                            identifier: request.email.trim().to_owned(),
                            ..params.clone()
                        };
                        let derived = derive(password, &params).await?;
                        let verifier = entropy::hex(&mut Entropy(environment));
                        self.key_params(&email, &verifier).await?;
                        let signed = self
                            .try_sign_in(dialect, &email, &verifier, &derived.server_password)
                            .await?;
                        (signed, derived.root, params)
                    }
                    other => (other?, derived.root, params),
                }
            }
            Proof::Recovery(code) => {
                let root = code.open()?;
                if params.version != Version::V004 {
                    return Err(HostedError::RecoveryCode);
                }
                let server_password = Zeroizing::new(root.server_password.reveal_hex());
                let signed = self
                    .try_sign_in(dialect, &email, &verifier, &server_password)
                    .await?;
                (signed, Root::V004(root.master), params)
            }
        };
        let (signed, root, params) = signed;
        let params = key_params::complete(params, signed.key_params.as_ref());
        self.credentials(email, dialect, params, root, signed)
    }

    /// What the server says about the account's keys; begins a sign-in where that has two steps.
    pub(crate) async fn key_params(
        &self,
        email: &str,
        verifier: &str,
    ) -> Result<(Dialect, KeyParams), HostedError> {
        let challenge = URL_SAFE_NO_PAD.encode(format!("{:x}", Sha256::digest(verifier)));
        let body = json!({"email": email, "code_challenge": challenge, "api": API});
        let request = self.request(Method::POST, "v2/login-params");
        let (dialect, answer) = match self.call("POST login-params", request, Some(&body)).await {
            Err(error) if error.is_missing_route() => {
                let request = self
                    .request(Method::GET, "auth/params")
                    .query([("email", email), ("api", API)]);
                let answer = self.call("GET auth/params", request, None::<&()>).await;
                (Dialect::Older, answer)
            }
            answer => (Dialect::Current, answer),
        };
        let value: Value = answer.map_err(second_factor)?;
        Ok((dialect, key_params::read(&value, email)?))
    }

    async fn try_sign_in(
        &self,
        dialect: Dialect,
        email: &str,
        verifier: &str,
        server_password: &str,
    ) -> Result<Signed, HostedError> {
        let (what, path) = match dialect {
            Dialect::Current => ("POST login", "v2/login"),
            Dialect::Older => ("POST auth/sign_in", "auth/sign_in"),
        };
        let body = json!({
            "email": email,
            "password": server_password,
            "ephemeral": false,
            "code_verifier": verifier,
            "api": API,
        });
        let request = self.request(Method::POST, path);
        self.call(what, request, Some(&body))
            .await
            .map_err(second_factor)
    }

    fn credentials(
        &self,
        email: String,
        dialect: Dialect,
        params: KeyParams,
        root: Root,
        signed: Signed,
    ) -> Result<Credentials, HostedError> {
        let user = signed.user_name(self, &email);
        Ok(Credentials {
            user,
            email,
            dialect,
            params,
            root: Arc::new(root),
            session: signed.into_session()?,
            items_key: None,
            pending: None,
        })
    }

    /// Ends the session at the server. That it is over already is as good.
    pub async fn sign_out(&self, credentials: &Credentials) -> Result<(), HostedError> {
        let path = match credentials.dialect {
            Dialect::Current => "v1/logout",
            Dialect::Older => "auth/sign_out",
        };
        let request = self
            .request(Method::POST, path)
            .bearer(&credentials.session.access);
        match self.tell("POST logout", request, None::<&()>).await {
            Err(HostedError::Answer(answer)) if matches!(answer.status, 401 | 404 | 498) => Ok(()),
            other => other,
        }
    }

    /// Deletes the account and everything in it at the server.
    pub async fn delete_account(
        &self,
        credentials: &Credentials,
        password: &Password,
    ) -> Result<(), HostedError> {
        let derived = derive(password, &credentials.params).await?;
        let path = format!("v1/users/{}", credentials.user);
        let request = self
            .request(Method::DELETE, &path)
            .bearer(&credentials.session.access)
            .header(
                sheaf_net::header::HeaderName::from_static("x-server-password"),
                &derived.server_password,
            );
        // A wrong password is a bad request here, and nothing else about this one could be bad.
        let deleted = self.tell("DELETE users", request, None::<&()>).await;
        deleted.map_err(|error| match error {
            HostedError::Answer(answer) if matches!(answer.status, 400 | 401) => wrong_password(),
            other => other,
        })
    }
}

impl Signed {
    /// Older servers do not tell; then the account is its e-mail at this place.
    fn user_name(&self, service: &Service, email: &str) -> String {
        match &self.user {
            Some(user) => user.uuid.clone(),
            None => format!("{}/{email}", service.server()),
        }
    }

    pub(crate) fn into_session(self) -> Result<Session, HostedError> {
        match (self.session, self.token) {
            (Some(pair), _) => Ok(Session::of_pair(pair)),
            (None, Some(token)) => Ok(Session::of_token(token)),
            (None, None) => Err(HostedError::Garbled {
                request: "sign in",
                source: None,
            }),
        }
    }
}

/// Takes tenths of a second of one core, beside the runtime.
pub(crate) async fn derive(
    password: &Password,
    params: &KeyParams,
) -> Result<Derived, HostedError> {
    let password = Password::new(password.reveal().to_owned());
    let params = params.clone();
    let derived = tokio::task::spawn_blocking(move || derive_now(&password, &params)).await;
    derived.map_err(|_| KeyError::Derivation)?
}

fn derive_now(password: &Password, params: &KeyParams) -> Result<Derived, HostedError> {
    let text = |key: &Key<32>| Zeroizing::new(key.reveal_hex());
    Ok(match params.version {
        Version::V003 => {
            let keys = v003::derive(password, params)?;
            Derived {
                server_password: text(&keys.server_password),
                root: Root::V003 {
                    encryption: keys.encryption,
                    authentication: keys.authentication,
                },
                recovery: None,
            }
        }
        Version::V004 => {
            let root = v004::derive(password, params)?;
            Derived {
                server_password: text(&root.server_password),
                recovery: Some(RecoveryCode::of(&root)),
                root: Root::V004(root.master),
            }
        }
    })
}

/// The code of an account whose password is given again.
pub async fn recovery_code(
    credentials: &Credentials,
    password: &Password,
) -> Result<RecoveryCode, HostedError> {
    let derived = derive(password, &credentials.params).await?;
    let (Root::V004(kept), Root::V004(made)) = (credentials.root.as_ref(), &derived.root) else {
        return Err(HostedError::UpgradeFirst);
    };
    // Both are this person's own keys on this computer: nobody measures this comparison.
    if kept.reveal() != made.reveal() {
        return Err(wrong_password());
    }
    derived
        .recovery
        .ok_or(HostedError::Key(KeyError::Derivation))
}

pub(crate) fn wrong_password() -> HostedError {
    HostedError::Answer(crate::Answer {
        request: "password",
        status: 401,
        tag: Some(ErrorTag::InvalidAuth),
        message: String::new(),
        retry_after: None,
    })
}

fn second_factor(error: HostedError) -> HostedError {
    match error {
        HostedError::Answer(answer)
            if matches!(
                answer.tag,
                Some(ErrorTag::MfaRequired | ErrorTag::MfaInvalid)
            ) =>
        {
            HostedError::SecondFactor
        }
        other => other,
    }
}

/// Servers have no codes for these two; their words are all there is.
fn registration_refused(error: HostedError) -> HostedError {
    let HostedError::Answer(answer) = &error else {
        return error;
    };
    let words = answer.message.to_lowercase();
    if !matches!(answer.status, 400 | 401 | 403 | 409) {
        error
    } else if words.contains("already") {
        HostedError::EmailTaken
    } else if ["registration", "disabled", "closed", "not allowed", "invit"]
        .iter()
        .any(|word| words.contains(word))
    {
        HostedError::RegistrationClosed
    } else {
        error
    }
}
