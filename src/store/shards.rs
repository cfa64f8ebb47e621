//! Which shard of the feed a transaction writes to.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use surrealdb::types::RecordId;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

use super::feed::guard_row;
use crate::domain::feed::SHARDS;
use crate::domain::random::{Random, random_bytes};

/// How many transactions of one instance write events at the same time. Each has a shard to itself, so they are never in each
/// other's way, and four instances can have a place of their own.
const MAX_WRITERS: usize = SHARDS / 4;

/// Which shards this instance is writing to.
pub(super) struct Shards {
    is_taken: [AtomicBool; SHARDS],
    /// From where on a free one is looked for.
    home: AtomicUsize,
    writers: Semaphore,
    moved: Notify,
}

/// A shard that a transaction has to itself, as far as this instance goes; free again when this is dropped.
pub(super) struct Taken<'a> {
    is_taken: &'a AtomicBool,
    shard: usize,
    _writer: SemaphorePermit<'a>,
}

impl Shards {
    pub(super) fn new(random: &dyn Random) -> Self {
        let shards = Self {
            is_taken: [const { AtomicBool::new(false) }; SHARDS],
            home: AtomicUsize::new(0),
            writers: Semaphore::new(MAX_WRITERS),
            moved: Notify::new(),
        };
        shards.move_away(random);
        shards
    }

    /// A shard, as soon as one may be taken; `None` never, unless the program ends.
    pub(super) async fn take(&self) -> Option<Taken<'_>> {
        let writer = self.writers.acquire().await.ok()?;
        let home = self.home.load(Ordering::Relaxed);
        let is_free = |shard: &usize| {
            let is_taken = self.is_taken.get(*shard);
            is_taken.is_some_and(|it| it.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok())
        };
        let shard = (home..home + SHARDS).map(|shard| shard % SHARDS).find(is_free)?;
        Some(Taken { is_taken: self.is_taken.get(shard)?, shard, _writer: writer })
    }

    /// Looks for shards elsewhere from now on. After a conflict: there may be another instance that lives in the same place,
    /// and so each soon has a place of its own.
    pub(super) fn move_away(&self, random: &dyn Random) {
        let [home] = random_bytes::<1>(random);
        self.home.store(usize::from(home) % SHARDS, Ordering::Relaxed);
    }

    /// Wakes whoever waits for events: some were written.
    pub(super) fn note_that_it_moved(&self) {
        self.moved.notify_one();
    }

    /// Waits for that.
    pub(super) async fn moved(&self) {
        self.moved.notified().await;
    }
}

impl Taken<'_> {
    /// The guard row of the shard.
    pub(super) fn guard_row(&self) -> RecordId {
        guard_row(self.shard)
    }

    /// The number of the shard, as events bear it.
    pub(super) fn number(&self) -> i64 {
        i64::try_from(self.shard).unwrap_or(0)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.is_taken.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use futures_util::FutureExt;

    use super::*;
    use crate::crypto::os_random::OsRandom;

    #[tokio::test]
    async fn each_writer_has_a_shard_of_its_own_and_more_than_that_wait() {
        let shards = Shards::new(&OsRandom);
        for _ in 0..100 {
            let mut taken = Vec::new();
            for _ in 0..MAX_WRITERS {
                taken.push(shards.take().await.unwrap());
                shards.move_away(&OsRandom);
            }
            let numbers: BTreeSet<i64> = taken.iter().map(Taken::number).collect();
            assert_eq!(numbers.len(), MAX_WRITERS);
            let mut one_more = std::pin::pin!(shards.take());
            assert!(one_more.as_mut().now_or_never().is_none());
            drop(taken.pop());
            assert!(one_more.await.is_some());
        }
        assert!(shards.is_taken.iter().all(|is_taken| !is_taken.load(Ordering::Relaxed)));
    }
}
