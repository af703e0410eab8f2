//! `sheaf-picture://localhost/<key>/<address>`: a picture from the web for an `<img>`, where a person allowed it.
//!
//! The page asks us instead of the web, so its content policy names no foreign host at all. Our own script knows the
//! key, which is another one for every run; an address that somebody wrote into a note does not.

use percent_encoding::percent_decode_str;
use sheaf_engine::Engine;
use tauri::http::header::{CACHE_CONTROL, HeaderValue};
use tauri::http::{Method, Request, Response, StatusCode};

use crate::attachments::{empty, with_bytes};

pub(crate) const SCHEME: &str = "sheaf-picture";

/// What this run's pictures are asked for with.
pub(crate) struct Key(String);

impl Key {
    pub(crate) fn of(engine: &Engine) -> Self {
        Self(engine.picture_key())
    }

    /// Leaves the key in a page of ours (`ui/src/ipc/host-tauri.ts`).
    pub(crate) fn script(&self) -> String {
        format!(
            "Object.defineProperty(window, '__SHEAF_PICTURES__', {{ value: '{}' }});",
            self.0
        )
    }

    fn requested(&self, request: &Request<Vec<u8>>) -> Result<String, StatusCode> {
        if request.method() != Method::GET {
            return Err(StatusCode::METHOD_NOT_ALLOWED);
        }
        let path = request.uri().path().trim_start_matches('/');
        let (key, address) = path.split_once('/').ok_or(StatusCode::BAD_REQUEST)?;
        if key != self.0 {
            return Err(StatusCode::FORBIDDEN);
        }
        let address = percent_decode_str(address).decode_utf8();
        address
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| StatusCode::BAD_REQUEST)
    }
}

pub(crate) async fn answer(
    engine: &Engine,
    key: &Key,
    request: &Request<Vec<u8>>,
) -> Response<Vec<u8>> {
    let address = match key.requested(request) {
        Ok(address) => address,
        Err(status) => return empty(status),
    };
    match engine.web_picture(&address).await {
        Ok(picture) => {
            let mut response = with_bytes(&picture.content_type, picture.bytes);
            let some_time = HeaderValue::from_static("private, max-age=3600");
            response.headers_mut().insert(CACHE_CONTROL, some_time);
            response
        }
        Err(error) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "no picture");
            empty(StatusCode::BAD_GATEWAY)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: Method, path: &str) -> Result<String, StatusCode> {
        let request = Request::builder().method(method);
        let request = request.uri(format!("sheaf-picture://localhost/{path}"));
        Key("k1".to_owned()).requested(&request.body(Vec::new()).unwrap())
    }

    #[test]
    fn an_address_is_read_behind_the_key() {
        assert_eq!(
            asked(
                Method::GET,
                "k1/https%3A%2F%2Fexample.org%2Fa.png%3Fb%3D%25"
            ),
            Ok("https://example.org/a.png?b=%".to_owned())
        );
    }

    #[test]
    fn without_the_key_nobody_is_asked() {
        let address = "https%3A%2F%2Fexample.org%2Fa.png";
        for (path, status) in [
            (format!("k2/{address}"), StatusCode::FORBIDDEN),
            (format!("/{address}"), StatusCode::BAD_REQUEST),
            (address.to_owned(), StatusCode::BAD_REQUEST),
            ("k1/%ff".to_owned(), StatusCode::BAD_REQUEST),
        ] {
            assert_eq!(asked(Method::GET, &path), Err(status), "{path}");
        }
        assert_eq!(
            asked(Method::POST, &format!("k1/{address}")),
            Err(StatusCode::METHOD_NOT_ALLOWED)
        );
    }
}
