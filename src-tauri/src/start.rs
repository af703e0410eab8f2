//! From the command line to a running window.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use sheaf_engine::{
    Directories, Engine, EngineOptions, LogOptions, Logs, OpenEngineError, OpenError,
    SecretStoreChoice, Visit,
};
use sheaf_ipc::Api as _;
use tauri::{App, AppHandle, Context, RunEvent, Runtime};

use crate::background::Background;
use crate::closing::{self, Closing};
use crate::lanes::Lanes;
use crate::options::Options;
use crate::{attachments, background, bridge, menu, pictures, refusal, visits, window};

/// Runs the app until its window is gone.
pub fn run() -> ExitCode {
    #[cfg(target_os = "linux")]
    crate::linux::choose_safe_renderer();
    match open_and_run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            refusal::tell(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

fn open_and_run(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let directories = sheaf_engine::directories(options.data_dir.as_deref())?;
    let logs = Logs::start(&LogOptions {
        dir: directories.logs.clone(),
        terminal: options.enable_logging,
        verbose: options.enable_logging,
    })?;
    let visit = visits::wished(options.link.as_deref(), options.quick_note);
    let opened = open_engine(EngineOptions {
        secret_store: options
            .secret_store
            .as_deref()
            .and_then(SecretStoreChoice::parse),
        ..EngineOptions::for_window(directories.clone(), logs)
    });
    let engine = match opened {
        Err(OpenEngineError::Open(OpenError::Locked))
            if visits::hand_over(&directories, &visit) =>
        {
            return Ok(());
        }
        opened => opened?,
    };
    tauri::async_runtime::block_on(async { serve_command_line(&engine) });
    let app = build(
        tauri::Builder::default(),
        context(),
        engine.clone(),
        directories,
        Start {
            visit,
            hidden: options.hidden,
        },
    )?;
    app.run(move |app, event| match event {
        RunEvent::Exit => closing::process_ends(app, &engine),
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => visits::opened(app, &urls),
        _ => {}
    });
    Ok(())
}

/// What the app was started for.
pub(crate) struct Start {
    pub(crate) visit: Visit,
    /// No window until somebody asks, if the preferences keep the app running without one.
    pub(crate) hidden: bool,
}

/// The engine's tasks run where commands are answered.
pub(crate) fn open_engine(options: EngineOptions) -> Result<Engine, OpenEngineError> {
    tauri::async_runtime::block_on(Engine::open(options))
}

/// Without it the command line waits until the window is closed; the window itself misses nothing.
fn serve_command_line(engine: &Engine) {
    if let Err(error) = engine.serve_socket() {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the command line cannot reach this app"
        );
    }
}

#[expect(
    clippy::exit,
    reason = "in code that Tauri's macro writes for a config that cannot be read"
)]
pub(crate) fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!()
}

pub(crate) fn build<R: Runtime>(
    builder: tauri::Builder<R>,
    context: Context<R>,
    engine: Engine,
    directories: Directories,
    start: Start,
) -> tauri::Result<App<R>> {
    let files = engine.clone();
    let seen = engine.clone();
    let key = Arc::new(pictures::Key::of(&engine));
    let setup = engine.clone();
    let builder = builder
        .plugin(bridge::plugin(engine.clone()))
        .manage(engine)
        .manage(Closing::default())
        .manage(Background::default())
        .manage(Lanes::default())
        .manage(directories)
        .manage(key.clone())
        .register_asynchronous_uri_scheme_protocol(
            attachments::SCHEME,
            move |_, request, responder| {
                let engine = files.clone();
                tauri::async_runtime::spawn(async move {
                    responder.respond(attachments::answer(&engine, &request).await);
                });
            },
        )
        .register_asynchronous_uri_scheme_protocol(
            pictures::SCHEME,
            move |_, request, responder| {
                let (engine, key) = (seen.clone(), key.clone());
                tauri::async_runtime::spawn(async move {
                    responder.respond(pictures::answer(&engine, &key, &request).await);
                });
            },
        )
        .setup(move |app| {
            forward_events(app.handle(), &setup);
            #[cfg(target_os = "linux")]
            crate::linux::watch_for_resumption(app.handle(), &setup);
            visits::serve(app.handle(), &setup);
            background::follow_preference(app.handle(), &setup);
            background::take_quick_note_key(app.handle(), &setup);
            let small = start.visit == Visit::QuickNote;
            let hidden = start.hidden && keeps_running(&setup);
            window::open(app.handle(), &setup, hidden || small)?;
            if start.visit != Visit::Show {
                visits::receive(app.handle(), start.visit);
            }
            Ok(())
        });
    with_menu(builder).build(context)
}

fn keeps_running(engine: &Engine) -> bool {
    tauri::async_runtime::block_on(engine.settings(())).is_ok_and(|settings| settings.keep_running)
}

fn with_menu<R: Runtime>(builder: tauri::Builder<R>) -> tauri::Builder<R> {
    if !cfg!(target_os = "macos") {
        return builder;
    }
    builder
        .menu(menu::build)
        .on_menu_event(|app, event| menu::chosen(app, event.id().as_ref()))
}

/// Until the engine is gone.
fn forward_events<R: Runtime>(app: &AppHandle<R>, engine: &Engine) {
    let mut events = engine.subscribe();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        while let Some(event) = events.next().await {
            bridge::emit_engine(&app, &event);
        }
    });
}
