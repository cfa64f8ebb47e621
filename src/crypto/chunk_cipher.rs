//! The cipher under a sealed blob: STREAM (eprint 2015/189) with a 32-bit counter over XChaCha20-Poly1305.

use aead_stream::{NewStream, StreamBE32, StreamPrimitive};
use chacha20poly1305::XChaCha20Poly1305;

use crate::domain::id::BlobId;

use super::error::Error;
use super::sealed_blob::{HEADER_BYTES, PREFIX_BYTES};
use super::secret_key::SecretKey;

const BLOB_ID_BYTES: usize = 16;

/// Seals and opens the chunks of one blob, in place and in any order. Its key is wiped when it is dropped.
///
/// The nonce of a chunk is `prefix (19) || position (4, big-endian) || last (1)`, its associated data the header and
/// the id of the blob.
pub(super) struct ChunkCipher {
    stream: StreamBE32<XChaCha20Poly1305>,
    associated_data: [u8; HEADER_BYTES + BLOB_ID_BYTES],
}

impl ChunkCipher {
    pub(super) fn new(key: &SecretKey, blob: BlobId, header: &[u8; HEADER_BYTES]) -> Self {
        let mut prefix = [0; PREFIX_BYTES];
        prefix.copy_from_slice(&header[HEADER_BYTES - PREFIX_BYTES..]);
        let mut associated_data = [0; HEADER_BYTES + BLOB_ID_BYTES];
        associated_data[..HEADER_BYTES].copy_from_slice(header);
        associated_data[HEADER_BYTES..].copy_from_slice(blob.as_bytes());
        Self { stream: StreamBE32::from_aead(key.cipher(), &prefix.into()), associated_data }
    }

    /// Seals `chunk` in place and appends its tag.
    pub(super) fn seal(&self, position: u32, last: bool, chunk: &mut Vec<u8>) -> Result<(), Error> {
        self.stream.encrypt_in_place(position, last, &self.associated_data, chunk).map_err(|_| Error::TooLarge)
    }

    /// Opens `chunk` in place and takes its tag off. What is in `chunk` after an error must not be used.
    pub(super) fn open(&self, position: u32, last: bool, chunk: &mut Vec<u8>) -> Result<(), Error> {
        self.stream.decrypt_in_place(position, last, &self.associated_data, chunk).map_err(|_| Error::Tampered)
    }
}
