//! Is the database there, may it be read and written, is it closed to strangers and only for
//! notes?

use serde_json::{Value, json};
use sheaf_model::Kind as Document;
use sheaf_net::{Body, Method};

use super::{
    read,
    server::{Answer, named},
    target,
};
use crate::{Code, Context, Finding, Fix, Target};

const JSON: &str = "application/json";
/// The only document this crate ever writes.
const PROBE_DOCUMENT: &str = "diagnosis-by-sheaf";

pub(super) async fn reading(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let answer = match read(context.database(target, Method::GET, &[])).await {
        Ok(answer) => answer,
        Err(error) => {
            return named(Finding::new(Code::DatabaseFailing), target)
                .with("status", "nothing")
                .saw(error);
        }
    };
    let line = answer.shown("GET database");
    named(information(context, target, &answer).await, target)
        .with("status", answer.status)
        .with("via", answer.via())
        .saw(line)
}

async fn information(context: &Context, target: &Target, answer: &Answer) -> Finding {
    match answer.status {
        200 => there(context, target, answer),
        404 => missing(context, target, answer).await,
        401 | 403 if answer.is_couch_refusal() => Finding::new(Code::DatabaseForbidden),
        429 => Finding::new(Code::DatabaseBusy),
        _ if target.database.contains('/') && !answer.is_couch_refusal() => {
            Finding::new(Code::DatabaseSlashDecoded)
        }
        _ => Finding::new(Code::DatabaseFailing),
    }
}

fn there(context: &Context, target: &Target, answer: &Answer) -> Finding {
    let Some(json) = answer
        .json
        .as_ref()
        .filter(|json| json.get("doc_count").is_some())
    else {
        return if target.database.contains('/') {
            Finding::new(Code::DatabaseSlashDecoded)
        } else {
            Finding::new(Code::DatabaseFailing)
        };
    };
    let documents = json
        .get("doc_count")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    let sizes = json.get("sizes");
    let bytes = sizes
        .and_then(|sizes| sizes.get("active").or_else(|| sizes.get("file")))
        .or_else(|| json.get("data_size"))
        .and_then(Value::as_u64);
    context.known().documents = documents;
    let size = bytes.map_or_else(|| "size unknown".to_owned(), crate::wording::bytes);
    Finding::new(Code::DatabaseThere)
        .with("documents", documents)
        .with("size", size)
}

async fn missing(context: &Context, target: &Target, answer: &Answer) -> Finding {
    // Asked for a/b, a server behind a decoding proxy looks for b in a.
    if target.database.contains('/') && !answer.field("reason").contains("Database") {
        return Finding::new(Code::DatabaseSlashDecoded);
    }
    if !answer.is_couch_refusal() {
        return Finding::new(Code::DatabaseFailing);
    }
    if target.database.contains('/') && decodes_slashes(context, target).await {
        return Finding::new(Code::DatabaseSlashDecoded);
    }
    if context.known().is_admin {
        Finding::new(Code::DatabaseMissing).fix(Fix::CreateDatabase {
            name: target.database.clone(),
        })
    } else {
        Finding::new(Code::DatabaseMissingNoRight)
    }
}

/// The first half of the name exists as a database of its own and answers for the whole.
async fn decodes_slashes(context: &Context, target: &Target) -> bool {
    let Some((first, rest)) = target.database.split_once('/') else {
        return false;
    };
    let document = read(context.signed_in(target, Method::GET, &[first, rest])).await;
    let whole = read(context.database(target, Method::GET, &[])).await;
    match (document, whole) {
        (Ok(document), Ok(whole)) => {
            document.status == whole.status
                && document.text == whole.text
                && !whole.field("reason").contains("Database does not exist")
        }
        _ => false,
    }
}

pub(super) async fn open(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let session = read(context.anonymous(target, Method::GET, &["_session"])).await;
    let everybody_rules = session.is_ok_and(|answer| {
        let roles = answer
            .json
            .as_ref()
            .and_then(|json| json.pointer("/userCtx/roles"))
            .and_then(Value::as_array);
        roles.is_some_and(|roles| roles.iter().any(|role| role == "_admin"))
    });
    if everybody_rules {
        return named(Finding::new(Code::AdminParty), target);
    }
    let path = [target.database.as_str(), "_all_docs"];
    let request = context
        .anonymous(target, Method::GET, &path)
        .query([("limit", "1")]);
    match read(request).await {
        Ok(answer)
            if answer.status == 200
                && answer
                    .json
                    .as_ref()
                    .is_some_and(|json| json.get("rows").is_some()) =>
        {
            let finding = named(Finding::new(Code::OpenToEverybody), target)
                .saw("GET _all_docs without a name was answered 200");
            match &target.user {
                Some(user) if context.known().is_admin => {
                    finding.fix(Fix::RestrictSecurity { user: user.clone() })
                }
                _ => finding,
            }
        }
        Ok(answer) => Finding::new(Code::ClosedToStrangers).saw(format!(
            "GET _all_docs without a name was answered {}",
            answer.status
        )),
        Err(error) => Finding::new(Code::ClosedToStrangers).saw(error),
    }
}

pub(super) async fn writing(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let finding = write_and_remove(context, target).await;
    named(finding, target)
}

async fn write_and_remove(context: &Context, target: &Target) -> Finding {
    let path = ["_local", PROBE_DOCUMENT];
    // What is written differs each time, so that an old answer is noticed.
    let stamp = context.now();
    let body = json!({ "by": "Sheaf", "at": stamp }).to_string();
    let put = context
        .database(target, Method::PUT, &path)
        .body(JSON, Body::Bytes(body.into()));
    let written = match read(put).await {
        Ok(answer) => answer,
        Err(error) => {
            return Finding::new(Code::WriteFails)
                .with("status", "no answer")
                .saw(error);
        }
    };
    // Another diagnosis at the same moment: it could write, so can we.
    if written.status == 409 {
        return Finding::new(Code::WriteGood);
    }
    if !matches!(written.status, 200..=202) {
        return refused(&written);
    }
    let found = read(context.database(target, Method::GET, &path)).await;
    let same = found.as_ref().is_ok_and(|answer| {
        answer.json.as_ref().and_then(|json| json.get("at")) == Some(&json!(stamp))
    });
    let rev = written.field("rev").to_owned();
    let mut delete = context.database(target, Method::DELETE, &path);
    if !rev.is_empty() {
        delete = delete.query([("rev", rev.as_str())]);
    }
    // What is left when this fails is a small local document that nobody sees.
    let _ = delete.send().await;
    if same {
        return Finding::new(Code::WriteGood);
    }
    match found {
        Ok(answer) => Finding::new(Code::WriteForgotten).saw(answer.shown("GET _local document")),
        Err(error) => Finding::new(Code::WriteFails)
            .with("status", "no answer")
            .saw(error),
    }
}

fn refused(answer: &Answer) -> Finding {
    let code = match answer.status {
        401 | 403 if answer.is_couch_refusal() => Code::WriteReadOnly,
        402 | 507 => Code::WriteNoRoom,
        401 | 403 | 405 | 501 => Code::WriteBlocked,
        500 if answer.text.contains("enospc") => Code::WriteNoRoom,
        _ => Code::WriteFails,
    };
    Finding::new(code)
        .with("status", answer.status)
        .with("via", answer.via())
        .saw(answer.shown("PUT _local document"))
}

pub(super) async fn only_notes(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    if context.known().documents == 0 {
        return Finding::new(Code::OnlyNotes);
    }
    for (start, end) in gaps() {
        let (start, end) = (json!(start).to_string(), json!(end).to_string());
        let request = context
            .database(target, Method::GET, &["_all_docs"])
            .query([
                ("limit", "3"),
                ("startkey", start.as_str()),
                ("endkey", end.as_str()),
            ]);
        let Ok(answer) = read(request).await else {
            break;
        };
        let rows = answer.json.as_ref().and_then(|json| json.get("rows"));
        let ids = rows.and_then(Value::as_array).into_iter().flatten();
        let strange = ids
            .filter_map(|row| row.get("id").and_then(Value::as_str))
            // The order of ids is the server's; a hit is looked at, not believed.
            .any(|id| {
                // The key of an encrypted database is no other application's.
                id != "sheaf-vault" && !id.starts_with("_design/") && Document::of_id(id).is_none()
            });
        if strange {
            return named(Finding::new(Code::OtherApplication), target);
        }
    }
    Finding::new(Code::OnlyNotes)
}

/// The stretches of ids before, between and after the prefixes of the data model.
fn gaps() -> Vec<(String, String)> {
    let mut prefixes: Vec<&str> = Document::ALL.iter().map(|kind| kind.prefix()).collect();
    prefixes.sort_unstable();
    let starts = std::iter::once("_design0".to_owned())
        .chain(prefixes.iter().map(|prefix| format!("{prefix}\u{fff0}")));
    let ends = prefixes
        .iter()
        .map(|prefix| (*prefix).to_owned())
        .chain(["\u{fff0}".to_owned()]);
    std::iter::once((String::new(), "_design".to_owned()))
        .chain(starts.zip(ends))
        .collect()
}
