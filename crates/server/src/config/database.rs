//! Which database. An address of PostgreSQL may carry a password, so it is a type that is never
//! printed whole.

use std::{fmt, str::FromStr};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Database {
    /// A file in the data directory.
    #[default]
    Sqlite,
    Postgres(Postgres),
}

/// `postgres://user:password@host:port/database?…`
#[derive(Clone, PartialEq, Eq)]
pub struct Postgres(url::Url);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the database is \"sqlite\" or an address that begins with postgres://")]
pub struct DatabaseError;

impl Postgres {
    /// With its password: for the driver alone.
    pub fn secret_url(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for Database {
    type Err = DatabaseError;

    fn from_str(text: &str) -> Result<Self, DatabaseError> {
        if text == "sqlite" {
            return Ok(Self::Sqlite);
        }
        // The parser's own error would quote what was typed.
        let url = url::Url::parse(text).map_err(|_| DatabaseError)?;
        match url.scheme() {
            "postgres" | "postgresql" => Ok(Self::Postgres(Postgres(url))),
            _ => Err(DatabaseError),
        }
    }
}

impl TryFrom<String> for Database {
    type Error = DatabaseError;

    fn try_from(text: String) -> Result<Self, DatabaseError> {
        text.parse()
    }
}

impl<'de> serde::Deserialize<'de> for Database {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Database {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite => out.write_str("sqlite"),
            Self::Postgres(postgres) => fmt::Display::fmt(postgres, out),
        }
    }
}

impl fmt::Display for Postgres {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        // Fails only for addresses that cannot have a password.
        if shown.password().is_some() {
            let _ = shown.set_password(Some("hidden"));
        }
        let pairs: Vec<(String, String)> = shown
            .query_pairs()
            .map(|(name, value)| match name.as_ref() {
                "password" | "sslpassword" => (name.into_owned(), "hidden".to_owned()),
                _ => (name.into_owned(), value.into_owned()),
            })
            .collect();
        if !pairs.is_empty() {
            shown.query_pairs_mut().clear().extend_pairs(pairs);
        }
        out.write_str(shown.as_str())
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "postgres://sheaf:pine@db:5432/notes",
            "postgres://sheaf@db/notes?password=pine&sslmode=require",
        ] {
            let database: Database = url.parse().unwrap();
            for shown in [database.to_string(), format!("{database:?}")] {
                assert!(!shown.contains("pine"), "{shown}");
                assert!(
                    shown.contains("hidden") && shown.contains("notes"),
                    "{shown}"
                );
            }
        }
    }

    #[test]
    fn what_is_neither_is_refused_without_quoting_it() {
        for text in ["mysql://a:pine@b/c", "postgres:/", "", "pine"] {
            if let Err(error) = text.parse::<Database>() {
                assert!(!error.to_string().contains("pine"));
            } else {
                assert!(text.starts_with("postgres:"), "{text}");
            }
        }
    }
}
