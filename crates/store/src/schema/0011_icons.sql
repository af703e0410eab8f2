-- May an older app open this? No: it would write rows of notebooks without the column.

-- What stands before a notebook's name: the document's `icon` as JSON, NULL without one.
ALTER TABLE notebooks ADD COLUMN icon TEXT;

UPDATE notebooks SET icon = (
    SELECT revisions.body -> '$.icon'
    FROM documents JOIN revisions ON revisions.node = documents.head
    WHERE documents.doc = notebooks.doc
);
