//! What only a window can do: the shell's half of the command table.

use sheaf_engine::{Directories, Engine};
use sheaf_ipc::{ApiError, ClipboardImage, ErrorCode, Folder, OpenFolder, OpenLink, Shell};
use sheaf_markdown::url_policy;
use tauri::{AppHandle, Manager, Runtime};

use crate::closing;

pub(crate) struct Desktop<R: Runtime> {
    app: AppHandle<R>,
    engine: Engine,
}

impl<R: Runtime> Desktop<R> {
    pub(crate) fn new(app: AppHandle<R>, engine: Engine) -> Self {
        Self { app, engine }
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
        closing::finish(&self.app, &self.engine).await;
        Ok(())
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
