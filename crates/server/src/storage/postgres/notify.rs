//! Telling the other nodes of a database what was saved, and hearing it from them.
//!
//! Told after the commit, by one connection, together: a NOTIFY inside every transaction would make
//! all commits of the database wait for each other. What a node could not tell before it died is
//! found by the clients' own polling.

use std::{collections::HashMap, sync::Arc, time::Duration};

use deadpool_postgres::Pool;
use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc;
use tokio_postgres::AsyncMessage;

use super::connection::Connect;
use crate::{
    changes::Changes,
    storage::{StorageError, UserId},
};

const CHANNEL: &str = "sheaf_changes";
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(15);
/// How often the counters are looked at in a database that knows no LISTEN.
const POLL: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub(super) struct Teller(mpsc::UnboundedSender<(UserId, u64)>);

impl Teller {
    pub(super) fn start(pool: Pool) -> Self {
        let (sender, mut queue) = mpsc::unbounded_channel::<(UserId, u64)>();
        tokio::spawn(async move {
            let mut wait = FIRST_WAIT;
            let mut pending: HashMap<UserId, u64> = HashMap::new();
            loop {
                if pending.is_empty() {
                    let Some((user, counter)) = queue.recv().await else {
                        return;
                    };
                    pending.insert(user, counter);
                }
                while let Ok((user, counter)) = queue.try_recv() {
                    let newest = pending.entry(user).or_default();
                    *newest = counter.max(*newest);
                }
                match tell(&pool, &pending).await {
                    Ok(()) => {
                        pending.clear();
                        wait = FIRST_WAIT;
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the other nodes could not be told of changes");
                        tokio::time::sleep(wait).await;
                        wait = (wait * 2).min(LONGEST_WAIT);
                    }
                }
            }
        });
        Self(sender)
    }

    pub(super) fn tell(&self, user: &UserId, counter: u64) {
        // The task ends with the process.
        let _ = self.0.send((user.clone(), counter));
    }
}

async fn tell(pool: &Pool, pending: &HashMap<UserId, u64>) -> Result<(), StorageError> {
    let told: Vec<String> = pending
        .iter()
        .map(|(user, counter)| format!("{counter} {}", user.0))
        .collect();
    let db = pool.get().await?;
    let statement = db
        .prepare_cached("SELECT pg_notify($1, told) FROM unnest($2::text[]) AS told")
        .await?;
    db.query(&statement, &[&CHANNEL, &told]).await?;
    Ok(())
}

/// Never ends. After each break the counters of everybody who listens are looked at: what was told
/// meanwhile was told to nobody here.
pub(super) async fn hear(pool: &Pool, connect: &Connect, changes: &Arc<Changes>) {
    let mut wait = FIRST_WAIT;
    loop {
        match listen(pool, connect, changes, &mut wait).await {
            Ok(()) => tracing::warn!("the connection that hears of changes ended"),
            Err(error) => {
                tracing::warn!(%error, "changes of other nodes cannot be heard; looking for them");
                if let Err(error) = catch_up(pool, changes).await {
                    tracing::debug!(%error, "nor found");
                }
            }
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

async fn listen(
    pool: &Pool,
    connect: &Connect,
    changes: &Changes,
    wait: &mut Duration,
) -> Result<(), StorageError> {
    let (client, mut connection) = connect.config.connect(connect.tls.clone()).await?;
    let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
    let (heard, mut hearing) = mpsc::unbounded_channel();
    // The connection must be polled for anything to happen on it, the LISTEN included.
    let polling = async move {
        while let Some(message) = messages.next().await {
            match message {
                Ok(AsyncMessage::Notification(told)) => {
                    let _ = heard.send(told.payload().to_owned());
                }
                Ok(_) => {}
                Err(error) => return Err(StorageError::from(error)),
            }
        }
        Ok(())
    };
    let passing_on = async {
        if let Err(error) = client.batch_execute(&format!("LISTEN {CHANNEL}")).await {
            if error.code().is_none() {
                return Err(error.into());
            }
            tracing::info!("this database knows no LISTEN; changes of other nodes are looked for");
            loop {
                catch_up(pool, changes).await?;
                tokio::time::sleep(POLL).await;
            }
        }
        catch_up(pool, changes).await?;
        *wait = FIRST_WAIT;
        while let Some(told) = hearing.recv().await {
            if let Some((counter, user)) = told.split_once(' ')
                && let Ok(counter) = counter.parse()
            {
                changes.announce(&UserId(user.to_owned()), counter);
            }
        }
        Ok(())
    };
    tokio::select! {
        ended = polling => ended,
        ended = passing_on => ended,
    }
}

async fn catch_up(pool: &Pool, changes: &Changes) -> Result<(), StorageError> {
    let listened: Vec<String> = changes
        .listened_to()
        .into_iter()
        .map(|user| user.0)
        .collect();
    if listened.is_empty() {
        return Ok(());
    }
    let db = pool.get().await?;
    let rows = db
        .query(
            "SELECT id, counter FROM users WHERE id = ANY($1)",
            &[&listened],
        )
        .await?;
    for row in rows {
        let counter: i64 = row.try_get(1)?;
        changes.announce(&UserId(row.try_get(0)?), counter.max(0) as u64);
    }
    Ok(())
}
