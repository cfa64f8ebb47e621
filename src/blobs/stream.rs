//! A range of an object, read from its beginning to its end.

use std::ops::Range;

use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use opendal::{Buffer, ErrorKind};

use super::{Blobs, Error, path_of};
use crate::domain::id::BlobId;

/// How many bytes a remote backend is asked for at once: a multiple of the blocks that it may keep an object in, so that no
/// block is read twice.
const SEGMENT_BYTES: u64 = 4 << 20;
/// How many segments are on their way at once. A backend sends each from one core of its own.
const SEGMENTS_AT_ONCE: usize = 2;

/// Bytes of an object in their order. From a local disk they are read as they are asked for. A remote backend is asked for all up to
/// the next border of a segment, and then for whole segments, two at a time, which are in memory before their first
/// byte is handed out.
pub struct BlobStream {
    blob: BlobId,
    blobs: Blobs,
    bytes: BoxStream<'static, opendal::Result<Buffer>>,
    /// What has come and was not asked for yet.
    rest: Buffer,
}

impl Blobs {
    /// Begins to read a range of an object.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Failed`]; [`Error::Folder`].
    pub async fn stream(&self, blob: BlobId, range: Range<u64>) -> Result<BlobStream, Error> {
        match self.open_stream(&path_of(blob), range).await {
            Ok(bytes) => Ok(BlobStream { blob, blobs: self.clone(), bytes, rest: Buffer::new() }),
            Err(failure) => Err(self.failed_to_read(blob, failure).await),
        }
    }

    async fn open_stream(
        &self,
        path: &str,
        range: Range<u64>,
    ) -> opendal::Result<BoxStream<'static, opendal::Result<Buffer>>> {
        let border = match self.local {
            Some(_) => range.end,
            None => range.end.min((range.start + 1).next_multiple_of(SEGMENT_BYTES)),
        };
        let first = self.operator.reader_with(path).await?.into_stream(range.start..border).await?;
        if border == range.end {
            return Ok(first.boxed());
        }
        let in_segments = self.operator.reader_with(path).chunk(SEGMENT_BYTES as usize).concurrent(SEGMENTS_AT_ONCE);
        Ok(first.chain(in_segments.await?.into_stream(border..range.end).await?).boxed())
    }

    /// Where nothing is found because all of it has gone away, no object is missing.
    pub(super) async fn failed_to_read(&self, blob: BlobId, failure: opendal::Error) -> Error {
        if failure.kind() != ErrorKind::NotFound {
            return failure.into();
        }
        match self.ping().await {
            Ok(()) => Error::Missing(blob),
            Err(failure) => failure,
        }
    }
}

impl BlobStream {
    /// The next so many bytes.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Failed`], also when the object or the range ends before; [`Error::Folder`].
    pub async fn next(&mut self, len: usize) -> Result<Vec<u8>, Error> {
        let mut read = Vec::with_capacity(len);
        while read.len() < len {
            if self.rest.is_empty() {
                self.rest = match self.bytes.try_next().await {
                    Ok(Some(more)) => more,
                    Ok(None) => {
                        return Err(opendal::Error::new(ErrorKind::Unexpected, "the object ends too soon").into());
                    }
                    Err(failure) => return Err(self.blobs.failed_to_read(self.blob, failure).await),
                };
            }
            let wanted = self.rest.len().min(len - read.len());
            for part in self.rest.split_to(wanted) {
                read.extend_from_slice(&part);
            }
        }
        Ok(read)
    }
}
