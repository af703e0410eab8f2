//! The two layers: what the writer made of the events, and what an HTML parser makes of that.

use super::rendered;
use crate::{RenderOptions, sanitise::settle};

/// Notes without a line of HTML.
const PLAIN: [&str; 24] = [
    "# A *heading*\n\nText with `code`, **bold**, ~~gone~~ and $x^2$.\n\n$$\ny\n$$\n",
    "- [ ] a\n- [x] b\n  - c\n\n1. one\n\n   two\n\n7) seven\n",
    "| a | b |\n|:--|--:|\n| 1 | 2 |\n| `x|y` | |\n",
    "| only | head |\n|---|---|\n",
    "> quote\n> > nested\n\n> [!WARNING]\n> careful\n",
    "```C++ x=1\na < b && c\n```\n\n    indented\n",
    "[a](https://e.org/?a=1&b=2 \"ti\\\"tle\") <https://e.org/x> <a@e.org> [b][r]\n\n[r]: sheaf://note/x\n",
    "![w:30 alt \"q\"](inkdrop://file:a 't') ![r](https://e.org/a.png) ![](x)\n",
    "A[^1] and[^n] again[^1].\n\n[^1]: One.\n\n    More.\n\n[^n]: Two.\n\n[^unused]: Three.\n",
    "[[Wiki]] [[A|b]] https://e.org/a_(b). www.e.org!\n",
    "line\\\nbreak  \nbreak\n\n***\n",
    "non\u{A0}breaking \u{1F600} \u{FEFF} \u{202E}rtl\n",
    "&lt;script&gt; &amp;amp; &quot; &#0; &#13; &nbsp; &notanentity;\n",
    "a < b > c & d \"e\" 'f'\n",
    "[x](javascript:alert(1)) [y](#frag) [z](mailto:a@e.org?subject=x)\n",
    "#\n\n##  \n\n# #\n\n# dup\n\n# dup\n",
    "* a\n\n  b\n* > c\n* ```\n  d\n  ```\n* | x |\n  |---|\n  | y |\n",
    "tab\tand \u{C} form feed and \u{1} control and \u{7F}\n",
    "Term\n: not a definition list\n",
    "---\ntitle: x\n---\nbody\n",
    "[![image in link](inkdrop://file:a)](https://e.org)\n",
    "![a ![b](c) [d](e) *f*](inkdrop://file:a)\n",
    "**[link *in* bold](https://e.org)**\n",
    "",
];

#[test]
fn markdown_alone_needs_no_sanitiser() {
    let options = RenderOptions::default();
    for source in PLAIN {
        let html = rendered(source).html;
        assert_eq!(
            settle(&html, &options).as_deref(),
            Some(html.as_str()),
            "{source:?}"
        );
    }
}

#[test]
fn one_raw_tag_changes_nothing_else() {
    for source in PLAIN {
        let plain = rendered(source).html;
        let mixed = rendered(&format!("{source}\n\n<hr>\n")).html;
        let (before, tag) = mixed.rsplit_once("<hr data-line=\"").unwrap();
        let (_, after) = tag.split_once('>').unwrap();
        let without = format!("{before}{after}");
        assert_eq!(without.replace('\n', ""), plain.replace('\n', ""));
    }
}

#[test]
fn allowed_html_settles_in_the_form_it_was_written_in() {
    let options = RenderOptions::default();
    for source in [
        "<details open><summary>S</summary>\n\n*md*\n\n</details>\n",
        "<div align=center>\n\n# H\n\n</div>\n",
        "<table>\n<tr><td>a<td>b\n<tr><th colspan=2>c\n</table>\n",
        "<table><caption>c</caption><colgroup><col><col span=2></colgroup><thead><tr><th>h</table>\n",
        "<ul><li>a<li>b<ul><li>c</ul></ul>\n\n<dl><dt>t<dd>d<dt>u</dl>\n",
        "text <b>b <i>bi</b> i</i> <kbd>k</kbd> <br> <img src=inkdrop://file:a width=20>\n",
        "<p>one<p>two <b>bold\n\n## heading\n",
        "<pre>\n\n  keep\n</pre>\n",
        "<ruby>漢<rp>(<rt>kan<rp>)</ruby>\n",
        "- <b>open\n- next\n\n> <div>\n> in\n\nout\n",
        "<a href=https://e.org>x <a href=https://e.org/2>y</a> [z](https://e.org/3)\n",
    ] {
        let html = rendered(source).html;
        assert_eq!(
            settle(&html, &options).as_deref(),
            Some(html.as_str()),
            "{source:?}"
        );
        assert!(!html.contains("language-html"), "shown as text: {source:?}");
    }
}
