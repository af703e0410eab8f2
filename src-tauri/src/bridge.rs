//! The plugin `sheaf`: one handler for every command of the table, and events on their way to the window.
//!
//! Tauri has checked the window's permission before the handler runs. Nothing here knows what a command does.

use serde_json::Value;
use sheaf_engine::Engine;
use sheaf_ipc::{ApiError, ErrorCode, Event, SHELL_COMMANDS, ShellEvent};
use tauri::ipc::{Invoke, InvokeBody, InvokeError};
use tauri::plugin::{Builder, TauriPlugin};
use tauri::{AppHandle, Emitter, EventTarget, Manager, Runtime};

use crate::desktop::Desktop;
use crate::lanes::Lanes;

/// Commands are called as `plugin:sheaf|<name>` with `{ request }`.
pub(crate) fn plugin<R: Runtime>(engine: Engine) -> TauriPlugin<R> {
    Builder::new("sheaf")
        .invoke_handler(move |invoke| {
            answer(&engine, invoke);
            true
        })
        .build()
}

fn answer<R: Runtime>(engine: &Engine, invoke: Invoke<R>) {
    let Invoke {
        message, resolver, ..
    } = invoke;
    let name = message.command().to_owned();
    let engine = engine.clone();
    let webview = message.webview_ref();
    let desktop = Desktop::new(
        webview.app_handle().clone(),
        engine.clone(),
        webview.label().to_owned(),
    );
    let request = request(message.payload());
    let overtaken = webview
        .app_handle()
        .state::<Lanes>()
        .enter(webview.label(), lane(message.payload()));
    resolver.respond_async(async move {
        let answer = match request {
            Ok(request) if SHELL_COMMANDS.contains(&name.as_str()) => {
                sheaf_ipc::dispatch_shell(&desktop, &name, request).await
            }
            Ok(request) => {
                let answer = Box::pin(sheaf_ipc::dispatch(&engine, &name, request));
                overtaken.or(answer).await
            }
            Err(error) => Err(error),
        };
        answer.map_err(InvokeError::from)
    });
}

fn request(body: &InvokeBody) -> Result<Value, ApiError> {
    match body {
        InvokeBody::Json(Value::Object(arguments)) => {
            Ok(arguments.get("request").cloned().unwrap_or(Value::Null))
        }
        InvokeBody::Json(_) | InvokeBody::Raw(_) => {
            Err(ApiError::new(ErrorCode::Invalid).with_detail("a command takes { request }"))
        }
    }
}

/// Which questions this one replaces.
fn lane(body: &InvokeBody) -> Option<String> {
    let InvokeBody::Json(Value::Object(arguments)) = body else {
        return None;
    };
    arguments.get("lane")?.as_str().map(str::to_owned)
}

pub(crate) fn emit_engine<R: Runtime>(app: &AppHandle<R>, event: &Event) {
    emit(app, "sheaf", event);
}

pub(crate) fn emit_shell<R: Runtime>(app: &AppHandle<R>, event: &ShellEvent) {
    emit(app, "shell", event);
}

/// Tells one window only.
pub(crate) fn tell_window<R: Runtime>(app: &AppHandle<R>, label: &str, event: &ShellEvent) {
    if let Err(error) = app.emit_to(EventTarget::webview_window(label), "shell", event) {
        tracing::error!(label, %error, "a window could not be told");
    }
}

fn emit<R: Runtime>(app: &AppHandle<R>, name: &str, event: &impl serde::Serialize) {
    if let Err(error) = app.emit(name, event) {
        tracing::error!(name, %error, "the window could not be told");
    }
}
