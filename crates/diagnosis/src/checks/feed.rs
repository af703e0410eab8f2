//! Does the changes feed answer, is a quiet connection held open, and does what is said on it
//! arrive at once? Asked in the way sync asks.

use std::{fmt, time::Duration};

use sheaf_net::{Deadlines, Method, NetClass};
use tokio::time::{Instant, timeout_at};

use super::{read, server::named, target};
use crate::{Code, Context, Finding, Fix, Target};

/// What is asked for at most between two questions: below the minute after which many proxies cut.
const LONGEST_ASK: u64 = 25;

pub(super) async fn answers(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let request = context
        .database(target, Method::GET, &["_changes"])
        .query([("limit", "1"), ("style", "all_docs")]);
    let finding = match read(request).await {
        Ok(answer) if answer.status == 200 => {
            let whole = answer.json.as_ref().is_some_and(|json| {
                json.get("results").is_some() && json.get("last_seq").is_some()
            });
            if whole {
                Finding::new(Code::FeedGood)
            } else {
                Finding::new(Code::FeedGarbled).saw(answer.shown("GET _changes"))
            }
        }
        Ok(answer) => Finding::new(Code::FeedRefused)
            .with("status", answer.status)
            .saw(answer.shown("GET _changes")),
        Err(error) if matches!(error.class, NetClass::Reset | NetClass::Protocol) => {
            Finding::new(Code::FeedGarbled).saw(error)
        }
        Err(error) => Finding::new(Code::FeedRefused)
            .with("status", "nothing")
            .saw(error),
    };
    named(finding, target)
}

pub(super) async fn is_held(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let finding = match context.tuning.ask_every {
        Some(seconds) => polled(context, target, seconds).await,
        None => watched(context, target).await,
    };
    named(finding, target)
}

/// What was heard on a connection that was held open.
#[derive(Debug, Default)]
struct Heard {
    /// From the question to the head of the answer.
    head: Option<Duration>,
    /// When each piece of the body came.
    pieces: Vec<Duration>,
    end: End,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum End {
    /// The watch was over first.
    #[default]
    StillOpen,
    /// A whole answer; whether it told of a change.
    Whole { change: bool },
    /// Broken in the middle.
    Cut(Duration),
    /// The server or something before it answered otherwise.
    Other(String),
}

/// For the technical detail.
impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StillOpen => f.write_str("and the connection was still open"),
            Self::Whole { change: true } => f.write_str("then a whole answer with a change"),
            Self::Whole { change: false } => f.write_str("then a whole answer without a change"),
            Self::Cut(after) => write!(f, "then it was cut after {} ms", after.as_millis()),
            Self::Other(words) => write!(f, "then {words}"),
        }
    }
}

async fn listen(
    context: &Context,
    target: &Target,
    parameter: (&str, Duration),
    watch: Duration,
) -> Heard {
    let (name, duration) = parameter;
    let millis = duration.as_millis().to_string();
    let request = context
        .database(target, Method::GET, &["_changes"])
        .query([
            ("feed", "longpoll"),
            ("since", "now"),
            (name, millis.as_str()),
        ])
        // The watch has its own end.
        .deadlines(Deadlines {
            connect: context.patience.connect,
            first_byte: watch * 2,
            idle: watch * 2,
        });
    let begun = Instant::now();
    let end = begun + watch;
    let mut heard = Heard::default();
    let mut reply = match timeout_at(end, request.send()).await {
        Err(_) => return heard,
        Ok(Err(error)) => {
            heard.end = match error.class {
                NetClass::Reset | NetClass::TimedOut => End::Cut(begun.elapsed()),
                _ => End::Other(error.to_string()),
            };
            return heard;
        }
        Ok(Ok(reply)) => reply,
    };
    heard.head = Some(begun.elapsed());
    if !reply.status().is_success() {
        heard.end = match reply.status().as_u16() {
            // How a proxy says that it has waited long enough.
            408 | 504 | 524 => End::Cut(begun.elapsed()),
            status => End::Other(format!("_changes was answered {status}")),
        };
        return heard;
    }
    let mut body = Vec::new();
    loop {
        match timeout_at(end, reply.chunk()).await {
            Err(_) => return heard,
            Ok(Ok(Some(bytes))) => {
                heard.pieces.push(begun.elapsed());
                body.extend_from_slice(&bytes);
            }
            Ok(Ok(None)) => {
                let json: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
                heard.end = match json.as_ref().and_then(|json| json.get("results")) {
                    Some(rows) => End::Whole {
                        change: rows.as_array().is_some_and(|rows| !rows.is_empty()),
                    },
                    None => End::Cut(begun.elapsed()),
                };
                return heard;
            }
            Ok(Err(_)) => {
                heard.end = End::Cut(begun.elapsed());
                return heard;
            }
        }
    }
}

async fn watched(context: &Context, target: &Target) -> Finding {
    let patience = &context.patience;
    let begun = Instant::now();
    let mut heard = Heard::default();
    // A change that arrives ends the answer properly; the watch goes on with the next one.
    while begun.elapsed() < patience.watch {
        let rest = patience.watch.saturating_sub(begun.elapsed());
        heard = listen(context, target, ("heartbeat", patience.heartbeat), rest).await;
        if heard.end != (End::Whole { change: true }) {
            break;
        }
    }
    judge(&heard, patience.watch, patience.heartbeat)
        .saw(format!(
            "GET _changes?feed=longpoll&heartbeat={}",
            patience.heartbeat.as_millis()
        ))
        .saw(match heard.head {
            Some(head) => format!("the answer began after {} ms", head.as_millis()),
            None => "the answer did not begin".to_owned(),
        })
        .saw(format!("{} pieces came, {}", heard.pieces.len(), heard.end))
}

/// Pure.
fn judge(heard: &Heard, watch: Duration, heartbeat: Duration) -> Finding {
    let ask = |finding: Finding, seconds: u64| {
        let seconds = seconds.clamp(1, LONGEST_ASK);
        finding.with("ask", seconds).fix(Fix::AskEvery {
            seconds: u32::try_from(seconds).unwrap_or(u32::MAX),
        })
    };
    match &heard.end {
        End::Cut(after) => {
            // A little before it would be cut.
            let before = (after.as_secs_f64() * 5.0 / 6.0).floor() as u64;
            let shown = if after.as_secs() > 0 {
                after.as_secs_f64().round().to_string()
            } else {
                format!("{:.1}", after.as_secs_f64())
            };
            ask(Finding::new(Code::FeedCut).with("seconds", shown), before)
        }
        End::Other(words) => ask(Finding::new(Code::FeedNotHeld).saw(words), LONGEST_ASK),
        End::Whole { change: false } => ask(Finding::new(Code::FeedNotHeld), LONGEST_ASK),
        End::Whole { change: true } | End::StillOpen => {
            let expected = watch.as_millis() / heartbeat.as_millis().max(1);
            // The first piece is the beginning of the answer.
            let signs = heard.pieces.len().saturating_sub(1) as u128;
            let changed = heard.end != End::StillOpen;
            if changed || signs * 2 >= expected.saturating_sub(1) && signs > 0 {
                Finding::new(Code::FeedHeld)
                    .with("seconds", watch.as_secs_f32().round())
                    .with("every", heartbeat.as_secs_f32())
            } else {
                ask(Finding::new(Code::FeedBuffered), LONGEST_ASK)
            }
        }
    }
}

/// The person chose to ask instead of listening: is a whole answer given in that time?
async fn polled(context: &Context, target: &Target, seconds: u32) -> Finding {
    let chosen = Duration::from_secs(seconds.into());
    let asked = chosen.min(context.patience.watch.mul_f32(0.8));
    let watch = asked + context.patience.answer;
    let heard = listen(context, target, ("timeout", asked), watch).await;
    let finding = match &heard.end {
        End::Whole { .. } => Finding::new(Code::FeedAsked),
        End::Cut(after) => {
            let before = (after.as_secs_f64() * 5.0 / 6.0).floor().max(1.0) as u32;
            Finding::new(Code::FeedCut)
                .with("seconds", after.as_secs_f64().round())
                .with("ask", before)
                .fix(Fix::AskEvery { seconds: before })
        }
        End::StillOpen | End::Other(_) => Finding::new(Code::FeedSilent),
    };
    finding.with("every", seconds).saw(format!(
        "GET _changes?feed=longpoll&timeout={}: {}",
        asked.as_millis(),
        heard.end
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn judged(pieces: u64, end: End) -> Finding {
        let heard = Heard {
            head: Some(SECOND),
            pieces: (0..pieces).map(|n| SECOND * n as u32).collect(),
            end,
        };
        judge(&heard, 40 * SECOND, 15 * SECOND)
    }

    #[test]
    fn signs_of_life_are_expected_and_missed() {
        assert_eq!(judged(3, End::StillOpen).code, Code::FeedHeld);
        assert_eq!(judged(1, End::StillOpen).code, Code::FeedBuffered);
        assert_eq!(judged(0, End::StillOpen).code, Code::FeedBuffered);
        assert_eq!(judged(1, End::Whole { change: true }).code, Code::FeedHeld);
        assert_eq!(
            judged(1, End::Whole { change: false }).code,
            Code::FeedNotHeld
        );
    }

    #[test]
    fn a_cut_says_when_and_the_cure_comes_before_it() {
        let cut = judged(1, End::Cut(30 * SECOND));
        assert_eq!(cut.code, Code::FeedCut);
        assert_eq!(cut.values["seconds"], "30");
        assert_eq!(cut.fixes, [Fix::AskEvery { seconds: 25 }]);
    }
}
