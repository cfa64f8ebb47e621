//! How an object is handed on in parts, and how many of them are in memory.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// S3's minimum. More would be fewer requests, and as much more memory for each upload.
const SMALLEST_PART_BYTES: u64 = 5 << 20;
/// S3 takes 10,000; the seal adds less than a thousandth to a file.
const MOST_PARTS: u64 = 9_900;
/// Of parts that one upload sends side by side, those that are more than one.
const MORE_OF_ONE_UPLOAD: u32 = 2;
/// The same, over all uploads.
const MORE_OF_ALL_UPLOADS: usize = 4;

/// How long parts are, and how many may be on their way.
///
/// An upload holds the part that fills and those that are being sent. While there are few uploads, each sends up to three side by
/// side, which costs it two more and one that waits: with the smallest parts, 10 MiB for each upload and 30 MiB over all.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) bytes: usize,
    least: usize,
    more: Option<Arc<Semaphore>>,
}

/// How many parts of one upload are sent side by side, for as long as this is held.
pub(super) struct Lanes {
    least: usize,
    more: Option<OwnedSemaphorePermit>,
}

impl Parts {
    /// Each part is taken before the next one is made.
    pub(super) fn one_by_one(bytes: usize) -> Self {
        Self { bytes, least: 1, more: None }
    }

    /// Each part is taken while the next one fills.
    pub(super) fn overlapped(bytes: usize) -> Self {
        Self { least: 2, ..Self::one_by_one(bytes) }
    }

    /// Some parts are sent while the next one fills.
    pub(super) fn side_by_side(bytes: usize) -> Self {
        Self { more: Some(Arc::new(Semaphore::new(MORE_OF_ALL_UPLOADS))), ..Self::one_by_one(bytes) }
    }

    /// Lanes for one upload: one at least, and more of them while others leave some.
    pub(super) fn lanes(&self) -> Lanes {
        let take = |count| Arc::clone(self.more.as_ref()?).try_acquire_many_owned(count).ok();
        Lanes { least: self.least, more: (1..=MORE_OF_ONE_UPLOAD).rev().find_map(take) }
    }
}

impl Lanes {
    pub(super) fn count(&self) -> usize {
        self.least + self.more.as_ref().map_or(0, OwnedSemaphorePermit::num_permits)
    }
}

/// Parts of which the largest file has not too many.
pub(super) fn part_bytes_for(max_file_bytes: u64) -> usize {
    let needed = max_file_bytes.div_ceil(MOST_PARTS).max(SMALLEST_PART_BYTES);
    usize::try_from(needed).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_share_lanes_and_each_has_one() {
        let parts = Parts::side_by_side(1);
        let held: Vec<Lanes> = (0..4).map(|_| parts.lanes()).collect();
        assert_eq!(held.iter().map(Lanes::count).collect::<Vec<_>>(), [3, 3, 1, 1]);
        drop(held);
        assert_eq!(parts.lanes().count(), 3, "lanes are given back");
        assert_eq!(Parts::one_by_one(1).lanes().count(), 1);
        assert_eq!(Parts::overlapped(1).lanes().count(), 2);
    }

    #[test]
    fn the_largest_file_fits_into_the_parts_that_there_may_be() {
        assert_eq!(part_bytes_for(5 << 30), 5 << 20);
        let most: u64 = 5 << 40;
        assert!(part_bytes_for(most) as u64 * 10_000 > most + most / 1000);
    }
}
