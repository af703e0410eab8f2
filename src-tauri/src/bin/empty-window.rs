//! The floor under the app's start: a window of the same size that shows one page of one colour.
//!
//! `cargo xtask bench` measures how much later the app shows its list than this shows anything. It opens no vault,
//! speaks no IPC and embeds no UI; what remains is Tauri, the web view and one paint. Built only with the feature
//! `bench`, and part of no installer.
//!
//! With a folder as its argument it shows the page in there instead: what else is measured against a floor
//! (`cargo xtask bench --only write`) needs the same web view, and a page that is not ours.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use tauri::http::Response;
use tauri::webview::WebviewWindowBuilder;
use tauri::{App, WebviewUrl};

const SCHEME: &str = "empty";
/// Served by a scheme of its own, because that is how the app's page comes too.
const PAGE: &[u8] = b"<!doctype html><title>Empty</title><body style='background:#2f6f4f'>";

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .register_uri_scheme_protocol(SCHEME, |_, request| {
            let folder = std::env::args_os().nth(1).map(PathBuf::from);
            let (kind, body) = folder.map_or(("text/html", Cow::Borrowed(PAGE)), |folder| {
                file(&folder, request.uri().path())
            });
            let response = Response::builder().header("content-type", kind);
            response
                .body(body)
                .expect("a constant header is a valid one")
        })
        .setup(|app| Ok(open(app)?))
        .run(tauri::generate_context!())
}

/// A file of the folder and what it is; nothing when there is none.
fn file(folder: &Path, path: &str) -> (&'static str, Cow<'static, [u8]>) {
    let path = match path.trim_start_matches('/') {
        "" => Path::new("index.html"),
        path => Path::new(path),
    };
    let inside = path
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let kind = match path.extension().and_then(|extension| extension.to_str()) {
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        _ => "text/html",
    };
    let body = if inside {
        std::fs::read(folder.join(path)).unwrap_or_default()
    } else {
        Vec::new()
    };
    (kind, Cow::Owned(body))
}

fn open(app: &App) -> tauri::Result<()> {
    let address = format!("{SCHEME}://localhost/");
    let url = address.parse().expect("a constant address is a valid one");
    let main = app.config().app.windows.first().cloned();
    let mut window = main.expect("tauri.conf.json describes the main window");
    window.label = "empty".to_owned();
    window.url = WebviewUrl::CustomProtocol(url);
    window.visible = true;
    WebviewWindowBuilder::from_config(app, &window)?
        .build()
        .map(drop)
}
