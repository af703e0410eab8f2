//! How large may what is sent be, are all requests let through that sync makes, and how quick is
//! the line?

use bytes::Bytes;
use serde_json::json;
use sheaf_net::{Body, Method, NetClass, NetError, Stage};
use tokio::time::Instant;

use super::{
    read,
    server::{Answer, named},
    target,
};
use crate::{Code, Context, Finding, Fix, Target, wording};

const JSON: &str = "application/json";
const PROBE_DOCUMENT: &str = "diagnosis-by-sheaf";
/// A note of the largest size that travels, and what surrounds it.
const LARGEST_NOTE: u64 = 1_100_000;
/// What sync sends at once.
const BATCH: u64 = 4 << 20;
/// Below this, notes that people really write do not get through.
const TINY: u64 = 256 * 1024;
/// Steps on the way down, the largest first.
const STEPS: [u64; 5] = [2 << 20, 768 << 10, 256 << 10, 64 << 10, 8 << 10];
/// A line on which the largest step takes longer than this is not filled with it.
const LONGEST_UPLOAD: f64 = 4.0;

pub(super) async fn size(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let needed = context.tuning.batch_bytes.unwrap_or(BATCH);
    let begun = Instant::now();
    let mut evidence = Vec::new();
    let finding = match largest(context, target, needed, begun, &mut evidence).await {
        Err(error) => Finding::new(Code::LimitsUnknown).saw(error),
        Ok(largest) if largest >= needed => {
            Finding::new(Code::LimitsGood).with("size", wording::bytes(largest))
        }
        Ok(largest) => {
            let code = if largest < TINY {
                Code::LimitsTinyBody
            } else {
                Code::LimitsSmallBody
            };
            Finding::new(code)
                .with("size", wording::bytes(largest))
                .fix(Fix::SmallerBatches { bytes: largest })
        }
    };
    named(finding, target).saw_all(evidence)
}

/// The largest size that went through, as far as it was tried.
async fn largest(
    context: &Context,
    target: &Target,
    needed: u64,
    begun: Instant,
    evidence: &mut Vec<String>,
) -> Result<u64, NetError> {
    // Up first: a note, then a batch, unless the line is too slow for it.
    let mut passed = 0;
    let mut refused = u64::MAX;
    for bytes in [64 << 10, LARGEST_NOTE, needed] {
        if bytes <= passed {
            continue;
        }
        let spent = begun.elapsed().as_secs_f64();
        if passed > 0 && spent / passed as f64 * bytes as f64 > LONGEST_UPLOAD {
            evidence.push(format!(
                "{} was not tried: the line is slow",
                wording::bytes(bytes)
            ));
            return Ok(needed.max(passed));
        }
        if takes(context, target, bytes, evidence).await? {
            passed = bytes;
        } else {
            refused = bytes;
            break;
        }
    }
    if refused == u64::MAX {
        return Ok(passed);
    }
    for bytes in STEPS {
        if bytes >= refused || bytes <= passed {
            continue;
        }
        if takes(context, target, bytes, evidence).await? {
            return Ok(bytes.max(passed));
        }
    }
    Ok(passed)
}

async fn takes(
    context: &Context,
    target: &Target,
    bytes: u64,
    evidence: &mut Vec<String>,
) -> Result<bool, NetError> {
    // Up to the size of a note the limit for documents counts too, so a document it is; larger
    // ones are an empty question with white space behind it, written nowhere.
    let is_document = bytes <= LARGEST_NOTE;
    let request = if is_document {
        let body = json!({ "by": "Sheaf", "padding": "x".repeat(bytes as usize) }).to_string();
        context
            .database(target, Method::PUT, &["_local", PROBE_DOCUMENT])
            .body(JSON, Body::Bytes(body.into()))
    } else {
        context
            .database(target, Method::POST, &["_revs_diff"])
            .body(JSON, Body::Bytes(padded(b"{}", bytes)))
    };
    let answer = match read(request).await {
        Ok(answer) => answer,
        // How a server that has read enough often says so.
        Err(error) if error.class == NetClass::Reset && error.stage == Stage::Exchange => {
            evidence.push(format!("{} broke the connection", wording::bytes(bytes)));
            return Ok(false);
        }
        Err(error) => return Err(error),
    };
    if is_document && matches!(answer.status, 200..=202) {
        let mut delete = context.database(target, Method::DELETE, &["_local", PROBE_DOCUMENT]);
        let rev = answer.field("rev");
        if !rev.is_empty() {
            delete = delete.query([("rev", rev)]);
        }
        // What is left when this fails is a local document that nobody sees.
        let _ = delete.send().await;
    }
    let refused = answer.status == 413
        || answer.field("error").contains("too_large")
        || answer.field("reason").contains("too large");
    if refused {
        evidence.push(answer.shown(&format!("{} at once", wording::bytes(bytes))));
    }
    Ok(!refused)
}

fn padded(question: &[u8], bytes: u64) -> Bytes {
    let mut body = vec![b' '; bytes as usize];
    body[..question.len()].copy_from_slice(question);
    body.into()
}

/// What sync asks for, and whether it can do without.
const ASKED: [(&str, &str, bool); 3] = [
    ("_revs_diff", "{}", false),
    ("_bulk_docs", r#"{"docs":[],"new_edits":false}"#, false),
    // Asked for no document at all, PouchDB's server never answers.
    (
        "_bulk_get",
        r#"{"docs":[{"id":"diagnosis-by-sheaf"}]}"#,
        true,
    ),
];

pub(super) async fn requests(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let mut slow = None;
    let mut busy = None;
    for (name, question, dispensable) in ASKED {
        let request = context
            .database(target, Method::POST, &[name])
            .body(JSON, Body::Bytes(Bytes::from_static(question.as_bytes())));
        let line = format!("POST {name}");
        match read(request).await {
            Ok(answer) if is_let_through(&answer) => {}
            Ok(answer) if answer.status == 429 => busy = Some(answer.shown(&line)),
            Ok(answer) => {
                let found = |code| {
                    named(Finding::new(code), target)
                        .with("blocked", name)
                        .with("status", answer.status)
                        .saw(answer.shown(&line))
                };
                // Sync takes these for "not there" and goes another way.
                if dispensable && matches!(answer.status, 400 | 404 | 405 | 501) {
                    slow = Some(found(Code::RequestsSlow));
                } else {
                    return found(Code::RequestsBlocked);
                }
            }
            Err(error) => {
                return named(Finding::new(Code::RequestsBlocked), target)
                    .with("blocked", name)
                    .with("status", "nothing")
                    .saw(format!("{line}: {error}"));
            }
        }
    }
    match (slow, busy) {
        (Some(finding), _) => finding,
        (None, Some(line)) => named(Finding::new(Code::RequestsBusy), target)
            .saw(line)
            .fix(Fix::SmallerBatches { bytes: 512 << 10 }),
        (None, None) => Finding::new(Code::RequestsGood),
    }
}

/// A refusal to write in CouchDB's own words is the business of another check.
fn is_let_through(answer: &Answer) -> bool {
    answer.status < 300 || matches!(answer.status, 401 | 403) && answer.is_couch_refusal()
}

pub(super) async fn speed(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let mut trips = Vec::new();
    for _ in 0..6 {
        match context.database(target, Method::HEAD, &[]).send().await {
            Ok(reply) => trips.push(reply.answered_in()),
            Err(error) => return Finding::new(Code::SpeedUnknown).saw(error),
        }
    }
    // The first one may have paid for the connection.
    trips.remove(0);
    trips.sort_unstable();
    let trip = trips[trips.len() / 2];
    let down = download(context, target).await;
    let up = upload(context, target, trip.as_secs_f64()).await;
    let patience = &context.patience;
    let slow_line = [down, up]
        .into_iter()
        .flatten()
        .any(|rate| rate < patience.slow_line);
    let is_slow = trip >= patience.slow_round_trip || slow_line;
    let rate = |rate: Option<u64>| {
        rate.map_or_else(
            || "not measured".to_owned(),
            |rate| format!("{}/s", wording::bytes(rate)),
        )
    };
    let known = context.tuning.batch_bytes.is_some();
    let code = match (is_slow, known) {
        (false, _) => Code::SpeedGood,
        (true, true) => Code::SpeedAllowedFor,
        (true, false) => Code::SpeedSlow,
    };
    let finding = Finding::new(code)
        .with("round_trip", format!("{} ms", trip.as_millis()))
        .with("down", rate(down))
        .with("up", rate(up))
        .saw(format!(
            "round trips: {}",
            trips
                .iter()
                .map(|trip| format!("{} ms", trip.as_millis()))
                .collect::<Vec<_>>()
                .join(", ")
        ));
    if code == Code::SpeedSlow {
        return finding.fix(Fix::SmallerBatches { bytes: 256 << 10 });
    }
    finding
}

const ENOUGH: u64 = 384 * 1024;

/// Bytes a second, when there is enough to measure.
async fn download(context: &Context, target: &Target) -> Option<u64> {
    let request = context
        .database(target, Method::GET, &["_changes"])
        .query([("limit", "3000"), ("style", "all_docs")]);
    let mut reply = request.send().await.ok()?;
    let begun = Instant::now();
    let mut bytes = 0;
    while let Ok(Some(piece)) = reply.chunk().await {
        bytes += piece.len() as u64;
        if bytes >= ENOUGH {
            break;
        }
    }
    rate(bytes, begun.elapsed().as_secs_f64())
}

async fn upload(context: &Context, target: &Target, trip: f64) -> Option<u64> {
    const BYTES: u64 = 192 * 1024;
    let request = context
        .database(target, Method::POST, &["_revs_diff"])
        .body(JSON, Body::Bytes(padded(b"{}", BYTES)));
    let begun = Instant::now();
    let answer = read(request).await.ok()?;
    (answer.status < 300).then_some(())?;
    rate(BYTES, (begun.elapsed().as_secs_f64() - trip).max(0.0005))
}

fn rate(bytes: u64, seconds: f64) -> Option<u64> {
    const TOO_LITTLE: u64 = 16 * 1024;
    (bytes >= TOO_LITTLE && seconds > 0.0).then(|| (bytes as f64 / seconds) as u64)
}
