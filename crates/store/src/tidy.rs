//! Keeping the search index in few pieces.
//!
//! Every commit that indexed something leaves a piece, and a query looks into each. FTS5 would
//! merge them inside the commit that makes one too many, which is the commit an edit waits for; so
//! its own merging is off (`0004_search.sql`) and pieces are merged here, a few pages a transaction.

use rusqlite::{Connection, params};

use crate::writer::Step;

const INDEXES: [&str; 2] = ["search", "title_parts"];
/// Pieces that are worth merging when there is nothing else to do, and those that are merged
/// before anything but an edit goes on.
const UNTIDY: u32 = 16;
const OVERDUE: u32 = 96;
/// A merge joins at least so many pieces of about the same size: two when there is time; when
/// there is none, so many that nothing is merged twice soon.
const FEWEST_IDLE: u32 = 2;
const FEWEST_OVERDUE: u32 = 16;
/// Pages of 4 kB that one step writes: some milliseconds.
const PAGES: u32 = 48;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tidiness {
    Tidy,
    /// Merge when nothing waits.
    WhenIdle,
    /// Merge before more is indexed.
    Overdue,
}

/// What the writer knows of the pieces.
#[derive(Debug)]
pub(crate) struct Pieces {
    /// Not counted again for every commit.
    about: u32,
    /// A merge that was begun. Half of one is no better than none.
    merging: Option<Tidiness>,
    /// What `usermerge` is set to, once that is known.
    fewest: Option<u32>,
}

impl Pieces {
    pub(crate) fn count(sql: &Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            about: pieces(sql)?,
            merging: None,
            fewest: None,
        })
    }

    /// A commit indexed something.
    pub(crate) fn added(&mut self) {
        self.about += 1;
    }

    pub(crate) fn tidiness(&self) -> Tidiness {
        if self.about >= OVERDUE {
            Tidiness::Overdue
        } else if self.about >= UNTIDY {
            self.merging.unwrap_or(Tidiness::WhenIdle)
        } else {
            self.merging.unwrap_or(Tidiness::Tidy)
        }
    }

    /// A step, in a transaction of its own. An edit waits for no more than this.
    pub(crate) fn merge(&mut self, sql: &Connection, tidiness: Tidiness) -> Step {
        let step = self.step(sql, tidiness).unwrap_or_else(|error| {
            // Not again until as much has arrived as now.
            tracing::warn!(%error, "merging the search index");
            Step::Done
        });
        match step {
            Step::More => self.merging = Some(tidiness),
            Step::Done => (self.about, self.merging) = (0, None),
        }
        step
    }

    fn step(&mut self, sql: &Connection, tidiness: Tidiness) -> rusqlite::Result<Step> {
        let fewest = match tidiness {
            Tidiness::Overdue => FEWEST_OVERDUE,
            Tidiness::WhenIdle | Tidiness::Tidy => FEWEST_IDLE,
        };
        if self.fewest != Some(fewest) {
            for index in INDEXES {
                command(sql, index, "usermerge", fewest)?;
            }
            self.fewest = Some(fewest);
        }
        for index in INDEXES {
            let before = sql.total_changes();
            command(sql, index, "merge", PAGES)?;
            // FTS5's sign that there was something to merge.
            if sql.total_changes() - before >= 2 {
                return Ok(Step::More);
            }
        }
        Ok(Step::Done)
    }
}

fn command(sql: &Connection, index: &str, name: &str, value: u32) -> rusqlite::Result<()> {
    sql.prepare_cached(&format!(
        "INSERT INTO {index} ({index}, rank) VALUES (?1, ?2)"
    ))?
    .execute(params![name, value])?;
    Ok(())
}

/// Without reading the index of pieces as a whole.
fn pieces(sql: &Connection) -> rusqlite::Result<u32> {
    sql.prepare_cached(
        "WITH RECURSIVE piece (id) AS (
             SELECT min(segid) FROM search_idx
             UNION ALL
             SELECT (SELECT min(segid) FROM search_idx WHERE segid > piece.id)
             FROM piece WHERE piece.id IS NOT NULL
         )
         SELECT count(id) FROM piece",
    )?
    .query_row([], |row| row.get(0))
}
