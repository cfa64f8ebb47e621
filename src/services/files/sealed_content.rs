//! The sealed content of a file, in one object or in several, and which chunks of them hold a range of it.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use crate::blobs::{BlobStream, Blobs};
use crate::crypto::chunk_span::ChunkSpan;
use crate::crypto::file_key::{FileKey, KeyOwner};
use crate::crypto::sealed_blob::{CHUNK_BYTES, HEADER_BYTES, Opener, Place, sealed_len};
use crate::domain::file::{File, Piece};
use crate::domain::id::BlobId;
use crate::services::{Error, Services};

/// How many chunks are opened at once: 1 MiB of plaintext.
const CHUNKS_AT_ONCE: u64 = 16;

/// The key, and where the bytes lie.
pub(in crate::services) struct SealedContent {
    blobs: Blobs,
    key: Arc<FileKey>,
    content: BlobId,
    pieces: Vec<Piece>,
    size_bytes: u64,
}

/// The chunks of one piece that a range touches.
pub(in crate::services) struct Stretch {
    /// Which piece.
    pub(in crate::services) piece: usize,
    span: ChunkSpan,
}

/// An opener and the piece it is for.
pub(in crate::services) struct OpenPiece {
    blobs: Blobs,
    blob: BlobId,
    opener: Arc<Opener>,
}

/// A stretch on its way from the backend.
pub(in crate::services) struct SealedStretch {
    bytes: BlobStream,
    opener: Arc<Opener>,
    span: ChunkSpan,
    chunks: Range<u64>,
}

/// A few sealed chunks that lie side by side.
pub(in crate::services) struct SealedChunks {
    bytes: Vec<u8>,
    opener: Arc<Opener>,
    span: ChunkSpan,
    chunks: Range<u64>,
}

impl SealedContent {
    /// A content that lies in the object of its own name.
    pub(in crate::services) fn of_one_object(blobs: Blobs, key: Arc<FileKey>, blob: BlobId, size_bytes: u64) -> Self {
        let pieces = vec![Piece { blob, number: 0, offset: 0, size_bytes }];
        Self { blobs, key, content: blob, pieces, size_bytes }
    }

    /// A content that lies in pieces.
    ///
    /// # Errors
    /// [`Error::Internal`] unless they are all of them, in their order.
    pub(in crate::services) fn of_pieces(
        blobs: Blobs,
        key: Arc<FileKey>,
        content: BlobId,
        pieces: Vec<Piece>,
        size_bytes: u64,
    ) -> Result<Self, Error> {
        let mut end = 0;
        for (number, piece) in pieces.iter().enumerate() {
            if piece.offset != end || u32::try_from(number) != Ok(piece.number) || piece.size_bytes == 0 {
                return Err(Error::internal("a piece of a content is missing"));
            }
            end = piece.end();
        }
        if end != size_bytes {
            return Err(Error::internal("the pieces of a content have another length than its file"));
        }
        Ok(Self { blobs, key, content, pieces, size_bytes })
    }

    /// Bytes of plaintext.
    pub(in crate::services) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// The range of the plaintext that the chunk with this byte holds; an empty one behind the end.
    pub(in crate::services) fn chunk_around(&self, position: u64) -> Range<u64> {
        let index = self.pieces.partition_point(|piece| piece.end() <= position);
        let Some(piece) = self.pieces.get(index) else { return self.size_bytes..self.size_bytes };
        let start = position - (position - piece.offset) % CHUNK_BYTES as u64;
        start..piece.end().min(start + CHUNK_BYTES as u64)
    }

    /// What is to be read for a range of the plaintext, in its order: the chunks that it touches, and no others.
    ///
    /// # Errors
    /// [`Error::Internal`] for a range that is empty or ends behind the content; of an empty content, `0..0` is none.
    pub(in crate::services) fn stretches(&self, range: Range<u64>) -> Result<Vec<Stretch>, Error> {
        let mut stretches = Vec::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            let within = |position: u64| position.clamp(piece.offset, piece.end()) - piece.offset;
            let part = within(range.start)..within(range.end);
            if part.is_empty() && self.size_bytes > 0 {
                continue;
            }
            stretches.push(Stretch { piece: index, span: ChunkSpan::covering(part, piece.size_bytes)? });
        }
        Ok(stretches)
    }

    /// Opens a piece: its object must have the length that it should have, and begin as it should.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; [`Error::Internal`] when the object is damaged.
    pub(in crate::services) async fn open_piece(&self, index: usize) -> Result<OpenPiece, Error> {
        let piece = self.pieces.get(index).ok_or_else(|| Error::internal("a content has no such piece"))?;
        let (size_bytes, header) =
            tokio::join!(self.blobs.size_bytes(piece.blob), self.blobs.read(piece.blob, 0..HEADER_BYTES as u64));
        // Chunks prove themselves, but none knows of bytes behind the last, nor of one that is missing further on.
        if size_bytes? != sealed_len(piece.size_bytes) {
            return Err(Error::internal("an object has another length than it should have"));
        }
        let place = Place { blob: piece.blob, content: self.content, number: piece.number, offset: piece.offset };
        let ends_content = piece.end() == self.size_bytes;
        let opener = Opener::new(&self.key, &place, &header?, piece.size_bytes, ends_content)?;
        Ok(OpenPiece { blobs: self.blobs.clone(), blob: piece.blob, opener: Arc::new(opener) })
    }
}

impl OpenPiece {
    /// Begins to read a stretch of this piece.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; [`Error::Internal`] when the object is missing.
    pub(in crate::services) async fn read(&self, stretch: &Stretch) -> Result<SealedStretch, Error> {
        let bytes = self.blobs.stream(self.blob, stretch.span.object_range()).await?;
        let (opener, span) = (Arc::clone(&self.opener), stretch.span.clone());
        Ok(SealedStretch { bytes, opener, chunks: span.chunks(), span })
    }
}

impl SealedStretch {
    /// Up to a mebibyte more of it; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; [`Error::Internal`] when the object is missing.
    pub(in crate::services) async fn next(&mut self) -> Result<Option<SealedChunks>, Error> {
        let chunks = self.chunks.start..self.chunks.end.min(self.chunks.start + CHUNKS_AT_ONCE);
        if chunks.is_empty() {
            return Ok(None);
        }
        self.chunks.start = chunks.end;
        let len = chunks.clone().map(|index| self.span.sealed_chunk_len(index)).sum();
        let bytes = self.bytes.next(len).await?;
        Ok(Some(SealedChunks { bytes, opener: Arc::clone(&self.opener), span: self.span.clone(), chunks }))
    }
}

impl SealedChunks {
    /// Their plaintext, chunk by chunk: each is checked, and what is not wanted left out.
    ///
    /// # Errors
    /// [`Error::Internal`] when the object is damaged.
    pub(in crate::services) fn open(mut self) -> Result<Vec<Bytes>, Error> {
        let mut wanted = Vec::with_capacity(CHUNKS_AT_ONCE as usize);
        let mut rest = self.bytes.as_mut_slice();
        let mut position = 0;
        for index in self.chunks {
            let sealed_len = self.span.sealed_chunk_len(index);
            let Some((chunk, behind)) = rest.split_at_mut_checked(sealed_len) else {
                return Err(Error::internal("an object ended too soon"));
            };
            self.opener.open_chunk(index, chunk)?;
            let part = self.span.wanted(index);
            wanted.push(position + part.start..position + part.end);
            position += sealed_len;
            rest = behind;
        }
        // Opened where it was read, and handed on where it was opened.
        let plain = Bytes::from(self.bytes);
        Ok(wanted.into_iter().map(|range| plain.slice(range)).collect())
    }
}

impl Services {
    /// The content of a file.
    ///
    /// # Errors
    /// [`Error::NotFound`] when its key is gone; [`Error::Unavailable`]; [`Error::Internal`] when key or pieces are not its own.
    pub(in crate::services) async fn content_of(&self, file: &File) -> Result<SealedContent, Error> {
        let owner = KeyOwner::of(file);
        let key = Arc::new(self.file_key(&owner).await?.ok_or(Error::NotFound)?);
        let blobs = self.blobs.clone();
        if file.pieces == 0 {
            return Ok(SealedContent::of_one_object(blobs, key, file.blob, file.size_bytes));
        }
        let pieces = self.store.find_pieces(file.blob).await?;
        SealedContent::of_pieces(blobs, key, file.blob, pieces, file.size_bytes)
    }

    /// The key of a content; `None` where it is destroyed.
    pub(in crate::services) async fn file_key(&self, owner: &KeyOwner) -> Result<Option<FileKey>, Error> {
        let Some(stored) = self.store.find_wrapped_key(owner.blob).await? else { return Ok(None) };
        self.open_file_key(stored, owner).await.map(Some)
    }
}
