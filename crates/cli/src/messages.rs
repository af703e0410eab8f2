//! What people are told when something does not work: a sentence or two per error code, always in
//! the order what happened, what is safe, what to do. The window has its own, translated texts.

use sheaf_ipc::ErrorCode;

/// The three parts of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) happened: String,
    /// Empty when nothing was at stake.
    pub(crate) safe: &'static str,
    pub(crate) todo: String,
}

/// Names to put into sentences, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// `couch.example.org:6984`.
    pub(crate) host: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) user: Option<String>,
    /// `proxy.example.org:3128`.
    pub(crate) proxy: Option<String>,
}

const KEPT: &str = "Your notes are safe on this computer.";
const UNCHANGED: &str = "Nothing was changed on either side.";
const NOTHING: &str = "Nothing was changed.";
const UNTOUCHED: &str = "The notes were not touched.";

pub(crate) fn message(code: ErrorCode, place: &Place) -> Message {
    let host = place.host.as_deref().unwrap_or("The server");
    let the_host = place.host.as_deref().unwrap_or("the server");
    let database = match &place.database {
        Some(name) if !name.is_empty() => format!("the database {name}"),
        _ => "the database".to_owned(),
    };
    let user = match &place.user {
        Some(name) if !name.is_empty() => name.clone(),
        _ => "this account".to_owned(),
    };
    let proxy = match &place.proxy {
        Some(name) => format!("The proxy {name}"),
        None => "The proxy".to_owned(),
    };
    let say = |happened: String, safe, todo: &str| Message {
        happened,
        safe,
        todo: todo.to_owned(),
    };
    match code {
        ErrorCode::NotFound => say(
            "There is nothing with this name or id.".into(),
            NOTHING,
            "See `sheaf note list`, `sheaf notebook list` or `sheaf tag list`.",
        ),
        ErrorCode::Invalid => say(
            "This value is not allowed here.".into(),
            NOTHING,
            "Correct it and run the command again.",
        ),
        ErrorCode::NotebookCycle => say(
            "A notebook cannot move into itself or into one of its own notebooks.".into(),
            NOTHING,
            "Choose another parent, or --root.",
        ),
        ErrorCode::DefaultNotebook => say(
            "The default notebook cannot be deleted: new notes need a place.".into(),
            NOTHING,
            "Rename it, or move its notes elsewhere.",
        ),
        ErrorCode::NameTaken => say(
            "Another tag already has this name.".into(),
            NOTHING,
            "Choose another name.",
        ),
        ErrorCode::DatabaseLocked => say(
            "Another program is using these notes.".into(),
            UNTOUCHED,
            "Close it, or wait until it is done, and run the command again.",
        ),
        ErrorCode::DatabaseNewer => say(
            "These notes were written by a newer version of Sheaf.".into(),
            UNTOUCHED,
            "Install the newest version.",
        ),
        ErrorCode::DatabaseCorrupt => say(
            "The note database is damaged.".into(),
            "The damaged file is kept; nothing was deleted.",
            "Run `sheaf rescue DIR` to write every readable note into a directory.",
        ),
        ErrorCode::DiskFull => say(
            "The disk is full.".into(),
            "What was saved before is safe.",
            "Free some space and run the command again.",
        ),
        ErrorCode::SecretStore => say(
            "The password could not be kept: this system's keyring cannot be used.".into(),
            NOTHING,
            "Choose another place: --secret-store clear-file (a readable file, for this account only) or --secret-store session (until the program ends).",
        ),
        ErrorCode::WrongPassphrase => say(
            "This passphrase does not open it.".into(),
            UNCHANGED,
            "Type it again exactly as it was chosen; upper and lower case matter.",
        ),
        ErrorCode::PasswordMissing => say(
            format!("There is no password for {user} at {the_host}."),
            KEPT,
            "Run `sheaf sync password`.",
        ),
        ErrorCode::AddressInvalid => say(
            "This is not an address of a database.".into(),
            NOTHING,
            "Write it as https://anna@couch.example.org:6984/my-notes.",
        ),
        ErrorCode::HostNotFound => say(
            format!("{host} cannot be found: the name is wrong, or there is no network."),
            KEPT,
            "Check the spelling and the connection.",
        ),
        ErrorCode::ConnectionRefused => say(
            format!("Nothing is listening at {the_host}."),
            KEPT,
            "Check the port (CouchDB has 5984, and 6984 for https) and that the server is running.",
        ),
        ErrorCode::TimedOut => say(
            format!("{host} does not answer."),
            KEPT,
            "Try again later; sync goes on by itself.",
        ),
        ErrorCode::Unreachable => say(
            format!("The connection to {the_host} broke, or there is no network."),
            KEPT,
            "Try again when the network is back; sync goes on by itself.",
        ),
        ErrorCode::Certificate => say(
            format!("The certificate of {the_host} is not valid for it."),
            "Nothing was sent.",
            "Whoever runs the server must renew or correct it.",
        ),
        ErrorCode::ProxyPassword => say(
            format!(
                "{proxy} on the way to {the_host} lets nobody through who has not signed in to it."
            ),
            KEPT,
            "Give its name and password with `sheaf sync proxy set`, or see `sheaf sync proxy show`.",
        ),
        ErrorCode::ProxyUnreachable => say(
            format!(
                "{proxy} on the way to {the_host} does not answer; nobody has asked {the_host} itself."
            ),
            KEPT,
            "Check it with `sheaf sync proxy show`; in a network without it, go on with `sheaf sync proxy direct`.",
        ),
        ErrorCode::ProxyRefused => say(
            format!("{proxy} does not let Sheaf through to {the_host}, or does not find it."),
            KEPT,
            "Ask whoever runs the proxy to allow it, or go on without it: `sheaf sync proxy direct`. Sync tries again by itself.",
        ),
        ErrorCode::NotCouchdb => say(
            format!("Something answers at {the_host}, but it is not a CouchDB."),
            UNCHANGED,
            "Check address and port; on a public network, sign in to it in a browser first.",
        ),
        ErrorCode::NotNotesServer => say(
            format!("Something answers at {the_host}, but it is not a server for notes."),
            UNCHANGED,
            "Check address and port; on a public network, sign in to it in a browser first.",
        ),
        ErrorCode::Redirected => say(
            format!("{host} sends Sheaf to another address."),
            "The password was not sent there.",
            "Use the final address if you trust it.",
        ),
        ErrorCode::Unauthorised => say(
            format!("The password for {user} was refused by {the_host}."),
            UNCHANGED,
            "Run `sheaf sync password`, or `sheaf sync set couchdb URL` with the right name.",
        ),
        ErrorCode::TokenExpired => say(
            format!("The token for {the_host} has expired."),
            KEPT,
            "Get a new one where you got it, then run `sheaf sync password`.",
        ),
        ErrorCode::TokenRefused => say(
            format!("{host} does not accept the token."),
            UNCHANGED,
            "Run `sheaf sync password` with another one. CouchDB reads tokens only where `jwt_authentication_handler` is on and knows the key.",
        ),
        ErrorCode::LockedOut => say(
            format!("{host} has locked {user} for some minutes after failed sign-ins."),
            UNCHANGED,
            "Wait five minutes and try again.",
        ),
        ErrorCode::Forbidden => say(
            format!("{user} may not read {database} at {the_host}."),
            UNCHANGED,
            "Ask whoever runs the server to add this account to the members of the database.",
        ),
        ErrorCode::ReadOnly => say(
            format!("{user} may read {database} at {the_host}, but not write to it."),
            KEPT,
            "Ask whoever runs the server for the right to write.",
        ),
        ErrorCode::DatabaseMissing => say(
            format!(
                "There is no {} at {the_host}.",
                database.trim_start_matches("the ")
            ),
            KEPT,
            "Check the name, or add --create to `sheaf sync set couchdb URL`.",
        ),
        ErrorCode::RateLimited => say(
            format!("{host} asks Sheaf to slow down."),
            KEPT,
            "Try again in a few minutes; sync goes on by itself.",
        ),
        ErrorCode::QuotaExceeded => say(
            format!("{host} is out of space."),
            "Your newest edits are kept on this computer.",
            "Free some space there; sync goes on by itself.",
        ),
        ErrorCode::TooLarge => say(
            "This is larger than what can be taken.".into(),
            "It stays on this computer; everything else goes on.",
            "Make it smaller, or ask for a higher limit on the server.",
        ),
        ErrorCode::ServerFault => say(
            format!("{host} has a fault of its own."),
            KEPT,
            "Try again later; its log knows more.",
        ),
        ErrorCode::EmailTaken => say(
            format!("{user} has an account at {the_host} already."),
            NOTHING,
            "Sign in: leave out --sign-up.",
        ),
        ErrorCode::RegistrationClosed => say(
            format!("{host} takes no new accounts."),
            NOTHING,
            "Whoever runs the server can open registration or make the account.",
        ),
        ErrorCode::OlderAccount => say(
            format!("{user} is protected as older clients do it, which is easier to break."),
            NOTHING,
            "Open it with --older, then upgrade it with `sheaf sync account change-password`.",
        ),
        ErrorCode::WeakerKeys => say(
            format!(
                "{host} offers keys that are weaker than those of {user}, or of another account."
            ),
            "Nothing was sent.",
            "Do not sign in there before you know why.",
        ),
        ErrorCode::SecondFactor => say(
            format!("{user} asks for a second factor, which Sheaf cannot give."),
            NOTHING,
            "Switch it off for this account in the app that set it up.",
        ),
        ErrorCode::SessionEnded => say(
            format!("The session of {user} was ended at {the_host}."),
            KEPT,
            "Sign in again with `sheaf sync password`.",
        ),
        ErrorCode::PasswordChanged => say(
            format!("The password of {user} was changed on another device."),
            KEPT,
            "Sign in with the new one: `sheaf sync password`.",
        ),
        ErrorCode::AppTooOld => say(
            format!("{host} needs a newer version of Sheaf."),
            KEPT,
            "Update Sheaf on this computer, then sync again.",
        ),
        ErrorCode::KeysMissing => say(
            format!("{host} has notes of {user}, but not the keys that open them."),
            "They stay there as they are; your notes here are safe.",
            "Sync the device that wrote them first; it sends its keys again.",
        ),
        ErrorCode::RecoveryCode => say(
            "This is not a recovery code.".into(),
            NOTHING,
            "Type it once more; capitals, spaces and dashes do not matter.",
        ),
        ErrorCode::Unsent => say(
            "Some notes are only on this computer.".into(),
            NOTHING,
            "See `sheaf sync status` and `sheaf sync held-back`, or sign out without --remove-notes.",
        ),
        ErrorCode::VaultLocked => say(
            format!(
                "{database} at {the_host} is encrypted, and its passphrase was not entered on this computer."
            ),
            KEPT,
            "Run `sheaf sync vault open`; with the recovery code, add --recovery-code-file.",
        ),
        ErrorCode::OtherVault => say(
            format!(
                "{database} at {the_host} is encrypted with another key than the one known here."
            ),
            UNCHANGED,
            "If it was made anew, open it with its passphrase: `sheaf sync vault open`. If nobody did that, do not.",
        ),
        ErrorCode::VaultUnreadable => say(
            format!(
                "The key in {database} at {the_host} cannot be used: it was changed, or a newer Sheaf wrote it."
            ),
            UNCHANGED,
            "Update Sheaf; if that does not help, put the document sheaf-vault back from a backup of the database.",
        ),
        ErrorCode::NotEncrypted => say(
            format!("{database} at {the_host} is not encrypted."),
            UNCHANGED,
            "Check the name of the database. If it should be encrypted, somebody has exchanged it.",
        ),
        ErrorCode::NotEmpty => say(
            format!(
                "{database} at {the_host} holds documents, or held some; what is there stays readable."
            ),
            UNCHANGED,
            "Choose a name that is not used yet: `sheaf sync encrypt --into NAME`.",
        ),
        ErrorCode::Converting => say(
            "The notes are on their way into another database.".into(),
            KEPT,
            "Wait until that is done, or end it with `sheaf sync vault end`.",
        ),
        ErrorCode::CountsDiffer => say(
            "The new database has not everything that the old one has.".into(),
            "The old database is in use as before.",
            "Try again with `sheaf sync vault continue`.",
        ),
        ErrorCode::SyncOff => say(
            "Sync is switched off.".into(),
            KEPT,
            "Choose a server with `sheaf sync set couchdb URL`.",
        ),
        ErrorCode::TargetChanged => say(
            format!(
                "Sync has stopped: {database} at {the_host} is not the one these notes were synced with."
            ),
            "Nothing has been changed here or there.",
            "To bring both sides together, run `sheaf sync answer merge`; `replace-remote` and `replace-local` let one side give way; or choose another database with `sheaf sync set`.",
        ),
        ErrorCode::MassDeletion => say(
            format!("Sync has stopped: {the_host} wants to delete many notes at once."),
            "They are still here.",
            "If you did that on another device, run `sheaf sync answer delete`; to keep them, `sheaf sync answer keep`.",
        ),
        ErrorCode::Cancelled => say(
            "This was stopped before it was done.".into(),
            KEPT,
            "Run it again whenever you like.",
        ),
        ErrorCode::Bug => say(
            "Sheaf made a mistake.".into(),
            KEPT,
            "The log says more; run the command again with --enable-logging.",
        ),
    }
}

/// What a script can act on; listed in `sheaf --help`.
pub(crate) fn exit_code(code: ErrorCode) -> u8 {
    match code {
        ErrorCode::NotFound
        | ErrorCode::Invalid
        | ErrorCode::NotebookCycle
        | ErrorCode::DefaultNotebook
        | ErrorCode::NameTaken
        | ErrorCode::DiskFull
        | ErrorCode::AddressInvalid
        | ErrorCode::TooLarge
        | ErrorCode::SyncOff
        | ErrorCode::EmailTaken
        | ErrorCode::RecoveryCode
        | ErrorCode::NotEmpty
        | ErrorCode::CountsDiffer
        | ErrorCode::Unsent
        | ErrorCode::Cancelled
        | ErrorCode::Bug => 1,
        ErrorCode::SecretStore
        | ErrorCode::PasswordMissing
        | ErrorCode::WrongPassphrase
        | ErrorCode::Certificate
        | ErrorCode::ProxyPassword
        | ErrorCode::NotCouchdb
        | ErrorCode::NotNotesServer
        | ErrorCode::OlderAccount
        | ErrorCode::WeakerKeys
        | ErrorCode::SecondFactor
        | ErrorCode::SessionEnded
        | ErrorCode::PasswordChanged
        | ErrorCode::AppTooOld
        | ErrorCode::KeysMissing
        | ErrorCode::VaultLocked
        | ErrorCode::OtherVault
        | ErrorCode::VaultUnreadable
        | ErrorCode::NotEncrypted
        | ErrorCode::Converting
        | ErrorCode::RegistrationClosed
        | ErrorCode::Redirected
        | ErrorCode::Unauthorised
        | ErrorCode::TokenExpired
        | ErrorCode::TokenRefused
        | ErrorCode::Forbidden
        | ErrorCode::ReadOnly
        | ErrorCode::DatabaseMissing
        | ErrorCode::QuotaExceeded
        | ErrorCode::TargetChanged
        | ErrorCode::MassDeletion => 3,
        ErrorCode::HostNotFound
        | ErrorCode::ConnectionRefused
        | ErrorCode::TimedOut
        | ErrorCode::Unreachable
        | ErrorCode::ProxyUnreachable
        | ErrorCode::ProxyRefused
        | ErrorCode::LockedOut
        | ErrorCode::RateLimited
        | ErrorCode::ServerFault => 4,
        ErrorCode::DatabaseLocked | ErrorCode::DatabaseNewer | ErrorCode::DatabaseCorrupt => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_code() -> Vec<ErrorCode> {
        use ErrorCode as E;
        vec![
            E::NotFound,
            E::Invalid,
            E::NotebookCycle,
            E::DefaultNotebook,
            E::NameTaken,
            E::DatabaseLocked,
            E::DatabaseNewer,
            E::DatabaseCorrupt,
            E::DiskFull,
            E::SecretStore,
            E::PasswordMissing,
            E::WrongPassphrase,
            E::AddressInvalid,
            E::HostNotFound,
            E::ConnectionRefused,
            E::TimedOut,
            E::Unreachable,
            E::Certificate,
            E::ProxyPassword,
            E::ProxyUnreachable,
            E::ProxyRefused,
            E::NotCouchdb,
            E::NotNotesServer,
            E::EmailTaken,
            E::RegistrationClosed,
            E::OlderAccount,
            E::WeakerKeys,
            E::SecondFactor,
            E::SessionEnded,
            E::PasswordChanged,
            E::AppTooOld,
            E::KeysMissing,
            E::RecoveryCode,
            E::Unsent,
            E::Redirected,
            E::Unauthorised,
            E::TokenExpired,
            E::TokenRefused,
            E::LockedOut,
            E::Forbidden,
            E::ReadOnly,
            E::DatabaseMissing,
            E::RateLimited,
            E::QuotaExceeded,
            E::TooLarge,
            E::ServerFault,
            E::VaultLocked,
            E::OtherVault,
            E::VaultUnreadable,
            E::NotEncrypted,
            E::NotEmpty,
            E::Converting,
            E::CountsDiffer,
            E::SyncOff,
            E::TargetChanged,
            E::MassDeletion,
            E::Cancelled,
            E::Bug,
        ]
    }

    #[test]
    fn every_message_is_made_of_sentences_in_the_house_voice() {
        let place = Place {
            host: Some("host:6984".into()),
            database: Some("notes".into()),
            user: Some("anna".into()),
            proxy: Some("proxy:3128".into()),
        };
        for place in [Place::default(), place] {
            for code in every_code() {
                let Message {
                    happened,
                    safe,
                    todo,
                } = message(code, &place);
                for part in [happened.as_str(), safe, todo.as_str()] {
                    assert!(
                        part.ends_with('.') && !part.contains('!'),
                        "{code:?}: {part}"
                    );
                    assert!(!part.to_lowercase().contains("please"), "{code:?}: {part}");
                }
            }
        }
    }

    #[test]
    fn what_a_person_must_decide_has_an_exit_code_of_its_own() {
        assert_eq!(exit_code(ErrorCode::TargetChanged), 3);
        assert_eq!(exit_code(ErrorCode::Unauthorised), 3);
        assert_eq!(exit_code(ErrorCode::TimedOut), 4);
    }
}
