//! The suite that every replica passes.

use sheaf_model::DocId;
use sheaf_sync::conformance::Desk;

use super::support::{Home, NOW};
use crate::Store;

struct Writer(std::sync::Mutex<u8>, Home);

fn desk() -> Writer {
    Writer(std::sync::Mutex::new(0), Home::new())
}

sheaf_sync::replica_conformance!(desk);
sheaf_sync::record_conformance!(desk);

impl Desk for Writer {
    type Replica = Store;

    fn replica(&self) -> &Store {
        &self.1.store
    }

    async fn create(&self, text: &str) -> DocId {
        let random = {
            let mut last = self.0.lock().unwrap();
            *last += 1;
            [*last; 12]
        };
        let note = crate::NewNote {
            body: text.into(),
            ..crate::NewNote::default()
        };
        self.1
            .store
            .create_note(note, random, NOW)
            .await
            .unwrap()
            .row
            .id
    }

    async fn edit(&self, note: &DocId, text: &str) {
        self.1.write(note, text).await;
    }

    async fn delete(&self, note: &DocId) {
        self.1
            .store
            .trash_notes(vec![note.clone()], NOW)
            .await
            .unwrap();
        self.1.store.delete_notes(vec![note.clone()]).await.unwrap();
    }

    async fn text(&self, note: &DocId) -> Option<String> {
        Some(self.1.store.get_note(note.clone()).await.ok()?.body)
    }
}
