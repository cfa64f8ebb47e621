//! What lies in the storage, held against the database.

use crate::domain::id::BlobId;
use crate::services::progress::Progress;
use crate::services::{Error, Services};

/// Something that lies in the storage and that no row knows of.
pub(super) struct Stray {
    pub(super) place: String,
    /// `None` where it is none of ours by its name.
    pub(super) blob: Option<BlobId>,
}

impl Services {
    /// Lists what lies in the storage, and answers what should not.
    pub(super) async fn find_strays(&self, progress: &Progress) -> Result<Vec<Stray>, Error> {
        progress.begin("objects", 0, 0);
        let (mut strays, mut survey) = (Vec::new(), self.blobs.survey().await?);
        while let Some(batch) = survey.next_batch().await? {
            progress.add_done(batch.len() as u64);
            let ours: Vec<BlobId> = batch.iter().filter_map(|found| found.blob).collect();
            let orphans = self.without_owner(&ours).await?;
            let is_stray = |blob: &Option<BlobId>| blob.is_none_or(|blob| orphans.contains(&blob));
            let found = batch.into_iter().filter(|found| is_stray(&found.blob));
            strays.extend(found.map(|found| Stray { place: found.place, blob: found.blob }));
        }
        Ok(strays)
    }

    /// Which of these objects nobody knows of. A key that was wrapped for one says that there is a file for it, even if its own
    /// row was lost: such an object is not to be touched.
    async fn without_owner(&self, objects: &[BlobId]) -> Result<Vec<BlobId>, Error> {
        if objects.is_empty() {
            return Ok(Vec::new());
        }
        let unknown = self.store.find_unknown_blobs(objects).await?;
        if unknown.is_empty() {
            return Ok(unknown);
        }
        let keys = self.store.find_wrapped_keys(&unknown).await?;
        Ok(unknown.into_iter().filter(|blob| !keys.contains_key(blob)).collect())
    }

    /// Whether it still lies there, and still nobody knows of it.
    pub(super) async fn is_still_stray(&self, stray: &Stray) -> Result<bool, Error> {
        let Some(blob) = stray.blob else { return Ok(true) };
        match self.blobs.size_bytes(blob).await {
            Ok(_) => Ok(!self.without_owner(&[blob]).await?.is_empty()),
            Err(crate::blobs::Error::Missing(_)) => Ok(false),
            Err(failure) => Err(failure.into()),
        }
    }
}
