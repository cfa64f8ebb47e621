//! Documents.

use std::slice;

use data_encoding::HEXLOWER;
use surrealdb::types::{RecordId, SurrealValue, Value, Variables};

use super::blob::{DOOM_PIECES, StoredKey, WrappedKeyRecord};
use super::connection::Store;
use super::error::Error;
use super::event::EventRecord;
use super::feed::NOTE;
use super::query::variables;
use super::quota::{COUNT_BYTES, Hold, UNDER_ROOM};
use super::ring_key::REFUSE_REPLACED_KEY;
use super::row::{KeysRecord, intact, key_of, record};
use super::scan::{List, Listed, Scan};
use super::share::{NewShare, NewShareRecord, add_share, drop_shares_of_file};
use super::trash;
use super::user::{STILL_ACTING, acting};
use crate::domain::event::Event;
use crate::domain::file::File;
use crate::domain::id::{BlobId, FileId, UserId};
use crate::domain::media::DocumentKind;
use crate::domain::name::FileName;
use crate::domain::sort_key::SortKeys;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;

const TABLE: &str = "file";

/// A document that was received whole, and what it needs to be stored.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// The document.
    pub file: File,
    /// Its key, wrapped.
    pub key: StoredKey,
    /// The share it comes with, where new files are shared at once.
    pub share: Option<NewShare>,
}

#[derive(Clone, SurrealValue)]
pub(super) struct FileRecord {
    id: RecordId,
    name: String,
    kind: String,
    size_bytes: i64,
    sha256: String,
    uploaded_at: i64,
    owner: String,
    blob: String,
    pieces: i64,
    shares: i64,
    revision: i64,
    #[surreal(flatten)]
    keys: KeysRecord,
}

impl FileRecord {
    fn new(file: &File) -> Self {
        let keys = SortKeys::new(file.id, file.name.as_str(), file.size_bytes, file.uploaded_at);
        Self {
            id: record(TABLE, file.id.key()),
            name: file.name.as_str().to_owned(),
            kind: file.kind.extension().to_owned(),
            size_bytes: i64::try_from(file.size_bytes).unwrap_or(i64::MAX),
            sha256: HEXLOWER.encode(&file.sha256),
            uploaded_at: file.uploaded_at.as_millis(),
            owner: file.owner.key(),
            blob: file.blob.key(),
            pieces: i64::from(file.pieces),
            shares: 0,
            revision: 0,
            keys: keys.into(),
        }
    }

    pub(super) fn into_file(self) -> Result<File, Error> {
        intact(TABLE, self.read())
    }

    /// With the number of its shares.
    pub(super) fn into_file_with_shares(self) -> Result<(File, u64), Error> {
        let shares = u64::try_from(self.shares).unwrap_or(0);
        Ok((self.into_file()?, shares))
    }

    fn read(self) -> Option<File> {
        Some(File {
            id: FileId::from_key(key_of(&self.id)?)?,
            name: FileName::parse(&self.name).ok()?,
            kind: DocumentKind::from_extension(&self.kind)?,
            size_bytes: u64::try_from(self.size_bytes).ok()?,
            sha256: HEXLOWER.decode(self.sha256.as_bytes()).ok()?.try_into().ok()?,
            uploaded_at: Timestamp::from_millis(self.uploaded_at),
            owner: UserId::from_key(&self.owner)?,
            blob: BlobId::from_key(&self.blob)?,
            pieces: u32::try_from(self.pieces).ok()?,
        })
    }
}

/// A file as it is added once its content and its key are there.
#[derive(SurrealValue)]
pub(super) struct AddedFileRecord {
    row: FileRecord,
    owner_total: RecordId,
    shares: Vec<NewShareRecord>,
}

impl AddedFileRecord {
    pub(super) fn new(file: &File, share: Option<&NewShare>) -> Self {
        Self {
            row: FileRecord::new(file),
            owner_total: owner_total(file.owner),
            shares: share.iter().map(|share| NewShareRecord::new(share, file)).collect(),
        }
    }
}

#[derive(SurrealValue)]
struct NewFileRecord {
    added: AddedFileRecord,
    blob: RecordId,
    key: WrappedKeyRecord,
    wrapping: RecordId,
}

impl NewFileRecord {
    fn new(new: &NewFile) -> Self {
        Self {
            added: AddedFileRecord::new(&new.file, new.share.as_ref()),
            blob: record("blob", new.file.blob.key()),
            key: WrappedKeyRecord::new(new.file.id, new.file.blob, new.file.size_bytes, &new.key),
            wrapping: record("ring_key", new.key.key_id.as_str()),
        }
    }
}

/// The statements that add the file `$added`.
pub(super) fn add_file() -> String {
    format!(
        "CREATE file CONTENT $added.row;
         LET $total = $added.owner_total;
         UPSERT $total SET total = (total ?? 0) + 1;
         LET $file = $added.row.id;
         FOR $share IN $added.shares {{ {} }};",
        add_share()
    )
}

/// A file to be deleted, or to be taken out of where it is.
#[derive(SurrealValue)]
pub(super) struct DoomedFileRecord {
    id: RecordId,
    trashed: RecordId,
    file: String,
    owner: String,
    key: RecordId,
    blob: RecordId,
    content: String,
    size_bytes: i64,
    owner_total: RecordId,
    trash_total: RecordId,
    event: EventRecord,
}

impl DoomedFileRecord {
    pub(super) fn new(file: &File, event: &Event) -> Self {
        Self {
            id: record(TABLE, file.id.key()),
            trashed: record(trash::TABLE, file.id.key()),
            file: file.id.key(),
            owner: file.owner.key(),
            key: record("wrapped_key", file.blob.key()),
            blob: record("blob", file.blob.key()),
            content: file.blob.key(),
            size_bytes: i64::try_from(file.size_bytes).unwrap_or(i64::MAX),
            owner_total: owner_total(file.owner),
            trash_total: trash_total(file.owner),
            event: EventRecord::new(event),
        }
    }

    /// Those of these files.
    pub(super) fn all(files: &[(File, Event)]) -> Vec<Self> {
        files.iter().map(|(file, event)| Self::new(file, event)).collect()
    }
}

/// The statements that destroy the content of the file `$each`: its key now, for good; its objects by the janitor. Its bytes do
/// not count any more.
pub(super) fn destroy_content() -> String {
    format!(
        "LET $key = $each.key;
         LET $blob = $each.blob;
         LET $content = $each.content;
         DELETE $key;
         UPDATE $blob SET state = 'doomed', lease_expires_at = 0;
         {DOOM_PIECES}
         LET $used_by = $each.owner;
         LET $bytes = 0 - $each.size_bytes;
         {COUNT_BYTES}"
    )
}

/// The statements that delete for good those of the files `$doomed` that still belong to whoever had them, and write an event
/// for each.
pub(super) fn delete_files() -> String {
    format!(
        "FOR $each IN $doomed {{
             LET $id = $each.id;
             IF array::len((DELETE $id WHERE owner = $each.owner RETURN BEFORE)) == 1 {{
                 LET $file = $each.file;
                 LET $owner_total = $each.owner_total;
                 {}
                 {}
                 UPSERT $owner_total SET total = (total ?? 0) - 1;
                 LET $noted = $each.event;
                 {NOTE}
             }};
         }};",
        drop_shares_of_file(),
        destroy_content()
    )
}

pub(super) fn owner_total(owner: UserId) -> RecordId {
    record("counter", format!("files:{}", owner.key()))
}

pub(super) fn trash_total(owner: UserId) -> RecordId {
    record("counter", format!("trash:{}", owner.key()))
}

impl Store {
    /// Turns staged objects into files, all or none.
    ///
    /// # Errors
    /// [`Guard::StagingGone`](super::Guard::StagingGone) when an object was swept meanwhile;
    /// [`Guard::AccountChanged`](super::Guard::AccountChanged) when the account of whoever uploads was;
    /// [`Guard::KeyReplaced`](super::Guard::KeyReplaced) when the key that wraps one of theirs is current no more.
    pub async fn commit_files(&self, uploader: &User, files: &[NewFile], events: &[Event]) -> Result<(), Error> {
        self.commit_files_under(uploader, files, events, &[]).await
    }

    /// The same under room that is held for them.
    ///
    /// # Errors
    /// As there; [`Guard::RoomGone`](super::Guard::RoomGone) when it was given to others meanwhile.
    pub async fn commit_files_under(
        &self,
        uploader: &User,
        files: &[NewFile],
        events: &[Event],
        holds: &[Hold],
    ) -> Result<(), Error> {
        let records: Vec<NewFileRecord> = files.iter().map(NewFileRecord::new).collect();
        let body = format!(
            "{STILL_ACTING}
            {UNDER_ROOM}
            FOR $new IN $files {{
                LET $blob = $new.blob;
                LET $staged = (UPDATE $blob SET state = 'ready', lease_expires_at = 0 WHERE state = 'staging');
                IF array::len($staged) != 1 {{ THROW 'staging_gone' }};
                LET $wrapping = $new.wrapping;
                {REFUSE_REPLACED_KEY}
                CREATE wrapped_key CONTENT $new.key;
                LET $added = $new.added;
                LET $used_by = $added.row.owner;
                LET $bytes = $added.row.size_bytes;
                {COUNT_BYTES}
                {}
            }};
            RETURN true",
            add_file()
        );
        let holds: Vec<RecordId> = holds.iter().map(Hold::id).collect();
        let mut variables = variables! { files: records, holds: holds };
        variables.extend(acting(uploader));
        self.act::<bool>(&body, variables, events).await.map(|_| ())
    }

    /// The file with this id.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_file(&self, id: FileId) -> Result<Option<File>, Error> {
        let row: Option<FileRecord> =
            self.row(TABLE, "SELECT * FROM ONLY $id", variables! { id: record(TABLE, id.key()) }).await?;
        row.map(FileRecord::into_file).transpose()
    }

    /// The files with these ids, in any order; those that do not exist are left out.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_files(&self, ids: &[FileId]) -> Result<Vec<File>, Error> {
        let ids: Vec<RecordId> = ids.iter().map(|id| record(TABLE, id.key())).collect();
        let rows: Vec<FileRecord> = self.rows(TABLE, "SELECT * FROM $ids", variables! { ids: ids }).await?;
        rows.into_iter().map(FileRecord::into_file).collect()
    }

    /// A piece of a list of files.
    ///
    /// # Errors
    /// As any read.
    pub async fn scan_files(&self, scan: &Scan) -> Result<Vec<Listed<File>>, Error> {
        let rows: Vec<FileRecord> = self.scan(scan).await?;
        let list = rows.into_iter().map(|row| {
            let (key, mirror_key) = row.keys.key_and_mirror(scan.key_field);
            Ok(Listed { key, mirror_key, item: row.into_file()? })
        });
        list.collect()
    }

    /// Files of one owner with the number of their shares, at most `limit`, in any order.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_files_with_shares(&self, owner: UserId, limit: usize) -> Result<Vec<(File, u64)>, Error> {
        let scan = Scan { list: List::FilesOf(owner.key()), key_field: "newest", after: String::new(), limit };
        let rows: Vec<FileRecord> = self.scan(&scan).await?;
        rows.into_iter().map(FileRecord::into_file_with_shares).collect()
    }

    /// Files of everybody with the number of their shares, earliest upload first, at most `limit` behind the key `after`; with
    /// each its key in that order.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_oldest_files(&self, after: &str, limit: usize) -> Result<Vec<(String, File, u64)>, Error> {
        let scan = Scan { list: List::Files, key_field: "oldest", after: after.to_owned(), limit };
        let rows: Vec<FileRecord> = self.scan(&scan).await?;
        let keyed = |row: FileRecord| {
            let (key, _) = row.keys.key_and_mirror("oldest");
            let (file, shares) = row.into_file_with_shares()?;
            Ok((key, file, shares))
        };
        rows.into_iter().map(keyed).collect()
    }

    /// How many files a list has. Lists of other things have none.
    ///
    /// # Errors
    /// As any read.
    pub async fn count_files(&self, list: &List) -> Result<u64, Error> {
        match list {
            List::Files => {
                let text = "SELECT VALUE count FROM (SELECT count() FROM file GROUP ALL)";
                let counts: Vec<i64> = self.rows(TABLE, text, Variables::new()).await?;
                Ok(counts.first().and_then(|count| u64::try_from(*count).ok()).unwrap_or(0))
            }
            List::FilesOf(owner) => self.total(format!("files:{owner}")).await,
            _ => Ok(0),
        }
    }

    /// Gives a file another name, and its shares with it.
    ///
    /// # Errors
    /// [`Guard::FileGone`](super::Guard::FileGone) when it is not there any more.
    pub async fn rename_file(&self, file: &File, name: &FileName, event: &Event) -> Result<(), Error> {
        let keys = SortKeys::new(file.id, name.as_str(), file.size_bytes, file.uploaded_at);
        let body = "
            LET $renamed = (UPDATE $id SET revision += 1, name = $name, by_name = $by_name, by_name_reversed = $by_name_reversed
                WHERE owner = $owner);
            IF array::len($renamed) != 1 { THROW 'file_gone' };
            UPDATE share SET file_name = $name, by_name = $by_name, by_name_reversed = $by_name_reversed
                WHERE file = $file;
            RETURN true";
        let variables = variables! {
            id: record(TABLE, file.id.key()),
            file: file.id.key(),
            owner: file.owner.key(),
            name: name.as_str().to_owned(),
            by_name: keys.by_name,
            by_name_reversed: keys.by_name_reversed,
        };
        self.act::<bool>(body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// Deletes a file for good: its row, its key and all its shares now, its object by the janitor.
    ///
    /// # Errors
    /// [`Guard::FileGone`](super::Guard::FileGone) when it is not there any more.
    pub async fn delete_file(&self, file: &File, event: &Event) -> Result<(), Error> {
        let body = format!(
            "IF (SELECT VALUE owner FROM ONLY $id) != $owner {{ THROW 'file_gone' }};
             {} RETURN true",
            delete_files()
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
    pub async fn delete_files(&self, files: &[(File, Event)]) -> Result<(), Error> {
        let body = format!("{} RETURN true", delete_files());
        self.transact::<bool>(&body, variables! { doomed: DoomedFileRecord::all(files) }).await.map(|_| ())
    }
}
