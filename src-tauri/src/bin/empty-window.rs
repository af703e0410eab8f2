//! The floor under the app's start: a window of the same size that shows one page of one colour.
//!
//! `cargo xtask bench` measures how much later the app shows its list than this shows anything. It opens no vault,
//! speaks no IPC and embeds no UI; what remains is Tauri, the web view and one paint. Built only with the feature
//! `bench`, and part of no installer.

use std::borrow::Cow;

use tauri::http::Response;
use tauri::webview::WebviewWindowBuilder;
use tauri::{App, WebviewUrl};

const SCHEME: &str = "empty";
/// Served by a scheme of its own, because that is how the app's page comes too.
const PAGE: &[u8] = b"<!doctype html><title>Empty</title><body style='background:#2f6f4f'>";

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .register_uri_scheme_protocol(SCHEME, |_, _| {
            let response = Response::builder().header("content-type", "text/html");
            response
                .body(Cow::Borrowed(PAGE))
                .expect("a constant header is a valid one")
        })
        .setup(|app| Ok(open(app)?))
        .run(tauri::generate_context!())
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
