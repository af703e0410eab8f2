//! An engine in a directory of its own, with a clock that only tests move.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use sheaf_engine::{
    Clock, Directories, Engine, EngineOptions, Events, Logs, Random, SecretStoreChoice,
};
use sheaf_ipc::{Api as _, CreateNote, Event, NoteDetail, SyncState, SyncStatus};
use tempfile::TempDir;
use tokio::sync::watch;

pub(crate) struct TestClock(watch::Sender<i64>);

impl TestClock {
    pub(crate) fn at(now: i64) -> Arc<Self> {
        Arc::new(Self(watch::Sender::new(now)))
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.0
            .send_modify(|now| *now += i64::try_from(by.as_millis()).unwrap());
    }
}

impl Clock for TestClock {
    fn now(&self) -> i64 {
        *self.0.borrow()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let mut time = self.0.subscribe();
        let due = *time.borrow() + i64::try_from(duration.as_millis()).unwrap();
        Box::pin(async move {
            // The clock lives as long as the engine that sleeps on it.
            let _ = time.wait_for(|now| *now >= due).await;
        })
    }
}

/// Counts instead of drawing: ids differ, runs do not.
pub(crate) struct TestRandom(std::sync::atomic::AtomicU64);

impl TestRandom {
    pub(crate) fn seeded(seed: u64) -> Arc<Self> {
        Arc::new(Self(std::sync::atomic::AtomicU64::new(seed)))
    }
}

impl Random for TestRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let state = self
                .0
                .fetch_add(0x9e37_79b9_7f4a_7c15, std::sync::atomic::Ordering::Relaxed);
            *byte = ((state ^ (state >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 56) as u8;
        }
    }
}

pub(crate) struct Home {
    pub(crate) dir: TempDir,
    pub(crate) clock: Arc<TestClock>,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            clock: TestClock::at(1_700_000_000_000),
        }
    }

    pub(crate) fn options(&self) -> EngineOptions {
        let data = self.dir.path().join("data");
        let directories = Directories {
            logs: data.join("logs"),
            data,
        };
        EngineOptions {
            clock: self.clock.clone(),
            random: TestRandom::seeded(7),
            secret_store: Some(SecretStoreChoice::Session),
            ..EngineOptions::for_command(directories, Logs::none())
        }
    }

    pub(crate) async fn open(&self) -> Engine {
        Engine::open(self.options()).await.unwrap()
    }
}

pub(crate) async fn note(engine: &Engine, title: &str, body: &str) -> NoteDetail {
    let note = CreateNote {
        title: title.into(),
        body: body.into(),
        ..CreateNote::default()
    };
    engine.create_note(note).await.unwrap()
}

/// The next status for which `wanted` holds.
pub(crate) async fn status(events: &mut Events, wanted: impl Fn(&SyncState) -> bool) -> SyncStatus {
    loop {
        match events.next().await.expect("the engine is still there") {
            Event::SyncStatusChanged { status } if wanted(&status.state) => return status,
            _ => {}
        }
    }
}

/// The lock goes with the last task that holds the store.
pub(crate) async fn reopened(home: &Home) -> Engine {
    loop {
        match Engine::open(home.options()).await {
            Ok(engine) => return engine,
            Err(sheaf_engine::OpenEngineError::Open(sheaf_engine::OpenError::Locked)) => {
                tokio::task::yield_now().await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}
