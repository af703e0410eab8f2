//! Reading `tests/vectors/standard-notes.json`: made by running the two published clients.

use crate::text as encoding;

pub(crate) type Json = serde_json::Value;

pub(crate) fn entries(name: &str) -> Vec<Json> {
    let all: Json =
        serde_json::from_str(include_str!("../tests/vectors/standard-notes.json")).unwrap();
    all[name].as_array().unwrap().clone()
}

pub(crate) fn field<'a>(json: &'a Json, name: &str) -> &'a str {
    json[name].as_str().unwrap()
}

pub(crate) fn text(json: &Json, name: &str) -> String {
    field(json, name).to_owned()
}

pub(crate) fn bytes(json: &Json, name: &str) -> Vec<u8> {
    encoding::unhex(field(json, name)).unwrap()
}
