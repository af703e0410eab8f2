-- May an older app open this? There is none.

-- Notes that arrived many at a time and whose words are in neither `search` nor `title_parts` yet:
-- taking them in must not wait for that (`later.rs`).
CREATE TABLE unindexed (
    -- notes.search_row
    search_row INTEGER PRIMARY KEY
) STRICT;
