//! Files that were deleted and can be brought back.
//!
//! A file in the trash is not there: its row is taken out of `file` and those of its shares out of `share`, and put away whole.
//! Every list, total, link and subscription goes by those two tables, so none of them has to know of the trash. The
//! wrapped key, the object, receipts and the links that were used stay where they are: with its shares a file gets them back.
//!
//! Counters: `trash:OWNER` is how many files of an owner lie there, those included that nobody has swept yet.

use surrealdb::types::{RecordId, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::feed::NOTE;
use super::file::{DoomedFileRecord, FileRecord, destroy_content, owner_total, trash_total};
use super::query::variables;
use super::row::record;
use super::scan::{List, Listed, Scan};
use super::share::{PUT_SHARE, TAKE_SHARE};
use super::user::{STILL_ACTING, acting};
use crate::domain::event::Event;
use crate::domain::file::File;
use crate::domain::id::{FileId, UserId};
use crate::domain::sort_key::TimeKeys;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;

pub(super) const TABLE: &str = "trashed_file";

/// A file in the trash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrashedFile {
    /// The file, as it was.
    pub file: File,
    /// Since when it lies there.
    pub deleted_at: Timestamp,
    /// How many shares it had.
    pub shares: u64,
}

#[derive(SurrealValue)]
struct TrashedFileRecord {
    row: FileRecord,
    deleted_at: i64,
    newest: String,
    oldest: String,
}

impl TrashedFileRecord {
    fn into_trashed(self) -> Result<TrashedFile, Error> {
        let (file, shares) = self.row.into_file_with_shares()?;
        Ok(TrashedFile { file, deleted_at: Timestamp::from_millis(self.deleted_at), shares })
    }
}

/// A row of the trash without what is put away in it.
#[derive(SurrealValue)]
struct PlaceRecord {
    id: RecordId,
    owner: String,
    deleted_at: i64,
    newest: String,
    oldest: String,
}

#[derive(SurrealValue)]
struct TrashingRecord {
    file: DoomedFileRecord,
    place: PlaceRecord,
}

impl TrashingRecord {
    fn new(file: &File, event: &Event) -> Self {
        let keys = TimeKeys::new(event.at, file.id.as_bytes());
        let place = PlaceRecord {
            id: record(TABLE, file.id.key()),
            owner: file.owner.key(),
            deleted_at: event.at.as_millis(),
            newest: keys.newest,
            oldest: keys.oldest,
        };
        Self { file: DoomedFileRecord::new(file, event), place }
    }
}

/// The statements that put those of the files `$trashing` into the trash that still belong to whoever had them, and write an
/// event for each.
fn trash_files() -> String {
    format!(
        "FOR $trashed IN $trashing {{
             LET $each = $trashed.file;
             LET $id = $each.id;
             LET $was = (DELETE $id WHERE owner = $each.owner RETURN BEFORE)[0];
             IF $was != NONE {{
                 LET $file = $each.file;
                 LET $owner_total = $each.owner_total;
                 LET $trash_total = $each.trash_total;
                 CREATE trashed_file CONTENT object::extend($trashed.place, {{ row: $was }});
                 FOR $dropped_id IN (SELECT VALUE id FROM share WHERE file = $file) {{
                     {TAKE_SHARE}
                     CREATE trashed_share CONTENT {{
                         id: type::record('trashed_share', record::id($dropped_id)),
                         row: $dropped,
                         file: $file,
                         audience: $dropped.audience,
                         expires_at: $dropped.expires_at
                     }};
                 }};
                 UPSERT $owner_total SET total = (total ?? 0) - 1;
                 UPSERT $trash_total SET total = (total ?? 0) + 1;
                 UPSERT type::record('counter', 'trash_bytes:' + $each.owner) SET total = (total ?? 0) + $each.size_bytes;
                 LET $noted = $each.event;
                 {NOTE}
             }};
         }};"
    )
}

/// The statements that forget what was downloaded through the share with the key `$over`, which is not coming back.
const FORGET_DOWNLOADS: &str = "
    DELETE receipt WHERE share = $over;
    DELETE link_use WHERE share = $over;";

/// The statements that delete for good those of the files `$doomed` that lie in the trash of whoever had them, and write an
/// event for each.
pub(super) fn delete_trashed_files() -> String {
    format!(
        "FOR $each IN $doomed {{
             LET $trashed = $each.trashed;
             IF array::len((DELETE $trashed WHERE owner = $each.owner RETURN BEFORE)) == 1 {{
                 LET $file = $each.file;
                 LET $trash_total = $each.trash_total;
                 FOR $over IN (SELECT VALUE record::id(id) FROM trashed_share WHERE file = $file) {{ {FORGET_DOWNLOADS} }};
                 DELETE trashed_share WHERE file = $file;
                 {}
                 UPSERT $trash_total SET total = (total ?? 0) - 1;
                 UPSERT type::record('counter', 'trash_bytes:' + $each.owner) SET total = (total ?? 0) - $each.size_bytes;
                 LET $noted = $each.event;
                 {NOTE}
             }};
         }};",
        destroy_content()
    )
}

impl Store {
    /// Puts a file into the trash, at the moment of its event.
    ///
    /// # Errors
    /// [`Guard::FileGone`](super::Guard::FileGone) when it is not there any more.
    pub async fn trash_file(&self, file: &File, event: &Event) -> Result<(), Error> {
        let body = format!(
            "IF (SELECT VALUE owner FROM ONLY $id) != $owner {{ THROW 'file_gone' }};
             {} RETURN true",
            trash_files()
        );
        let variables = variables! {
            id: record("file", file.id.key()),
            owner: file.owner.key(),
            trashing: vec![TrashingRecord::new(file, event)],
        };
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }

    /// The same for several files, each with its event. What is not there any more is passed over.
    ///
    /// # Errors
    /// As any write.
    pub async fn trash_files(&self, files: &[(File, Event)]) -> Result<(), Error> {
        let trashing: Vec<TrashingRecord> =
            files.iter().map(|(file, event)| TrashingRecord::new(file, event)).collect();
        let body = format!("{} RETURN true", trash_files());
        self.transact::<bool>(&body, variables! { trashing: trashing }).await.map(|_| ())
    }

    /// Brings a file back, with those of its shares that have not expired by the moment of the event.
    ///
    /// # Errors
    /// [`Guard::FileGone`](super::Guard::FileGone) when it is not there any more, or was deleted before `kept_since`;
    /// [`Guard::AccountChanged`](super::Guard::AccountChanged) when the account of the owner was;
    /// [`Guard::AccountBusy`](super::Guard::AccountBusy) while its files are being given away or deleted.
    pub async fn restore_file(
        &self,
        owner: &User,
        file: &File,
        kept_since: Timestamp,
        event: &Event,
    ) -> Result<(), Error> {
        let body = format!(
            "{STILL_ACTING}
             IF (SELECT VALUE id FROM ONLY $work) != NONE {{ THROW 'account_busy' }};
             LET $was = (DELETE $trashed WHERE owner = $owner AND deleted_at >= $end RETURN BEFORE)[0];
             IF $was == NONE {{ THROW 'file_gone' }};
             LET $living = (SELECT VALUE row FROM trashed_share WHERE file = $file AND expires_at > $now);
             FOR $over IN (SELECT VALUE record::id(id) FROM trashed_share WHERE file = $file AND expires_at <= $now) {{
                 {FORGET_DOWNLOADS}
             }};
             DELETE trashed_share WHERE file = $file;
             CREATE file CONTENT object::extend($was.row, {{
                 shares: array::len($living), revision: $was.row.revision + 1, restored_at: $now
             }});
             FOR $put IN $living {{ {PUT_SHARE} }};
             UPSERT $owner_total SET total = (total ?? 0) + 1;
             UPSERT $trash_total SET total = (total ?? 0) - 1;
             UPSERT type::record('counter', 'trash_bytes:' + $owner) SET total = (total ?? 0) - $was.row.size_bytes;
             RETURN true"
        );
        let mut variables = variables! {
            work: record("winding_up", owner.id.key()),
            trashed: record(TABLE, file.id.key()),
            file: file.id.key(),
            owner: owner.id.key(),
            end: kept_since.as_millis(),
            now: event.at.as_millis(),
            owner_total: owner_total(owner.id),
            trash_total: trash_total(owner.id),
        };
        variables.extend(acting(owner));
        self.act::<bool>(&body, variables, std::slice::from_ref(event)).await.map(|_| ())
    }

    /// Deletes a file in the trash for good.
    ///
    /// # Errors
    /// [`Guard::FileGone`](super::Guard::FileGone) when it is not there any more.
    pub async fn delete_trashed_file(&self, file: &File, event: &Event) -> Result<(), Error> {
        let body = format!(
            "IF (SELECT VALUE owner FROM ONLY $id) != $owner {{ THROW 'file_gone' }};
             {} RETURN true",
            delete_trashed_files()
        );
        let variables = variables! {
            id: record(TABLE, file.id.key()),
            owner: file.owner.key(),
            doomed: vec![DoomedFileRecord::new(file, event)],
        };
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }

    /// The same for several files, each with its event. What is not there any more is passed over.
    ///
    /// # Errors
    /// As any write.
    pub async fn delete_trashed_files(&self, files: &[(File, Event)]) -> Result<(), Error> {
        let body = format!("{} RETURN true", delete_trashed_files());
        self.transact::<bool>(&body, variables! { doomed: DoomedFileRecord::all(files) }).await.map(|_| ())
    }

    /// The file with this id, where it lies in the trash, however long.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_trashed_file(&self, id: FileId) -> Result<Option<TrashedFile>, Error> {
        let row: Option<TrashedFileRecord> =
            self.row(TABLE, "SELECT * FROM ONLY $id", variables! { id: record(TABLE, id.key()) }).await?;
        row.map(TrashedFileRecord::into_trashed).transpose()
    }

    /// A piece of a list of files in the trash.
    ///
    /// # Errors
    /// As any read.
    pub async fn scan_trash(&self, scan: &Scan) -> Result<Vec<Listed<TrashedFile>>, Error> {
        let rows: Vec<TrashedFileRecord> = self.scan(scan).await?;
        let list = rows.into_iter().map(|row| {
            let (newest, oldest) = (row.newest.clone(), row.oldest.clone());
            Ok(scan.placed("newest", newest, oldest, row.into_trashed()?))
        });
        list.collect()
    }

    /// Files in the trash of one owner, or of everybody, at most `limit`, those first that lie there longest.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_longest_trashed(&self, owner: Option<UserId>, limit: usize) -> Result<Vec<TrashedFile>, Error> {
        let list = owner.map_or(List::Trash, |owner| List::TrashOf(owner.key()));
        let scan = Scan { list, key_field: "oldest", after: String::new(), limit };
        Ok(self.scan_trash(&scan).await?.into_iter().map(|row| row.item).collect())
    }

    /// How many files an owner has in the trash that were not deleted before `kept_since`.
    ///
    /// # Errors
    /// As any read.
    pub async fn count_trash(&self, owner: UserId, kept_since: Timestamp) -> Result<u64, Error> {
        let all = self.total(format!("trash:{}", owner.key())).await?;
        let text = "SELECT VALUE count FROM
            (SELECT count() FROM trashed_file WHERE owner = $owner AND oldest < $place GROUP ALL)";
        let variables = variables! { owner: owner.key(), place: TimeKeys::first_oldest_at(kept_since) };
        let unswept: Vec<i64> = self.rows(TABLE, text, variables).await?;
        let unswept = unswept.first().and_then(|count| u64::try_from(*count).ok()).unwrap_or(0);
        Ok(all.saturating_sub(unswept))
    }

    /// Which of these files came out of the trash at `moment` or later.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_restored_since(&self, files: &[FileId], moment: Timestamp) -> Result<Vec<FileId>, Error> {
        let ids: Vec<RecordId> = files.iter().map(|id| record("file", id.key())).collect();
        let text = "SELECT VALUE record::id(id) FROM $ids WHERE restored_at >= $end";
        let keys: Vec<String> = self.rows("file", text, variables! { ids: ids, end: moment.as_millis() }).await?;
        Ok(keys.iter().filter_map(|key| FileId::from_key(key)).collect())
    }
}
