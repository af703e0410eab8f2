//! Lies about who is signed in, and answers that refuse.

use serde_json::{Value, json};
use sheaf_tests::{Reply, Request};

use super::{Mutator, Told, is_sync};

const ENDED: Told = Told::Stops(&["sessionEnded"]);
const FAULT: Told = Told::Stops(&["serverFault"]);

macro_rules! refuse {
    ($name:literal, $told:expr, $status:literal, $body:expr) => {
        Mutator {
            name: $name,
            told: $told,
            lie: |_| {
                Box::new(|request, reply| {
                    if is_sync(request) {
                        reply.say($status, &$body);
                    }
                })
            },
        }
    };
}

pub(super) const TABLE: &[Mutator] = &[
    refuse!("signed out, without a word why", ENDED, 401, json!({})),
    refuse!("a revoked session", ENDED, 401, error("revoked-session")),
    refuse!(
        "an expired token, again after it was renewed",
        ENDED,
        498,
        error("expired-access-token")
    ),
    Mutator {
        name: "an expired token, and none that replaces it",
        told: ENDED,
        lie: |_| {
            Box::new(|request, reply| {
                if is_sync(request) {
                    reply.say(498, &error("expired-access-token"));
                } else if request.path.ends_with("/refresh") {
                    reply.say(400, &error("invalid-refresh-token"));
                }
            })
        },
    },
    Mutator {
        name: "new tokens that are worth nothing",
        told: ENDED,
        lie: |_| {
            let mut expired = false;
            Box::new(move |request, reply| {
                if is_sync(request) && !std::mem::replace(&mut expired, true) {
                    reply.say(498, &error("expired-access-token"));
                } else if request.path.ends_with("/refresh") {
                    reply.edit(|answer| {
                        answer["session"]["access_token"] = "1:nobody:nothing".into();
                        answer["session"]["refresh_token"] = "1:nobody:nothing".into();
                    });
                }
            })
        },
    },
    Mutator {
        name: "another password, it seems",
        told: Told::Stops(&["passwordChanged"]),
        lie: |_| {
            Box::new(|request, reply| {
                if is_sync(request) {
                    reply.say(401, &error("invalid-auth"));
                } else if request.path == "/v2/login-params" {
                    reply.edit(|answer| answer["pw_nonce"] = "00".repeat(32).into());
                }
            })
        },
    },
    refuse!("forbidden", Told::Stops(&["forbidden"]), 403, json!({})),
    refuse!(
        "not there",
        Told::Stops(&["notNotesServer"]),
        404,
        json!({})
    ),
    refuse!(
        "too large, whatever it is",
        Told::Stops(&["notNotesServer", "tooLarge"]),
        413,
        json!({})
    ),
    refuse!("locked", Told::Stops(&["lockedOut"]), 423, error("locked")),
    refuse!(
        "a bad request, from the beginning too",
        Told::Stops(&["notNotesServer"]),
        400,
        json!({})
    ),
    refuse!("out of order", FAULT, 500, json!({})),
    refuse!("no room", Told::Stops(&["quotaExceeded"]), 507, json!({})),
    Mutator {
        name: "later, in four months",
        told: Told::Stops(&["rateLimited"]),
        lie: |_| {
            Box::new(|request, reply| {
                if is_sync(request) {
                    reply.say(429, &json!({}));
                    reply.headers.push(("retry-after".into(), "9999999".into()));
                }
            })
        },
    },
    Mutator {
        name: "elsewhere",
        told: Told::Stops(&["redirected"]),
        lie: |_| {
            Box::new(|request, reply| {
                if is_sync(request) {
                    reply.say(307, &json!({}));
                    reply
                        .headers
                        .push(("location".into(), "http://127.0.0.2:9/v1/items".into()));
                }
            })
        },
    },
    Mutator {
        name: "a refusal that is longer than a book and full of control characters",
        told: FAULT,
        lie: |_| {
            Box::new(|request, reply| {
                if is_sync(request) {
                    let words = "\u{1b}[2J\u{7}\r\n".repeat(20_000);
                    reply.say(500, &json!({"error": {"message": words}}));
                }
            })
        },
    },
    Mutator {
        name: "a success that says it is a failure",
        told: Told::Stops(&["notNotesServer"]),
        lie: |_| {
            Box::new(|request, reply| {
                if is_sync(request) {
                    reply.say(200, &error("invalid-auth"));
                }
            })
        },
    },
    Mutator {
        name: "a body that says it is compressed",
        told: Told::Stops(&["notNotesServer", "protocol"]),
        lie: |_| Box::new(compressed),
    },
];

fn compressed(request: &Request, reply: &mut Reply) {
    if is_sync(request) {
        reply
            .headers
            .push(("content-encoding".into(), "gzip".into()));
    }
}

fn error(tag: &str) -> Value {
    json!({"error": {"tag": tag, "message": "No."}})
}
