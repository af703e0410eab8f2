//! What a token says about itself (RFC 7519). Nothing is proved by it: only the server decides
//! whether a token is good, and by its own clock. This is for people who want to renew it in time.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::Password;

/// When `token` says that it expires, in milliseconds since 1970. `None`: it says nothing that can
/// be read.
pub fn expiry(token: &Password) -> Option<i64> {
    let mut parts = token.reveal().split('.');
    let (_, claims) = (parts.next()?, parts.next()?);
    let json = Zeroizing::new(URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?);
    let claims: serde_json::Value = serde_json::from_slice(&json).ok()?;
    let seconds = claims.get("exp")?.as_f64()?;
    (seconds.is_finite() && (0.0..1e11).contains(&seconds)).then_some((seconds * 1000.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> Password {
        Password::new(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims)))
    }

    #[test]
    fn the_end_of_a_token_is_read_from_it() {
        for (claims, told) in [
            (
                r#"{"sub":"anna","exp":1800000000}"#,
                Some(1_800_000_000_000),
            ),
            (r#"{"exp":1800000000.5}"#, Some(1_800_000_000_500)),
            (r#"{"sub":"anna"}"#, None),
            (r#"{"exp":"soon"}"#, None),
            (r#"{"exp":1e300}"#, None),
            (r#"{"exp":-1}"#, None),
            ("[]", None),
            ("{", None),
        ] {
            assert_eq!(expiry(&token(claims)), told, "{claims}");
        }
        for text in ["", "a", "a.b", "a.%%%.c", "an opaque token"] {
            assert_eq!(expiry(&Password::new(text)), None, "{text}");
        }
    }
}
