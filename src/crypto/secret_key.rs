//! One 256-bit secret, and small things sealed with it.

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use zeroize::{Zeroize, Zeroizing};

use crate::domain::random::{Random, random_bytes};

use super::error::Error;

/// Bytes of a key.
pub(super) const KEY_BYTES: usize = 32;
/// Bytes of an XChaCha20-Poly1305 nonce (draft-irtf-cfrg-xchacha-03 section 2), long enough to be drawn at random.
pub(super) const NONCE_BYTES: usize = 24;
/// Bytes of a Poly1305 tag (RFC 8439 section 2.5).
pub(super) const TAG_BYTES: usize = 16;
/// Bytes that sealing adds: the nonce before and the tag behind.
pub(super) const OVERHEAD_BYTES: usize = NONCE_BYTES + TAG_BYTES;

/// 256 secret bits. They stay where they are when the value moves, and are wiped when it is dropped.
pub(super) struct SecretKey(Box<[u8; KEY_BYTES]>);

impl SecretKey {
    /// A new key.
    pub(super) fn generate(random: &dyn Random) -> Self {
        let mut key = Self::zeros();
        random.fill(key.0.as_mut_slice());
        key
    }

    /// The key with these bytes.
    ///
    /// # Errors
    ///
    /// `WrongLength` unless there are 32.
    pub(super) fn from_slice(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() != KEY_BYTES {
            return Err(Error::WrongLength);
        }
        let mut key = Self::zeros();
        key.0.copy_from_slice(bytes);
        Ok(key)
    }

    fn zeros() -> Self {
        Self(Box::new([0; KEY_BYTES]))
    }

    /// The 32 bytes. Copies of them are not wiped.
    pub(super) fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// XChaCha20-Poly1305 under this key.
    pub(super) fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.as_bytes().into())
    }

    /// Appends a fresh nonce, the sealed `plaintext` and the tag to `sealed`.
    ///
    /// # Errors
    ///
    /// `TooLarge` beyond the 256 GiB of RFC 8439 section 2.8.
    pub(super) fn seal_onto(
        &self,
        sealed: &mut Vec<u8>,
        plaintext: &[u8],
        associated_data: &[u8],
        random: &dyn Random,
    ) -> Result<(), Error> {
        // Room for all of it at once: a vector that moves would leave a copy of the plaintext behind.
        sealed.reserve_exact(plaintext.len() + OVERHEAD_BYTES);
        let nonce = random_bytes::<NONCE_BYTES>(random);
        sealed.extend_from_slice(&nonce);
        let start = sealed.len();
        sealed.extend_from_slice(plaintext);
        let text = &mut sealed[start..];
        let tag = self
            .cipher()
            .encrypt_inout_detached(&XNonce::from(nonce), associated_data, text.into())
            .map_err(|_| Error::TooLarge)?;
        sealed.extend_from_slice(&tag);
        Ok(())
    }

    /// Opens a nonce, sealed text and tag, as `seal_onto` appends them.
    ///
    /// # Errors
    ///
    /// `Truncated` when nonce and tag do not fit in, `Tampered` when the tag does not match.
    pub(super) fn open(&self, sealed: &[u8], associated_data: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(Error::Truncated)?;
        let (text, tag) = rest.split_last_chunk::<TAG_BYTES>().ok_or(Error::Truncated)?;
        let mut text = Zeroizing::new(text.to_vec());
        self.cipher()
            .decrypt_inout_detached(
                &XNonce::from(*nonce),
                associated_data,
                text.as_mut_slice().into(),
                &Tag::from(*tag),
            )
            .map_err(|_| Error::Tampered)?;
        Ok(text)
    }
}

impl Drop for SecretKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::super::test_random::{BytesFrom, RepeatableRandom};
    use super::*;

    /// draft-irtf-cfrg-xchacha-03 appendix A.3.1.
    #[test]
    fn matches_the_vector_of_the_draft() {
        let key: Vec<u8> = (0x80..0xa0).collect();
        let plaintext = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
            sunscreen would be it.";
        let associated_data = HEXLOWER.decode(b"50515253c0c1c2c3c4c5c6c7").unwrap();
        let mut sealed = Vec::new();
        // The nonce of the draft is 40, 41, ... 57.
        let key = SecretKey::from_slice(&key).unwrap();
        key.seal_onto(&mut sealed, plaintext, &associated_data, &BytesFrom(0x40)).unwrap();
        assert_eq!(
            HEXLOWER.encode(&sealed[NONCE_BYTES..]),
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39\
             ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9\
             21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49"
        );
        assert_eq!(key.open(&sealed, &associated_data).unwrap().as_slice(), plaintext);
    }

    #[test]
    fn every_altered_byte_and_every_truncation_is_refused() {
        let random = RepeatableRandom::default();
        let key = SecretKey::generate(&random);
        let mut sealed = Vec::new();
        key.seal_onto(&mut sealed, b"secret", b"here", &random).unwrap();
        assert_eq!(key.open(&sealed, b"there").unwrap_err(), Error::Tampered);
        assert_eq!(SecretKey::generate(&random).open(&sealed, b"here").unwrap_err(), Error::Tampered);
        for position in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[position] ^= 1;
            assert_eq!(key.open(&altered, b"here").unwrap_err(), Error::Tampered, "byte {position}");
            let expected = if position < OVERHEAD_BYTES { Error::Truncated } else { Error::Tampered };
            assert_eq!(key.open(&sealed[..position], b"here").unwrap_err(), expected, "cut at {position}");
        }
    }

    #[test]
    fn only_32_bytes_are_a_key_and_debug_shows_none() {
        for length in [0, 31, 33] {
            assert_eq!(SecretKey::from_slice(&vec![1; length]).unwrap_err(), Error::WrongLength);
        }
        assert_eq!(format!("{:?}", SecretKey::from_slice(&[0xab; 32]).unwrap()), "SecretKey(..)");
    }
}
