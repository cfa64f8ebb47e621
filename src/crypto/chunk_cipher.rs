//! The cipher under a sealed blob: STREAM (eprint 2015/189) with a 32-bit counter over XChaCha20-Poly1305.
//!
//! XChaCha20-Poly1305 is HChaCha20 over the first 16 bytes of the nonce, which are the same for a whole blob, and then
//! ChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03 section 2.3). So the key is derived once, and the chunks go through
//! aws-lc, whose code is assembly and as fast in a debug build. The tests compare it with `aead-stream`.

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use chacha20::{R20, hchacha};
use zeroize::Zeroize;

use crate::domain::id::BlobId;

use super::error::Error;
use super::sealed_blob::{HEADER_BYTES, PREFIX_BYTES};
use super::secret_key::{SecretKey, TAG_BYTES};

const BLOB_ID_BYTES: usize = 16;
/// What HChaCha20 takes of the prefix.
const DERIVING_BYTES: usize = 16;

/// Seals and opens the chunks of one blob, in place and in any order. Its key is wiped when it is dropped.
///
/// The nonce of a chunk is `prefix (19) || position (4, big-endian) || last (1)`, its associated data the header and
/// the id of the blob.
pub(super) struct ChunkCipher {
    key: LessSafeKey,
    /// What HChaCha20 leaves of the prefix.
    prefix_tail: [u8; PREFIX_BYTES - DERIVING_BYTES],
    associated_data: [u8; HEADER_BYTES + BLOB_ID_BYTES],
}

impl ChunkCipher {
    #[expect(clippy::expect_used, reason = "a derived key has the 32 bytes that ChaCha20 takes")]
    pub(super) fn new(key: &SecretKey, blob: BlobId, header: &[u8; HEADER_BYTES]) -> Self {
        let mut deriving = [0; DERIVING_BYTES];
        let (head, tail) = header[HEADER_BYTES - PREFIX_BYTES..].split_at(DERIVING_BYTES);
        deriving.copy_from_slice(head);
        let mut prefix_tail = [0; PREFIX_BYTES - DERIVING_BYTES];
        prefix_tail.copy_from_slice(tail);
        let mut associated_data = [0; HEADER_BYTES + BLOB_ID_BYTES];
        associated_data[..HEADER_BYTES].copy_from_slice(header);
        associated_data[HEADER_BYTES..].copy_from_slice(blob.as_bytes());
        let mut derived = hchacha::<R20>(key.as_bytes().into(), &deriving.into());
        let unbound = UnboundKey::new(&CHACHA20_POLY1305, &derived);
        derived.as_mut_slice().zeroize();
        let key = LessSafeKey::new(unbound.expect("32 bytes are a key of ChaCha20"));
        Self { key, prefix_tail, associated_data }
    }

    /// Seals `chunk` in place and appends its tag.
    pub(super) fn seal(&self, position: u32, last: bool, chunk: &mut Vec<u8>) -> Result<(), Error> {
        let associated_data = Aad::from(&self.associated_data);
        let tag = self
            .key
            .seal_in_place_separate_tag(self.nonce(position, last), associated_data, chunk)
            .map_err(|_| Error::TooLarge)?;
        chunk.extend_from_slice(tag.as_ref());
        Ok(())
    }

    /// Opens `chunk` in place and takes its tag off. What is in `chunk` after an error must not be used.
    pub(super) fn open(&self, position: u32, last: bool, chunk: &mut Vec<u8>) -> Result<(), Error> {
        let plain_len = chunk.len().checked_sub(TAG_BYTES).ok_or(Error::Truncated)?;
        self.key
            .open_in_place(self.nonce(position, last), Aad::from(&self.associated_data), chunk)
            .map_err(|_| Error::Tampered)?;
        chunk.truncate(plain_len);
        Ok(())
    }

    /// The last 8 bytes of the nonce of XChaCha20-Poly1305, behind four zeros.
    fn nonce(&self, position: u32, last: bool) -> Nonce {
        let mut nonce = [0; 12];
        nonce[4..7].copy_from_slice(&self.prefix_tail);
        nonce[7..11].copy_from_slice(&position.to_be_bytes());
        nonce[11] = u8::from(last);
        Nonce::assume_unique_for_key(nonce)
    }
}

#[cfg(test)]
mod tests {
    use aead_stream::{NewStream, StreamBE32, StreamPrimitive};
    use proptest::prelude::*;

    use super::super::test_random::RepeatableRandom;
    use super::*;
    use crate::domain::random::random_bytes;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn is_byte_for_byte_the_stream_of_rustcrypto(
            seed: u8, position: u32, last: bool, plaintext in proptest::collection::vec(any::<u8>(), 0..600)
        ) {
            let random = RepeatableRandom::default();
            (0..seed).for_each(|_| { random_bytes::<1>(&random); });
            let key = SecretKey::generate(&random);
            let header = random_bytes::<HEADER_BYTES>(&random);
            let blob = BlobId::generate(&random);
            let cipher = ChunkCipher::new(&key, blob, &header);
            let mut prefix = [0; PREFIX_BYTES];
            prefix.copy_from_slice(&header[HEADER_BYTES - PREFIX_BYTES..]);
            let reference = StreamBE32::from_aead(key.cipher(), &prefix.into());
            let associated_data = [header.as_slice(), blob.as_bytes()].concat();
            let mut ours = plaintext.clone();
            cipher.seal(position, last, &mut ours).unwrap();
            let mut theirs = plaintext.clone();
            reference.encrypt_in_place(position, last, &associated_data, &mut theirs).unwrap();
            prop_assert_eq!(&ours, &theirs);
            reference.decrypt_in_place(position, last, &associated_data, &mut ours).unwrap();
            cipher.open(position, last, &mut theirs).unwrap();
            prop_assert_eq!((&ours, &theirs), (&plaintext, &plaintext));
        }
    }
}
