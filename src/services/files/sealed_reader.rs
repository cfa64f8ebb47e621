//! The plaintext of a sealed object as something that can be read and sought in, for checks that are written for files.

use std::io::{self, Read, Seek, SeekFrom};

use tokio::runtime::Handle;

use crate::blobs::Blobs;
use crate::crypto::chunk_span::ChunkSpan;
use crate::crypto::file_key::FileKey;
use crate::crypto::sealed_blob::{CHUNK_BYTES, HEADER_BYTES, Opener};
use crate::domain::id::BlobId;
use crate::services::Error;

/// Reads plaintext through the seal, one chunk in memory at a time. For the blocking pool only: it waits for the backend.
pub(super) struct SealedReader {
    blobs: Blobs,
    blob: BlobId,
    opener: Opener,
    size_bytes: u64,
    position: u64,
    chunk: Vec<u8>,
    chunk_index: Option<u64>,
    runtime: Handle,
}

impl SealedReader {
    pub(super) async fn new(blobs: &Blobs, key: &FileKey, blob: BlobId, size_bytes: u64) -> Result<Self, Error> {
        let header = blobs.read(blob, 0..HEADER_BYTES as u64).await?;
        Ok(Self {
            opener: Opener::new(key, blob, &header, size_bytes)?,
            blobs: blobs.clone(),
            blob,
            size_bytes,
            position: 0,
            chunk: Vec::new(),
            chunk_index: None,
            runtime: Handle::current(),
        })
    }

    pub(super) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    fn load(&mut self, index: u64) -> io::Result<()> {
        if self.chunk_index == Some(index) {
            return Ok(());
        }
        self.chunk_index = None;
        let end = self.size_bytes.min(self.position.saturating_add(1));
        let span = ChunkSpan::covering(self.position..end, self.size_bytes).map_err(io::Error::other)?;
        let read = self.blobs.read(self.blob, span.object_range());
        self.chunk = self.runtime.block_on(read).map_err(io::Error::other)?;
        self.opener.open_chunk(index, &mut self.chunk).map_err(io::Error::other)?;
        self.chunk_index = Some(index);
        Ok(())
    }
}

impl Read for SealedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.size_bytes || buffer.is_empty() {
            return Ok(0);
        }
        let (index, offset) = (self.position / CHUNK_BYTES as u64, self.position % CHUNK_BYTES as u64);
        self.load(index)?;
        let rest = usize::try_from(offset).ok().and_then(|offset| self.chunk.get(offset..)).unwrap_or_default();
        let mut rest = rest;
        let count = rest.read(buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for SealedReader {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let position = match target {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.size_bytes.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}
