//! Version 004: Argon2id and XChaCha20-Poly1305.
//!
//! `004:nonce:ciphertext:authenticated data`, since 2023 with a fifth part of additional data
//! that is not authenticated and never read. The authenticated data are the bytes of the base64
//! **text** of part four, and readers take them as they stand.

use argon2::{Algorithm, Argon2, Params};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    DecryptError, Key, KeyError, KeyParams, Password, Random, Sealed, Version, text, v003,
};

/// Passes, memory in KiB, lanes and output length that the protocol fixes.
const PASSES: u32 = 5;
const MEMORY_KIB: u32 = 65_536;
const OUTPUT: usize = 64;

/// What a password becomes.
pub struct RootKey {
    /// Never leaves this device; encrypts the items keys.
    pub master: Key<32>,
    /// Sent to the server, as hexadecimal text, in place of the password.
    pub server_password: Key<32>,
}

/// Derives the root key: 64 MiB and about 180 ms of one core.
pub fn derive(password: &Password, params: &KeyParams) -> Result<RootKey, KeyError> {
    if params.version != Version::V004 {
        return Err(KeyError::Version(params.version.as_str()));
    }
    params.check()?;
    let seed = format!("{}:{}", params.identifier, params.pw_nonce);
    let salt = &Sha256::digest(seed.as_bytes())[..16];
    let cost =
        Params::new(MEMORY_KIB, PASSES, 1, Some(OUTPUT)).map_err(|_| KeyError::Derivation)?;
    let mut out = Zeroizing::new([0_u8; OUTPUT]);
    Argon2::new(Algorithm::Argon2id, argon2::Version::V0x13, cost)
        .hash_password_into(password.reveal().as_bytes(), salt, out.as_mut_slice())
        .map_err(|_| KeyError::Derivation)?;
    Ok(RootKey {
        master: Key::from_slice(&out[..32])?,
        server_password: Key::from_slice(&out[32..])?,
    })
}

/// What an item is encrypted under.
#[derive(Clone, Copy)]
pub enum Under<'a> {
    /// An items key: ordinary items.
    ItemsKey(&'a Key<32>),
    /// The root key, whose parameters are authenticated along: items keys themselves.
    RootKey(&'a Key<32>, &'a KeyParams),
}

impl Under<'_> {
    fn key(&self) -> &Key<32> {
        match self {
            Self::ItemsKey(key) | Self::RootKey(key, _) => key,
        }
    }
}

/// Encrypts an item's text under a fresh item key.
pub fn seal(uuid: &str, plaintext: &str, under: Under<'_>, random: &mut dyn Random) -> Sealed {
    let mut item_key = Zeroizing::new([0_u8; 32]);
    random.fill(item_key.as_mut_slice());
    let mut nonces = [[0_u8; 24]; 2];
    for nonce in &mut nonces {
        random.fill(nonce);
    }
    seal_with(uuid, plaintext, under, &Key::new(*item_key), nonces)
}

fn seal_with(
    uuid: &str,
    plaintext: &str,
    under: Under<'_>,
    item_key: &Key<32>,
    [nonce_content, nonce_key]: [[u8; 24]; 2],
) -> Sealed {
    // One text for both strings: a published client authenticates both with the one it reads
    // from `enc_item_key`.
    let authenticated = text::base64(authenticated_data(uuid, under).as_bytes());
    let item_key_hex = Zeroizing::new(item_key.reveal_hex());
    Sealed {
        content: seal_string(plaintext, item_key, nonce_content, &authenticated),
        enc_item_key: seal_string(&item_key_hex, under.key(), nonce_key, &authenticated),
    }
}

/// Compact JSON, keys in the order kp, u, v.
fn authenticated_data(uuid: &str, under: Under<'_>) -> String {
    let uuid = uuid.to_lowercase();
    match under {
        Under::ItemsKey(_) => serde_json::json!({"u": uuid, "v": "004"}).to_string(),
        Under::RootKey(_, params) => serde_json::json!({
            "kp": {
                "identifier": params.identifier,
                "pw_nonce": params.pw_nonce,
                "version": params.version,
                "origination": params.origination,
                "created": params.created,
            },
            "u": uuid,
            "v": "004",
        })
        .to_string(),
    }
}

fn seal_string(plaintext: &str, key: &Key<32>, nonce: [u8; 24], authenticated: &str) -> String {
    let cipher = XChaCha20Poly1305::new(key.reveal().into());
    let payload = Payload {
        msg: plaintext.as_bytes(),
        aad: authenticated.as_bytes(),
    };
    let ciphertext = cipher
        .encrypt(XNonce::from_slice(&nonce), payload)
        .expect("only a message beyond 256 GiB cannot be encrypted");
    format!(
        "004:{}:{}:{authenticated}:e30=",
        text::hex(&nonce),
        text::base64(&ciphertext)
    )
}

/// Decrypts an item's text. Both strings must name this item and this version.
pub fn open(uuid: &str, sealed: &Sealed, key: &Key<32>) -> Result<Zeroizing<String>, DecryptError> {
    let item_key = open_string(uuid, &sealed.enc_item_key, key)?;
    let item_key = Key::from_hex(&item_key).map_err(|_| DecryptError::Malformed)?;
    open_string(uuid, &sealed.content, &item_key)
}

fn open_string(uuid: &str, sealed: &str, key: &Key<32>) -> Result<Zeroizing<String>, DecryptError> {
    let parts: Vec<&str> = sealed.split(':').collect();
    let (["004", nonce, ciphertext, authenticated] | ["004", nonce, ciphertext, authenticated, _]) =
        parts[..]
    else {
        return Err(v003::wrong_version(sealed, "004"));
    };
    let nonce = text::unhex(nonce)
        .filter(|n| n.len() == 24)
        .ok_or(DecryptError::Malformed)?;
    let ciphertext = text::unbase64(ciphertext).ok_or(DecryptError::Malformed)?;
    let cipher = XChaCha20Poly1305::new(key.reveal().into());
    let payload = Payload {
        msg: &ciphertext,
        aad: authenticated.as_bytes(),
    };
    let plain = cipher
        .decrypt(XNonce::from_slice(&nonce), payload)
        .map_err(|_| DecryptError::Authentication)?;
    let plain = v003::into_text(plain)?;
    names_item(uuid, authenticated)?;
    Ok(plain)
}

/// The authenticated data are genuine once the tag was checked; they must be about this item.
fn names_item(uuid: &str, authenticated: &str) -> Result<(), DecryptError> {
    let json = text::unbase64(authenticated).ok_or(DecryptError::Malformed)?;
    let data: Value = serde_json::from_slice(&json).map_err(|_| DecryptError::Malformed)?;
    if data.get("v").and_then(Value::as_str) != Some("004") {
        return Err(DecryptError::Version);
    }
    if data.get("u").and_then(Value::as_str) != Some(uuid.to_lowercase().as_str()) {
        return Err(DecryptError::Uuid);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
