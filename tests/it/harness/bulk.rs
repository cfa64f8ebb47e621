//! Very many files and shares, written behind the store's back: one transaction a file would take an hour.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::id::{BlobId, FileId, ShareId, UserId};
use strongroom::domain::sort_key::SortKeys;
use strongroom::store::share::EVERY_CLIENT;
use surrealdb::Surreal;
use surrealdb::engine::local::Db;
use surrealdb::types::{RecordId, SurrealValue};

use tokio::task::JoinSet;

use super::database::RawDatabase;
use super::rows::moment;

/// Rows a transaction; with their index entries they stay far below the memtable's 32 MiB.
const BATCH: usize = 500;
/// Transactions at once.
const WORKERS: usize = 2;
/// Every so many files are shared with every Client as well.
const COMMON: usize = 100;

/// Names and sizes are spread evenly below this prime.
pub const LARGEST_NUMBER: usize = 1_000_003;

#[derive(SurrealValue)]
struct FileRow {
    id: RecordId,
    name: String,
    kind: String,
    size_bytes: i64,
    sha256: String,
    uploaded_at: i64,
    owner: String,
    blob: String,
    shares: i64,
    revision: i64,
    pieces: i64,
    everything: String,
    newest: String,
    oldest: String,
    by_name: String,
    by_name_reversed: String,
    largest: String,
    smallest: String,
}

#[derive(Clone, SurrealValue)]
struct ShareRow {
    id: RecordId,
    file: String,
    audience: String,
    shared_by: String,
    shared_at: i64,
    expires_at: i64,
    max_downloads: i64,
    downloads: i64,
    last_downloaded_at: i64,
    file_name: String,
    file_uploaded_at: i64,
    newest: String,
    oldest: String,
    by_name: String,
    by_name_reversed: String,
    largest: String,
    smallest: String,
}

/// Writes the files with these numbers: all of one owner, all shared with one Client, some with every Client too.
pub async fn fill(raw: &RawDatabase, owner: UserId, client: UserId, numbers: std::ops::Range<usize>) {
    // In tasks, so that every core takes part.
    let mut writing = JoinSet::new();
    for worker in 0..WORKERS {
        let (database, numbers) = (Arc::clone(&raw.database), numbers.clone());
        writing.spawn(async move {
            for start in numbers.clone().step_by(BATCH).skip(worker).step_by(WORKERS) {
                write(&database, owner, client, start..(start + BATCH).min(numbers.end)).await;
            }
        });
    }
    writing.join_all().await;
    let common = numbers.end.div_ceil(COMMON);
    for (counter, total) in [
        (format!("files:{}", owner.key()), numbers.end),
        (format!("shared:{}", client.key()), numbers.end),
        (format!("shared:{EVERY_CLIENT}"), common),
        (format!("twice:{}", client.key()), common),
    ] {
        let query = raw.database.query("UPSERT $id SET total = $total").bind(("id", RecordId::new("counter", counter)));
        query.bind(("total", total)).await.unwrap().check().unwrap();
    }
}

async fn write(database: &Surreal<Db>, owner: UserId, client: UserId, numbers: std::ops::Range<usize>) {
    let (mut files, mut shares) = (Vec::new(), Vec::new());
    for number in numbers {
        let (file, share) = rows(number, owner, client);
        if number % COMMON == 0 {
            let id = RecordId::new("share", ShareId::generate(&OsRandom).key());
            shares.push(ShareRow { id, audience: EVERY_CLIENT.to_owned(), ..share.clone() });
        }
        files.push(file);
        shares.push(share);
    }
    // As an import: the rows are whole, so there is nothing for the database to fill in or to convert.
    let statements =
        "OPTION IMPORT; BEGIN; INSERT INTO file $files RETURN NONE; INSERT INTO share $shares RETURN NONE; COMMIT;";
    let written = database.query(statements).bind(("files", files)).bind(("shares", shares)).await.unwrap();
    written.check().unwrap();
}

fn rows(number: usize, owner: UserId, client: UserId) -> (FileRow, ShareRow) {
    let (file, share, uploaded_at) = (FileId::generate(&OsRandom), ShareId::generate(&OsRandom), moment(number as u64));
    let (name, size_bytes) = (format!("Report {:06}.docx", scattered(number)), scattered(number) as u64 + 1000);
    let keys = SortKeys::new(file, &name, size_bytes, uploaded_at);
    let share_tie_reversed = HEXLOWER.encode(&share.as_bytes().map(|byte| !byte));
    let share_row = ShareRow {
        id: RecordId::new("share", share.key()),
        file: file.key(),
        audience: client.key(),
        shared_by: owner.key(),
        shared_at: uploaded_at.as_millis(),
        expires_at: 253_402_300_799_999,
        max_downloads: -1,
        downloads: 0,
        last_downloaded_at: 253_402_300_799_999,
        file_name: name.clone(),
        file_uploaded_at: uploaded_at.as_millis(),
        newest: format!("{}{share_tie_reversed}", keys.newest),
        oldest: format!("{}{}", keys.oldest, share.to_hex()),
        by_name: keys.by_name.clone(),
        by_name_reversed: keys.by_name_reversed.clone(),
        largest: keys.largest.clone(),
        smallest: keys.smallest.clone(),
    };
    let file_row = FileRow {
        id: RecordId::new("file", file.key()),
        name,
        kind: "docx".to_owned(),
        size_bytes: size_bytes as i64,
        sha256: HEXLOWER.encode(&[7; 32]),
        uploaded_at: uploaded_at.as_millis(),
        owner: owner.key(),
        blob: BlobId::generate(&OsRandom).key(),
        shares: 1,
        revision: 0,
        pieces: 0,
        everything: String::new(),
        newest: keys.newest,
        oldest: keys.oldest,
        by_name: keys.by_name,
        by_name_reversed: keys.by_name_reversed,
        largest: keys.largest,
        smallest: keys.smallest,
    };
    (file_row, share_row)
}

/// Another order than that of time, in which every number below that prime comes once.
fn scattered(number: usize) -> usize {
    number * 7919 % LARGEST_NUMBER
}
