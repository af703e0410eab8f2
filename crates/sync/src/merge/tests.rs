use proptest::prelude::*;
use serde_json::json;

use super::*;

fn body(value: Value) -> Body {
    let Value::Object(body) = value else {
        panic!("not an object")
    };
    body
}

fn merge(base: Option<Value>, winner: Value, other: Value) -> Outcome {
    merge_kind(Kind::Note, base, winner, other)
}

fn merge_kind(kind: Kind, base: Option<Value>, winner: Value, other: Value) -> Outcome {
    let (base, winner, other) = (base.map(body), body(winner), body(other));
    let leaves = Leaves {
        kind,
        base: base.as_ref(),
        winner: &winner,
        other: &other,
        same_attachments: true,
    };
    merge_leaves(&leaves, |text| {
        (
            text.matches("- [").count() as u32,
            text.matches("- [x]").count() as u32,
        )
    })
}

fn merged(outcome: Outcome) -> Body {
    let Outcome::Merged(body) = outcome else {
        panic!("not merged: {outcome:?}")
    };
    body
}

#[test]
fn texts_changed_in_different_lines_merge() {
    let cases = [
        ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"),
        ("a\nb\n", "A\nb\n", "a\nB\n", "A\nB\n"),
        ("a\nb\nc\n", "a\nc\n", "a\nb\nc\nd\n", "a\nc\nd\n"),
        (
            "one two three",
            "ONE two three",
            "one two THREE",
            "ONE two THREE",
        ),
        ("", "mine\n", "theirs\n", "mine\ntheirs\n"),
        (
            "list\n- a\n",
            "list\n- a\n- b\n",
            "list\n- a\n- c\n",
            "list\n- a\n- b\n- c\n",
        ),
        (
            "list\n",
            "list\n- same\n- b",
            "list\n- same\n- c",
            "list\n- same\n- b\n- c",
        ),
        ("a\n", "a\nb", "a\nc\n", "a\nb\nc\n"),
        ("日本\n語\n", "日本!\n語\n", "日本\n語。\n", "日本!\n語。\n"),
    ];
    for (base, ours, theirs, expected) in cases {
        assert_eq!(
            merge_text(base, ours, theirs).as_deref(),
            Some(expected),
            "{base:?} {ours:?} {theirs:?}"
        );
    }
}

#[test]
fn the_same_word_changed_on_both_sides_conflicts() {
    for (base, ours, theirs) in [
        ("the 10 items", "the 20 items", "the 30 items"),
        ("a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n"),
        ("a\nb\nc\n", "a\nc\n", "a\nB\nc\n"),
        (
            "meet at noon",
            "meet at nine",
            "meet at noon sharp-ish noonish nine",
        ),
    ] {
        let result = merge_text(base, ours, theirs);
        if let Some(text) = &result {
            // Never silently one side: a merge must then carry both.
            assert!(text.contains("nine") && text.contains("sharp"), "{text}");
            continue;
        }
        assert_eq!(result, None, "{base:?} {ours:?} {theirs:?}");
    }
}

#[test]
fn what_only_one_side_changed_is_taken_from_it() {
    let base =
        json!({"title":"t","body":"b","bookId":"book:a","status":"none","updatedAt":1,"x":{"n":1}});
    let winner =
        json!({"title":"t","body":"b","bookId":"book:b","status":"none","updatedAt":2,"x":{"n":1}});
    let other = json!({"title":"T","body":"b","bookId":"book:a","status":"active","updatedAt":5,"x":{"n":2}});
    let merged = merged(merge(Some(base), winner, other));
    assert_eq!(merged["title"], "T");
    assert_eq!(merged["bookId"], "book:b");
    assert_eq!(merged["status"], "active");
    assert_eq!(merged["updatedAt"], 5);
    assert_eq!(merged["x"]["n"], 2);
    assert_eq!(merged[RULE_FIELD], RULE);
}

#[test]
fn metadata_that_differs_takes_the_winners_value_and_never_conflicts() {
    let base = json!({"title":"t","body":"b","bookId":"book:a","pinned":false});
    let winner = json!({"title":"t","body":"b2","bookId":"book:b","pinned":true});
    let other = json!({"title":"t2","body":"b","bookId":"book:c","pinned":false});
    let merged = merged(merge(Some(base), winner, other));
    assert_eq!(
        (&merged["bookId"], &merged["pinned"]),
        (&json!("book:b"), &json!(true))
    );
}

#[test]
fn tags_merge_as_sets() {
    let base = json!({"title":"","body":"","tags":["tag:a","tag:b"]});
    let winner = json!({"title":"","body":"","tags":["tag:b","tag:c"]});
    let other = json!({"title":"","body":"","tags":["tag:a","tag:b","tag:d"]});
    assert_eq!(
        merged(merge(Some(base), winner.clone(), other.clone()))["tags"],
        json!(["tag:b", "tag:c", "tag:d"])
    );
    // Without an ancestor nothing can be known to have been removed.
    assert_eq!(
        merged(merge(None, winner, other))["tags"],
        json!(["tag:b", "tag:c", "tag:a", "tag:d"])
    );
}

#[test]
fn an_edit_beats_the_trash() {
    let base = json!({"title":"t","body":"b","bookId":"book:a"});
    let trashed = json!({"title":"t","body":"b","bookId":"trash"});
    let edited = json!({"title":"t","body":"b, and more","bookId":"book:a"});
    for (winner, other) in [(trashed.clone(), edited.clone()), (edited, trashed.clone())] {
        match merge(Some(base.clone()), winner.clone(), other) {
            Outcome::Merged(merged) => {
                assert_eq!(merged["bookId"], "book:a");
                assert_eq!(merged["body"], "b, and more");
            }
            outcome => {
                assert_eq!(outcome, Outcome::WinnerStands);
                assert_eq!(winner["bookId"], "book:a");
            }
        }
    }
    // A tag alone is no reason to take a note out of the trash.
    let tagged = json!({"title":"t","body":"b","bookId":"book:a","tags":["tag:x"]});
    assert_eq!(
        merged(merge(Some(base), tagged, trashed))["bookId"],
        "trash"
    );
}

#[test]
fn leaves_that_say_the_same_do_not_conflict() {
    let note = json!({"title":"t","body":"b","updatedAt":5});
    let later = json!({"updatedAt":5,"body":"b","title":"t"});
    assert_eq!(merge(None, note.clone(), later), Outcome::WinnerStands);
    let older = json!({"title":"t","body":"b","updatedAt":3});
    assert_eq!(merge(None, note, older), Outcome::WinnerStands);
}

#[test]
fn without_an_ancestor_different_texts_are_kept_both() {
    assert_eq!(
        merge(
            None,
            json!({"title":"t","body":"a"}),
            json!({"title":"t","body":"b"})
        ),
        Outcome::Conflict
    );
}

#[test]
fn notebooks_and_tags_never_conflict() {
    let outcome = merge_kind(
        Kind::Notebook,
        None,
        json!({"name":"A","parentBookId":null,"updatedAt":1}),
        json!({"name":"B","parentBookId":"book:x","updatedAt":2}),
    );
    assert_eq!(merged(outcome)["name"], "A");
}

#[test]
fn task_counts_are_counted_again() {
    let base = json!({"title":"","body":"- [ ] a\n- [ ] b\n","numOfTasks":2,"numOfCheckedTasks":0});
    let winner =
        json!({"title":"","body":"- [x] a\n- [ ] b\n","numOfTasks":2,"numOfCheckedTasks":1});
    let other =
        json!({"title":"","body":"- [ ] a\n- [x] b\n","numOfTasks":2,"numOfCheckedTasks":1});
    let merged = merged(merge(Some(base), winner, other));
    assert_eq!(
        (&merged["numOfTasks"], &merged["numOfCheckedTasks"]),
        (&json!(2), &json!(2))
    );
}

#[test]
fn of_two_merges_by_different_rules_the_newer_stands() {
    let old = json!({"title":"t","body":"a","sheafMergeRule":1});
    let new = json!({"title":"t","body":"b","sheafMergeRule":2});
    assert_eq!(merge(None, new.clone(), old.clone()), Outcome::WinnerStands);
    assert_eq!(merged(merge(None, old, new))["body"], "b");
}

#[test]
fn different_attachments_are_kept_both() {
    let note = body(json!({"title":"t"}));
    let leaves = Leaves {
        kind: Kind::File,
        base: None,
        winner: &note,
        other: &note,
        same_attachments: false,
    };
    assert_eq!(merge_leaves(&leaves, |_| (0, 0)), Outcome::Conflict);
}

#[test]
fn what_a_branch_was_given_beside_its_words_is_no_part_of_what_was_taken_in() {
    let base = body(json!({"body": "a\n", "tags": ["old"], "status": "none", "pinned": false}));
    let version = body(
        json!({"body": "a\nb\n", "tags": ["new"], "status": "active", "pinned": true, "color": 1}),
    );
    // The other side has its words, has made the same of one field and something else of another.
    let leaf =
        body(json!({"body": "a\nb\nc\n", "tags": ["old"], "status": "none", "pinned": true}));
    let expected =
        body(json!({"body": "a\nb\n", "tags": ["old"], "status": "none", "pinned": true}));
    assert_eq!(base_with(&base, &leaf, version.clone()), expected);
    // One that has all of it parted there.
    let whole = body(
        json!({"body": "a\nb\n", "tags": ["new", "x"], "status": "done", "pinned": true, "color": 1}),
    );
    assert_eq!(base_with(&base, &whole, version.clone()), version);
}

fn numbered(lines: &[u8]) -> Vec<String> {
    lines.iter().map(|n| format!("line {}\n", n % 5)).collect()
}

/// A text of few distinct lines, so that diffs meet often, and an edit that inserts its own token.
fn edited(lines: &[u8], at: usize, delete: usize, token: &str) -> String {
    let mut lines = numbered(lines);
    let at = at % (lines.len() + 1);
    let end = (at + delete).min(lines.len());
    lines.splice(at..end, [format!("{token}\n")]);
    lines.concat()
}

proptest! {
    /// The promise: whatever merges carries what both sides wrote, each exactly once.
    #[test]
    fn a_merge_carries_both_sides_edits(
        lines in prop::collection::vec(any::<u8>(), 0..24),
        (a, da) in (any::<usize>(), 0usize..3),
        (b, db) in (any::<usize>(), 0usize..3),
    ) {
        let base = numbered(&lines).concat();
        let ours = edited(&lines, a % 64, da, "OURS");
        let theirs = edited(&lines, b % 64, db, "THEIRS");
        if let Some(text) = merge_text(&base, &ours, &theirs) {
            prop_assert_eq!(text.matches("OURS").count(), 1, "{:?}", text);
            prop_assert_eq!(text.matches("THEIRS").count(), 1, "{:?}", text);
        }
    }

    /// Insertions alone never conflict, wherever they are.
    #[test]
    fn inserted_lines_never_conflict(
        lines in prop::collection::vec(any::<u8>(), 0..24),
        a in 0usize..64,
        b in 0usize..64,
    ) {
        let base = numbered(&lines).concat();
        let text = merge_text(&base, &edited(&lines, a, 0, "OURS"), &edited(&lines, b, 0, "THEIRS"));
        prop_assert!(text.is_some());
    }

    #[test]
    fn any_texts_merge_or_conflict_without_panic(base in "\\PC{0,40}", ours in "\\PC{0,40}", theirs in "\\PC{0,40}") {
        let _ = merge_text(&base, &ours, &theirs);
        prop_assert_eq!(merge_text(&base, &ours, &base), Some(ours.clone()));
        prop_assert_eq!(merge_text(&base, &base, &theirs), Some(theirs));
        prop_assert_eq!(merge_text(&base, &ours, &ours), Some(ours));
    }
}
