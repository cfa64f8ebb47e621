//! Checksums that a client sends along with what it sends, against bad lines and not against people.

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

/// How a checksum is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// SHA-1, which the checksum extension of tus 1.0 asks of every server.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Sha1, Self::Sha256];

    /// The name that tus has for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
        }
    }
}

/// What the bytes should come to, and what they have come to so far.
#[derive(Clone)]
pub struct Checksum {
    expected: Vec<u8>,
    running: Context,
}

impl Checksum {
    /// A check of bytes that are still to come.
    pub fn new(algorithm: Algorithm, expected: Vec<u8>) -> Self {
        let running = Context::new(match algorithm {
            Algorithm::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
            Algorithm::Sha256 => &SHA256,
        });
        Self { expected, running }
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.running.update(bytes);
    }

    /// Whether all that was taken is what was expected.
    pub fn matches(self) -> bool {
        self.running.finish().as_ref() == self.expected
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    #[test]
    fn matches_the_vectors_of_fips_180() {
        for (algorithm, expected) in [
            (Algorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Algorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ] {
            let mut checksum = Checksum::new(algorithm, HEXLOWER.decode(expected.as_bytes()).unwrap());
            checksum.update(b"ab");
            assert!(!checksum.clone().matches());
            checksum.update(b"c");
            assert!(checksum.matches());
        }
    }
}
