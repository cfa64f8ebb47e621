//! Objects that are announced, and belong to no file yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::runtime::Handle;

use crate::blobs::Blobs;
use crate::domain::clock::SharedClock;
use crate::domain::id::BlobId;
use crate::domain::timestamp::Timestamp;
use crate::services::quotas::Room;
use crate::services::{Error, Services};
use crate::store::Store;

/// An announced object. Dropped before it is kept, it is given back: doomed, removed and forgotten.
pub(in crate::services) struct StagedBlob {
    blob: BlobId,
    store: Store,
    blobs: Blobs,
    clock: SharedClock,
    lease_seconds: u64,
    lease_expires_at: AtomicI64,
    kept: bool,
    /// Held until it is certain what becomes of the object.
    room: Arc<Room>,
}

impl Services {
    /// Announces an object, for bytes that take this room.
    pub(in crate::services) async fn stage(&self, blob: BlobId, room: &Arc<Room>) -> Result<StagedBlob, Error> {
        let lease_seconds = self.config.uploads.staging_lease_seconds;
        let lease_expires_at = self.now().plus_seconds(lease_seconds);
        self.store.stage_blob(blob, lease_expires_at).await?;
        Ok(StagedBlob {
            blob,
            store: self.store.clone(),
            blobs: self.blobs.clone(),
            clock: self.clock.clone(),
            lease_seconds,
            lease_expires_at: AtomicI64::new(lease_expires_at.as_millis()),
            kept: false,
            room: Arc::clone(room),
        })
    }
}

impl StagedBlob {
    /// Which object it is.
    pub(in crate::services) fn blob(&self) -> BlobId {
        self.blob
    }

    /// Keeps the janitor away, once half of the lease has passed.
    pub(in crate::services) async fn renew_if_due(&self) -> Result<(), Error> {
        let (now, expires_at) =
            (self.clock.now(), Timestamp::from_millis(self.lease_expires_at.load(Ordering::Relaxed)));
        if now.plus_seconds(self.lease_seconds / 2) < expires_at {
            return Ok(());
        }
        let renewed = now.plus_seconds(self.lease_seconds);
        self.store.renew_lease(self.blob, renewed).await?;
        self.lease_expires_at.store(renewed.as_millis(), Ordering::Relaxed);
        Ok(())
    }

    /// The object has its file now.
    pub(in crate::services) fn keep(&mut self) {
        self.kept = true;
    }
}

impl Drop for StagedBlob {
    fn drop(&mut self) {
        // There is no waiting in a drop. Where there is no runtime left, the lease runs out and the janitor sweeps.
        let (false, Ok(runtime)) = (self.kept, Handle::try_current()) else { return };
        let (blob, store, blobs, room) = (self.blob, self.store.clone(), self.blobs.clone(), Arc::clone(&self.room));
        runtime.spawn(async move {
            let given_back = async {
                // A request that went away can leave its commit under way: only one of the two wins.
                let is_doomed = store.doom_staged_blob(blob).await?;
                drop(room);
                if is_doomed {
                    blobs.delete(blob).await?;
                    store.forget_doomed_blob(blob).await?;
                }
                Ok::<(), Error>(())
            };
            if let Err(failure) = given_back.await {
                tracing::warn!(%blob, error = failure.with_causes(), "an unfinished upload is left to the janitor");
            }
        });
    }
}
