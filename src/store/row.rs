//! Between rows and the words of the domain.

use surrealdb::types::{RecordId, RecordIdKey, SurrealValue};

use super::error::Error;
use crate::domain::sort_key::SortKeys;
use crate::domain::timestamp::Timestamp;

/// The moment that stands for "never" in an indexed field: the end of the year 9999.
pub(super) const NEVER_MILLIS: i64 = 253_402_300_799_999;

/// The row of `table` with this key.
pub(super) fn record(table: &'static str, key: impl Into<String>) -> RecordId {
    RecordId::new(table, key.into())
}

/// The key of a row, where it is text, as all of ours are.
pub(super) fn key_of(id: &RecordId) -> Option<&str> {
    match &id.key {
        RecordIdKey::String(key) => Some(key),
        _ => None,
    }
}

/// Turns a value that should be there into an error about its table where it is not.
pub(super) fn intact<T>(table: &'static str, value: Option<T>) -> Result<T, Error> {
    value.ok_or(Error::Corrupt { table })
}

/// A moment, or `NEVER_MILLIS`.
pub(super) fn millis_or_never(moment: Option<Timestamp>) -> i64 {
    moment.map_or(NEVER_MILLIS, Timestamp::as_millis)
}

/// What `millis_or_never` wrote.
pub(super) fn moment_unless_never(millis: i64) -> Option<Timestamp> {
    (millis < NEVER_MILLIS).then(|| Timestamp::from_millis(millis))
}

/// The keys of the orders a list of files can have, as part of a row.
#[derive(Clone, SurrealValue)]
pub(super) struct KeysRecord {
    newest: String,
    oldest: String,
    by_name: String,
    by_name_reversed: String,
    largest: String,
    smallest: String,
}

impl KeysRecord {
    /// The key of the order that `field` names, and that of its mirror.
    pub(super) fn key_and_mirror(&self, field: &str) -> (String, String) {
        let (key, mirror) = match field {
            "newest" => (&self.newest, &self.oldest),
            "oldest" => (&self.oldest, &self.newest),
            "by_name" => (&self.by_name, &self.by_name_reversed),
            "by_name_reversed" => (&self.by_name_reversed, &self.by_name),
            "largest" => (&self.largest, &self.smallest),
            _ => (&self.smallest, &self.largest),
        };
        (key.clone(), mirror.clone())
    }
}

impl From<SortKeys> for KeysRecord {
    fn from(keys: SortKeys) -> Self {
        let SortKeys { newest, oldest, by_name, by_name_reversed, largest, smallest } = keys;
        Self { newest, oldest, by_name, by_name_reversed, largest, smallest }
    }
}
