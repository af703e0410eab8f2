//! Signing in with a token: before a server that has no handler for tokens stands a gate that does what CouchDB's does.

use serde_json::json;
use sheaf_tests::{Database, TokenGate, Tokens, now};

use super::{Stage, couch, database};
use crate::gateway::{Act, Gateway};
use crate::patient::Patient;

const DAY: u64 = 86_400;

struct World {
    patient: Patient,
    tokens: Tokens,
    gate: TokenGate,
    /// On the way to the gate.
    gateway: Gateway,
    database: Database,
}

impl World {
    /// In step, with a token that is good for a day. Secrets lie in a file here, and doctor says so.
    fn begin() -> Self {
        let (patient, database) = (Patient::new(), database());
        patient.may_say("secret_in_clear");
        let tokens = Tokens::new(b"a key of the gate");
        let gate = TokenGate::before(couch(), &tokens);
        let gateway = Gateway::to(&gate.authority, |_| Act::Pass);
        let world = Self {
            patient,
            tokens,
            gate,
            gateway,
            database,
        };
        let url = format!("http://{}/{}", world.gateway.authority, world.database.name);
        let file = world.file(&world.good());
        let sheaf = &world.patient.sheaf;
        sheaf.run(&["sync", "set", "couchdb", &url, "--token-file", &file]);
        sheaf.run(&["sync", "now"]);
        world.patient.is_well(&[]);
        world
    }

    fn good(&self) -> String {
        self.tokens.make("anna", now() + DAY)
    }

    fn file(&self, token: &str) -> String {
        let file = self.patient.sheaf.home().join("token");
        std::fs::write(&file, token).expect("the home can be written to");
        file.display().to_string()
    }

    fn enter(&self, token: &str) {
        let file = self.file(token);
        let enter = ["sync", "password", "--password-file", &file];
        self.patient.sheaf.run(&enter);
    }

    /// With this token, doctor finds this and sync the same; with a good one both go on.
    fn heals(&self, token: &str, found: &str, refused: &str) -> String {
        self.enter(token);
        self.patient.finds(&[], &[found]);
        let refusal = self.patient.sheaf.refused(&["sync", "now"]);
        assert_eq!(refusal.code, refused, "{}", refusal.message);
        self.enter(&self.good());
        self.patient.is_well(&[]);
        self.patient.sheaf.run(&["sync", "now"]);
        self.patient.course()
    }
}

pub(crate) fn a_good_token(_: &Stage) -> String {
    World::begin().patient.course()
}

pub(crate) fn a_token_that_expired(_: &Stage) -> String {
    let world = World::begin();
    let token = world.tokens.make("anna", now() - DAY);
    world.heals(&token, "auth_token_expired", "tokenExpired")
}

/// In the words of RFC 6750, section 3.1. Sync understood them and doctor spoke of a password of the gateway's own.
pub(crate) fn a_token_that_expired_at_a_gateway(_: &Stage) -> String {
    let world = World::begin();
    world.gate.speak_bearer();
    let token = world.tokens.make("anna", now() - DAY);
    world.heals(&token, "auth_token_expired", "tokenExpired")
}

pub(crate) fn a_token_that_a_gateway_refuses(_: &Stage) -> String {
    let world = World::begin();
    world.gate.speak_bearer();
    let token = Tokens::new(b"somebody else's key").make("anna", now() + DAY);
    world.heals(&token, "auth_token_refused", "tokenRefused")
}

pub(crate) fn a_token_that_is_not_yet_valid(_: &Stage) -> String {
    let world = World::begin();
    let later = [("nbf", json!(now() + DAY))];
    let token = world.tokens.make_with("anna", now() + 2 * DAY, &later);
    world.heals(&token, "auth_token_refused", "tokenRefused")
}

pub(crate) fn a_token_signed_with_another_key(_: &Stage) -> String {
    let world = World::begin();
    let token = Tokens::new(b"somebody else's key").make("anna", now() + DAY);
    world.heals(&token, "auth_token_refused", "tokenRefused")
}

pub(crate) fn a_word_that_is_no_token(_: &Stage) -> String {
    let world = World::begin();
    world.heals("no token at all", "auth_token_refused", "tokenRefused")
}

/// The server was told to take the tokens of one issuer only.
pub(crate) fn a_token_of_another_issuer(_: &Stage) -> String {
    let world = World::begin();
    world.gate.asks_for_issuer("https://sign-in.test");
    let by = |issuer: &str| {
        let claims = [("iss", json!(issuer))];
        world.tokens.make_with("anna", now() + DAY, &claims)
    };
    for token in [world.good(), by("https://elsewhere.test")] {
        world.enter(&token);
        world.patient.finds(&[], &["auth_token_refused"]);
    }
    world.enter(&by("https://sign-in.test"));
    world.patient.is_well(&[]);
    world.patient.course()
}

/// A web server on the way takes it away, or the handler is not on: both look the same.
pub(crate) fn a_token_that_nobody_reads(_: &Stage) -> String {
    let world = World::begin();
    world.gateway.plan(|_| {
        Act::Ask(Box::new(|head| {
            let lines = head
                .split("\r\n")
                .filter(|line| !line.to_ascii_lowercase().starts_with("authorization:"));
            lines.collect::<Vec<_>>().join("\r\n")
        }))
    });
    world.patient.finds(&[], &["auth_token_unread"]);
    world.gateway.heal();
    world.patient.is_well(&[]);
    world.patient.course()
}

/// The settings came to a new computer, and the token stayed on the old one.
pub(crate) fn no_token_for_the_server(_: &Stage) -> String {
    let world = World::begin();
    // It lies in a file only because this installation has no keyring.
    let secrets = world
        .patient
        .sheaf
        .data_dir()
        .join("passwords-in-clear-text.json");
    std::fs::remove_file(&secrets).expect("the token is there");
    world.patient.finds(&[], &["secret_token_missing"]);
    let refusal = world.patient.sheaf.refused(&["sync", "now"]);
    assert_eq!(refusal.code, "passwordMissing", "{}", refusal.message);
    world.enter(&world.good());
    world.patient.is_well(&[]);
    world.patient.course()
}
