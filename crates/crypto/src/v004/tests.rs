use proptest::prelude::*;

use super::*;
use crate::vectors::{Json, bytes, entries, field, text};

fn sealed(item: &Json) -> Sealed {
    Sealed {
        content: text(item, "content"),
        enc_item_key: text(item, "enc_item_key"),
    }
}

fn params(json: &Json) -> KeyParams {
    serde_json::from_value(json.clone()).unwrap()
}

struct Counter(u8);

impl Random for Counter {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(self.0);
        self.0 = self.0.wrapping_add(1);
    }
}

#[test]
fn root_keys_are_those_the_published_client_derives() {
    for vector in entries("kdf_004") {
        let root = derive(&Password::new(text(&vector, "password")), &params(&vector)).unwrap();
        assert_eq!(root.master.reveal_hex(), field(&vector, "master_key"));
        assert_eq!(
            root.server_password.reveal_hex(),
            field(&vector, "server_password")
        );
    }
}

#[test]
fn items_of_the_published_client_open_and_are_written_byte_for_byte() {
    let items = entries("items_004");
    assert!(items.len() >= 2);
    for vector in items {
        let key = Key::from_hex(field(&vector, "key")).unwrap();
        let (uuid, plain) = (field(&vector, "uuid"), field(&vector, "content_plaintext"));
        assert_eq!(*open(uuid, &sealed(&vector), &key).unwrap(), plain);
        let params = vector.get("key_params").map(params);
        let under = match &params {
            Some(params) => Under::RootKey(&key, params),
            None => Under::ItemsKey(&key),
        };
        let item_key = Key::from_hex(field(&vector, "item_key")).unwrap();
        let nonces = ["nonce_second", "nonce_first"].map(|n| bytes(&vector, n).try_into().unwrap());
        assert_eq!(
            seal_with(uuid, plain, under, &item_key, nonces),
            sealed(&vector)
        );
    }
}

#[test]
fn tampered_items_open_only_where_the_protocol_does_not_authenticate() {
    for vector in entries("negative_004") {
        let item = &vector["item"];
        let key = Key::from_hex(field(&vector, "items_key")).unwrap();
        let result = open(field(item, "uuid"), &sealed(item), &key);
        assert_eq!(
            result.is_ok(),
            field(&vector, "expect") == "ok",
            "{}",
            field(&vector, "name")
        );
    }
}

#[test]
fn four_part_strings_of_older_writers_open() {
    let vector = &entries("items_004")[1];
    let key = Key::from_hex(field(vector, "key")).unwrap();
    let mut item = sealed(vector);
    item.content.truncate(item.content.len() - ":e30=".len());
    assert!(open(field(vector, "uuid"), &item, &key).is_ok());
}

#[test]
fn every_single_changed_character_is_noticed() {
    let key = Key::new([7; 32]);
    let item = seal(
        "u-1",
        "ink and straw",
        Under::ItemsKey(&key),
        &mut Counter(9),
    );
    // The fifth part is not authenticated and not read.
    let end = item.content.len() - "e30=".len() - 1;
    for at in 0..end {
        let mut content = item.content.clone().into_bytes();
        content[at] = if content[at] == b'0' { b'1' } else { b'0' };
        let changed = Sealed {
            content: String::from_utf8(content).unwrap(),
            enc_item_key: item.enc_item_key.clone(),
        };
        assert!(open("u-1", &changed, &key).is_err(), "position {at}");
    }
}

#[test]
fn upper_case_uuids_name_the_same_item() {
    let key = Key::new([7; 32]);
    let item = seal("ABC", "x", Under::ItemsKey(&key), &mut Counter(0));
    assert!(open("abc", &item, &key).is_ok());
    assert_eq!(open("abd", &item, &key).unwrap_err(), DecryptError::Uuid);
}

proptest! {
    #[test]
    fn what_was_sealed_opens_and_only_with_its_key(plain in "\\PC*", seed in any::<u8>()) {
        let key = Key::new([seed; 32]);
        let item = seal("u", &plain, Under::ItemsKey(&key), &mut Counter(seed));
        prop_assert_eq!(&*open("u", &item, &key).unwrap(), &plain);
        let other = Key::new([seed.wrapping_add(1); 32]);
        prop_assert_eq!(open("u", &item, &other).unwrap_err(), DecryptError::Authentication);
    }

    #[test]
    fn any_string_is_refused_without_panic(content in "\\PC*", key in "(004:)?\\PC*") {
        let item = Sealed { content, enc_item_key: key };
        prop_assert!(open("u", &item, &Key::new([1; 32])).is_err());
    }
}
