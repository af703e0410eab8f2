//! The schema as a snapshot: a change of it is a new migration and shows here.

use super::support::Home;

/// `user_version` of files without the column.
const BEFORE_ICONS: usize = 9;

#[test]
fn the_migrations_are_valid() {
    crate::schema::migrations().validate().unwrap();
}

#[tokio::test]
async fn the_schema_is_the_one_that_was_reviewed() {
    let home = Home::new();
    let sql = home
        .store
        .read(|sql| {
            let mut statement = sql.prepare(
                "SELECT type, name, tbl_name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'
                 ORDER BY tbl_name, type DESC, name",
            )?;
            let rows = statement.query_map([], |row| {
                let (kind, name, table): (String, String, String) =
                    (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok((kind, name, table))
            })?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
        .await
        .unwrap();
    let mut dump = String::new();
    for (kind, name, table) in sql {
        let line = if kind == "table" {
            name.clone()
        } else {
            format!("  {name}")
        };
        dump.push_str(&line);
        if kind == "table" {
            let columns = home
                .store
                .read(move |sql| {
                    let mut statement = sql.prepare(
                        "SELECT name || ' ' || type || iif(\"notnull\", ' not null', '')
                         FROM pragma_table_xinfo(?1)",
                    )?;
                    let rows = statement.query_map([table], |row| row.get::<_, String>(0))?;
                    Ok(rows.collect::<Result<Vec<_>, _>>()?)
                })
                .await
                .unwrap();
            dump.push_str(" (");
            dump.push_str(&columns.join(", "));
            dump.push(')');
        }
        dump.push('\n');
    }
    let reviewed = include_str!("../schema/snapshot.txt");
    assert_eq!(dump, reviewed, "append a migration and review the snapshot");
}

/// Notebooks of older versions may have icons already: another client drew them, and this one kept
/// them in the document without showing them.
#[test]
fn icons_that_were_there_before_are_shown_after_the_migration() {
    let mut sql = rusqlite::Connection::open_in_memory().unwrap();
    let migrations = crate::schema::migrations();
    migrations.to_version(&mut sql, BEFORE_ICONS).unwrap();
    sql.execute_batch(
        r#"INSERT INTO documents (doc, id, kind, seq, head) VALUES (1, 'book:a', 1, 1, 7), (2, 'book:b', 1, 2, 8);
           INSERT INTO revisions (node, doc, generation, leaf, deleted, body)
               VALUES (7, 1, 1, 1, 0, '{"name":"a","icon":{"type":"inline","svg":"<svg/>"}}'),
                      (8, 2, 1, 1, 0, '{"name":"b"}');
           INSERT INTO notebooks (doc, name) VALUES (1, 'a'), (2, 'b');"#,
    )
    .unwrap();
    migrations.to_latest(&mut sql).unwrap();
    let icon = |doc: i64| {
        sql.query_row("SELECT icon FROM notebooks WHERE doc = ?1", [doc], |row| {
            row.get::<_, Option<String>>(0)
        })
        .unwrap()
    };
    assert_eq!(
        icon(1).as_deref(),
        Some(r#"{"type":"inline","svg":"<svg/>"}"#)
    );
    assert_eq!(icon(2), None);
}
