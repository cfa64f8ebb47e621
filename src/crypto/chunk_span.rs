//! Which chunks of a sealed blob hold a range of its plaintext.

use std::ops::Range;

use super::error::Error;
use super::sealed_blob::{CHUNK_BYTES, HEADER_BYTES, MAX_PLAIN_BYTES, SEALED_CHUNK_BYTES, chunk_count, sealed_len};

/// The chunks that a range of the plaintext touches, no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkSpan {
    plain: Range<u64>,
    chunks: Range<u64>,
    size_bytes: u64,
}

impl ChunkSpan {
    /// The chunks that hold `plain_range`, in bytes of plaintext, of a file of `size_bytes`. An empty file has one
    /// range, `0..0`, and one chunk, which must be opened like any other.
    ///
    /// # Errors
    ///
    /// `OutOfRange` when the range is empty (but for an empty file), reversed, or ends behind the file; `TooLarge`
    /// when no blob can be that large.
    pub fn covering(plain_range: Range<u64>, size_bytes: u64) -> Result<Self, Error> {
        if size_bytes > MAX_PLAIN_BYTES {
            return Err(Error::TooLarge);
        }
        let of_empty_file = size_bytes == 0 && plain_range == (0..0);
        if !of_empty_file && (plain_range.is_empty() || plain_range.end > size_bytes) {
            return Err(Error::OutOfRange);
        }
        let first = plain_range.start / CHUNK_BYTES as u64;
        let chunks = first..chunk_count(plain_range.end);
        Ok(Self { plain: plain_range, chunks, size_bytes })
    }

    #[cfg(test)]
    fn whole(size_bytes: u64) -> Result<Self, Error> {
        Self::covering(0..size_bytes, size_bytes)
    }

    /// The indexes of the chunks, as `Opener::open_chunk` takes them.
    pub fn chunks(&self) -> Range<u64> {
        self.chunks.clone()
    }

    /// Where the sealed chunks lie in the object, in bytes from its beginning, which is the header.
    pub fn object_range(&self) -> Range<u64> {
        let offset = |index: u64| HEADER_BYTES as u64 + index * SEALED_CHUNK_BYTES as u64;
        offset(self.chunks.start)..offset(self.chunks.end).min(sealed_len(self.size_bytes))
    }

    /// Length of sealed chunk `index`, tag included, in bytes; 0 behind the end of the file.
    pub fn sealed_chunk_len(&self, index: u64) -> usize {
        let object_len = sealed_len(self.size_bytes) - HEADER_BYTES as u64;
        let left = object_len.saturating_sub(index.saturating_mul(SEALED_CHUNK_BYTES as u64));
        // At most SEALED_CHUNK_BYTES, which any usize holds.
        left.min(SEALED_CHUNK_BYTES as u64) as usize
    }

    /// Which bytes of the opened chunk `index` belong to the range; empty for chunks outside the span.
    pub fn wanted(&self, index: u64) -> Range<usize> {
        let chunk_start = index.saturating_mul(CHUNK_BYTES as u64);
        let within = |position: u64| position.saturating_sub(chunk_start).min(CHUNK_BYTES as u64) as usize;
        within(self.plain.start)..within(self.plain.end)
    }

    #[cfg(test)]
    fn plain_len(&self) -> u64 {
        self.plain.end - self.plain.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNK: u64 = CHUNK_BYTES as u64;

    #[test]
    fn a_range_costs_the_chunks_it_touches() {
        let size = 3 * CHUNK + 10;
        for (range, chunks, object) in [
            (0..1, 0..1, 28..65_580),
            (0..CHUNK, 0..1, 28..65_580),
            (0..CHUNK + 1, 0..2, 28..131_132),
            (CHUNK - 1..CHUNK + 1, 0..2, 28..131_132),
            (CHUNK..CHUNK + 1, 1..2, 65_580..131_132),
            (3 * CHUNK..size, 3..4, 196_684..196_710),
            (size - 1..size, 3..4, 196_684..196_710),
            (0..size, 0..4, 28..196_710),
        ] {
            let span = ChunkSpan::covering(range.clone(), size).unwrap();
            assert_eq!(span.chunks(), chunks, "{range:?}");
            assert_eq!(span.object_range(), object, "{range:?}");
            let lengths: u64 = span.chunks().map(|index| span.sealed_chunk_len(index) as u64).sum();
            assert_eq!(lengths, object.end - object.start, "{range:?}");
            let wanted: u64 = span.chunks().map(|index| span.wanted(index).len() as u64).sum();
            assert_eq!(wanted, span.plain_len(), "{range:?}");
        }
    }

    #[test]
    fn says_what_to_keep_of_each_chunk() {
        let span = ChunkSpan::covering(CHUNK - 2..2 * CHUNK + 3, 4 * CHUNK).unwrap();
        assert_eq!(span.wanted(0), CHUNK_BYTES - 2..CHUNK_BYTES);
        assert_eq!(span.wanted(1), 0..CHUNK_BYTES);
        assert_eq!(span.wanted(2), 0..3);
        assert!(span.wanted(3).is_empty());
        assert!(span.wanted(u64::MAX).is_empty());
        assert_eq!(span.sealed_chunk_len(4), 0);
        assert_eq!(span.sealed_chunk_len(u64::MAX), 0);
    }

    #[test]
    fn an_empty_file_is_one_chunk() {
        let span = ChunkSpan::whole(0).unwrap();
        assert_eq!((span.chunks(), span.object_range(), span.plain_len()), (0..1, 28..44, 0));
        assert_eq!((span.sealed_chunk_len(0), span.wanted(0)), (TAG, 0..0));
    }

    const TAG: usize = 16;

    #[test]
    #[expect(clippy::reversed_empty_ranges, reason = "that is what must be refused")]
    fn ranges_outside_the_file_are_refused() {
        for (range, size) in
            [(0..11, 10), (10..11, 10), (5..5, 10), (7..3, 10), (0..1, 0), (1..1, 0), (0..u64::MAX, 10)]
        {
            assert_eq!(ChunkSpan::covering(range.clone(), size), Err(Error::OutOfRange), "{range:?} of {size}");
        }
        assert_eq!(ChunkSpan::whole(MAX_PLAIN_BYTES + 1), Err(Error::TooLarge));
    }

    #[test]
    fn the_largest_file_has_2_to_the_32_chunks() {
        let span = ChunkSpan::whole(MAX_PLAIN_BYTES).unwrap();
        assert_eq!(span.chunks(), 0..1 << 32);
        assert_eq!(span.object_range().end, sealed_len(MAX_PLAIN_BYTES));
    }
}
