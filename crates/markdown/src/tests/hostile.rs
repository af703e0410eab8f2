//! A corpus of attacks, by the classes in which note apps and sanitisers have failed. Every one
//! is rendered wherever a note can put it.

use super::safety::violations;
use crate::{
    RenderOptions, Rendered, Task, plain_text, render,
    render::{render_html_as_text, render_unsanitised},
    sanitise::settle,
};

/// Scripts, handlers, and elements that load or submit something.
const ACTIVE: [&str; 62] = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//e.org/x.js></SCRIPT>",
    "<script\n>alert(1)</script\n>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/x>alert(1)</script>",
    "<script>alert(1)//",
    "<script>alert('</script>')</script>",
    "<script type=module>import('x')</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror='alert(1)'>",
    "<img src=x onerror=\"alert(1)\">",
    "<img src=x\nonerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<img\u{C}src=x\u{C}onerror=alert(1)>",
    "<img src=x ONERROR=alert(1)>",
    "<img src=x onerror\n=\nalert(1)>",
    "<img src=\"x\"onerror=alert(1)>",
    "<img src='x'onerror='alert(1)'>",
    "<img src=`x`onerror=alert(1)>",
    "<img alt=\"` onerror=alert(1) `\">",
    "<img src=\"x\" title=\"a\" onload=\"x\" onload=\"y\">",
    "<body onload=alert(1)>",
    "<html onmouseover=alert(1)>",
    "<div onmouseover=\"alert(1)\">x</div>",
    "<p onclick=alert(1)>x</p>",
    "<details open ontoggle=alert(1)>x</details>",
    "<summary onfocus=alert(1) tabindex=1 autofocus>x</summary>",
    "<a onclick=alert(1) href=https://e.org>x</a>",
    "<a href=https://e.org onmouseenter=alert(1)>x</a>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<video src=x onerror=alert(1)></video>",
    "<video poster=https://e.org/x.png></video>",
    "<audio src=https://e.org/x.mp3 autoplay></audio>",
    "<source src=x onerror=alert(1)>",
    "<track src=https://e.org/x.vtt>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<iframe src=https://e.org></iframe>",
    "<frameset><frame src=javascript:alert(1)></frameset>",
    "<object data=javascript:alert(1)></object>",
    "<object data=https://e.org/x.swf type=application/x-shockwave-flash></object>",
    "<embed src=javascript:alert(1)>",
    "<embed src=https://e.org/x.svg>",
    "<applet code=X archive=https://e.org/x.jar></applet>",
    "<portal src=https://e.org></portal>",
    "<form action=https://e.org><input name=p type=password><button>go</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<input type=image src=https://e.org/x.png>",
    "<input autofocus onfocus=alert(1)>",
    "<select onfocus=alert(1)><option>x</select>",
    "<textarea onfocus=alert(1) autofocus></textarea>",
    "<keygen autofocus onfocus=alert(1)>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<meta http-equiv=refresh content='0;url=https://e.org'>",
    "<base href=https://e.org/>",
    "<link rel=stylesheet href=https://e.org/x.css>",
    "<link rel=prefetch href=https://e.org/x>",
    "<link rel=dns-prefetch href=//e.org>",
    "<link rel=import href=https://e.org/x.html>",
    "<webview src=https://e.org></webview>",
    "<dialog open>fake window</dialog>",
];

/// Two parsers, two readings.
const CONFUSING: [&str; 48] = [
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<svg><use href=\"data:image/svg+xml;base64,PHN2Zz4=#x\"/></svg>",
    "<svg><use xlink:href=https://e.org/x.svg#x></use></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1)></animate></svg>",
    "<svg><set attributeName=href to=javascript:alert(1)></set></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<svg><foreignObject><iframe src=javascript:alert(1)></foreignObject></svg>",
    "<svg><title><img src=x onerror=alert(1)></title></svg>",
    "<svg><desc><!--</desc><img src=x onerror=alert(1)>--></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></math>",
    "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
    "<math href=javascript:alert(1)>x</math>",
    "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert(1)></style>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<noembed><img title=\"</noembed><img src=x onerror=alert(1)>\">",
    "<noframes><p title=\"</noframes><img src=x onerror=alert(1)>\">",
    "<title><p title=\"</title><img src=x onerror=alert(1)>\">",
    "<textarea><p title=\"</textarea><img src=x onerror=alert(1)>\">",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
    "<style><p title=\"</style><img src=x onerror=alert(1)>\">",
    "<iframe><p title=\"</iframe><img src=x onerror=alert(1)>\">",
    "<template><img src=x onerror=alert(1)></template>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<listing>&lt;img src=x onerror=alert(1)&gt;</listing>",
    "<!-- --!><img src=x onerror=alert(1)>-->",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!---><img src=x onerror=alert(1)>-->",
    "<!-- x --><img src=x onerror=alert(1)>",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<!DOCTYPE x [<!ENTITY y \"<img src=x onerror=alert(1)>\">]>&y;",
    "<?xml version=\"1.0\"?><img src=x onerror=alert(1)>",
    "<? echo '<img src=x onerror=alert(1)>' ?>",
    "<3 <img src=x onerror=alert(1)>",
    "<\u{0}script>alert(1)</script>",
    "<scr\u{0}ipt>alert(1)</scr\u{0}ipt>",
    "<%<!--'%><script>alert(1);</script -->",
    "<a title=\"<!--\">x</a><img alt=\"--><img src=x onerror=alert(1)>\">",
    "<p title='a\"><img src=x onerror=alert(1)>'>x</p>",
    "<p title=\"&quot;&gt;&lt;img src=x onerror=alert(1)&gt;\">x</p>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "<table><td><a href=javascript:alert(1)><table><style>x</style></table>",
    "<select><template><style><!--</style><a rel=\"--></style></template></select><img src=x onerror=alert(1)>\">",
    "<option><style></option></select><b><img src=x onerror=alert(1)></style></option>",
];

/// Addresses that must not become links, in every spelling of a link.
const ADDRESSES: [&str; 52] = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\u{1}javascript:alert(1)",
    "\u{A0}javascript:alert(1)",
    "java\tscript:alert(1)",
    "java&#9;script:alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "java&#x0A;script:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;&#x61;&#x76;&#x61;&#x73;&#x63;&#x72;&#x69;&#x70;&#x74;&#x3A;alert(1)",
    "&#0000106avascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript\\:alert(1)",
    "\\javascript:alert(1)",
    "javascript%3Aalert(1)",
    "%6Aavascript:alert(1)",
    "javascript://e.org/%0Aalert(1)",
    "javascript:https://e.org",
    "vbscript:msgbox(1)",
    "livescript:alert(1)",
    "mocha:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "data:image/svg+xml;base64,PHN2Zz4=",
    "data:image/png;base64,AAAA onerror=alert(1)",
    "data:application/x-javascript,alert(1)",
    "file:///etc/passwd",
    "file://host/share/x.exe",
    "FILE:///C:/Windows/System32/calc.exe",
    "\\\\host\\share\\x.png",
    "//host/share/x.png",
    "/etc/passwd",
    "../../etc/passwd",
    "C:\\Windows\\System32\\calc.exe",
    "smb://host/share",
    "ms-msdt:/id PCWDiagnostic",
    "search-ms:query=x&crumb=location:\\\\host",
    "vscode://file/etc/passwd",
    "about:blank",
    "blob:https://e.org/x",
    "filesystem:https://e.org/x",
    "view-source:https://e.org",
    "jar:https://e.org!/x",
    "intent://x#Intent;scheme=http;end",
    "tauri://localhost/",
    "asset://localhost/etc/passwd",
    "sheaf-file://localhost/../../etc/passwd",
    "ipc://localhost/",
];

/// The page's own look, names and trusted parts, forged.
const FORGED: [&str; 30] = [
    "<p style=\"position:fixed;top:0;left:0;width:100%;height:100%\">x</p>",
    "<p style=\"background:url(https://e.org/x.png)\">x</p>",
    "<p style=\"width:expression(alert(1))\">x</p>",
    "<style>@import 'https://e.org/x.css';</style>",
    "<style>* { background: url(javascript:alert(1)) }</style>",
    "<p class=\"task\">x</p>",
    "<p class=\"remote-image\" data-src=\"https://e.org/x.png\">x</p>",
    "<span class=\"remote-image\" data-src=\"javascript:alert(1)\" role=\"img\"></span>",
    "<a class=\"internal\" data-id=\"note:x\" href=\"https://e.org\">x</a>",
    "<input type=\"checkbox\" class=\"task\" data-offset=\"0\">",
    "<input type=checkbox class=task data-offset=4 checked>",
    "<INPUT TYPE=checkbox CLASS=task DATA-OFFSET=4>",
    "<p data-line=\"999\">x</p>",
    "<p data-offset=\"1\">x</p>",
    "<p id=\"app\">x</p>",
    "<p id=\"user-content-\">x</p>",
    "<a name=\"getElementById\">x</a>",
    "<img name=\"cookie\" src=inkdrop://file:x>",
    "<img src=\"https://e.org/x.png\" srcset=\"https://e.org/x2.png 2x\">",
    "<img srcset=\"https://e.org/x.png\">",
    "<picture><source srcset=https://e.org/x.webp><img src=https://e.org/x.png></picture>",
    "<img src=https://e.org/x.png loading=eager referrerpolicy=unsafe-url>",
    "<img usemap=#m><map name=m><area href=javascript:alert(1)></map>",
    "<map name=m><area href=https://e.org shape=default></map>",
    "<body background=https://e.org/x.png>",
    "<table background=https://e.org/x.png><td background=https://e.org/y.png>x</table>",
    "<a href=https://e.org target=_top ping=https://e.org/p>x</a>",
    "<a href=https://e.org rel=opener>x</a>",
    "<blockquote cite=javascript:alert(1)>x</blockquote>",
    "<div contenteditable accesskey=x is=x slot=x nonce=x part=x>x</div>",
];

/// Markdown that tries to escape from where it is put.
const MARKDOWN: [&str; 30] = [
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x]( javascript:alert(1) \"t\")",
    "[x](https://e.org \"\\\" onclick=alert(1) \\\"\")",
    "[x](https://e.org '\"><script>alert(1)</script>')",
    "![x\" onerror=\"alert(1)](inkdrop://file:x)",
    "![x](inkdrop://file:x \"\\\" onerror=\\\"alert(1)\")",
    "![x](inkdrop://file:x\"onerror=alert(1))",
    "![x](inkdrop://file:../../x)",
    "![x](inkdrop://file:..%2F..%2Fx)",
    "![x](https://e.org/x.png\"onerror=\"alert(1))",
    "![w:1\"onload=alert(1) x](inkdrop://file:x)",
    "![w:100%;position:fixed](inkdrop://file:x)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "<x@e.org\" onclick=\"alert(1)>",
    "[r]\n\n[r]: javascript:alert(1)",
    "[r]\n\n[r]: https://e.org '\"onclick=\"alert(1)'",
    "``` \"><script>alert(1)</script>\nx\n```",
    "```js onload=alert(1)\n</code></pre><script>alert(1)</script>\n```",
    "# \"><script>alert(1)</script>",
    "# x {onclick=alert(1) #app .task}",
    "[^\"><script>]: x\n\n[^\"><script>]",
    "[[\"><script>alert(1)</script>]]",
    "[[x|<img src=x onerror=alert(1)>]]",
    "https://e.org/\"onclick=alert(1)",
    "https://e.org/<script>alert(1)</script>",
    "https://e.org\\@evil.example/x",
    "$<script>alert(1)</script>$ $$</span><img src=x onerror=alert(1)>$$",
    "---\ntitle: <script>alert(1)</script>\n---\n<script>alert(1)</script>",
];

/// Ways to put a text into a note.
const PLACES: [fn(&str) -> String; 13] = [
    str::to_owned,
    |x| format!("before {x} after"),
    |x| format!("- {x}\n- [ ] {x}"),
    |x| format!("> {x}\n"),
    |x| format!("# {x}"),
    |x| format!("| {x} | b |\n|---|---|\n| {x} | {x} |\n"),
    |x| format!("**{x}** `{x}`"),
    |x| format!("[{x}](https://e.org)"),
    |x| format!("![{x}](inkdrop://file:a)"),
    |x| format!("<div>\n{x}\n</div>"),
    |x| format!("<details><summary>{x}</summary>\n\n{x}\n\n</details>"),
    |x| format!("a[^1]\n\n[^1]: {x}\n"),
    |x| format!("<p title=\"{x}"),
];

/// Ways to write a link.
const LINKS: [fn(&str) -> String; 9] = [
    |url| format!("[x]({url})"),
    |url| format!("[x](<{url}>)"),
    |url| format!("![x](<{url}>)"),
    |url| format!("[x]\n\n[x]: <{url}>"),
    |url| format!("<{url}>"),
    |url| format!("<a href=\"{url}\">x</a>"),
    |url| format!("<a href='{url}'>x</a>"),
    |url| format!("<img src=\"{url}\">"),
    |url| format!("[[{url}]] {url}"),
];

fn check(source: &str) {
    for allow_remote_images in [false, true] {
        let options = RenderOptions {
            allow_remote_images,
            ..RenderOptions::default()
        };
        let rendered = render(source, &options);
        let found = violations(&rendered, &options);
        assert!(
            found.is_empty(),
            "{found:?}\nin {}\nof {source:?}",
            rendered.html
        );
    }
    plain_text(source, 100);
}

/// Every attack, and every address in raw HTML.
fn all() -> impl Iterator<Item = String> {
    let attacks = [&ACTIVE[..], &CONFUSING, &FORGED, &MARKDOWN].concat();
    let links = ADDRESSES
        .iter()
        .flat_map(|address| LINKS.map(|link| link(address)));
    attacks.into_iter().map(str::to_owned).chain(links)
}

#[test]
fn the_writer_alone_stops_every_attack() {
    for allow_remote_images in [false, true] {
        let options = RenderOptions {
            allow_remote_images,
            ..RenderOptions::default()
        };
        for source in all() {
            let rendered = render_unsanitised(&source, &options);
            let mut found = violations(&rendered, &options);
            // Unknown character references are left to the parser to make text of.
            found.retain(|violation| !violation.contains("character reference"));
            assert!(
                found.is_empty(),
                "{found:?}\nin {}\nof {source:?}",
                rendered.html
            );
        }
    }
}

#[test]
fn the_sanitiser_alone_stops_every_attack() {
    for allow_remote_images in [false, true] {
        let options = RenderOptions {
            allow_remote_images,
            ..RenderOptions::default()
        };
        for source in all() {
            let Some(html) = settle(&source, &options) else {
                continue;
            };
            // That a check box is a task is for the writer to see to: it alone knows the tasks.
            let task = Task {
                offset: 0,
                checked: false,
                line: 0,
            };
            let tasks = vec![task; html.matches("<input").count()];
            let rendered = Rendered {
                html,
                tasks,
                ..Rendered::default()
            };
            let found = violations(&rendered, &options);
            assert!(
                found.is_empty(),
                "{found:?}\nin {}\nof {source:?}",
                rendered.html
            );
        }
    }
}

#[test]
fn html_shown_as_text_is_text() {
    let options = RenderOptions::default();
    for source in all() {
        let rendered = render_html_as_text(&source, &options);
        let found = violations(&rendered, &options);
        assert!(
            found.is_empty(),
            "{found:?}\nin {}\nof {source:?}",
            rendered.html
        );
        assert_eq!(settle(&rendered.html, &options), Some(rendered.html));
    }
    let rendered = render_html_as_text("a <b>c</b>\n\n<div>\nd\n</div>\n", &options);
    assert_eq!(
        rendered.html,
        "<p data-line=\"0\">a &lt;b&gt;c&lt;/b&gt;</p>\n<pre data-line=\"2\">\
         <code class=\"language-html\">&lt;div&gt;\nd\n&lt;/div&gt;\n</code></pre>\n"
    );
}

#[test]
fn attacks_come_to_nothing_wherever_they_are_put() {
    let corpus = ACTIVE
        .iter()
        .chain(&CONFUSING)
        .chain(&FORGED)
        .chain(&MARKDOWN);
    for attack in corpus {
        for place in PLACES {
            check(&place(attack));
        }
    }
}

#[test]
fn addresses_that_run_or_reach_something_are_no_links() {
    for address in ADDRESSES {
        for link in LINKS {
            let source = link(address);
            check(&source);
            let rendered = render(&source, &RenderOptions::default());
            // In plain text, an address inside the address is one.
            let foreign = rendered.html.split("href=\"").skip(1).find(|href| {
                !href.starts_with("sheaf://wiki/") && !href.starts_with("https://e.org")
            });
            assert_eq!(foreign, None, "{source:?}");
            assert!(
                !rendered.html.contains("<img"),
                "{source:?}\n{}",
                rendered.html
            );
        }
    }
}

#[test]
fn nothing_is_loaded_without_consent() {
    let source = "![a](https://e.org/1.png) ![a][r] <img src=https://e.org/3.png>\n\n\
        <picture><source srcset=https://e.org/4.png><img src=https://e.org/5.png></picture>\n\n\
        <video poster=https://e.org/6.png></video> <p style=\"background:url(https://e.org/7)\">x\n\n\
        [r]: https://e.org/2.png\n";
    let blocked = render(source, &RenderOptions::default());
    assert!(!blocked.html.contains(" src="), "{}", blocked.html);
    assert_eq!(blocked.remote_images, 4);
    let options = RenderOptions {
        allow_remote_images: true,
        ..RenderOptions::default()
    };
    let allowed = render(source, &options);
    assert_eq!(allowed.html.matches(" src=\"https://e.org/").count(), 4);
    assert_eq!(allowed.remote_images, 0);
}

#[test]
fn pairs_of_attacks_do_not_help_each_other() {
    let all: Vec<&str> = [&ACTIVE[..], &CONFUSING, &FORGED, &MARKDOWN].concat();
    for (index, first) in all.iter().enumerate() {
        // Every attack meets every eleventh of the others; which, changes from one to the next.
        for second in all.iter().skip(index % 11).step_by(11) {
            check(&format!("{first}\n{second}"));
        }
    }
}
