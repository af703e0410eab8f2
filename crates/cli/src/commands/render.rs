//! `sheaf render`: needs no notes, so none are opened.

use std::path::Path;

use sheaf_ipc::{Render, Rendered};

use crate::{failure::Failure, input, print::Printer};

pub(super) fn run(print: Printer, file: &Path, remote_images: bool) -> Result<(), Failure> {
    let request = Render {
        source: input::text(file)?,
        allow_remote_images: remote_images,
    };
    let rendered: Rendered = sheaf_engine::render(&request);
    print.answer(&rendered, || rendered.html.clone())
}
