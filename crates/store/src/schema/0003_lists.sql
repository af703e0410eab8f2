-- May an older app open this? There is none.

-- What lists show, extracted from the shown revision. Always derivable from it.
CREATE TABLE notes (
    doc INTEGER PRIMARY KEY REFERENCES documents (doc),
    -- Journal place of the last change of what is shown; the editor's version.
    version INTEGER NOT NULL,
    -- Row of the full-text index. Grows with every change of the text: newest first for free.
    search_row INTEGER NOT NULL,
    -- The notebook's doc; 0 trash, -1 template.
    place INTEGER NOT NULL,
    -- The same, or the default notebook when that notebook does not exist.
    shown_in INTEGER NOT NULL,
    -- 0 none, 1 active, 2 on hold, 3 completed, 4 dropped.
    status INTEGER NOT NULL,
    pinned INTEGER NOT NULL,
    -- 1: more than one live leaf.
    conflicted INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    tasks INTEGER NOT NULL,
    checked_tasks INTEGER NOT NULL,
    -- Derived, for the indexes: in the trash; left out of its notebook's list.
    trashed INTEGER NOT NULL GENERATED ALWAYS AS (place = 0) VIRTUAL,
    done INTEGER NOT NULL GENERATED ALWAYS AS (status >= 3) VIRTUAL,
    -- Lower case, the beginning only: the order by title.
    title_key TEXT NOT NULL,
    title TEXT NOT NULL,
    -- Plain text of the beginning.
    excerpt TEXT NOT NULL
) STRICT;
CREATE INDEX notes_by_updated ON notes (trashed, updated_at);
CREATE INDEX notes_by_created ON notes (trashed, created_at);
CREATE INDEX notes_by_title ON notes (trashed, title_key);
CREATE INDEX notes_by_notebook ON notes (shown_in, done, updated_at);
CREATE UNIQUE INDEX notes_by_search_row ON notes (search_row, shown_in, status, updated_at);
CREATE INDEX notes_by_status ON notes (status, trashed, updated_at) WHERE status > 0;
CREATE INDEX pinned_notes ON notes (updated_at) WHERE pinned = 1;
CREATE INDEX conflicted_notes ON notes (updated_at) WHERE conflicted = 1;
CREATE INDEX orphaned_notes ON notes (place) WHERE place <> shown_in;

CREATE TABLE note_tags (
    tag INTEGER NOT NULL,
    note INTEGER NOT NULL REFERENCES notes (doc),
    -- Order on the note.
    position INTEGER NOT NULL,
    PRIMARY KEY (tag, note)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_of_note ON note_tags (note, position);

CREATE TABLE notebooks (
    doc INTEGER PRIMARY KEY REFERENCES documents (doc),
    name TEXT NOT NULL,
    -- As written; may not exist or lie on a cycle.
    parent TEXT,
    -- Manual order; NULL: by name.
    manual_order INTEGER
) STRICT;

CREATE TABLE tags (
    doc INTEGER PRIMARY KEY REFERENCES documents (doc),
    name TEXT NOT NULL,
    -- Lower case; of tags with the same one the lowest id stays.
    name_key TEXT NOT NULL,
    color TEXT NOT NULL
) STRICT;
CREATE INDEX tags_by_name ON tags (name_key);

-- Where a note in the trash was before. Known here only.
CREATE TABLE trashed_from (
    doc INTEGER PRIMARY KEY REFERENCES documents (doc),
    notebook INTEGER NOT NULL
) STRICT;

-- How many notes each list shows, maintained with every change.
CREATE TABLE counts (
    -- 0 all, 1 pinned, 2 conflicts, 3 trash, 4 notebook, 5 tag, 6 status.
    counter INTEGER NOT NULL,
    -- Doc of the notebook or tag, number of the status, else 0.
    key INTEGER NOT NULL,
    notes INTEGER NOT NULL,
    PRIMARY KEY (counter, key)
) STRICT, WITHOUT ROWID;
