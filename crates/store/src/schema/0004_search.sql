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

-- Fewer merges while much arrives; the writer merges the rest when it has nothing else to do.
INSERT INTO search (search, rank) VALUES ('automerge', 8);
INSERT INTO search (search, rank) VALUES ('usermerge', 2);

-- Every three letters of the titles, to find what stands in the middle of a word; same rows.
CREATE VIRTUAL TABLE title_parts USING fts5 (
    title,
    content = '',
    contentless_delete = 1,
    tokenize = "trigram remove_diacritics 1"
);
