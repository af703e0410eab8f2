//! Counting the check boxes of a note by the same rules that draw them.

use pulldown_cmark::Event;

use crate::source::Body;

/// (all tasks, checked tasks) of a note.
pub fn count_tasks(source: &str) -> (u32, u32) {
    // Most notes have none, and parsing is a thousand times slower than looking for a bracket.
    if !may_have_tasks(source) {
        return (0, 0);
    }
    let mut all = 0;
    let mut checked = 0;
    for event in Body::of(source).parser() {
        if let Event::TaskListMarker(is_checked) = event {
            all += 1;
            checked += u32::from(is_checked);
        }
    }
    (all, checked)
}

/// True if some `[` is closed two bytes later, which every task marker is.
fn may_have_tasks(source: &str) -> bool {
    let bytes = source.as_bytes();
    bytes
        .windows(3)
        .any(|window| window[0] == b'[' && window[2] == b']' && !window[1].is_ascii_graphic())
        || source.contains("[x]")
        || source.contains("[X]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_counted() {
        for (source, expected) in [
            ("", (0, 0)),
            ("- [ ] a\n- [x] b\n- [X] c\n", (3, 2)),
            ("1. [ ] a\n2. [x] b\n", (2, 1)),
            ("* [ ] a\n  * [x] nested\n", (2, 1)),
            ("> - [ ] quoted\n", (1, 0)),
            ("- [ ]\n", (1, 0)),
            ("[ ] no list\n", (0, 0)),
            ("- [y] neither\n", (0, 0)),
            ("```\n- [ ] code\n```\n", (0, 0)),
            ("---\ntitle: '- [ ] a'\n---\n- [ ] b\n", (1, 0)),
        ] {
            assert_eq!(count_tasks(source), expected, "{source:?}");
        }
    }
}
