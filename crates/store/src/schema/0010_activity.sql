-- May an older app open this? Yes, but what it syncs is missing from the log.

-- What sync did, for people to read. Known here only, and kept small: see activity/mod.rs.
CREATE TABLE sync_sessions (
    session INTEGER PRIMARY KEY AUTOINCREMENT,
    remote INTEGER NOT NULL REFERENCES remotes (remote),
    -- Milliseconds since 1970.
    began INTEGER NOT NULL,
    last INTEGER NOT NULL,
    -- 1: what happens from now on belongs to another session.
    ended INTEGER NOT NULL DEFAULT 0,
    -- Documents, whether each has an entry or not.
    pulled INTEGER NOT NULL DEFAULT 0,
    pushed INTEGER NOT NULL DEFAULT 0,
    merged INTEGER NOT NULL DEFAULT 0,
    conflicts INTEGER NOT NULL DEFAULT 0,
    quarantined INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    entries INTEGER NOT NULL DEFAULT 0,
    -- What ended it, as the engine's error code; NULL: nothing did.
    trouble TEXT,
    -- How often that happened in a row with nothing in between.
    tries INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What became of a document in a session; ids only, no titles and no texts.
CREATE TABLE sync_entries (
    entry INTEGER PRIMARY KEY AUTOINCREMENT,
    session INTEGER NOT NULL REFERENCES sync_sessions (session) ON DELETE CASCADE,
    -- 'pulled', 'pushed', 'merged', 'conflict', 'quarantined' or 'skipped'.
    kind TEXT NOT NULL,
    -- A document's id, or the name under which a remote keeps what is none.
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    -- 1: what travelled was a deletion.
    deleted INTEGER NOT NULL DEFAULT 0,
    reason TEXT
) STRICT;
CREATE UNIQUE INDEX sync_entries_by_session ON sync_entries (session, id, kind);

-- Documents that do not travel and that the person wants to hear no more of, with the reason that
-- held then: for another reason they are told again.
CREATE TABLE skipped (
    remote INTEGER NOT NULL REFERENCES remotes (remote),
    id TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (remote, id)
) STRICT, WITHOUT ROWID;
