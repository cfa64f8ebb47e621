//! Keys by which lists are scanned, always forward.
//!
//! The database scans an index forward in constant time and backward in time that grows with the table, so each
//! order is stored with its mirror: newest-first is an ascending key as well. Every key ends with the file's id, so
//! that no two rows of one list share a key.

use data_encoding::HEXLOWER;
use unicode_normalization::UnicodeNormalization;

use super::id::FileId;
use super::timestamp::Timestamp;

/// The orders a list of files can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileOrder {
    /// By time, latest first.
    NewestFirst,
    /// By time, earliest first.
    OldestFirst,
    /// By name, any case.
    Name,
    /// By size, descending.
    LargestFirst,
}

impl FileOrder {
    /// Every order.
    pub const ALL: [Self; 4] = [Self::NewestFirst, Self::OldestFirst, Self::Name, Self::LargestFirst];

    /// The stored key that ascends in this order, and the one that ascends in the opposite order.
    pub fn key_fields(self) -> (&'static str, &'static str) {
        match self {
            Self::NewestFirst => ("newest", "oldest"),
            Self::OldestFirst => ("oldest", "newest"),
            Self::Name => ("by_name", "by_name_reversed"),
            Self::LargestFirst => ("largest", "smallest"),
        }
    }
}

/// The six keys of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKeys {
    /// Ascends from the latest to the earliest.
    pub newest: String,
    /// Ascends from the earliest to the latest.
    pub oldest: String,
    /// Ascends by name.
    pub by_name: String,
    /// Ascends by name from the end of the alphabet.
    pub by_name_reversed: String,
    /// Ascends from the largest to the smallest.
    pub largest: String,
    /// Ascends from the smallest to the largest.
    pub smallest: String,
}

impl SortKeys {
    /// The keys of a file with this name and size, placed at `moment`.
    pub fn new(id: FileId, name: &str, size_bytes: u64, moment: Timestamp) -> Self {
        let tie = id.to_hex();
        let tie_reversed = HEXLOWER.encode(&id.as_bytes().map(|byte| !byte));
        let by_time = TimeKeys::new(moment, id.as_bytes());
        let by_name = format!("{}\u{1}{tie}", fold_case(name));
        Self {
            newest: by_time.newest,
            oldest: by_time.oldest,
            by_name_reversed: reversed(&by_name),
            by_name,
            largest: format!("{:016x}{tie_reversed}", !size_bytes),
            smallest: format!("{size_bytes:016x}{tie}"),
        }
    }
}

/// The two keys of a row that is listed by time only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeKeys {
    /// Ascends from the latest to the earliest.
    pub newest: String,
    /// Ascends from the earliest to the latest.
    pub oldest: String,
}

impl TimeKeys {
    /// The keys of a row placed at `moment`; its id settles ties.
    pub fn new(moment: Timestamp, id: &[u8; 16]) -> Self {
        let newest = format!("{:016x}{}", !moment.as_millis().unsigned_abs(), HEXLOWER.encode(&id.map(|byte| !byte)));
        Self { newest, oldest: format!("{}{}", Self::first_oldest_at(moment), HEXLOWER.encode(id)) }
    }

    /// What comes before the `oldest` of every row placed at `moment`, and behind that of every earlier one.
    pub fn first_oldest_at(moment: Timestamp) -> String {
        format!("{:016x}", moment.as_millis().unsigned_abs())
    }
}

/// The form in which names are compared and searched. By way of upper case, which knows neither a final sigma nor a sharp
/// s, and composed, so that it does not matter how an accent was typed.
pub fn fold_case(text: &str) -> String {
    text.nfc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// A key that descends where `key` ascends. The closing `~` sorts behind every digit, so that a prefix comes last.
pub fn reversed(key: &str) -> String {
    let complement: Vec<u8> = key.bytes().map(|byte| !byte).collect();
    format!("{}~", HEXLOWER.encode(&complement))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys((id, name, size, millis): (u128, String, u64, i64)) -> SortKeys {
        SortKeys::new(FileId::from_bytes(id.to_be_bytes()), &name, size, Timestamp::from_millis(millis))
    }

    fn row() -> impl Strategy<Value = (u128, String, u64, i64)> {
        (any::<u128>(), "[a-cA-Cé ]{0,3}", 0..3_u64, 0..3_i64)
    }

    proptest! {
        #[test]
        fn each_key_mirrors_its_opposite(a in row(), b in row()) {
            prop_assume!(a.0 != b.0);
            let (x, y) = (keys(a.clone()), keys(b.clone()));
            prop_assert_eq!(x.newest < y.newest, x.oldest > y.oldest);
            prop_assert_eq!(x.by_name < y.by_name, x.by_name_reversed > y.by_name_reversed);
            prop_assert_eq!(x.largest < y.largest, x.smallest > y.smallest);
            if a.3 != b.3 { prop_assert_eq!(x.newest < y.newest, a.3 > b.3); }
            if a.2 != b.2 { prop_assert_eq!(x.largest < y.largest, a.2 > b.2); }
            let (m, n) = (fold_case(&a.1), fold_case(&b.1));
            if m != n { prop_assert_eq!(x.by_name < y.by_name, m < n); }
        }
    }
}
