//! Lists of files: the caller's own, those shared with it, or all, as the policy says.

use std::collections::BTreeSet;

use super::FileView;
use crate::domain::file::File;
use crate::domain::id::{FileId, UserId};
use crate::domain::name::MAX_FILE_NAME_BYTES;
use crate::domain::page::{Page, PageRequest};
use crate::domain::permission::{Permission, Relation};
use crate::domain::role::Role;
use crate::domain::share::Audience;
use crate::domain::sort_key::{FileOrder, fold_case};
use crate::domain::timestamp::Timestamp;
use crate::services::pages::{self, ListIdentity, Rows};
use crate::services::{Caller, Error, Services};
use crate::store::share::{EVERY_CLIENT, ShareListing};
use crate::store::{List, Listed, Scan, Store};

/// Which files.
#[derive(Clone, Debug, Default)]
pub struct FileFilter {
    /// A part of the name, folded.
    name_contains: String,
    uploaded_after: Option<Timestamp>,
    uploaded_before: Option<Timestamp>,
}

impl FileFilter {
    /// Files with this part of a name, any case, uploaded at or after the one moment and before the other.
    ///
    /// # Errors
    /// [`Error::Input`] for a part that is longer than any name.
    pub fn new(
        name_contains: Option<&str>,
        uploaded_after: Option<Timestamp>,
        uploaded_before: Option<Timestamp>,
    ) -> Result<Self, Error> {
        let part = name_contains.unwrap_or_default();
        if part.len() > MAX_FILE_NAME_BYTES {
            return Err(Error::input("nameContains", "No file name is that long."));
        }
        Ok(Self { name_contains: fold_case(part), uploaded_after, uploaded_before })
    }

    fn is_empty(&self) -> bool {
        self.name_contains.is_empty() && self.uploaded_after.is_none() && self.uploaded_before.is_none()
    }

    fn matches(&self, name: &str, uploaded_at: Timestamp) -> bool {
        (self.name_contains.is_empty() || fold_case(name).contains(&self.name_contains))
            && self.uploaded_after.is_none_or(|moment| uploaded_at >= moment)
            && self.uploaded_before.is_none_or(|moment| uploaded_at < moment)
    }
}

struct OwnFiles<'a> {
    store: &'a Store,
    list: List,
    viewer: UserId,
    filter: &'a FileFilter,
}

struct ReceivedFiles<'a> {
    store: &'a Store,
    client: UserId,
    now: Timestamp,
    filter: &'a FileFilter,
}

enum Visible<'a> {
    Own(OwnFiles<'a>),
    Received(ReceivedFiles<'a>),
}

impl Services {
    /// Files the caller may see.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::Input`] for a cursor that does not belong here.
    pub async fn list_files(
        &self,
        caller: &Caller,
        filter: &FileFilter,
        order: FileOrder,
        request: &PageRequest,
    ) -> Result<Page<FileView>, Error> {
        let viewer = self.admit(caller, Permission::FileList)?.user.id;
        let identity = ListIdentity { field: "files", key_fields: order.key_fields(), filter: format!("{filter:?}") };
        match self.visible_files(caller, viewer, filter)? {
            Visible::Own(rows) => self.page(viewer, &identity, request, &rows).await,
            Visible::Received(rows) => self.page(viewer, &identity, request, &rows).await,
        }
    }

    /// How many files [`list_files`](Self::list_files) finds. With a filter, a lower bound beyond
    /// [`MAX_ROWS_COUNTED`](pages::MAX_ROWS_COUNTED) rows.
    ///
    /// # Errors
    /// As there.
    pub async fn count_files(&self, caller: &Caller, filter: &FileFilter) -> Result<u64, Error> {
        let viewer = self.admit(caller, Permission::FileList)?.user.id;
        match self.visible_files(caller, viewer, filter)? {
            Visible::Own(rows) if filter.is_empty() => Ok(self.store.count_files(&rows.list).await?),
            Visible::Received(rows) if filter.is_empty() => rows.count().await,
            Visible::Own(rows) => pages::count(&rows, "newest").await,
            Visible::Received(rows) => pages::count(&rows, "newest").await,
        }
    }

    fn visible_files<'a>(
        &'a self,
        caller: &Caller,
        viewer: UserId,
        filter: &'a FileFilter,
    ) -> Result<Visible<'a>, Error> {
        let store = &self.store;
        let may = |relations: &[Relation]| self.may(caller, Permission::FileList, relations);
        if may(&[]) {
            Ok(Visible::Own(OwnFiles { store, list: List::Files, viewer, filter }))
        } else if may(&[Relation::Owner]) {
            Ok(Visible::Own(OwnFiles { store, list: List::FilesOf(viewer.key()), viewer, filter }))
        } else if may(&[Relation::Recipient]) {
            Ok(Visible::Received(ReceivedFiles { store, client: viewer, now: self.now(), filter }))
        } else {
            Err(Error::Forbidden)
        }
    }
}

impl Rows for OwnFiles<'_> {
    type Row = File;
    type Item = FileView;

    async fn fetch(&self, key_field: &'static str, after: &str, limit: usize) -> Result<Vec<Listed<File>>, Error> {
        let scan = Scan { list: self.list.clone(), key_field, after: after.to_owned(), limit };
        Ok(self.store.scan_files(&scan).await?)
    }

    async fn keep(&self, rows: Vec<Listed<File>>) -> Result<Vec<Listed<FileView>>, Error> {
        let matching = rows.into_iter().filter(|row| self.filter.matches(row.item.name.as_str(), row.item.uploaded_at));
        let view = |row: Listed<File>| Listed {
            key: row.key,
            mirror_key: row.mirror_key,
            item: FileView { owned: row.item.owner == self.viewer, file: row.item, share: None, in_trash: None },
        };
        Ok(matching.map(view).collect())
    }
}

impl ReceivedFiles<'_> {
    fn scan(audience: &str, key_field: &'static str, after: &str, limit: usize) -> Scan {
        Scan { list: List::SharesWith(audience.to_owned()), key_field, after: after.to_owned(), limit }
    }

    /// Of what such a person shared no totals are kept.
    async fn any_sharer_is_disabled(&self) -> Result<bool, Error> {
        let (ops, admins) = (Role::Ops, Role::Admin);
        Ok(self.store.count_disabled_users(ops).await? > 0 || self.store.count_disabled_users(admins).await? > 0)
    }

    /// Leaves out what people share who are disabled.
    async fn without_suspended(&self, rows: &mut Vec<Listed<ShareListing>>) -> Result<(), Error> {
        if rows.is_empty() || !self.any_sharer_is_disabled().await? {
            return Ok(());
        }
        let sharers: BTreeSet<UserId> = rows.iter().map(|row| row.item.share.shared_by).collect();
        let active = self.store.find_active_among(&sharers.into_iter().collect::<Vec<_>>()).await?;
        rows.retain(|row| active.contains(&row.item.share.shared_by));
        Ok(())
    }

    /// The kept totals, less what has expired but is not swept yet. A file that is shared in both ways counts while
    /// either share lives. Where a sharer is disabled, the rows are counted, as with a filter.
    async fn count(&self) -> Result<u64, Error> {
        if self.any_sharer_is_disabled().await? {
            return pages::count(self, "newest").await;
        }
        let mut total = self.store.count_files_shared_with(self.client).await?;
        let (mine, everyone) = (Audience::Client(self.client), Audience::EveryClient);
        let expired_mine = self.store.find_expired_shares_with(mine, self.now).await?;
        let expired_common = self.store.find_expired_shares_with(everyone, self.now).await?;
        let files = |shares: &[crate::domain::share::Share]| shares.iter().map(|share| share.file).collect::<Vec<_>>();
        let common_of_mine = self.store.find_shares_with(everyone, &files(&expired_mine)).await?;
        let mine_of_common = self.store.find_shares_with(mine, &files(&expired_common)).await?;
        for share in &expired_mine {
            // Both expired: it is taken off here, and not again below.
            let lives_on = common_of_mine.iter().any(|other| other.file == share.file && other.is_live(self.now));
            total = total.saturating_sub(u64::from(!lives_on));
        }
        for share in &expired_common {
            let has_other = mine_of_common.iter().any(|other| other.file == share.file);
            total = total.saturating_sub(u64::from(!has_other));
        }
        Ok(total)
    }

    async fn files_of(&self, rows: &[Listed<ShareListing>]) -> Result<Vec<File>, Error> {
        let ids: Vec<FileId> = rows.iter().map(|row| row.item.share.file).collect();
        Ok(self.store.find_files(&ids).await?)
    }
}

impl Rows for ReceivedFiles<'_> {
    type Row = ShareListing;
    type Item = FileView;

    /// Two scans merged by their common key.
    async fn fetch(
        &self,
        key_field: &'static str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<Listed<ShareListing>>, Error> {
        let mut rows = self.store.scan_shares(&Self::scan(&self.client.key(), key_field, after, limit)).await?;
        rows.extend(self.store.scan_shares(&Self::scan(EVERY_CLIENT, key_field, after, limit)).await?);
        rows.sort_by(|a, b| a.key.cmp(&b.key));
        // The two shares of one file can have the same key; a cursor between them would lose the second.
        let same_key = |end: &usize| rows.get(*end).map(|row| &row.key) != rows.get(end - 1).map(|row| &row.key);
        let end = (limit..=rows.len()).find(same_key).unwrap_or(rows.len());
        rows.truncate(end);
        Ok(rows)
    }

    async fn keep(&self, rows: Vec<Listed<ShareListing>>) -> Result<Vec<Listed<FileView>>, Error> {
        let filter = |row: &Listed<ShareListing>| {
            row.item.share.is_live(self.now) && self.filter.matches(&row.item.file_name, row.item.file_uploaded_at)
        };
        let mut rows: Vec<_> = rows.into_iter().filter(filter).collect();
        self.without_suspended(&mut rows).await?;
        let common: Vec<FileId> = rows
            .iter()
            .filter(|row| row.item.share.audience == Audience::EveryClient)
            .map(|row| row.item.share.file)
            .collect();
        if !common.is_empty() {
            let mine = self.store.find_shares_with(Audience::Client(self.client), &common).await?;
            let shared_twice = |file| mine.iter().any(|share| share.file == file && share.is_live(self.now));
            rows.retain(|row| row.item.share.audience != Audience::EveryClient || !shared_twice(row.item.share.file));
        }
        let files = self.files_of(&rows).await?;
        let view = |row: Listed<ShareListing>| {
            let file = files.iter().find(|file| file.id == row.item.share.file)?.clone();
            let item = FileView { file, share: Some(row.item.share), owned: false, in_trash: None };
            Some(Listed { key: row.key, mirror_key: row.mirror_key, item })
        };
        Ok(rows.into_iter().filter_map(view).collect())
    }
}
