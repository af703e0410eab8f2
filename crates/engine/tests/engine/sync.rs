//! The life of sync without a real server: what each answer leads to, and who goes on when.

use std::time::Duration;

use sheaf_engine::{Engine, EngineOptions};
use sheaf_ipc::*;

use crate::{
    server::{REFUSED, Server, nobody},
    support::{Home, note, status},
};

fn form(address: &str, password: Option<&str>) -> RemoteForm {
    RemoteForm {
        fields: CouchFields {
            address: address.into(),
            user: "anna".into(),
            database: "notes".into(),
            token: false,
        },
        password: password.map(str::to_owned),
        vault: None,
    }
}

async fn apply(engine: &Engine, address: &str) -> Applied {
    let form = form(address, Some("secret"));
    let request = ApplySync::Couchdb {
        form,
        although_unreachable: true,
        joining: None,
    };
    engine.apply_sync(request).await.unwrap()
}

async fn live(home: &Home) -> Engine {
    Engine::open(EngineOptions {
        live_sync: true,
        ..home.options()
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn sync_is_off_until_somebody_chooses_it() {
    let home = Home::new();
    let engine = live(&home).await;
    let settings = engine.sync_settings(()).await.unwrap();
    assert_eq!(settings.target, SyncTarget::Off);
    assert_eq!(engine.sync_status(()).await.unwrap().state, SyncState::Off);
    for refused in [
        engine.sync_now(()).await.unwrap_err(),
        engine.pause_sync(()).await.unwrap_err(),
        engine.resume_sync(()).await.unwrap_err(),
        engine.retry_held_back(()).await.unwrap_err(),
    ] {
        assert_eq!(refused.code, ErrorCode::SyncOff);
    }
    assert!(engine.list_held_back(()).await.unwrap().is_empty());
    engine.shutdown().await;
}

#[tokio::test]
async fn a_pasted_address_is_taken_apart_and_the_password_comes_back_once() {
    let home = Home::new();
    let engine = home.open().await;
    let text = "https://anna:s%40crt@couch.example.org:6984/my-notes".to_owned();
    let parsed = engine.parse_address(PastedAddress { text }).await.unwrap();
    let fields = CouchFields {
        address: "https://couch.example.org:6984".into(),
        user: "anna".into(),
        database: "my-notes".into(),
        token: false,
    };
    assert_eq!(
        parsed,
        ParsedAddress {
            fields,
            password: Some("s@crt".into()),
            hints: vec![],
            vault: None,
            token_expires: None,
        }
    );
    let wrong = PastedAddress {
        text: "ftp://host/db".into(),
    };
    assert_eq!(
        engine.parse_address(wrong).await.unwrap_err().code,
        ErrorCode::AddressInvalid
    );
}

#[tokio::test]
async fn a_target_that_cannot_work_is_not_put_into_force() {
    let home = Home::new();
    let engine = home.open().await;
    let server = Server::answering(401, REFUSED).await;
    let applied = apply(&engine, &server.address).await;
    assert!(!applied.applied);
    assert_eq!(
        applied.report.unwrap().problem.unwrap().code,
        ErrorCode::Unauthorised
    );
    assert_eq!(
        engine.sync_settings(()).await.unwrap().target,
        SyncTarget::Off
    );
}

#[tokio::test]
async fn an_unreachable_target_needs_the_persons_word() {
    let home = Home::new();
    let engine = home.open().await;
    let address = nobody().await;
    let request = ApplySync::Couchdb {
        form: form(&address, Some("secret")),
        although_unreachable: false,
        joining: None,
    };
    let refused = engine.apply_sync(request).await.unwrap();
    assert!(!refused.applied);
    assert_eq!(
        refused.report.unwrap().problem.unwrap().code,
        ErrorCode::ConnectionRefused
    );
    let applied = apply(&engine, &address).await;
    assert!(applied.applied && applied.settings.has_password);
    match applied.settings.target {
        SyncTarget::Couchdb { display, .. } => {
            assert_eq!(
                display,
                format!("anna@{}/notes", address.replace("http://", ""))
            );
        }
        other => panic!("not in force: {other:?}"),
    }
}

#[tokio::test]
async fn a_test_changes_nothing_and_needs_a_password_for_a_name() {
    let home = Home::new();
    let engine = home.open().await;
    let server = Server::answering(401, REFUSED).await;
    let report = engine
        .test_remote(form(&server.address, None))
        .await
        .unwrap();
    assert_eq!(report.problem.unwrap().code, ErrorCode::PasswordMissing);
    assert_eq!(report.lines[0].code.as_deref(), Some("secret_missing"));
    let strangers = server.times_asked();
    let report = engine
        .test_remote(form(&server.address, Some("wrong")))
        .await
        .unwrap();
    assert_eq!(report.problem.unwrap().code, ErrorCode::Unauthorised);
    // What it is, as before, and once with the password: five wrong ones lock an account.
    assert_eq!(server.times_asked(), 2 * strangers + 1);
    assert_eq!(engine.sync_status(()).await.unwrap().state, SyncState::Off);
}

#[tokio::test]
async fn notes_are_backed_up_before_sync_points_somewhere_else() {
    let home = Home::new();
    let engine = home.open().await;
    note(&engine, "a", "x").await;
    let backups = home.dir.path().join("data/backups");
    let address = nobody().await;
    apply(&engine, &address).await;
    assert_eq!(std::fs::read_dir(&backups).unwrap().count(), 1);
    home.clock.advance(Duration::from_secs(1));
    apply(&engine, &address).await;
    assert_eq!(
        std::fs::read_dir(&backups).unwrap().count(),
        1,
        "the same place again"
    );
    apply(&engine, &nobody().await).await;
    assert_eq!(std::fs::read_dir(&backups).unwrap().count(), 2);
}

#[tokio::test]
async fn trouble_of_the_network_is_tried_again_when_the_time_has_come() {
    let home = Home::new();
    let engine = live(&home).await;
    let mut events = engine.subscribe();
    apply(&engine, &nobody().await).await;
    let is_error = |state: &SyncState| {
        matches!(
            state,
            SyncState::Error {
                code: ErrorCode::ConnectionRefused,
                ..
            }
        )
    };
    let SyncState::Error {
        retry_at: first, ..
    } = status(&mut events, is_error).await.state
    else {
        unreachable!("the status was just matched")
    };
    assert!(first > sheaf_engine::Clock::now(&*home.clock));
    home.clock.advance(Duration::from_secs(2));
    status(&mut events, |state| *state == SyncState::Connecting).await;
    let SyncState::Error {
        retry_at: second, ..
    } = status(&mut events, is_error).await.state
    else {
        unreachable!("the status was just matched")
    };
    assert!(second > first);
    engine.shutdown().await;
}

#[tokio::test]
async fn waking_up_tries_again_at_once() {
    let home = Home::new();
    let engine = live(&home).await;
    let mut events = engine.subscribe();
    apply(&engine, &nobody().await).await;
    status(&mut events, |state| {
        matches!(state, SyncState::Error { .. })
    })
    .await;
    engine.resumed();
    status(&mut events, |state| *state == SyncState::Connecting).await;
    engine.shutdown().await;
}

/// In force, with a server that is refusing the password by now.
async fn blocked(home: &Home) -> (Engine, sheaf_engine::Events, Server) {
    let engine = live(home).await;
    let server = Server::answering(503, "{}").await;
    let mut events = engine.subscribe();
    assert!(apply(&engine, &server.address).await.applied);
    server.now_answers(401, REFUSED);
    engine.resumed();
    status(&mut events, |state| {
        matches!(
            state,
            SyncState::Blocked {
                code: ErrorCode::Unauthorised,
                ..
            }
        )
    })
    .await;
    (engine, events, server)
}

#[tokio::test]
async fn a_refused_password_is_not_tried_again_until_there_is_another() {
    let home = Home::new();
    let (engine, mut events, server) = blocked(&home).await;
    let asked = server.times_asked();
    home.clock.advance(Duration::from_hours(1));
    engine.resumed();
    let now = engine.sync_status(()).await.unwrap();
    assert!(matches!(now.state, SyncState::Blocked { .. }));
    assert_eq!(server.times_asked(), asked);
    engine
        .enter_password(EnterPassword {
            password: "another".into(),
        })
        .await
        .unwrap();
    status(&mut events, |state| *state == SyncState::Connecting).await;
    status(&mut events, |state| {
        matches!(state, SyncState::Blocked { .. })
    })
    .await;
    assert!(server.times_asked() > asked);
    engine.shutdown().await;
}

#[tokio::test]
async fn asking_for_a_round_says_what_stands_in_the_way() {
    let home = Home::new();
    let (engine, _events, _server) = blocked(&home).await;
    assert_eq!(
        engine.sync_now(()).await.unwrap_err().code,
        ErrorCode::Unauthorised
    );
    engine.shutdown().await;
}

#[tokio::test]
async fn pausing_is_kept_and_resuming_goes_on() {
    let home = Home::new();
    let engine = live(&home).await;
    let mut events = engine.subscribe();
    apply(&engine, &nobody().await).await;
    engine.pause_sync(()).await.unwrap();
    status(&mut events, |state| *state == SyncState::Paused).await;
    engine.resumed();
    assert_eq!(
        engine.sync_status(()).await.unwrap().state,
        SyncState::Paused
    );
    engine.shutdown().await;
    drop((engine, events));

    let engine = crate::support::reopened(&home).await;
    let mut events = engine.subscribe();
    engine.start_sync().await;
    assert_eq!(
        engine.sync_status(()).await.unwrap().state,
        SyncState::Paused
    );
    engine.resume_sync(()).await.unwrap();
    status(&mut events, |state| *state == SyncState::Connecting).await;
    engine.shutdown().await;
}

#[tokio::test]
async fn an_answer_without_a_question_is_refused() {
    let home = Home::new();
    let engine = home.open().await;
    for answer in [GuardAnswer::Merge, GuardAnswer::Delete, GuardAnswer::Keep] {
        let refused = engine
            .answer_guard(AnswerGuard { answer })
            .await
            .unwrap_err();
        assert_eq!(refused.code, ErrorCode::Invalid);
    }
}

#[tokio::test]
async fn switching_off_keeps_every_note_and_forgets_the_password() {
    let home = Home::new();
    let engine = live(&home).await;
    let kept = note(&engine, "kept", "x").await;
    apply(&engine, &nobody().await).await;
    let off = engine.apply_sync(ApplySync::Off).await.unwrap();
    assert!(off.applied && !off.settings.has_password);
    assert_eq!(engine.sync_status(()).await.unwrap().state, SyncState::Off);
    let id = kept.summary.id.clone();
    assert_eq!(engine.get_note(NoteRef { id }).await.unwrap(), kept);
    engine.shutdown().await;
}

#[tokio::test]
async fn what_waits_is_counted_while_the_remote_is_away() {
    let home = Home::new();
    let engine = home.open().await;
    apply(&engine, &nobody().await).await;
    let before = engine.sync_status(()).await.unwrap().waiting;
    note(&engine, "a", "x").await;
    assert_eq!(engine.sync_status(()).await.unwrap().waiting, before + 1);
}

#[tokio::test]
async fn closing_does_not_wait_for_a_server_that_hangs() {
    let home = Home::new();
    let engine = live(&home).await;
    let server = Server::answering(503, "{}").await;
    assert!(apply(&engine, &server.address).await.applied);
    let before = server.hangs();
    let round = {
        let engine = engine.clone();
        tokio::spawn(async move { engine.sync_now(()).await })
    };
    server.is_asked_more_often_than(before).await;
    let started = std::time::Instant::now();
    engine.shutdown().await;
    // The answer would be waited for for a minute; the rest is room for a busy machine.
    assert!(started.elapsed() < Duration::from_secs(20));
    assert_eq!(round.await.unwrap().unwrap_err().code, ErrorCode::Cancelled);
}

#[tokio::test]
async fn pausing_stops_what_hangs_at_once() {
    let home = Home::new();
    let engine = live(&home).await;
    let server = Server::answering(503, "{}").await;
    assert!(apply(&engine, &server.address).await.applied);
    let before = server.hangs();
    engine.resumed();
    server.is_asked_more_often_than(before).await;
    engine.pause_sync(()).await.unwrap();
    assert_eq!(
        engine.sync_status(()).await.unwrap().state,
        SyncState::Paused
    );
    engine.shutdown().await;
}
