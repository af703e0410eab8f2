//! Where keys come from in a conversation: loaded from what is remembered, taken in when they
//! arrive, made when the account has none.

use std::sync::{Arc, PoisonError};

use serde_json::{Value, json};
use sheaf_crypto::Version;
use sheaf_protocol::Item;
use sheaf_sync::{Environment, Record, RecordReplica};

use crate::{
    HostedError, Replication, Vault,
    call::Position,
    entropy::{self, Entropy},
    keychain::{Closed, ITEMS_KEY, ItemsKey, Keychain, open_items_key, seal_items_key},
    seen::{self, CLOSED, KEY, Role, Seen},
};

impl<E: Environment, V: Vault> Replication<E, V> {
    pub(crate) fn keychain_now(&self) -> Option<Arc<Keychain>> {
        self.keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn keychain(&self) -> Arc<Keychain> {
        self.keychain_now().unwrap_or_else(|| {
            let credentials = self.credentials();
            Arc::new(Keychain::new(
                credentials.root,
                credentials.params,
                credentials.items_key,
            ))
        })
    }

    pub(crate) fn put_keychain(&self, keys: Keychain) {
        *self.keys.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(keys));
    }

    /// Opens the items keys that are remembered.
    pub(crate) async fn load_keys<R: RecordReplica>(&self, replica: &R) -> Result<(), HostedError> {
        let credentials = self.credentials();
        let records = replica
            .records_with_prefix(&self.id, KEY)
            .await
            .map_err(HostedError::replica)?;
        let mut keys = Keychain::new(
            credentials.root.clone(),
            credentials.params.clone(),
            credentials.items_key.clone(),
        );
        for record in &records {
            let Some(item) = seen::parse::<Item>(record) else {
                continue;
            };
            let opened = open_items_key(&item, &credentials.root).or_else(|closed| {
                // In the middle of a change of password either root may be the right one.
                match &credentials.pending {
                    Some(pending) => open_items_key(&item, &pending.root),
                    None => Err(closed),
                }
            });
            if let Ok(key) = opened {
                keys.add(key);
            }
        }
        self.put_keychain(keys);
        Ok(())
    }

    /// After everything was pulled: a new account gets its first items key; an account whose
    /// items nobody can open is left alone.
    pub(crate) async fn settle_keys<R: RecordReplica>(
        &self,
        replica: &R,
    ) -> Result<(), HostedError> {
        self.finish_password_change(replica).await?;
        let keys = self.keychain();
        if keys.root.version() == Version::V003 {
            return Ok(());
        }
        if keys.current().is_none() {
            let closed = replica
                .records_with_prefix(&self.id, CLOSED)
                .await
                .map_err(HostedError::replica)?;
            let waiting = closed
                .iter()
                .filter_map(seen::parse::<Item>)
                .filter(|item| item.content_type.as_deref() != Some(ITEMS_KEY))
                .count();
            let sealed_keys = closed.iter().filter_map(seen::parse::<Item>).any(|item| {
                item.content_type.as_deref() == Some(ITEMS_KEY)
                    && matches!(keys.open_items_key(&item), Err(Closed::NoKey))
            });
            if sealed_keys {
                return Err(HostedError::PasswordChanged);
            }
            if waiting > 0 {
                return Err(HostedError::KeysMissing {
                    items: u32::try_from(waiting).unwrap_or(u32::MAX),
                });
            }
            self.make_items_key(replica).await?;
        }
        self.remember_current_key().await
    }

    /// The key in use is the device's own choice from now on.
    pub(crate) async fn remember_current_key(&self) -> Result<(), HostedError> {
        let current = self.keychain().current().map(|key| key.name.clone());
        let mut credentials = self.credentials();
        if current.is_none() || credentials.items_key == current {
            return Ok(());
        }
        credentials.items_key.clone_from(&current);
        self.put_credentials(credentials).await
    }

    async fn make_items_key<R: RecordReplica>(&self, replica: &R) -> Result<(), HostedError> {
        let random = &mut Entropy(&self.environment);
        let name = entropy::uuid(random);
        let key = ItemsKey::new(name.clone(), random);
        let credentials = self.credentials();
        let sealed = seal_items_key(
            &name,
            &key.content(true, None),
            &credentials.root,
            &credentials.params,
            random,
        );
        let item = key_item(&name, &sealed, None);
        self.send_keys(replica, vec![item]).await?;
        let mut keys = (*self.keychain()).clone();
        keys.add(key);
        self.put_keychain(keys);
        Ok(())
    }

    /// Sends items keys and remembers what the server has of them. Retried on whatever state the
    /// server names, because the content does not depend on it.
    pub(crate) async fn send_keys<R: RecordReplica>(
        &self,
        replica: &R,
        mut items: Vec<Value>,
    ) -> Result<(), HostedError> {
        const ATTEMPTS: usize = 5;
        for _ in 0..ATTEMPTS {
            if items.is_empty() {
                return Ok(());
            }
            // From where everything is known: what the answer brings beside is pulled later.
            let position = self.position(replica).await?;
            let position = Position {
                cursor: None,
                ..position
            };
            let page = self.sync(&items, &position).await?;
            let mut records = Vec::new();
            items.retain(|item| {
                let name = item["uuid"].as_str().unwrap_or_default();
                let saved = page.saved.iter().find(|saved| saved.uuid == name);
                if let Some(saved) = saved {
                    records.extend(key_records(item, saved));
                }
                saved.is_none()
            });
            replica
                .put_records(&self.id, records)
                .await
                .map_err(HostedError::replica)?;
            for item in &mut items {
                let name = item["uuid"].as_str().unwrap_or_default().to_owned();
                if let Some(server) = page.conflicts.iter().find(|server| server.uuid == name) {
                    put_base(item, Some(&Seen::of(server, Role::Key)));
                }
            }
        }
        Err(HostedError::Garbled {
            request: "POST items",
            source: None,
        })
    }
}

/// An items key as it is sent.
pub(crate) fn key_item(name: &str, sealed: &sheaf_crypto::Sealed, base: Option<&Seen>) -> Value {
    let mut item = json!({
        "uuid": name,
        "content_type": ITEMS_KEY,
        "content": sealed.content,
        "enc_item_key": sealed.enc_item_key,
        "deleted": false,
    });
    put_base(&mut item, base);
    item
}

/// The state a save is made on.
pub(crate) fn put_base(item: &mut Value, base: Option<&Seen>) {
    let Some(fields) = item.as_object_mut() else {
        return;
    };
    match base {
        None => {
            fields.insert("updated_at".into(), "1970-01-01T00:00:00.000Z".into());
            fields.insert("updated_at_timestamp".into(), 0.into());
        }
        Some(seen) if seen.iso.is_empty() => {
            let iso = sheaf_protocol::Micros(seen.at).to_iso();
            fields.insert("updated_at".into(), iso.into());
            fields.insert("updated_at_timestamp".into(), seen.at.into());
        }
        Some(seen) => {
            fields.insert("updated_at".into(), seen.iso.clone().into());
            fields.shift_remove("updated_at_timestamp");
        }
    }
}

/// What is remembered of an items key that was sent as `item` and saved as `saved`.
fn key_records(item: &Value, saved: &Item) -> Vec<Record> {
    let name = &saved.uuid;
    let mut kept = saved.clone();
    let text = |key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
    kept.content = text("content");
    kept.enc_item_key = text("enc_item_key");
    kept.content_type = text("content_type");
    let seen = Seen {
        content_type: ITEMS_KEY.into(),
        ..Seen::of(saved, Role::Key)
    };
    if item.get("deleted") == Some(&Value::Bool(true)) {
        return vec![seen::forget(KEY, name), seen.record(name)];
    }
    vec![seen::record(KEY, name, &kept), seen.record(name)]
}
