-- May an older app open this? There is none.

CREATE TABLE remotes (
    remote INTEGER PRIMARY KEY,
    -- Stable over a change of password, different for another origin, path or database.
    id TEXT NOT NULL UNIQUE,
    -- How it is reached, as JSON, never with a password.
    config TEXT,
    -- 1: the remote has said who it is; marker and instance hold what it said.
    met INTEGER NOT NULL DEFAULT 0,
    marker TEXT,
    instance TEXT,
    -- JSON of the remote's own position: everything up to it was pulled.
    pulled TEXT,
    -- Journal place up to which everything was acknowledged or refused.
    pushed INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Revisions a remote has: they came from it or it acknowledged them. Not offered to it again.
CREATE TABLE known (
    node INTEGER NOT NULL REFERENCES revisions (node),
    remote INTEGER NOT NULL REFERENCES remotes (remote),
    PRIMARY KEY (node, remote)
) STRICT, WITHOUT ROWID;

-- Documents that do not travel, and why.
CREATE TABLE held_back (
    doc INTEGER NOT NULL REFERENCES documents (doc),
    -- 0: against the shared schema, no remote gets it.
    remote INTEGER NOT NULL,
    -- The revision that was refused; NULL for the draft.
    node INTEGER,
    -- 'title', 'body', 'malformed' or 'refused'.
    reason TEXT NOT NULL,
    -- For title and body: characters and limit as 'n/m'. Else the words.
    detail TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (doc, remote)
) STRICT, WITHOUT ROWID;
