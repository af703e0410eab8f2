//! A small table of JSON values by name: preferences, window state, what sync is set to.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use crate::{StoreError, txn::Txn};

pub(crate) fn get(sql: &Connection, key: &str) -> Result<Option<Value>, StoreError> {
    let mut find = sql.prepare_cached("SELECT value FROM settings WHERE key = ?1")?;
    let text: Option<String> = find.query_row([key], |row| row.get(0)).optional()?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
}

pub(crate) fn put(txn: &Txn<'_>, key: &str, value: &Value) -> Result<(), StoreError> {
    txn.sql
        .prepare_cached(
            "INSERT INTO settings VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
        )?
        .execute(params![key, serde_json::to_string(value)?])?;
    Ok(())
}
