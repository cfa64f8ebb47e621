//! A place in the feed of events.

/// In how many rows the events are numbered. A transaction that writes events writes one of these rows, so as many can go on
/// side by side.
pub const SHARDS: usize = 16;

/// Bytes of a written position.
const POSITION_BYTES: usize = SHARDS * size_of::<u64>();

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
        self.0.iter().flat_map(|number| number.to_be_bytes()).collect()
    }

    /// Reads what `to_bytes` writes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != POSITION_BYTES {
            return None;
        }
        let (numbers, _) = bytes.as_chunks();
        let mut position = Self::default();
        for (last, number) in position.0.iter_mut().zip(numbers) {
            *last = u64::from_be_bytes(*number);
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
        position.advance(3, u64::MAX);
        position.advance(15, 7);
        position.advance(15, 6);
        position.advance(SHARDS, 1);
        assert_eq!((position.of(3), position.of(15), position.of(0)), (u64::MAX, 7, 0));
        assert_eq!(FeedPosition::from_bytes(&position.to_bytes()), Some(position));
        for length in [0, 127, 129] {
            assert_eq!(FeedPosition::from_bytes(&vec![0; length]), None);
        }
        let start = FeedPosition::default();
        assert_eq!(start.behind(&position), [3, 15]);
        assert!(position.behind(&start).is_empty() && position.behind(&position).is_empty());
    }
}
