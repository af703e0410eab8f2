//! A corpus of attacks, by the classes in which note apps and sanitisers have failed. Every one
//! is rendered wherever a note can put it.

use serde::Deserialize;

use super::safety::violations;
use crate::{
    RenderOptions, Rendered, Task, plain_text, render,
    render::{render_html_as_text, render_unsanitised},
    sanitise::settle,
};

/// The attacks. The window's own tests put them wherever the window shows words.
#[derive(Deserialize)]
struct Corpus {
    /// Scripts, handlers, and elements that load or submit something.
    active: Vec<String>,
    /// Two parsers, two readings: the published ways past sanitisers.
    confusing: Vec<String>,
    /// Addresses that must not become links, in every spelling of a link.
    addresses: Vec<String>,
    /// The page's own look, names and trusted parts, forged.
    forged: Vec<String>,
    /// Markdown that tries to escape from where it is put.
    markdown: Vec<String>,
}

fn corpus() -> Corpus {
    serde_json::from_str(include_str!("hostile.json")).expect("the corpus is JSON")
}

impl Corpus {
    fn attacks(&self) -> impl Iterator<Item = &str> {
        [&self.active, &self.confusing, &self.forged, &self.markdown]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

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
fn all() -> Vec<String> {
    let corpus = corpus();
    let links = corpus
        .addresses
        .iter()
        .flat_map(|address| LINKS.map(|link| link(address)));
    corpus.attacks().map(str::to_owned).chain(links).collect()
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
    for attack in corpus().attacks() {
        for place in PLACES {
            check(&place(attack));
        }
    }
}

#[test]
fn addresses_that_run_or_reach_something_are_no_links() {
    for address in corpus().addresses {
        for link in LINKS {
            let source = link(&address);
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
    let corpus = corpus();
    let all: Vec<&str> = corpus.attacks().collect();
    for (index, first) in all.iter().enumerate() {
        // Every attack meets every eleventh of the others; which, changes from one to the next.
        for second in all.iter().skip(index % 11).step_by(11) {
            check(&format!("{first}\n{second}"));
        }
    }
}
