//! The part of the trash in what is done about an account.

use surrealdb::types::{RecordId, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::event::EventRecord;
use super::feed::NOTE;
use super::file::{DoomedFileRecord, trash_total};
use super::query::variables;
use super::quota::MOVE_BYTES;
use super::row::{intact, key_of, record};
use super::trash::{TABLE, delete_trashed_files};
use super::winding_up::{GO_ON, WindingUp};
use crate::domain::event::Event;
use crate::domain::file::File;
use crate::domain::id::{FileId, ShareId, UserId};

/// A share of a file in the trash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrashedShare {
    /// The share.
    pub id: ShareId,
    /// Its file.
    pub file: FileId,
}

#[derive(SurrealValue)]
struct TrashedShareRecord {
    id: RecordId,
    file: String,
}

#[derive(SurrealValue)]
struct EndedRecord {
    share: RecordId,
    file: RecordId,
    event: EventRecord,
}

#[derive(SurrealValue)]
struct MovedRecord {
    id: RecordId,
    file: String,
    size_bytes: i64,
    event: EventRecord,
}

impl Store {
    /// Shares with a user of files in the trash, at most `limit`.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_trashed_shares_with(&self, user: UserId, limit: usize) -> Result<Vec<TrashedShare>, Error> {
        let text =
            format!("SELECT id, file FROM trashed_share WHERE audience = $audience ORDER BY file ASC LIMIT {limit}");
        let rows: Vec<TrashedShareRecord> =
            self.rows("trashed_share", &text, variables! { audience: user.key() }).await?;
        let read = |row: TrashedShareRecord| {
            let share = key_of(&row.id).and_then(ShareId::from_key).zip(FileId::from_key(&row.file));
            intact("trashed_share", share.map(|(id, file)| TrashedShare { id, file }))
        };
        rows.into_iter().map(read).collect()
    }

    /// Takes shares of files in the trash back, each with its event: they do not come back with their files.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone).
    pub async fn end_trashed_shares(&self, work: &WindingUp, ended: &[(TrashedShare, Event)]) -> Result<(), Error> {
        let body = format!(
            "{GO_ON}
             FOR $each IN $ended {{
                 LET $share = $each.share;
                 LET $file = $each.file;
                 IF array::len((DELETE $share RETURN BEFORE)) == 1 {{
                     LET $key = record::id($share);
                     DELETE receipt WHERE share = $key;
                     DELETE link_use WHERE share = $key;
                     UPDATE $file SET row.shares -= 1;
                     LET $noted = $each.event;
                     {NOTE}
                 }};
             }};
             RETURN true"
        );
        let ended = ended.iter().map(|(share, event)| EndedRecord {
            share: record("trashed_share", share.id.key()),
            file: record(TABLE, share.file.key()),
            event: EventRecord::new(event),
        });
        let ended: Vec<EndedRecord> = ended.collect();
        let mut variables = variables! { ended: ended };
        variables.extend(work.variables());
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }

    /// Gives files in the trash of the user to another owner, each with its event. They stay in the trash, now in that of the
    /// new owner.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone).
    pub async fn move_trashed_files(&self, work: &WindingUp, to: UserId, files: &[(File, Event)]) -> Result<(), Error> {
        let body = format!(
            "{GO_ON}
             FOR $each IN $moving {{
                 LET $id = $each.id;
                 LET $file = $each.file;
                 IF array::len((UPDATE $id SET owner = $new_owner, row.owner = $new_owner WHERE owner = $owner)) == 1 {{
                     UPDATE trashed_share SET row.shared_by = $new_owner WHERE file = $file;
                     UPSERT $trash_total SET total = (total ?? 0) - 1;
                     UPSERT $new_total SET total = (total ?? 0) + 1;
                     LET $bytes = $each.size_bytes;
                     {MOVE_BYTES}
                     UPSERT type::record('counter', 'trash_bytes:' + $owner) SET total = (total ?? 0) - $bytes;
                     UPSERT type::record('counter', 'trash_bytes:' + $new_owner) SET total = (total ?? 0) + $bytes;
                     LET $noted = $each.event;
                     {NOTE}
                 }};
             }};
             RETURN true"
        );
        let moving = files.iter().map(|(file, event)| MovedRecord {
            id: record(TABLE, file.id.key()),
            file: file.id.key(),
            size_bytes: i64::try_from(file.size_bytes).unwrap_or(i64::MAX),
            event: EventRecord::new(event),
        });
        let moving: Vec<MovedRecord> = moving.collect();
        let mut variables = variables! {
            moving: moving,
            owner: work.user.key(),
            new_owner: to.key(),
            trash_total: trash_total(work.user),
            new_total: trash_total(to),
        };
        variables.extend(work.variables());
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }

    /// Deletes files in the trash of the user for good, each with its event.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone).
    pub async fn delete_trashed_files_of(&self, work: &WindingUp, files: &[(File, Event)]) -> Result<(), Error> {
        let mut variables = variables! { doomed: DoomedFileRecord::all(files) };
        variables.extend(work.variables());
        self.transact::<bool>(&format!("{GO_ON} {} RETURN true", delete_trashed_files()), variables).await.map(|_| ())
    }
}
