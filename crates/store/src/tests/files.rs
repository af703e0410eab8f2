//! The data directory: permissions, locks, damage, other versions.

use std::fs;

use rusqlite::Connection;

use super::support::{Home, NOW, options};
use crate::{NewNote, OpenError, Problem, Store, StoreError, rescue, set_aside};

#[tokio::test]
async fn a_second_writer_is_refused_and_a_reader_is_not() {
    let home = Home::new();
    let note = home.create("t", "b").await;
    assert!(matches!(
        Store::open(home.dir.path(), options()),
        Err(OpenError::Locked)
    ));
    let reader = Store::open_read_only(home.dir.path()).unwrap();
    assert_eq!(reader.get_note(note.row.id.clone()).await.unwrap(), note);
    home.write(&note.row.id, "c").await;
    assert_eq!(reader.get_note(note.row.id).await.unwrap().body, "c");
    let refused = reader.create_note(NewNote::default(), [1; 12], NOW).await;
    assert!(matches!(refused, Err(StoreError::ReadOnly)));
}

#[tokio::test]
async fn there_is_nothing_to_read_where_nothing_was_written() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(
        Store::open_read_only(dir.path()),
        Err(OpenError::Missing)
    ));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    let store = Store::open(&dir, options()).unwrap();
    store
        .create_note(NewNote::default(), [1; 12], NOW)
        .await
        .unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    for name in ["notes.db", "notes.db-wal", "notes.db-shm", "sheaf.lock"] {
        assert_eq!(mode(&dir.join(name)), 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let home = Home::new();
    home.store
        .write(crate::Origin::Local, |txn| {
            Ok::<_, StoreError>(txn.sql.execute_batch("PRAGMA user_version = 99")?)
        })
        .await
        .unwrap();
    let dir = home.dir;
    drop(home.store);
    for opened in [
        Store::open(dir.path(), options()),
        Store::open_read_only(dir.path()),
    ] {
        let Err(OpenError::Newer { found, known }) = opened else {
            panic!("it was opened")
        };
        assert_eq!((found, known), (99, crate::schema::VERSION));
    }
}

#[tokio::test]
async fn another_file_is_not_taken_for_a_database() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("notes.db"), "my shopping list").unwrap();
    assert!(matches!(
        Store::open(dir.path(), options()),
        Err(OpenError::NotADatabase)
    ));
    assert_eq!(
        fs::read_to_string(dir.path().join("notes.db")).unwrap(),
        "my shopping list"
    );
    let aside = set_aside(dir.path(), "1").unwrap();
    assert!(aside.exists());
    Store::open(dir.path(), options()).unwrap();
}

#[tokio::test]
async fn what_can_be_read_of_a_damaged_database_is_rescued() {
    let home = Home::new();
    for n in 0..200 {
        home.create(&format!("note {n}"), &"words ".repeat(100))
            .await;
    }
    home.store
        .put_setting("theme", serde_json::json!("dark"))
        .await
        .unwrap();
    let dir = home.dir;
    drop(home.store);
    let path = dir.path().join("notes.db");
    // Pages of texts, not whatever is in the middle of the file: that was, depending on when the
    // index was tidied, once the page through which all other texts are found.
    let pages: Vec<usize> = Connection::open(&path)
        .unwrap()
        .prepare("SELECT pageno FROM dbstat WHERE name = 'revisions' AND pagetype = 'leaf'")
        .unwrap()
        .query_map([], |row| row.get::<_, i64>(0))
        .unwrap()
        .map(|page| page.unwrap() as usize)
        .collect();
    let mut bytes = fs::read(&path).unwrap();
    for page in pages.iter().step_by(3) {
        bytes[(page - 1) * 4096..page * 4096].fill(0xA5);
    }
    fs::write(&path, bytes).unwrap();
    let aside = set_aside(dir.path(), "1").unwrap();
    let store = Store::open(dir.path(), options()).unwrap();
    let rescued = rescue(&store, &aside).await.unwrap();
    assert!(rescued.documents >= 100, "{rescued:?}");
    assert!(aside.exists(), "nothing is deleted");
    assert_eq!(
        store.setting("theme").await.unwrap(),
        Some(serde_json::json!("dark"))
    );
    let verified = store.verify().await.unwrap();
    assert_eq!(verified.problems, []);
    assert!(verified.notes >= 99);
    assert_eq!(
        rescue(&store, &aside).await.unwrap().documents,
        0,
        "a second time finds nothing new"
    );
}

#[tokio::test]
async fn damage_is_found() {
    let home = Home::new();
    home.create("t", "b").await;
    home.store
        .write(crate::Origin::Local, |txn| {
            txn.sql.execute_batch(
                "DELETE FROM search; UPDATE counts SET notes = 7 WHERE counter = 0;
                 UPDATE notes SET title = 'other';",
            )?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    let problems = home.store.verify().await.unwrap().problems;
    assert!(
        problems.contains(&Problem::SearchIndex {
            missing: 1,
            surplus: 0
        }),
        "{problems:?}"
    );
    assert!(problems.contains(&Problem::Count {
        counter: 0,
        key: 0,
        stored: 7,
        actual: 1
    }));
    assert!(problems.contains(&Problem::Head { documents: 1 }));
}

#[tokio::test]
async fn a_store_that_is_dropped_with_work_in_it_has_written_every_edit() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), options()).unwrap();
    let note = store.create_note(
        NewNote {
            title: "t".into(),
            ..NewNote::default()
        },
        [9; 12],
        NOW,
    );
    // Asked for, not waited for.
    let mut note = Box::pin(note);
    assert!(futures_poll_once(note.as_mut()).is_pending());
    drop(note);
    drop(store);
    let store = Store::open(dir.path(), options()).unwrap();
    assert_eq!(store.sidebar().await.unwrap().all, 1);
}

fn futures_poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> std::task::Poll<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    future.poll(&mut context)
}

/// A writer that panicked left every later edit waiting for ever, and the window at "Saving".
#[tokio::test]
async fn after_a_panic_of_the_writer_callers_are_told_instead_of_waiting() {
    let home = Home::new();
    let panics = home.store.edit(|_| -> Result<(), StoreError> {
        panic!("on purpose, by a test");
    });
    assert!(matches!(panics.await, Err(StoreError::Closed)));
    let later = home.store.edit(|_| Ok::<_, StoreError>(())).await;
    assert!(matches!(later, Err(StoreError::Closed)), "{later:?}");
}
