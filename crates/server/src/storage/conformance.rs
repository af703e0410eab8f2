//! What every storage must do, as one suite that each implementation runs in its tests.

use std::collections::BTreeSet;

use serde_json::json;
use sheaf_protocol::{ConflictKind, Generation, IntegrityEntry, Micros, SyncToken};

use super::{Session, Storage, StorageError, SyncAnswer, SyncCall, User, UserId};
use crate::sync::{Sender, read_item};

/// Runs the whole suite on an empty storage.
///
/// # Panics
/// At the first rule that is broken.
pub(super) async fn run(storage: &impl Storage) {
    accounts(storage).await;
    admission(storage).await;
    sessions(storage).await;
    saving_and_retrieving(storage).await;
    pages(storage).await;
    pages_by_size(storage).await;
    conflicts(storage).await;
    accounts_are_apart(storage).await;
    first_sync(storage).await;
    quota(storage).await;
    integrity(storage).await;
    overlapping_saves(storage).await;
    assert_eq!(
        storage.check().await.expect("checked"),
        Vec::<String>::new(),
        "after all of this it is sound"
    );
}

fn user(name: &str) -> User {
    User {
        id: UserId(format!("user-{name}")),
        email: format!("{name}@example.org"),
        password_hash: "$argon2id$".into(),
        key_params: "{}".into(),
        version: "004".into(),
        disabled: false,
        created_at: Micros(1),
        generation: 1,
    }
}

pub(super) async fn new_user(storage: &impl Storage, name: &str) -> UserId {
    let user = user(name);
    let id = user.id.clone();
    storage
        .create_user(user, false)
        .await
        .expect("a new account");
    id
}

fn uuid(n: u32) -> String {
    format!("00000000-0000-4000-8000-{n:012x}")
}

fn note(n: u32, content: &str) -> serde_json::Value {
    json!({"uuid": uuid(n), "content": content, "content_type": "Note", "enc_item_key": "k"})
}

fn call(items: Vec<serde_json::Value>, token: Option<&str>) -> SyncCall {
    SyncCall {
        generation: Generation::V2020,
        sent: items
            .into_iter()
            .map(|item| {
                let item = serde_json::from_value(item).expect("an item");
                read_item(item, 1 << 20, Sender::Other)
            })
            .collect(),
        sync_token: token.map(str::to_owned),
        cursor_token: None,
        limit: None,
        content_type: None,
        integrity: false,
        now: Micros(1_700_000_000_000_000),
        quota: None,
        page_bytes: 10_000_000,
    }
}

/// So many new notes, counted from `first`.
pub(super) fn batch(first: u32, count: u32) -> SyncCall {
    call((first..first + count).map(|n| note(n, "x")).collect(), None)
}

async fn sync(storage: &impl Storage, user: &UserId, call: SyncCall) -> SyncAnswer {
    storage.sync(user, call).await.expect("a sync call")
}

fn uuids(answer: &SyncAnswer) -> Vec<String> {
    answer
        .response
        .retrieved_items
        .iter()
        .map(|item| item.uuid.clone())
        .collect()
}

async fn accounts(storage: &impl Storage) {
    assert_eq!(storage.user_count().await.expect("a count"), 0);
    let (a, b) = tokio::join!(
        storage.create_user(user("anna"), true),
        storage.create_user(user("late"), true),
    );
    let (first, late) = if a.is_ok() { (a, b) } else { (b, a) };
    first.expect("the first account");
    assert!(
        matches!(late, Err(StorageError::NotFirst)),
        "of two at once one is the first"
    );
    let first = storage.users().await.expect("a list").remove(0);
    storage.delete_user(&first.id).await.expect("deleted");
    let anna = new_user(storage, "anna").await;
    let taken = storage
        .create_user(
            User {
                id: UserId("other".into()),
                ..user("anna")
            },
            false,
        )
        .await;
    assert!(
        matches!(taken, Err(StorageError::EmailTaken)),
        "an e-mail is taken once"
    );
    assert!(
        storage
            .user_by_email("anna@example.org")
            .await
            .expect("found")
            .is_some()
    );
    assert!(
        storage
            .user_by_email("nobody@example.org")
            .await
            .expect("answered")
            .is_none()
    );
    new_user(storage, "berta").await;
    let clash = User {
        email: "berta@example.org".into(),
        ..user("anna")
    };
    assert!(matches!(
        storage.change_credentials(clash, None).await,
        Err(StorageError::EmailTaken)
    ));
    let changed = User {
        password_hash: "new".into(),
        generation: 2,
        ..user("anna")
    };
    storage
        .change_credentials(changed, None)
        .await
        .expect("changed");
    let read = storage.user(&anna).await.expect("read").expect("there");
    assert_eq!((read.password_hash.as_str(), read.generation), ("new", 2));
    storage.delete_user(&anna).await.expect("deleted");
    assert!(storage.user(&anna).await.expect("read").is_none());
    assert!(matches!(
        storage.delete_user(&anna).await,
        Err(StorageError::NoSuchUser)
    ));
}

async fn admission(storage: &impl Storage) {
    let secret = storage.server_secret([1; 32]).await.expect("kept");
    assert_eq!(
        storage.server_secret([2; 32]).await.expect("kept"),
        secret,
        "made once"
    );
    storage.put_invite("guest@example.org").await.expect("kept");
    assert!(
        storage
            .take_invite("guest@example.org")
            .await
            .expect("taken")
    );
    assert!(
        !storage
            .take_invite("guest@example.org")
            .await
            .expect("answered"),
        "good once"
    );
    storage.put_challenge("c", Micros(10)).await.expect("kept");
    assert!(
        !storage
            .take_challenge("c", Micros(11))
            .await
            .expect("answered"),
        "too late"
    );
    storage.put_challenge("c", Micros(10)).await.expect("kept");
    assert!(storage.take_challenge("c", Micros(9)).await.expect("taken"));
    assert!(
        !storage
            .take_challenge("c", Micros(9))
            .await
            .expect("answered"),
        "good once"
    );
}

fn session(user: &UserId, id: &str, token: u8) -> Session {
    Session {
        id: id.into(),
        user: user.clone(),
        access_hash: [token; 32],
        refresh_hash: [token + 1; 32],
        previous_access_hash: None,
        previous_refresh_hash: None,
        confirmed: true,
        access_expires: Micros(100),
        refresh_expires: Micros(200),
        refreshed_at: Micros(1),
        created_at: Micros(1),
        user_agent: "test".into(),
        api: "20200115".into(),
        revoked: false,
    }
}

async fn sessions(storage: &impl Storage) {
    let user = new_user(storage, "sessions").await;
    let other = new_user(storage, "other-sessions").await;
    let first = session(&user, "s1", 1);
    storage.put_session(first.clone()).await.expect("kept");
    storage
        .put_session(session(&user, "s2", 3))
        .await
        .expect("kept");
    let next = Session {
        refresh_hash: [9; 32],
        previous_access_hash: Some(first.access_hash),
        previous_refresh_hash: Some(first.refresh_hash),
        confirmed: false,
        ..first.clone()
    };
    assert!(
        storage
            .rotate_session(&first, next.clone())
            .await
            .expect("rotated")
    );
    let read = storage.session_and_user("s1").await.expect("read");
    let (read, _) = read.expect("there");
    assert!(read == next, "every field is kept");
    storage
        .confirm_session("s1", [77; 32])
        .await
        .expect("another pair's");
    storage
        .confirm_session("s1", next.access_hash)
        .await
        .expect("confirmed");
    let read = storage.session_and_user("s1").await.expect("read");
    assert!(read.expect("there").0.confirmed);
    assert!(
        !storage.rotate_session(&first, next).await.expect("refused"),
        "a refresh token works once"
    );
    assert!(
        !storage.end_session(&other, "s1").await.expect("answered"),
        "not another account's"
    );
    assert_eq!(storage.sessions(&user).await.expect("listed").len(), 2);
    storage
        .end_sessions(&user, Some("s2"))
        .await
        .expect("ended");
    let left = storage.sessions(&user).await.expect("listed");
    assert_eq!(
        left.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(),
        ["s2"]
    );
    storage
        .put_session(session(&user, "s3", 5))
        .await
        .expect("kept");
    assert!(
        !storage
            .revoke_session(&other, "s3")
            .await
            .expect("answered"),
        "not another account's"
    );
    assert!(storage.revoke_session(&user, "s3").await.expect("revoked"));
    let (revoked, whose) = storage
        .session_and_user("s3")
        .await
        .expect("read")
        .expect("kept, so that its device is told");
    assert!(revoked.revoked && whose.id == user);
    assert!(
        !storage
            .rotate_session(&revoked, revoked.clone())
            .await
            .expect("refused"),
        "a revoked session does not refresh"
    );
    assert_eq!(storage.sessions(&user).await.expect("listed").len(), 1);
    storage
        .revoke_other_sessions(&user, "s2")
        .await
        .expect("revoked");
    assert_eq!(storage.sessions(&user).await.expect("listed").len(), 1);
    assert_eq!(storage.sweep_sessions(Micros(201)).await.expect("swept"), 2);
    assert!(
        storage
            .session_and_user("s2")
            .await
            .expect("answered")
            .is_none()
    );
}

async fn saving_and_retrieving(storage: &impl Storage) {
    let user = new_user(storage, "saving").await;
    let saved = sync(
        storage,
        &user,
        call(vec![note(1, "one"), note(2, "two")], None),
    )
    .await;
    assert!(saved.changed);
    assert_eq!(saved.response.saved_items.len(), 2);
    assert_eq!(
        saved.response.saved_items[0].content.as_deref(),
        Some("one"),
        "in full"
    );
    let token = saved.response.sync_token.clone();
    let nothing = sync(storage, &user, call(vec![], Some(&token))).await;
    assert!(
        nothing.response.retrieved_items.is_empty(),
        "one's own saves do not come back"
    );
    assert!(!nothing.changed);
    let other = sync(storage, &user, call(vec![], None)).await;
    assert_eq!(uuids(&other), [uuid(1), uuid(2)]);
    let beyond = SyncToken(99).encode();
    let refused = storage.sync(&user, call(vec![], Some(&beyond))).await;
    assert!(
        matches!(refused, Err(StorageError::Token)),
        "a token from the future starts over"
    );
}

async fn pages(storage: &impl Storage) {
    let user = new_user(storage, "pages").await;
    let notes = (0..25).map(|n| note(n, "x")).collect();
    sync(storage, &user, call(notes, None)).await;
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = SyncCall {
            limit: Some(10),
            cursor_token: cursor,
            ..call(vec![], None)
        };
        let answer = sync(storage, &user, page).await;
        seen.extend(uuids(&answer));
        cursor = answer.response.cursor_token;
        if cursor.is_none() {
            break;
        }
        // Saved between two pages: comes at the end, nothing is skipped or sent twice.
        sync(
            storage,
            &user,
            call(vec![note(100 + seen.len() as u32, "y")], None),
        )
        .await;
    }
    let distinct: BTreeSet<&String> = seen.iter().collect();
    assert_eq!((seen.len(), distinct.len()), (27, 27));
}

/// A page ends by size too, and always holds at least one item, however large.
async fn pages_by_size(storage: &impl Storage) {
    let user = new_user(storage, "pages-by-size").await;
    let notes = (0..5).map(|n| note(n, &"x".repeat(1000))).collect();
    sync(storage, &user, call(notes, None)).await;
    let mut sizes = Vec::new();
    let mut cursor = None;
    loop {
        let page = SyncCall {
            cursor_token: cursor,
            page_bytes: 1500,
            ..call(vec![], None)
        };
        let answer = sync(storage, &user, page).await;
        sizes.push(answer.response.retrieved_items.len());
        cursor = answer.response.cursor_token;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [2, 2, 1]);
}

async fn conflicts(storage: &impl Storage) {
    let user = new_user(storage, "conflicts").await;
    let first = sync(storage, &user, call(vec![note(1, "one")], None)).await;
    let token = first.response.sync_token;
    let stale = sync(storage, &user, call(vec![note(1, "other")], Some(&token))).await;
    let conflicts = stale.response.conflicts.expect("since 2019");
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].kind, ConflictKind::SyncConflict);
    assert!(stale.response.saved_items.is_empty() && stale.response.retrieved_items.is_empty());
    let broken = sync(
        storage,
        &user,
        call(vec![json!({"uuid": "x"}), note(2, "fine")], None),
    )
    .await;
    assert_eq!(
        broken.response.saved_items.len(),
        1,
        "a broken item does not spoil the call"
    );
}

async fn accounts_are_apart(storage: &impl Storage) {
    let anna = new_user(storage, "apart-anna").await;
    let eve = new_user(storage, "apart-eve").await;
    sync(storage, &anna, call(vec![note(1, "anna's")], None)).await;
    let taken = sync(storage, &eve, call(vec![note(1, "eve's")], None)).await;
    assert_eq!(
        taken.response.saved_items.len(),
        1,
        "uuids of another account tell nothing"
    );
    let annas = sync(storage, &anna, call(vec![], None)).await;
    assert_eq!(
        annas.response.retrieved_items[0].content.as_deref(),
        Some("anna's")
    );
    storage.delete_user(&eve).await.expect("deleted");
    assert!(storage.item(&anna, &uuid(1)).await.expect("read").is_some());
    assert!(matches!(
        storage.sync(&eve, call(vec![], None)).await,
        Err(StorageError::NoSuchUser)
    ));
}

async fn first_sync(storage: &impl Storage) {
    let user = new_user(storage, "first-sync").await;
    let key = json!({"uuid": uuid(9), "content": "key", "content_type": "SN|ItemsKey"});
    let saved = sync(
        storage,
        &user,
        call(vec![note(1, "a"), note(2, "b"), key], None),
    )
    .await;
    let at = saved.response.saved_items[0].updated_at_timestamp;
    let gone = json!({"uuid": uuid(1), "deleted": true, "updated_at_timestamp": at});
    let token = saved.response.sync_token;
    sync(storage, &user, call(vec![gone], Some(&token))).await;
    let fresh = sync(storage, &user, call(vec![], None)).await;
    assert_eq!(
        uuids(&fresh),
        [uuid(9), uuid(2)],
        "items keys first, deleted ones left out"
    );
    let later = sync(storage, &user, call(vec![], Some(&token))).await;
    assert!(
        later.response.retrieved_items[0].deleted,
        "a tombstone reaches who knew the item"
    );
    assert_eq!(later.response.retrieved_items[0].content, None);
}

async fn quota(storage: &impl Storage) {
    let user = new_user(storage, "quota").await;
    let small = SyncCall {
        quota: Some(100),
        ..call(vec![note(1, "x")], None)
    };
    let saved = sync(storage, &user, small).await;
    let large = SyncCall {
        quota: Some(100),
        ..call(vec![note(2, &"x".repeat(200))], None)
    };
    assert!(matches!(
        storage.sync(&user, large).await,
        Err(StorageError::Quota)
    ));
    let at = saved.response.saved_items[0].updated_at_timestamp;
    let gone = json!({"uuid": uuid(1), "deleted": true, "updated_at_timestamp": at});
    let freed = SyncCall {
        quota: Some(0),
        ..call(vec![gone], None)
    };
    assert_eq!(
        sync(storage, &user, freed).await.response.saved_items.len(),
        1,
        "freeing always works"
    );
}

async fn integrity(storage: &impl Storage) {
    let user = new_user(storage, "integrity").await;
    let saved = sync(
        storage,
        &user,
        SyncCall {
            integrity: true,
            ..call(vec![note(1, "x")], None)
        },
    )
    .await;
    assert!(saved.response.integrity_hash.is_some());
    let at = saved.response.saved_items[0].updated_at_timestamp;
    let claim = |at| {
        vec![IntegrityEntry {
            uuid: uuid(1),
            updated_at_timestamp: at,
        }]
    };
    assert!(
        storage
            .integrity_mismatches(&user, claim(at))
            .await
            .expect("answered")
            .is_empty()
    );
    assert_eq!(
        storage
            .integrity_mismatches(&user, claim(Micros(0)))
            .await
            .expect("answered")
            .len(),
        1
    );
    assert_eq!(
        storage
            .integrity_mismatches(&user, vec![])
            .await
            .expect("answered")
            .len(),
        1
    );
}

/// The race that loses notes on servers whose tokens are times: while one device uploads a long
/// batch another saves a note. Whatever the order, each must learn of the other's.
async fn overlapping_saves(storage: &impl Storage) {
    let user = new_user(storage, "race").await;
    let start = sync(storage, &user, call(vec![], None))
        .await
        .response
        .sync_token;
    for round in 0..20 {
        let base = 1000 * round;
        let batch = (base..base + 100).map(|n| note(n, "a")).collect();
        let (a, b) = tokio::join!(
            storage.sync(&user, call(batch, Some(&start))),
            storage.sync(&user, call(vec![note(base + 500, "b")], Some(&start))),
        );
        let (a, b) = (a.expect("saved"), b.expect("saved"));
        let knows = |answer: &SyncAnswer, n| {
            answer
                .response
                .retrieved_items
                .iter()
                .any(|i| i.uuid == uuid(n))
        };
        let later_a = everything(storage, &user, &a.response.sync_token).await;
        let later_b = everything(storage, &user, &b.response.sync_token).await;
        assert!(
            knows(&a, base + 500) || later_a.contains(&uuid(base + 500)),
            "round {round}: the batch's device never learns of the single note"
        );
        assert!(
            (base..base + 100).all(|n| knows(&b, n) || later_b.contains(&uuid(n))),
            "round {round}: the single note's device misses part of the batch"
        );
    }
}

async fn everything(storage: &impl Storage, user: &UserId, token: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = SyncCall {
            cursor_token: cursor.clone(),
            ..call(vec![], Some(token))
        };
        let answer = sync(storage, user, page).await;
        seen.extend(uuids(&answer));
        cursor = answer.response.cursor_token;
        if cursor.is_none() {
            return seen;
        }
    }
}

/// What a copy must keep: accounts with their counters, sessions, invitations, the secret, every
/// item with its commit.
pub(super) async fn copies<R: Storage>(
    storage: &impl Storage,
    file: &std::path::Path,
    empty: impl AsyncFnOnce() -> R,
) {
    let fresh = storage.user_count().await.expect("a count") == 0;
    if fresh {
        let anna = new_user(storage, "copied").await;
        new_user(storage, "copied-too").await;
        storage.put_invite("guest@example.org").await.expect("kept");
        let notes = (0..450).map(|n| note(n, "text")).collect();
        sync(storage, &anna, call(notes, None)).await;
        storage
            .put_session(session(&anna, "s-copied", 1))
            .await
            .expect("kept");
    }
    let secret = storage.server_secret([5; 32]).await.expect("kept");
    storage.backup(file).await.expect("a copy");
    assert!(
        storage.backup(file).await.is_err(),
        "nothing is overwritten"
    );
    let restored = empty().await;
    restored.server_secret([6; 32]).await.expect("kept");
    restored.restore(file).await.expect("restored");
    assert!(
        matches!(restored.restore(file).await, Err(StorageError::NotEmpty)),
        "only into an empty one"
    );
    assert_eq!(restored.server_secret([7; 32]).await.expect("kept"), secret);
    let mut kept = restored.users().await.expect("a list");
    let mut users = storage.users().await.expect("a list");
    kept.sort_by(|a, b| a.id.cmp(&b.id));
    users.sort_by(|a, b| a.id.cmp(&b.id));
    assert!(kept == users, "every account in full");
    let id = UserId("user-copied".into());
    let (before, after) = (
        everything_in_full(storage, &id).await,
        everything_in_full(&restored, &id).await,
    );
    assert_eq!((before.len(), &before), (450, &after));
    assert!(
        restored
            .session_and_user("s-copied")
            .await
            .expect("read")
            .is_some()
    );
    assert!(
        restored
            .take_invite("guest@example.org")
            .await
            .expect("taken")
    );
    assert_eq!(
        restored.check().await.expect("checked"),
        Vec::<String>::new()
    );
    let token = sync(storage, &id, call(vec![], None))
        .await
        .response
        .sync_token;
    sync(
        &restored,
        &id,
        call(vec![note(9000, "later")], Some(&token)),
    )
    .await;
}

async fn everything_in_full(storage: &impl Storage, user: &UserId) -> Vec<sheaf_protocol::Item> {
    let mut items = Vec::new();
    let mut cursor = None;
    loop {
        let page = SyncCall {
            cursor_token: cursor,
            ..call(vec![], None)
        };
        let answer = sync(storage, user, page).await;
        items.extend(answer.response.retrieved_items);
        cursor = answer.response.cursor_token;
        if cursor.is_none() {
            return items;
        }
    }
}
