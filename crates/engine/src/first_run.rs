//! The notes a new installation begins with: three short ones that teach by doing. They stay on
//! this computer until somebody edits them, so that a second installation does not double them.

use sheaf_store::{ListNotes, NewNote, Scope, Store, StoreError};

use crate::{config, surroundings::Surroundings};
use sheaf_sync::Environment as _;

/// In the order they are made; the last one is on top of the list.
const NOTES: [(&str, &str); 3] = [
    (
        "Keep several computers in step",
        "Notes live on this computer, and nothing leaves it until you say so.\n\n\
         To have them on another one as well:\n\n\
         - [ ] open **Preferences → Sync**\n\
         - [ ] choose *Advanced (CouchDB)* and paste the address of your database\n\
         - [ ] press *Test*, then *Apply*\n\n\
         The cloud at the foot of the sidebar shows how it is going. When two computers change the \
         same place at once, both versions are kept and you decide.\n",
    ),
    (
        "Find anything again",
        "Type into the search box; every letter counts, from the first on.\n\n\
         | Type | to find |\n\
         | --- | --- |\n\
         | `list milk` | notes with both words |\n\
         | `\"shopping list\"` | these words in this order |\n\
         | `tag:home` | notes with a tag |\n\
         | `book:recipes` | notes of a notebook |\n\
         | `status:active` | notes you are working on |\n\
         | `updated:week` | what changed this week; also `created:2026-11`, `updated:>yesterday` |\n\
         | `list -milk` | `list`, without `milk` |\n\n\
         Try it: search for `milk` and come back here.\n",
    ),
    (
        "Write your first note",
        "This is a note. It is saved while you type, so there is no save button.\n\n\
         - [x] Open Sheaf\n\
         - [ ] Tick this box in the preview\n\
         - [ ] Change a word right here\n\
         - [ ] Make a note of your own\n\n\
         Text is **Markdown**: `**bold**`, `*slanted*`, `# a heading`, `- [ ] a task`. \
         Paste a picture and it becomes part of the note.\n\n\
         When you are done, move these three notes to the trash.\n",
    ),
];

/// Makes the notes in a data directory that never held any, once.
pub(crate) async fn make(store: &Store, surroundings: &Surroundings) -> Result<(), StoreError> {
    if config::first_run_is_over(store).await? {
        return Ok(());
    }
    if is_empty(store).await? {
        let now = surroundings.now();
        for (offset, (title, body)) in (0..).zip(NOTES) {
            let note = NewNote {
                title: title.to_owned(),
                body: body.to_owned(),
                local_only: true,
                ..NewNote::default()
            };
            // A millisecond apart, so that the list keeps the order.
            store
                .create_note(note, surroundings.id(), now + offset)
                .await?;
        }
    }
    config::end_first_run(store).await
}

async fn is_empty(store: &Store) -> Result<bool, StoreError> {
    for scope in [Scope::All, Scope::Trash] {
        let list = ListNotes {
            scope,
            limit: 1,
            ..ListNotes::default()
        };
        if !store.list_notes(list).await?.rows.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}
