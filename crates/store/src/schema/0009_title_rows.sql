-- May an older app open this? No: it would look titles up by the rows of `search`.

-- Every three letters of the titles; rowid is notes.doc. A title is indexed anew when it changes,
-- and not with every change of the text.
DROP TABLE title_parts;
CREATE VIRTUAL TABLE title_parts USING fts5 (
    title,
    content = '',
    contentless_delete = 1,
    tokenize = "trigram remove_diacritics 1"
);
INSERT INTO title_parts (title_parts, rank) VALUES ('automerge', 0);
INSERT INTO title_parts (title_parts, rank) VALUES ('crisismerge', 1000);
INSERT INTO title_parts (title_parts, rank) VALUES ('usermerge', 2);
INSERT INTO title_parts (rowid, title)
    SELECT doc, title FROM notes WHERE search_row NOT IN (SELECT search_row FROM unindexed);
