//! SHA-256 of a content that comes in over several requests: between two of them its state is kept sealed.

use sha2::digest::common::hazmat::SerializableState;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::error::Error;
use super::file_key::FileKey;
use crate::domain::id::BlobId;
use crate::domain::random::Random;

const LABEL: &[u8] = b"strongroom content digest v1\0";

/// A running SHA-256 (FIPS 180-4).
#[derive(Clone, Default)]
pub struct ContentDigest(Sha256);

impl ContentDigest {
    /// Takes more of the content.
    pub fn update(&mut self, plaintext: &[u8]) {
        self.0.update(plaintext);
    }

    /// The digest of all that was taken.
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }

    /// The state after `offset` bytes, sealed with the file's key: it holds up to 63 bytes of plaintext.
    ///
    /// # Errors
    ///
    /// None that can happen with so few bytes; `TooLarge` is passed on from the cipher.
    pub fn seal(&self, key: &FileKey, content: BlobId, offset: u64, random: &dyn Random) -> Result<Vec<u8>, Error> {
        let state = Zeroizing::new(self.0.serialize().to_vec());
        let mut sealed = Vec::new();
        key.secret().seal_onto(&mut sealed, &state, &associated_data(content, offset), random)?;
        Ok(sealed)
    }

    /// Opens what [`seal`](Self::seal) answered for the same content and offset.
    ///
    /// # Errors
    ///
    /// `Truncated`; `Tampered` when it was altered or is of another content or offset; `Malformed` when it is no state.
    pub fn open(sealed: &[u8], key: &FileKey, content: BlobId, offset: u64) -> Result<Self, Error> {
        let state = key.secret().open(sealed, &associated_data(content, offset))?;
        let state = state.as_slice().try_into().map_err(|_| Error::Malformed)?;
        Ok(Self(Sha256::deserialize(state).map_err(|_| Error::Malformed)?))
    }
}

fn associated_data(content: BlobId, offset: u64) -> Vec<u8> {
    [LABEL, content.as_bytes(), &offset.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::super::test_random::RepeatableRandom;
    use super::*;

    #[test]
    fn goes_on_where_it_was() {
        let random = RepeatableRandom::default();
        let (key, content) = (FileKey::generate(&random), BlobId::from_bytes([1; 16]));
        let text: Vec<u8> = (0..1000_u32).map(|n| n as u8).collect();
        for cut in [0, 1, 63, 64, 65, 999, 1000] {
            let mut digest = ContentDigest::default();
            digest.update(&text[..cut]);
            let sealed = digest.seal(&key, content, cut as u64, &random).unwrap();
            assert!(cut == 0 || !sealed.windows(cut.min(32)).any(|part| text.starts_with(part)));
            let mut resumed = ContentDigest::open(&sealed, &key, content, cut as u64).unwrap();
            resumed.update(&text[cut..]);
            assert_eq!(resumed.finish(), <[u8; 32]>::from(Sha256::digest(&text)), "cut at {cut}");
        }
    }

    #[test]
    fn belongs_to_its_content_and_offset() {
        let random = RepeatableRandom::default();
        let (key, content) = (FileKey::generate(&random), BlobId::from_bytes([1; 16]));
        let sealed = ContentDigest::default().seal(&key, content, 7, &random).unwrap();
        let open = |sealed: &[u8], key: &FileKey, content, offset| {
            ContentDigest::open(sealed, key, content, offset).map(|_| ()).unwrap_err()
        };
        assert_eq!(open(&sealed, &key, content, 8), Error::Tampered);
        assert_eq!(open(&sealed, &key, BlobId::from_bytes([2; 16]), 7), Error::Tampered);
        assert_eq!(open(&sealed, &FileKey::generate(&random), content, 7), Error::Tampered);
        assert_eq!(open(&sealed[..10], &key, content, 7), Error::Truncated);
    }
}
