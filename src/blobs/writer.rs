//! An object while it is being written.

use bytes::Bytes;
use opendal::Writer;
use tokio::runtime::Handle;

use super::{Blobs, Error, LocalFolders, path_of};
use crate::domain::id::BlobId;

/// An object while it is being written. Dropped unfinished, it is aborted: nothing stays at the backend.
pub struct BlobWriter {
    writer: Option<Writer>,
    path: String,
    local: Option<LocalFolders>,
    part_bytes: usize,
    pending: Vec<u8>,
}

pub(super) async fn create(blobs: &Blobs, blob: BlobId) -> Result<BlobWriter, Error> {
    blobs.check_local_folders().await?;
    let path = path_of(blob);
    let mut opening = blobs.operator.writer_with(&path);
    if blobs.local.is_none() && blobs.conditional_create {
        opening = opening.chunk(blobs.part_bytes).if_not_exists(true);
    }
    let writer = opening.await?;
    Ok(BlobWriter {
        writer: Some(writer),
        path,
        local: blobs.local.clone(),
        part_bytes: blobs.part_bytes,
        pending: Vec::new(),
    })
}

impl BlobWriter {
    /// Adds bytes. They are handed on to the backend once there are enough for a part; waiting for that is the
    /// back-pressure an upload feels.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() < self.part_bytes {
            return Ok(());
        }
        self.hand_on().await
    }

    /// Makes the object visible and durable.
    ///
    /// # Errors
    /// [`Error::Failed`]; [`Error::Folder`] when its place could not be made durable. Then it may be visible all the same.
    pub async fn finish(mut self) -> Result<(), Error> {
        self.hand_on().await?;
        if let Some(mut writer) = self.writer.take()
            && let Err(failure) = writer.close().await
        {
            self.writer = Some(writer);
            return Err(failure.into());
        }
        match &self.local {
            Some(local) => Ok(local.sync_place_of(&self.path).await?),
            None => Ok(()),
        }
    }

    async fn hand_on(&mut self) -> Result<(), Error> {
        let part = Bytes::from(std::mem::take(&mut self.pending));
        match &mut self.writer {
            Some(writer) if !part.is_empty() => Ok(writer.write(part).await?),
            _ => Ok(()),
        }
    }
}

impl Drop for BlobWriter {
    fn drop(&mut self) {
        // There is no waiting in a drop. Where there is no runtime left, the janitor finds what stays behind.
        if let (Some(mut writer), Ok(runtime)) = (self.writer.take(), Handle::try_current()) {
            runtime.spawn(async move {
                if let Err(failure) = writer.abort().await {
                    tracing::debug!(%failure, "an unfinished object could not be aborted; the janitor will find it");
                }
            });
        }
    }
}
