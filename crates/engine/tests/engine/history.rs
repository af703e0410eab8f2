//! Former versions through the command table.

use std::time::Duration;

use crate::support::{Home, note};
use sheaf_engine::Engine;
use sheaf_ipc::*;

async fn write(engine: &Engine, id: &str, body: &str) {
    let base = engine.get_note(NoteRef { id: id.into() }).await.unwrap();
    let edit = UpdateNote {
        id: id.into(),
        base: base.version,
        title: None,
        body: Some(body.into()),
    };
    let saved = engine.update_note(edit).await.unwrap();
    assert!(matches!(saved, UpdateOutcome::Saved { .. }));
}

async fn versions(engine: &Engine, id: &str) -> Vec<NoteVersion> {
    let history = engine.note_history(NoteRef { id: id.into() }).await;
    history.unwrap().versions
}

#[tokio::test]
async fn an_editing_session_leaves_a_version_that_is_read_restored_and_copied() {
    let home = Home::new();
    let engine = home.open().await;
    let id = note(&engine, "Title", "first words").await.summary.id;
    home.clock.advance(Duration::from_mins(20));
    write(&engine, &id, "second words and more").await;
    let listed = versions(&engine, &id).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0].reason, listed[0].words, listed[0].added),
        (VersionReason::Edited, 3, 3)
    );
    let snapshot = listed[0].snapshot.clone();
    let named = SnapshotRef {
        id: id.clone(),
        snapshot: snapshot.clone(),
    };
    let content = engine.snapshot(named).await.unwrap();
    assert_eq!(content.body, "first words");
    let restore = |snapshot: String, as_copy| RestoreSnapshot {
        id: id.clone(),
        snapshot,
        as_copy,
    };
    let copy = engine
        .restore_snapshot(restore(snapshot.clone(), true))
        .await
        .unwrap();
    assert_ne!(copy.note.summary.id, id);
    assert_eq!(
        (copy.note.body.as_str(), copy.replaced),
        ("first words", None)
    );
    let restored = engine
        .restore_snapshot(restore(snapshot, false))
        .await
        .unwrap();
    assert_eq!(restored.note.body, "first words");
    let undone = engine
        .restore_snapshot(restore(restored.replaced.unwrap(), false))
        .await
        .unwrap();
    assert_eq!(undone.note.body, "second words and more");
}

#[tokio::test]
async fn versions_are_counted_on_the_disk_and_go_when_the_preference_says_so() {
    let home = Home::new();
    let engine = home.open().await;
    let id = note(&engine, "t", "twelve bytes").await.summary.id;
    let day = Duration::from_hours(24);
    home.clock.advance(day);
    write(&engine, &id, "other").await;
    assert_eq!(engine.app_info(()).await.unwrap().history_bytes, 12);
    home.clock.advance(8 * day);
    let keep = |days| Settings {
        history_days: days,
        ..Settings::default()
    };
    for (days, left) in [(0, 1), (9, 1), (7, 0)] {
        engine.save_settings(keep(days)).await.unwrap();
        assert_eq!(versions(&engine, &id).await.len(), left, "{days} days");
    }
    assert_eq!(engine.app_info(()).await.unwrap().history_bytes, 0);
}

#[tokio::test]
async fn what_is_no_version_of_a_note_is_not_found() {
    let home = Home::new();
    let engine = home.open().await;
    let id = note(&engine, "t", "x").await.summary.id;
    for snapshot in ["", "1", "one", "-1", "99999999999999999999"] {
        let named = SnapshotRef {
            id: id.clone(),
            snapshot: snapshot.into(),
        };
        let refused = engine.snapshot(named).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::NotFound, "{snapshot:?}");
    }
    assert_eq!(engine.recently_deleted(()).await.unwrap(), []);
    let touched = engine.forget_deleted(NoteRefs { ids: vec![id] }).await;
    assert_eq!(touched.unwrap().notes, 0);
}

#[tokio::test]
async fn nothing_to_decide_is_decided_for_no_note() {
    let home = Home::new();
    let engine = home.open().await;
    let id = note(&engine, "t", "x").await.summary.id;
    for rule in [
        ConflictRule::Mine,
        ConflictRule::Newest,
        ConflictRule::Provable,
    ] {
        let request = ResolveConflicts {
            ids: vec![id.clone(), "note:nothing".into()],
            rule,
        };
        let resolved = engine.resolve_conflicts(request).await.unwrap();
        assert_eq!((resolved.decisions.len(), resolved.left.len()), (0, 0));
    }
    let nothing = Decision {
        id,
        decision: "1".into(),
    };
    let touched = engine
        .reopen_conflicts(Decisions {
            decisions: vec![nothing],
        })
        .await;
    assert_eq!(touched.unwrap().notes, 0);
}
