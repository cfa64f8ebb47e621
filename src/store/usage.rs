//! How much each person has stored, and everybody.
//!
//! Read from the counters that transactions keep for each owner: as many rows as people who have ever stored something, found by
//! their keys, however many files there are. An index by size would have cost every upload a write; this costs an Admin a moment.

use std::collections::BTreeMap;
use std::ops::Bound;

use surrealdb::types::{RecordId, RecordIdKey, RecordIdKeyRange, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::row::{intact, key_of, record};
use crate::domain::id::UserId;

const TABLE: &str = "counter";

/// What is counted for each owner: the names of the counters.
const BYTES: &str = "bytes";
const TRASH_BYTES: &str = "trash_bytes";
const FILES: &str = "files";
const TRASHED_FILES: &str = "trash";

/// What one person has stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnerUsage {
    /// Who.
    pub owner: UserId,
    /// Bytes, the trash included.
    pub used_bytes: u64,
    /// What of that lies in the trash.
    pub trash_bytes: u64,
    /// Files, without those in the trash.
    pub files: u64,
}

/// What everybody has stored together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TotalCounts {
    /// Bytes that lie in trashes.
    pub trash_bytes: u64,
    /// Files, without those in the trash.
    pub files: u64,
    /// Files in the trash.
    pub trashed_files: u64,
}

#[derive(SurrealValue)]
struct TotalRecord {
    id: RecordId,
    total: i64,
}

#[derive(SurrealValue)]
struct SumsRecord {
    trash_bytes: i64,
    files: i64,
    trashed_files: i64,
}

/// The counters of this name of all owners, which are neighbours.
fn of_everybody(name: &str) -> RecordId {
    let start = Bound::Included(RecordIdKey::String(format!("{name}:")));
    // What comes behind a colon.
    let end = Bound::Excluded(RecordIdKey::String(format!("{name};")));
    RecordId::new(TABLE, RecordIdKeyRange { start, end })
}

fn unsigned(total: i64) -> u64 {
    u64::try_from(total).unwrap_or(0)
}

impl Store {
    /// What everybody has stored together, beside the bytes.
    ///
    /// # Errors
    /// As any read.
    pub async fn count_everything(&self) -> Result<TotalCounts, Error> {
        let text = "RETURN {
            trash_bytes: math::sum((SELECT VALUE total FROM $trash_bytes)),
            files: math::sum((SELECT VALUE total FROM $files)),
            trashed_files: math::sum((SELECT VALUE total FROM $trashed_files))
        }";
        let variables = variables! {
            trash_bytes: of_everybody(TRASH_BYTES),
            files: of_everybody(FILES),
            trashed_files: of_everybody(TRASHED_FILES),
        };
        let sums: SumsRecord = intact(TABLE, self.row(TABLE, text, variables).await?)?;
        Ok(TotalCounts {
            trash_bytes: unsigned(sums.trash_bytes),
            files: unsigned(sums.files),
            trashed_files: unsigned(sums.trashed_files),
        })
    }

    /// Who has stored most, the largest first; nobody who has stored nothing.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_largest_owners(&self, limit: usize) -> Result<Vec<OwnerUsage>, Error> {
        let text = format!("SELECT id, total FROM $all ORDER BY total DESC LIMIT {limit}");
        let largest: Vec<TotalRecord> = self.rows(TABLE, &text, variables! { all: of_everybody(BYTES) }).await?;
        let owners: Vec<(UserId, u64)> =
            largest.into_iter().filter_map(|row| Some((owner_of(&row.id)?, unsigned(row.total)))).collect();
        let names = [TRASH_BYTES, FILES];
        let ids: Vec<RecordId> = owners.iter().flat_map(|(owner, _)| names.map(|name| counter(name, *owner))).collect();
        let rows: Vec<TotalRecord> = self.rows(TABLE, "SELECT id, total FROM $ids", variables! { ids: ids }).await?;
        let totals: BTreeMap<&str, i64> = rows.iter().filter_map(|row| Some((key_of(&row.id)?, row.total))).collect();
        let total = |name: &str, owner: UserId| {
            unsigned(totals.get(format!("{name}:{}", owner.key()).as_str()).copied().unwrap_or(0))
        };
        let usage = |(owner, used_bytes): (UserId, u64)| OwnerUsage {
            owner,
            used_bytes,
            trash_bytes: total(TRASH_BYTES, owner),
            files: total(FILES, owner),
        };
        Ok(owners.into_iter().filter(|(_, used_bytes)| *used_bytes > 0).map(usage).collect())
    }
}

fn counter(name: &str, owner: UserId) -> RecordId {
    record(TABLE, format!("{name}:{}", owner.key()))
}

fn owner_of(counter: &RecordId) -> Option<UserId> {
    key_of(counter)?.split_once(':').and_then(|(_, key)| UserId::from_key(key))
}
