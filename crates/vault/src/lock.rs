//! The vault's key, closed with a passphrase, as it lies in the database.
//!
//! Whoever runs the server can copy this and try passphrases; what one try costs is all that
//! protects a weak one, so the cost has a floor that no server can lower, and a ceiling, so that none
//! can stop the computer with it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use icu_normalizer::ComposingNormalizerBorrowed;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sheaf_crypto::{DecryptError, Key, Password, Random, passphrase};
use sheaf_model::Body;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::{
    LockError, RecoveryCode, Vault, VaultId,
    key::{mac, put},
};

/// The id of the document. Not of the shared data model: other clients leave it alone, and it is
/// replicated and backed up with the rest.
pub const VAULT_DOCUMENT: &str = "sheaf-vault";

const FORMAT: u64 = 1;
/// Longer than any closed key of ours.
const LONGEST: usize = 1024;

/// The document's fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    format: u64,
    vault: String,
    /// The key, closed; base64.
    key: String,
    /// That whoever closed it had the key; base64.
    proof: String,
}

/// What a device keeps of a vault that is open here, to be put into a keyring.
#[derive(Serialize, Deserialize)]
struct Kept {
    key: Zeroizing<String>,
    lock: Lock,
}

impl Lock {
    /// Closes `vault` with a passphrase. Takes about a tenth of a second.
    pub fn close(
        vault: &Vault,
        passphrase: &Password,
        random: &mut dyn Random,
    ) -> Result<Self, LockError> {
        let id = vault.id().to_string();
        let plain = vault.key().reveal();
        let sealed = passphrase::seal(&normal(passphrase), &context(&id), plain, random)
            .map_err(|_| LockError::Derivation)?;
        let key = STANDARD.encode(sealed);
        let proof = STANDARD.encode(proof(vault, &key).as_slice());
        Ok(Self {
            format: FORMAT,
            vault: id,
            key,
            proof,
        })
    }

    /// From the document's fields. Nothing is opened.
    pub fn read(fields: &Body) -> Result<Self, LockError> {
        match fields.get("format").and_then(Value::as_u64) {
            Some(FORMAT) => {}
            Some(1..) => return Err(LockError::Newer),
            _ => return Err(LockError::Malformed),
        }
        let lock: Self = serde_json::from_value(Value::Object(fields.clone()))
            .map_err(|_| LockError::Malformed)?;
        let whole = VaultId::parse(&lock.vault).is_some()
            && lock.key.len() <= LONGEST
            && lock.proof.len() <= LONGEST;
        if whole {
            Ok(lock)
        } else {
            Err(LockError::Malformed)
        }
    }

    pub fn fields(&self) -> Body {
        match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            _ => Body::new(),
        }
    }

    pub fn vault(&self) -> Result<VaultId, LockError> {
        VaultId::parse(&self.vault).ok_or(LockError::Malformed)
    }

    pub fn open(&self, passphrase: &Password) -> Result<Vault, LockError> {
        let sealed = STANDARD
            .decode(&self.key)
            .map_err(|_| LockError::Malformed)?;
        let plain = passphrase::open(&normal(passphrase), &context(&self.vault), &sealed).map_err(
            |error| match error {
                DecryptError::Authentication => LockError::WrongPassphrase,
                DecryptError::Version => LockError::Newer,
                DecryptError::Cost => LockError::Cost,
                _ => LockError::Malformed,
            },
        )?;
        let key = Zeroizing::new(
            <[u8; 32]>::try_from(plain.as_slice()).map_err(|_| LockError::Malformed)?,
        );
        self.opened(Key::new(*key))
            .ok_or(LockError::WrongPassphrase)
    }

    /// Without the passphrase, by what was printed when the vault was made.
    pub fn open_with_code(&self, code: &RecoveryCode) -> Result<Vault, LockError> {
        self.opened(code.key()?).ok_or(LockError::WrongCode)
    }

    fn opened(&self, key: Key<32>) -> Option<Vault> {
        let vault = Vault::new(VaultId::parse(&self.vault)?, key);
        self.is_of(&vault).then_some(vault)
    }

    /// Whether somebody who has this vault's key wrote it: a passphrase may have been changed on
    /// another device, but a server cannot have made it.
    pub fn is_of(&self, vault: &Vault) -> bool {
        let Ok(claimed) = STANDARD.decode(&self.proof) else {
            return false;
        };
        self.vault == vault.id().to_string()
            && bool::from(proof(vault, &self.key).as_slice().ct_eq(&claimed))
    }

    /// For a keyring; wiped when dropped. Holds the vault's key.
    pub fn keep(&self, vault: &Vault) -> Zeroizing<String> {
        let kept = Kept {
            key: Zeroizing::new(vault.key().reveal_hex()),
            lock: self.clone(),
        };
        Zeroizing::new(serde_json::to_string(&kept).unwrap_or_default())
    }

    /// From a keyring.
    pub fn kept(text: &str) -> Result<(Self, Vault), LockError> {
        let kept: Kept = serde_json::from_str(text).map_err(|_| LockError::Malformed)?;
        let key = Key::from_hex(&kept.key).map_err(|_| LockError::Malformed)?;
        let vault = kept.lock.opened(key).ok_or(LockError::Malformed)?;
        Ok((kept.lock, vault))
    }
}

impl Vault {
    /// What must never be seen: for a log that leaves it out. Wiped when dropped.
    pub fn reveal_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(self.key().reveal_hex())
    }
}

fn context(vault: &str) -> String {
    format!("sheaf vault {FORMAT} {vault}")
}

fn proof(vault: &Vault, key: &str) -> Zeroizing<[u8; 32]> {
    let mut text = Vec::new();
    put(&mut text, &FORMAT.to_be_bytes());
    put(&mut text, vault.id().to_string().as_bytes());
    put(&mut text, key.as_bytes());
    mac(&vault.proof, &[&text])
}

/// Keyboards and systems write the same letter in several ways; a passphrase is what is read.
fn normal(passphrase: &Password) -> Password {
    let normalizer = ComposingNormalizerBorrowed::new_nfkc();
    Password::new(normalizer.normalize(passphrase.reveal()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{Counting, vault};

    fn password(text: &str) -> Password {
        Password::new(text.to_owned())
    }

    fn lock() -> Lock {
        Lock::close(&vault(1), &password("straw and ink"), &mut Counting(0)).unwrap()
    }

    fn refusal(lock: &Lock, passphrase: &str) -> LockError {
        lock.open(&password(passphrase)).err().unwrap()
    }

    #[test]
    fn the_passphrase_opens_the_vault_and_nothing_else_does() {
        let lock = Lock::read(&lock().fields()).unwrap();
        let opened = lock.open(&password("straw and ink")).unwrap();
        assert_eq!(opened.key().reveal(), vault(1).key().reveal());
        assert_eq!(refusal(&lock, "straw and inc"), LockError::WrongPassphrase);
        let text = serde_json::to_string(&lock).unwrap();
        assert!(!text.contains(&vault(1).key().reveal_hex()) && !text.contains("straw"));
    }

    #[test]
    fn a_passphrase_is_what_is_read_not_how_it_is_stored() {
        let composed = Lock::close(&vault(1), &password("gr\u{fc}n ﬁ"), &mut Counting(0)).unwrap();
        assert!(composed.open(&password("gru\u{308}n fi")).is_ok());
    }

    #[test]
    fn a_server_can_neither_lower_the_cost_nor_ask_for_gigabytes() {
        // passes, and MiB in two bytes, behind the version
        for head in [
            [1, 0, 64],
            [2, 0, 64],
            [3, 0, 8],
            [3, 0, 63],
            [200, 0, 64],
            [3, 255, 255],
            [3, 16, 0],
        ] {
            let mut bytes = STANDARD.decode(&lock().key).unwrap();
            bytes[1..4].copy_from_slice(&head);
            let cheap = Lock {
                key: STANDARD.encode(bytes),
                ..lock()
            };
            assert_eq!(
                refusal(&cheap, "straw and ink"),
                LockError::Cost,
                "{head:?}"
            );
        }
    }

    #[test]
    fn a_lock_of_another_vault_is_not_this_ones() {
        let other = Lock::close(&vault(2), &password("straw and ink"), &mut Counting(0)).unwrap();
        assert!(lock().is_of(&vault(1)) && !other.is_of(&vault(1)));
        // Its box under our vault's name: the name is covered.
        let swapped = Lock {
            vault: vault(1).id().to_string(),
            ..other
        };
        assert_eq!(
            refusal(&swapped, "straw and ink"),
            LockError::WrongPassphrase
        );
        assert!(!swapped.is_of(&vault(1)));
    }

    #[test]
    fn what_is_not_a_lock_says_so() {
        let with = |key: &str, value: Value| {
            let mut fields = lock().fields();
            fields.insert(key.to_owned(), value);
            Lock::read(&fields).err()
        };
        assert_eq!(with("format", 2.into()), Some(LockError::Newer));
        assert_eq!(with("format", "1".into()), Some(LockError::Malformed));
        assert_eq!(with("vault", "../x".into()), Some(LockError::Malformed));
        assert_eq!(
            with("key", "A".repeat(LONGEST + 1).into()),
            Some(LockError::Malformed)
        );
        assert_eq!(with("unknown", 1.into()), None);
        assert_eq!(Lock::read(&Body::new()), Err(LockError::Malformed));
    }

    #[test]
    fn what_a_keyring_holds_brings_the_vault_back() {
        let text = lock().keep(&vault(1));
        let (kept, opened) = Lock::kept(&text).unwrap();
        assert_eq!((kept, opened.id()), (lock(), vault(1).id()));
        assert_eq!(Lock::kept("secret").err(), Some(LockError::Malformed));
    }

    #[test]
    fn a_new_passphrase_leaves_the_vault_as_it_is() {
        let again = Lock::close(&vault(1), &password("another one"), &mut Counting(7)).unwrap();
        assert!(again.is_of(&vault(1)));
        assert_eq!(
            again.open(&password("another one")).unwrap().id(),
            vault(1).id()
        );
        assert_eq!(refusal(&again, "straw and ink"), LockError::WrongPassphrase);
    }
}
