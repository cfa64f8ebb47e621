//! The sealed form of a file's content, of which any chunk can be read alone.
//!
//! ```text
//! header:  "STRG" | version (u8) | chunk size (u32, big-endian) | nonce prefix (19 random bytes)
//! chunk:   64 KiB of plaintext, sealed | tag (16 bytes)       as often as it takes
//! chunk:   the rest of the plaintext, sealed | tag            once, with the last flag set
//! ```
//!
//! An empty blob is one empty last chunk; any other last chunk holds 1 to 65536 bytes. The position and the last flag
//! are in the nonce of each chunk, the header and the blob's id in its associated data, so chunks can be neither cut
//! off, reordered, repeated nor moved to another blob. How long the plaintext is comes from outside, bound to the
//! wrapped key.
//!
//! A blob of version 1 holds the whole content of a file. One of version 2 holds a piece of it: the associated data goes on
//! with the id of the content, the number and the offset of the piece, and a byte that is 1 in the last chunk of the last piece and
//! 0 in every other chunk. So pieces can be neither left out, reordered, repeated nor moved to another file.

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
const VERSION_WHOLE: u8 = 1;
const VERSION_PIECE: u8 = 2;

/// How many chunks seal `plain_len` bytes.
pub fn chunk_count(plain_len: u64) -> u64 {
    plain_len.div_ceil(CHUNK_BYTES as u64).max(1)
}

/// Length of the sealed object, header included, for `plain_len` bytes of plaintext, at most `MAX_PLAIN_BYTES`.
/// An object of any other length is not the whole blob.
pub fn sealed_len(plain_len: u64) -> u64 {
    plain_len.saturating_add(HEADER_BYTES as u64 + chunk_count(plain_len) * TAG_BYTES as u64)
}

/// Which blob it is, and where what it holds stands in the content of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The blob.
    pub blob: BlobId,
    /// The content that it holds a piece of; the blob itself where it holds all of it.
    pub content: BlobId,
    /// Which piece it is, counted from 0.
    pub number: u32,
    /// Bytes of the content before it.
    pub offset: u64,
}

impl Place {
    /// The place of a blob that holds the whole content of a file.
    pub fn of_whole(blob: BlobId) -> Self {
        Self { blob, content: blob, number: 0, offset: 0 }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.blob == self.content
    }

    fn version(&self) -> u8 {
        if self.is_whole() { VERSION_WHOLE } else { VERSION_PIECE }
    }
}

/// What comes behind a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    /// Another chunk of the blob.
    Chunk,
    /// Another piece of the content.
    Piece,
    /// Nothing.
    Nothing,
}

/// Seals one blob, chunk after chunk.
///
/// Which chunk is the last must be known when it is sealed, so the caller holds one back until it knows whether
/// another follows.
pub struct Sealer {
    cipher: ChunkCipher,
    position: u32,
}

impl Sealer {
    /// A sealer, and the header to write before the first chunk.
    pub fn new(key: &FileKey, place: &Place, random: &dyn Random) -> (Self, [u8; HEADER_BYTES]) {
        let mut header = [0; HEADER_BYTES];
        let (fixed, prefix) = header.split_at_mut(HEADER_BYTES - PREFIX_BYTES);
        fixed.copy_from_slice(&fixed_part(place.version()));
        random.fill(prefix);
        (Self { cipher: ChunkCipher::new(key.secret(), place, &header), position: 0 }, header)
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
        self.cipher.seal(self.position, Behind::Chunk, chunk)?;
        self.position = next;
        Ok(())
    }

    /// Seals the last chunk, in place, and appends its tag. `ends_content` says that no piece comes behind it.
    ///
    /// # Errors
    ///
    /// `WrongLength` when there are more than `CHUNK_BYTES`, or none although a chunk came before. `chunk` is left as
    /// it was.
    pub fn seal_last(self, chunk: &mut Vec<u8>, ends_content: bool) -> Result<(), Error> {
        if chunk.len() > CHUNK_BYTES || (chunk.is_empty() && self.position > 0) {
            return Err(Error::WrongLength);
        }
        self.cipher.seal(self.position, behind_last(ends_content), chunk)
    }
}

/// Opens the chunks of one blob, in any order and from any thread.
pub struct Opener {
    cipher: ChunkCipher,
    size_bytes: u64,
    ends_content: bool,
}

impl Opener {
    /// An opener for the blob that begins with `header` and holds `size_bytes` of plaintext, with which the content of its file
    /// ends or not.
    ///
    /// Believes the header no further than it must: what was altered in it shows when a chunk is opened.
    ///
    /// # Errors
    ///
    /// `Truncated` or `WrongLength` unless the header has `HEADER_BYTES`, `Malformed` when it is not one of the version
    /// that such a place has, `TooLarge` beyond `MAX_PLAIN_BYTES`.
    pub fn new(
        key: &FileKey,
        place: &Place,
        header: &[u8],
        size_bytes: u64,
        ends_content: bool,
    ) -> Result<Self, Error> {
        let header: &[u8; HEADER_BYTES] = match header.len() {
            0..HEADER_BYTES => return Err(Error::Truncated),
            _ => header.try_into().map_err(|_| Error::WrongLength)?,
        };
        if !header.starts_with(&fixed_part(place.version())) {
            return Err(Error::Malformed);
        }
        if size_bytes > MAX_PLAIN_BYTES {
            return Err(Error::TooLarge);
        }
        Ok(Self { cipher: ChunkCipher::new(key.secret(), place, header), size_bytes, ends_content })
    }

    /// Opens chunk `index`, counted from 0, in place and answers with its plaintext.
    ///
    /// # Errors
    ///
    /// `OutOfRange` behind the last chunk, `Truncated` or `WrongLength` when there are fewer or more bytes than the
    /// chunk must have, `Tampered` when the tag does not match. `chunk` is wiped then.
    pub fn open_chunk<'c>(&self, index: u64, chunk: &'c mut [u8]) -> Result<&'c mut [u8], Error> {
        match self.open_or_leave(index, chunk) {
            Ok(plain_len) => chunk.get_mut(..plain_len).ok_or(Error::Truncated),
            Err(failure) => {
                chunk.zeroize();
                Err(failure)
            }
        }
    }

    fn open_or_leave(&self, index: u64, chunk: &mut [u8]) -> Result<usize, Error> {
        let last_index = chunk_count(self.size_bytes) - 1;
        if index > last_index {
            return Err(Error::OutOfRange);
        }
        let position = u32::try_from(index).map_err(|_| Error::OutOfRange)?;
        let plain_len = (self.size_bytes - index * CHUNK_BYTES as u64).min(CHUNK_BYTES as u64);
        let behind = if index == last_index { behind_last(self.ends_content) } else { Behind::Chunk };
        match (chunk.len() as u64).cmp(&(plain_len + TAG_BYTES as u64)) {
            std::cmp::Ordering::Less => Err(Error::Truncated),
            std::cmp::Ordering::Greater => Err(Error::WrongLength),
            std::cmp::Ordering::Equal => self.cipher.open(position, behind, chunk),
        }
    }
}

fn behind_last(ends_content: bool) -> Behind {
    if ends_content { Behind::Nothing } else { Behind::Piece }
}

/// What every header of this version begins with.
fn fixed_part(version: u8) -> [u8; HEADER_BYTES - PREFIX_BYTES] {
    let [a, b, c, d] = *MAGIC;
    let [e, f, g, h] = (CHUNK_BYTES as u32).to_be_bytes();
    [a, b, c, d, version, e, f, g, h]
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
