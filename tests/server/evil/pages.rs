//! Lies about pages, tokens, and what was saved.

use serde_json::{Value, json};

use super::{Mutator, Told, is_sync, on_items};

const NOT_A_SERVER: Told = Told::Stops(&["notNotesServer"]);

macro_rules! answer {
    ($name:literal, $told:expr, $change:expr) => {
        Mutator {
            name: $name,
            told: $told,
            lie: |_| on_items($change),
        }
    };
}

/// Instead of an answer.
macro_rules! instead {
    ($name:literal, $told:expr, $body:expr) => {
        Mutator {
            name: $name,
            told: $told,
            lie: |_| {
                Box::new(|request, reply| {
                    if is_sync(request) {
                        let (status, kind, body): (u16, &str, Vec<u8>) = $body;
                        reply.replace(status, kind, body);
                    }
                })
            },
        }
    };
}

const JSON: &str = "application/json";

pub(super) const TABLE: &[Mutator] = &[
    answer!("the same cursor for ever", NOT_A_SERVER, |answer| {
        answer["cursor_token"] = "Mzox".into();
    }),
    Mutator {
        name: "the same page under ever new cursors",
        told: NOT_A_SERVER,
        lie: |_| {
            let mut page = 0;
            on_items(move |answer| {
                page += 1;
                answer["cursor_token"] = format!("page {page}").into();
            })
        },
    },
    answer!("a cursor that is a number", NOT_A_SERVER, |answer| {
        answer["cursor_token"] = 7.into();
    }),
    answer!("no token", NOT_A_SERVER, |answer| {
        answer["sync_token"] = Value::Null;
    }),
    answer!("an empty token", Told::SeenThrough, |answer| {
        answer["sync_token"] = "".into();
    }),
    answer!("a token that is none", NOT_A_SERVER, |answer| {
        answer["sync_token"] = "-1".into();
    }),
    answer!("a token of long ago", Told::SeenThrough, |answer| {
        answer["sync_token"] = "Mzox".into();
    }),
    // Both are noticed by the honest server, and the next round begins anew. This is base64 of 3:999999.
    answer!("a token of a time to come", NOT_A_SERVER, |answer| {
        answer["sync_token"] = "Mzo5OTk5OTk=".into();
    }),
    answer!(
        "nothing was saved, although it was",
        Told::SeenThrough,
        |answer| {
            answer["saved_items"] = json!([]);
        }
    ),
    answer!("not a word about what was sent", NOT_A_SERVER, |answer| {
        answer["saved_items"] = json!([]);
        answer["conflicts"] = json!([]);
    }),
    answer!(
        "things were saved that nobody sent",
        Told::SeenThrough,
        |answer| {
            push(
                answer,
                "saved_items",
                json!({"uuid": "901751a0-0b85-4636-93a3-682c4779b634",
            "content_type": "Note", "content": "004:", "created_at": "", "updated_at": ""}),
            );
        }
    ),
    answer!("saved under other names", Told::SeenThrough, |answer| {
        each(answer, "saved_items", |item| {
            item["uuid"] = "901751a0-0b85-4636-93a3-682c4779b634".into();
        });
    }),
    answer!("saved as deleted", Told::SeenThrough, |answer| {
        each(answer, "saved_items", |item| item["deleted"] = true.into());
    }),
    answer!("saved long ago", Told::SeenThrough, |answer| {
        each(answer, "saved_items", |item| {
            item["updated_at_timestamp"] = 1000.into();
            item["updated_at"] = "1970-01-01T00:00:00.001000Z".into();
        });
    }),
    answer!("saved with another text", Told::SeenThrough, |answer| {
        each(answer, "saved_items", |item| {
            item["content"] = "004:forged".into();
        });
    }),
    Mutator {
        name: "another note in conflict with everything",
        told: Told::Warns(&["altered"]),
        lie: |stolen| {
            let other = stolen.other.clone();
            on_items(move |answer| {
                let saved = std::mem::take(&mut answer["saved_items"]);
                for item in saved.as_array().into_iter().flatten() {
                    let mut server = other.clone();
                    server["uuid"] = item["uuid"].clone();
                    push(
                        answer,
                        "conflicts",
                        json!({"type": "sync_conflict", "server_item": server}),
                    );
                }
                answer["saved_items"] = json!([]);
            })
        },
    },
    answer!("a conflict with nothing", NOT_A_SERVER, |answer| {
        answer["saved_items"] = json!([]);
        answer["conflicts"] = json!([{"type": "sync_conflict"}]);
    }),
    answer!("every name is taken", Told::HoldsBack, |answer| {
        refuse_all(answer, "uuid_conflict");
    }),
    answer!("a refusal of an unknown kind", Told::HoldsBack, |answer| {
        refuse_all(answer, "of tomorrow");
    }),
    answer!("every text is refused", Told::HoldsBack, |answer| {
        refuse_all(answer, "content_error");
    }),
    answer!(
        "a page of rubbish beside the page",
        Told::SeenThrough,
        |answer| {
            for number in 0..5000 {
                push(answer, "retrieved_items", json!(number));
            }
        }
    ),
    answer!("the page upside down", Told::SeenThrough, |answer| {
        if let Some(items) = answer["retrieved_items"].as_array_mut() {
            items.reverse();
        }
        answer["frame"] = 1.into();
    }),
    answer!("nothing new, although there is", Told::Waits, |answer| {
        answer["retrieved_items"] = json!([]);
    }),
    answer!("items that are nothing", NOT_A_SERVER, |answer| {
        answer["retrieved_items"] = Value::Null;
    }),
    answer!("items that are no list", NOT_A_SERVER, |answer| {
        answer["retrieved_items"] = json!({"0": {}});
    }),
    Mutator {
        name: "the first answer again and again",
        told: Told::Waits,
        lie: |_| {
            let mut first = None;
            on_items(move |answer| {
                *answer = first.get_or_insert_with(|| answer.clone()).clone();
                answer["again"] = true.into();
            })
        },
    },
    instead!(
        "a web page",
        NOT_A_SERVER,
        (
            200,
            "text/html",
            b"<html><body>Sign in to the hotel</body></html>".to_vec()
        )
    ),
    instead!("an empty answer", NOT_A_SERVER, (204, JSON, Vec::new())),
    Mutator {
        name: "half of an answer",
        told: NOT_A_SERVER,
        lie: |_| {
            Box::new(|request, reply| {
                if is_sync(request) {
                    reply.body.truncate(reply.body.len() / 2);
                }
            })
        },
    },
    instead!("a list", NOT_A_SERVER, (200, JSON, b"[]".to_vec())),
    instead!(
        "two hundred thousand brackets",
        NOT_A_SERVER,
        (200, JSON, "[".repeat(200_000).into_bytes())
    ),
    instead!(
        "eighty megabytes of nothing",
        NOT_A_SERVER,
        (200, JSON, vec![b' '; 80_000_000])
    ),
    instead!(
        "bytes that are no text",
        NOT_A_SERVER,
        (200, JSON, vec![0xff; 100])
    ),
];

fn push(answer: &mut Value, list: &str, item: Value) {
    if let Some(items) = answer[list].as_array_mut() {
        items.push(item);
    }
}

fn each(answer: &mut Value, list: &str, change: fn(&mut Value)) {
    if let Some(items) = answer[list].as_array_mut() {
        items.iter_mut().for_each(change);
    }
}

fn refuse_all(answer: &mut Value, kind: &str) {
    let saved = std::mem::take(&mut answer["saved_items"]);
    answer["saved_items"] = json!([]);
    for item in saved.as_array().into_iter().flatten() {
        push(
            answer,
            "conflicts",
            json!({"type": kind, "unsaved_item": item}),
        );
    }
}
