//! A range of an object, read from its beginning to its end.

use std::ops::Range;

use futures_util::TryStreamExt;
use opendal::{Buffer, BufferStream, ErrorKind};

use super::{Blobs, Error, path_of};
use crate::domain::id::BlobId;

/// Bytes of an object in their order. A remote backend is asked once for all of them, and again only where it broke off.
pub struct BlobStream {
    blob: BlobId,
    blobs: Blobs,
    bytes: BufferStream,
    /// What has come and was not asked for yet.
    rest: Buffer,
}

impl Blobs {
    /// Begins to read a range of an object.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Failed`]; [`Error::Folder`].
    pub async fn stream(&self, blob: BlobId, range: Range<u64>) -> Result<BlobStream, Error> {
        let opened = async { self.operator.reader_with(&path_of(blob)).await?.into_stream(range).await };
        match opened.await {
            Ok(bytes) => Ok(BlobStream { blob, blobs: self.clone(), bytes, rest: Buffer::new() }),
            Err(failure) => Err(self.failed_to_read(blob, failure).await),
        }
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
