//! Where the window may go: nowhere but its own pages.
//!
//! A note is hostile text. Should the sanitiser and the content security policy both let a link through, this
//! guard still keeps a foreign page out of the window that may call our commands.

use tauri::Url;

/// Whether the web view may load this address as a page.
///
/// There is one page. Tauri answers names it does not know with that page too, so a link to any of them would throw
/// away what the window shows.
pub(crate) fn is_own_page(url: &Url) -> bool {
    let origin = (url.scheme(), url.host_str(), url.port());
    let ours = matches!(
        origin,
        ("tauri", Some("localhost"), None) | ("http" | "https", Some("tauri.localhost"), None)
    ) || (cfg!(dev) && origin == ("http", Some("localhost"), Some(1420)));
    ours && matches!(url.path(), "" | "/" | "/index.html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_are_allowed() {
        for (address, allowed) in [
            ("tauri://localhost/", true),
            ("tauri://localhost", true),
            ("tauri://localhost/index.html?window=note&note=a", true),
            ("tauri://localhost/java%01script:alert(1)", false),
            ("tauri://localhost/etc/passwd", false),
            ("http://tauri.localhost/", true),
            ("https://tauri.localhost/index.html", true),
            ("tauri://evil.example/", false),
            ("http://tauri.localhost.evil.example/", false),
            ("http://tauri.localhost:8080/", false),
            ("https://example.org/", false),
            ("file:///etc/passwd", false),
            ("data:text/html,<script>1</script>", false),
            ("javascript:alert(1)", false),
            ("about:blank", false),
            ("sheaf-file://localhost/file:1", false),
            (
                "sheaf-picture://localhost/k/https%3A%2F%2Fexample.org",
                false,
            ),
        ] {
            assert_eq!(
                is_own_page(&Url::parse(address).unwrap()),
                allowed,
                "{address}"
            );
        }
    }
}
