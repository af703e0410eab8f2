//! What a server says about how an account's keys are made, and what of it is believed.

use serde::{Deserialize, Serialize};

use crate::KeyError;

/// Fewest PBKDF2 rounds of an honest 003 client; a server that names fewer wants a cheap hash
/// (found in the wild and reported in 2017).
const LEAST_003_COST: u32 = 110_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Version {
    #[serde(rename = "003")]
    V003,
    #[serde(rename = "004")]
    V004,
}

impl Version {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V003 => "003",
            Self::V004 => "004",
        }
    }
}

/// Key parameters as they travel. Field names are the protocol's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyParams {
    /// The account's e-mail, trimmed and in lower case for new accounts.
    pub identifier: String,
    pub pw_nonce: String,
    pub version: Version,
    /// 003 only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pw_cost: Option<u32>,
    /// 004: why these parameters were made; known only after signing in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origination: Option<String>,
    /// 004: milliseconds since the epoch, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
}

impl KeyParams {
    /// Checks the parameters against what no honest account falls below.
    pub fn check(&self) -> Result<(), KeyError> {
        if self.identifier.is_empty() {
            return Err(KeyError::Incomplete("identifier"));
        }
        if self.pw_nonce.is_empty() {
            return Err(KeyError::Incomplete("pw_nonce"));
        }
        if self.version == Version::V003 {
            let asked = self.pw_cost.ok_or(KeyError::Incomplete("pw_cost"))?;
            if asked < LEAST_003_COST {
                return Err(KeyError::CostTooLow {
                    asked,
                    least: LEAST_003_COST,
                });
            }
        }
        Ok(())
    }
}
