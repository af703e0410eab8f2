//! What bytes are, by their own beginning. What somebody claimed only counts where it cannot make
//! the bytes run as something else.

const BINARY: &str = "application/octet-stream";

/// The type of `bytes`, which somebody called `claimed`.
pub(crate) fn of(bytes: &[u8], claimed: &str) -> String {
    if let Some(found) = sniff(bytes) {
        return found.to_owned();
    }
    let claimed = claimed
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if is_harmless(&claimed) {
        claimed
    } else {
        BINARY.to_owned()
    }
}

fn sniff(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 7] = [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"%PDF-", "application/pdf"),
        (b"OggS", "application/ogg"),
        (b"ID3", "audio/mpeg"),
    ];
    if let Some((_, found)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(found);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some("image/webp");
    }
    if bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]) {
        return Some("image/bmp");
    }
    iso_media(bytes).or_else(|| is_svg(bytes).then_some("image/svg+xml"))
}

/// HEIC, HEIF, AVIF and MP4 share a container; the brand says which.
fn iso_media(bytes: &[u8]) -> Option<&'static str> {
    if bytes.get(4..8)? != b"ftyp" {
        return None;
    }
    match bytes.get(8..12)? {
        b"avif" | b"avis" => Some("image/avif"),
        b"heic" | b"heix" | b"hevc" | b"hevx" => Some("image/heic"),
        b"mif1" | b"msf1" | b"heim" | b"heis" => Some("image/heif"),
        _ => Some("video/mp4"),
    }
}

fn is_svg(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let head = head.trim_start_matches('\u{feff}').trim_start();
    head.starts_with("<svg") || (head.starts_with("<?xml") && head.contains("<svg"))
}

/// A claim without evidence may name neither a picture (it would be shown) nor anything a browser
/// runs.
fn is_harmless(claimed: &str) -> bool {
    let Some((kind, name)) = claimed.split_once('/') else {
        return false;
    };
    let is_token = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b))
    };
    let runs = ["html", "xml", "javascript", "ecmascript"]
        .iter()
        .any(|part| name.contains(part));
    is_token(kind) && is_token(name) && kind != "image" && !runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_decide_and_not_the_claim() {
        assert_eq!(of(b"\x89PNG\r\n\x1a\nrest", "text/html"), "image/png");
        assert_eq!(of(b"RIFF....WEBPVP8 ", ""), "image/webp");
        assert_eq!(of(b"\0\0\0\x18ftypheic", "image/png"), "image/heic");
        assert_eq!(
            of(b"<?xml version='1.0'?>\n<svg xmlns=''/>", "text/plain"),
            "image/svg+xml"
        );
    }

    #[test]
    fn a_claim_without_evidence_never_makes_a_picture_or_a_page() {
        for claimed in [
            "image/png",
            "text/html",
            "application/xhtml+xml",
            "x",
            "a/b c",
            "text/javascript",
        ] {
            assert_eq!(of(b"plain words", claimed), BINARY, "{claimed}");
        }
        assert_eq!(
            of(b"plain words", "Text/Plain; charset=utf-8"),
            "text/plain"
        );
    }
}
