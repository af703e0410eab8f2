-- Version 1. Plain SQL: every row names its account, nothing is unique across accounts but the e-mail, no trigger, no
-- procedure, so that engines that speak PostgreSQL's protocol can run it, and accounts can be spread over several.
CREATE TABLE IF NOT EXISTS users (
    id            TEXT    PRIMARY KEY,
    email         TEXT    NOT NULL UNIQUE,
    password_hash TEXT    NOT NULL,
    key_params    TEXT    NOT NULL,
    version       TEXT    NOT NULL,
    disabled      BOOLEAN NOT NULL DEFAULT FALSE,
    created_at    BIGINT  NOT NULL,
    generation    BIGINT  NOT NULL,
    counter       BIGINT  NOT NULL DEFAULT 0,
    bytes         BIGINT  NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS invites (
    email TEXT PRIMARY KEY
);
CREATE TABLE IF NOT EXISTS challenges (
    challenge TEXT   PRIMARY KEY,
    expires   BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS server_secret (
    only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
    secret   BYTEA  NOT NULL
);
CREATE TABLE IF NOT EXISTS sessions (
    id                    TEXT    PRIMARY KEY,
    account               TEXT    NOT NULL,
    access_hash           BYTEA   NOT NULL,
    refresh_hash          BYTEA   NOT NULL,
    previous_access_hash  BYTEA,
    previous_refresh_hash BYTEA,
    confirmed             BOOLEAN NOT NULL,
    access_expires        BIGINT  NOT NULL,
    refresh_expires       BIGINT  NOT NULL,
    refreshed_at          BIGINT  NOT NULL,
    created_at            BIGINT  NOT NULL,
    user_agent            TEXT    NOT NULL,
    api                   TEXT    NOT NULL,
    revoked               BOOLEAN NOT NULL
);
CREATE INDEX IF NOT EXISTS sessions_of_account ON sessions (account);
CREATE TABLE IF NOT EXISTS items (
    account      TEXT    NOT NULL,
    uuid         TEXT    NOT NULL,
    content_type TEXT,
    content      TEXT,
    enc_item_key TEXT,
    items_key_id TEXT,
    auth_hash    TEXT,
    duplicate_of TEXT,
    deleted      BOOLEAN NOT NULL,
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    commit_no    BIGINT  NOT NULL,
    PRIMARY KEY (account, uuid)
);
CREATE INDEX IF NOT EXISTS items_in_order ON items (account, commit_no);
