//! Every way a server can be out of reach has a code, a sentence and something to do.

use std::collections::BTreeSet;

use sheaf_tests::{
    Account, Couch, Database, Device, Fault, FaultProxy, Refusal, closed_port, encode_segment,
    on_every_server,
};

on_every_server!(
    each_trouble_has_its_own_code_and_sentence,
    a_missing_database_is_created_when_asked_for,
    an_account_that_may_not_write_is_told_so,
    a_target_that_was_refused_changes_nothing,
);

const PASSWORD: &str = "s3 cr@t/%é";

fn each_trouble_has_its_own_code_and_sentence(server: &'static Couch) {
    let database = server.database();
    let anna = Account::create(server, PASSWORD);
    database.admit(&[&anna]);
    let page = FaultProxy::to(&server.authority);
    page.plan(|_| Fault::Status(200));
    let through = |authority: &str| database.url_through(authority, &anna.name, PASSWORD);
    let missing = {
        let gone = server.database();
        gone.url()
    };

    let cases = [
        ("unauthorised", 3, database.url_as(&anna.name, "wrong")),
        ("hostNotFound", 4, through("no-such-host.invalid:5984")),
        ("connectionRefused", 4, through(&closed_port())),
        ("databaseMissing", 3, missing),
        ("notCouchdb", 3, through(&page.authority)),
        ("addressInvalid", 1, "http://:5984".to_owned()),
    ];
    let mut sentences = BTreeSet::new();
    for (code, exit, url) in cases {
        let refusal = set_refused(&url);
        assert_eq!(
            (refusal.code.as_str(), refusal.exit),
            (code, Some(exit)),
            "{url}: {refusal:?}"
        );
        assert!(!refusal.hint.is_empty(), "{code} has nothing to do");
        assert!(
            sentences.insert(refusal.message.clone()),
            "{code} has no sentence of its own"
        );
    }

    let stranger = Account::create(server, PASSWORD);
    let refusal = set_refused(&database.url_as(&stranger.name, PASSWORD));
    // The npm servers refuse a stranger with 401 where CouchDB says 403. The name and the password are
    // right all the same, which the session's answer shows: nobody is to be sent looking for a typing error.
    assert_eq!(refusal.code, "forbidden", "{refusal:?}");
}

fn set_refused(url: &str) -> Refusal {
    Device::new("A")
        .sheaf
        .refused(&["sync", "set", "couchdb", url])
}

fn a_missing_database_is_created_when_asked_for(server: &'static Couch) {
    let database = server.database();
    database.remove();
    let a = Device::new("A");
    a.write("One", "text");
    a.sheaf
        .run(&["sync", "set", "couchdb", &database.url(), "--create"]);
    a.sync();
    assert_eq!(database.documents_of("note:").len(), 1);
}

fn an_account_that_may_not_write_is_told_so(server: &'static Couch) {
    let database = server.database();
    let anna = Account::create(server, PASSWORD);
    database.admit(&[&anna]);
    read_only(&database);
    let a = Device::new("A");
    a.write("One", "text");
    let url = database.url_as(&anna.name, PASSWORD);
    let refusal = a
        .sheaf
        .attempt(&["sync", "set", "couchdb", &url])
        .and_then(|_| a.sheaf.attempt(&["sync", "now"]))
        .expect_err("nothing can be written there");
    assert_eq!(refusal.code, "readOnly", "{refusal:?}");
    assert!(refusal.message.contains(&anna.name), "{refusal:?}");
    assert_eq!(a.titles(), ["One"]);
}

/// CouchDB's convention: `unauthorized` is about who asks, `forbidden` about what is written.
fn read_only(database: &Database) {
    database.validate_with(
        "if (userCtx.roles.indexOf('_admin') < 0) throw({ unauthorized: 'this is for reading' });",
    );
}

fn a_target_that_was_refused_changes_nothing(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    a.write("One", "text");
    let wrong = database.url_as(&format!("nobody{}", encode_segment("é")), "wrong");
    assert_eq!(
        a.sheaf.refused(&["sync", "set", "couchdb", &wrong]).code,
        "unauthorised"
    );
    a.sync();
    assert_eq!(
        database.documents_of("note:").len(),
        1,
        "the old target is still in force"
    );
}
