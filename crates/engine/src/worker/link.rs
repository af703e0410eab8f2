//! `sheaf://setup/…`: what sync is set to, closed with a passphrase, as one line of text that can be
//! sent to the next device by any way at all.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sheaf_crypto::{DecryptError, Password, passphrase};
use sheaf_ipc::{
    ApiError, CouchFields, CreateSetupLink, ErrorCode, OpenSetupLink, ParsedAddress, SetupLink,
};
use sheaf_net::expiry;
use zeroize::Zeroizing;

use super::{Worker, settings, target::token as bare_token};
use crate::surroundings::Surroundings;

const PREFIX: &str = "sheaf://setup/";
const CONTEXT: &str = "sheaf setup link 1";
/// Longer than any link of ours; what is longer is not read.
const LONGEST: usize = 16 * 1024;
/// A link may be seen by whoever carries it: its passphrase is all that protects the password.
pub(super) const SHORTEST_PASSPHRASE: usize = 8;

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Carried {
    Couchdb {
        fields: CouchFields,
        /// Or the token, where the fields say that it is one.
        password: Option<String>,
        /// The vault of an encrypted database. Its passphrase never travels in a link.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vault: Option<String>,
    },
}

impl Worker {
    pub(crate) async fn create_setup_link(
        &self,
        request: CreateSetupLink,
    ) -> Result<SetupLink, ApiError> {
        let config = self.config.lock().await.clone();
        let Some(target) = settings::target(&config) else {
            return Err(ApiError::new(ErrorCode::SyncOff));
        };
        // Whoever asks has chosen the passphrase and can open the link at once. So the stored password never goes
        // into one, or a script in the page would read it that way.
        let typed = request
            .password
            .filter(|_| target.url.wants_secret())
            .map(|text| {
                if target.url.by_token {
                    bare_token(&text).to_owned()
                } else {
                    text
                }
            })
            .map(Password::new);
        if let Some(typed) = &typed {
            self.shared.passwords.hide_text(typed.reveal());
        }
        let carried = Carried::Couchdb {
            fields: target.fields(),
            password: typed.as_ref().map(|typed| typed.reveal().to_owned()),
            vault: self.known_vault(&target.id()).await,
        };
        let link = close(&carried, request.passphrase, &self.shared.surroundings).await?;
        // Only after the slow derivation: nobody learns a password by trying many.
        if let Some(typed) = &typed {
            let stored = self.shared.passwords.of(&target).await?;
            if stored.is_some_and(|stored| stored.reveal() != typed.reveal()) {
                return Err(if target.url.by_token {
                    ApiError::new(ErrorCode::TokenRefused)
                        .with_detail("this is not the token that is in use here")
                } else {
                    ApiError::new(ErrorCode::Unauthorised)
                });
            }
        }
        Ok(SetupLink { link })
    }
}

/// Asks nobody: what is in the link goes into the form, to be tested and applied there.
pub(crate) async fn open_setup_link(request: OpenSetupLink) -> Result<ParsedAddress, ApiError> {
    let Carried::Couchdb {
        fields,
        password,
        vault,
    } = open(&request.link, request.passphrase).await?;
    let token_expires = password
        .as_ref()
        .filter(|_| fields.token)
        .and_then(|token| expiry(&sheaf_net::Password::new(token.clone())));
    Ok(ParsedAddress {
        fields,
        password,
        vault,
        hints: Vec::new(),
        token_expires,
    })
}

async fn close(
    carried: &Carried,
    passphrase: String,
    surroundings: &Surroundings,
) -> Result<String, ApiError> {
    if passphrase.chars().count() < SHORTEST_PASSPHRASE {
        return Err(ApiError::new(ErrorCode::Invalid).with_detail("the passphrase is too short"));
    }
    let plain = serde_json::to_vec(carried)
        .map_err(|error| ApiError::new(ErrorCode::Bug).with_detail(error.to_string()))?;
    let plain = Zeroizing::new(plain);
    let mut random = surroundings.clone();
    let sealed = aside(move || {
        let passphrase = Password::new(passphrase);
        passphrase::seal(&passphrase, CONTEXT, &plain, &mut random)
            .map_err(|error| ApiError::new(ErrorCode::Bug).with_detail(error.to_string()))
    })
    .await?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(sealed)))
}

async fn open(link: &str, passphrase: String) -> Result<Carried, ApiError> {
    let no_link = || ApiError::new(ErrorCode::AddressInvalid).with_detail("this is no setup link");
    // Mail programs break long lines.
    let link: String = link.chars().filter(|c| !c.is_whitespace()).collect();
    let text = link
        .strip_prefix(PREFIX)
        .filter(|text| text.len() <= LONGEST)
        .ok_or_else(no_link)?;
    let sealed = URL_SAFE_NO_PAD
        .decode(text.trim_end_matches(['=', '.', ',', '>']))
        .map_err(|_| no_link())?;
    let plain = aside(move || {
        let passphrase = Password::new(passphrase);
        passphrase::open(&passphrase, CONTEXT, &sealed).map_err(|error| match error {
            DecryptError::Authentication => ApiError::new(ErrorCode::WrongPassphrase),
            other => ApiError::new(ErrorCode::AddressInvalid).with_detail(other.to_string()),
        })
    })
    .await?;
    serde_json::from_slice(&plain).map_err(|_| no_link())
}

/// Deriving a key takes a tenth of a second; others go on meanwhile.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ApiError::new(ErrorCode::Cancelled))?
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{SystemClock, SystemRandom};

    fn carried() -> Carried {
        Carried::Couchdb {
            fields: CouchFields {
                address: "https://host:6984".into(),
                user: "anna".into(),
                database: "notes".into(),
                token: false,
            },
            password: Some("s3cret-password".into()),
            vault: Some("ab".repeat(16)),
        }
    }

    async fn link() -> String {
        let surroundings = Surroundings::new(Arc::new(SystemClock), Arc::new(SystemRandom));
        close(&carried(), "eight or more".into(), &surroundings)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_link_carries_the_settings_to_whoever_knows_the_passphrase() {
        let link = link().await;
        assert!(link.starts_with(PREFIX) && !link.contains("anna"));
        let broken = format!(" {}\r\n{}", &link[..40], &link[40..]);
        let request = OpenSetupLink {
            link: broken,
            passphrase: "eight or more".into(),
        };
        let opened = open_setup_link(request).await.unwrap();
        assert_eq!(opened.password.as_deref(), Some("s3cret-password"));
        assert_eq!(opened.fields.user, "anna");
        // So that a server cannot pass an empty, plain database off as the one that was meant.
        assert_eq!(opened.vault, Some("ab".repeat(16)));
    }

    /// It was left out: the next device asked for one that only the first had.
    #[tokio::test]
    async fn a_token_travels_as_a_password_does_and_says_until_when_it_is_good() {
        let surroundings = Surroundings::new(Arc::new(SystemClock), Arc::new(SystemRandom));
        let claims = URL_SAFE_NO_PAD.encode(r#"{"sub":"anna","exp":1800000000}"#);
        let token = format!("e30.{claims}.c2ln");
        let by_token = Carried::Couchdb {
            fields: CouchFields {
                address: "https://host:6984".into(),
                user: String::new(),
                database: "notes".into(),
                token: true,
            },
            password: Some(token.clone()),
            vault: None,
        };
        let link = close(&by_token, "eight or more".into(), &surroundings)
            .await
            .unwrap();
        let request = OpenSetupLink {
            link,
            passphrase: "eight or more".into(),
        };
        let opened = open_setup_link(request).await.unwrap();
        assert!(opened.fields.token);
        assert_eq!(opened.password, Some(token));
        assert_eq!(opened.token_expires, Some(1_800_000_000_000));
    }

    #[tokio::test]
    async fn without_the_passphrase_it_is_noise() {
        let request = OpenSetupLink {
            link: link().await,
            passphrase: "eight or less".into(),
        };
        let refused = open_setup_link(request).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::WrongPassphrase);
        for link in ["https://host/db", "sheaf://setup/%%%", "sheaf://setup/"] {
            let request = OpenSetupLink {
                link: link.into(),
                passphrase: "eight or more".into(),
            };
            let refused = open_setup_link(request).await.unwrap_err();
            assert_eq!(refused.code, ErrorCode::AddressInvalid, "{link}");
        }
    }

    #[tokio::test]
    async fn a_short_passphrase_is_refused() {
        let surroundings = Surroundings::new(Arc::new(SystemClock), Arc::new(SystemRandom));
        let refused = close(&carried(), "seven 7".into(), &surroundings).await;
        assert_eq!(refused.unwrap_err().code, ErrorCode::Invalid);
    }
}
