//! Are name and password accepted? Asked once: five wrong passwords lock an account.

use serde_json::Value;
use sheaf_net::Method;

use super::{
    server::{Answer, named},
    target,
};
use crate::{Code, Context, Finding, Target};

pub(super) async fn sign_in(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let finding = if target.by_token || target.user.is_some() {
        with_a_secret(context, target).await
    } else {
        without_a_name(context, target).await
    };
    let bearer = finding.values.get("bearer").cloned();
    let finding = named(finding, target);
    // Who a token is for, only the server can tell.
    match bearer {
        Some(name) => finding.with("user", name),
        None => finding,
    }
}

async fn with_a_secret(context: &Context, target: &Target) -> Finding {
    let request = context.signed_in(target, Method::GET, &["_session"]);
    let answer = match super::read(request).await {
        Ok(answer) => answer,
        Err(error) => return broken(&error),
    };
    let line = answer.shown("GET /_session");
    if answer.status == 200
        && let Some(user) = answer.json.as_ref().and_then(|json| json.get("userCtx"))
    {
        return session(context, target, user).saw(line);
    }
    if let Some(refusal) = refused(target, &answer) {
        return refusal.saw(line);
    }
    // Not every gateway lets `_session` through: the database itself decides.
    let request = context.database(target, Method::GET, &[]);
    let second = match super::read(request).await {
        Ok(answer) => answer,
        Err(error) => return broken(&error),
    };
    match refused(target, &second) {
        Some(refusal) => refusal.saw(second.shown("GET database")),
        None => Finding::new(Code::AuthGood).with("role", "").saw(line),
    }
}

fn session(context: &Context, target: &Target, user: &Value) -> Finding {
    let name = user.get("name").and_then(Value::as_str).unwrap_or_default();
    if name.is_empty() {
        return Finding::new(if target.by_token {
            Code::AuthTokenUnread
        } else {
            Code::AuthStripped
        });
    }
    let roles = user.get("roles").and_then(Value::as_array);
    let is_admin = roles.is_some_and(|roles| roles.iter().any(|role| role == "_admin"));
    context.known().is_admin = is_admin;
    let role = if is_admin {
        ", with administrator’s rights"
    } else {
        ""
    };
    let finding = Finding::new(Code::AuthGood).with("role", role);
    if target.by_token {
        finding.with("bearer", name)
    } else {
        finding
    }
}

/// Why an answer is a refusal of name and password, if it is one.
fn refused(target: &Target, answer: &Answer) -> Option<Finding> {
    let reason = answer.field("reason");
    let bearer = answer.bearer.as_deref().unwrap_or_default();
    let code = match answer.status {
        // The words of CouchDB's `jwtf`: 400 for a token that it cannot check, 401 for one that it could.
        401 if target.by_token && reason.contains("exp not in future") => Code::AuthTokenExpired,
        401 if target.by_token && bearer.to_ascii_lowercase().contains("expired") => {
            Code::AuthTokenExpired
        }
        401 if target.by_token && bearer.contains("invalid_token") => Code::AuthTokenRefused,
        400 | 401 if target.by_token && answer.is_couch_refusal() => Code::AuthTokenRefused,
        403 | 401 if reason.contains("locked") => Code::AuthLocked,
        401 if answer.is_couch_refusal() => Code::AuthWrong,
        // A malformed header or token.
        400 if reason.contains("uthorization") => Code::AuthWrong,
        401 | 407 => Code::AuthByGateway,
        429 => Code::AuthBusy,
        _ => return None,
    };
    Some(
        Finding::new(code)
            .with("via", answer.via())
            .with("status", answer.status),
    )
}

async fn without_a_name(context: &Context, target: &Target) -> Finding {
    let request = context.anonymous(target, Method::GET, &[&target.database]);
    match super::read(request).await {
        Ok(answer) if answer.status == 401 && answer.is_couch_refusal() => {
            Finding::new(Code::AuthNeeded).saw(answer.shown("GET database"))
        }
        Ok(answer) if answer.status == 401 => Finding::new(Code::AuthByGateway)
            .with("via", answer.via())
            .saw(answer.shown("GET database")),
        Ok(_) => Finding::new(Code::AuthAnonymous),
        Err(error) => broken(&error),
    }
}

fn broken(error: &sheaf_net::NetError) -> Finding {
    Finding::new(Code::AuthUnanswered).saw(error)
}
