//! The way out of this network.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::SecretStore;

/// How other computers are reached. This computer itself never is through a proxy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ProxySetting {
    /// As the environment and the operating system say.
    #[default]
    System,
    /// Straight out, whatever those say.
    Direct,
    Manual {
        scheme: ProxyScheme,
        /// IPv6 addresses in brackets. A whole address that was pasted here is taken apart.
        host: String,
        port: u16,
        /// Empty: the proxy lets everybody through.
        #[serde(default)]
        user: String,
        /// Hosts that are reached without it, separated by commas.
        #[serde(default)]
        except: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ProxyScheme {
    #[default]
    Http,
    Https,
    Socks5,
}

/// What is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProxySettings {
    pub setting: ProxySetting,
    pub secret_store: SecretStore,
    /// Whether a password for the proxy can be read now.
    pub has_password: bool,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SaveProxy {
    pub setting: ProxySetting,
    /// `null`: the stored one, if it is the same name at the same proxy.
    pub password: Option<String>,
}

impl std::fmt::Debug for SaveProxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let password = self.password.as_ref().map(|_| "…");
        f.debug_struct("SaveProxy")
            .field("setting", &self.setting)
            .field("password", &password)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown_by_accident() {
        let save = SaveProxy {
            setting: ProxySetting::System,
            password: Some("s3cret".into()),
        };
        assert!(!format!("{save:?}").contains("s3cret"));
    }
}
