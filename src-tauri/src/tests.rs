//! The window's permissions, tried through Tauri's own checks on its mock runtime.

use serde_json::{Value, json};
use sheaf_engine::{EngineOptions, Logs, Visit};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{App, Manager, WebviewWindow, WebviewWindowBuilder};

use crate::start::{Start, build, context, open_engine};

struct Window {
    app: App<MockRuntime>,
    // Removed from the disk when the test is over.
    _data: tempfile::TempDir,
}

impl Window {
    fn open() -> Self {
        let data = tempfile::tempdir().unwrap();
        let directories = sheaf_engine::directories(Some(data.path())).unwrap();
        let options = EngineOptions::for_command(directories.clone(), Logs::none());
        let engine = open_engine(options).unwrap();
        let start = Start {
            visit: Visit::Show,
            hidden: false,
        };
        let app = build(
            mock_builder(),
            context(),
            engine.clone(),
            directories,
            start,
        )
        .unwrap();
        // The mock runtime does not start, and only a start would open the window.
        crate::window::open(app.handle(), &engine, false).unwrap();
        Self { app, _data: data }
    }

    fn main(&self) -> WebviewWindow<MockRuntime> {
        self.app.get_webview_window("main").unwrap()
    }
}

fn call(window: &WebviewWindow<MockRuntime>, page: &str, command: &str) -> Result<Value, Value> {
    let request = InvokeRequest {
        cmd: command.to_owned(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: page.parse().unwrap(),
        // No command takes this text as its request, so none does anything.
        body: InvokeBody::Json(json!({ "request": "nonsense" })),
        headers: tauri::http::HeaderMap::new(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    get_ipc_response(window, request).map(|body| body.deserialize().unwrap())
}

const OWN_PAGE: &str = if cfg!(windows) {
    "http://tauri.localhost"
} else {
    "tauri://localhost"
};

fn commands() -> impl Iterator<Item = String> {
    let names = sheaf_ipc::COMMANDS.iter().chain(sheaf_ipc::SHELL_COMMANDS);
    names.map(|name| format!("plugin:sheaf|{name}"))
}

#[test]
fn every_command_of_the_table_reaches_its_parser() {
    let window = Window::open();
    for command in commands() {
        let refused = call(&window.main(), OWN_PAGE, &command).unwrap_err();
        assert_eq!(refused["code"], "invalid", "{command}: {refused}");
    }
}

#[test]
fn nothing_of_tauris_own_may_be_called() {
    let window = Window::open();
    for command in [
        "plugin:window|close",
        "plugin:window|create",
        "plugin:webview|create_webview_window",
        "plugin:event|emit",
        "plugin:app|version",
        "plugin:path|resolve_directory",
        "plugin:menu|new",
        "plugin:sheaf|no_such_command",
    ] {
        let refused = call(&window.main(), OWN_PAGE, command).unwrap_err();
        assert!(
            refused.as_str().unwrap().contains("not"),
            "{command}: {refused}"
        );
    }
}

#[test]
fn a_foreign_page_in_the_window_may_call_nothing() {
    let window = Window::open();
    for page in [
        "https://example.org",
        "http://localhost:8080",
        "https://tauri.localhost.example.org",
    ] {
        for command in commands() {
            let refused = call(&window.main(), page, &command).unwrap_err();
            assert!(refused.is_string(), "{page} {command}: {refused}");
        }
    }
}

#[test]
fn another_window_may_call_nothing() {
    let window = Window::open();
    let other = WebviewWindowBuilder::new(&window.app, "other", tauri::WebviewUrl::default());
    let other = other.build().unwrap();
    for command in commands() {
        let refused = call(&other, OWN_PAGE, &command).unwrap_err();
        assert!(refused.is_string(), "{command}: {refused}");
    }
}

#[test]
fn the_content_security_policy_lets_no_script_but_ours_run() {
    let window = Window::open();
    let security = &window.app.config().app.security;
    let policy = security.csp.as_ref().unwrap().to_string();
    for directive in [
        "default-src 'none'",
        "script-src 'self'",
        "connect-src ipc: http://ipc.localhost",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ] {
        assert!(
            policy.split("; ").any(|found| found == directive),
            "{directive}: {policy}"
        );
    }
    assert!(!policy.contains("unsafe-eval"));
    // Pictures of the web come through the engine.
    assert!(!policy.contains("https:"), "{policy}");
    assert!(security.freeze_prototype);
    assert!(!security.asset_protocol.enable);
    assert!(!window.app.config().app.with_global_tauri);
}
