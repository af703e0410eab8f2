//! Looks for a secret where it must not be.

use std::path::{Path, PathBuf};

use base64::Engine as _;

/// The ways a password could be written down: raw, percent-encoded, in base64 (alone and as `user:password`), and
/// escaped for JSON.
pub fn spellings(user: &str, password: &str) -> Vec<String> {
    let standard = base64::engine::general_purpose::STANDARD_NO_PAD;
    let url_safe = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let pair = format!("{user}:{password}");
    let json = serde_json::Value::from(password).to_string();
    vec![
        password.to_owned(),
        crate::encode_segment(password),
        standard.encode(password),
        standard.encode(&pair),
        url_safe.encode(password),
        url_safe.encode(&pair),
        json.trim_matches('"').to_owned(),
    ]
}

/// Every file below `folder` in which one of `needles` occurs.
pub fn files_holding(folder: &Path, needles: &[String]) -> Vec<PathBuf> {
    let needles: Vec<Vec<u8>> = needles.iter().map(|needle| needle.clone().into()).collect();
    files_holding_bytes(folder, &needles)
}

/// The same for what is no text.
pub fn files_holding_bytes(folder: &Path, needles: &[Vec<u8>]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{} cannot be searched: {error}", folder.display()));
        for entry in entries.flatten() {
            let kind = entry.file_type().expect("a listed file has a type");
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() && holds(&entry.path(), needles) {
                found.push(entry.path());
            }
        }
    }
    found
}

fn holds(file: &Path, needles: &[Vec<u8>]) -> bool {
    let bytes = std::fs::read(file)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", file.display()));
    needles.iter().any(|needle| {
        bytes
            .windows(needle.len())
            .any(|window| window == needle.as_slice())
    })
}
