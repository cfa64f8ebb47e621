//! Refuses an archive that declares to inflate to far more than it is.

use super::local_headers::Entry;
use super::{Refusal, limits};

/// Holds the declared sizes against the limits.
///
/// # Errors
///
/// [`Refusal::ExpandsTooMuch`] when an entry, or all of them together, is above
/// [`limits::EXPANSION_RATIO_FROM_BYTES`] and more than [`limits::EXPANSION_RATIO`] times the bytes it takes in the
/// file, or when all of them are above [`limits::TOTAL_INFLATED_BYTES`].
pub(super) fn check(entries: &[Entry], size_bytes: u64) -> Result<(), Refusal> {
    let sizes = || entries.iter().map(|entry| (entry.listed.inflated_bytes, entry.listed.packed_bytes));
    judge(sizes(), size_bytes)
}

fn judge(sizes: impl Iterator<Item = (u64, u64)>, size_bytes: u64) -> Result<(), Refusal> {
    let mut total_bytes = 0_u64;
    for (inflated_bytes, packed_bytes) in sizes {
        total_bytes = total_bytes.saturating_add(inflated_bytes);
        if expands_too_much(inflated_bytes, packed_bytes) {
            return Err(Refusal::ExpandsTooMuch);
        }
    }
    if total_bytes > limits::TOTAL_INFLATED_BYTES || expands_too_much(total_bytes, size_bytes) {
        return Err(Refusal::ExpandsTooMuch);
    }
    Ok(())
}

fn expands_too_much(inflated_bytes: u64, packed_bytes: u64) -> bool {
    inflated_bytes > limits::EXPANSION_RATIO_FROM_BYTES
        && inflated_bytes > packed_bytes.saturating_mul(limits::EXPANSION_RATIO)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;
    const GIB: u64 = 1024 * MIB;

    fn is_taken(sizes: &[(u64, u64)], size_bytes: u64) -> bool {
        judge(sizes.iter().copied(), size_bytes).is_ok()
    }

    #[test]
    fn a_ratio_counts_from_a_size_on() {
        assert!(is_taken(&[(MIB, 1)], 100_000));
        assert!(!is_taken(&[(MIB + 1, 1)], 100_000));
        assert!(is_taken(&[(200 * MIB, MIB)], 2 * MIB));
        assert!(!is_taken(&[(200 * MIB + 1, MIB)], 2 * MIB));
    }

    #[test]
    fn many_small_bombs_are_one_large_one() {
        assert!(is_taken(&[(MIB, 1000); 20], 200_000));
        assert!(!is_taken(&[(MIB, 1000); 300], 400_000));
    }

    #[test]
    fn the_total_is_capped_and_cannot_wrap_around() {
        assert!(is_taken(&[(8 * GIB, GIB); 2], 2 * GIB));
        assert!(!is_taken(&[(8 * GIB, GIB), (8 * GIB + 1, GIB)], 2 * GIB));
        assert!(!is_taken(&[(u64::MAX, u64::MAX), (2, 2)], u64::MAX));
    }
}
