//! An object while it is being written.

use bytes::Bytes;
use opendal::Writer;
use tokio::runtime::Handle;

use super::parts::Lanes;
use super::{Blobs, Error, path_of};
use crate::domain::id::BlobId;

/// Enough to tell an object from every other: the nonce prefix of its seal is in it.
const BEGINNING_BYTES: usize = 64;

/// An object while it is being written. Dropped unfinished, it is aborted: nothing stays at the backend.
pub struct BlobWriter {
    writer: Option<Writer>,
    blob: BlobId,
    blobs: Blobs,
    pending: Vec<u8>,
    beginning: Vec<u8>,
    written_bytes: u64,
    _lanes: Lanes,
}

pub(super) async fn create(blobs: &Blobs, blob: BlobId) -> Result<BlobWriter, Error> {
    blobs.check_local_folders().await?;
    let conditional = blobs.conditional.is_wanted(&blobs.operator).await?;
    let lanes = blobs.parts.lanes();
    let path = path_of(blob);
    let mut opening = blobs.operator.writer_with(&path).concurrent(lanes.count());
    if conditional {
        opening = opening.if_not_exists(true);
    }
    Ok(BlobWriter {
        writer: Some(opening.await?),
        blob,
        blobs: blobs.clone(),
        pending: Vec::new(),
        beginning: Vec::new(),
        written_bytes: 0,
        _lanes: lanes,
    })
}

impl BlobWriter {
    /// Adds bytes. They are handed on to the backend once there are enough for a part; waiting for that is the
    /// back-pressure an upload feels.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let missing = BEGINNING_BYTES - self.beginning.len();
        self.beginning.extend_from_slice(bytes.get(..missing).unwrap_or(bytes));
        let mut rest = bytes;
        while !rest.is_empty() {
            // All parts but the last are of one length: some servers take no others.
            let part_bytes = self.blobs.parts.bytes;
            self.pending.reserve_exact(part_bytes - self.pending.len());
            let (fits, later) = rest.split_at(rest.len().min(part_bytes - self.pending.len()));
            self.pending.extend_from_slice(fits);
            rest = later;
            if self.pending.len() == part_bytes {
                self.hand_on().await?;
            }
        }
        Ok(())
    }

    /// Makes the object visible and durable.
    ///
    /// # Errors
    /// [`Error::Failed`]; [`Error::Folder`] when its place could not be made durable. Then it may be visible all the same.
    pub async fn finish(mut self) -> Result<(), Error> {
        self.hand_on().await?;
        if let Some(mut writer) = self.writer.take()
            && let Err(failure) = writer.close().await
            && !self.is_there_all_the_same().await
        {
            self.writer = Some(writer);
            return Err(failure.into());
        }
        match &self.blobs.local {
            Some(local) => Ok(local.sync_place_of(&path_of(self.blob)).await?),
            None => Ok(()),
        }
    }

    async fn hand_on(&mut self) -> Result<(), Error> {
        let part = Bytes::from(std::mem::take(&mut self.pending));
        self.written_bytes += part.len() as u64;
        match &mut self.writer {
            Some(writer) if !part.is_empty() => Ok(writer.write(part).await?),
            _ => Ok(()),
        }
    }

    /// Where the answer to the last request was lost, the request that repeats it finds that there is nothing left to do, which
    /// is an error too. A local disk is asked for nothing twice, and what it could not sync does not count.
    async fn is_there_all_the_same(&self) -> bool {
        if self.blobs.local.is_some() {
            return false;
        }
        let size_is_right = self.blobs.size_bytes(self.blob).await.is_ok_and(|size| size == self.written_bytes);
        let end = self.beginning.len() as u64;
        size_is_right && self.blobs.read(self.blob, 0..end).await.is_ok_and(|read| read == self.beginning)
    }
}

impl Drop for BlobWriter {
    fn drop(&mut self) {
        // There is no waiting in a drop. Where there is no runtime left, the janitor finds what stays behind.
        if let (Some(mut writer), Ok(runtime)) = (self.writer.take(), Handle::try_current()) {
            let abort = async move {
                if let Err(failure) = writer.abort().await {
                    tracing::debug!(%failure, "an unfinished object could not be aborted; the janitor will find it");
                }
            };
            self.blobs.aborts.spawn_on(abort, &runtime);
        }
    }
}
