//! The plaintext of a sealed content as something that can be read and sought in, for checks that are written for files.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use bytes::Bytes;
use tokio::runtime::Handle;

use super::sealed_content::{OpenPiece, SealedChunks, SealedContent};
use crate::services::Error;

/// Reads plaintext through the seal, one chunk in memory at a time. For the blocking pool only: it waits for the backend.
pub(super) struct SealedReader {
    content: SealedContent,
    position: u64,
    /// The chunk that was read last, and what range of the plaintext it is.
    chunk: Bytes,
    chunk_range: Range<u64>,
    open: Option<(usize, OpenPiece)>,
    runtime: Handle,
}

impl SealedReader {
    pub(super) fn new(content: SealedContent) -> Self {
        Self { content, position: 0, chunk: Bytes::new(), chunk_range: 0..0, open: None, runtime: Handle::current() }
    }

    fn load(&mut self) -> Result<(), Error> {
        if self.chunk_range.contains(&self.position) {
            return Ok(());
        }
        let range = self.content.chunk_around(self.position);
        let stretches = self.content.stretches(range.clone())?;
        let stretch = stretches.first().ok_or_else(|| Error::internal("a chunk is in no piece"))?;
        let open = match self.open.take() {
            Some((piece, open)) if piece == stretch.piece => open,
            _ => self.runtime.block_on(self.content.open_piece(stretch.piece))?,
        };
        let read = self.runtime.block_on(async { open.read(stretch).await?.next().await })?;
        self.open = Some((stretch.piece, open));
        self.chunk =
            read.map(SealedChunks::open).transpose()?.unwrap_or_default().into_iter().next().unwrap_or_default();
        self.chunk_range = range;
        Ok(())
    }
}

impl Read for SealedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.content.size_bytes() || buffer.is_empty() {
            return Ok(0);
        }
        self.load().map_err(io::Error::other)?;
        let offset = usize::try_from(self.position - self.chunk_range.start).map_err(io::Error::other)?;
        let mut rest = self.chunk.get(offset..).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for SealedReader {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let position = match target {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.content.size_bytes().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}
