//! Every icon file from two drawings: `logo.svg`, and `logo-small.svg` with fewer strokes for up to 24 pixels.
//!
//! The results are checked in, because building the app must not need a renderer.

use std::path::Path;

use anyhow::{Context, Result};

use crate::{paths, process};

/// Sizes in the Windows icon, in the order Tauri's documentation asks for: 32 first.
const WINDOWS: [u16; 6] = [32, 16, 24, 48, 64, 256];
const SMALL: [u16; 2] = [16, 24];

pub(crate) fn run() -> Result<()> {
    let scratch = paths::target().join("icons");
    let large = WINDOWS
        .iter()
        .copied()
        .filter(|size| !SMALL.contains(size))
        .chain([128, 512]);
    draw("logo-small.svg", &scratch, SMALL)?;
    draw("logo.svg", &scratch, large)?;
    for (size, name) in [
        (16, "16x16.png"),
        (32, "32x32.png"),
        (64, "64x64.png"),
        (128, "128x128.png"),
        (256, "128x128@2x.png"),
        (512, "icon.png"),
    ] {
        let from = scratch.join(file_name(size));
        std::fs::copy(&from, paths::icons().join(name))
            .with_context(|| format!("cannot copy {}", from.display()))?;
    }
    let images = WINDOWS
        .iter()
        .map(|&size| {
            let file = scratch.join(file_name(size));
            let png =
                std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            Ok((size, png))
        })
        .collect::<Result<Vec<_>>>()?;
    std::fs::write(paths::icons().join("icon.ico"), windows_icon(&images))
        .context("cannot write icon.ico")?;
    apple_icon(&scratch)
}

fn file_name(size: u16) -> String {
    format!("{size}x{size}.png")
}

fn draw(source: &str, into: &Path, sizes: impl IntoIterator<Item = u16>) -> Result<()> {
    let mut tauri = process::tauri();
    tauri
        .arg("icon")
        .arg(paths::icons().join(source))
        .arg("--output")
        .arg(into);
    for size in sizes {
        tauri.args(["--png", &size.to_string()]);
    }
    process::run(&mut tauri)
}

/// Tauri draws the `.icns` only as part of its whole set; the rest of that set is not wanted.
fn apple_icon(scratch: &Path) -> Result<()> {
    let whole_set = scratch.join("set");
    draw("logo.svg", &whole_set, [])?;
    std::fs::copy(
        whole_set.join("icon.icns"),
        paths::icons().join("icon.icns"),
    )
    .context("cannot copy icon.icns")?;
    Ok(())
}

/// An `.ico` of PNG images: a header, one 16-byte entry for each image, then the images
/// (the ICO format as Windows Vista and later read it).
fn windows_icon(images: &[(u16, Vec<u8>)]) -> Vec<u8> {
    const HEADER: usize = 6;
    const ENTRY: usize = 16;
    let count = images.len() as u16;
    let mut icon = Vec::new();
    for word in [0_u16, 1, count] {
        icon.extend(word.to_le_bytes());
    }
    let mut offset = HEADER + ENTRY * images.len();
    for (size, png) in images {
        // One byte holds the side; 256 is written as 0.
        let side = (size % 256) as u8;
        icon.extend([side, side, 0, 0]);
        icon.extend(1_u16.to_le_bytes());
        icon.extend(32_u16.to_le_bytes());
        icon.extend((png.len() as u32).to_le_bytes());
        icon.extend((offset as u32).to_le_bytes());
        offset += png.len();
    }
    for (_, png) in images {
        icon.extend(png);
    }
    icon
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_image_of_a_windows_icon_lies_where_its_entry_says() {
        let images = [(16, vec![1, 2, 3]), (256, vec![4, 5])];
        let icon = windows_icon(&images);
        for (index, (size, png)) in images.iter().enumerate() {
            let entry = &icon[6 + 16 * index..][..16];
            assert_eq!(u16::from(entry[0]), size % 256);
            let length = u32::from_le_bytes(entry[8..12].try_into().unwrap()) as usize;
            let offset = u32::from_le_bytes(entry[12..16].try_into().unwrap()) as usize;
            assert_eq!(&icon[offset..offset + length], png.as_slice());
        }
    }
}
