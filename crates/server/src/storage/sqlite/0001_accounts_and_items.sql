-- Accounts. `number` is the short key that rows of the account carry; `id` is what travels.
CREATE TABLE users (
    number        INTEGER PRIMARY KEY,
    id            TEXT    NOT NULL UNIQUE,
    email         TEXT    NOT NULL UNIQUE,   -- trimmed, lower case
    password_hash TEXT    NOT NULL,          -- Argon2id in PHC form
    key_params    TEXT    NOT NULL,          -- JSON, handed out as it came
    version       TEXT    NOT NULL,
    disabled      INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL,          -- microseconds
    generation    INTEGER NOT NULL,          -- changes with every password
    counter       INTEGER NOT NULL DEFAULT 0, -- newest commit; the inside of sync tokens
    bytes         INTEGER NOT NULL DEFAULT 0  -- payload kept, for quotas
) STRICT;

-- Registrations allowed by name while registration is by invitation.
CREATE TABLE invites (
    email TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Sign-ins that have begun (PKCE): the challenge the verifier must match.
CREATE TABLE challenges (
    challenge TEXT    PRIMARY KEY,
    expires   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: the secret behind made-up key parameters.
CREATE TABLE server_secret (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    secret   BLOB NOT NULL
) STRICT;

-- Sessions. Tokens are kept as SHA-256 only.
CREATE TABLE sessions (
    id                    TEXT    PRIMARY KEY,
    user                  INTEGER NOT NULL REFERENCES users (number) ON DELETE CASCADE,
    access_hash           BLOB    NOT NULL,
    refresh_hash          BLOB    NOT NULL,
    previous_refresh_hash BLOB,
    access_expires        INTEGER NOT NULL,
    refresh_expires       INTEGER NOT NULL,
    refreshed_at          INTEGER NOT NULL,
    created_at            INTEGER NOT NULL,
    user_agent            TEXT    NOT NULL,
    api                   TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of_user ON sessions (user);

-- Items, keyed by account and uuid: another account's uuid can be neither met nor taken.
CREATE TABLE items (
    user         INTEGER NOT NULL REFERENCES users (number) ON DELETE CASCADE,
    uuid         TEXT    NOT NULL,
    content_type TEXT,
    content      TEXT,                       -- ciphertext; NULL when deleted
    enc_item_key TEXT,
    items_key_id TEXT,
    auth_hash    TEXT,
    duplicate_of TEXT,
    deleted      INTEGER NOT NULL,           -- the row stays: it is the tombstone
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,           -- grows by at least a millisecond per save
    commit_no    INTEGER NOT NULL,           -- unique within the account
    PRIMARY KEY (user, uuid)
) STRICT;
CREATE UNIQUE INDEX items_in_order ON items (user, commit_no);
CREATE INDEX items_by_type ON items (user, content_type, commit_no);
