//! Randomness is handed in, like time.

use std::sync::Arc;

/// A source of bytes that nobody can guess.
pub trait Random: Send + Sync {
    /// Fills `bytes` with fresh random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// A source that several rooms hold.
pub type SharedRandom = Arc<dyn Random>;

/// An array of `N` fresh random bytes.
pub fn random_bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}
