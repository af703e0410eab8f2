//! Lies about items: older states, other texts, other types, other names, deletions.

use serde_json::{Value, json};
use sheaf_tests::Lie;

use super::{Mutator, Told, on_items, world::Stolen};

type Change = fn(&mut Value, &Stolen);

const ALTERED: Told = Told::Warns(&["altered"]);
const MISSING: Told = Told::Warns(&["missing"]);
const OLDER: Told = Told::Warns(&["older"]);
const RETYPED: Told = Told::Warns(&["retyped"]);

macro_rules! target {
    ($name:literal, $told:expr, $change:expr) => {
        Mutator {
            name: $name,
            told: $told,
            lie: |stolen| on_target(stolen, $change),
        }
    };
}

pub(super) const TABLE: &[Mutator] = &[
    // The device knows no other yet: only the other's list tells.
    target!("an older state as the newest", MISSING, |item, stolen| {
        take_content(item, &stolen.old);
    }),
    target!(
        "an older state under its own time",
        OLDER,
        |item, stolen| {
            *item = stolen.old.clone();
        }
    ),
    target!("one note deleted", Told::KeepsTheText, |item, _| delete(
        item
    )),
    target!(
        "deleted, and yet with a text",
        Told::KeepsTheText,
        |item, _| {
            item["deleted"] = true.into();
        }
    ),
    target!("a note called a tag", RETYPED, |item, _| {
        item["content_type"] = "Tag".into();
    }),
    target!("a note called an unknown type", RETYPED, |item, _| {
        item["content_type"] = "SN|Component".into();
    }),
    target!("a note called an items key", RETYPED, |item, _| {
        item["content_type"] = "SN|ItemsKey".into();
    }),
    target!("a note called a device's list", RETYPED, |item, _| {
        item["content_type"] = "Sheaf|Manifest".into();
    }),
    target!("no type at all", RETYPED, |item, _| {
        item["content_type"] = Value::Null;
    }),
    target!("a text without encryption", ALTERED, |item, _| {
        item["content"] = PLAIN.into();
        item["enc_item_key"] = Value::Null;
    }),
    target!(
        "a text without encryption beside the genuine key",
        ALTERED,
        |item, _| {
            item["content"] = PLAIN.into();
        }
    ),
    target!("bare JSON as a text", ALTERED, |item, _| {
        item["content"] = r#"{"title":"forged","text":"forged","references":[]}"#.into();
    }),
    target!("an empty text", ALTERED, |item, _| item["content"] =
        "".into()),
    target!("no text", ALTERED, |item, _| item["content"] = Value::Null),
    target!("no key", ALTERED, |item, _| item["enc_item_key"] =
        Value::Null),
    target!("the text of another note", ALTERED, |item, stolen| {
        take_content(item, &stolen.other);
    }),
    target!("the key of another note", ALTERED, |item, stolen| {
        item["enc_item_key"] = stolen.other["enc_item_key"].clone();
    }),
    target!("a bit of the text", ALTERED, |item, _| flip(
        item, "content", 2
    )),
    target!("a bit of the key's text", ALTERED, |item, _| flip(
        item,
        "enc_item_key",
        2
    )),
    target!("a digit of the nonce", ALTERED, |item, _| flip(
        item, "content", 1
    )),
    target!("the data beside the text", ALTERED, |item, stolen| {
        let other = part(&stolen.other, "content", 3);
        put_part(item, "content", 3, &other);
    }),
    target!("a text that ends too early", ALTERED, |item, _| {
        let sealed = part(item, "content", 2);
        put_part(item, "content", 2, &sealed[..=(sealed.len() / 2)]);
    }),
    target!("a text with too many parts", ALTERED, |item, _| {
        let text = item["content"].as_str().unwrap_or_default().to_owned();
        item["content"] = format!("{text}:e30=:e30=:AAAA").into();
    }),
    target!("the older version's mark", Told::SeenThrough, |item, _| {
        mark(item, "003");
    }),
    target!("the oldest version's mark", Told::SeenThrough, |item, _| {
        mark(item, "001");
    }),
    target!("a version of tomorrow's mark", ALTERED, |item, _| mark(
        item, "009"
    )),
    target!("an endless text", ALTERED, |item, _| {
        item["content"] = format!("004:{}", "A".repeat(20_000_000)).into();
    }),
    target!("another key's name", Told::SeenThrough, |item, _| {
        item["items_key_id"] = "3162fe3a-1b5b-4cf5-b88a-afcb9996b23a".into();
    }),
    target!("no key's name", Told::SeenThrough, |item, _| {
        item["items_key_id"] = Value::Null;
    }),
    target!(
        "a duplicate of itself",
        Told::SeenThrough,
        |item, stolen| {
            item["duplicate_of"] = stolen.target().into();
        }
    ),
    target!(
        "a time in ten thousand years",
        Told::SeenThrough,
        |item, _| {
            time(item, 253_000_000_000_000_000, "9987-01-01T00:00:00.000000Z");
        }
    ),
    target!(
        "a time before the beginning",
        Told::SeenThrough,
        |item, _| {
            time(item, -1, "1969-12-31T23:59:59.999999Z");
        }
    ),
    target!("no time", Told::SeenThrough, |item, _| time(item, 0, "")),
    target!("fields nobody knows", Told::SeenThrough, |item, _| {
        item["sheaf"] = json!({"trust": ["me"]});
    }),
    target!("a time that is a text", MISSING, |item, _| {
        item["updated_at_timestamp"] = "soon".into();
    }),
    target!("a number for a note", MISSING, |item, _| *item = json!(7)),
    target!("a list for a note", MISSING, |item, _| *item = json!([[]])),
    target!("nothing for a note", MISSING, |item, _| *item = Value::Null),
    target!("a name in capitals", MISSING, |item, stolen| {
        item["uuid"] = stolen.target().to_uppercase().into();
    }),
    target!("a name that is a path", MISSING, |item, _| {
        item["uuid"] = "../../../../etc/passwd".into();
    }),
    target!("another name", MISSING, |item, _| {
        item["uuid"] = "901751a0-0b85-4636-93a3-682c4779b634".into();
    }),
    target!(
        "another account's note in its place",
        Told::HoldsBack,
        |item, stolen| {
            take_content(item, &stolen.strangers);
        }
    ),
    Mutator {
        name: "a text without encryption, however often it is asked for",
        told: Told::HoldsBack,
        lie: |stolen| {
            let target = stolen.target();
            let lie = move |item: &mut Value| {
                if item["uuid"] == target.as_str() {
                    item["content"] = PLAIN.into();
                }
            };
            Box::new(move |request, reply| {
                reply.edit(|answer| {
                    if request.path.starts_with("/v1/items/") {
                        lie(&mut answer["item"]);
                    }
                    let items = answer["retrieved_items"].as_array_mut();
                    items.into_iter().flatten().for_each(&lie);
                });
            })
        },
    },
    Mutator {
        name: "another account's note among ours",
        told: Told::HoldsBack,
        lie: |stolen| {
            let strangers = stolen.strangers.clone();
            on_retrieved(move |items| items.push(strangers.clone()))
        },
    },
    Mutator {
        name: "the older state after the newer one",
        told: OLDER,
        lie: |stolen| {
            let old = stolen.old.clone();
            on_retrieved(move |items| items.push(old.clone()))
        },
    },
    Mutator {
        name: "everything deleted",
        told: Told::Stops(&["massDeletion"]),
        lie: |stolen| {
            let notes = stolen.notes.clone();
            on_retrieved(move |items| *items = notes.iter().map(|uuid| grave(uuid)).collect())
        },
    },
    Mutator {
        name: "graves of what never was",
        told: Told::SeenThrough,
        lie: |_| {
            on_retrieved(|items| {
                for number in 0..50 {
                    items.push(grave(&format!(
                        "00000000-0000-4000-8000-0000000000{number:02}"
                    )));
                }
            })
        },
    },
    Mutator {
        name: "a note withheld",
        told: MISSING,
        lie: |stolen| {
            let target = stolen.target();
            on_retrieved(move |items| items.retain(|item| item["uuid"] != target.as_str()))
        },
    },
    Mutator {
        name: "an older list of a device",
        told: OLDER,
        lie: |stolen| {
            let mut list = stolen.list.clone();
            time(
                &mut list,
                1_893_456_000_000_000,
                "2030-01-01T00:00:00.000000Z",
            );
            on_retrieved(move |items| items.push(list.clone()))
        },
    },
    Mutator {
        name: "a list of a device called a note",
        told: RETYPED,
        lie: |stolen| {
            let mut list = stolen.list.clone();
            list["content_type"] = "Note".into();
            time(
                &mut list,
                1_893_456_000_000_001,
                "2030-01-01T00:00:00.000001Z",
            );
            on_retrieved(move |items| items.push(list.clone()))
        },
    },
];

/// `000` and base64 of `{"title":"forged","text":"forged","references":[]}`.
const PLAIN: &str = "000eyJ0aXRsZSI6ImZvcmdlZCIsInRleHQiOiJmb3JnZWQiLCJyZWZlcmVuY2VzIjpbXX0=";

fn on_retrieved(mut change: impl FnMut(&mut Vec<Value>) + Send + 'static) -> Lie {
    on_items(move |answer| {
        if let Some(items) = answer["retrieved_items"].as_array_mut() {
            change(items);
        }
    })
}

/// The newest state of the target, wherever an answer holds it.
fn on_target(stolen: &Stolen, change: Change) -> Lie {
    let stolen = stolen.clone();
    on_retrieved(move |items| {
        let target = stolen.target();
        for item in items
            .iter_mut()
            .filter(|item| item["uuid"] == target.as_str())
        {
            change(item, &stolen);
        }
    })
}

fn take_content(item: &mut Value, from: &Value) {
    for field in ["content", "enc_item_key", "items_key_id"] {
        item[field] = from[field].clone();
    }
}

fn delete(item: &mut Value) {
    item["deleted"] = true.into();
    item["content"] = Value::Null;
    item["enc_item_key"] = Value::Null;
}

/// A note that was deleted in a time to come.
fn grave(uuid: &str) -> Value {
    json!({"uuid": uuid, "content_type": "Note", "deleted": true, "created_at": "2030-01-01T00:00:00.000000Z",
        "updated_at": "2030-01-01T00:00:00.000000Z", "updated_at_timestamp": 1_893_456_000_000_000_i64})
}

fn time(item: &mut Value, micros: i64, iso: &str) {
    item["updated_at_timestamp"] = micros.into();
    item["updated_at"] = iso.into();
}

/// One of the parts of an encrypted text, which colons separate.
fn part(item: &Value, field: &str, number: usize) -> String {
    let text = item[field].as_str().unwrap_or_default();
    text.split(':').nth(number).unwrap_or_default().to_owned()
}

fn put_part(item: &mut Value, field: &str, number: usize, with: &str) {
    let text = item[field].as_str().unwrap_or_default().to_owned();
    let mut parts: Vec<&str> = text.split(':').collect();
    parts[number] = with;
    item[field] = parts.join(":").into();
}

/// Changes one character in the middle of a part for another that may stand there.
fn flip(item: &mut Value, field: &str, number: usize) {
    let mut bytes = part(item, field, number).into_bytes();
    let middle = bytes.len() / 2;
    bytes[middle] = if bytes[middle] == b'a' { b'b' } else { b'a' };
    let text = String::from_utf8(bytes).unwrap_or_default();
    put_part(item, field, number, &text);
}

fn mark(item: &mut Value, version: &str) {
    for field in ["content", "enc_item_key"] {
        let text = item[field].as_str().unwrap_or_default().to_owned();
        item[field] = format!("{version}{}", &text[3..]).into();
    }
}
