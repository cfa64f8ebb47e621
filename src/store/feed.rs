//! The feed: events in the order in which they were committed.
//!
//! A transaction that writes events takes one of the shards, and the next number of its guard row for each event. Two that
//! take the same shard at once write the same row, so one of them is tried again: within a shard, numbers ascend in the order
//! of commits and none is left out. No clock is needed for that, neither ours nor the database's. Whoever has read a shard up
//! to a number has read all there will ever be up to it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use surrealdb::types::{RecordId, SurrealValue, Value};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

use super::connection::Store;
use super::error::Error;
use super::event::EventRecord;
use super::query::variables;
use super::row::{key_of, record};
use crate::domain::event::Event;
use crate::domain::feed::{FeedPosition, SHARDS};
use crate::domain::id::ShareId;
use crate::domain::random::{Random, random_bytes};

const TABLE: &str = "feed";

/// The statements that write the event `$noted` down, with the next number of the shard that the transaction has taken.
pub(super) const NOTE: &str = "
    LET $noted_seq = (UPSERT ONLY $feed SET last = (last ?? 0) + 1 RETURN VALUE last);
    CREATE event CONTENT object::extend($noted, { shard: $feed_shard, seq: $noted_seq });";

/// How a transaction that writes events is told from one that writes none: it names its guard row.
pub(super) const MARK: &str = "$feed";

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

fn guard_row(shard: usize) -> RecordId {
    record(TABLE, shard.to_string())
}

/// An event at its place in the feed.
#[derive(Clone, Debug)]
pub struct FeedEntry {
    /// In which shard it stands.
    pub shard: usize,
    /// Its number there.
    pub number: u64,
    /// The event.
    pub event: Event,
    /// The share that was made, or that was downloaded through.
    pub share: Option<ShareId>,
}

/// A piece of the feed.
#[derive(Clone, Debug)]
pub struct FeedPage {
    /// What stands in it; within a shard in the order of commits.
    pub entries: Vec<FeedEntry>,
    /// Up to where whoever has read it has read.
    pub reached: FeedPosition,
}

#[derive(SurrealValue)]
struct GuardRecord {
    id: RecordId,
    last: i64,
}

#[derive(SurrealValue)]
struct BehindRecord {
    shard: i64,
    seq: i64,
}

#[derive(SurrealValue)]
struct EntryRecord {
    #[surreal(flatten)]
    event: EventRecord,
    shard: i64,
    seq: i64,
    share: String,
}

impl EntryRecord {
    fn read(self) -> Option<FeedEntry> {
        Some(FeedEntry {
            shard: usize::try_from(self.shard).ok()?,
            number: u64::try_from(self.seq).ok()?,
            share: ShareId::from_key(&self.share),
            event: self.event.read()?,
        })
    }
}

impl Store {
    /// Up to where there are events at this moment.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_feed_position(&self) -> Result<FeedPosition, Error> {
        let ids: Vec<RecordId> = (0..SHARDS).map(guard_row).collect();
        let rows: Vec<GuardRecord> = self.rows(TABLE, "SELECT * FROM $ids", variables! { ids: ids }).await?;
        let mut position = FeedPosition::default();
        for row in &rows {
            let shard = key_of(&row.id).and_then(|key| key.parse().ok()).ok_or(Error::Corrupt { table: TABLE })?;
            position.advance(shard, u64::try_from(row.last).unwrap_or(0));
        }
        Ok(position)
    }

    /// Events behind `after`, about `limit` of them, where `until` is a position that was found before.
    ///
    /// What cannot be read, because a newer program has written it, is left out.
    ///
    /// # Errors
    /// As any read.
    pub async fn read_feed(&self, after: &FeedPosition, until: &FeedPosition, limit: usize) -> Result<FeedPage, Error> {
        let behind = after.behind(until);
        let mut reached = *after;
        if behind.is_empty() {
            return Ok(FeedPage { entries: Vec::new(), reached });
        }
        let limit = (limit / behind.len()).max(1);
        let text = format!(
            "RETURN array::flatten($behind.map(|$it|
                (SELECT * FROM event WHERE shard = $it.shard AND seq > $it.seq ORDER BY seq ASC LIMIT {limit})))"
        );
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let of_each = |shard: &usize| BehindRecord { shard: number(*shard as u64), seq: number(after.of(*shard)) };
        let of_each: Vec<BehindRecord> = behind.iter().map(of_each).collect();
        let rows: Vec<EntryRecord> = self.rows("event", &text, variables! { behind: of_each }).await?;
        for shard in behind {
            let mut numbers = rows.iter().filter(|row| usize::try_from(row.shard) == Ok(shard)).map(|row| row.seq);
            let count = numbers.clone().count();
            let last = numbers.next_back().and_then(|last| u64::try_from(last).ok()).unwrap_or(0);
            // Where fewer came than were asked for there are no more, also where some of them were removed.
            reached.advance(shard, if count < limit { last.max(until.of(shard)) } else { last });
        }
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let place = (row.shard, row.seq);
            match row.read() {
                Some(entry) => entries.push(entry),
                None => tracing::warn!(?place, "an event cannot be read and is told to nobody"),
            }
        }
        Ok(FeedPage { entries, reached })
    }

    /// Waits until this instance has written events since the last time this was waited for. One waits at a time.
    pub async fn feed_moved(&self) {
        self.shards.moved.notified().await;
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
