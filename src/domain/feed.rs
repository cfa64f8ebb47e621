//! A place in the feed of events.

/// In how many rows the events are numbered. A transaction that writes events writes one of these rows, so as many can go on
/// side by side.
pub const SHARDS: usize = 32;

/// Bytes of a written number: enough for a million events a second in each shard for nine years.
const NUMBER_BYTES: usize = 6;

/// Up to where somebody has read: the number of the last event of each shard, 0 where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedPosition([u64; SHARDS]);

impl FeedPosition {
    /// The number of the last event of a shard that was read.
    pub fn of(&self, shard: usize) -> u64 {
        self.0.get(shard).copied().unwrap_or(0)
    }

    /// Notes that a shard was read up to this number. It never goes back.
    pub fn advance(&mut self, shard: usize, number: u64) {
        if let Some(last) = self.0.get_mut(shard) {
            *last = number.max(*last);
        }
    }

    /// The shards in which `other` is further.
    pub fn behind(&self, other: &Self) -> Vec<usize> {
        (0..SHARDS).filter(|shard| self.of(*shard) < other.of(*shard)).collect()
    }

    /// The same everywhere, always of one length.
    pub fn to_bytes(self) -> Vec<u8> {
        let last_bytes = |number: &u64| number.to_be_bytes().into_iter().skip(size_of::<u64>() - NUMBER_BYTES);
        self.0.iter().flat_map(last_bytes).collect()
    }

    /// Reads what `to_bytes` writes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (numbers, rest) = bytes.as_chunks::<NUMBER_BYTES>();
        if numbers.len() != SHARDS || !rest.is_empty() {
            return None;
        }
        let mut position = Self::default();
        for (last, number) in position.0.iter_mut().zip(numbers) {
            *last = number.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
        }
        Some(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_was_written_and_never_goes_back() {
        let mut position = FeedPosition::default();
        position.advance(3, 1 << 40);
        position.advance(15, 7);
        position.advance(15, 6);
        position.advance(SHARDS, 1);
        assert_eq!((position.of(3), position.of(15), position.of(0)), (1 << 40, 7, 0));
        assert_eq!(FeedPosition::from_bytes(&position.to_bytes()), Some(position));
        for length in [0, 191, 193] {
            assert_eq!(FeedPosition::from_bytes(&vec![0; length]), None);
        }
        let start = FeedPosition::default();
        assert_eq!(start.behind(&position), [3, 15]);
        assert!(position.behind(&start).is_empty() && position.behind(&position).is_empty());
    }
}
