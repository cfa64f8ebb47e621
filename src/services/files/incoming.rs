//! Plaintext on its way in.

use bytes::Bytes;
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;

use super::upload::TransferEnded;
use crate::crypto::sealed_blob::CHUNK_BYTES;
use crate::services::Error;
use crate::services::quotas::Room;

/// The plaintext as it comes in, cut into chunks and counted.
pub(in crate::services) struct Incoming<'a> {
    stream: BoxStream<'a, Result<Bytes, TransferEnded>>,
    /// What has arrived and is not taken yet.
    waiting: Bytes,
    /// How many bytes were taken.
    pub(in crate::services) taken_bytes: u64,
    max_bytes: u64,
    /// What is said to be the limit where more comes.
    limit_bytes: u64,
    room: &'a Room,
    /// Bytes that were taken and have no room yet.
    homeless_bytes: u64,
}

impl<'a> Incoming<'a> {
    pub(in crate::services) fn new(
        stream: BoxStream<'a, Result<Bytes, TransferEnded>>,
        max_bytes: u64,
        limit_bytes: u64,
        room: &'a Room,
    ) -> Self {
        Self { stream, waiting: Bytes::new(), taken_bytes: 0, max_bytes, limit_bytes, room, homeless_bytes: 0 }
    }

    /// Fills `chunk` up to one chunk's length, or to the end of the content, and takes room for it, also where the line broke. Given
    /// up in between, it can be called again with the same chunk.
    pub(in crate::services) async fn fill(&mut self, chunk: &mut Vec<u8>) -> Result<(), Error> {
        let filled = self.fill_without_room(chunk).await;
        if matches!(filled, Ok(()) | Err(Error::UploadIncomplete)) {
            self.make_room().await?;
        }
        filled
    }

    /// Takes room for what is in a chunk that was given up in between.
    pub(in crate::services) async fn make_room(&mut self) -> Result<(), Error> {
        self.room.take(self.homeless_bytes).await?;
        self.homeless_bytes = 0;
        Ok(())
    }

    async fn fill_without_room(&mut self, chunk: &mut Vec<u8>) -> Result<(), Error> {
        while chunk.len() < CHUNK_BYTES && !self.is_at_end().await? {
            let part = self.waiting.split_to(self.waiting.len().min(CHUNK_BYTES - chunk.len()));
            self.taken_bytes += part.len() as u64;
            if self.taken_bytes > self.max_bytes {
                return Err(Error::FileTooLarge { limit_bytes: self.limit_bytes });
            }
            self.homeless_bytes += part.len() as u64;
            chunk.extend_from_slice(&part);
        }
        Ok(())
    }

    /// Whether nothing more comes. Waits for the next bytes, or for the end.
    pub(in crate::services) async fn is_at_end(&mut self) -> Result<bool, Error> {
        while self.waiting.is_empty() {
            match self.stream.try_next().await.map_err(|TransferEnded| Error::UploadIncomplete)? {
                Some(bytes) => self.waiting = bytes,
                None => return Ok(true),
            }
        }
        Ok(false)
    }
}
