//! Where passwords are, and where they are not.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sheaf_engine::{Engine, EngineOptions, SecretStoreChoice};
use sheaf_ipc::*;

use crate::{
    server::nobody,
    support::{Home, note, reopened},
};

const PASSWORD: &str = "s3cr€t/42@home";

async fn apply(engine: &Engine) -> Result<Applied, ApiError> {
    let address = nobody()
        .await
        .replace("http://", "http://anna:s3cr%E2%82%AC%74%2F42%40home@");
    let fields = CouchFields {
        address,
        user: String::new(),
        database: "notes".into(),
        token: false,
    };
    let form = RemoteForm {
        fields,
        password: None,
        vault: None,
    };
    engine
        .apply_sync(ApplySync::Couchdb {
            form,
            although_unreachable: true,
            joining: None,
        })
        .await
}

fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(dir)
        .unwrap()
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

fn holding(dir: &Path, text: &str) -> Vec<std::path::PathBuf> {
    let holds = |path: &std::path::PathBuf| {
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    files(dir).into_iter().filter(holds).collect()
}

/// Database, write-ahead log and backups; the log files have a test of their own, in a process of
/// their own.
#[tokio::test]
async fn a_session_password_is_in_no_file() {
    let home = Home::new();
    let engine = home.open().await;
    note(&engine, "a", "x").await;
    assert!(apply(&engine).await.unwrap().settings.has_password);
    engine.sync_now(()).await.unwrap_err();
    let dir = home.dir.path();
    for form in [
        PASSWORD.to_owned(),
        "s3cr%E2%82%AC".to_owned(),
        STANDARD.encode(PASSWORD),
        STANDARD.encode(format!("anna:{PASSWORD}")),
    ] {
        assert_eq!(
            holding(dir, &form),
            Vec::<std::path::PathBuf>::new(),
            "{form}"
        );
    }
}

#[tokio::test]
async fn a_session_password_is_gone_with_the_session() {
    let home = Home::new();
    let engine = home.open().await;
    apply(&engine).await.unwrap();
    engine.shutdown().await;
    drop(engine);
    let engine = reopened(&home).await;
    assert!(!engine.sync_settings(()).await.unwrap().has_password);
    assert_eq!(
        engine.sync_now(()).await.unwrap_err().code,
        ErrorCode::PasswordMissing
    );
    let status = engine.sync_status(()).await.unwrap();
    let code = ErrorCode::PasswordMissing;
    assert_eq!(
        status.state,
        SyncState::Blocked {
            code,
            question: None
        }
    );
}

#[tokio::test]
async fn the_clear_file_is_the_only_place_and_outlives_the_session() {
    let home = Home::new();
    let options = EngineOptions {
        secret_store: Some(SecretStoreChoice::ClearFile),
        ..home.options()
    };
    let engine = Engine::open(options).await.unwrap();
    let applied = apply(&engine).await.unwrap();
    assert_eq!(applied.settings.secret_store, SecretStore::ClearFile);
    let found = holding(home.dir.path(), PASSWORD);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("passwords-in-clear-text.json"));
    engine.shutdown().await;
    drop(engine);

    // Nothing on the command line this time: the choice was remembered with the target.
    let options = || EngineOptions {
        secret_store: None,
        ..home.options()
    };
    let engine = loop {
        match Engine::open(options()).await {
            Ok(engine) => break engine,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    let settings = engine.sync_settings(()).await.unwrap();
    assert_eq!(settings.secret_store, SecretStore::ClearFile);
    assert!(settings.has_password);
    engine.apply_sync(ApplySync::Off).await.unwrap();
    assert!(
        holding(home.dir.path(), PASSWORD).is_empty(),
        "forgotten when sync was switched off"
    );
}

#[tokio::test]
async fn choosing_another_store_takes_the_password_along() {
    let home = Home::new();
    let engine = home.open().await;
    apply(&engine).await.unwrap();
    let choose = |store| engine.choose_secret_store(ChooseSecretStore { store });
    let settings = choose(SecretStore::ClearFile).await.unwrap();
    assert!(settings.has_password);
    assert_eq!(holding(home.dir.path(), PASSWORD).len(), 1);
    let settings = choose(SecretStore::Session).await.unwrap();
    assert!(settings.has_password);
    assert!(holding(home.dir.path(), PASSWORD).is_empty());
    let refused = choose(SecretStore::Unavailable).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Invalid);
}

#[tokio::test]
async fn an_empty_password_is_none() {
    let home = Home::new();
    let engine = home.open().await;
    let empty = || EnterPassword {
        password: String::new(),
    };
    assert_eq!(
        engine.enter_password(empty()).await.unwrap_err().code,
        ErrorCode::SyncOff
    );
    apply(&engine).await.unwrap();
    let refused = engine.enter_password(empty()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::PasswordMissing);
}

#[test]
fn requests_with_passwords_cannot_be_printed() {
    let entered = EnterPassword {
        password: PASSWORD.into(),
    };
    let form = RemoteForm {
        fields: CouchFields::default(),
        password: Some(PASSWORD.into()),
        vault: None,
    };
    let applied = ApplySync::Couchdb {
        form: form.clone(),
        although_unreachable: false,
        joining: None,
    };
    for printed in [
        format!("{entered:?}"),
        format!("{form:?}"),
        format!("{applied:?}"),
    ] {
        assert!(!printed.contains(PASSWORD), "{printed}");
    }
}
