//! Randomness that tests can repeat.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use crate::domain::random::Random;

/// Bytes that look random, differ from draw to draw, and are the same in each run.
#[derive(Default)]
pub(super) struct RepeatableRandom(AtomicU64);

impl Random for RepeatableRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(32) {
            let block = Sha256::digest(self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            piece.copy_from_slice(&block[..piece.len()]);
        }
    }
}

/// Each draw is this byte and those that follow it: what the vectors made in Python use.
pub(super) struct BytesFrom(pub(super) u8);

impl Random for BytesFrom {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.iter_mut().zip(0_u8..).for_each(|(byte, step)| *byte = self.0.wrapping_add(step));
    }
}
