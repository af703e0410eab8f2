//! Version 003: PBKDF2-HMAC-SHA512, AES-256-CBC, HMAC-SHA256.
//!
//! For accounts that older clients made; new ones are 004. Six parts joined by colons: `003`,
//! authentication hash, item uuid, IV, ciphertext, base64 of the account's parameters. The sixth
//! part is **not** authenticated by the protocol and therefore never read.

use aes::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit, block_padding::Pkcs7};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::{DecryptError, Key, KeyError, KeyParams, Password, Random, Sealed, Version, text};

/// Cost of every new derivation. Exactly this number: one of the two published clients ignores
/// the served cost and always uses it.
pub const COST: u32 = 110_000;

/// The three keys of an account.
pub struct AccountKeys {
    /// Sent to the server in place of the password.
    pub server_password: Key<32>,
    pub encryption: Key<32>,
    pub authentication: Key<32>,
}

/// Derives the keys. Takes tens of milliseconds. The parameters are checked first.
pub fn derive(password: &Password, params: &KeyParams) -> Result<AccountKeys, KeyError> {
    if params.version != Version::V003 {
        return Err(KeyError::Version(params.version.as_str()));
    }
    params.check()?;
    let cost = params.pw_cost.ok_or(KeyError::Incomplete("pw_cost"))?;
    derive_with_cost(password, &params.identifier, &params.pw_nonce, cost)
}

fn derive_with_cost(
    password: &Password,
    identifier: &str,
    nonce: &str,
    cost: u32,
) -> Result<AccountKeys, KeyError> {
    let seed = format!("{identifier}:SF:003:{cost}:{nonce}");
    // The salt is the hexadecimal text of the digest, not the digest.
    let salt = text::hex(&Sha256::digest(seed.as_bytes()));
    let mut out = Zeroizing::new([0_u8; 96]);
    pbkdf2::pbkdf2::<Hmac<Sha512>>(
        password.reveal().as_bytes(),
        salt.as_bytes(),
        cost,
        out.as_mut_slice(),
    )
    .map_err(|_| KeyError::Derivation)?;
    Ok(AccountKeys {
        server_password: Key::from_slice(&out[..32])?,
        encryption: Key::from_slice(&out[32..64])?,
        authentication: Key::from_slice(&out[64..])?,
    })
}

/// An item decrypted: its text and nothing of its keys.
pub fn open(
    uuid: &str,
    sealed: &Sealed,
    encryption: &Key<32>,
    authentication: &Key<32>,
) -> Result<Zeroizing<String>, DecryptError> {
    let item_key = open_string(uuid, &sealed.enc_item_key, encryption, authentication)?;
    let halves = item_key
        .split_at_checked(64)
        .ok_or(DecryptError::Malformed)?;
    let key = |hex: &str| Key::from_hex(hex).map_err(|_| DecryptError::Malformed);
    open_string(uuid, &sealed.content, &key(halves.0)?, &key(halves.1)?)
}

/// Encrypts an item's text under a fresh item key. `params` travel in clear with every item, as
/// the older clients expect.
pub fn seal(
    uuid: &str,
    plaintext: &str,
    encryption: &Key<32>,
    authentication: &Key<32>,
    params: &KeyParams,
    random: &mut dyn Random,
) -> Sealed {
    let mut item_key = Zeroizing::new([0_u8; 64]);
    random.fill(item_key.as_mut_slice());
    let mut ivs = [[0_u8; 16]; 2];
    for iv in &mut ivs {
        random.fill(iv);
    }
    seal_with(
        uuid,
        plaintext,
        (encryption, authentication),
        params,
        &item_key,
        ivs,
    )
}

fn seal_with(
    uuid: &str,
    plaintext: &str,
    account: (&Key<32>, &Key<32>),
    params: &KeyParams,
    item_key: &[u8; 64],
    [iv_key, iv_content]: [[u8; 16]; 2],
) -> Sealed {
    let hex = Zeroizing::new(text::hex(item_key));
    let half = |at: usize| {
        let mut bytes = [0_u8; 32];
        bytes.copy_from_slice(&item_key[at..at + 32]);
        let key = Key::new(bytes);
        bytes.zeroize();
        key
    };
    let tail = auth_params(params);
    Sealed {
        enc_item_key: seal_string(uuid, &hex, account.0, account.1, iv_key, &tail),
        content: seal_string(uuid, plaintext, &half(0), &half(32), iv_content, &tail),
    }
}

/// In the key order the older client writes.
fn auth_params(params: &KeyParams) -> String {
    let json = serde_json::json!({
        "pw_nonce": params.pw_nonce,
        "pw_cost": params.pw_cost,
        "identifier": params.identifier,
        "version": params.version,
    });
    text::base64(json.to_string().as_bytes())
}

fn seal_string(
    uuid: &str,
    plaintext: &str,
    encryption: &Key<32>,
    authentication: &Key<32>,
    iv: [u8; 16],
    tail: &str,
) -> String {
    let cipher = cbc::Encryptor::<aes::Aes256>::new(encryption.reveal().into(), &iv.into());
    let ciphertext = text::base64(&cipher.encrypt_padded_vec_mut::<Pkcs7>(plaintext.as_bytes()));
    let authenticated = format!("003:{uuid}:{}:{ciphertext}", text::hex(&iv));
    let tag = text::hex(&mac(authentication, &authenticated));
    format!("003:{tag}:{uuid}:{}:{ciphertext}:{tail}", text::hex(&iv))
}

fn open_string(
    uuid: &str,
    sealed: &str,
    encryption: &Key<32>,
    authentication: &Key<32>,
) -> Result<Zeroizing<String>, DecryptError> {
    let parts: Vec<&str> = sealed.split(':').collect();
    let (["003", tag, named, iv, ciphertext] | ["003", tag, named, iv, ciphertext, _]) = parts[..]
    else {
        return Err(wrong_version(sealed, "003"));
    };
    if named != uuid {
        return Err(DecryptError::Uuid);
    }
    let tag = text::unhex(tag).ok_or(DecryptError::Malformed)?;
    let expected = mac(authentication, &format!("003:{named}:{iv}:{ciphertext}"));
    if !bool::from(tag.as_slice().ct_eq(&expected)) {
        return Err(DecryptError::Authentication);
    }
    let iv = text::unhex(iv)
        .filter(|iv| iv.len() == 16)
        .ok_or(DecryptError::Malformed)?;
    let ciphertext = text::unbase64(ciphertext).ok_or(DecryptError::Malformed)?;
    let cipher = cbc::Decryptor::<aes::Aes256>::new_from_slices(encryption.reveal(), &iv)
        .map_err(|_| DecryptError::Malformed)?;
    let plain = cipher
        .decrypt_padded_vec_mut::<Pkcs7>(&ciphertext)
        .map_err(|_| DecryptError::Malformed)?;
    into_text(plain)
}

fn mac(key: &Key<32>, message: &str) -> [u8; 32] {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.reveal()).expect("HMAC takes keys of every length");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().into()
}

/// UTF-8 or an error; the bytes are wiped either way.
pub(crate) fn into_text(plain: Vec<u8>) -> Result<Zeroizing<String>, DecryptError> {
    String::from_utf8(plain)
        .map(Zeroizing::new)
        .map_err(|error| {
            error.into_bytes().zeroize();
            DecryptError::Encoding
        })
}

/// Tells content without encryption, another version and mere rubbish apart.
pub(crate) fn wrong_version(sealed: &str, version: &str) -> DecryptError {
    match sealed.as_bytes() {
        [b'0', b'0', b'0', ..] => DecryptError::Plaintext,
        bytes if bytes.starts_with(version.as_bytes()) => DecryptError::Malformed,
        [b'0', b'0', b'1'..=b'9', ..] => DecryptError::Version,
        _ => DecryptError::Malformed,
    }
}

#[cfg(test)]
mod tests;
