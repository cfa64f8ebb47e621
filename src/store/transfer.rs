//! Uploads that come in several requests.
//!
//! Of those who want to add to one at the same time, one holds it. Whatever a holder writes names it, so that one who was too slow
//! and lost its hold changes nothing any more.

use surrealdb::types::{Bytes, RecordId, SurrealValue, Variables};

use super::blob::{DOOM_PIECES, StoredKey, WrappedKeyRecord};
use super::connection::Store;
use super::error::Error;
use super::file::{AddedFileRecord, add_file};
use super::query::variables;
use super::quota::{self, COUNT_BYTES, UNDER_ROOM};
use super::ring_key::REFUSE_REPLACED_KEY;
use super::row::{intact, key_of, record};
use super::share::NewShare;
use super::user::{STILL_ACTING, acting};
use crate::domain::event::Event;
use crate::domain::file::{File, Piece};
use crate::domain::id::{BlobId, FileId, UserId};
use crate::domain::media::DocumentKind;
use crate::domain::name::FileName;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;

const TABLE: &str = "transfer";

/// An upload that comes in several requests.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// The content it brings.
    pub content: BlobId,
    /// Who sends it.
    pub owner: UserId,
    /// The file it will be.
    pub file: FileId,
    /// The name of the file.
    pub name: FileName,
    /// What the file must be.
    pub kind: DocumentKind,
    /// Bytes of plaintext there will be.
    pub size_bytes: u64,
    /// Bytes of plaintext there are.
    pub offset: u64,
    /// How many pieces there are.
    pub pieces: u32,
    /// The state of its digest at `offset`, sealed.
    pub digest: Vec<u8>,
    /// When it is swept away unless more comes.
    pub expires_at: Timestamp,
    /// Whether the file is there.
    pub is_done: bool,
    /// Until when somebody holds it; a moment long ago where nobody does.
    pub held_until: Timestamp,
}

#[derive(SurrealValue)]
struct TransferRecord {
    id: RecordId,
    owner: String,
    file: String,
    name: String,
    kind: String,
    size_bytes: i64,
    offset: i64,
    pieces: i64,
    digest: Bytes,
    state: String,
    expires_at: i64,
    held_until: i64,
}

impl TransferRecord {
    fn new(transfer: &Transfer) -> Self {
        Self {
            id: row_of(transfer.content),
            owner: transfer.owner.key(),
            file: transfer.file.key(),
            name: transfer.name.as_str().to_owned(),
            kind: transfer.kind.extension().to_owned(),
            size_bytes: i64::try_from(transfer.size_bytes).unwrap_or(i64::MAX),
            offset: 0,
            pieces: 0,
            digest: Bytes::from(transfer.digest.clone()),
            state: "open".to_owned(),
            expires_at: transfer.expires_at.as_millis(),
            held_until: 0,
        }
    }

    fn read(self) -> Option<Transfer> {
        Some(Transfer {
            content: BlobId::from_key(key_of(&self.id)?)?,
            owner: UserId::from_key(&self.owner)?,
            file: FileId::from_key(&self.file)?,
            name: FileName::parse(&self.name).ok()?,
            kind: DocumentKind::from_extension(&self.kind)?,
            size_bytes: u64::try_from(self.size_bytes).ok()?,
            offset: u64::try_from(self.offset).ok()?,
            pieces: u32::try_from(self.pieces).ok()?,
            digest: self.digest.to_vec(),
            expires_at: Timestamp::from_millis(self.expires_at),
            is_done: self.state == "done",
            held_until: Timestamp::from_millis(self.held_until),
        })
    }
}

/// Whether somebody who wants to add to a transfer may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It holds it now.
    Held,
    /// Somebody else does, and was asked to stop.
    Busy,
    /// The transfer is at another offset, or is done.
    Elsewhere,
}

/// Whose hold it is, and until when.
#[derive(Clone, Debug)]
pub struct Holder {
    /// A name that nobody else has.
    pub name: String,
    /// When it ends unless it is renewed.
    pub held_until: Timestamp,
}

fn row_of(content: BlobId) -> RecordId {
    record(TABLE, content.key())
}

impl Store {
    /// Begins a transfer, whose key is wrapped already.
    ///
    /// # Errors
    /// [`Guard::TransfersFull`](super::Guard::TransfersFull) when the user has `most` open ones;
    /// [`Guard::AccountChanged`](super::Guard::AccountChanged) when the user's account was;
    /// [`Guard::KeyReplaced`](super::Guard::KeyReplaced) when the key that wraps its own is current no more.
    pub async fn create_transfer(
        &self,
        uploader: &User,
        transfer: &Transfer,
        key: &StoredKey,
        most: usize,
    ) -> Result<(), Error> {
        // The user's row is written, so that two who would both be the last one meet. So is that of a shard: whoever rotates a key
        // waits for that.
        let body = format!(
            "{STILL_ACTING}
             UPSERT $feed SET fence = (fence ?? 0) + 1;
             LET $open = (SELECT VALUE id FROM transfer WHERE owner = $owner AND state = 'open' LIMIT $most);
             IF array::len($open) >= $most {{ THROW 'transfers_full' }};
             {REFUSE_REPLACED_KEY}
             CREATE transfer CONTENT $row;
             CREATE wrapped_key CONTENT $key;
             RETURN true"
        );
        let mut variables = variables! {
            owner: transfer.owner.key(),
            most: i64::try_from(most).unwrap_or(i64::MAX),
            row: TransferRecord::new(transfer),
            key: WrappedKeyRecord::new(transfer.file, transfer.content, transfer.size_bytes, key),
            wrapping: record("ring_key", key.key_id.as_str()),
        };
        variables.extend(acting(uploader));
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }

    /// The transfer of this content.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_transfer(&self, content: BlobId) -> Result<Option<Transfer>, Error> {
        let text = "SELECT * FROM ONLY $id";
        let row: Option<TransferRecord> = self.row(TABLE, text, variables! { id: row_of(content) }).await?;
        row.map(|row| intact(TABLE, row.read())).transpose()
    }

    /// Takes hold of a transfer that is at `offset`, or asks whoever holds it to stop.
    ///
    /// # Errors
    /// [`Guard::TransferGone`](super::Guard::TransferGone).
    pub async fn hold_transfer(
        &self,
        content: BlobId,
        offset: u64,
        holder: &Holder,
        now: Timestamp,
    ) -> Result<Hold, Error> {
        let body = "
            LET $row = (SELECT * FROM ONLY $id);
            IF $row = NONE { THROW 'transfer_gone' };
            LET $busy = $row.held_until > $now AND $row.holder != $holder;
            LET $fits = $row.offset = $offset AND $row.state = 'open';
            IF $busy { UPDATE $id SET interrupted = true }
            ELSE IF $fits { UPDATE $id SET holder = $holder, held_until = $until, interrupted = false };
            RETURN IF $busy { 'busy' } ELSE IF $fits { 'held' } ELSE { 'elsewhere' }";
        let variables = variables! {
            id: row_of(content),
            offset: i64::try_from(offset).unwrap_or(i64::MAX),
            holder: holder.name.clone(),
            until: holder.held_until.as_millis(),
            now: now.as_millis(),
        };
        let answer: String = self.transact(body, variables).await?;
        Ok(match answer.as_str() {
            "held" => Hold::Held,
            "busy" => Hold::Busy,
            _ => Hold::Elsewhere,
        })
    }

    /// Asks whoever holds a transfer to stop.
    ///
    /// # Errors
    /// As any write.
    pub async fn interrupt_transfer(&self, content: BlobId) -> Result<(), Error> {
        let body = "UPDATE $id SET interrupted = true WHERE holder != ''; RETURN true";
        self.transact::<bool>(body, variables! { id: row_of(content) }).await.map(|_| ())
    }

    /// Holds on to a transfer, and answers whether it should rather stop.
    ///
    /// # Errors
    /// [`Guard::TransferGone`](super::Guard::TransferGone) when the hold is lost.
    pub async fn keep_transfer(&self, content: BlobId, holder: &Holder) -> Result<bool, Error> {
        let body = "
            LET $kept = (UPDATE $id SET held_until = $until WHERE holder = $holder);
            IF array::len($kept) != 1 { THROW 'transfer_gone' };
            RETURN $kept[0].interrupted";
        let variables = variables! {
            id: row_of(content),
            holder: holder.name.clone(),
            until: holder.held_until.as_millis(),
        };
        self.transact(body, variables).await
    }

    /// Lets go of a transfer. Where the hold is lost already, nothing happens.
    ///
    /// # Errors
    /// As any write.
    pub async fn let_go_of_transfer(&self, content: BlobId, holder: &Holder) -> Result<(), Error> {
        let body = "
            UPDATE $id SET holder = '', held_until = 0, interrupted = false WHERE holder = $holder;
            RETURN true";
        self.transact::<bool>(body, variables! { id: row_of(content), holder: holder.name.clone() }).await.map(|_| ())
    }

    /// Forgets who held transfers: for the start of a process that has the database to itself.
    ///
    /// # Errors
    /// As any write.
    pub async fn end_holds_of_former_process(&self) -> Result<(), Error> {
        let body = "
            LET $open = (SELECT VALUE id FROM transfer WHERE expires_at > 0);
            UPDATE $open SET holder = '', held_until = 0, interrupted = false;
            RETURN true";
        self.transact::<bool>(body, Variables::new()).await.map(|_| ())
    }

    /// Adds a piece whose object is there to a transfer, with the state of the digest behind it. From now on its bytes count as
    /// stored, no more in the room that was held for them.
    ///
    /// # Errors
    /// [`Guard::RoomGone`](super::Guard::RoomGone) when that was given to others meanwhile;
    /// [`Guard::TransferGone`](super::Guard::TransferGone) when the hold is lost;
    /// [`Guard::StagingGone`](super::Guard::StagingGone) when the object was swept.
    pub async fn add_piece(
        &self,
        content: BlobId,
        holder: &Holder,
        piece: &Piece,
        digest: Vec<u8>,
        expires_at: Timestamp,
        room: &[quota::Hold],
    ) -> Result<(), Error> {
        let body = format!(
            "{UNDER_ROOM}
            LET $row = (UPDATE $id SET offset = $end, pieces += 1, digest = $digest, expires_at = $expires_at, held_until = $until
                WHERE holder = $holder AND offset = $offset AND pieces = $number AND state = 'open');
            IF array::len($row) != 1 {{ THROW 'transfer_gone' }};
            LET $held = (UPDATE $blob SET state = 'held', lease_expires_at = 0, content = $content, number = $number, offset = $offset,
                size_bytes = $size_bytes WHERE state = 'staging');
            IF array::len($held) != 1 {{ THROW 'staging_gone' }};
            LET $used_by = $row[0].owner;
            LET $bytes = $size_bytes;
            {COUNT_BYTES}
            RETURN true"
        );
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let holds: Vec<RecordId> = room.iter().map(quota::Hold::id).collect();
        let variables = variables! {
            holds: holds,
            id: row_of(content),
            blob: record("blob", piece.blob.key()),
            content: content.key(),
            number: i64::from(piece.number),
            offset: number(piece.offset),
            size_bytes: number(piece.size_bytes),
            end: number(piece.end()),
            digest: Bytes::from(digest),
            expires_at: expires_at.as_millis(),
            holder: holder.name.clone(),
            until: holder.held_until.as_millis(),
        };
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }

    /// Turns a transfer that is whole into its file.
    ///
    /// # Errors
    /// [`Guard::TransferGone`](super::Guard::TransferGone) when the hold is lost;
    /// [`Guard::AccountChanged`](super::Guard::AccountChanged) when the account of whoever uploads was.
    pub async fn commit_transfer(
        &self,
        uploader: &User,
        file: &File,
        share: Option<&NewShare>,
        holder: &Holder,
        events: &[Event],
    ) -> Result<(), Error> {
        let body = format!(
            "{STILL_ACTING}
            LET $row = (UPDATE $id SET state = 'done', holder = '', held_until = 0
                WHERE holder = $holder AND offset = size_bytes AND state = 'open');
            IF array::len($row) != 1 {{ THROW 'transfer_gone' }};
            UPDATE blob SET state = 'ready' WHERE content = $content;
            {}
            RETURN true",
            add_file()
        );
        let mut variables = variables! {
            id: row_of(file.blob),
            content: file.blob.key(),
            holder: holder.name.clone(),
            added: AddedFileRecord::new(file, share),
        };
        variables.extend(acting(uploader));
        self.act::<bool>(&body, variables, events).await.map(|_| ())
    }

    /// Ends a transfer that is to expire by `latest`; for a `holder`, unless somebody else holds it now. What it has brought goes,
    /// unless it is a file already.
    ///
    /// # Errors
    /// [`Guard::TransferGone`](super::Guard::TransferGone) when there is none, or more has come meanwhile, or it has another holder.
    pub async fn end_transfer(&self, content: BlobId, holder: Option<&Holder>, latest: Timestamp) -> Result<(), Error> {
        let held = if holder.is_some() { "AND holder IN [$holder, '']" } else { "" };
        let body = format!(
            "LET $ended = (DELETE $id WHERE expires_at <= $latest {held} RETURN BEFORE)[0];
             IF $ended = NONE {{ THROW 'transfer_gone' }};
             IF $ended.state = 'open' {{
                 DELETE $key;
                 {DOOM_PIECES}
                 LET $used_by = $ended.owner;
                 LET $bytes = 0 - $ended.offset;
                 {COUNT_BYTES}
             }};
             RETURN true"
        );
        let variables = variables! {
            id: row_of(content),
            key: record("wrapped_key", content.key()),
            content: content.key(),
            latest: latest.as_millis(),
            holder: holder.map(|holder| holder.name.clone()).unwrap_or_default(),
        };
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }

    /// The contents of a user's transfers that are no files yet, at most 100.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_open_transfers(&self, owner: UserId) -> Result<Vec<BlobId>, Error> {
        let text = "SELECT * FROM transfer WHERE owner = $owner AND state = 'open' LIMIT 100";
        let rows: Vec<TransferRecord> = self.rows(TABLE, text, variables! { owner: owner.key() }).await?;
        rows.into_iter().map(|row| Ok(intact(TABLE, row.read())?.content)).collect()
    }

    /// Transfers that got nothing for too long, at most 100.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_expired_transfers(&self, now: Timestamp) -> Result<Vec<BlobId>, Error> {
        let text = "SELECT * FROM transfer WHERE expires_at <= $now LIMIT 100";
        let rows: Vec<TransferRecord> = self.rows(TABLE, text, variables! { now: now.as_millis() }).await?;
        rows.into_iter().map(|row| Ok(intact(TABLE, row.read())?.content)).collect()
    }
}
