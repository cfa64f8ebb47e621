//! Very many wrapped keys, written behind the store's back and really wrapped.

use std::path::Path;
use std::sync::Arc;

use strongroom::crypto::file_key::{FileKey, KeyOwner, WrappedKey};
use strongroom::crypto::key_id::KeyId;
use strongroom::crypto::key_ring::KeyRing;
use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::id::{BlobId, FileId};
use surrealdb::types::{Bytes, RecordId, RecordIdKey, SurrealValue};

use crate::harness::database::RawDatabase;

const BATCH: usize = 1000;

#[derive(SurrealValue)]
struct Row {
    id: RecordId,
    key_id: String,
    sealed: Bytes,
    file: String,
    size_bytes: i64,
}

/// Writes so many keys that the ring's current key wraps, into the database at `path`, which nobody has open.
pub async fn fill(path: &Path, ring: &KeyRing, count: usize) {
    let raw = RawDatabase::open(path).await;
    for start in (0..count).step_by(BATCH) {
        let rows: Vec<Row> = (start..count.min(start + BATCH)).map(|number| row(ring, number)).collect();
        let insert = raw.database.query("INSERT INTO wrapped_key $rows RETURN NONE").bind(("rows", rows));
        insert.await.unwrap().check().unwrap();
    }
    raw.close().await;
}

fn row(ring: &KeyRing, number: usize) -> Row {
    let owner =
        KeyOwner { file: FileId::generate(&OsRandom), blob: BlobId::generate(&OsRandom), size_bytes: number as u64 };
    let wrapped = FileKey::generate(&OsRandom).wrap(ring, &owner, &OsRandom).unwrap();
    Row {
        id: RecordId::new("wrapped_key", owner.blob.key()),
        key_id: wrapped.key_id.to_string(),
        sealed: Bytes::from(wrapped.sealed),
        file: owner.file.key(),
        size_bytes: number as i64,
    }
}

/// Opens every wrapped key with the ring, and answers by which key how many were wrapped.
pub async fn open_all(path: &Path, ring: Arc<KeyRing>) -> std::collections::BTreeMap<String, usize> {
    let raw = RawDatabase::open(path).await;
    let mut results = raw.database.query("SELECT * FROM wrapped_key").await.unwrap();
    let rows: Vec<Row> = results.take(0).unwrap();
    raw.close().await;
    let mut counts = std::collections::BTreeMap::new();
    for row in rows {
        let RecordIdKey::String(content) = &row.id.key else { panic!("{:?}", row.id) };
        let owner = KeyOwner {
            file: FileId::from_key(&row.file).unwrap(),
            blob: BlobId::from_key(content).unwrap(),
            size_bytes: row.size_bytes as u64,
        };
        let wrapped = WrappedKey { key_id: KeyId::parse(&row.key_id).unwrap(), sealed: row.sealed.to_vec() };
        wrapped.unwrap_with(&ring, &owner).unwrap();
        *counts.entry(row.key_id).or_default() += 1;
    }
    counts
}
