//! Hostile sizes. No clocks: twice the note must not be more than about twice the page, and
//! nothing may depend on the depth of the stack.

use super::{html, rendered};

/// The depth that hostile notes are said to have.
const DEEP: usize = 50_000;

/// Pieces in the larger of two notes that are compared.
const MANY: usize = 10_000;

fn repeated(piece: &str) -> impl Fn(usize) -> String {
    move |count| piece.repeat(count)
}

#[test]
fn output_grows_with_the_note_and_not_faster() {
    type Bomb = (&'static str, Box<dyn Fn(usize) -> String>);
    let bombs: Vec<Bomb> = vec![
        ("brackets", Box::new(repeated("["))),
        ("pictures", Box::new(repeated("!["))),
        ("emphasis", Box::new(repeated("*a "))),
        ("mixed emphasis", Box::new(repeated("*a _b "))),
        ("quotes", Box::new(repeated(">"))),
        ("lists", Box::new(repeated("- "))),
        ("quotes and lists", Box::new(repeated("> - "))),
        ("wiki links", Box::new(repeated("[[a "))),
        ("open formatting", Box::new(repeated("<b>x\n\n"))),
        (
            "distinct formatting",
            Box::new(|count| (0..count).map(|i| format!("<font size={i}>\n\n")).collect()),
        ),
        ("divisions", Box::new(repeated("<div>\n"))),
        ("tables", Box::new(repeated("<table>\n"))),
        (
            "content in a table",
            Box::new(|count| format!("<table>{}", "<b></b>x".repeat(count))),
        ),
        ("open tags", Box::new(repeated("<a "))),
        ("comments", Box::new(repeated("<!--"))),
        ("instructions", Box::new(repeated("a <? "))),
        (
            "attributes",
            Box::new(|count| format!("<a {}>x</a>", "x=1 ".repeat(count))),
        ),
        (
            "scripts",
            Box::new(|count| format!("<div>{}", "<script>".repeat(count))),
        ),
        (
            "footnotes",
            Box::new(|count| (0..count).map(|i| format!("[^{i}]: a\n\n")).collect()),
        ),
        (
            "long reference",
            Box::new(|count| format!("{}\n\n[a]: {}", "[a] ".repeat(count), "x".repeat(count))),
        ),
        ("equal headings", Box::new(repeated("# a\n"))),
        ("addresses", Box::new(repeated("http://"))),
        (
            "brackets after an address",
            Box::new(|count| format!("https://e.org/{}", ")".repeat(count))),
        ),
        (
            "references",
            Box::new(|count| format!("<p>{}", "&#13;".repeat(count))),
        ),
    ];
    for (name, bomb) in bombs {
        let (half, whole) = (html(&bomb(MANY / 2)).len(), html(&bomb(MANY)).len());
        assert!(whole <= 3 * half + 1024, "{name}: {half} then {whole}");
    }
}

#[test]
fn wide_tables_do_not_multiply() {
    let header = format!("{}\n{}\n", "|a".repeat(10_000), "|-".repeat(10_000));
    let rows = "|x\n".repeat(10_000);
    // A hundred million cells were asked for.
    assert!(html(&format!("{header}{rows}")).len() < 8_000_000);
}

#[test]
fn text_survives_any_depth() {
    let deep = rendered(&format!("{}[ ] deep *text*\n", "- ".repeat(5_000)));
    assert!(deep.html.contains("deep <em>text</em>") || deep.html.contains("deep text"));
    assert_eq!(deep.tasks.len(), 1);
    for piece in ["[", "*", "![", "_a ", "[[", "<b>"] {
        assert!(
            html(&format!("{} words", piece.repeat(DEEP))).contains("words"),
            "{piece}"
        );
    }
    let quoted = html(&format!("{}words", ">".repeat(DEEP)));
    assert!(quoted.contains("words"));
    assert!(quoted.matches("<blockquote").count() <= 100);
    let raw = html(&format!("{}words", "<div>\n".repeat(DEEP)));
    assert!(raw.contains("words"));
    assert!(raw.matches("<div").count() <= 100);
}

#[test]
fn excerpts_look_at_the_beginning_only() {
    let long = format!(
        "start {}",
        "![x](data:image/png;base64,AAAA) [".repeat(DEEP)
    );
    assert!(crate::plain_text(&long, 10).starts_with("start"));
}
