-- May an older app open this? No: it would send what is about to be replaced.

-- 'local': what is here is being replaced by what the remote has. 'remote': the other way round.
-- NULL: neither. Survives a restart, and is carried on then.
ALTER TABLE remotes ADD COLUMN replacing TEXT;

-- Documents of a remote that could not be taken in, written with the checkpoint that passes them.
CREATE TABLE unreadable (
    remote INTEGER NOT NULL REFERENCES remotes (remote),
    -- As the remote calls it; often no id of ours.
    id TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (remote, id)
) STRICT, WITHOUT ROWID;
