//! Changing the password, and with it the account's version.
//!
//! Other clients switch the password first and encrypt the items keys anew afterwards: whoever is
//! interrupted in between has an account whose new password opens nothing. Here, in this order:
//!
//! 1. copies of all items keys, encrypted under the new root, go to the server;
//! 2. the new root is kept on this device beside the old one;
//! 3. the server is told the new password;
//! 4. the items keys themselves are encrypted under the new root, a new one for new text is added,
//!    and the copies go.
//!
//! Cut off before 3, the old password still opens everything and the copies mean nothing; after 3
//! the new one opens the copies, here and on any other device, and step 4 is done by whoever comes
//! first. The server may say yes and the answer be lost: its key parameters tell.

use serde_json::{Value, json};
use sheaf_crypto::{Password, Version};
use sheaf_net::Method;
use sheaf_protocol::Item;
use sheaf_sync::{Environment, Policy, RecordReplica};

use crate::{
    Dialect, HostedError, Proof, RecoveryCode, Replication, Round, Vault,
    account::{Signed, derive, wrong_password},
    credentials::{Pending, Root},
    entropy::{self, Entropy},
    key_params,
    keychain::{ITEMS_KEY, ItemsKey, seal_items_key},
    keys::key_item,
    marker::DOMAIN,
    seen::{self, ITEM, KEY, Seen},
    service::API,
};

impl<E: Environment, V: Vault> Replication<E, V> {
    /// Changes the password; an account of version 003 becomes one of 004. The keys of other
    /// devices stay as they are until those sign in again.
    ///
    /// Makes a round first: what another device has encrypted with a key that is not known here
    /// could be opened by nobody afterwards, because that key would stay under the old root.
    pub async fn change_password<R: RecordReplica>(
        &self,
        replica: &R,
        current: Proof<'_>,
        new: &Password,
    ) -> Result<RecoveryCode, HostedError> {
        self.load(replica).await?;
        self.finish_password_change(replica).await?;
        let credentials = self.credentials();
        let origination = match credentials.params.version {
            Version::V003 => "protocol-upgrade",
            Version::V004 => "password-change",
        };
        let current = match current {
            Proof::Password(password) => {
                let derived = derive(password, &credentials.params).await?;
                if !is_same(&derived.root, &credentials.root) {
                    return Err(wrong_password());
                }
                derived.server_password
            }
            Proof::Recovery(code) => {
                zeroize::Zeroizing::new(code.open()?.server_password.reveal_hex())
            }
        };
        let progress = |_| {};
        let mut round = Round::default();
        Box::pin(self.round(replica, Policy::default(), &mut round, &progress)).await?;
        // Its tokens may have been renewed, and its first items key made.
        let credentials = self.credentials();
        let params = key_params::made(&credentials.email, origination, &self.environment);
        let derived = derive(new, &params).await?;
        let root = std::sync::Arc::new(derived.root);
        self.send_copies(replica, &root, &params).await?;
        let mut pending = credentials.clone();
        pending.pending = Some(Pending {
            params: params.clone(),
            root,
        });
        self.put_credentials(pending).await?;
        let body = key_params::in_body(
            &params,
            json!({
                "current_password": *current,
                "new_password": *derived.server_password,
                "api": API,
            }),
        );
        match self.tell_server(&body).await {
            Ok(signed) => self.switch(Some(signed)).await?,
            // An answer: the server has not changed anything. A status above may be of a proxy in between
            // that did not hear the server's.
            Err(HostedError::Answer(answer)) if answer.status < 500 => {
                let mut kept = self.credentials();
                kept.pending = None;
                self.put_credentials(kept).await?;
                return Err(HostedError::Answer(answer));
            }
            // No answer: it may have.
            Err(error) => {
                self.finish_password_change(replica).await?;
                if self.credentials().params.pw_nonce != params.pw_nonce {
                    return Err(error);
                }
            }
        }
        self.rewrite_keys(replica, true).await?;
        derived
            .recovery
            .ok_or(HostedError::Key(sheaf_crypto::KeyError::Derivation))
    }

    async fn tell_server(&self, body: &Value) -> Result<Signed, HostedError> {
        let credentials = self.credentials();
        let (what, method, path) = match credentials.dialect {
            Dialect::Current => (
                "PUT credentials",
                Method::PUT,
                format!("v1/users/{}/attributes/credentials", credentials.user),
            ),
            Dialect::Older => (
                "POST auth/change_pw",
                Method::POST,
                "auth/change_pw".to_owned(),
            ),
        };
        let request = self
            .service
            .request(method, &path)
            .bearer(&credentials.session.access);
        self.service.call(what, request, Some(body)).await
    }

    /// The pending root becomes the root.
    async fn switch(&self, signed: Option<Signed>) -> Result<(), HostedError> {
        let mut credentials = self.credentials();
        let Some(pending) = credentials.pending.take() else {
            return Ok(());
        };
        credentials.params = pending.params;
        credentials.root = pending.root;
        if let Some(signed) = signed {
            credentials.session = signed.into_session()?;
        }
        self.put_credentials(credentials.clone()).await?;
        let mut keys = crate::keychain::Keychain::new(
            credentials.root,
            credentials.params,
            credentials.items_key,
        );
        for key in self.keychain().all() {
            keys.add_shared(key.clone());
        }
        self.put_keychain(keys);
        Ok(())
    }

    /// Ends a change that was interrupted, whichever way the server decided, and does for another
    /// device what it could not finish.
    pub(crate) async fn finish_password_change<R: RecordReplica>(
        &self,
        replica: &R,
    ) -> Result<(), HostedError> {
        let credentials = self.credentials();
        if let Some(pending) = &credentials.pending {
            let verifier = entropy::hex(&mut Entropy(&self.environment));
            let (_, params) = self
                .service
                .key_params(&credentials.email, &verifier)
                .await?;
            if params.pw_nonce == pending.params.pw_nonce {
                self.switch(None).await?;
                // The session of before is over; the person signs in with the new password, and
                // the keys are already the right ones.
            } else {
                let mut kept = credentials.clone();
                kept.pending = None;
                self.put_credentials(kept).await?;
            }
        }
        self.rewrite_keys(replica, false).await
    }

    /// Step 1.
    async fn send_copies<R: RecordReplica>(
        &self,
        replica: &R,
        root: &Root,
        params: &sheaf_crypto::KeyParams,
    ) -> Result<(), HostedError> {
        let random = &mut Entropy(&self.environment);
        let keys = self.keychain();
        let mut copies = Vec::new();
        let older = ItemsKey::of_older_root(entropy::uuid(random), &keys.root);
        let own = older
            .iter()
            .filter(|_| !keys.all().any(|key| key.is_of_root(&keys.root)));
        for key in keys.all().map(AsRef::as_ref).chain(own) {
            let name = entropy::uuid(random);
            let content = key.content(false, Some(&key.name));
            let sealed = seal_items_key(&name, &content, root, params, random);
            copies.push(key_item(&name, &sealed, None));
        }
        self.send_keys(replica, copies).await
    }

    /// Step 4, as far as it is not done: every items key under the root in force, no copy left.
    /// `renew`: with a new key for new text.
    pub(crate) async fn rewrite_keys<R: RecordReplica>(
        &self,
        replica: &R,
        renew: bool,
    ) -> Result<(), HostedError> {
        let credentials = self.credentials();
        let held = replica
            .records_with_prefix(&self.id, KEY)
            .await
            .map_err(HostedError::replica)?;
        let mut items: Vec<(Item, Option<ItemsKey>)> = held
            .iter()
            .filter_map(seen::parse::<Item>)
            .map(|item| {
                let opened = crate::keychain::open_items_key(&item, &credentials.root).ok();
                (item, opened)
            })
            .collect();
        items.sort_by(|a, b| a.0.uuid.cmp(&b.0.uuid));
        self.add_copied(&items);
        let is_copy = |item: &Item, key: &Option<ItemsKey>| {
            key.as_ref().is_some_and(|key| key.name != item.uuid)
        };
        let unfinished = items.iter().any(|(item, key)| match key {
            // Known from its copy alone.
            None => self.keychain().contains(&item.uuid),
            Some(_) => is_copy(item, key),
        });
        if !renew && !unfinished {
            return Ok(());
        }
        let bases = replica
            .records(
                &self.id,
                items
                    .iter()
                    .map(|(item, _)| format!("{ITEM}{}", item.uuid))
                    .collect(),
            )
            .await
            .map_err(HostedError::replica)?;
        let base = |name: &str| {
            bases
                .iter()
                .find(|record| seen::name(record, ITEM) == name)
                .and_then(Seen::parse)
        };
        let random = &mut Entropy(&self.environment);
        let keys = self.keychain();
        let mut sending = Vec::new();
        let mut fresh = None;
        if renew && credentials.params.version == Version::V004 {
            let name = entropy::uuid(random);
            let key = ItemsKey::new(name.clone(), random);
            let sealed = seal_items_key(
                &name,
                &key.content(true, None),
                &credentials.root,
                &credentials.params,
                random,
            );
            sending.push(key_item(&name, &sealed, None));
            fresh = Some(key);
        }
        for key in keys.all() {
            let is_default = key.is_default && fresh.is_none();
            let sealed = seal_items_key(
                &key.name,
                &key.content(is_default, None),
                &credentials.root,
                &credentials.params,
                random,
            );
            sending.push(key_item(&key.name, &sealed, base(&key.name).as_ref()));
        }
        self.send_keys(replica, sending).await?;
        // The copies last: until here they are what a new device can open.
        let copies = items
            .iter()
            .filter(|(item, key)| is_copy(item, key))
            .map(|(item, _)| {
                let mut gone = json!({
                    "uuid": item.uuid, "content_type": ITEMS_KEY, "deleted": true,
                });
                crate::keys::put_base(&mut gone, base(&item.uuid).as_ref());
                gone
            })
            .collect();
        self.send_keys(replica, copies).await?;
        if let Some(key) = fresh {
            let mut credentials = self.credentials();
            credentials.items_key = Some(key.name.clone());
            self.put_credentials(credentials.clone()).await?;
            let mut keys = (*self.keychain()).clone();
            keys.prefer(&key.name);
            keys.add(key);
            self.put_keychain(keys);
        }
        tracing::info!(domain = DOMAIN, "the items keys are under the key in force");
        Ok(())
    }
}

impl<E: Environment, V: Vault> Replication<E, V> {
    /// Keys that only a copy opens are keys all the same.
    fn add_copied(&self, items: &[(Item, Option<ItemsKey>)]) {
        let mut keys = (*self.keychain()).clone();
        let credentials = self.credentials();
        for (item, key) in items {
            if key.as_ref().is_some_and(|key| !keys.contains(&key.name))
                && let Ok(key) = crate::keychain::open_items_key(item, &credentials.root)
            {
                keys.add(key);
            }
        }
        self.put_keychain(keys);
    }
}

/// Both are this person's own keys on this computer: nobody measures this comparison.
fn is_same(a: &Root, b: &Root) -> bool {
    match (a, b) {
        (Root::V004(a), Root::V004(b)) => a.reveal() == b.reveal(),
        (
            Root::V003 {
                encryption: a,
                authentication: c,
            },
            Root::V003 {
                encryption: b,
                authentication: d,
            },
        ) => a.reveal() == b.reveal() && c.reveal() == d.reveal(),
        _ => false,
    }
}
