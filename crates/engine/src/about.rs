//! What the app knows about itself, and Markdown on its way to a screen.

use std::path::Path;

use sheaf_ipc::{ApiError, AppInfo, Field, Platform, Render, Rendered, UserStyles};

use crate::{Engine, convert};

/// Where the web view finds the bytes of an attachment. Windows knows no schemes of its own.
const ATTACHMENT_BASE: &str = if cfg!(windows) {
    "http://sheaf-file.localhost/"
} else {
    "sheaf-file://localhost/"
};

pub(crate) async fn app_info(engine: &Engine) -> Result<AppInfo, ApiError> {
    let counts = engine
        .store()
        .sidebar()
        .await
        .map_err(convert::store_error)?;
    let attachments = engine
        .store()
        .attachment_count()
        .await
        .map_err(convert::store_error)?;
    let history_bytes = engine
        .store()
        .history_bytes()
        .await
        .map_err(convert::store_error)?;
    let directories = engine.directories();
    Ok(AppInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        platform: platform(),
        data_dir: directories.data.display().to_string(),
        log_dir: directories.logs.display().to_string(),
        notes: counts.all + counts.trash,
        attachments,
        history_bytes,
    })
}

const fn platform() -> Platform {
    if cfg!(target_os = "macos") {
        Platform::Macos
    } else if cfg!(windows) {
        Platform::Windows
    } else {
        Platform::Linux
    }
}

/// Markdown to sanitised HTML. Needs no notes.
pub fn render(request: &Render) -> Rendered {
    let options = sheaf_markdown::RenderOptions {
        attachment_base: ATTACHMENT_BASE.to_owned(),
        allow_remote_images: request.allow_remote_images,
    };
    let rendered = sheaf_markdown::render(&request.source, &options);
    let fields = rendered.front_matter.map(|block| block.fields());
    Rendered {
        html: rendered.html,
        remote_images: rendered.remote_images,
        fields: fields
            .unwrap_or_default()
            .into_iter()
            .map(|(name, value)| Field { name, value })
            .collect(),
    }
}

/// A style sheet larger than this is not one somebody wrote.
const MOST_STYLES: u64 = 1024 * 1024;

/// `styles.css` beside the notes. One that is missing, too large or no text is none: how the window
/// looks must never keep it from opening.
pub(crate) async fn user_styles(data: &Path) -> UserStyles {
    let path = data.join("styles.css");
    let small = tokio::fs::metadata(&path)
        .await
        .is_ok_and(|found| found.is_file() && found.len() <= MOST_STYLES);
    let css = if small {
        tokio::fs::read_to_string(&path).await.unwrap_or_default()
    } else {
        String::new()
    };
    UserStyles {
        path: path.display().to_string(),
        css,
    }
}
