//! The published description of the routes (`OpenAPI` 3.1), made from the types that travel.
//!
//! `ROUTES` says of every route what no type can say; a test holds it against the router, and another
//! holds `docs/openapi.json` against what is made here.

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use sheaf_protocol::{
    ChangeCredentials, CheckIntegrity, ErrorBody, IntegrityMismatches, LegacyChangePassword,
    LegacyRegister, LegacySignIn, LoginParamsRequest, Refresh, Register, SessionRow, SignIn,
    SyncRequest, SyncResponse,
};

use super::answer::{OneItem, OneToken, Refreshed, SignedIn, Told, Wrapped};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// What a success carries.
#[derive(Clone, Copy)]
enum Carries {
    /// Status 204.
    Nothing,
    Json(SchemaOf),
    Text(&'static str),
}

/// One route, as a stranger needs to know it.
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    about: &'static str,
    /// Wants `Authorization: Bearer`.
    pub signed_in: bool,
    query: &'static [&'static str],
    headers: &'static [&'static str],
    body: Option<SchemaOf>,
    success: Carries,
}

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

const fn json<T: JsonSchema>() -> Carries {
    Carries::Json(of::<T>)
}

const fn route(method: Method, path: &'static str, about: &'static str, success: Carries) -> Route {
    Route {
        method,
        path,
        about,
        signed_in: false,
        query: &[],
        headers: &[],
        body: None,
        success,
    }
}

impl Route {
    const fn takes<T: JsonSchema>(mut self) -> Self {
        self.body = Some(of::<T>);
        self
    }

    const fn signed_in(mut self) -> Self {
        self.signed_in = true;
        self
    }

    const fn with_query(mut self, names: &'static [&'static str]) -> Self {
        self.query = names;
        self
    }

    const fn with_header(mut self, names: &'static [&'static str]) -> Self {
        self.headers = names;
        self
    }
}

use Method::{Delete, Get, Post, Put};

/// Every route. The older ones are there a second time below `/api`.
pub const ROUTES: &[Route] = &[
    route(
        Post,
        "/auth",
        "Registers (older generation).",
        json::<OneToken>(),
    )
    .takes::<LegacyRegister>(),
    route(
        Get,
        "/auth/params",
        "Key parameters of an e-mail; made up, and always the same, for one without an account.",
        json::<Value>(),
    )
    .with_query(&["email"]),
    route(
        Post,
        "/auth/sign_in",
        "Signs in (older generation).",
        json::<OneToken>(),
    )
    .takes::<LegacySignIn>(),
    route(
        Post,
        "/auth/change_pw",
        "Changes the password, ends every session and begins one.",
        json::<OneToken>(),
    )
    .takes::<LegacyChangePassword>()
    .signed_in(),
    route(
        Post,
        "/items/sync",
        "Saves items and answers what others saved (older generation).",
        json::<SyncResponse>(),
    )
    .takes::<SyncRequest>()
    .signed_in(),
    route(
        Post,
        "/v1/users",
        "Registers.",
        json::<Wrapped<SignedIn>>(),
    )
    .takes::<Register>(),
    route(
        Delete,
        "/v1/users/{user}",
        "Deletes the account of who asks, after the password was given once more.",
        json::<Wrapped<Told>>(),
    )
    .with_header(&["x-server-password"])
    .signed_in(),
    route(
        Put,
        "/v1/users/{user}/attributes/credentials",
        "Changes password or e-mail, ends every session and begins one.",
        json::<Wrapped<SignedIn>>(),
    )
    .takes::<ChangeCredentials>()
    .signed_in(),
    route(
        Post,
        "/v1/login-params",
        "As /v2/login-params.",
        json::<Wrapped<Value>>(),
    )
    .takes::<LoginParamsRequest>(),
    route(
        Post,
        "/v2/login-params",
        "Begins a sign-in: key parameters for a challenge.",
        json::<Wrapped<Value>>(),
    )
    .takes::<LoginParamsRequest>(),
    route(
        Post,
        "/v1/login",
        "As /v2/login.",
        json::<Wrapped<SignedIn>>(),
    )
    .takes::<SignIn>(),
    route(
        Post,
        "/v2/login",
        "Signs in, with the verifier of a challenge.",
        json::<Wrapped<SignedIn>>(),
    )
    .takes::<SignIn>(),
    route(Post, "/v1/logout", "Ends this session.", Carries::Nothing).signed_in(),
    route(
        Post,
        "/v1/sessions/refresh",
        "Exchanges a refresh token for a new pair of tokens.",
        json::<Wrapped<Refreshed>>(),
    )
    .takes::<Refresh>(),
    route(
        Get,
        "/v1/sessions",
        "The account's sessions.",
        json::<Wrapped<Vec<SessionRow>>>(),
    )
    .signed_in(),
    route(
        Delete,
        "/v1/sessions",
        "Ends every other session.",
        Carries::Nothing,
    )
    .signed_in(),
    route(
        Delete,
        "/v1/sessions/{session}",
        "Ends another session.",
        Carries::Nothing,
    )
    .signed_in(),
    route(
        Post,
        "/v1/items",
        "Saves items and answers what others saved.",
        json::<Wrapped<SyncResponse>>(),
    )
    .takes::<SyncRequest>()
    .signed_in(),
    route(
        Post,
        "/v1/items/check-integrity",
        "Compares what a client holds with what the account holds.",
        json::<Wrapped<IntegrityMismatches>>(),
    )
    .takes::<CheckIntegrity>()
    .signed_in(),
    route(
        Get,
        "/v1/items/{item}",
        "One item of the account.",
        json::<Wrapped<OneItem>>(),
    )
    .signed_in(),
    route(
        Get,
        "/v1/events",
        "Server-sent events: `listening` once, then `changed` with the newest sync token whenever something \
         of the account was saved.",
        Carries::Text("text/event-stream"),
    )
    .signed_in(),
    route(
        Get,
        "/healthcheck",
        "Whether the database answers.",
        Carries::Text("text/plain"),
    ),
    route(
        Get,
        "/metrics",
        "Counters in Prometheus' text form.",
        Carries::Text("text/plain"),
    ),
];

/// `OpenAPI` 3.1.
pub fn openapi() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for route in ROUTES {
        let operation = operation(route, &mut generator);
        let methods = paths.entry(route.path).or_insert_with(|| json!({}));
        methods[route.method.name().to_lowercase()] = operation;
    }
    let failure = of::<ErrorBody>(&mut generator);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "sheaf-server",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Keeps encrypted items in step between the devices of an account. Both generations of \
                            the Standard Notes protocol on one set of accounts; docs/protocol.md says where they \
                            and this server differ.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [
            {"url": "/"},
            {"url": "/api", "description": "the older generation's routes only"},
        ],
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "responses": {
                "Failure": {
                    "description": "Refused. `tag` is for programs, `message` for people; 429 and 503 say in \
                                    Retry-After when to try again; 498 asks for a refresh of the session; \
                                    426 refuses a Sheaf older than the header sheaf-least-client, which is on \
                                    every answer, names.",
                    "content": {"application/json": {"schema": failure}},
                },
            },
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
        },
    })
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let parameter = |name: &str, place: &str| json!({"name": name, "in": place, "required": true, "schema": {"type": "string"}});
    let in_path = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| parameter(name, "path"));
    let in_query = route.query.iter().map(|name| parameter(name, "query"));
    let in_header = route.headers.iter().map(|name| parameter(name, "header"));
    let parameters: Vec<Value> = in_path.chain(in_query).chain(in_header).collect();
    let (status, success) = match route.success {
        Carries::Nothing => ("204", json!({"description": "Done."})),
        Carries::Json(schema) => (
            "200",
            json!({"description": "Done.",
                   "content": {"application/json": {"schema": schema(generator)}}}),
        ),
        Carries::Text(media) => (
            "200",
            json!({"description": "Done.", "content": {media: {"schema": {"type": "string"}}}}),
        ),
    };
    let mut operation = json!({
        "summary": route.about,
        "responses": {status: success, "default": {"$ref": "#/components/responses/Failure"}},
    });
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some(body) = route.body {
        operation["requestBody"] = json!({
            "required": true,
            "content": {"application/json": {"schema": body(generator)}},
        });
    }
    if route.signed_in {
        operation["security"] = json!([{"session": []}]);
    }
    operation
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{routes::served, storage::sqlite::Sqlite};

    #[test]
    fn every_route_is_described_and_nothing_else_is() {
        let described: BTreeSet<(Method, &str)> = ROUTES
            .iter()
            .map(|route| (route.method, route.path))
            .collect();
        let served: BTreeSet<(Method, &str)> = served::<Sqlite>().into_iter().collect();
        assert_eq!(described, served);
        assert_eq!(described.len(), ROUTES.len(), "each once");
    }

    /// Written by `cargo run --package sheaf-server -- openapi > docs/openapi.json`.
    #[test]
    fn the_published_description_is_current() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        let published: Value =
            serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        assert!(
            published == openapi(),
            "docs/openapi.json is not current: cargo run --package sheaf-server -- openapi > docs/openapi.json"
        );
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let description = openapi();
        let text = description.to_string();
        let references: BTreeSet<&str> = text
            .split("\"$ref\":\"#")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert!(references.len() > 10, "{references:?}");
        for reference in references {
            assert!(description.pointer(reference).is_some(), "{reference}");
        }
    }
}
