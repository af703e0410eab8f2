//! Which versions of Sheaf a server works with. The server names the least one in every answer, and refuses older ones
//! before they read or write anything; other clients are none of its business.

use std::{fmt, str::FromStr};

/// The header of every answer that names the least version.
pub const LEAST_CLIENT: &str = "sheaf-least-client";

/// The status of a refusal, together with [`crate::ErrorTag::ClientTooOld`].
pub const TOO_OLD: u16 = 426;

/// How Sheaf calls itself in `User-Agent`, before the version.
const PRODUCT: &str = "Sheaf/";

/// A version of Sheaf. What follows the three numbers (`-beta.1`) does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientVersion {
    major: u32,
    minor: u32,
    patch: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a version is written like 1.4.0")]
pub struct NoVersion;

impl ClientVersion {
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self {
            major,
            minor,
            patch,
        }
    }

    /// Of a `User-Agent`; `None` for everybody but Sheaf.
    pub fn of_user_agent(text: &str) -> Option<Self> {
        let product = text.split(' ').find_map(|word| word.strip_prefix(PRODUCT));
        product?.parse().ok()
    }
}

impl FromStr for ClientVersion {
    type Err = NoVersion;

    /// One to three numbers: `1`, `1.4`, `1.4.0-beta.1`.
    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let numbers = text.split(['-', '+']).next().unwrap_or_default();
        let mut parts = numbers.split('.');
        let mut next = || match parts.next() {
            None => Ok(0),
            Some(part) if part.bytes().all(|byte| byte.is_ascii_digit()) => {
                part.parse().map_err(|_| NoVersion)
            }
            Some(_) => Err(NoVersion),
        };
        let version = Self::new(next()?, next()?, next()?);
        match parts.next() {
            None => Ok(version),
            Some(_) => Err(NoVersion),
        }
    }
}

impl fmt::Display for ClientVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers_and_not_as_text() {
        let version = |text: &str| text.parse::<ClientVersion>().unwrap();
        assert!(version("0.10.0") > version("0.9.9"));
        assert!(version("1") > version("0.99"));
        assert_eq!(version("1.4"), version("1.4.0-beta.1"));
        assert_eq!(version("1.4.2").to_string(), "1.4.2");
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in ["", "x", "1.x", "1.2.3.4", "-1", "1..2", "99999999999", "+1"] {
            assert_eq!(text.parse::<ClientVersion>(), Err(NoVersion), "{text}");
        }
    }

    #[test]
    fn only_sheaf_tells_its_version() {
        let of = ClientVersion::of_user_agent;
        assert_eq!(of("Sheaf/0.1.0"), Some(ClientVersion::new(0, 1, 0)));
        assert_eq!(of("Other/2 Sheaf/1.2.3"), Some(ClientVersion::new(1, 2, 3)));
        for other in ["", "Sheaf", "Sheaf/x", "curl/8.5.0", "NotSheaf/0.1.0"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
