//! The walk that fills a page: batch after batch of rows, until enough are let through.

use super::{MAX_ROWS_READ, ManyRows, Place};
use crate::domain::page::MAX_PAGE_SIZE;
use crate::services::Error;
use crate::store::Listed;

/// How many rows of one list are read at once at most, where the first rows were not enough.
const BATCH: usize = 500;
/// How many rows of several lists: of a page of them a page each, with the row that tells whether there is more.
const ROWS_AT_ONCE: usize = MAX_PAGE_SIZE * (MAX_PAGE_SIZE + 1);

/// How far a walk has come.
pub(super) struct Walk<T> {
    /// What was let through.
    pub(super) items: Vec<Listed<T>>,
    /// Whether there may be more.
    pub(super) more: bool,
    /// The key and the mirror key of the row where it was stopped, because it had read enough.
    pub(super) stopped_at: Option<(String, String)>,
    after: String,
    rows_read: usize,
    is_over: bool,
}

impl<T> Walk<T> {
    /// One that begins behind this key.
    pub(super) fn behind(after: &str) -> Self {
        let after = after.to_owned();
        Self { items: Vec::new(), more: false, stopped_at: None, after, rows_read: 0, is_over: false }
    }

    /// Goes on by what was kept of a batch of `read` rows, the last of which stands at `last_place`.
    fn go_on(&mut self, read: usize, last_place: Option<(String, String)>, kept: Vec<Listed<T>>, limits: &Limits) {
        self.rows_read += read;
        self.items.extend(kept);
        self.is_over = true;
        if self.items.len() > limits.wanted {
            self.items.truncate(limits.wanted);
            self.more = true;
            return;
        }
        let Some(place) = last_place.filter(|_| read >= limits.batch) else { return };
        if self.rows_read >= limits.max_rows_read {
            self.more = true;
            self.stopped_at = Some(place);
            return;
        }
        self.after = place.0;
        self.is_over = false;
    }
}

struct Limits {
    wanted: usize,
    max_rows_read: usize,
    /// Rows of one list in this round.
    batch: usize,
}

/// Walks one list.
pub(super) async fn walk<R: ManyRows>(
    rows: &R,
    key_field: &'static str,
    after: &str,
    wanted: usize,
    max_rows_read: usize,
) -> Result<Walk<R::Item>, Error> {
    let mut walk = Walk::behind(after);
    walk_all(rows, key_field, std::slice::from_mut(&mut walk), wanted, max_rows_read).await?;
    Ok(walk)
}

/// Whether there is anything behind a key.
pub(super) async fn walk_finds_any<R: ManyRows>(rows: &R, key_field: &'static str, after: &str) -> Result<bool, Error> {
    let walk = walk(rows, key_field, after, 1, MAX_ROWS_READ).await?;
    Ok(walk.more || !walk.items.is_empty())
}

/// Walks several lists side by side, until each has what is wanted or is at its end. How often is asked depends on how long
/// the longest walk is, not on how many there are.
pub(super) async fn walk_all<R: ManyRows>(
    rows: &R,
    key_field: &'static str,
    walks: &mut [Walk<R::Item>],
    wanted: usize,
    max_rows_read: usize,
) -> Result<(), Error> {
    // One more than wanted tells whether there are more.
    let mut limits = Limits { wanted, max_rows_read, batch: wanted.saturating_add(1).min(BATCH) };
    while walks.iter().any(|walk| !walk.is_over) {
        let under_way = walks.iter().enumerate().filter(|(_, walk)| !walk.is_over);
        let places: Vec<Place> = under_way.map(|(list, walk)| Place { list, after: walk.after.clone() }).collect();
        for places in places.chunks((ROWS_AT_ONCE / limits.batch).clamp(1, R::LISTS_AT_ONCE)) {
            let fetched = rows.fetch_of(key_field, places, limits.batch).await?;
            let mut read = Vec::with_capacity(places.len());
            for batch in &fetched {
                read.push((batch.len(), batch.last().map(|last| (last.key.clone(), last.mirror_key.clone()))));
            }
            let lists = places.iter().map(|place| place.list);
            let kept = rows.keep_of(lists.zip(fetched).collect()).await?;
            for ((place, (read, last_place)), kept) in places.iter().zip(read).zip(kept) {
                walks[place.list].go_on(read, last_place, kept, &limits);
            }
        }
        // Mostly a few rows are missing, doubles of others; where a filter lets hardly any through, the steps soon grow.
        limits.batch = limits.batch.saturating_mul(4).min(BATCH);
    }
    Ok(())
}
