//! Opening items, on all cores when there are many.

use std::collections::HashMap;

use sheaf_protocol::Item;
use sheaf_sync::{Environment, RecordReplica};

use super::Pull;
use crate::{
    HostedError, Vault,
    interpret::{self, Read},
    seen::Seen,
};

impl<R: RecordReplica, E: Environment, V: Vault> Pull<'_, R, E, V> {
    pub(super) fn read_here(&self, item: Item, seen: &HashMap<String, Seen>) -> Read {
        let keys = self.talk.keychain();
        let renamed = self.talk.memory().renamed.clone();
        let known = seen.get(&item.uuid);
        interpret::read(&self.talk.account, &renamed, &keys, item, known)
    }

    /// Opens items on all cores, beside the runtime. The order stays.
    pub(super) async fn read_aside(
        &self,
        items: Vec<Item>,
        seen: &HashMap<String, Seen>,
    ) -> Result<Vec<Read>, HostedError> {
        const WORTH_A_THREAD: usize = 8;
        if items.len() < WORTH_A_THREAD {
            return Ok(items
                .into_iter()
                .map(|item| self.read_here(item, seen))
                .collect());
        }
        let account = self.talk.account;
        let renamed = self.talk.memory().renamed.clone();
        let keys = self.talk.keychain();
        let cores = self.talk.options.cores.max(1);
        let work: Vec<(Item, Option<Seen>)> = items
            .into_iter()
            .map(|item| {
                let known = seen.get(&item.uuid).cloned();
                (item, known)
            })
            .collect();
        let share = work.len().div_ceil(cores);
        let opened = tokio::task::spawn_blocking(move || {
            read_in_parallel(work, share, &|(item, known)| {
                interpret::read(&account, &renamed, &keys, item, known.as_ref())
            })
        });
        opened.await.map_err(HostedError::replica)
    }
}

/// Shares `work` among threads and puts the answers back in order.
fn read_in_parallel<T: Send, U: Send>(
    work: Vec<T>,
    share: usize,
    each: &(dyn Fn(T) -> U + Sync),
) -> Vec<U> {
    let mut shares = Vec::new();
    let mut work = work.into_iter();
    loop {
        let part: Vec<T> = work.by_ref().take(share.max(1)).collect();
        if part.is_empty() {
            break;
        }
        shares.push(part);
    }
    std::thread::scope(|scope| {
        let running: Vec<_> = shares
            .into_iter()
            .map(|part| scope.spawn(move || part.into_iter().map(each).collect::<Vec<U>>()))
            .collect();
        running
            .into_iter()
            .flat_map(|thread| match thread.join() {
                Ok(part) => part,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::read_in_parallel;

    #[test]
    fn work_that_was_shared_comes_back_in_order() {
        for share in [1, 3, 7, 1000] {
            let doubled = read_in_parallel((0..100).collect(), share, &|n: i32| n * 2);
            assert_eq!(doubled, (0..100).map(|n| n * 2).collect::<Vec<_>>());
        }
    }
}
