//! From what people type and paste to a place on the network.

use std::sync::Arc;

use sheaf_ipc::{AddressHint, ApiError, CouchFields, ErrorCode, ParsedAddress, RemoteForm};
use sheaf_net::{AddressError, Hint, Password, Pasted, RemoteUrl};
use sheaf_sync::RemoteId;

/// A remote and, while known, the password to it.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) url: RemoteUrl,
    pub(crate) password: Option<Arc<Password>>,
    /// The vault that the database must have, where a setup link said so.
    pub(crate) vault: Option<String>,
}

impl Target {
    /// The key of everything remembered about this remote. The account is not part of it: the
    /// notes at a place are the same whoever signs in.
    pub(crate) fn id(&self) -> RemoteId {
        RemoteId(self.url.place())
    }

    /// As stored and shown. The address never carries a name or a password.
    pub(crate) fn fields(&self) -> CouchFields {
        CouchFields {
            address: self.url.server.to_string(),
            user: self.url.user.clone().unwrap_or_default(),
            database: self.url.database.clone(),
            token: self.url.by_token,
        }
    }
}

/// Takes a pasted URL apart. The password goes back to the caller once, for the password field.
pub(crate) fn parse_address(text: &str) -> Result<ParsedAddress, ApiError> {
    let pasted = Pasted::parse(text).map_err(invalid)?;
    Ok(ParsedAddress {
        fields: CouchFields {
            address: pasted.server.to_string(),
            user: pasted.user.unwrap_or_default(),
            database: pasted.database.unwrap_or_default(),
            token: false,
        },
        password: pasted.password.map(|password| password.reveal().to_owned()),
        hints: pasted.hints.into_iter().map(hint).collect(),
        vault: None,
        token_expires: None,
    })
}

/// The target of a filled-in form. Somebody may have pasted a whole URL into the address field:
/// what the other fields leave open is taken from it.
pub(crate) fn of_form(form: &RemoteForm) -> Result<Target, ApiError> {
    let RemoteForm {
        fields,
        password,
        vault,
    } = form;
    let pasted = Pasted::parse(&fields.address).map_err(invalid)?;
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let database = given(&fields.database);
    let (server, database) = match (database, pasted.database) {
        // `https://host/couch` and a database: the path belongs to a proxy in front of the server.
        (Some(database), Some(path)) if database != path => {
            let server = sheaf_net::Server::parse(&fields.address).map_err(invalid)?;
            (server, database)
        }
        (Some(database), _) | (None, Some(database)) => (pasted.server, database),
        (None, None) => {
            return Err(
                ApiError::new(ErrorCode::AddressInvalid).with_detail("no database is named")
            );
        }
    };
    let password = password
        .as_deref()
        .map(|text| if fields.token { token(text) } else { text })
        .filter(|text| !text.is_empty())
        .map(Password::new);
    Ok(Target {
        url: RemoteUrl {
            server,
            database,
            user: given(&fields.user)
                .or(pasted.user)
                .filter(|_| !fields.token),
            by_token: fields.token,
        },
        password: password
            .or(pasted.password.filter(|_| !fields.token))
            .map(Arc::new),
        vault: vault.clone(),
    })
}

/// A token as people paste it: with what stands around it in a header or a file.
pub(super) fn token(text: &str) -> &str {
    let text = text.trim().trim_matches(['"', '\'']);
    let bare = text.strip_prefix("Authorization:").unwrap_or(text).trim();
    bare.strip_prefix("Bearer ").unwrap_or(bare).trim()
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that `map_err` takes"
)]
fn invalid(error: AddressError) -> ApiError {
    ApiError::new(ErrorCode::AddressInvalid).with_detail(error.to_string())
}

fn hint(hint: Hint) -> AddressHint {
    match hint {
        Hint::UtilsPage => AddressHint::UtilsPage,
        Hint::SchemeAssumed => AddressHint::SchemeAssumed,
        Hint::NoPort => AddressHint::NoPort,
        Hint::PlainHttp => AddressHint::PlainHttp,
        Hint::DatabaseName => AddressHint::DatabaseName,
        Hint::NoDatabase => AddressHint::NoDatabase,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(address: &str, user: &str, database: &str, password: Option<&str>) -> RemoteForm {
        RemoteForm {
            fields: CouchFields {
                address: address.into(),
                user: user.into(),
                database: database.into(),
                token: false,
            },
            password: password.map(str::to_owned),
            vault: None,
        }
    }

    fn shown(form: &RemoteForm) -> (String, Option<String>) {
        let target = of_form(form).unwrap();
        let password = target.password.map(|password| password.reveal().to_owned());
        (target.url.to_string(), password)
    }

    #[test]
    fn a_url_with_credentials_fills_what_the_other_fields_leave_open() {
        let pasted = form("https://anna:s%40crt@host:6984/my-notes", "", "", None);
        assert_eq!(
            shown(&pasted),
            ("anna@host:6984/my-notes".into(), Some("s@crt".into()))
        );
        let typed = form("https://anna:old@host:6984", "berta", "notes", Some("new"));
        assert_eq!(
            shown(&typed),
            ("berta@host:6984/notes".into(), Some("new".into()))
        );
    }

    #[test]
    fn what_was_taken_apart_comes_back_the_same() {
        for text in [
            "https://anna@host:6984/my-notes",
            "http://localhost:5984/couch/a%2Fb",
        ] {
            let parsed = parse_address(text).unwrap();
            let target = of_form(&RemoteForm {
                fields: parsed.fields.clone(),
                password: None,
                vault: None,
            });
            assert_eq!(target.unwrap().fields(), parsed.fields, "{text}");
        }
    }

    #[test]
    fn with_a_token_nobody_is_named() {
        let mut form = form(
            "https://anna:old@host:6984/notes",
            "berta",
            "",
            Some("Authorization: Bearer a.b.c\n"),
        );
        form.fields.token = true;
        let target = of_form(&form).unwrap();
        assert_eq!(target.password.as_ref().unwrap().reveal(), "a.b.c");
        assert_eq!(
            (target.url.user.as_deref(), target.url.by_token),
            (None, true)
        );
        assert_eq!(target.url.to_string(), "host:6984/notes");
        assert!(target.fields().token);
    }

    #[test]
    fn the_stored_address_never_carries_a_password() {
        let target = of_form(&form("https://anna:secret@host/db", "", "", None)).unwrap();
        assert!(!format!("{:?}", target.fields()).contains("secret"));
    }

    #[test]
    fn an_address_without_a_database_is_not_one() {
        let error = of_form(&form("https://host:6984", "", " ", None))
            .err()
            .unwrap();
        assert_eq!(error.code, ErrorCode::AddressInvalid);
    }

    #[test]
    fn the_same_place_is_the_same_remote_whoever_signs_in() {
        let id = |user| {
            of_form(&form("https://host:6984", user, "db", None))
                .unwrap()
                .id()
        };
        assert_eq!(id("anna"), id("berta"));
    }
}
