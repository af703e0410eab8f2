//! Getting an account and getting into it: register, sign in, leave, delete.
//!
//! The password becomes keys here and goes no further. Key parameters come from the server and
//! are not believed: they are checked against what no honest account falls below, against the
//! strongest that was seen for this account, and against the name that was typed.

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
        let params = new_params(&email, "registration", environment);
        let derived = derive(password, &params).await?;
        let body = with_params(
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
        check_params(&params, &email, request.floor, request.allow_older)?;
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
        let params = complete_params(params, &signed);
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
        Ok((dialect, read_params(&value, email)?))
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

/// Parameters of a new password, always 004.
pub(crate) fn new_params<E: Environment>(
    email: &str,
    origination: &str,
    environment: &E,
) -> KeyParams {
    KeyParams {
        identifier: email.to_owned(),
        pw_nonce: entropy::hex(&mut Entropy(environment)),
        version: Version::V004,
        pw_cost: None,
        origination: Some(origination.to_owned()),
        created: Some(environment.now().to_string()),
    }
}

/// The parameters as fields of a request.
pub(crate) fn with_params(params: &KeyParams, mut body: Value) -> Value {
    if let (Some(body), Ok(Value::Object(params))) =
        (body.as_object_mut(), serde_json::to_value(params))
    {
        body.extend(params);
    }
    body
}

/// Reads what the server says. Costs and times come as numbers or as text.
fn read_params(value: &Value, email: &str) -> Result<KeyParams, HostedError> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let number = |key: &str| match value.get(key) {
        Some(Value::Number(number)) => number.as_u64().and_then(|n| u32::try_from(n).ok()),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    let version = match value.get("version").and_then(Value::as_str) {
        Some("003") => Version::V003,
        Some("004") => Version::V004,
        Some("001") => return Err(KeyError::Version("001").into()),
        Some("002") => return Err(KeyError::Version("002").into()),
        Some(_) => return Err(KeyError::Version("of a kind this Sheaf does not know").into()),
        None => {
            return Err(HostedError::Garbled {
                request: "key parameters",
                source: None,
            });
        }
    };
    let created = match value.get("created") {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    Ok(KeyParams {
        identifier: text("identifier").unwrap_or_else(|| email.to_owned()),
        pw_nonce: text("pw_nonce").ok_or(KeyError::Incomplete("pw_nonce"))?,
        version,
        pw_cost: number("pw_cost").filter(|_| version == Version::V003),
        origination: text("origination"),
        created,
    })
}

fn check_params(
    params: &KeyParams,
    email: &str,
    floor: Option<Floor>,
    allow_older: bool,
) -> Result<(), HostedError> {
    // With somebody else's salt the server would get a hash it can compare with a stolen one.
    if normal_email(&params.identifier) != email {
        return Err(HostedError::AnotherIdentifier);
    }
    let cost = params.pw_cost.unwrap_or(0);
    let offered = Floor {
        version: params.version,
        cost,
    };
    if floor.is_some_and(|floor| offered < floor) {
        return Err(HostedError::Downgrade);
    }
    params.check()?;
    if params.version < Version::V004 && !allow_older {
        return Err(HostedError::OlderAccount {
            version: params.version,
            cost,
        });
    }
    Ok(())
}

/// What only the owner is told goes along with items keys.
fn complete_params(params: KeyParams, signed: &Signed) -> KeyParams {
    let told = signed
        .key_params
        .as_ref()
        .and_then(|value| read_params(value, &params.identifier).ok());
    match told {
        Some(told)
            if (told.version, &told.pw_nonce, &told.identifier)
                == (params.version, &params.pw_nonce, &params.identifier) =>
        {
            KeyParams {
                origination: told.origination,
                created: told.created,
                ..params
            }
        }
        _ => params,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn params(value: &Value) -> Result<KeyParams, HostedError> {
        read_params(value, "anna@example.org")
    }

    fn offered(version: Version, cost: Option<u32>) -> KeyParams {
        KeyParams {
            identifier: "Anna@Example.org".into(),
            pw_nonce: "n".into(),
            version,
            pw_cost: cost,
            origination: None,
            created: None,
        }
    }

    fn check(
        params: &KeyParams,
        floor: Option<Floor>,
        allow_older: bool,
    ) -> Result<(), HostedError> {
        check_params(params, "anna@example.org", floor, allow_older)
    }

    #[test]
    fn versions_without_authentication_are_refused_by_name() {
        for version in ["001", "002", "005", "4"] {
            let value = json!({"version": version, "pw_nonce": "n", "pw_cost": 110_000});
            assert!(
                matches!(params(&value), Err(HostedError::Key(KeyError::Version(_)))),
                "{version}"
            );
        }
        assert!(params(&json!({"pw_nonce": "n"})).is_err());
        assert!(params(&json!("<html>")).is_err());
    }

    #[test]
    fn costs_as_text_are_numbers() {
        let value = json!({"version": "003", "pw_nonce": "n", "pw_cost": "250000"});
        assert_eq!(params(&value).unwrap().pw_cost, Some(250_000));
    }

    #[test]
    fn an_older_account_is_opened_only_when_somebody_says_so() {
        let older = offered(Version::V003, Some(110_000));
        assert!(matches!(
            check(&older, None, false),
            Err(HostedError::OlderAccount { cost: 110_000, .. })
        ));
        assert!(check(&older, None, true).is_ok());
        assert!(check(&offered(Version::V004, None), None, false).is_ok());
    }

    #[test]
    fn nothing_below_the_strongest_that_was_seen_is_accepted_whatever_somebody_says() {
        let seen = |version, cost| Some(Floor { version, cost });
        let older = offered(Version::V003, Some(110_000));
        for floor in [seen(Version::V004, 0), seen(Version::V003, 250_000)] {
            assert!(matches!(
                check(&older, floor, true),
                Err(HostedError::Downgrade)
            ));
        }
        assert!(check(&older, seen(Version::V003, 110_000), true).is_ok());
        let cheap = offered(Version::V003, Some(1000));
        assert!(matches!(
            check(&cheap, None, true),
            Err(HostedError::Key(KeyError::CostTooLow { .. }))
        ));
    }

    #[test]
    fn parameters_of_somebody_else_are_refused() {
        let other = KeyParams {
            identifier: "berta@example.org".into(),
            ..offered(Version::V004, None)
        };
        assert!(matches!(
            check(&other, None, true),
            Err(HostedError::AnotherIdentifier)
        ));
    }
}
