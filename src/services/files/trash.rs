//! The trash: what an owner deleted and can bring back.

use super::change::absent_is_not_found;
use super::{FileView, InTrash};
use crate::domain::event::Action;
use crate::domain::file::File;
use crate::domain::id::{FileId, UserId};
use crate::domain::page::{Page, PageRequest};
use crate::domain::permission::{Permission, Relation};
use crate::domain::sort_key::TimeKeys;
use crate::domain::timestamp::Timestamp;
use crate::services::pages::{BY_TIME, ListIdentity, Rows};
use crate::services::{Caller, Error, Services};
use crate::store::trash::TrashedFile;
use crate::store::{self, Guard, List, Listed, Scan, Store};

pub(in crate::services) const DAY_SECONDS: u64 = 86_400;

const BUSY: &str = "Your files are being given to somebody else. Try again in a moment.";

struct Trash<'a> {
    store: &'a Store,
    owner: UserId,
    kept_since: Timestamp,
    trash_days: u64,
}

impl Services {
    /// Files that the caller deleted and can bring back, those deleted last first.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::Input`] for a cursor that does not belong here.
    pub async fn list_trash(&self, caller: &Caller, request: &PageRequest) -> Result<Page<FileView>, Error> {
        let owner = self.admit_to_trash(caller)?;
        let identity = ListIdentity { field: "trash", key_fields: BY_TIME, filter: String::new() };
        let trash_days = self.config.retention.trash_days;
        let rows = Trash { store: &self.store, owner, kept_since: self.trash_kept_since(), trash_days };
        self.page(owner, &identity, request, &rows).await
    }

    /// How many files [`list_trash`](Self::list_trash) finds.
    ///
    /// # Errors
    /// As there.
    pub async fn count_trash(&self, caller: &Caller) -> Result<u64, Error> {
        let owner = self.admit_to_trash(caller)?;
        Ok(self.store.count_trash(owner, self.trash_kept_since()).await?)
    }

    /// Brings a file back out of the trash: with its id, its place in lists, and its shares as they were, those left out that
    /// have expired meanwhile.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] while the caller's files are being given away.
    pub async fn restore_file(&self, caller: &Caller, id: FileId) -> Result<FileView, Error> {
        let owner = &self.admit(caller, Permission::FileRestore)?.user;
        let file = self.get_trashed_file_to(caller, Permission::FileRestore, id).await?;
        let event = self.event_by(caller, Action::FileRestored, id);
        match self.store.restore_file(owner, &file, self.trash_kept_since(), &event).await {
            Ok(()) => Ok(FileView { file, share: None, owned: true, in_trash: None }),
            Err(store::Error::Refused(Guard::AccountChanged)) => Err(Error::Unauthenticated),
            Err(store::Error::Refused(Guard::AccountBusy)) => Err(Error::Conflict(BUSY)),
            Err(failure) => Err(absent_is_not_found(failure)),
        }
    }

    /// Deletes a file in the trash for good.
    pub(super) async fn delete_trashed_file(&self, caller: &Caller, id: FileId) -> Result<(), Error> {
        let file = self.get_trashed_file_to(caller, Permission::FileDelete, id).await?;
        let event = self.event_by(caller, Action::FileDeleted, id);
        self.store.delete_trashed_file(&file, &event).await.map_err(absent_is_not_found)
    }

    /// What was deleted before this moment is not there any more, swept or not.
    pub(in crate::services) fn trash_kept_since(&self) -> Timestamp {
        let end = self.now().minus_seconds(self.config.retention.trash_days * DAY_SECONDS);
        Timestamp::from_millis(end.as_millis() + 1)
    }

    fn admit_to_trash(&self, caller: &Caller) -> Result<UserId, Error> {
        let owner = self.admit(caller, Permission::TrashList)?.user.id;
        if self.may(caller, Permission::TrashList, &[Relation::Myself]) { Ok(owner) } else { Err(Error::Forbidden) }
    }

    /// The file in the trash, for a caller who may do this to it.
    async fn get_trashed_file_to(&self, caller: &Caller, permission: Permission, id: FileId) -> Result<File, Error> {
        let user = self.admit(caller, permission)?.user.id;
        let found = self.store.find_trashed_file(id).await?;
        let is_there = |trashed: &TrashedFile| trashed.deleted_at >= self.trash_kept_since();
        let file = found.filter(is_there).ok_or(Error::NotFound)?.file;
        // Nobody but the owner is anything to a file in the trash.
        let is_its_own = file.owner == user && self.may(caller, permission, &[Relation::Owner]);
        if is_its_own { Ok(file) } else { Err(Error::NotFound) }
    }
}

impl Rows for Trash<'_> {
    type Row = TrashedFile;
    type Item = FileView;

    /// What nobody has swept yet lies at one end of the list: one way it is passed over, the other way the list ends there.
    async fn fetch(
        &self,
        key_field: &'static str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<Listed<TrashedFile>>, Error> {
        let first_kept = TimeKeys::first_oldest_at(self.kept_since);
        let after = if key_field == BY_TIME.1 { after.max(first_kept.as_str()) } else { after };
        let scan = Scan { list: List::TrashOf(self.owner.key()), key_field, after: after.to_owned(), limit };
        let mut rows = self.store.scan_trash(&scan).await?;
        rows.retain(|row| row.item.deleted_at >= self.kept_since);
        Ok(rows)
    }

    async fn keep(&self, rows: Vec<Listed<TrashedFile>>) -> Result<Vec<Listed<FileView>>, Error> {
        let view = |row: Listed<TrashedFile>| {
            let TrashedFile { file, deleted_at, .. } = row.item;
            let restorable_until = deleted_at.plus_seconds(self.trash_days * DAY_SECONDS);
            // Neither owned nor shared: there is nothing to do with it but what is done with the trash.
            let in_trash = Some(InTrash { deleted_at, restorable_until });
            let item = FileView { file, share: None, owned: false, in_trash };
            Listed { key: row.key, mirror_key: row.mirror_key, item }
        };
        Ok(rows.into_iter().map(view).collect())
    }
}
