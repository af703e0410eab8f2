//! What only a window can do: the shell's half of the command table.

use sheaf_engine::{Directories, Engine};
use sheaf_ipc::{
    ApiError, CallForPerson, ClipboardImage, ErrorCode, Folder, NoteRef, OpenFolder, OpenLink,
    QuickNoteKey, Shell, UseQuickNoteKey, Zoom,
};
use sheaf_markdown::url_policy;
use tauri::{AppHandle, Manager, Runtime};

use crate::{closing, hotkey, window};

pub(crate) struct Desktop<R: Runtime> {
    app: AppHandle<R>,
    engine: Engine,
    /// The window that asks.
    window: String,
}

impl<R: Runtime> Desktop<R> {
    pub(crate) fn new(app: AppHandle<R>, engine: Engine, window: String) -> Self {
        Self {
            app,
            engine,
            window,
        }
    }
}

impl<R: Runtime> Shell for Desktop<R> {
    async fn open_link(&self, request: OpenLink) -> Result<(), ApiError> {
        let Some(url) = url_policy::external_link(&request.url) else {
            return Err(
                ApiError::new(ErrorCode::Invalid).with_detail("this kind of link is not opened")
            );
        };
        open(url)
    }

    async fn open_folder(&self, request: OpenFolder) -> Result<(), ApiError> {
        let directories = self.app.state::<Directories>();
        open(match request.folder {
            Folder::Data => &directories.data,
            Folder::Logs => &directories.logs,
        })
    }

    #[cfg(target_os = "linux")]
    async fn clipboard_image(&self, (): ()) -> Result<Option<ClipboardImage>, ApiError> {
        use base64::prelude::{BASE64_STANDARD, Engine as _};

        let png = crate::linux::clipboard_image(&self.app).await;
        Ok(png.map(|png| ClipboardImage {
            base64: BASE64_STANDARD.encode(png),
        }))
    }

    /// The web views of macOS and Windows hand pasted pictures to the page themselves.
    #[cfg(not(target_os = "linux"))]
    async fn clipboard_image(&self, (): ()) -> Result<Option<ClipboardImage>, ApiError> {
        Ok(None)
    }

    async fn ready_to_close(&self, (): ()) -> Result<(), ApiError> {
        closing::ready(&self.app, &self.engine, &self.window).await;
        Ok(())
    }

    async fn stay_open(&self, (): ()) -> Result<(), ApiError> {
        closing::stay(&self.app, &self.window);
        Ok(())
    }

    async fn close_window(&self, (): ()) -> Result<(), ApiError> {
        window::close(&self.app, &self.window);
        Ok(())
    }

    async fn quit(&self, (): ()) -> Result<(), ApiError> {
        closing::quit(&self.app, &self.engine);
        Ok(())
    }

    async fn open_note_window(&self, request: NoteRef) -> Result<(), ApiError> {
        window::open_note(&self.app, &self.engine, &request.id).map_err(|error| {
            tracing::error!(%error, "no window for a note");
            ApiError::new(ErrorCode::Bug).with_detail("the system made no window")
        })
    }

    async fn open_quick_note(&self, (): ()) -> Result<(), ApiError> {
        window::open_quick_note(&self.app);
        Ok(())
    }

    async fn use_quick_note_key(&self, request: UseQuickNoteKey) -> Result<QuickNoteKey, ApiError> {
        let works = match request.key {
            Some(key) => hotkey::take(&self.app, key).await,
            None => hotkey::is_held(&self.app).await,
        };
        Ok(QuickNoteKey { works })
    }

    async fn call_for_person(&self, request: CallForPerson) -> Result<(), ApiError> {
        #[cfg(target_os = "linux")]
        crate::linux::notify(&self.app, request);
        // Elsewhere the window's own sign in dock or task bar says it; the words are in the window.
        #[cfg(not(target_os = "linux"))]
        drop(request);
        window::wants_attention(&self.app);
        Ok(())
    }

    async fn zoom(&self, request: Zoom) -> Result<(), ApiError> {
        let factor = f64::from(request.percent.clamp(50, 300)) / 100.0;
        let window = self.app.get_webview_window(&self.window);
        let zoomed = window.map_or(Ok(()), |window| window.set_zoom(factor));
        zoomed.map_err(|error| {
            tracing::error!(%error, "the web view keeps its size");
            ApiError::new(ErrorCode::Bug).with_detail("the web view keeps its size")
        })
    }

    async fn print(&self, (): ()) -> Result<(), ApiError> {
        let window = self.app.get_webview_window(&self.window);
        let printed = window.map_or(Ok(()), |window| window.print());
        printed.map_err(|error| {
            tracing::error!(%error, "the system does not print");
            ApiError::new(ErrorCode::Bug).with_detail("the system offers no printing")
        })
    }
}

/// Hands something to the system's own program for it. The only place that does.
fn open(what: impl AsRef<std::ffi::OsStr>) -> Result<(), ApiError> {
    open::that_detached(what).map_err(|error| {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "the system opens nothing"
        );
        ApiError::new(ErrorCode::NotFound).with_detail("no program of the system opens this")
    })
}
