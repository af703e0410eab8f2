-- May an older app open this? There is none.

CREATE TABLE documents (
    -- Key of every other table. Also given to ids that are only referred to (the notebook of a note
    -- that arrived before it): such a row has seq 0 and no revisions.
    doc INTEGER PRIMARY KEY,
    -- note:, book:, tag:, file: or sheaf-file: and an opaque rest.
    id TEXT NOT NULL UNIQUE,
    -- 0 note, 1 notebook, 2 tag, 3 file, 4 sheaf-file. Follows from the id.
    kind INTEGER NOT NULL,
    -- Place in the journal: grows with every change of the leaves or the draft, never reused.
    seq INTEGER NOT NULL DEFAULT 0,
    -- The node that is shown: a live draft, else the winner among the live leaves by CouchDB's
    -- rule. NULL: deleted, or only referred to.
    head INTEGER,
    -- 1: stays here until its first edit (first-run notes, empty notes).
    local_only INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX documents_by_seq ON documents (seq);

-- Nodes of the revision trees. A row with a hash is foreign or was offered to a remote and is never
-- altered again except for losing its body. The row without a hash is the unsent head.
CREATE TABLE revisions (
    node INTEGER PRIMARY KEY,
    doc INTEGER NOT NULL REFERENCES documents (doc),
    generation INTEGER NOT NULL,
    -- NULL: the draft, not yet minted. Edits are squashed into it until it is offered.
    hash TEXT,
    -- NULL: a root, or the history was never asked for.
    parent INTEGER,
    -- 1: no minted revision names this one as its parent. The parent of a draft stays a leaf.
    leaf INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    -- The document as JSON without the fields CouchDB owns; unknown fields and key order are kept.
    -- NULL: an ancestor that can no longer be the base of a merge.
    body TEXT
) STRICT;
CREATE UNIQUE INDEX revisions_by_id ON revisions (doc, generation, hash);
CREATE UNIQUE INDEX one_draft_per_document ON revisions (doc) WHERE hash IS NULL;

-- Attachments of revisions whose body is held. Rows here are the references that keep bytes alive.
CREATE TABLE attachments (
    node INTEGER NOT NULL REFERENCES revisions (node),
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    length INTEGER NOT NULL,
    -- Lower-case hexadecimal, of the raw bytes.
    md5 TEXT NOT NULL,
    revpos INTEGER NOT NULL,
    -- Lower-case hexadecimal SHA-256: attachments/ab/cdef….
    blob TEXT NOT NULL,
    PRIMARY KEY (node, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_by_blob ON attachments (blob);

-- One row. The last journal place and the last search row given out.
CREATE TABLE position (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL,
    search_row INTEGER NOT NULL
) STRICT;
INSERT INTO position VALUES (1, 0, 0);

-- Texts kept for the history view: what a deletion took away, what was there before an edit.
CREATE TABLE snapshots (
    snapshot INTEGER PRIMARY KEY,
    -- By id: the document itself may be gone.
    id TEXT NOT NULL,
    -- Milliseconds since 1970.
    taken_at INTEGER NOT NULL,
    -- 'deleted' or 'edited'.
    reason TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX snapshots_by_document ON snapshots (id, taken_at);

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    -- JSON.
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
