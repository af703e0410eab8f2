use proptest::prelude::*;

use super::*;
use crate::RemoteUrl;

fn parse(text: &str) -> Pasted {
    Pasted::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

#[test]
fn what_people_paste_is_taken_apart() {
    // text, address, database, user, password
    let table: &[(&str, &str, &str, &str, &str)] = &[
        (
            "https://anna:secret@host:6984/my-notes",
            "https://host:6984",
            "my-notes",
            "anna",
            "secret",
        ),
        (
            "http://localhost:5984/my-inkdrop-notes",
            "http://localhost:5984",
            "my-inkdrop-notes",
            "",
            "",
        ),
        (
            "https://anna@host/my-notes/",
            "https://host",
            "my-notes",
            "anna",
            "",
        ),
        (
            "  <https://host:443/db>\n",
            "https://host:443",
            "db",
            "",
            "",
        ),
        (
            "HTTPS://Host.Example.ORG:6984/db",
            "https://host.example.org:6984",
            "db",
            "",
            "",
        ),
        (
            "https://anna:p%40ss%3Aw%2Frd%23@host:6984/db",
            "https://host:6984",
            "db",
            "anna",
            "p@ss:w/rd#",
        ),
        (
            "https://anna:p@ss:w/rd#1?x@host:6984/db",
            "https://host:6984",
            "db",
            "anna",
            "p@ss:w/rd#1?x",
        ),
        (
            "https://anna:100%@host/db",
            "https://host",
            "db",
            "anna",
            "100%",
        ),
        (
            "https://anna:50%zz@host/db",
            "https://host",
            "db",
            "anna",
            "50%zz",
        ),
        (
            "https://anna@example.org:secret@host:6984/db",
            "https://host:6984",
            "db",
            "anna@example.org",
            "secret",
        ),
        (
            "https://anna%40example.org:secret@host/db",
            "https://host",
            "db",
            "anna@example.org",
            "secret",
        ),
        (
            "anna:x://y@host:1/db",
            "https://host:1",
            "db",
            "anna",
            "x://y",
        ),
        (
            "https://anna:pass@word:6984@host/db",
            "https://host",
            "db",
            "anna",
            "pass@word:6984",
        ),
        (
            "https://host:6984/couch/my-notes",
            "https://host:6984/couch",
            "my-notes",
            "",
            "",
        ),
        (
            "https://host/a/b/notes",
            "https://host/a/b",
            "notes",
            "",
            "",
        ),
        (
            "https://host/team%2Fnotes",
            "https://host",
            "team/notes",
            "",
            "",
        ),
        (
            "https://host/couch/team%2Fno%2Btes",
            "https://host/couch",
            "team/no+tes",
            "",
            "",
        ),
        ("http://[::1]:5984/db", "http://[::1]:5984", "db", "", ""),
        (
            "http://anna:a]b@[2001:db8::1]:5984/db",
            "http://[2001:db8::1]:5984",
            "db",
            "anna",
            "a]b",
        ),
        ("localhost:5984/db", "http://localhost:5984", "db", "", ""),
        (
            "anna:secret@couch.example.org:6984/db",
            "https://couch.example.org:6984",
            "db",
            "anna",
            "secret",
        ),
        ("127.0.0.1:5984/db", "http://127.0.0.1:5984", "db", "", ""),
        ("https://host:6984/_utils", "https://host:6984", "", "", ""),
        (
            "https://host/couch/_utils/",
            "https://host/couch",
            "",
            "",
            "",
        ),
        (
            "http://host:5984/_utils/#database/my-notes/_all_docs",
            "http://host:5984",
            "my-notes",
            "",
            "",
        ),
        (
            "http://host:5984/_utils/#/database/my-notes/_find",
            "http://host:5984",
            "my-notes",
            "",
            "",
        ),
        (
            "http://host:5984/_utils/database.html?my-notes",
            "http://host:5984",
            "my-notes",
            "",
            "",
        ),
        (
            "http://host:5984/my-notes/_all_docs?limit=3",
            "http://host:5984",
            "my-notes",
            "",
            "",
        ),
        ("https://host:6984", "https://host:6984", "", "", ""),
        ("https://host:6984//db//", "https://host:6984", "db", "", ""),
        (
            "https://bücher.example/db",
            "https://xn--bcher-kva.example",
            "db",
            "",
            "",
        ),
        (
            "https://:secret@host/db",
            "https://host",
            "db",
            "",
            "secret",
        ),
        ("https://anna:@host/db", "https://host", "db", "anna", ""),
    ];
    for (text, address, database, user, password) in table {
        let pasted = parse(text);
        assert_eq!(pasted.server.to_string(), *address, "{text}");
        assert_eq!(
            pasted.database.as_deref().unwrap_or_default(),
            *database,
            "{text}"
        );
        assert_eq!(pasted.user.as_deref().unwrap_or_default(), *user, "{text}");
        let found = pasted.password.as_ref().map_or("", Password::reveal);
        assert_eq!(found, *password, "{text}");
    }
}

#[test]
fn what_is_no_address_says_why() {
    for (text, error) in [
        ("", AddressError::Empty),
        ("  \"\" ", AddressError::Empty),
        ("ftp://host/db", AddressError::Scheme),
        ("https://", AddressError::NoHost),
        ("https:///db", AddressError::NoHost),
        ("https://ho st/db", AddressError::Host),
        ("https://host:99999/db", AddressError::Port),
        ("https://host:0/db", AddressError::Port),
        ("https://host:port/db", AddressError::Port),
        ("http://::1:5984/db", AddressError::NoHost),
        ("http://2001:db8::1/db", AddressError::Host),
        ("http://[::1/db", AddressError::Host),
        ("https://host/d\nb", AddressError::ControlCharacter),
    ] {
        assert_eq!(Pasted::parse(text).err(), Some(error), "{text:?}");
    }
}

#[test]
fn slips_are_noticed() {
    for (text, hints) in [
        ("https://host:6984/db", &[][..]),
        ("http://localhost:5984/db", &[]),
        ("http://127.0.0.9:5984/db", &[]),
        ("https://host/db", &[Hint::NoPort]),
        ("http://host:5984/db", &[Hint::PlainHttp]),
        ("http://192.168.1.2:5984/db", &[Hint::PlainHttp]),
        ("host:6984/db", &[Hint::SchemeAssumed]),
        ("https://host:6984/", &[Hint::NoDatabase]),
        (
            "https://host:6984/_utils/",
            &[Hint::UtilsPage, Hint::NoDatabase],
        ),
        ("https://host:6984/My%20Notes", &[Hint::DatabaseName]),
        (
            "localhost",
            &[Hint::SchemeAssumed, Hint::NoPort, Hint::NoDatabase],
        ),
    ] {
        assert_eq!(parse(text).hints, hints, "{text}");
    }
}

fn remote(text: &str) -> RemoteUrl {
    let pasted = parse(text);
    RemoteUrl {
        server: pasted.server,
        database: pasted.database.unwrap(),
        user: pasted.user,
        by_token: false,
    }
}

#[test]
fn the_display_form_shows_the_port_and_never_the_password() {
    for (text, shown) in [
        (
            "https://anna:secret@host:6984/my-notes",
            "anna@host:6984/my-notes",
        ),
        ("https://host:443/my-notes", "host:443/my-notes"),
        ("https://host/couch/team%2Fnotes", "host/couch/team%2Fnotes"),
        ("http://[::1]:5984/db", "[::1]:5984/db"),
    ] {
        assert_eq!(remote(text).to_string(), shown);
    }
}

#[test]
fn urls_are_built_segment_by_segment() {
    let url = remote("https://anna:secret@host/couch/team%2Fnotes").url(&["note:a+b/c d", "index"]);
    assert_eq!(
        url.as_str(),
        "https://host/couch/team%2Fnotes/note:a%2Bb%2Fc%20d/index"
    );
}

#[test]
fn one_place_has_one_name_whoever_signs_in_and_however_the_port_is_written() {
    let place = remote("https://anna:secret@HOST:443/db/").place();
    assert_eq!(place, remote("https://bob@host/db").place());
    assert_ne!(place, remote("https://host:6984/db").place());
    assert_ne!(place, remote("http://host:443/db").place());
}

proptest! {
    #[test]
    fn any_password_survives_being_encoded(password in "\\PC{1,24}") {
        let encoded = remote::encode(&password);
        let pasted = parse(&format!("https://anna:{encoded}@host:6984/db"));
        prop_assert_eq!(pasted.password.as_ref().map(|p| p.reveal().to_owned()), Some(password));
        prop_assert_eq!(pasted.server.port(), 6984);
    }

    #[test]
    fn a_raw_password_without_escapes_survives_as_it_is(password in "[a-zA-Z0-9@:/#?!&=+$ ]{1,24}") {
        let pasted = parse(&format!("https://anna:{password}@host:6984/db"));
        prop_assert_eq!(pasted.password.as_ref().map(|p| p.reveal().to_owned()), Some(password));
        prop_assert_eq!(pasted.server.to_string(), "https://host:6984");
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}") {
        let _ = Pasted::parse(&text);
    }
}
