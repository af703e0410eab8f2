//! What a device keeps of an account: who it is, its keys, its session. One secret text for the
//! keyring, never a password.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sheaf_crypto::{Key, KeyParams, Version};
use sheaf_model::Millis;
use sheaf_net::Password;
use sheaf_protocol::SessionPair;
use zeroize::Zeroizing;

use crate::Dialect;

/// What the password became, without the half that the server sees.
pub(crate) enum Root {
    V003 {
        encryption: Key<32>,
        authentication: Key<32>,
    },
    V004(Key<32>),
}

impl Root {
    pub(crate) fn version(&self) -> Version {
        match self {
            Self::V003 { .. } => Version::V003,
            Self::V004(_) => Version::V004,
        }
    }
}

/// Tokens. Cheap to clone; the texts are wiped with the last clone.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) access: Arc<Password>,
    /// `None`: a single token that cannot be renewed.
    pub(crate) refresh: Option<Arc<Password>>,
    /// Milliseconds; 0: not told.
    pub(crate) access_expires: Millis,
}

impl Session {
    pub(crate) fn of_pair(pair: SessionPair) -> Self {
        Self {
            access: Arc::new(Password::new(pair.access_token)),
            refresh: Some(Arc::new(Password::new(pair.refresh_token))),
            access_expires: pair.access_expiration,
        }
    }

    pub(crate) fn of_token(token: String) -> Self {
        Self {
            access: Arc::new(Password::new(token)),
            refresh: None,
            access_expires: 0,
        }
    }
}

/// A change of password that has begun and may or may not have reached the server.
#[derive(Clone)]
pub(crate) struct Pending {
    pub(crate) params: KeyParams,
    pub(crate) root: Arc<Root>,
}

/// A signed-in account. Cheap to clone.
#[derive(Clone)]
pub struct Credentials {
    /// What the server calls the account.
    pub(crate) user: String,
    pub(crate) email: String,
    pub(crate) dialect: Dialect,
    pub(crate) params: KeyParams,
    pub(crate) root: Arc<Root>,
    pub(crate) session: Session,
    /// The items key new text is encrypted under, so that no server can choose an older one.
    pub(crate) items_key: Option<String>,
    pub(crate) pending: Option<Pending>,
}

impl Credentials {
    pub fn email(&self) -> &str {
        &self.email
    }

    pub fn user(&self) -> &str {
        &self.user
    }

    pub fn version(&self) -> Version {
        self.params.version
    }

    /// For the pin: never again less than this.
    pub fn floor(&self) -> Floor {
        Floor {
            version: self.params.version,
            cost: self.params.pw_cost.unwrap_or(0),
        }
    }

    /// The text for the keyring.
    pub fn to_secret(&self) -> Zeroizing<String> {
        let wire = Wire {
            v: 1,
            user: self.user.clone(),
            email: self.email.clone(),
            dialect: self.dialect,
            params: self.params.clone(),
            root: WireRoot::of(&self.root),
            access: Secret(self.session.access.reveal().to_owned().into()),
            refresh: self
                .session
                .refresh
                .as_ref()
                .map(|token| Secret(token.reveal().to_owned().into())),
            access_expires: self.session.access_expires,
            items_key: self.items_key.clone(),
            pending: self.pending.as_ref().map(|pending| WirePending {
                params: pending.params.clone(),
                root: WireRoot::of(&pending.root),
            }),
        };
        Zeroizing::new(serde_json::to_string(&wire).unwrap_or_default())
    }

    /// `None`: not a secret of this version.
    pub fn parse(secret: &str) -> Option<Self> {
        let wire: Wire = serde_json::from_str(secret).ok()?;
        if wire.v != 1 {
            return None;
        }
        let pending = match wire.pending {
            Some(pending) => Some(Pending {
                params: pending.params,
                root: Arc::new(pending.root.open()?),
            }),
            None => None,
        };
        Some(Self {
            user: wire.user,
            email: wire.email,
            dialect: wire.dialect,
            params: wire.params,
            root: Arc::new(wire.root.open()?),
            session: Session {
                access: Arc::new(Password::new(wire.access.0.as_str())),
                refresh: wire
                    .refresh
                    .map(|token| Arc::new(Password::new(token.0.as_str()))),
                access_expires: wire.access_expires,
            },
            items_key: wire.items_key,
            pending,
        })
    }
}

/// The strongest protection ever seen for an account. Outlives signing out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Floor {
    pub version: Version,
    pub cost: u32,
}

/// Text that is wiped when dropped and shown by nothing.
struct Secret(Zeroizing<String>);

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(String::deserialize(deserializer)?.into()))
    }
}

#[derive(Serialize, Deserialize)]
struct Wire {
    v: u32,
    user: String,
    email: String,
    #[serde(default)]
    dialect: Dialect,
    params: KeyParams,
    root: WireRoot,
    access: Secret,
    refresh: Option<Secret>,
    access_expires: Millis,
    items_key: Option<String>,
    pending: Option<WirePending>,
}

#[derive(Serialize, Deserialize)]
struct WirePending {
    params: KeyParams,
    root: WireRoot,
}

/// One key for 004; encryption and authentication for 003.
#[derive(Serialize, Deserialize)]
struct WireRoot(Vec<Secret>);

impl WireRoot {
    fn of(root: &Root) -> Self {
        let hex = |key: &Key<32>| Secret(key.reveal_hex().into());
        match root {
            Root::V003 {
                encryption,
                authentication,
            } => Self(vec![hex(encryption), hex(authentication)]),
            Root::V004(master) => Self(vec![hex(master)]),
        }
    }

    fn open(&self) -> Option<Root> {
        let key = |secret: &Secret| Key::from_hex(&secret.0).ok();
        match self.0.as_slice() {
            [master] => Some(Root::V004(key(master)?)),
            [encryption, authentication] => Some(Root::V003 {
                encryption: key(encryption)?,
                authentication: key(authentication)?,
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(root: Root) -> Credentials {
        let root = Arc::new(root);
        let params = KeyParams {
            identifier: "anna@example.org".into(),
            pw_nonce: "n".into(),
            version: root.version(),
            pw_cost: None,
            origination: None,
            created: None,
        };
        Credentials {
            user: "u".into(),
            email: "anna@example.org".into(),
            dialect: Dialect::Older,
            params: params.clone(),
            root: root.clone(),
            session: Session::of_token("t".into()),
            items_key: Some("k".into()),
            pending: Some(Pending { params, root }),
        }
    }

    #[test]
    fn what_was_kept_is_found_again() {
        for root in [
            Root::V004(Key::new([7; 32])),
            Root::V003 {
                encryption: Key::new([8; 32]),
                authentication: Key::new([9; 32]),
            },
        ] {
            let version = root.version();
            let secret = credentials(root).to_secret();
            let found = Credentials::parse(&secret).unwrap();
            assert_eq!(found.to_secret(), secret);
            assert_eq!(found.root.version(), version);
        }
    }

    #[test]
    fn what_is_no_secret_of_ours_is_none() {
        for text in ["", "hunter2", "{}", r#"{"v":2}"#] {
            assert!(Credentials::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_newer_version_outranks_any_cost() {
        let low = Floor {
            version: Version::V003,
            cost: 900_000,
        };
        let high = Floor {
            version: Version::V004,
            cost: 0,
        };
        assert!(high > low);
    }
}
