-- May an older app open this? There is none.

-- Words of titles and texts; rowid is notes.search_row. The text itself is in the revisions.
-- What is indexed went through `words.rs` first: runs of scripts without spaces become pairs.
CREATE VIRTUAL TABLE search USING fts5 (
    title,
    body,
    content = '',
    contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 2"
);

-- No commit merges pieces of the index; the writer does, a few pages at a time (`tidy.rs`).
INSERT INTO search (search, rank) VALUES ('automerge', 0);
INSERT INTO search (search, rank) VALUES ('crisismerge', 1000);
INSERT INTO search (search, rank) VALUES ('usermerge', 2);

-- Every three letters of the titles, to find what stands in the middle of a word; same rows.
CREATE VIRTUAL TABLE title_parts USING fts5 (
    title,
    content = '',
    contentless_delete = 1,
    tokenize = "trigram remove_diacritics 1"
);

INSERT INTO title_parts (title_parts, rank) VALUES ('automerge', 0);
INSERT INTO title_parts (title_parts, rank) VALUES ('crisismerge', 1000);
INSERT INTO title_parts (title_parts, rank) VALUES ('usermerge', 2);
