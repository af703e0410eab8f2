-- Ended from another device. The row stays until it would have expired, so that its device is told.
ALTER TABLE sessions ADD COLUMN revoked INTEGER NOT NULL DEFAULT 0;
-- The pair before the last refresh is good until the newest has been used: it may not have arrived.
ALTER TABLE sessions ADD COLUMN previous_access_hash BLOB;
ALTER TABLE sessions ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 1;
