//! What the engine remembers in the settings table: preferences, the window's own state, what
//! sync is set to. Never a password.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use sheaf_hosted::Floor;
use sheaf_ipc::{CouchFields, HostedAccount, ProxySetting, SecretStore, Settings};
use sheaf_model::Millis;
use sheaf_store::{Store, StoreError};

use crate::{
    surroundings::Surroundings,
    worker::{ConversionRecord, Refusals},
};

/// What sync is set to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct SyncConfig {
    pub(crate) target: Target,
    pub(crate) paused: bool,
    /// `None`: nobody chose; the keyring.
    pub(crate) secret_store: Option<SecretStore>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(crate) enum Target {
    #[default]
    Off,
    Couchdb {
        fields: CouchFields,
    },
    Hosted {
        account: HostedAccount,
        #[serde(default)]
        hide_sizes: bool,
    },
}

/// What is remembered about each remote ever used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RemoteConfig {
    pub(crate) last_success: Option<Millis>,
    /// Send no more than so many bytes at once.
    pub(crate) batch_bytes: Option<u64>,
    /// Ask for changes every so many seconds instead of listening.
    pub(crate) ask_every: Option<u32>,
    /// Of the password that is kept.
    pub(crate) refusals: Refusals,
    /// The vault that the database was seen with, or was given here. Never forgotten: from then on
    /// nothing plain goes there.
    pub(crate) vault: Option<String>,
}

/// How servers are reached, where the person agreed to something special. By host, so that it
/// holds for an address that is only being tried as well.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Ways {
    pub(crate) pins: Vec<Pin>,
    pub(crate) without_proxy: Vec<String>,
    pub(crate) ipv4_only: Vec<String>,
    /// Without its password, which lies where passwords are kept.
    pub(crate) proxy: ProxySetting,
}

/// A certificate that was compared by its fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pin {
    pub(crate) host: String,
    /// Of the DER form, lower-case hex.
    pub(crate) sha256: String,
}

const PREFERENCES: &str = "preferences";
const WINDOW: &str = "window";
const UI_STATE: &str = "uiState";
const SYNC: &str = "sync";
const FLOORS: &str = "floors";
const WAYS: &str = "ways";
const CONVERSION: &str = "conversion";
const DEVICE: &str = "device";
const FIRST_RUN: &str = "firstRun";

pub(crate) async fn preferences(store: &Store) -> Result<Settings, StoreError> {
    read(store, PREFERENCES).await
}

pub(crate) async fn save_preferences(store: &Store, settings: &Settings) -> Result<(), StoreError> {
    write(store, PREFERENCES, settings).await
}

/// Before when a note must have come into the trash to leave it for good; `None`: never.
pub(crate) fn trash_expires(settings: &Settings, now: Millis) -> Option<Millis> {
    const DAY: Millis = 86_400_000;
    (settings.trash_days > 0).then(|| now - Millis::from(settings.trash_days) * DAY)
}

/// Where the main window was; only the shell knows the form.
pub(crate) async fn window_place(store: &Store) -> Result<Option<Value>, StoreError> {
    store.setting(WINDOW).await
}

pub(crate) async fn save_window_place(store: &Store, place: Value) -> Result<(), StoreError> {
    store.put_setting(WINDOW, place).await
}

pub(crate) async fn ui_state(store: &Store) -> Result<serde_json::Value, StoreError> {
    Ok(store.setting(UI_STATE).await?.unwrap_or_default())
}

pub(crate) async fn save_ui_state(
    store: &Store,
    state: serde_json::Value,
) -> Result<(), StoreError> {
    store.put_setting(UI_STATE, state).await
}

pub(crate) async fn sync(store: &Store) -> Result<SyncConfig, StoreError> {
    read(store, SYNC).await
}

pub(crate) async fn save_sync(store: &Store, config: &SyncConfig) -> Result<(), StoreError> {
    write(store, SYNC, config).await
}

/// The strongest keys seen of each account ever used, by remote.
pub(crate) async fn floors(store: &Store) -> Result<BTreeMap<String, Floor>, StoreError> {
    read(store, FLOORS).await
}

pub(crate) async fn save_floors(
    store: &Store,
    floors: &BTreeMap<String, Floor>,
) -> Result<(), StoreError> {
    write(store, FLOORS, floors).await
}

pub(crate) async fn ways(store: &Store) -> Result<Ways, StoreError> {
    read(store, WAYS).await
}

pub(crate) async fn save_ways(store: &Store, ways: &Ways) -> Result<(), StoreError> {
    write(store, WAYS, ways).await
}

/// A move into another database that has begun, or is done and was not looked at yet.
pub(crate) async fn conversion(store: &Store) -> Result<Option<ConversionRecord>, StoreError> {
    read(store, CONVERSION).await
}

pub(crate) async fn save_conversion(
    store: &Store,
    record: Option<&ConversionRecord>,
) -> Result<(), StoreError> {
    write(store, CONVERSION, &record).await
}

/// The name of this installation, made up once. It tells this device's notes to itself at a remote
/// from those of others.
pub(crate) async fn device(
    store: &Store,
    surroundings: &Surroundings,
) -> Result<String, StoreError> {
    if let Some(Value::String(device)) = store.setting(DEVICE).await? {
        return Ok(device);
    }
    let device: String = surroundings
        .id()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    store.put_setting(DEVICE, device.clone().into()).await?;
    Ok(device)
}

/// Whether the first notes were made (or deliberately not made) already.
pub(crate) async fn first_run_is_over(store: &Store) -> Result<bool, StoreError> {
    Ok(store.setting(FIRST_RUN).await?.is_some())
}

pub(crate) async fn end_first_run(store: &Store) -> Result<(), StoreError> {
    store.put_setting(FIRST_RUN, "over".into()).await
}

/// What cannot be read any more (an older or a newer form) reads as the default: preferences must
/// never keep the notes from opening.
async fn read<T: DeserializeOwned + Default>(store: &Store, key: &str) -> Result<T, StoreError> {
    let Some(value) = store.setting(key).await? else {
        return Ok(T::default());
    };
    Ok(serde_json::from_value(value).unwrap_or_else(|error| {
        tracing::warn!(key, %error, "a setting is not of the form this version writes");
        T::default()
    }))
}

async fn write<T: Serialize>(store: &Store, key: &str, value: &T) -> Result<(), StoreError> {
    store.put_setting(key, serde_json::to_value(value)?).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trash_keeps_everything_until_a_person_says_otherwise() {
        assert_eq!(trash_expires(&Settings::default(), 1_000_000_000), None);
        let settings = Settings {
            trash_days: 2,
            ..Settings::default()
        };
        assert_eq!(trash_expires(&settings, 200_000_000), Some(27_200_000));
    }

    /// The form on disk outlives this version.
    #[test]
    fn the_stored_form_of_the_target_is_pinned() {
        let config = SyncConfig {
            target: Target::Couchdb {
                fields: CouchFields {
                    address: "https://host:6984".into(),
                    user: "anna".into(),
                    database: "notes".into(),
                    token: false,
                },
            },
            paused: false,
            secret_store: Some(SecretStore::ClearFile),
        };
        let text = r#"{"target":{"kind":"couchdb","fields":{"address":"https://host:6984","user":"anna","database":"notes"}},"paused":false,"secretStore":"clearFile"}"#;
        assert_eq!(serde_json::to_string(&config).unwrap(), text);
        assert_eq!(
            serde_json::from_str::<SyncConfig>("{}").unwrap(),
            SyncConfig::default()
        );
    }
}
