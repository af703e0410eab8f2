-- May an older app open this? No: it would write snapshots in their former form.

-- Texts of former versions, each once however many versions of its note share it.
CREATE TABLE texts (
    text INTEGER PRIMARY KEY,
    bytes INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

-- One row: the sum of texts.bytes, kept by the triggers below.
CREATE TABLE history_size (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    bytes INTEGER NOT NULL
) STRICT;
INSERT INTO history_size VALUES (1, 0);
CREATE TRIGGER text_came AFTER INSERT ON texts
BEGIN
    UPDATE history_size SET bytes = bytes + new.bytes;
END;
CREATE TRIGGER text_went AFTER DELETE ON texts
BEGIN
    UPDATE history_size SET bytes = bytes - old.bytes;
END;

DROP INDEX snapshots_by_document;
ALTER TABLE snapshots RENAME TO former_snapshots;

-- Former versions of notes. Known here only.
CREATE TABLE snapshots (
    -- Grows: the order in which versions were put aside.
    snapshot INTEGER PRIMARY KEY AUTOINCREMENT,
    -- By id: the document itself may be gone.
    id TEXT NOT NULL,
    -- When it was put aside, and when its text was written; milliseconds since 1970.
    kept_at INTEGER NOT NULL,
    edited_at INTEGER NOT NULL,
    -- 'edited', 'arrived', 'merged', 'decided', 'restored' or 'deleted'.
    reason TEXT NOT NULL,
    text INTEGER NOT NULL REFERENCES texts (text),
    -- The document as JSON without its text.
    rest TEXT NOT NULL,
    -- 'decided' only: notes.version of the decision, and the leaf this was: a revision or 'draft'.
    decision INTEGER,
    leaf TEXT
) STRICT;
CREATE INDEX snapshots_by_document ON snapshots (id, snapshot);
CREATE INDEX snapshots_by_text ON snapshots (text);
CREATE INDEX snapshots_by_time ON snapshots (kept_at);
CREATE INDEX snapshots_of_deleted ON snapshots (id) WHERE reason = 'deleted';
CREATE TRIGGER snapshot_went AFTER DELETE ON snapshots
BEGIN
    DELETE FROM texts WHERE text = old.text
        AND NOT EXISTS (SELECT 1 FROM snapshots WHERE text = old.text);
END;

INSERT INTO texts
    SELECT snapshot, length(CAST(coalesce(body ->> '$.body', '') AS BLOB)), coalesce(body ->> '$.body', '')
    FROM former_snapshots;
INSERT INTO snapshots (snapshot, id, kept_at, edited_at, reason, text, rest)
    SELECT snapshot, id, taken_at, coalesce(CAST(body ->> '$.updatedAt' AS INTEGER), taken_at), reason,
           snapshot, json_remove(body, '$.body')
    FROM former_snapshots;
DROP TABLE former_snapshots;

-- 1: written on this computer. Tells "mine" from "theirs" in a conflict, nothing else.
ALTER TABLE revisions ADD COLUMN here INTEGER NOT NULL DEFAULT 0;

-- Texts of ancestors no longer needed, the last few: a device that was slow may still have started
-- from one. Oldest first.
CREATE TABLE spare_bases (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    node INTEGER NOT NULL UNIQUE REFERENCES revisions (node),
    bytes INTEGER NOT NULL
) STRICT;

-- Attachment bytes that no document names, and since when that is known; milliseconds since 1970.
CREATE TABLE unnamed_blobs (
    blob TEXT PRIMARY KEY,
    since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
