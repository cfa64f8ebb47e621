//! The cipher under a sealed blob: STREAM (eprint 2015/189) with a 32-bit counter over XChaCha20-Poly1305.
//!
//! XChaCha20-Poly1305 is HChaCha20 over the first 16 bytes of the nonce, which are the same for a whole blob, and then
//! ChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03 section 2.3). So the key is derived once, and the chunks go through
//! aws-lc, whose code is assembly and as fast in a debug build. The tests compare it with `aead-stream`.

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use chacha20::{R20, hchacha};
use zeroize::Zeroize;

use super::error::Error;
use super::sealed_blob::{Behind, HEADER_BYTES, PREFIX_BYTES, Place};
use super::secret_key::SecretKey;

/// What HChaCha20 takes of the prefix.
const DERIVING_BYTES: usize = 16;

/// Seals and opens the chunks of one blob, in place and in any order. Its key is wiped when it is dropped.
///
/// The nonce of a chunk is `prefix (19) || position (4, big-endian) || last (1)`, its associated data the header and
/// the id of the blob; in a piece, also `content (16) || number (4) || offset (8) || whether the content ends here (1)`.
pub(super) struct ChunkCipher {
    key: LessSafeKey,
    /// What HChaCha20 leaves of the prefix.
    prefix_tail: [u8; PREFIX_BYTES - DERIVING_BYTES],
    associated_data: Vec<u8>,
    /// Whether the associated data says behind which chunk the content ends: in pieces only.
    says_end: bool,
}

impl ChunkCipher {
    #[expect(clippy::expect_used, reason = "a derived key has the 32 bytes that ChaCha20 takes")]
    pub(super) fn new(key: &SecretKey, place: &Place, header: &[u8; HEADER_BYTES]) -> Self {
        let mut deriving = [0; DERIVING_BYTES];
        let (head, tail) = header[HEADER_BYTES - PREFIX_BYTES..].split_at(DERIVING_BYTES);
        deriving.copy_from_slice(head);
        let mut prefix_tail = [0; PREFIX_BYTES - DERIVING_BYTES];
        prefix_tail.copy_from_slice(tail);
        let mut associated_data = [header.as_slice(), place.blob.as_bytes()].concat();
        if !place.is_whole() {
            associated_data.extend_from_slice(place.content.as_bytes());
            associated_data.extend_from_slice(&place.number.to_be_bytes());
            associated_data.extend_from_slice(&place.offset.to_be_bytes());
        }
        let mut derived = hchacha::<R20>(key.as_bytes().into(), &deriving.into());
        let unbound = UnboundKey::new(&CHACHA20_POLY1305, &derived);
        derived.as_mut_slice().zeroize();
        let key = LessSafeKey::new(unbound.expect("32 bytes are a key of ChaCha20"));
        Self { key, prefix_tail, associated_data, says_end: !place.is_whole() }
    }

    /// Seals `chunk` in place and appends its tag.
    pub(super) fn seal(&self, position: u32, behind: Behind, chunk: &mut Vec<u8>) -> Result<(), Error> {
        let tag = self
            .key
            .seal_in_place_separate_tag(self.nonce(position, behind), self.associated_data(behind), chunk)
            .map_err(|_| Error::TooLarge)?;
        chunk.extend_from_slice(tag.as_ref());
        Ok(())
    }

    /// Opens `chunk` in place, and answers how much of it is plaintext. What is in it after an error must not be used.
    pub(super) fn open(&self, position: u32, behind: Behind, chunk: &mut [u8]) -> Result<usize, Error> {
        self.key
            .open_in_place(self.nonce(position, behind), self.associated_data(behind), chunk)
            .map(|plain| plain.len())
            .map_err(|_| Error::Tampered)
    }

    fn associated_data(&self, behind: Behind) -> Aad<Vec<u8>> {
        let mut data = Vec::with_capacity(self.associated_data.len() + 1);
        data.extend_from_slice(&self.associated_data);
        if self.says_end {
            data.push(u8::from(behind == Behind::Nothing));
        }
        Aad::from(data)
    }

    /// The last 8 bytes of the nonce of XChaCha20-Poly1305, behind four zeros.
    fn nonce(&self, position: u32, behind: Behind) -> Nonce {
        let mut nonce = [0; 12];
        nonce[4..7].copy_from_slice(&self.prefix_tail);
        nonce[7..11].copy_from_slice(&position.to_be_bytes());
        nonce[11] = u8::from(behind != Behind::Chunk);
        Nonce::assume_unique_for_key(nonce)
    }
}

#[cfg(test)]
mod tests {
    use aead_stream::{NewStream, StreamBE32, StreamPrimitive};
    use proptest::prelude::*;

    use super::super::test_random::RepeatableRandom;
    use super::*;
    use crate::domain::id::BlobId;
    use crate::domain::random::random_bytes;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn is_byte_for_byte_the_stream_of_rustcrypto(
            seed: u8, position: u32, end in 0..3_usize, is_piece: bool, plaintext in proptest::collection::vec(any::<u8>(), 0..600)
        ) {
            let random = RepeatableRandom::default();
            (0..seed).for_each(|_| { random_bytes::<1>(&random); });
            let key = SecretKey::generate(&random);
            let header = random_bytes::<HEADER_BYTES>(&random);
            let blob = BlobId::generate(&random);
            let content = if is_piece { BlobId::generate(&random) } else { blob };
            let place = Place { blob, content, number: 0x0102_0304, offset: 0x0506_0708_090a_0b0c };
            let behind = [Behind::Chunk, Behind::Piece, Behind::Nothing][end];
            let last = behind != Behind::Chunk;
            let cipher = ChunkCipher::new(&key, &place, &header);
            let mut prefix = [0; PREFIX_BYTES];
            prefix.copy_from_slice(&header[HEADER_BYTES - PREFIX_BYTES..]);
            let reference = StreamBE32::from_aead(key.cipher(), &prefix.into());
            let mut associated_data = [header.as_slice(), blob.as_bytes()].concat();
            if is_piece {
                associated_data.extend_from_slice(content.as_bytes());
                associated_data.extend_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
                associated_data.push(u8::from(behind == Behind::Nothing));
            }
            let mut ours = plaintext.clone();
            cipher.seal(position, behind, &mut ours).unwrap();
            let mut theirs = plaintext.clone();
            reference.encrypt_in_place(position, last, &associated_data, &mut theirs).unwrap();
            prop_assert_eq!(&ours, &theirs);
            reference.decrypt_in_place(position, last, &associated_data, &mut ours).unwrap();
            let plain_len = cipher.open(position, behind, &mut theirs).unwrap();
            theirs.truncate(plain_len);
            prop_assert_eq!((&ours, &theirs), (&plaintext, &plaintext));
        }
    }
}
