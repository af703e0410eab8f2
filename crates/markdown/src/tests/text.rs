//! Excerpts, words and titles.

use crate::{plain_text, title_from, word_count};

#[test]
fn excerpts_are_what_a_reader_would_read() {
    for (source, expected) in [
        (
            "# Title\n\nSome *text* with `code`.",
            "Title Some text with code.",
        ),
        ("- [ ] one\n- [x] two", "one two"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a b 1 2"),
        ("[link](https://e.org) ![alt](x.png) <b>raw</b>", "link raw"),
        ("---\ntitle: hidden\n---\nshown", "shown"),
        ("a\n\n\n   b\t c", "a b c"),
        ("un*frag*mented", "unfragmented"),
        ("&amp; &lt;", "& <"),
        ("```\ncode\n```", "code"),
        ("日本語の本文", "日本語の本文"),
        ("", ""),
    ] {
        assert_eq!(plain_text(source, 100), expected, "{source:?}");
    }
}

#[test]
fn excerpts_end_at_the_limit_in_characters() {
    assert_eq!(plain_text("日本語の本文", 3), "日本語");
    assert_eq!(plain_text("one two", 4), "one");
    assert_eq!(plain_text("one two", 5), "one t");
    assert_eq!(plain_text("one two", 0), "");
}

#[test]
fn embedded_pictures_do_not_crowd_out_the_words() {
    let source = format!(
        "![p](data:image/png;base64,{}) the words",
        "A".repeat(200_000)
    );
    assert_eq!(plain_text(&source, 50), "the words");
}

#[test]
fn words_are_counted_in_every_script() {
    for (source, expected) in [
        ("one two three", 3),
        ("don't count *mark*up twice", 4),
        ("# Title\n\n- item", 2),
        ("日本語", 3),
        ("カタカナ", 1),
        ("[link](https://e.org) `code`", 2),
        ("---\na: b\n---\n", 0),
        ("", 0),
    ] {
        assert_eq!(word_count(source), expected, "{source:?}");
    }
}

#[test]
fn titles_come_from_metadata_or_the_first_heading() {
    for (source, expected) in [
        ("---\ntitle: From block\n---\n# Heading", Some("From block")),
        (
            "text\n\n# The *first*  `one`\n\n# Second",
            Some("The first one"),
        ),
        ("Setext\n======\n", Some("Setext")),
        ("## Only level two", None),
        ("#\n\n# Second", Some("Second")),
        ("```\n# code\n```", None),
        ("", None),
    ] {
        assert_eq!(title_from(source).as_deref(), expected, "{source:?}");
    }
}
