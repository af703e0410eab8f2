//! Are the notes on this computer whole, is there room for them, and do they lie where nobody else
//! writes?

use std::path::Path;

use sheaf_diagnosis::{Code, Finding};
use sheaf_sync::Replica as _;

use crate::Engine;

/// Below this, a first sync or a backup may fill the disk.
const LITTLE_ROOM: u64 = 200_000_000;

/// Services that copy files behind a program's back, by a word of their folders' names.
const COPIERS: &[(&str, &str)] = &[
    ("Dropbox", "Dropbox"),
    ("OneDrive", "OneDrive"),
    ("Google Drive", "Google Drive"),
    ("GoogleDrive", "Google Drive"),
    ("Mobile Documents", "iCloud Drive"),
    ("iCloudDrive", "iCloud Drive"),
    ("Nextcloud", "Nextcloud"),
    ("ownCloud", "ownCloud"),
    ("Syncthing", "Syncthing"),
    ("pCloud", "pCloud"),
    ("Box Sync", "Box"),
];

pub(super) async fn check(engine: &Engine) -> Finding {
    let directory = engine.directories().data.clone();
    let damage = engine.store().quick_check().await;
    match damage {
        Ok(None) => {}
        Ok(Some(line)) => {
            return Finding::new(Code::StoreDamaged)
                .with("problems", 1)
                .saw(line);
        }
        Err(error) => {
            return Finding::new(Code::StoreDamaged)
                .with("problems", 1)
                .saw(crate::convert::chain(&error));
        }
    }
    let notes = engine.store().live_notes().await.unwrap_or_default();
    let asked = directory.clone();
    let free = tokio::task::spawn_blocking(move || fs4::available_space(&asked)).await;
    let free = free.ok().and_then(Result::ok);
    let code = match (free, copier(&directory)) {
        (Some(free), _) if free < LITTLE_ROOM => Code::StoreLittleRoom,
        (_, Some(_)) => Code::StoreSyncedFolder,
        _ => Code::StoreWhole,
    };
    let shown = free.map_or_else(|| "an unknown amount".to_owned(), sheaf_diagnosis::bytes);
    Finding::new(code)
        .with("notes", notes)
        .with("free", shown)
        .with("directory", directory.display())
        .with("service", copier(&directory).unwrap_or_default())
}

fn copier(directory: &Path) -> Option<&'static str> {
    directory.components().find_map(|part| {
        let name = part.as_os_str().to_string_lossy();
        let known = COPIERS.iter().find(|(word, _)| name.starts_with(word));
        known.map(|(_, service)| *service)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_others_copy_are_known_by_name() {
        for (path, service) in [
            ("/home/anna/Dropbox/sheaf", Some("Dropbox")),
            (
                "/Users/anna/Library/Mobile Documents/sheaf",
                Some("iCloud Drive"),
            ),
            ("/home/anna/OneDrive - Firma/x", Some("OneDrive")),
            ("/home/anna/.local/share/sheaf", None),
        ] {
            assert_eq!(copier(Path::new(path)), service, "{path}");
        }
    }
}
