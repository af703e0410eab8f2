//! Any mixture of Markdown and HTML, however broken.

use proptest::prelude::*;

use super::safety::violations;
use crate::{
    RenderOptions, count_tasks, plain_text, render, sanitise::settle, title_from, word_count,
};

/// Pieces that parsers disagree about, glued together in any order.
const PIECES: [&str; 96] = [
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "-->",
    "--!>",
    "<!",
    "<?",
    "]]>",
    "<![CDATA[",
    "\"",
    "'",
    "`",
    "=",
    " ",
    "\n",
    "\n\n",
    "\t",
    "\u{C}",
    "\0",
    "\r",
    "&",
    "&lt;",
    "&#60;",
    "&quot;",
    "&#x22",
    "&colon;",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<svg>",
    "</svg>",
    "<math>",
    "<mtext>",
    "<title>",
    "<textarea>",
    "<noscript>",
    "<template>",
    "<iframe src=",
    "<img src=x onerror=alert(1)>",
    "<img src=\"",
    "<a href=\"",
    "javascript:",
    "data:text/html,",
    "https://e.org/",
    "inkdrop://file:",
    "onclick=alert(1)",
    "style=x",
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<caption>",
    "<col>",
    "<li>",
    "<ul>",
    "</ul>",
    "<h1>",
    "<pre>",
    "<details>",
    "<summary>",
    "<ruby>",
    "<rt>",
    "<br>",
    "<input type=checkbox class=task>",
    "<form>",
    "<a>",
    "</a>",
    "*",
    "**",
    "_",
    "~~",
    "[",
    "](",
    ")",
    "![",
    "]: ",
    "# ",
    "> ",
    "- ",
    "- [ ] ",
    "1. ",
    "|",
    "|-|\n",
    "[^1]",
    "word",
];

fn mixture() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        9 => proptest::sample::select(&PIECES[..]).prop_map(str::to_owned),
        1 => "\\PC{1,4}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_note_renders_to_anything_unsafe(source in mixture(), remote: bool) {
        let options = RenderOptions { allow_remote_images: remote, ..RenderOptions::default() };
        let rendered = render(&source, &options);
        prop_assert_eq!(violations(&rendered, &options), Vec::<String>::new());
        let lower = rendered.html.to_lowercase();
        prop_assert!(!lower.contains("<script"));
        // Nothing that the sanitiser would still change.
        let settled = settle(&rendered.html, &options);
        prop_assert_eq!(settled.as_deref(), Some(rendered.html.as_str()));
    }

    #[test]
    fn counting_agrees_with_rendering(source in mixture()) {
        let tasks = render(&source, &RenderOptions::default()).tasks;
        let checked = tasks.iter().filter(|task| task.checked).count();
        prop_assert_eq!(count_tasks(&source), (tasks.len() as u32, checked as u32));
        let units: Vec<u16> = source.encode_utf16().collect();
        for task in tasks {
            prop_assert_eq!(units[task.offset], u16::from(b'['));
            prop_assert_eq!(units[task.offset + 2], u16::from(b']'));
        }
    }

    #[test]
    fn excerpts_are_short_single_lines(source in mixture(), max in 0usize..60) {
        let excerpt = plain_text(&source, max);
        prop_assert!(excerpt.chars().count() <= max);
        prop_assert!(!excerpt.contains(char::is_control));
        prop_assert!(!excerpt.contains("  "));
        prop_assert_eq!(excerpt.trim(), excerpt.as_str());
        word_count(&source);
        title_from(&source);
    }
}
