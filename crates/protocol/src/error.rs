//! Errors on the wire: `{"error": {"message", "tag"?, "payload"?}}` with a 4xx status. (The
//! specification's text shows `{"errors": []}` with 5xx; no client reads that.)

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErrorBody {
    pub error: ErrorContent,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErrorContent {
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<ErrorTag>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<serde_json::Value>,
}

/// What clients branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ErrorTag {
    /// With status 401: the session or token is not (any longer) valid.
    InvalidAuth,
    /// With status 498: refresh and try again.
    ExpiredAccessToken,
    InvalidRefreshToken,
    ExpiredRefreshToken,
    InvalidParameters,
    RevokedSession,
    /// With status 426: this version of the client is older than the server works with.
    ClientTooOld,
    /// Other servers: a code of a second device is asked for, or was wrong.
    MfaRequired,
    MfaInvalid,
    /// A tag this version does not know.
    #[serde(other)]
    Other,
}

impl ErrorBody {
    pub fn new(message: impl Into<String>, tag: Option<ErrorTag>) -> Self {
        Self {
            error: ErrorContent {
                message: message.into(),
                tag,
                payload: None,
            },
        }
    }
}
