//! What a query finds.

use sheaf_model::{Status, TagColor};

use super::support::{Home, NOW};
use crate::{ListNotes, NewNote, NoteEdit, Scope, Sort, SortKey, Span, tidy::Tidiness};

async fn library() -> Home {
    let home = Home::new();
    let book = home
        .store
        .create_notebook("Kitchen".into(), None, home.random(), NOW)
        .await
        .unwrap();
    let inner = home
        .store
        .create_notebook("Sweet".into(), Some(book.id.clone()), home.random(), NOW)
        .await
        .unwrap();
    let tag = home
        .store
        .create_tag("try soon".into(), TagColor::Red, home.random(), NOW)
        .await
        .unwrap();
    for (title, body, notebook, status) in [
        (
            "Sourdough",
            "Flour, water, **salt** and patience",
            Some(&book.id),
            Status::Active,
        ),
        (
            "Crème brûlée",
            "Cream, yolks; the sugar is burnt",
            Some(&inner.id),
            Status::None,
        ),
        (
            "Sheaf",
            "a bundle of leaves, salt and water apart",
            None,
            Status::Completed,
        ),
        (
            "東京の地図",
            "浅草寺から上野公園まで歩く。日本語の本を買う",
            None,
            Status::None,
        ),
        (
            "Mixed 混在",
            "AB漢字テスト and c++ plus Ångström",
            None,
            Status::None,
        ),
        ("ภาษาไทย", "สวัสดีครับ", None, Status::None),
    ] {
        let new = NewNote {
            notebook: notebook.cloned(),
            title: title.into(),
            body: body.into(),
            status,
            ..NewNote::default()
        };
        let note = home
            .store
            .create_note(new, home.random(), NOW)
            .await
            .unwrap();
        if title == "Sourdough" {
            home.store
                .change_tags(vec![note.row.id], vec![tag.id.clone()], vec![], NOW)
                .await
                .unwrap();
        }
    }
    home
}

#[tokio::test]
async fn queries_find_what_they_say() {
    let home = library().await;
    for (query, expected) in [
        ("salt", &["Sheaf", "Sourdough"] as &[&str]),
        ("SALT water", &["Sheaf", "Sourdough"]),
        ("sal", &["Sheaf", "Sourdough"]),
        ("\"salt and patience\"", &["Sourdough"]),
        ("\"and salt\"", &[]),
        ("salt -patience", &["Sheaf"]),
        ("-salt -日本 -angstrom -ภาษ", &["Crème brûlée"]),
        ("creme", &["Crème brûlée"]),
        ("brûl", &["Crème brûlée"]),
        ("angstrom", &["Mixed 混在"]),
        ("title:salt", &[]),
        ("title:sour", &["Sourdough"]),
        ("body:salt", &["Sheaf", "Sourdough"]),
        ("body:\"salt and\"", &["Sheaf", "Sourdough"]),
        ("book:kitchen", &["Crème brûlée", "Sourdough"]),
        ("book:sweet", &["Crème brûlée"]),
        ("book:nowhere", &[]),
        ("tag:\"Try Soon\"", &["Sourdough"]),
        ("-tag:\"try soon\" salt", &["Sheaf"]),
        ("status:active", &["Sourdough"]),
        ("status:completed salt", &["Sheaf"]),
        ("status:someday", &[]),
        ("-status:active salt", &["Sheaf"]),
        // In scripts without spaces every character and every run is found.
        ("東", &["東京の地図"]),
        ("図", &["東京の地図"]),
        ("東京", &["東京の地図"]),
        ("京の", &["東京の地図"]),
        ("本", &["東京の地図"]),
        ("日本", &["東京の地図"]),
        ("本語", &["東京の地図"]),
        ("日本語の本", &["東京の地図"]),
        ("本日", &[]),
        ("公園 浅草", &["東京の地図"]),
        ("title:東京", &["東京の地図"]),
        ("body:東京", &[]),
        ("\"上野公園\"", &["東京の地図"]),
        ("東京 -公園", &[]),
        ("漢字", &["Mixed 混在"]),
        ("AB漢", &["Mixed 混在"]),
        ("テスト", &["Mixed 混在"]),
        ("c++", &["Mixed 混在", "Crème brûlée"]),
        ("สวัสดี", &["ภาษาไทย"]),
        ("ไทย", &["ภาษาไทย"]),
        // In the middle of a word, when the beginning of none is meant.
        ("dough", &["Sourdough"]),
        ("eaf", &["Sheaf"]),
        ("undle", &["Sheaf"]),
        ("zzz", &[]),
    ] {
        let mut found = home.titles(Scope::All, query).await;
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn every_character_and_pair_of_a_japanese_text_is_found() {
    let home = Home::new();
    let text = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。";
    home.create("猫", text).await;
    for i in 0..60 {
        home.create("別", &format!("関係のない文章その{i}")).await;
    }
    let chars: Vec<char> = text.chars().collect();
    for length in [1, 2, 3, 5] {
        for window in chars.windows(length) {
            let query: String = window.iter().collect();
            if query.contains('。') {
                continue;
            }
            let found = home.titles(Scope::All, &query).await;
            assert!(found.contains(&"猫".to_owned()), "{query}");
        }
    }
}

#[tokio::test]
async fn no_query_is_a_syntax_error() {
    let home = library().await;
    for query in [
        "\"",
        "'",
        "*",
        "(",
        ")",
        "a AND",
        "NOT b",
        "NEAR(a b)",
        "a:b",
        "{title} : x",
        "^a",
        "+",
        "\"a\" *",
        "-",
        "--",
        "title:",
        "a\"b",
        "日本*",
        "-\"日\"",
        "';DROP TABLE notes;--",
        "\u{0}",
        "title:'x' -body:\"it's\"",
        "-it's",
        "%",
        "_",
    ] {
        for scope in [Scope::All, Scope::Trash, Scope::Pinned] {
            home.titles(scope, query).await;
        }
    }
}

#[tokio::test]
async fn hits_are_shown_where_they_are() {
    let home = Home::new();
    let body = format!("{} The *needle* is here", "straw ".repeat(100));
    home.create("A 😀 needle", &body).await;
    let list = ListNotes {
        search: "needle".into(),
        limit: 10,
        ..ListNotes::default()
    };
    let page = home.store.list_notes(list).await.unwrap();
    let row = &page.rows[0];
    assert_eq!(row.title_hits, [Span { start: 5, len: 6 }]);
    assert!(
        row.excerpt.starts_with('…') && row.excerpt.contains("The needle is here"),
        "{}",
        row.excerpt
    );
    assert_eq!(row.excerpt_hits.len(), 1);
}

#[tokio::test]
async fn a_searched_list_is_counted_and_cut_into_windows() {
    let home = Home::new();
    for n in 0..60 {
        home.create(
            &format!("n{n:02}"),
            if n % 2 == 0 {
                "even word"
            } else {
                "odd word word"
            },
        )
        .await;
    }
    let page = async |search: &str, key, offset, limit| {
        let sort = Sort {
            key,
            ascending: true,
        };
        let list = ListNotes {
            search: search.into(),
            sort,
            offset,
            limit,
            ..ListNotes::default()
        };
        home.store.list_notes(list).await.unwrap()
    };
    let first = page("word", SortKey::Title, 0, 25).await;
    assert_eq!(
        (first.rows.len(), first.total, first.total_is_exact),
        (25, 60, true)
    );
    let last = page("word", SortKey::Title, 50, 25).await;
    assert_eq!(
        last.rows.iter().map(|row| row.title.as_str()).next(),
        Some("n50")
    );
    assert_eq!(last.rows.len(), 10);
    assert_eq!(page("even", SortKey::Updated, 0, 100).await.total, 30);
    // Two hits in a text of the same length rank before one.
    assert!(
        page("word", SortKey::Relevance, 0, 1).await.rows[0]
            .title
            .ends_with(['1', '3', '5', '7', '9'])
    );
}

#[tokio::test]
async fn the_index_follows_edits_and_the_trash() {
    let home = Home::new();
    let note = home.create("t", "before").await.row.id;
    home.write(&note, "after").await;
    assert_eq!(home.titles(Scope::All, "before").await, [""; 0]);
    assert_eq!(home.titles(Scope::All, "after").await, ["t"]);
    home.store.trash_notes(vec![note], NOW).await.unwrap();
    assert_eq!(home.titles(Scope::All, "after").await, [""; 0]);
    assert_eq!(home.titles(Scope::Trash, "after").await, ["t"]);
    home.assert_sound().await;
}

#[tokio::test]
async fn an_index_that_grew_quickly_is_made_of_few_pieces_again() {
    let home = Home::new();
    for round in 0..40u8 {
        let notes = (0..16u8).map(|n| {
            let id = sheaf_model::new_doc_id(
                sheaf_model::Kind::Note,
                [round, n, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            );
            super::support::incoming(&id, &[], false, super::support::note_body("t", "word"))
        });
        home.ingest(notes.collect()).await;
    }
    home.store
        .bulk(|core| Ok((core.tidy(Tidiness::WhenIdle), ())))
        .await
        .unwrap();
    let pieces: i64 = home
        .store
        .read(|sql| {
            Ok(
                sql.query_row("SELECT count(DISTINCT segid) FROM search_idx", [], |row| {
                    row.get(0)
                })?,
            )
        })
        .await
        .unwrap();
    assert!(pieces <= 4, "{pieces}");
    home.assert_sound().await;
}

/// A connection that searched remembers the segments of the index, and SQLite's integrity check
/// believed that memory after the writer had merged them away: a sound index was called corrupt.
#[tokio::test]
async fn a_sound_index_is_found_sound_however_often_it_is_checked_between_edits() {
    let home = Home::new();
    let note = home.create("t", "left\n").await.row.id;
    for round in 0..40 {
        let text = home.body(&note).await;
        home.write(&note, &format!("{round}!\n{text}")).await;
        home.assert_sound().await;
    }
}

/// Titles have an index of their own, by note and not by text: an edit of the text leaves it alone.
#[tokio::test]
async fn a_title_is_found_by_its_middle_after_edits_of_the_text_and_by_its_new_name_only_after_a_rename()
 {
    let home = Home::new();
    let note = home.create("Threshing", "first").await;
    home.create("Winnowing", "second").await;
    home.write(&note.row.id, "first, and more").await;
    assert_eq!(home.titles(Scope::All, "reshin").await, ["Threshing"]);
    home.assert_sound().await;

    let version = home
        .store
        .get_note(note.row.id.clone())
        .await
        .unwrap()
        .version;
    let rename = NoteEdit {
        title: Some("Harvesting".into()),
        body: None,
    };
    let renamed = home
        .store
        .update_note(note.row.id.clone(), version, rename, NOW + 2);
    renamed.await.unwrap();
    assert_eq!(home.titles(Scope::All, "reshin").await, [""; 0]);
    assert_eq!(home.titles(Scope::All, "arves").await, ["Harvesting"]);
    home.assert_sound().await;
    let home = home.reopened();
    assert_eq!(home.titles(Scope::All, "innow").await, ["Winnowing"]);
    home.assert_sound().await;
}
