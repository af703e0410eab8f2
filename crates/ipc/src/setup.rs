//! Setting up a server from inside the app, and carrying the settings to the next device.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::RemoteForm;

/// How a database is set up. Nothing was changed to find out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ServerSetup {
    pub members: Vec<String>,
    pub admins: Vec<String>,
    /// Roles whose accounts get in too, both kinds together.
    pub roles: Vec<String>,
    /// Asked without a name and password, the database showed its contents.
    pub open_to_everybody: bool,
    /// Whoever reaches the server is its administrator: nobody has been made one.
    pub everybody_is_admin: bool,
    pub signed_in_as: Option<String>,
    /// This account may change who gets in.
    pub may_restrict: bool,
    /// The filter that phones replicate through is there.
    pub mobile_ready: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestrictDatabase {
    pub form: RemoteForm,
    /// Who is let in, beside everybody who is named already.
    pub name: String,
}

/// In bytes; `null`: not told, or not found out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ServerLimits {
    #[ts(type = "number | null")]
    pub max_document: Option<u64>,
    #[ts(type = "number | null")]
    pub max_request: Option<u64>,
    #[ts(type = "number | null")]
    pub max_attachment: Option<u64>,
    /// The largest request that went through.
    #[ts(type = "number | null")]
    pub takes: Option<u64>,
    /// The smallest request that did not.
    #[ts(type = "number | null")]
    pub refuses: Option<u64>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CreateSetupLink {
    pub passphrase: String,
    /// The password or the token. Travels in the link; `null`: typed on the next device. It is typed here too: what is stored goes to no page.
    pub password: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupLink {
    /// `sheaf://setup/…`; of no use without the passphrase.
    pub link: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenSetupLink {
    pub link: String,
    pub passphrase: String,
}

impl std::fmt::Debug for CreateSetupLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CreateSetupLink(…)")
    }
}

impl std::fmt::Debug for OpenSetupLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenSetupLink(…)")
    }
}
