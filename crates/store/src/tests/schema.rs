//! The schema as a snapshot: a change of it is a new migration and shows here.

use super::support::Home;

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
