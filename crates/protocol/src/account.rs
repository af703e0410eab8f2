//! Accounts and sessions. Passwords here are already the half of the derived key that servers may
//! see (`crypto`), never what a person typed; they still never reach a log, so the request types
//! have no `Debug`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Key parameters as a client sends them along with a new password. Kept and handed out again,
/// not understood; `version` alone is looked at.
macro_rules! with_key_params {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident : $type:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)+
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub identifier: Option<String>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub version: Option<String>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub pw_nonce: Option<String>,
            /// A number in practice, a string in the specification's text.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub pw_cost: Option<Value>,
            /// 001 and 002 only.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub pw_salt: Option<String>,
            /// 004: `registration`, `password-change`, …
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub origination: Option<String>,
            /// 004: milliseconds as text.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub created: Option<Value>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub api: Option<String>,
        }
    };
}

with_key_params! {
    /// `POST /auth`.
    LegacyRegister { email: String, password: String, }
}

with_key_params! {
    /// `POST /v1/users`.
    Register {
        email: String,
        password: String,
        /// A session that ends with the browser.
        #[serde(default)]
        ephemeral: bool,
    }
}

with_key_params! {
    /// `POST /auth/change_pw`.
    LegacyChangePassword { current_password: String, new_password: String, }
}

with_key_params! {
    /// `PUT /v1/users/:uuid/attributes/credentials`.
    ChangeCredentials {
        current_password: String,
        new_password: String,
        #[serde(default)]
        new_email: Option<String>,
    }
}

/// `POST /auth/sign_in`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LegacySignIn {
    pub email: String,
    pub password: String,
    #[serde(default)]
    pub api: Option<String>,
}

/// `POST /v2/login-params`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LoginParamsRequest {
    pub email: String,
    /// base64url, without padding, of the hexadecimal text of SHA-256(verifier).
    pub code_challenge: String,
    #[serde(default)]
    pub api: Option<String>,
}

/// `POST /v2/login`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignIn {
    pub email: String,
    pub password: String,
    #[serde(default)]
    pub ephemeral: bool,
    pub code_verifier: String,
    #[serde(default)]
    pub api: Option<String>,
}

/// `POST /v1/sessions/refresh`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refresh {
    pub access_token: String,
    pub refresh_token: String,
}

/// Tokens of a session. Expiries are milliseconds since the epoch.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SessionPair {
    pub access_token: String,
    pub refresh_token: String,
    pub access_expiration: i64,
    pub refresh_expiration: i64,
    #[serde(default)]
    pub readonly_access: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuthenticatedUser {
    pub uuid: String,
    pub email: String,
    #[serde(
        default,
        rename = "protocolVersion",
        skip_serializing_if = "Option::is_none"
    )]
    pub protocol_version: Option<String>,
}

/// A line of `GET /v1/sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SessionRow {
    pub uuid: String,
    pub current: bool,
    pub device_info: String,
    pub api_version: String,
    pub created_at: String,
    pub updated_at: String,
}
