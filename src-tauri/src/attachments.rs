//! `sheaf-file://localhost/<id>`: the bytes of an attachment for an `<img>`, and for nothing else.
//!
//! The request names an id, never a path. What is sent back cannot run: the type comes from a fixed table, the
//! browser may not guess another, and a document opened from here lies in a sandbox.

use percent_encoding::percent_decode_str;
use sheaf_engine::Engine;
use sheaf_model::{DocId, Kind};
use tauri::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue,
    X_CONTENT_TYPE_OPTIONS,
};
use tauri::http::{Method, Request, Response, StatusCode};

pub(crate) const SCHEME: &str = "sheaf-file";

/// Types an `<img>` shows, with the name each is sent under. Anything else is offered as a download.
const SHOWN: [(&str, &str); 10] = [
    ("image/avif", "image/avif"),
    ("image/bmp", "image/bmp"),
    ("image/gif", "image/gif"),
    ("image/heic", "image/heic"),
    ("image/heif", "image/heif"),
    ("image/jpeg", "image/jpeg"),
    // The shared schema allows this spelling, browsers do not know it.
    ("image/jpg", "image/jpeg"),
    ("image/png", "image/png"),
    ("image/svg+xml", "image/svg+xml"),
    ("image/webp", "image/webp"),
];

pub(crate) async fn answer(engine: &Engine, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    let id = match requested_id(request) {
        Ok(id) => id,
        Err(status) => return empty(status),
    };
    match engine.attachment(&id).await {
        Ok(Some(attachment)) => with_bytes(&attachment.content_type, attachment.bytes),
        Ok(None) => empty(StatusCode::NOT_FOUND),
        Err(error) => {
            tracing::error!(%id, error = &error as &dyn std::error::Error, "attachment cannot be read");
            empty(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

fn requested_id(request: &Request<Vec<u8>>) -> Result<DocId, StatusCode> {
    if request.method() != Method::GET {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    let path = request.uri().path().trim_start_matches('/');
    let id = percent_decode_str(path)
        .decode_utf8()
        .map_err(|_| StatusCode::BAD_REQUEST)?;
    match DocId::parse(&id) {
        Ok(id) if matches!(id.kind(), Kind::File | Kind::SheafFile) => Ok(id),
        Ok(_) | Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

pub(crate) fn with_bytes(content_type: &str, bytes: Vec<u8>) -> Response<Vec<u8>> {
    let shown = SHOWN.iter().find(|(stored, _)| *stored == content_type);
    let mut response = Response::new(bytes);
    let headers = response.headers_mut();
    for (name, value) in [
        (
            CONTENT_TYPE,
            shown.map_or("application/octet-stream", |(_, sent)| *sent),
        ),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        ),
        // The id of an attachment names its content: it never changes.
        (CACHE_CONTROL, "private, max-age=31536000, immutable"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if shown.is_none() {
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    response
}

pub(crate) fn empty(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: Method, address: &str) -> Request<Vec<u8>> {
        Request::builder()
            .method(method)
            .uri(address)
            .body(Vec::new())
            .unwrap()
    }

    #[test]
    fn an_id_is_read_from_the_path() {
        for address in [
            "sheaf-file://localhost/file:a1-_B",
            "http://sheaf-file.localhost/file%3Aa1-_B",
        ] {
            assert_eq!(
                requested_id(&request(Method::GET, address)),
                Ok(DocId::parse("file:a1-_B").unwrap())
            );
        }
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for path in [
            "",
            "../secret",
            "%2e%2e/secret",
            "file:",
            "file:a%00b",
            "file:%ff",
            "note:a",
            "a.png",
        ] {
            let address = format!("sheaf-file://localhost/{path}");
            assert_eq!(
                requested_id(&request(Method::GET, &address)),
                Err(StatusCode::BAD_REQUEST),
                "{path}"
            );
        }
    }

    #[test]
    fn only_reading_is_allowed() {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::HEAD] {
            let request = request(method, "sheaf-file://localhost/file:a");
            assert_eq!(requested_id(&request), Err(StatusCode::METHOD_NOT_ALLOWED));
        }
    }

    #[test]
    fn a_drawing_is_shown_in_a_sandbox() {
        let response = with_bytes("image/svg+xml", vec![1]);
        assert_eq!(response.headers()[CONTENT_TYPE], "image/svg+xml");
        assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(
            response.headers()[CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .starts_with("sandbox")
        );
        assert!(!response.headers().contains_key(CONTENT_DISPOSITION));
    }

    #[test]
    fn what_is_no_picture_is_only_a_download() {
        for content_type in [
            "text/html",
            "application/pdf",
            "image/png; charset=utf-8",
            "",
        ] {
            let response = with_bytes(content_type, vec![1]);
            assert_eq!(response.headers()[CONTENT_TYPE], "application/octet-stream");
            assert_eq!(response.headers()[CONTENT_DISPOSITION], "attachment");
        }
    }
}
