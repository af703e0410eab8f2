-- May an older app open this? Yes, but it would not see what is known of a remote of items.

-- What a conversation with a remote remembers about what it has seen there: one row per item.
CREATE TABLE records (
    remote INTEGER NOT NULL REFERENCES remotes (remote),
    key TEXT NOT NULL,
    -- JSON.
    value TEXT NOT NULL,
    PRIMARY KEY (remote, key)
) STRICT, WITHOUT ROWID;
