//! The feed: events in the order in which they were committed.
//!
//! A transaction that writes events takes one of the shards, and the next number of its guard row for each event. Two that
//! take the same shard at once write the same row, so one of them is tried again: within a shard, numbers ascend in the order
//! of commits and none is left out. No clock is needed for that, neither ours nor the database's. Whoever has read a shard up
//! to a number has read all there will ever be up to it.

use surrealdb::types::{RecordId, SurrealValue, Value};

use super::connection::Store;
use super::error::Error;
use super::event::EventRecord;
use super::query::variables;
use super::row::{key_of, record};
use crate::domain::event::Event;
use crate::domain::feed::{FeedPosition, SHARDS};
use crate::domain::id::ShareId;

const TABLE: &str = "feed";

/// The statements that write the event `$noted` down, with the next number of the shard that the transaction has taken.
pub(super) const NOTE: &str = "
    LET $noted_seq = (UPSERT ONLY $feed SET last = (last ?? 0) + 1 RETURN VALUE last);
    CREATE event CONTENT object::extend($noted, { shard: $feed_shard, seq: $noted_seq });";

/// How a transaction that writes events is told from one that writes none: it names its guard row.
pub(super) const MARK: &str = "$feed";

/// The guard row of a shard.
pub(super) fn guard_row(shard: usize) -> RecordId {
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
    /// What stands in it; within each shard in the order of commits.
    pub entries: Vec<FeedEntry>,
    /// Up to where whoever has read it has read.
    pub reached: FeedPosition,
}

#[derive(SurrealValue)]
struct GuardRecord {
    id: RecordId,
    last: i64,
}

/// What is read of one shard.
#[derive(SurrealValue)]
struct PieceRecord {
    shard: i64,
    seq: i64,
    until: i64,
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

    /// Events behind `after` and up to `until`, a position that was found before; about `limit` of them. They come by their
    /// moments, as far as the order within each shard allows.
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
            "RETURN $pieces.map(|$it|
                (SELECT * FROM event WHERE shard = $it.shard AND seq > $it.seq AND seq <= $it.until ORDER BY seq ASC
                    LIMIT {limit}))"
        );
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let piece = |shard: &usize| PieceRecord {
            shard: number(*shard as u64),
            seq: number(after.of(*shard)),
            until: number(until.of(*shard)),
        };
        let pieces: Vec<PieceRecord> = behind.iter().map(piece).collect();
        let rows: Vec<Vec<EntryRecord>> = self.rows("event", &text, variables! { pieces: pieces }).await?;
        for (shard, rows) in behind.into_iter().zip(&rows) {
            let last = rows.last().and_then(|row| u64::try_from(row.seq).ok()).unwrap_or(0);
            // Where fewer came than were asked for there are no more, also where some of them were removed.
            reached.advance(shard, if rows.len() < limit { until.of(shard) } else { last });
        }
        let entries = by_moment(rows).into_iter().filter_map(|row| {
            let place = (row.shard, row.seq);
            let entry = row.read();
            if entry.is_none() {
                tracing::warn!(?place, "an event cannot be read and is told to nobody");
            }
            entry
        });
        Ok(FeedPage { entries: entries.collect(), reached })
    }

    /// Waits until this instance has written events since the last time this was waited for. One waits at a time.
    pub async fn feed_moved(&self) {
        self.shards.moved().await;
    }
}

/// Puts the pieces of several shards together: always the earliest of those that come next in their shards.
fn by_moment(pieces: Vec<Vec<EntryRecord>>) -> Vec<EntryRecord> {
    let mut merged = Vec::with_capacity(pieces.iter().map(Vec::len).sum());
    let mut rest: Vec<_> = pieces.into_iter().map(|piece| piece.into_iter().peekable()).collect();
    loop {
        let heads =
            rest.iter_mut().enumerate().filter_map(|(index, piece)| Some((piece.peek()?.event.moment(), index)));
        let Some((_, earliest)) = heads.min() else { return merged };
        merged.extend(rest.get_mut(earliest).and_then(Iterator::next));
    }
}
