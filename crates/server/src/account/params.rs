//! Key parameters, real and made up.
//!
//! Whoever asks for the parameters of an unknown e-mail gets some that are stable, complete and of
//! the same shape as real ones, on every route: the answer does not tell who has an account.

use hmac::{Hmac, Mac};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::credentials::NewCredentials;

/// What only the owner gets to see.
const PRIVATE: [&str; 2] = ["origination", "created"];

/// The parameters to keep, as they came. 003 always keeps its cost: one published server forgets
/// it and locks its own users out.
pub(super) fn to_store(new: &NewCredentials, email: &str) -> Value {
    let mut params = Map::new();
    params.insert(
        "identifier".into(),
        new.identifier
            .clone()
            .unwrap_or_else(|| email.to_owned())
            .into(),
    );
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            params.insert(name.to_owned(), value);
        }
    };
    put("pw_cost", new.pw_cost.clone().map(number));
    put("pw_nonce", new.pw_nonce.clone().map(Value::from));
    put("pw_salt", new.pw_salt.clone().map(Value::from));
    put("version", new.version.clone().map(Value::from));
    put("origination", new.origination.clone().map(Value::from));
    put("created", new.created.clone());
    Value::Object(params)
}

/// The specification says text, the clients send and want a number.
fn number(cost: Value) -> Value {
    match cost.as_str().and_then(|text| text.parse::<u64>().ok()) {
        Some(cost) => cost.into(),
        None => cost,
    }
}

/// What a stranger is told about a real account.
pub(super) fn public(stored: &str) -> Value {
    let mut params: Map<String, Value> = serde_json::from_str(stored).unwrap_or_default();
    params.retain(|name, _| !PRIVATE.contains(&name.as_str()));
    Value::Object(params)
}

/// What the owner is told.
pub(super) fn private(stored: &str) -> Value {
    serde_json::from_str(stored).unwrap_or_default()
}

/// What a stranger is told about an e-mail without an account.
pub(super) fn made_up(secret: &[u8; 32], email: &str) -> Value {
    let digest = |purpose: &str| {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of every length");
        mac.update(purpose.as_bytes());
        mac.update(b"\0");
        mac.update(email.as_bytes());
        mac.finalize().into_bytes()
    };
    let nonce: String = digest("nonce")
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    // One in eight is of the older version, as among accounts that were not upgraded yet.
    if digest("version")[0] % 8 == 0 {
        json!({"identifier": email, "pw_cost": 110_000, "pw_nonce": nonce, "version": "003"})
    } else {
        json!({"identifier": email, "pw_nonce": nonce, "version": "004"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_parameters_are_stable_and_depend_on_the_secret() {
        let first = made_up(&[1; 32], "a@b.c");
        assert_eq!(first, made_up(&[1; 32], "a@b.c"));
        assert_ne!(first["pw_nonce"], made_up(&[2; 32], "a@b.c")["pw_nonce"]);
        assert_ne!(first["pw_nonce"], made_up(&[1; 32], "a@b.d")["pw_nonce"]);
        assert_eq!(first["pw_nonce"].as_str().unwrap().len(), 64);
    }

    #[test]
    fn made_up_parameters_have_the_fields_of_real_ones() {
        let fields = |params: &Value| -> Vec<String> {
            params.as_object().unwrap().keys().cloned().collect()
        };
        let mut versions = std::collections::BTreeSet::new();
        for n in 0..200 {
            let params = made_up(&[7; 32], &format!("user{n}@example.org"));
            let version = params["version"].as_str().unwrap().to_owned();
            let real = NewCredentials {
                identifier: Some("x".into()),
                version: Some(version.clone()),
                pw_nonce: Some("n".into()),
                pw_cost: (version == "003").then(|| json!("110000")),
                origination: Some("registration".into()),
                created: Some(json!("1")),
                ..NewCredentials::default()
            };
            let real = public(&to_store(&real, "x").to_string());
            let (mut a, mut b) = (fields(&params), fields(&real));
            a.sort();
            b.sort();
            assert_eq!(a, b);
            assert_eq!(params.get("pw_cost"), real.get("pw_cost"));
            versions.insert(version);
        }
        assert_eq!(versions.len(), 2, "both versions occur");
    }
}
