//! Sweeping up: what has expired, what uploads that died have left, what nobody may keep any longer, what deletions have doomed.

use super::{Error, Services};
use crate::domain::id::BlobId;
use crate::domain::timestamp::Timestamp;

/// What one round has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rows that had expired.
    pub expired_rows: usize,
    /// Objects that were doomed and are gone now.
    pub doomed_objects: usize,
    /// Objects that no row knew of.
    pub orphaned_objects: usize,
    /// Multipart uploads that nobody will finish.
    pub interrupted_uploads: usize,
    /// Accounts that nobody went on to wind up.
    pub accounts_taken_up: usize,
    /// Files that were older than files are kept here.
    pub old_files: usize,
    /// Files that lay in the trash for long enough, and are gone now.
    pub trashed_files: usize,
}

impl Services {
    /// One round. Looking for orphans reads the whole list of objects, so not every round does.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; what was not reached is left to the next round.
    pub async fn sweep(&self, orphans_too: bool) -> Result<Swept, Error> {
        let now = self.now();
        let mut swept = Swept { accounts_taken_up: self.take_up_stalled_work().await?, ..Swept::default() };
        // The store takes a part at a time; a round that stopped there would fall behind a busy hour.
        loop {
            let expired_rows = self.store.sweep_expired(now).await?;
            swept.expired_rows += expired_rows;
            if expired_rows == 0 {
                break;
            }
        }
        loop {
            let dead_mails = self.sweep_dead_mails().await?;
            swept.expired_rows += dead_mails;
            if dead_mails == 0 {
                break;
            }
        }
        swept.expired_rows += self.sweep_transfers().await?;
        self.store.sweep_instances(now).await?;
        while self.store.doom_expired_leases(now).await? > 0 {}
        while self.store.drop_expired_holds(now).await? > 0 {}
        swept.old_files = self.retire_old_files().await?;
        swept.trashed_files = self.empty_trash().await?;
        loop {
            let doomed = self.store.find_doomed_blobs().await?;
            if doomed.is_empty() {
                break;
            }
            // To remove what is not there is nothing: where all of it has gone away, nothing would be taken for done.
            self.blobs.ping().await?;
            let before = swept.doomed_objects;
            for blob in doomed {
                // The object first: a row without an object is swept again, an object without a row is an orphan.
                if let Err(failure) = self.blobs.delete(blob).await {
                    tracing::warn!(%blob, error = Error::from(failure).with_causes(), "an object could not be removed");
                    continue;
                }
                self.store.forget_doomed_blob(blob).await?;
                swept.doomed_objects += 1;
            }
            if swept.doomed_objects == before {
                break;
            }
        }
        if orphans_too {
            swept.orphaned_objects = self.sweep_orphans().await?;
            swept.interrupted_uploads = self.sweep_interrupted_uploads().await.unwrap_or_else(|failure| {
                // A key may have the right to all but this.
                tracing::warn!(error = failure.with_causes(), "multipart uploads could not be looked through");
                0
            });
        }
        Ok(swept)
    }

    /// Objects are listed first and rows looked up after: a row is written before its object, so whatever was listed
    /// and has no row now will never have one.
    async fn sweep_orphans(&self) -> Result<usize, Error> {
        let (mut count, mut objects) = (0, self.blobs.list().await?);
        while let Some(batch) = objects.next_batch().await? {
            for orphan in self.store.find_unknown_blobs(&batch).await? {
                self.blobs.delete(orphan).await?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// Uploads are listed first and rows looked up after, as with objects. One that is younger than a lease is left alone
    /// whatever its row says: whoever has just given it up is about to abort it.
    async fn sweep_interrupted_uploads(&self) -> Result<usize, Error> {
        let (mut count, mut uploads) = (0, self.blobs.list_interrupted());
        let begun_before = self.now().minus_seconds(self.config.uploads.staging_lease_seconds);
        while let Some(batch) = uploads.next_batch().await? {
            let old: Vec<_> = batch.into_iter().filter(|upload| upload.begun_at < begun_before).collect();
            let blobs: Vec<BlobId> = old.iter().map(|upload| upload.blob).collect();
            let staged = self.store.find_staged_blobs(&blobs).await?;
            for upload in old.iter().filter(|upload| !staged.contains(&upload.blob)) {
                self.blobs.abort_interrupted(upload).await?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// Dooms every upload that had begun: for the start of a process that has the database to itself, when whoever
    /// began them is gone.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn end_uploads_of_former_process(&self) -> Result<(), Error> {
        if !self.store.is_embedded() {
            return Ok(());
        }
        let end_of_time = Timestamp::from_millis(i64::MAX);
        while self.store.doom_expired_leases(end_of_time).await? > 0 {}
        while self.store.drop_expired_holds(end_of_time).await? > 0 {}
        Ok(self.store.end_holds_of_former_process().await?)
    }
}
