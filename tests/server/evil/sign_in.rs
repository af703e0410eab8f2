//! Lies about the keys of an account, told to a device that signs in.

use serde_json::{Value, json};
use sheaf_tests::{Device, Lie, Request, ServerOptions, say};

use super::liar_before;

const EMAIL: &str = "anna@example.org";
const PASSWORD: &str = "correct horse battery";

pub(super) struct Offer {
    pub(super) name: &'static str,
    change: fn(&Request, &mut Value),
    code: &'static str,
    /// The person has said that the older version is all right.
    older: bool,
    /// Told to a device that knows what the account had.
    known: bool,
    /// Not even a hash of the password may have been sent.
    silent: bool,
}

const PLAIN: Offer = Offer {
    name: "",
    change: |_, _| {},
    code: "weakerKeys",
    older: false,
    known: false,
    silent: true,
};

pub(super) const TABLE: &[Offer] = &[
    Offer {
        name: "keys of the older version",
        code: "olderAccount",
        change: |_, answer| version(answer, "003", 110_000),
        ..PLAIN
    },
    Offer {
        name: "keys of the older version for an account that had better ones",
        change: |_, answer| version(answer, "003", 110_000),
        older: true,
        known: true,
        ..PLAIN
    },
    Offer {
        name: "keys of the older version for next to no work",
        change: |_, answer| version(answer, "003", 1),
        older: true,
        ..PLAIN
    },
    Offer {
        name: "keys of the older version without a word of the work",
        change: |_, answer| {
            version(answer, "003", 0);
            answer["pw_cost"] = Value::Null;
        },
        older: true,
        ..PLAIN
    },
    Offer {
        name: "keys of version 002",
        change: |_, answer| version(answer, "002", 110_000),
        older: true,
        ..PLAIN
    },
    Offer {
        name: "keys of version 001",
        change: |_, answer| version(answer, "001", 110_000),
        older: true,
        ..PLAIN
    },
    Offer {
        name: "keys of no version",
        change: |_, answer| version(answer, "000", 110_000),
        older: true,
        ..PLAIN
    },
    Offer {
        name: "keys of a version of tomorrow",
        change: |_, answer| version(answer, "005", 110_000),
        ..PLAIN
    },
    Offer {
        name: "keys without a version",
        code: "notNotesServer",
        change: |_, answer| answer["version"] = Value::Null,
        ..PLAIN
    },
    Offer {
        name: "keys without a nonce",
        change: |_, answer| answer["pw_nonce"] = Value::Null,
        ..PLAIN
    },
    Offer {
        name: "somebody else's keys",
        change: |_, answer| answer["identifier"] = "berta@example.org".into(),
        ..PLAIN
    },
    Offer {
        name: "another nonce",
        code: "unauthorised",
        change: |_, answer| answer["pw_nonce"] = "00".repeat(32).into(),
        silent: false,
        ..PLAIN
    },
    Offer {
        name: "a list of keys",
        code: "notNotesServer",
        change: |_, answer| *answer = json!([answer.clone()]),
        ..PLAIN
    },
    Offer {
        name: "a second factor",
        code: "secondFactor",
        change: |_, answer| *answer = json!({"error": {"tag": "mfa-required", "message": "Code?"}}),
        ..PLAIN
    },
    Offer {
        name: "signed in without a session",
        code: "notNotesServer",
        change: |request, answer| {
            if request.path == "/v2/login" {
                answer["session"] = Value::Null;
                answer["token"] = Value::Null;
            }
        },
        silent: false,
        ..PLAIN
    },
];

fn version(answer: &mut Value, version: &str, cost: u32) {
    if answer.get("pw_nonce").is_some() {
        answer["version"] = version.into();
        answer["pw_cost"] = cost.into();
    }
}

fn lie(change: fn(&Request, &mut Value)) -> Lie {
    Box::new(move |request, reply| {
        if request.path == "/v2/login-params" || request.path == "/v2/login" {
            reply.edit(|answer| change(request, answer));
            let is_refusal = reply.body.windows(14).any(|at| at == b"\"mfa-required\"");
            if is_refusal {
                reply.status = 401;
            }
        }
    })
}

pub(super) fn refuse_all() {
    let server = ServerOptions::new().start();
    let liar = liar_before(&server);
    let url = liar.url();
    let arguments = |device: &Device, password: &str, more: &[&'static str]| {
        let file = device.file("password", password.as_bytes());
        let mut arguments: Vec<String> = ["sync", "set", "server", &url, "--email", EMAIL]
            .map(str::to_owned)
            .to_vec();
        arguments.extend(["--password-file".to_owned(), file.display().to_string()]);
        arguments.extend(more.iter().map(ToString::to_string));
        arguments
    };
    let attempt = |device: &Device, more: &[&'static str]| {
        let arguments = arguments(device, PASSWORD, more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        device.sheaf.attempt(&arguments)
    };
    let known = Device::new("K");
    attempt(&known, &["--sign-up"]).expect("an honest server");
    known.sheaf.run(&["sync", "account", "sign-out"]);
    let stranger = Device::new("F");
    let mut failed = Vec::new();
    for offer in TABLE {
        liar.take_asked();
        liar.lie(lie(offer.change));
        let device = if offer.known { &known } else { &stranger };
        let more: &[&'static str] = if offer.older { &["--older"] } else { &[] };
        let answer = attempt(device, more);
        liar.be_honest();
        let sent: Vec<Request> = liar.take_asked();
        match answer {
            Err(refusal) if refusal.code == offer.code && !refusal.message.is_empty() => {
                say(&format!("{}: {}", offer.name, refusal.message));
            }
            other => failed.push(format!("{}: {other:?}", offer.name)),
        }
        if offer.silent && sent.iter().any(|request| request.path == "/v2/login") {
            failed.push(format!("{}: a hash of the password was sent", offer.name));
        }
        let status = device.status();
        if status["state"]["kind"] != "off" {
            failed.push(format!("{}: sync is on: {status}", offer.name));
        }
    }
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
    // And an honest server is believed.
    attempt(&known, &[]).expect("an honest server");
    attempt(&stranger, &[]).expect("an honest server");
}
