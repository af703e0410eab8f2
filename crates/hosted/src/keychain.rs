//! The keys that open and close items: the root, and the items keys it protects.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};
use sheaf_crypto::{DecryptError, Key, KeyParams, Random, Sealed, Version, v003, v004};
use sheaf_protocol::Item;
use zeroize::Zeroizing;

use crate::credentials::Root;

pub(crate) const ITEMS_KEY: &str = "SN|ItemsKey";

enum Material {
    V003 {
        encryption: Key<32>,
        authentication: Key<32>,
    },
    V004(Key<32>),
}

/// A key of items, itself an item.
pub(crate) struct ItemsKey {
    /// What items name.
    pub(crate) name: String,
    material: Material,
    pub(crate) is_default: bool,
}

impl ItemsKey {
    pub(crate) fn new(name: String, random: &mut dyn Random) -> Self {
        Self {
            name,
            material: Material::V004(crate::entropy::key(random)),
            is_default: true,
        }
    }

    /// The root of a 003 account as a key of its own, so that what it protects stays readable
    /// after the account has another root.
    pub(crate) fn of_older_root(name: String, root: &Root) -> Option<Self> {
        let Root::V003 {
            encryption,
            authentication,
        } = root
        else {
            return None;
        };
        Some(Self {
            name,
            material: Material::V003 {
                encryption: Key::new(*encryption.reveal()),
                authentication: Key::new(*authentication.reveal()),
            },
            is_default: false,
        })
    }

    /// Reads a decrypted items key. `fallback` is the item's own name; a copy made during a change
    /// of password says whose copy it is.
    pub(crate) fn read(fallback: &str, content: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(content).ok()?;
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let key = |name: &str| text(name).and_then(|hex| Key::from_hex(hex).ok());
        let material = match text("version")? {
            "003" => Material::V003 {
                encryption: key("itemsKey")?,
                authentication: key("dataAuthenticationKey")?,
            },
            "004" => Material::V004(key("itemsKey")?),
            _ => return None,
        };
        let copied = value
            .pointer(&format!("/appData/{}/copyOf", crate::marker::DOMAIN))
            .and_then(Value::as_str);
        Some(Self {
            name: copied.unwrap_or(fallback).to_owned(),
            material,
            is_default: value
                .get("isDefault")
                .and_then(Value::as_bool)
                .unwrap_or(false),
        })
    }

    /// Whether this is the root of a 003 account itself.
    pub(crate) fn is_of_root(&self, root: &Root) -> bool {
        match (&self.material, root) {
            (
                Material::V003 {
                    encryption: own, ..
                },
                Root::V003 { encryption, .. },
            ) => own.reveal() == encryption.reveal(),
            _ => false,
        }
    }

    pub(crate) fn version(&self) -> Version {
        match self.material {
            Material::V003 { .. } => Version::V003,
            Material::V004(_) => Version::V004,
        }
    }

    /// The content to encrypt under a root. `copy_of` names the key that this one stands in for.
    pub(crate) fn content(&self, is_default: bool, copy_of: Option<&str>) -> Zeroizing<String> {
        let mut content = match &self.material {
            Material::V003 {
                encryption,
                authentication,
            } => json!({
                "itemsKey": encryption.reveal_hex(),
                "dataAuthenticationKey": authentication.reveal_hex(),
                "version": "003",
            }),
            Material::V004(key) => json!({"itemsKey": key.reveal_hex(), "version": "004"}),
        };
        content["references"] = json!([]);
        content["appData"] = match copy_of {
            Some(name) => json!({crate::marker::DOMAIN: {"copyOf": name}}),
            None => json!({}),
        };
        if is_default {
            content["isDefault"] = true.into();
        }
        Zeroizing::new(content.to_string())
    }
}

/// Why an item stays closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closed {
    /// The key is not known here (yet).
    NoKey,
    Broken(DecryptError),
}

impl Closed {
    /// For the person, as the reason of a held-back item.
    pub(crate) fn words(self) -> String {
        match self {
            Self::NoKey => "the key that opens it has not arrived".to_owned(),
            Self::Broken(error) => error.to_string(),
        }
    }
}

/// All keys of an account. Immutable: another one is made when a key arrives.
#[derive(Clone)]
pub(crate) struct Keychain {
    pub(crate) root: Arc<Root>,
    pub(crate) params: KeyParams,
    keys: BTreeMap<String, Arc<ItemsKey>>,
    /// The one that was chosen before; the server has no say.
    preferred: Option<String>,
}

impl Keychain {
    pub(crate) fn new(root: Arc<Root>, params: KeyParams, preferred: Option<String>) -> Self {
        Self {
            root,
            params,
            keys: BTreeMap::new(),
            preferred,
        }
    }

    pub(crate) fn add(&mut self, key: ItemsKey) {
        self.keys.insert(key.name.clone(), Arc::new(key));
    }

    pub(crate) fn add_shared(&mut self, key: Arc<ItemsKey>) {
        self.keys.insert(key.name.clone(), key);
    }

    /// From now on this one, whatever others say.
    pub(crate) fn prefer(&mut self, name: &str) {
        self.preferred = Some(name.to_owned());
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.keys.contains_key(name)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<ItemsKey>> {
        self.keys.values()
    }

    /// The key for new text: the one chosen before, else the default with the highest name, so
    /// that every device chooses alike.
    pub(crate) fn current(&self) -> Option<&Arc<ItemsKey>> {
        let usable = |key: &&Arc<ItemsKey>| key.version() == Version::V004;
        let preferred = self.preferred.as_ref().and_then(|name| self.keys.get(name));
        preferred
            .filter(usable)
            .or_else(|| {
                self.keys
                    .values()
                    .filter(usable)
                    .rfind(|key| key.is_default)
            })
            .or_else(|| self.keys.values().rfind(usable))
    }

    /// Opens an ordinary item. Content without encryption is never opened.
    pub(crate) fn open(&self, item: &Item) -> Result<Zeroizing<String>, Closed> {
        let sealed = sealed(item).ok_or(Closed::Broken(DecryptError::Malformed))?;
        let version = version(&sealed)?;
        let mut last = Closed::NoKey;
        let named = item
            .items_key_id
            .as_ref()
            .and_then(|name| self.keys.get(name));
        // Which key it is, is not authenticated: with a wrong name every key is tried once.
        let others = self
            .keys
            .values()
            .filter(|key| named.is_none_or(|named| named.name != key.name));
        for key in named
            .into_iter()
            .chain(others)
            .filter(|key| key.version() == version)
        {
            match open_with(&item.uuid, &sealed, &key.material) {
                Ok(text) => return Ok(text),
                Err(DecryptError::Authentication) => last = Closed::NoKey,
                Err(error) => return Err(Closed::Broken(error)),
            }
        }
        if let (
            Version::V003,
            Root::V003 {
                encryption,
                authentication,
            },
        ) = (version, self.root.as_ref())
        {
            return v003::open(&item.uuid, &sealed, encryption, authentication)
                .map_err(Closed::Broken);
        }
        // A key that is known and does not open it: the text was changed on the way.
        if named.is_some_and(|key| key.version() == version) {
            last = Closed::Broken(DecryptError::Authentication);
        }
        Err(last)
    }

    /// Opens an items key, which only the root can.
    pub(crate) fn open_items_key(&self, item: &Item) -> Result<ItemsKey, Closed> {
        open_items_key(item, &self.root)
    }

    /// Encrypts an ordinary item. Answers the strings and the key's name to go with them; `None`:
    /// there is no key yet.
    pub(crate) fn seal(
        &self,
        uuid: &str,
        content: &str,
        random: &mut dyn Random,
    ) -> Option<(Sealed, Option<String>)> {
        if let Root::V003 {
            encryption,
            authentication,
        } = self.root.as_ref()
        {
            let sealed = v003::seal(
                uuid,
                content,
                encryption,
                authentication,
                &self.params,
                random,
            );
            return Some((sealed, None));
        }
        let key = self.current()?;
        let Material::V004(material) = &key.material else {
            return None;
        };
        let sealed = v004::seal(uuid, content, v004::Under::ItemsKey(material), random);
        Some((sealed, Some(key.name.clone())))
    }
}

/// Encrypts an items key under a root.
pub(crate) fn seal_items_key(
    uuid: &str,
    content: &str,
    root: &Root,
    params: &KeyParams,
    random: &mut dyn Random,
) -> Sealed {
    match root {
        Root::V003 {
            encryption,
            authentication,
        } => v003::seal(uuid, content, encryption, authentication, params, random),
        Root::V004(master) => {
            v004::seal(uuid, content, v004::Under::RootKey(master, params), random)
        }
    }
}

pub(crate) fn open_items_key(item: &Item, root: &Root) -> Result<ItemsKey, Closed> {
    let sealed = sealed(item).ok_or(Closed::Broken(DecryptError::Malformed))?;
    version(&sealed)?;
    let opened = match root {
        Root::V003 {
            encryption,
            authentication,
        } => v003::open(&item.uuid, &sealed, encryption, authentication),
        Root::V004(master) => v004::open(&item.uuid, &sealed, master),
    };
    match opened {
        Ok(content) => {
            ItemsKey::read(&item.uuid, &content).ok_or(Closed::Broken(DecryptError::Malformed))
        }
        // Of another root: before or after a change of password.
        Err(DecryptError::Authentication | DecryptError::Version) => Err(Closed::NoKey),
        Err(error) => Err(Closed::Broken(error)),
    }
}

fn sealed(item: &Item) -> Option<Sealed> {
    Some(Sealed {
        content: item.content.clone()?,
        enc_item_key: item.enc_item_key.clone()?,
    })
}

/// Both strings must be of the same version, and of one with authentication.
fn version(sealed: &Sealed) -> Result<Version, Closed> {
    let of = |text: &str| match text.get(..4) {
        Some("003:") => Ok(Version::V003),
        Some("004:") => Ok(Version::V004),
        Some(other) if other.starts_with("000") => Err(Closed::Broken(DecryptError::Plaintext)),
        Some("001:" | "002:") => Err(Closed::Broken(DecryptError::Version)),
        _ => Err(Closed::Broken(DecryptError::Malformed)),
    };
    let version = of(&sealed.content)?;
    if of(&sealed.enc_item_key)? == version {
        Ok(version)
    } else {
        Err(Closed::Broken(DecryptError::Version))
    }
}

fn open_with(
    uuid: &str,
    sealed: &Sealed,
    material: &Material,
) -> Result<Zeroizing<String>, DecryptError> {
    match material {
        Material::V003 {
            encryption,
            authentication,
        } => v003::open(uuid, sealed, encryption, authentication),
        Material::V004(key) => v004::open(uuid, sealed, key),
    }
}
