//! Which links reach the system's browser.

use crate::url_policy::external_link;

/// Schemes that start programs, read files, or speak to the local network. Collected from
/// handlers that operating systems and popular programs register.
const SCHEMES: [&str; 84] = [
    "about",
    "acrobat",
    "afp",
    "androidamap",
    "app",
    "apt",
    "asset",
    "bitcoin",
    "blob",
    "callto",
    "cdp",
    "chrome",
    "chrome-extension",
    "cid",
    "command",
    "content",
    "data",
    "dav",
    "davs",
    "devtools",
    "dns",
    "docker",
    "dict",
    "ed2k",
    "facetime",
    "feed",
    "file",
    "filesystem",
    "ftp",
    "ftps",
    "git",
    "gopher",
    "hcp",
    "help",
    "inkdrop",
    "intent",
    "ipc",
    "irc",
    "itms",
    "jar",
    "javascript",
    "jdbc",
    "ldap",
    "ldaps",
    "livescript",
    "magnet",
    "mailto-x",
    "market",
    "mhtml",
    "mid",
    "mk",
    "mocha",
    "ms-appinstaller",
    "ms-cxh",
    "ms-excel",
    "ms-msdt",
    "ms-officecmd",
    "ms-powerpoint",
    "ms-settings",
    "ms-word",
    "netdoc",
    "news",
    "nfs",
    "obsidian",
    "onenote",
    "opera",
    "res",
    "resource",
    "rtsp",
    "search-ms",
    "sheaf",
    "sheaf-file",
    "shell",
    "sip",
    "skype",
    "smb",
    "ssh",
    "steam",
    "tauri",
    "tel",
    "telnet",
    "vbscript",
    "view-source",
    "vscode",
];

/// Spellings of addresses that are refused whatever their scheme is.
const SPELLINGS: [&str; 95] = [
    "",
    " ",
    "https",
    "https:",
    "https:/",
    "https://",
    "https:///",
    "https:////e.org",
    "https:///e.org",
    "https:/e.org",
    "https:e.org",
    "https:\\\\e.org",
    "https:/\\e.org",
    "https:\\/e.org",
    "https://\\e.org",
    "https://e.org\\x",
    "https://e.org/a\\..\\b",
    "https://e.org\\@evil.example",
    "https://#",
    "https://?",
    "https://:80",
    "https://@e.org",
    "https://a@e.org",
    "https://a:b@e.org",
    "https://:b@e.org",
    "https://e.org@evil.example",
    "https://e.org%40evil.example@x.org",
    "https://e.org:99999",
    "https://e.org:x",
    "https://[::1",
    "https://[g::1]/",
    "https://a b/",
    "https://a<b/",
    "https://a\"b/",
    "https://a^b/",
    "https://a|b/",
    "https://a%00b/",
    "https://a%2Fb/",
    "https://%/",
    "https://-",
    "https://.",
    "https://..",
    "https://256.256.256.256/",
    "https://e.org/\u{0}",
    "https://e.org/\u{1}",
    "https://e.org/\u{7F}",
    "https://e.org/\u{85}",
    "https://e.org/a\nb",
    "https://e.org/a\rb",
    "https://e.org/a\tb",
    "ht\ntps://e.org",
    "ht\ttps://e.org",
    "https\n://e.org",
    "\u{0}https://e.org",
    "\u{1}https://e.org",
    "\u{1B}https://e.org",
    "\u{FEFF}https://e.org",
    "\u{200B}https://e.org",
    "\u{202E}https://e.org",
    "https://e.org/\u{202E}gpj.exe",
    "https://e\u{200B}.org",
    "https\u{FF1A}//e.org",
    "https:\u{2044}\u{2044}e.org",
    "ｈttps://e.org",
    "httpſ://e.org",
    "https%3A//e.org",
    "https&colon;//e.org",
    "%68ttps://e.org",
    "\"https://e.org\"",
    "<https://e.org>",
    "'https://e.org'",
    "(https://e.org)",
    "url:https://e.org",
    "URL=https://e.org",
    "-https://e.org",
    "--new-window https://e.org",
    "@https://e.org",
    "//e.org",
    "///e.org",
    "\\\\e.org\\share",
    "\\\\?\\C:\\x",
    "\\\\.\\pipe\\x",
    "//./C:/x",
    "/etc/passwd",
    "./x.desktop",
    "../x",
    "~/.ssh/id_rsa",
    "C:\\x.exe",
    "C:/x.exe",
    "c:x",
    "x.exe",
    "e.org",
    "www.e.org",
    "$(touch x)",
    "`touch x`",
];

/// Mail links that do more than fill in a text, or are no addresses.
const MAIL: [&str; 28] = [
    "mailto:",
    "mailto:?subject=x",
    "mailto:x",
    "mailto:@e.org",
    "mailto:x@",
    "mailto://x@e.org",
    "mailto:x@e.org,",
    "mailto:x@e.org,y",
    "mailto:-attach@e.org",
    "mailto:--attach=/etc/passwd@e.org",
    "mailto:x@e.org?attach=/etc/passwd",
    "mailto:x@e.org?attachment=/etc/passwd",
    "mailto:x@e.org?ATTACH=/etc/passwd",
    "mailto:x@e.org?subject=a&attach=/etc/passwd",
    "mailto:x@e.org?%61ttach=/etc/passwd",
    "mailto:x@e.org?insert=/etc/passwd",
    "mailto:x@e.org?from=y@e.org",
    "mailto:x@e.org?subject",
    "mailto:x@e.org?subject=a%0D%0ABcc:y@e.org",
    "mailto:x@e.org?subject=a%0aBcc:y@e.org",
    "mailto:x@e.org?cc=y@e.org%0a",
    "mailto:x\"@e.org",
    "mailto:x y@e.org",
    "mailto:<x@e.org>",
    "mailto:x@e.org\\",
    "mailto:x@e.org;calc.exe",
    "mailto:x@e.org|calc.exe",
    "mailto:x%0a@e.org",
];

#[test]
fn web_and_mail_links_are_opened_in_their_canonical_spelling() {
    for (link, expected) in [
        ("https://e.org", "https://e.org/"),
        ("  https://e.org/a  ", "https://e.org/a"),
        ("HTTPS://E.ORG/A", "https://e.org/A"),
        ("http://e.org:8080/a?b=c&d#e", "http://e.org:8080/a?b=c&d#e"),
        ("https://e.org/a b", "https://e.org/a%20b"),
        (
            "https://e.org/\"<>'`|x",
            "https://e.org/%22%3C%3E%27%60%7Cx",
        ),
        ("https://e.org/?q='`|", "https://e.org/?q=%27%60%7C"),
        (
            "https://bücher.example/ü",
            "https://xn--bcher-kva.example/%C3%BC",
        ),
        ("https://日本.example/", "https://xn--wgv71a.example/"),
        ("http://[::1]/x", "http://[::1]/x"),
        ("http://127.0.0.1/", "http://127.0.0.1/"),
        ("https://e.org/a/../b", "https://e.org/b"),
        ("mailto:a@e.org", "mailto:a@e.org"),
        ("MAILTO:a@e.org,b@e.org", "mailto:a@e.org,b@e.org"),
        (
            "mailto:a+b@e.org?subject=x%20y&body=a%0D%0Ab",
            "mailto:a+b@e.org?subject=x%20y&body=a%0D%0Ab",
        ),
        (
            "mailto:a@e.org?subject=it's",
            "mailto:a@e.org?subject=it%27s",
        ),
    ] {
        assert_eq!(external_link(link).as_deref(), Some(expected), "{link}");
    }
}

#[test]
fn nothing_else_is_opened() {
    for link in SPELLINGS.iter().chain(&MAIL) {
        assert_eq!(external_link(link), None, "{link:?}");
    }
}

#[test]
fn no_other_scheme_is_opened_however_it_is_spelt() {
    let spellings: [fn(&str) -> String; 9] = [
        |scheme| format!("{scheme}:x"),
        |scheme| format!("{scheme}://e.org/x"),
        |scheme| format!("{scheme}:///etc/passwd"),
        |scheme| format!("{}://e.org", scheme.to_uppercase()),
        |scheme| format!(" \t{scheme}://e.org"),
        |scheme| format!("{scheme}\n://e.org"),
        |scheme| format!("{scheme}:https://e.org"),
        |scheme| format!("{scheme}:\\\\e.org\\x"),
        |scheme| format!("{scheme}%3A//e.org"),
    ];
    for scheme in SCHEMES {
        for spelling in spellings {
            let link = spelling(scheme);
            assert_eq!(external_link(&link), None, "{link:?}");
        }
    }
}

#[test]
fn what_is_opened_is_opened_the_same_way_again() {
    for link in [
        "https://E.org/ü?'x",
        "http://e.org/%zz",
        "mailto:u@e.org?body=ü 'x'",
    ] {
        let once = external_link(link).unwrap();
        assert_eq!(external_link(&once), Some(once.clone()));
        assert!(
            once.bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"\"'`|\\<>^".contains(&byte))
        );
    }
}

#[test]
fn endless_links_are_not_opened() {
    assert_eq!(
        external_link(&format!("https://e.org/{}", "a".repeat(8192))),
        None
    );
    assert_eq!(
        external_link(&format!("https://e.org/{}", "ü".repeat(2000))),
        None
    );
}
