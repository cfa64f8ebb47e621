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
    /// One round. Looking for orphans reads the whole list of objects, so not every round does. Where a step fails, the others are
    /// done all the same: one thing that cannot go must not keep all others here.
    ///
    /// # Errors
    /// [`Error::Unavailable`], the first of them; what was not reached is left to the next round.
    pub async fn sweep(&self, orphans_too: bool) -> Result<Swept, Error> {
        let mut first_failure = None;
        let mut swept_by = |step: Result<usize, Error>| {
            step.unwrap_or_else(|failure| {
                first_failure.get_or_insert(failure);
                0
            })
        };
        let mut swept = Swept {
            accounts_taken_up: swept_by(self.take_up_stalled_work().await),
            expired_rows: swept_by(self.sweep_expired_rows().await) + swept_by(self.sweep_transfers().await),
            old_files: swept_by(self.retire_old_files().await),
            trashed_files: swept_by(self.empty_trash().await),
            doomed_objects: swept_by(self.sweep_doomed_objects().await),
            ..Swept::default()
        };
        if orphans_too {
            swept.orphaned_objects = swept_by(self.sweep_orphans().await);
            swept.interrupted_uploads = self.sweep_interrupted_uploads().await.unwrap_or_else(|failure| {
                // A key may have the right to all but this.
                tracing::warn!(error = failure.with_causes(), "multipart uploads could not be looked through");
                0
            });
        }
        first_failure.map_or(Ok(swept), Err)
    }

    /// The store takes a part at a time; a round that stopped there would fall behind a busy hour.
    async fn sweep_expired_rows(&self) -> Result<usize, Error> {
        let (now, mut swept) = (self.now(), 0);
        loop {
            let expired = self.store.sweep_expired(now).await? + self.sweep_dead_mails().await?;
            if expired == 0 {
                break;
            }
            swept += expired;
        }
        self.store.sweep_instances(now).await?;
        while self.store.doom_expired_leases(now).await? > 0 {}
        while self.store.drop_expired_holds(now).await? > 0 {}
        Ok(swept)
    }

    async fn sweep_doomed_objects(&self) -> Result<usize, Error> {
        let mut swept = 0;
        loop {
            let doomed = self.store.find_doomed_blobs().await?;
            if doomed.is_empty() {
                return Ok(swept);
            }
            // To remove what is not there is nothing: where all of it has gone away, nothing would be taken for done.
            self.blobs.ping().await?;
            let before = swept;
            for blob in doomed {
                // The object first: a row without an object is swept again, an object without a row is an orphan.
                if let Err(failure) = self.blobs.delete(blob).await {
                    tracing::warn!(%blob, error = Error::from(failure).with_causes(), "an object could not be removed");
                    continue;
                }
                self.store.forget_doomed_blob(blob).await?;
                swept += 1;
            }
            if swept == before {
                return Ok(swept);
            }
        }
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
