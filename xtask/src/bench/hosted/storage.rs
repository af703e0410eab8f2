//! Where the measured server keeps its data.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

use super::super::report::Report;
use super::super::vault;
use super::LINE;

#[path = "../../../../tests/src/postgres.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with the suites that test"
)]
mod postgres;

use postgres::{Cluster, Flushes};

pub(super) enum Storage {
    Sqlite(PathBuf),
    Postgres {
        cluster: Cluster,
        url: String,
        folder: PathBuf,
    },
}

impl Storage {
    /// Both, new and empty; what is not installed is left out, and the report says so.
    pub(super) fn all(folder: &Path, report: &mut Report) -> Result<Vec<Self>> {
        vault::clear(folder)?;
        let mut all = vec![Self::Sqlite(folder.join("sqlite"))];
        match Cluster::start(Flushes::EachCommit) {
            Ok(cluster) => all.push(Self::Postgres {
                url: cluster.database(),
                cluster,
                folder: folder.join("postgres"),
            }),
            Err(reason) => report.note(LINE, &format!("PostgreSQL is left out: {reason}")),
        }
        Ok(all)
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    pub(super) fn takes_several_nodes(&self) -> bool {
        matches!(self, Self::Postgres { .. })
    }

    /// As `--database` takes it.
    pub(super) fn url(&self) -> &str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres { url, .. } => url,
        }
    }

    pub(super) fn folder(&self) -> &Path {
        match self {
            Self::Sqlite(folder) | Self::Postgres { folder, .. } => folder,
        }
    }

    /// What the items take with their indexes, after the server has ended.
    pub(super) fn bytes(&self) -> Result<u64> {
        match self {
            Self::Sqlite(folder) => {
                let file = folder.join("server.db");
                let data = std::fs::metadata(&file).context("the database is not there")?;
                Ok(data.len())
            }
            Self::Postgres { cluster, url, .. } => {
                let size = cluster
                    .ask(url, "SELECT pg_total_relation_size('items')")
                    .map_err(|error| anyhow!("the size of the table is not known: {error}"))?;
                size.parse().context("a size is a number")
            }
        }
    }
}
