//! Randomness from the operating system.

use crate::domain::random::Random;

/// The operating system's generator of random bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    /// Fills `bytes` from the operating system.
    ///
    /// # Panics
    ///
    /// When the operating system has no randomness to give. Nothing may be sealed then, and nobody signed in.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the operating system for randomness")]
    #[expect(clippy::expect_used, reason = "going on without randomness would make guessable keys")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::random::random_bytes;

    use super::*;

    #[test]
    fn no_two_draws_are_alike_and_none_is_left_unfilled() {
        let (a, b) = (random_bytes::<32>(&OsRandom), random_bytes::<32>(&OsRandom));
        assert_ne!(a, b);
        assert_ne!(a, [0; 32]);
        assert_ne!(b, [0; 32]);
    }
}
