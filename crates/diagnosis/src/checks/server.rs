//! What is it that answers? Asked without name and password: those go only to what has shown that
//! it is the right kind of server.

use serde_json::Value;
use sheaf_net::{Method, NetClass, NetError, Reply, Server, Url};
use sheaf_protocol::{ClientVersion, LEAST_CLIENT, TOO_OLD};

use super::target;
use crate::{Code, Context, Finding, Fix, Kind, Target};

const LONGEST_PAGE: usize = 256 * 1024;
const HOPS: usize = 6;

/// An answer, read as far as the checks look at it.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) json: Option<Value>,
    pub(super) text: String,
    /// What signs the answer: `Via`, else `Server`.
    pub(super) by: Option<String>,
    pub(super) by_couch: bool,
    pub(super) date: Option<i64>,
    pub(super) wants_sign_in: bool,
    /// What a gateway says against a token (RFC 6750, section 3).
    pub(super) bearer: Option<String>,
    /// Named by a Sheaf server and by nobody else.
    pub(super) least_client: Option<ClientVersion>,
}

impl Answer {
    pub(super) async fn read(reply: Reply) -> Result<Self, NetError> {
        let status = reply.status().as_u16();
        let server = reply.header("server").map(crate::finding::tidy);
        let via = reply.header("via").map(crate::finding::tidy);
        let by_couch = server
            .as_deref()
            .is_some_and(|name| name.contains("CouchDB"))
            || reply.header("x-couchdb-body-time").is_some()
            || reply.header("x-couch-request-id").is_some();
        let date = reply.header("date").and_then(read_date);
        let challenge = reply.header("www-authenticate");
        let wants_sign_in = challenge.is_some();
        let bearer = challenge
            .filter(|text| text.starts_with("Bearer"))
            .map(crate::finding::tidy);
        let least_client = reply
            .header(LEAST_CLIENT)
            .and_then(|version| version.parse().ok());
        let bytes = match reply.bytes(LONGEST_PAGE).await {
            Ok(bytes) => bytes,
            // A longer page is no answer of CouchDB's to anything asked here.
            Err(error) if error.class == NetClass::TooLong => bytes::Bytes::new(),
            Err(error) => return Err(error),
        };
        Ok(Self {
            status,
            json: serde_json::from_slice(&bytes).ok(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
            by: via.or_else(|| server.filter(|name| !name.contains("CouchDB"))),
            by_couch,
            date,
            wants_sign_in,
            bearer,
            least_client,
        })
    }

    pub(super) fn field(&self, name: &str) -> &str {
        let value = self.json.as_ref().and_then(|json| json.get(name));
        value.and_then(Value::as_str).unwrap_or_default()
    }

    /// A refusal in CouchDB's own form.
    pub(super) fn is_couch_refusal(&self) -> bool {
        !self.field("error").is_empty()
            && self
                .json
                .as_ref()
                .is_some_and(|json| json.get("reason").is_some())
    }

    fn is_page(&self) -> bool {
        let start = self
            .text
            .trim_start()
            .get(..64)
            .unwrap_or(self.text.trim_start());
        let start = start.to_ascii_lowercase();
        start.starts_with("<!doctype html")
            || start.starts_with("<html")
            || self.text.contains("</html>")
    }

    /// Whether it says by itself that a network shows it.
    pub(super) fn is_page_of_a_network(&self) -> bool {
        let text = self.text.to_lowercase();
        self.is_page()
            && ["captive", "hotspot", "wispaccessgatewayparam"]
                .iter()
                .any(|word| text.contains(word))
    }

    /// A page with something to fill in or to agree to.
    pub(super) fn has_form(&self) -> bool {
        self.status == 200 && self.is_page() && self.text.to_lowercase().contains("<form")
    }

    fn is_login_page(&self) -> bool {
        let text = self.text.to_lowercase();
        self.status == 511
            || self.is_page()
                && [
                    "type=\"password\"",
                    "type='password'",
                    "type=password",
                    "captive",
                    "hotspot",
                ]
                .iter()
                .any(|word| text.contains(word))
    }

    /// `nginx/1.24.0`, or words for what does not say its name.
    pub(super) fn via(&self) -> String {
        self.by.clone().unwrap_or_else(|| "A web server".to_owned())
    }

    /// For the technical detail.
    pub(super) fn shown(&self, request: &str) -> String {
        let by = self
            .by
            .as_deref()
            .map_or_else(String::new, |by| format!(", by {by}"));
        let body: String = self.text.chars().take(120).collect();
        let said = self.bearer.as_deref().unwrap_or(&body);
        format!("{request} was answered {}{by}: {said}", self.status)
    }
}

fn read_date(text: &str) -> Option<i64> {
    let instant = httpdate::parse_http_date(text).ok()?;
    let since = instant.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

pub(super) async fn what_answers(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let answer = match ask(context, target, &[]).await {
        Ok(answer) => answer,
        Err(error) => return not_answered(context, target, &error).await,
    };
    if let Some(date) = answer.date {
        context.known().times = Some((date, context.now()));
    }
    context.known().via.clone_from(&answer.by);
    let finding = judge(context, target, &answer).await;
    let finding = named(finding, target)
        .with("via", answer.via())
        .with("status", answer.status);
    if finding.severity() == crate::Severity::Failure {
        return finding.saw(answer.shown("GET /"));
    }
    finding
}

/// Whether a server of this kind answers at another address. What shows a certificate that is not trusted is not asked;
/// on a port that only `CouchDB` uses it is believed to be one.
pub(super) async fn is_there(context: &Context, kind: Kind, address: &str) -> bool {
    let Ok(server) = Server::parse(address) else {
        return false;
    };
    let path: &[&str] = match kind {
        Kind::Couchdb => &[],
        Kind::Hosted => &["v1", "sessions"],
    };
    let request = context
        .client
        .request(Method::GET, server.url(path.iter().copied()));
    let reply = request.deadlines(context.deadlines()).send().await;
    let answer = match reply {
        Ok(reply) => Answer::read(reply).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(answer) if kind == Kind::Hosted => {
            matches!(answer.status, 401 | TOO_OLD) && answer.json.is_some()
        }
        Ok(answer) => {
            answer.json.as_ref().and_then(greeting).is_some() || answer.is_couch_refusal()
        }
        Err(error) => {
            matches!(error.class, NetClass::Certificate(_))
                && kind == Kind::Couchdb
                && server.port() == 6984
        }
    }
}

async fn ask(context: &Context, target: &Target, path: &[&str]) -> Result<Answer, NetError> {
    Answer::read(context.anonymous(target, Method::GET, path).send().await?).await
}

pub(super) fn named(finding: Finding, target: &Target) -> Finding {
    finding
        .with("host", target.server.host())
        .with("port", target.server.port())
        .with("address", &target.server)
        .with("database", &target.database)
        .with(
            "user",
            match &target.user {
                Some(user) => user,
                None if target.by_token => "this token",
                None => "nobody",
            },
        )
}

async fn judge(context: &Context, target: &Target, answer: &Answer) -> Finding {
    if let Some(finding) = couch(context, target, answer) {
        return finding;
    }
    // A web server that takes a prefix off, as the manual of CouchDB has it, answers 500 for the bare
    // prefix and hands on what is below it.
    if answer.status == 500
        && !target.database.is_empty()
        && let Ok(second) = ask(context, target, &[&target.database]).await
        && second.status < 500
        && (second.is_couch_refusal() || second.json.as_ref().is_some_and(is_information))
    {
        return couch_answers(context, target, "CouchDB");
    }
    match answer.status {
        429 => return Finding::new(Code::HttpBusy),
        502..=504 | 520..=530 => return Finding::new(Code::HttpGatewayError),
        500..=510 | 512..=599 => return Finding::new(Code::HttpServerError),
        _ => {}
    }
    if answer.is_login_page() && !answer.wants_sign_in {
        return Finding::new(Code::HttpLoginPage);
    }
    // Behind a proxy only the database's own path may be let through.
    if !target.database.is_empty()
        && let Ok(second) = ask(context, target, &[&target.database]).await
        && (second.is_couch_refusal() && second.by_couch
            || second.json.as_ref().is_some_and(is_information))
    {
        return couch_answers(context, target, "CouchDB");
    }
    if let Some(found) = hosted(context, target).await {
        return if target.kind == Kind::Hosted {
            Finding::new(found)
        } else {
            wrong_kind(found.entry().finding, "a CouchDB")
        };
    }
    match answer.status {
        401 => Finding::new(Code::HttpAsksFirst),
        403 | 405 | 406 | 418 | 451 => Finding::new(Code::HttpForbidden),
        404 | 410 => Finding::new(Code::HttpNotFound),
        _ if answer.is_page() => Finding::new(Code::HttpOtherPage),
        _ => Finding::new(Code::HttpNothingKnown),
    }
}

fn wrong_kind(found: &str, wanted: &str) -> Finding {
    Finding::new(Code::HttpWrongKind)
        .with("found", found)
        .with("wanted", wanted)
}

/// `GET /db` in CouchDB's form.
fn is_information(json: &Value) -> bool {
    json.get("db_name").is_some() && json.get("doc_count").is_some()
}

fn couch(context: &Context, target: &Target, answer: &Answer) -> Option<Finding> {
    if let Some(json) = &answer.json
        && let Some((name, version)) = greeting(json)
    {
        let shown = format!("{name} {version}");
        context.known().version = Some(version);
        return Some(couch_answers(context, target, shown.trim_end()));
    }
    // A server that wants a name for everything hides its greeting.
    let hidden = matches!(answer.status, 401 | 403) && answer.is_couch_refusal();
    hidden.then(|| couch_answers(context, target, "CouchDB"))
}

fn couch_answers(context: &Context, target: &Target, shown: &str) -> Finding {
    if target.kind == Kind::Hosted {
        return wrong_kind("A CouchDB", "a Sheaf server");
    }
    let via = context.known().via.clone();
    let shown = match via {
        Some(via) => format!("{shown} behind {via}"),
        None => shown.to_owned(),
    };
    context.known().server = Some(shown.clone());
    Finding::new(Code::HttpCouch).with("server", shown)
}

/// Name and version, from the greeting of CouchDB or one of its relatives.
fn greeting(json: &Value) -> Option<(String, String)> {
    let text = |value: Option<&Value>| {
        value
            .and_then(Value::as_str)
            .map(crate::finding::tidy)
            .unwrap_or_default()
    };
    if json.get("couchdb").is_some() {
        return Some(("CouchDB".to_owned(), text(json.get("version"))));
    }
    let (name, _) = json.as_object()?.iter().find(|(_, value)| {
        value
            .as_str()
            .is_some_and(|text| text.starts_with("Welcome"))
    })?;
    let vendor = json.get("vendor").and_then(|vendor| vendor.get("version"));
    Some((crate::finding::tidy(name), text(vendor)))
}

/// Which server of the other protocol answers, if one does: only they know both of these paths.
async fn hosted(context: &Context, target: &Target) -> Option<Code> {
    let sessions = ask(context, target, &["v1", "sessions"]).await.ok()?;
    if sessions.least_client.is_some() {
        context.known().least_client = sessions.least_client;
    }
    let refusal = sessions.json.as_ref()?;
    let error = refusal
        .get("error")
        .or_else(|| refusal.get("data")?.get("error"))?;
    if !matches!(sessions.status, 401 | TOO_OLD)
        || !(error.get("tag").is_some() || error.get("message").is_some())
    {
        return None;
    }
    ask(context, target, &["healthcheck"]).await.ok()?;
    Some(if sessions.least_client.is_some() {
        Code::HttpSheaf
    } else {
        Code::HttpStandardNotes
    })
}

async fn not_answered(context: &Context, target: &Target, error: &NetError) -> Finding {
    let finding = match &error.class {
        NetClass::Redirected(to) => redirected(context, target, to).await,
        NetClass::TimedOut => Finding::new(Code::HttpNoAnswer)
            .with("seconds", context.patience.answer.as_secs_f32().ceil()),
        NetClass::Protocol | NetClass::TooLong => Finding::new(Code::HttpNotHttp),
        _ => Finding::new(Code::HttpCut),
    };
    named(finding, target).saw(format!("GET /: {error}"))
}

/// Follows redirections on the same host, without credentials, to see where they end.
async fn redirected(context: &Context, target: &Target, to: &str) -> Finding {
    let begin = target.server.url([]);
    let mut seen = vec![begin.clone()];
    let mut location = to.to_owned();
    loop {
        let Ok(next) = location.parse::<Url>() else {
            return Finding::new(Code::HttpNothingKnown).saw(format!("sent to {location}"));
        };
        let other_host = next.host_str() != begin.host_str();
        if other_host {
            return elsewhere(&next);
        }
        if seen.contains(&next) || seen.len() > HOPS {
            let hops: Vec<String> = seen.iter().map(|url| url.path().to_owned()).collect();
            return Finding::new(Code::HttpRedirectLoop).saw(format!(
                "sent from {} to {}",
                hops.join(" to "),
                next.path()
            ));
        }
        seen.push(next.clone());
        let request = context.client.request(Method::GET, next.clone());
        match request.deadlines(context.deadlines()).send().await {
            Err(error) => match error.class {
                NetClass::Redirected(to) => location = to,
                _ => return onward(&next),
            },
            Ok(_) => return onward(&next),
        }
    }
}

fn elsewhere(next: &Url) -> Finding {
    let shown = sheaf_net::RedactedUrl(next).to_string();
    let words = [
        "login", "signin", "sign-in", "portal", "captive", "hotspot", "sso", "/auth",
    ];
    let lower = shown.to_lowercase();
    let code = if words.iter().any(|word| lower.contains(word)) {
        Code::HttpLoginPage
    } else {
        Code::HttpRedirectElsewhere
    };
    Finding::new(code)
        .with("location", &shown)
        .with("other", next.host_str().unwrap_or_default())
        .saw(format!("sent to {shown}"))
}

/// Another scheme, port or path of the same host.
fn onward(next: &Url) -> Finding {
    let mut address = next.clone();
    address.set_query(None);
    address.set_fragment(None);
    let suggestion = address.to_string();
    let suggestion = suggestion.trim_end_matches('/');
    Finding::new(Code::HttpRedirect)
        .with("location", suggestion)
        .with("suggestion", suggestion)
        .fix(Fix::UseAddress {
            address: suggestion.to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn servers_are_known_by_their_greeting() {
        let couch = json!({"couchdb":"Welcome","version":"3.5.0"});
        assert_eq!(greeting(&couch), Some(("CouchDB".into(), "3.5.0".into())));
        let pouch = json!({"express-pouchdb":"Welcome!","vendor":{"version":"4.2.0"}});
        assert_eq!(
            greeting(&pouch),
            Some(("express-pouchdb".into(), "4.2.0".into()))
        );
        assert_eq!(greeting(&json!({"status":"ok"})), None);
        assert_eq!(greeting(&json!([])), None);
    }
}
