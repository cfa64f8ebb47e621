//! Backups of a running installation, and bringing one back.
//!
//! ```text
//! DIR/snapshots/2026-11-21T09-30-00Z-1a2b3c4d/   the database as it was at one moment
//!     TABLE.jsonl                                its rows, one a line
//!     objects.list                               the objects of its files, one a line
//!     manifest.json                              what belongs to it, with lengths and checksums, and its own checksum
//! DIR/blobs/ab/ab…                               objects, as they lie in the storage: sealed
//! DIR/deletions.jsonl                            contents that were destroyed, up to the latest backup
//! ```
//!
//! A snapshot is put together under another name and gets its own when it is whole. Objects are there for all snapshots
//! together: one that is there is not copied again. Nothing in a backup opens an object: that takes the key ring, which is not in it.

mod deletions;
mod folder;
mod manifest;
mod objects;
mod rows;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::progress::Progress;
use super::{Caller, Error, Services};
use crate::domain::permission::Permission;
pub(super) use deletions::read_deletions;
pub(super) use folder::BackupFolder;
pub(super) use manifest::Manifest;
pub(super) use objects::{COPIES_AT_ONCE, ObjectLine, copy_in};
pub(super) use rows::MADE_ANEW;

/// How to back up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BackupOptions {
    /// Where to.
    pub folder: PathBuf,
    /// Whether the objects are copied, too.
    pub with_objects: bool,
    /// Whether only the list of what was destroyed is brought up to date.
    pub only_deletions: bool,
}

/// What came of a backup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupReport {
    /// The name of the snapshot; `None` where only deletions were wanted.
    pub snapshot: Option<String>,
    /// How many rows it has.
    pub rows: u64,
    /// How many objects its files have.
    pub objects: u64,
    /// How many of them were copied now.
    pub copied: u64,
    /// How many bytes that took.
    pub copied_bytes: u64,
    /// How many were deleted while the backup was made, after its moment.
    pub gone: u64,
    /// Objects that are not in the storage although their files are there: damage, of which `verify` tells more.
    pub missing: Vec<String>,
    /// How many destroyed contents the list of deletions has.
    pub deletions: u64,
}

impl Services {
    /// Backs the installation up, without stopping anything.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Input`] when the folder cannot be used; [`Error::Unavailable`] when database or storage do not
    /// answer. Then there is no new snapshot; objects that were copied stay, and are not copied again.
    pub async fn back_up(
        &self,
        caller: &Caller,
        options: &BackupOptions,
        progress: &Progress,
    ) -> Result<BackupReport, Error> {
        if !self.may(caller, Permission::BackupCreate, &[]) {
            return Err(Error::Forbidden);
        }
        let mut folder = BackupFolder::open_or_make(&options.folder).await?;
        let mut report = BackupReport::default();
        if !options.only_deletions {
            folder = folder.lock().await?;
            self.take_snapshot(&folder, options.with_objects, &mut report, progress).await?;
        }
        // Last, so that it knows of what was deleted meanwhile, too.
        report.deletions = self.note_deletions(&folder, progress).await?;
        Ok(report)
    }

    async fn take_snapshot(
        &self,
        folder: &BackupFolder,
        with_objects: bool,
        report: &mut BackupReport,
        progress: &Progress,
    ) -> Result<(), Error> {
        // From before the view: a key that is current in it, or was, is one that a restore asks for.
        let ring = self.ring();
        let view = self.store.snapshot().await?;
        let bond = view.row("installation", "this").await?;
        let fingerprint = bond.as_ref().and_then(|row| row.text("key_ring_fingerprint"));
        let fingerprint = fingerprint.ok_or_else(|| Error::internal("a database without a ring"))?.to_owned();
        let snapshot = folder.begin_snapshot(self.now(), &*self.random).await?;
        let mut manifest = Manifest::new(self.now(), fingerprint, view.steps().await?);
        let (objects, rows) = self.dump_rows(&view, &snapshot, &mut manifest, progress).await?;
        drop(view);
        (report.rows, report.objects) = (rows, objects.lines);
        manifest.objects = objects;
        if with_objects {
            self.copy_objects(folder, &snapshot.folder_name(), &mut manifest, report, progress).await?;
        }
        report.snapshot = Some(snapshot.finish(&manifest, &ring, &*self.random).await?);
        Ok(())
    }
}

/// Something about a folder, in words for the operator.
pub(in crate::services) fn unusable(path: &std::path::Path, failure: impl std::fmt::Display) -> Error {
    Error::input("folder", format!("{}: {failure}", path.display()))
}
