use proptest::prelude::*;

use super::*;
use crate::vectors::{Json, bytes, entries, field, text};

fn key(json: &Json, name: &str) -> Key<32> {
    Key::from_hex(field(json, name)).unwrap()
}

fn sealed(item: &Json) -> Sealed {
    Sealed {
        content: text(item, "content"),
        enc_item_key: text(item, "enc_item_key"),
    }
}

fn params(json: &Json) -> KeyParams {
    serde_json::from_value(json.clone()).unwrap()
}

#[test]
fn keys_are_those_the_published_client_derives() {
    let mut seen = 0;
    for vector in entries("kdf_001_002_003")
        .iter()
        .filter(|v| field(v, "version") == "003")
    {
        let password = Password::new(text(vector, "password"));
        let cost = vector["pw_cost"].as_u64().unwrap() as u32;
        let keys = derive_with_cost(
            &password,
            field(vector, "identifier"),
            field(vector, "pw_nonce"),
            cost,
        )
        .unwrap();
        assert_eq!(keys.server_password.reveal_hex(), field(vector, "pw"));
        assert_eq!(keys.encryption.reveal_hex(), field(vector, "mk"));
        assert_eq!(keys.authentication.reveal_hex(), field(vector, "ak"));
        seen += 1;
    }
    assert!(seen >= 4, "{seen} vectors");
}

#[test]
fn items_of_the_published_client_open_and_are_written_byte_for_byte() {
    let mut seen = 0;
    for vector in entries("items_001_002_003")
        .iter()
        .filter(|v| field(v, "version") == "003")
    {
        let (mk, ak) = (key(vector, "mk"), key(vector, "ak"));
        let (uuid, plain) = (field(vector, "uuid"), field(vector, "content_plaintext"));
        assert_eq!(*open(uuid, &sealed(vector), &mk, &ak).unwrap(), plain);
        let item_key = bytes(vector, "item_key").try_into().unwrap();
        let ivs = ["iv_enc_item_key", "iv_content"].map(|iv| bytes(vector, iv).try_into().unwrap());
        let params = params(&vector["auth_params"]);
        assert_eq!(
            seal_with(uuid, plain, (&mk, &ak), &params, &item_key, ivs),
            sealed(vector)
        );
        seen += 1;
    }
    assert!(seen >= 4, "{seen} vectors");
}

#[test]
fn tampered_items_open_only_where_the_protocol_does_not_authenticate() {
    for vector in entries("negative_003") {
        let item = &vector["item"];
        let result = open(
            field(item, "uuid"),
            &sealed(item),
            &key(&vector, "mk"),
            &key(&vector, "ak"),
        );
        let expected = field(&vector, "expect");
        assert_eq!(
            result.is_ok(),
            expected.starts_with("ok"),
            "{}",
            field(&vector, "name")
        );
    }
}

#[test]
fn content_without_encryption_is_never_accepted() {
    for vector in entries("plain_000") {
        let item = Sealed {
            content: text(&vector, "content"),
            enc_item_key: String::new(),
        };
        let (mk, ak) = (Key::new([1; 32]), Key::new([2; 32]));
        assert_eq!(
            open("x", &item, &mk, &ak).unwrap_err(),
            DecryptError::Malformed
        );
        let smuggled = Sealed {
            enc_item_key: text(&vector, "content"),
            ..item
        };
        assert_eq!(
            open("x", &smuggled, &mk, &ak).unwrap_err(),
            DecryptError::Plaintext
        );
    }
}

#[test]
fn a_server_that_asks_for_a_cheap_hash_is_refused() {
    let cheap = KeyParams {
        identifier: "a@b.c".into(),
        pw_nonce: "00".into(),
        version: Version::V003,
        pw_cost: Some(3000),
        origination: None,
        created: None,
    };
    let derived = derive(&Password::new("x".into()), &cheap).map(|_| ());
    assert_eq!(
        derived,
        Err(KeyError::CostTooLow {
            asked: 3000,
            least: 110_000
        })
    );
}

proptest! {
    #[test]
    fn any_string_is_refused_without_panic(content in "\\PC*", key in "(003:)?\\PC*") {
        let item = Sealed { content, enc_item_key: key };
        prop_assert!(open("u", &item, &Key::new([1; 32]), &Key::new([2; 32])).is_err());
    }
}
