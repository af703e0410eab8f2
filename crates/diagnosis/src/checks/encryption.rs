//! Can what is there be opened, where the database has no key of its own? Notes of a hosted service
//! that were copied into a database are locked, and no key for them is here. What a key of the
//! database opens, only the engine knows; its probe comes here when there is none.

use serde_json::{Value, json};
use sheaf_net::Method;

use super::{read, server::named, target};
use crate::{Code, Context, Finding};

const LOOKED_AT: &str = "20";

/// What stands under *Encryption key* for a database that is not encrypted.
pub async fn locked_notes(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    // Notebooks are small, and encrypted like everything else.
    let (start, end) = (
        json!("book:").to_string(),
        json!("book:\u{fff0}").to_string(),
    );
    let request = context
        .database(target, Method::GET, &["_all_docs"])
        .query([
            ("include_docs", "true"),
            ("limit", LOOKED_AT),
            ("startkey", start.as_str()),
            ("endkey", end.as_str()),
        ]);
    let rows = match read(request).await {
        Ok(answer) => answer
            .json
            .and_then(|mut json| json.get_mut("rows").map(Value::take)),
        Err(error) => return Finding::new(Code::KeyUnknown).saw(error),
    };
    let rows = rows
        .as_ref()
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let locked = rows
        .iter()
        .filter(|row| row.pointer("/doc/encryptedData").is_some())
        .count();
    if locked == 0 {
        return Finding::new(Code::KeyNotUsed);
    }
    named(Finding::new(Code::KeyForeign), target)
        .with("documents", locked)
        .saw(format!(
            "{locked} of {} notebooks looked at are encrypted",
            rows.len()
        ))
}
