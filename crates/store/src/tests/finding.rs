//! Titles by a few letters, links between notes, and what a note has.

use sheaf_model::DocId;

use super::support::{Home, NOW};
use crate::Scope;

async fn found(home: &Home, typed: &str) -> Vec<String> {
    let rows = home.store.find_titles(typed.into(), 10).await.unwrap();
    rows.into_iter().map(|row| row.title).collect()
}

#[tokio::test]
async fn a_title_is_found_by_a_few_of_its_letters() {
    let home = Home::new();
    for title in [
        "Checkpoint and crash safety",
        "Über uns",
        "同期の設計メモ",
        "Chess",
    ] {
        home.create(title, "x").await;
    }
    let gone = home.create("Checked out", "x").await.row.id;
    home.store.trash_notes(vec![gone], NOW).await.unwrap();
    assert_eq!(found(&home, "chk").await, ["Checkpoint and crash safety"]);
    assert_eq!(
        found(&home, "safety check").await,
        ["Checkpoint and crash safety"]
    );
    assert_eq!(found(&home, "uber").await, ["Über uns"]);
    assert_eq!(found(&home, "設メ").await, ["同期の設計メモ"]);
    assert_eq!(found(&home, "xyz").await, Vec::<String>::new());
    assert_eq!(found(&home, "").await.len(), 4);
    let rows = home.store.find_titles("ucs".into(), 1).await.unwrap();
    assert!(rows.is_empty());
    let rows = home.store.find_titles("ues".into(), 1).await.unwrap();
    let spans: Vec<_> = rows[0]
        .title_hits
        .iter()
        .map(|span| (span.start, span.len))
        .collect();
    assert_eq!(spans, [(0, 1), (2, 1), (7, 1)]);
}

async fn titles_of_mentions(home: &Home, id: &DocId) -> (Vec<String>, Vec<String>) {
    let found = home.store.mentions(id.clone()).await.unwrap();
    let titles = |rows: Vec<crate::NoteRow>| rows.into_iter().map(|row| row.title).collect();
    (titles(found.linked), titles(found.unlinked))
}

#[tokio::test]
async fn notes_that_link_are_told_from_notes_that_only_name() {
    let home = Home::new();
    let id = home.create("River walk", "two herons").await.row.id;
    let rest = id.as_str().trim_start_matches("note:");
    home.create("by id", &format!("see [it](inkdrop://note/{rest})"))
        .await;
    home.create("by old id", &format!("see [it](inkdrop://note:{rest})"))
        .await;
    home.create("by title", "first\n\nthen [[river walk]] again")
        .await;
    home.create("named", "a river walk in spring").await;
    home.create("in code", "`[[River walk]]`").await;
    home.create("nothing", "a walk along the river").await;
    let (mut linked, unlinked) = titles_of_mentions(&home, &id).await;
    linked.sort();
    assert_eq!(linked, ["by id", "by old id", "by title"]);
    let mut unlinked = unlinked;
    unlinked.sort();
    assert_eq!(unlinked, ["in code", "named"]);
    let row = home.store.mentions(id).await.unwrap().linked;
    let by_title = row.iter().find(|row| row.title == "by title").unwrap();
    assert!(by_title.excerpt.starts_with("then"), "{}", by_title.excerpt);
    assert_eq!(by_title.excerpt_hits.len(), 1);
}

#[tokio::test]
async fn links_follow_a_note_to_its_new_title_and_back() {
    let home = Home::new();
    let id = home.create("Old", "x").await.row.id;
    let rest = id.as_str().trim_start_matches("note:").to_owned();
    let linking = home
        .create(
            "a",
            &format!("- [ ] [[Old]] and [Old](inkdrop://note/{rest})"),
        )
        .await
        .row
        .id;
    let naming = home.create("b", "Old times").await.row.id;
    let changed = vec![linking.clone()];
    let relink = |from: &str, to: &str| home.store.relink(id.clone(), from.into(), to.into(), NOW);
    assert_eq!(relink("Old", "New").await.unwrap(), changed);
    assert_eq!(
        home.body(&linking).await,
        format!("- [ ] [[New]] and [New](inkdrop://note/{rest})")
    );
    assert_eq!(home.body(&naming).await, "Old times");
    assert_eq!(relink("New", "Old").await.unwrap(), changed);
    assert!(home.body(&linking).await.contains("[[Old]]"));
    // Another note of that title may be the one that is meant.
    home.create("Old", "y").await;
    assert_eq!(relink("Old", "New").await.unwrap(), changed);
    assert_eq!(
        home.body(&linking).await,
        format!("- [ ] [[Old]] and [New](inkdrop://note/{rest})")
    );
    assert!(home.store.verify().await.unwrap().problems.is_empty());
}

#[tokio::test]
async fn notes_are_found_by_what_they_have() {
    let home = Home::new();
    for (title, body) in [
        ("open", "- [ ] a\n- [x] b"),
        ("done", "- [x] a"),
        ("picture", "![p](inkdrop://file:abc)"),
        ("web", "https://example.org"),
        ("code", "```\nx\n```"),
        ("plain", "words"),
    ] {
        home.create(title, body).await;
    }
    for (search, expected) in [
        ("has:task", &["done", "open"] as &[&str]),
        ("has:todo", &["open"]),
        ("has:attachment", &["picture"]),
        ("has:image", &["picture"]),
        ("has:link", &["web"]),
        ("has:code", &["code"]),
        ("has:tag", &[]),
        ("has:nonsense", &[]),
        ("-has:task", &["code", "picture", "plain", "web"]),
        ("a has:todo", &["open"]),
    ] {
        let mut titles = home.titles(Scope::All, search).await;
        titles.sort();
        assert_eq!(titles, expected, "{search}");
    }
}

#[tokio::test]
async fn days_narrow_a_list_with_and_without_words() {
    let home = Home::new();
    home.create("Milk and bread", "x").await;
    let titles = async |search: String| {
        let list = crate::ListNotes {
            search,
            limit: 10,
            ..crate::ListNotes::default()
        };
        let page = home.store.list_notes(list).await.unwrap();
        page.rows
            .into_iter()
            .map(|row| row.title)
            .collect::<Vec<_>>()
    };
    let (before, after) = (NOW - 1, NOW + 1_000);
    for search in [
        format!("updated:@{before}..@{after}"),
        format!("milk created:@{before}.."),
        format!("-updated:..@{before}"),
    ] {
        assert_eq!(titles(search.clone()).await, ["Milk and bread"], "{search}");
    }
    for search in [
        format!("milk updated:..@{before}"),
        format!("created:@{after}.."),
        // Words are for whoever knows which day it is.
        "milk updated:today".to_owned(),
    ] {
        assert_eq!(
            titles(search.clone()).await,
            Vec::<String>::new(),
            "{search}"
        );
    }
}
