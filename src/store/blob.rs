//! The life of the objects that hold sealed bytes.
//!
//! A row is written before the first byte of an object and outlives its last one, so that an object without a row is
//! nobody's. An upload renews the lease of its row while it runs, and its commit writes the row: commit and sweep cannot both win.

use std::collections::HashMap;

use surrealdb::types::{Bytes, RecordId, SurrealValue, Variables};

use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::row::{intact, key_of, record};
use crate::domain::file::Piece;
use crate::domain::id::{BlobId, FileId};
use crate::domain::timestamp::Timestamp;

pub(super) const TABLE: &str = "blob";

/// A file key as it is stored: wrapped by a key of the ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    /// Which key of the ring wrapped it.
    pub key_id: String,
    /// The wrapped bytes.
    pub sealed: Vec<u8>,
}

#[derive(SurrealValue)]
pub(super) struct WrappedKeyRecord {
    id: RecordId,
    key_id: String,
    sealed: Bytes,
    file: String,
    size_bytes: i64,
}

impl WrappedKeyRecord {
    /// The key of a content, with the file and the length that it is bound to.
    pub(super) fn new(file: FileId, blob: BlobId, size_bytes: u64, key: &StoredKey) -> Self {
        Self {
            id: record("wrapped_key", blob.key()),
            key_id: key.key_id.clone(),
            sealed: Bytes::from(key.sealed.clone()),
            file: file.key(),
            size_bytes: i64::try_from(size_bytes).unwrap_or(i64::MAX),
        }
    }
}

#[derive(SurrealValue)]
struct BlobKeyRecord {
    id: RecordId,
}

#[derive(SurrealValue)]
struct BlobStateRecord {
    id: RecordId,
    state: String,
}

#[derive(SurrealValue)]
struct PieceRecord {
    id: RecordId,
    number: i64,
    offset: i64,
    size_bytes: i64,
}

impl PieceRecord {
    fn read(&self) -> Option<Piece> {
        Some(Piece {
            blob: BlobId::from_key(key_of(&self.id)?)?,
            number: u32::try_from(self.number).ok()?,
            offset: u64::try_from(self.offset).ok()?,
            size_bytes: u64::try_from(self.size_bytes).ok()?,
        })
    }
}

/// The statement that dooms the pieces of the content with the key `$content`.
pub(super) const DOOM_PIECES: &str = "
    UPDATE blob SET state = 'doomed', lease_expires_at = 0 WHERE content = $content;";

impl Store {
    /// Announces an object before its first byte is written.
    ///
    /// # Errors
    /// As any write.
    pub async fn stage_blob(&self, blob: BlobId, lease_expires_at: Timestamp) -> Result<(), Error> {
        let body = "CREATE $id SET state = 'staging', lease_expires_at = $lease; RETURN true";
        let variables = variables! { id: record(TABLE, blob.key()), lease: lease_expires_at.as_millis() };
        self.transact::<bool>(body, variables).await.map(|_| ())
    }

    /// Keeps the sweep away from a running upload.
    ///
    /// # Errors
    /// [`Guard::StagingGone`](super::Guard::StagingGone) when the sweep was faster.
    pub async fn renew_lease(&self, blob: BlobId, lease_expires_at: Timestamp) -> Result<(), Error> {
        let body = "
            IF array::len((UPDATE $id SET lease_expires_at = $lease WHERE state = 'staging')) != 1 { THROW 'staging_gone' };
            RETURN true";
        let variables = variables! { id: record(TABLE, blob.key()), lease: lease_expires_at.as_millis() };
        self.transact::<bool>(body, variables).await.map(|_| ())
    }

    /// Gives a staged object up, and answers whether it was still staged. Where it was not, a commit was faster, or it is
    /// given up already: then it must not be touched.
    ///
    /// # Errors
    /// As any write.
    pub async fn doom_staged_blob(&self, blob: BlobId) -> Result<bool, Error> {
        let body = "
            LET $doomed = (UPDATE $id SET state = 'doomed', lease_expires_at = 0 WHERE state = 'staging');
            RETURN array::len($doomed) == 1";
        self.transact(body, variables! { id: record(TABLE, blob.key()) }).await
    }

    /// Marks every staged object whose lease has run out, and answers how many there were.
    ///
    /// # Errors
    /// As any write.
    pub async fn doom_expired_leases(&self, now: Timestamp) -> Result<usize, Error> {
        let body = "
            LET $expired = (SELECT VALUE id FROM blob WHERE state = 'staging' AND lease_expires_at < $now LIMIT 500);
            UPDATE $expired SET state = 'doomed', lease_expires_at = 0;
            RETURN array::len($expired)";
        let count: i64 = self.transact(body, variables! { now: now.as_millis() }).await?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// Objects that are to be removed, at most 500.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_doomed_blobs(&self) -> Result<Vec<BlobId>, Error> {
        let text = "SELECT id FROM blob WHERE state = 'doomed' AND lease_expires_at >= 0 LIMIT 500";
        let rows: Vec<BlobKeyRecord> = self.rows(TABLE, text, Variables::new()).await?;
        rows.into_iter().map(|row| intact(TABLE, key_of(&row.id).and_then(BlobId::from_key))).collect()
    }

    /// Forgets an object that was removed.
    ///
    /// # Errors
    /// As any write.
    pub async fn forget_doomed_blob(&self, blob: BlobId) -> Result<(), Error> {
        let body = "DELETE $id WHERE state = 'doomed'; RETURN true";
        self.transact::<bool>(body, variables! { id: record(TABLE, blob.key()) }).await.map(|_| ())
    }

    /// Which of these objects have no row.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_unknown_blobs(&self, blobs: &[BlobId]) -> Result<Vec<BlobId>, Error> {
        let ids: Vec<RecordId> = blobs.iter().map(|blob| record(TABLE, blob.key())).collect();
        let rows: Vec<BlobKeyRecord> = self.rows(TABLE, "SELECT id FROM $ids", variables! { ids: ids }).await?;
        let known: Vec<BlobId> = rows.iter().filter_map(|row| key_of(&row.id).and_then(BlobId::from_key)).collect();
        Ok(blobs.iter().copied().filter(|blob| !known.contains(blob)).collect())
    }

    /// Which of these objects are being written.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_staged_blobs(&self, blobs: &[BlobId]) -> Result<Vec<BlobId>, Error> {
        let ids: Vec<RecordId> = blobs.iter().map(|blob| record(TABLE, blob.key())).collect();
        let rows: Vec<BlobStateRecord> =
            self.rows(TABLE, "SELECT id, state FROM $ids", variables! { ids: ids }).await?;
        let staged = rows.iter().filter(|row| row.state == "staging");
        Ok(staged.filter_map(|row| key_of(&row.id).and_then(BlobId::from_key)).collect())
    }

    /// The wrapped keys of those of these contents that have one.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_wrapped_keys(&self, contents: &[BlobId]) -> Result<HashMap<BlobId, StoredKey>, Error> {
        let ids: Vec<RecordId> = contents.iter().map(|content| record("wrapped_key", content.key())).collect();
        let rows: Vec<WrappedKeyRecord> =
            self.rows("wrapped_key", "SELECT * FROM $ids", variables! { ids: ids }).await?;
        let keys = rows.into_iter().map(|row| {
            let content = intact("wrapped_key", key_of(&row.id).and_then(BlobId::from_key))?;
            Ok((content, StoredKey { key_id: row.key_id, sealed: row.sealed.to_vec() }))
        });
        keys.collect()
    }

    /// The pieces of a content that lies in several objects, in their order.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_pieces(&self, content: BlobId) -> Result<Vec<Piece>, Error> {
        let text = "SELECT id, number, offset, size_bytes FROM blob WHERE content = $content ORDER BY number ASC";
        let rows: Vec<PieceRecord> = self.rows(TABLE, text, variables! { content: content.key() }).await?;
        rows.iter().map(|row| intact(TABLE, row.read())).collect()
    }

    /// The wrapped key of a content; `None` once its file was deleted.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_wrapped_key(&self, blob: BlobId) -> Result<Option<StoredKey>, Error> {
        let id = record("wrapped_key", blob.key());
        let row: Option<WrappedKeyRecord> =
            self.row("wrapped_key", "SELECT * FROM ONLY $id", variables! { id: id }).await?;
        Ok(row.map(|row| StoredKey { key_id: row.key_id, sealed: row.sealed.to_vec() }))
    }
}
