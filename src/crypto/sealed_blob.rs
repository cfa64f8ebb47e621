//! The sealed form of a file's content, of which any chunk can be read alone.
//!
//! ```text
//! header:  "STRG" | version 1 (u8) | chunk size (u32, big-endian) | nonce prefix (19 random bytes)
//! chunk:   64 KiB of plaintext, sealed | tag (16 bytes)       as often as it takes
//! chunk:   the rest of the plaintext, sealed | tag            once, with the last flag set
//! ```
//!
//! An empty file is one empty last chunk; any other last chunk holds 1 to 65536 bytes. The position and the last flag
//! are in the nonce of each chunk, the header and the blob's id in its associated data, so chunks can be neither cut
//! off, reordered, repeated nor moved to another blob. How long the plaintext is comes from outside, bound to the
//! wrapped key.

use zeroize::Zeroize;

use crate::domain::id::BlobId;
use crate::domain::random::Random;

use super::chunk_cipher::ChunkCipher;
use super::error::Error;
use super::file_key::FileKey;
use super::secret_key;

/// Bytes of plaintext in every chunk but the last.
pub const CHUNK_BYTES: usize = 65_536;
/// Bytes that sealing adds to each chunk.
pub const TAG_BYTES: usize = secret_key::TAG_BYTES;
/// Bytes of every sealed chunk but the last. Buffers of this capacity are never reallocated.
pub const SEALED_CHUNK_BYTES: usize = CHUNK_BYTES + TAG_BYTES;
/// Bytes before the first chunk.
pub const HEADER_BYTES: usize = MAGIC.len() + 1 + size_of::<u32>() + PREFIX_BYTES;
/// The longest plaintext that can be sealed: 2^32 chunks, which is 256 TiB.
pub const MAX_PLAIN_BYTES: u64 = (1 << 32) * CHUNK_BYTES as u64;

pub(super) const PREFIX_BYTES: usize = 19;
const MAGIC: &[u8; 4] = b"STRG";
const VERSION: u8 = 1;

/// How many chunks seal `plain_len` bytes.
pub fn chunk_count(plain_len: u64) -> u64 {
    plain_len.div_ceil(CHUNK_BYTES as u64).max(1)
}

/// Length of the sealed object, header included, for `plain_len` bytes of plaintext, at most `MAX_PLAIN_BYTES`.
/// An object of any other length is not the whole blob.
pub fn sealed_len(plain_len: u64) -> u64 {
    plain_len.saturating_add(HEADER_BYTES as u64 + chunk_count(plain_len) * TAG_BYTES as u64)
}

/// Seals one file, chunk after chunk.
///
/// Which chunk is the last must be known when it is sealed, so the caller holds one back until it knows whether
/// another follows.
pub struct Sealer {
    cipher: ChunkCipher,
    position: u32,
}

impl Sealer {
    /// A sealer, and the header to write before the first chunk.
    pub fn new(key: &FileKey, blob: BlobId, random: &dyn Random) -> (Self, [u8; HEADER_BYTES]) {
        let mut header = [0; HEADER_BYTES];
        let (fixed, prefix) = header.split_at_mut(HEADER_BYTES - PREFIX_BYTES);
        fixed.copy_from_slice(&fixed_part());
        random.fill(prefix);
        (Self { cipher: ChunkCipher::new(key.secret(), blob, &header), position: 0 }, header)
    }

    /// Seals a chunk that is not the last, in place, and appends its tag.
    ///
    /// # Errors
    ///
    /// `WrongLength` unless there are exactly `CHUNK_BYTES`, `TooLarge` after 2^32 - 1 chunks. `chunk` is left as it
    /// was.
    pub fn seal_next(&mut self, chunk: &mut Vec<u8>) -> Result<(), Error> {
        if chunk.len() != CHUNK_BYTES {
            return Err(Error::WrongLength);
        }
        // The highest position is kept for the last chunk.
        let next = self.position.checked_add(1).ok_or(Error::TooLarge)?;
        self.cipher.seal(self.position, false, chunk)?;
        self.position = next;
        Ok(())
    }

    /// Seals the last chunk, in place, and appends its tag.
    ///
    /// # Errors
    ///
    /// `WrongLength` when there are more than `CHUNK_BYTES`, or none although a chunk came before. `chunk` is left as
    /// it was.
    pub fn seal_last(self, chunk: &mut Vec<u8>) -> Result<(), Error> {
        if chunk.len() > CHUNK_BYTES || (chunk.is_empty() && self.position > 0) {
            return Err(Error::WrongLength);
        }
        self.cipher.seal(self.position, true, chunk)
    }
}

/// Opens the chunks of one blob, in any order and from any thread.
pub struct Opener {
    cipher: ChunkCipher,
    size_bytes: u64,
}

impl Opener {
    /// An opener for the blob that begins with `header` and holds `size_bytes` of plaintext.
    ///
    /// Believes the header no further than it must: what was altered in it shows when a chunk is opened.
    ///
    /// # Errors
    ///
    /// `Truncated` or `WrongLength` unless the header has `HEADER_BYTES`, `Malformed` when it is not one of this
    /// version, `TooLarge` beyond `MAX_PLAIN_BYTES`.
    pub fn new(key: &FileKey, blob: BlobId, header: &[u8], size_bytes: u64) -> Result<Self, Error> {
        let header: &[u8; HEADER_BYTES] = match header.len() {
            0..HEADER_BYTES => return Err(Error::Truncated),
            _ => header.try_into().map_err(|_| Error::WrongLength)?,
        };
        if !header.starts_with(&fixed_part()) {
            return Err(Error::Malformed);
        }
        if size_bytes > MAX_PLAIN_BYTES {
            return Err(Error::TooLarge);
        }
        Ok(Self { cipher: ChunkCipher::new(key.secret(), blob, header), size_bytes })
    }

    /// Opens chunk `index`, counted from 0, in place and takes its tag off.
    ///
    /// # Errors
    ///
    /// `OutOfRange` behind the last chunk, `Truncated` or `WrongLength` when there are fewer or more bytes than the
    /// chunk must have, `Tampered` when the tag does not match. `chunk` is empty then, and its memory wiped.
    pub fn open_chunk(&self, index: u64, chunk: &mut Vec<u8>) -> Result<(), Error> {
        self.open_or_leave(index, chunk).inspect_err(|_| chunk.zeroize())
    }

    fn open_or_leave(&self, index: u64, chunk: &mut Vec<u8>) -> Result<(), Error> {
        let last_index = chunk_count(self.size_bytes) - 1;
        if index > last_index {
            return Err(Error::OutOfRange);
        }
        let position = u32::try_from(index).map_err(|_| Error::OutOfRange)?;
        let plain_len = (self.size_bytes - index * CHUNK_BYTES as u64).min(CHUNK_BYTES as u64);
        match (chunk.len() as u64).cmp(&(plain_len + TAG_BYTES as u64)) {
            std::cmp::Ordering::Less => Err(Error::Truncated),
            std::cmp::Ordering::Greater => Err(Error::WrongLength),
            std::cmp::Ordering::Equal => self.cipher.open(position, index == last_index, chunk),
        }
    }
}

/// What every header of this version begins with.
fn fixed_part() -> [u8; HEADER_BYTES - PREFIX_BYTES] {
    let [a, b, c, d] = *MAGIC;
    let [e, f, g, h] = (CHUNK_BYTES as u32).to_be_bytes();
    [a, b, c, d, VERSION, e, f, g, h]
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("position", &self.position).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opener").field("size_bytes", &self.size_bytes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
