//! Key parameters: what an account's keys are made from beside its password. They come from the server and are not believed:
//! they are checked against what no honest account falls below, against the strongest that was seen for this account,
//! and against the name that was typed.

use serde_json::Value;
use sheaf_crypto::{KeyError, KeyParams, Version};
use sheaf_sync::Environment;

use crate::{
    HostedError,
    account::normal_email,
    credentials::Floor,
    entropy::{self, Entropy},
};

/// Parameters of a new password, always 004.
pub(crate) fn made<E: Environment>(email: &str, origination: &str, environment: &E) -> KeyParams {
    KeyParams {
        identifier: email.to_owned(),
        pw_nonce: entropy::hex(&mut Entropy(environment)),
        version: Version::V004,
        pw_cost: None,
        origination: Some(origination.to_owned()),
        created: Some(environment.now().to_string()),
    }
}

/// The parameters as fields of a request.
pub(crate) fn in_body(params: &KeyParams, mut body: Value) -> Value {
    if let (Some(body), Ok(Value::Object(params))) =
        (body.as_object_mut(), serde_json::to_value(params))
    {
        body.extend(params);
    }
    body
}

/// Reads what the server says. Costs and times come as numbers or as text.
pub(crate) fn read(value: &Value, email: &str) -> Result<KeyParams, HostedError> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let number = |key: &str| match value.get(key) {
        Some(Value::Number(number)) => number.as_u64().and_then(|n| u32::try_from(n).ok()),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    let version = match value.get("version").and_then(Value::as_str) {
        Some("003") => Version::V003,
        Some("004") => Version::V004,
        Some("001") => return Err(KeyError::Version("001").into()),
        Some("002") => return Err(KeyError::Version("002").into()),
        Some(_) => return Err(KeyError::Version("of a kind this Sheaf does not know").into()),
        None => {
            return Err(HostedError::Garbled {
                request: "key parameters",
                source: None,
            });
        }
    };
    let created = match value.get("created") {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    Ok(KeyParams {
        identifier: text("identifier").unwrap_or_else(|| email.to_owned()),
        pw_nonce: text("pw_nonce").ok_or(KeyError::Incomplete("pw_nonce"))?,
        version,
        pw_cost: number("pw_cost").filter(|_| version == Version::V003),
        origination: text("origination"),
        created,
    })
}

pub(crate) fn check(
    params: &KeyParams,
    email: &str,
    floor: Option<Floor>,
    allow_older: bool,
) -> Result<(), HostedError> {
    // With somebody else's salt the server would get a hash it can compare with a stolen one.
    if normal_email(&params.identifier) != email {
        return Err(HostedError::AnotherIdentifier);
    }
    let cost = params.pw_cost.unwrap_or(0);
    let offered = Floor {
        version: params.version,
        cost,
    };
    if floor.is_some_and(|floor| offered < floor) {
        return Err(HostedError::Downgrade);
    }
    params.check()?;
    if params.version < Version::V004 && !allow_older {
        return Err(HostedError::OlderAccount {
            version: params.version,
            cost,
        });
    }
    Ok(())
}

/// What only the owner is told goes along with items keys.
pub(crate) fn complete(params: KeyParams, told: Option<&Value>) -> KeyParams {
    let told = told.and_then(|value| read(value, &params.identifier).ok());
    match told {
        Some(told)
            if (told.version, &told.pw_nonce, &told.identifier)
                == (params.version, &params.pw_nonce, &params.identifier) =>
        {
            KeyParams {
                origination: told.origination,
                created: told.created,
                ..params
            }
        }
        _ => params,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn params(value: &Value) -> Result<KeyParams, HostedError> {
        read(value, "anna@example.org")
    }

    fn offered(version: Version, cost: Option<u32>) -> KeyParams {
        KeyParams {
            identifier: "Anna@Example.org".into(),
            pw_nonce: "n".into(),
            version,
            pw_cost: cost,
            origination: None,
            created: None,
        }
    }

    fn check(
        params: &KeyParams,
        floor: Option<Floor>,
        allow_older: bool,
    ) -> Result<(), HostedError> {
        super::check(params, "anna@example.org", floor, allow_older)
    }

    #[test]
    fn versions_without_authentication_are_refused_by_name() {
        for version in ["001", "002", "005", "4"] {
            let value = json!({"version": version, "pw_nonce": "n", "pw_cost": 110_000});
            assert!(
                matches!(params(&value), Err(HostedError::Key(KeyError::Version(_)))),
                "{version}"
            );
        }
        assert!(params(&json!({"pw_nonce": "n"})).is_err());
        assert!(params(&json!("<html>")).is_err());
    }

    #[test]
    fn costs_as_text_are_numbers() {
        let value = json!({"version": "003", "pw_nonce": "n", "pw_cost": "250000"});
        assert_eq!(params(&value).unwrap().pw_cost, Some(250_000));
    }

    #[test]
    fn an_older_account_is_opened_only_when_somebody_says_so() {
        let older = offered(Version::V003, Some(110_000));
        assert!(matches!(
            check(&older, None, false),
            Err(HostedError::OlderAccount { cost: 110_000, .. })
        ));
        assert!(check(&older, None, true).is_ok());
        assert!(check(&offered(Version::V004, None), None, false).is_ok());
    }

    #[test]
    fn nothing_below_the_strongest_that_was_seen_is_accepted_whatever_somebody_says() {
        let seen = |version, cost| Some(Floor { version, cost });
        let older = offered(Version::V003, Some(110_000));
        for floor in [seen(Version::V004, 0), seen(Version::V003, 250_000)] {
            assert!(matches!(
                check(&older, floor, true),
                Err(HostedError::Downgrade)
            ));
        }
        assert!(check(&older, seen(Version::V003, 110_000), true).is_ok());
        let cheap = offered(Version::V003, Some(1000));
        assert!(matches!(
            check(&cheap, None, true),
            Err(HostedError::Key(KeyError::CostTooLow { .. }))
        ));
    }

    #[test]
    fn parameters_of_somebody_else_are_refused() {
        let other = KeyParams {
            identifier: "berta@example.org".into(),
            ..offered(Version::V004, None)
        };
        assert!(matches!(
            check(&other, None, true),
            Err(HostedError::AnotherIdentifier)
        ));
    }
}
