//! Chance that can be repeated.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Takes the place of chance when a failure is looked into.
const SEED_VARIABLE: &str = "STRONGROOM_TEST_SEED";

/// Numbers that look random and follow from a seed (SplitMix64). When things are killed also depends on the machine, so the
/// same seed makes the same uploads and delays, but not always the same end.
pub struct Dice(u64);

impl Dice {
    /// From a fresh seed, which a failing test prints, or from the one in `STRONGROOM_TEST_SEED`.
    pub fn throw() -> Self {
        let given = std::env::var(SEED_VARIABLE).ok().map(|seed| seed.parse().expect(SEED_VARIABLE));
        let seed = given.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        eprintln!("{SEED_VARIABLE}={seed}");
        Self(seed)
    }

    /// Others that follow from these.
    pub fn fork(&mut self) -> Self {
        Self(self.next())
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `limit` - 1.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> =
            std::iter::repeat_with(|| self.next().to_le_bytes()).take(len / 8 + 1).flatten().collect();
        bytes.truncate(len);
        bytes
    }
}
