//! What Markdown becomes.

use super::{html, rendered};
use crate::{FrontMatter, Heading, Link, LinkTarget, RenderOptions, Task, render};

const REL: &str = "rel=\"noreferrer noopener\"";

#[test]
fn blocks_carry_their_line() {
    for (source, expected) in [
        ("text", "<p data-line=\"0\">text</p>\n"),
        ("\n\ntext", "<p data-line=\"2\">text</p>\n"),
        (
            "a\n***\nb",
            "<p data-line=\"0\">a</p>\n<hr data-line=\"1\">\n<p data-line=\"2\">b</p>\n",
        ),
        (
            "> a\n>\n> b",
            "<blockquote data-line=\"0\">\n<p data-line=\"0\">a</p>\n<p data-line=\"2\">b</p>\n</blockquote>\n",
        ),
        (
            "- a\n- b",
            "<ul data-line=\"0\">\n<li data-line=\"0\">a</li>\n<li data-line=\"1\">b</li>\n</ul>\n",
        ),
        (
            "3. a",
            "<ol data-line=\"0\" start=\"3\">\n<li data-line=\"0\">a</li>\n</ol>\n",
        ),
        (
            "1. a",
            "<ol data-line=\"0\">\n<li data-line=\"0\">a</li>\n</ol>\n",
        ),
        ("    code", "<pre data-line=\"0\"><code>code</code></pre>\n"),
        (
            "a\r\n\r\nb",
            "<p data-line=\"0\">a</p>\n<p data-line=\"2\">b</p>\n",
        ),
        (
            "---\nx: y\n---\n\n# T",
            "<h1 data-line=\"4\" id=\"user-content-t\">T</h1>\n",
        ),
    ] {
        assert_eq!(html(source), expected, "{source:?}");
    }
}

#[test]
fn inline_elements_are_written() {
    for (source, expected) in [
        (
            "*a* **b** ~~c~~ `d<`",
            "<em>a</em> <strong>b</strong> <del>c</del> <code>d&lt;</code>",
        ),
        ("a\\\nb", "a<br>\nb"),
        ("a\nb", "a\nb"),
        ("1 < 2 & \"3\"", "1 &lt; 2 &amp; \"3\""),
        ("$x<y$", "<span class=\"math math-inline\">x&lt;y</span>"),
        ("$$x$$", "<span class=\"math math-display\">x</span>"),
        ("costs $5 and $6", "costs $5 and $6"),
        ("snake_case_name", "snake_case_name"),
    ] {
        assert_eq!(
            html(source),
            format!("<p data-line=\"0\">{expected}</p>\n"),
            "{source:?}"
        );
    }
}

#[test]
fn tables_are_aligned_by_attribute() {
    assert_eq!(
        html("| a | b | c |\n|:--|--:|:-:|\n| 1 | 2 | 3 |\n"),
        "<table data-line=\"0\"><thead><tr data-line=\"0\"><th align=\"left\">a</th>\
         <th align=\"right\">b</th><th align=\"center\">c</th></tr></thead>\n\
         <tbody><tr data-line=\"2\"><td align=\"left\">1</td><td align=\"right\">2</td>\
         <td align=\"center\">3</td></tr>\n</tbody></table>\n"
    );
    assert!(html("| a |\n|---|\n").ends_with("</thead>\n</table>\n"));
}

#[test]
fn alerts_are_callouts() {
    for (kind, class) in [
        ("NOTE", "note"),
        ("TIP", "tip"),
        ("IMPORTANT", "important"),
        ("WARNING", "warning"),
        ("caution", "caution"),
    ] {
        assert_eq!(
            html(&format!("> [!{kind}]\n> text\n")),
            format!(
                "<div class=\"callout callout-{class}\" data-line=\"0\" role=\"note\">\n\
                 <p data-line=\"1\">text</p>\n</div>\n"
            )
        );
    }
}

#[test]
fn code_names_its_language_safely() {
    for (info, expected) in [
        ("rust", " class=\"language-rust\""),
        ("Rust,no_run", " class=\"language-rust\""),
        ("js {1,3}", " class=\"language-js\""),
        ("C++", " class=\"language-c++\""),
        ("c#", " class=\"language-c#\""),
        ("\"onclick=x", " class=\"language-onclickx\""),
        ("", ""),
        ("\"\"", ""),
    ] {
        let expected = format!("<pre data-line=\"0\"><code{expected}>x\n</code></pre>\n");
        assert_eq!(html(&format!("```{info}\nx\n```")), expected, "{info}");
    }
}

#[test]
fn links_say_what_they_are() {
    for (source, expected) in [
        (
            "[a](https://e.org/)",
            "<a class=\"external\" href=\"https://e.org/\" REL>a</a>",
        ),
        (
            "[a](https://e.org/ \"t\")",
            "<a class=\"external\" href=\"https://e.org/\" title=\"t\" REL>a</a>",
        ),
        (
            "https://e.org/x.",
            "<a class=\"external\" href=\"https://e.org/x\" REL>https://e.org/x</a>.",
        ),
        (
            "www.e.org",
            "<a class=\"external\" href=\"http://www.e.org/\" REL>www.e.org</a>",
        ),
        (
            "<a@e.org>",
            "<a class=\"external\" href=\"mailto:a@e.org\" REL>a@e.org</a>",
        ),
        (
            "[a](inkdrop://note/x)",
            "<a class=\"internal\" href=\"sheaf://note/x\" data-id=\"note:x\" REL>a</a>",
        ),
        (
            "[a](#b)",
            "<a class=\"fragment\" href=\"#user-content-b\" REL>a</a>",
        ),
        (
            "[[A b]]",
            "<a class=\"wiki\" href=\"sheaf://wiki/A%20b\" data-title=\"A b\" REL>A b</a>",
        ),
        (
            "[[A|b]]",
            "<a class=\"wiki\" href=\"sheaf://wiki/A\" data-title=\"A\" REL>b</a>",
        ),
        (
            "[[1]](https://e.org/)",
            "<a class=\"external\" href=\"https://e.org/\" REL>[1]</a>",
        ),
        ("[a](x.md)", "<a class=\"blocked\" REL>a</a>"),
        (
            "[https://e.org](x.md)",
            "<a class=\"blocked\" REL>https://e.org</a>",
        ),
        (
            "`https://e.org` `[[a]]`",
            "<code>https://e.org</code> <code>[[a]]</code>",
        ),
    ] {
        let expected = format!("<p data-line=\"0\">{}</p>\n", expected.replace("REL", REL));
        assert_eq!(html(source), expected, "{source}");
    }
}

#[test]
fn pictures_come_from_attachments_or_wait() {
    for (source, expected) in [
        (
            "![cat](inkdrop://file:a)",
            "<img class=\"attachment\" src=\"sheaf-file://localhost/file%3Aa\" alt=\"cat\" LAZY>",
        ),
        (
            "![w:30 cat h:50%](sheaf://sheaf-file:a 't')",
            "<img class=\"attachment\" src=\"sheaf-file://localhost/sheaf-file%3Aa\" alt=\"cat\" \
             title=\"t\" width=\"30\" height=\"50%\" LAZY>",
        ),
        (
            "![a *cat*](https://e.org/c.png)",
            "<span class=\"remote-image\" data-src=\"https://e.org/c.png\" role=\"img\" aria-label=\"a cat\"></span>",
        ),
        (
            "![cat](cat.png)",
            "<span class=\"missing-image\" role=\"img\" aria-label=\"cat\">cat</span>",
        ),
        (
            "![x](data:image/png;base64,AA==)",
            "<img src=\"data:image/png;base64,AA==\" alt=\"x\" LAZY>",
        ),
    ] {
        let expected = expected.replace("LAZY", "loading=\"lazy\" decoding=\"async\"");
        assert_eq!(
            html(source),
            format!("<p data-line=\"0\">{expected}</p>\n"),
            "{source}"
        );
    }
}

#[test]
fn the_caller_says_where_attachments_are() {
    let options = RenderOptions {
        attachment_base: "http://sheaf-file.localhost/".to_owned(),
        allow_remote_images: true,
    };
    for source in ["![a](inkdrop://file:x)", "<img src=inkdrop://file:x>"] {
        let html = render(source, &options).html;
        assert!(
            html.contains("src=\"http://sheaf-file.localhost/file%3Ax\""),
            "{html}"
        );
    }
}

#[test]
fn tasks_can_be_found_in_the_editor() {
    let rendered = rendered("😀\n\n- [ ] one\n- [x] two\n\n  more\n-    [X] three\n");
    let tasks = [
        Task {
            offset: 6,
            checked: false,
            line: 2,
        },
        Task {
            offset: 16,
            checked: true,
            line: 3,
        },
        Task {
            offset: 37,
            checked: true,
            line: 6,
        },
    ];
    assert_eq!(rendered.tasks, tasks);
    assert!(rendered.html.contains(
        "<li data-line=\"3\" class=\"task-item\"><p data-line=\"3\">\
         <input type=\"checkbox\" class=\"task\" data-offset=\"16\" checked=\"\"> two</p>"
    ));
}

#[test]
fn the_outline_has_every_heading() {
    let rendered = rendered("# A *b* `c`\n\nD\n---\n\n# A b c\n\n> ### &amp; deep\n");
    let heading = |level, text: &str, id: &str, line| Heading {
        level,
        text: text.to_owned(),
        id: format!("user-content-{id}"),
        line,
    };
    assert_eq!(
        rendered.outline,
        [
            heading(1, "A b c", "a-b-c", 0),
            heading(2, "D", "d", 2),
            heading(1, "A b c", "a-b-c-1", 5),
            heading(3, "& deep", "-deep", 7),
        ]
    );
}

#[test]
fn links_are_collected_with_their_lines() {
    let source =
        "[a](sheaf://note/x) [[W]]\n![p](inkdrop://file:f)\n\n[b](#h) https://e.org [c](x.md)\n";
    let link = |target, line, is_image| Link {
        target,
        line,
        is_image,
    };
    assert_eq!(
        rendered(source).links,
        [
            link(LinkTarget::Document("note:x".into()), 0, false),
            link(LinkTarget::Wiki("W".into()), 0, false),
            link(LinkTarget::Document("file:f".into()), 1, true),
            link(LinkTarget::Fragment("h".into()), 3, false),
            link(LinkTarget::External("https://e.org/".into()), 3, false),
        ]
    );
}

#[test]
fn footnotes_come_last_in_the_order_of_their_use() {
    let html = html("b[^b] a[^a] b[^b]\n\n[^a]: A.\n\n[^b]: B.\n");
    let first = html.find("id=\"user-content-fn:1\"").unwrap();
    let second = html.find("id=\"user-content-fn:2\"").unwrap();
    assert!(html[first..second].contains("B."));
    assert!(html[second..].contains("A."));
    assert!(html.find("a<sup").unwrap() < first);
    assert_eq!(html.matches("id=\"user-content-fnref:1\"").count(), 1);
}

#[test]
fn metadata_is_hidden_and_returned() {
    let rendered = rendered("---\ntitle: T\n---\ntext\n");
    assert_eq!(rendered.html, "<p data-line=\"3\">text</p>\n");
    let front_matter = FrontMatter {
        source: "title: T\n".to_owned(),
    };
    assert_eq!(rendered.front_matter, Some(front_matter));
}

#[test]
fn rules_in_the_middle_hide_nothing() {
    let html = html("a\n\n---\n\nkept\n\n---\n\nb\n");
    assert!(html.contains("kept"));
}

#[test]
fn raw_html_is_kept_where_it_is_harmless() {
    for (source, expected) in [
        (
            "a <kbd>K</kbd> b",
            "<p data-line=\"0\">a <kbd>K</kbd> b</p>\n",
        ),
        ("a<br>b", "<p data-line=\"0\">a<br>b</p>\n"),
        (
            "<div align=\"center\" class=\"x\" onclick=\"y\">\n\n**b**\n\n</div>",
            "<div align=\"center\" data-line=\"0\">\n<p data-line=\"2\"><strong>b</strong></p>\n</div>",
        ),
        (
            "<a href=\"https://e.org\" target=_top>x</a>",
            "<p data-line=\"0\"><a class=\"external\" href=\"https://e.org/\" rel=\"noreferrer noopener\">x</a></p>\n",
        ),
        (
            "<p id=x>a &copy; b",
            "<p id=\"user-content-x\" data-line=\"0\">a © b</p>",
        ),
        ("a <!-- hidden --> b", "<p data-line=\"0\">a  b</p>\n"),
        ("a <script>x</script> b", "<p data-line=\"0\">a  b</p>\n"),
        (
            "a <custom>kept</custom> b",
            "<p data-line=\"0\">a kept b</p>\n",
        ),
    ] {
        assert_eq!(html(source), expected, "{source}");
    }
}

#[test]
fn unclosed_html_ends_with_what_contains_it() {
    assert_eq!(
        html("- <b>one\n- two\n"),
        "<ul data-line=\"0\">\n<li data-line=\"0\"><b>one</b></li>\n<li data-line=\"1\">two</li>\n</ul>\n"
    );
}
