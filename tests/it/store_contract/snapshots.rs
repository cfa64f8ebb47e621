//! Views of one moment, and databases that are filled from them.

use std::collections::BTreeSet;
use std::sync::Arc;

use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::id::BlobId;
use strongroom::domain::role::Role;
use strongroom::store::{DumpedRow, Error, Snapshot, Store};

use crate::harness::database::TestDatabase;
use crate::harness::rows::{event, known, moment, stored_file};

/// All rows of a table, and how many pages they came in.
async fn all_rows(view: &Snapshot, table: &str) -> (Vec<DumpedRow>, usize) {
    let (mut rows, mut pages) = (Vec::<DumpedRow>::new(), 0);
    loop {
        let page = view.rows_after(table, rows.last().map(|row| row.key.as_str())).await.unwrap();
        if page.is_empty() {
            return (rows, pages);
        }
        pages += 1;
        rows.extend(page);
    }
}

pub async fn a_view_shows_one_moment(database: &TestDatabase) {
    let store = database.open().await;
    let owner = known(&store, Role::Ops).await;
    let mut files = Vec::new();
    for name in ["one.docx", "two.docx", "three.docx"] {
        files.push(stored_file(&store, owner, name).await);
    }
    let view = store.snapshot().await.unwrap();
    store.delete_file(&files[0], &event()).await.unwrap();
    stored_file(&store, owner, "later.docx").await;
    let (rows, _) = all_rows(&view, "file").await;
    let names: BTreeSet<&str> = rows.iter().map(|row| row.text("name").unwrap()).collect();
    assert_eq!(names, ["one.docx", "two.docx", "three.docx"].into());
    for table in ["wrapped_key", "blob"] {
        let (rows, _) = all_rows(&view, table).await;
        let ready = rows.iter().filter(|row| row.text("state").is_none_or(|state| state == "ready"));
        assert_eq!(ready.count(), 3, "{table}");
    }
    assert!(view.row("file", &files[0].id.key()).await.unwrap().is_some());
    assert!(view.row("tombstone", &files[0].blob.key()).await.unwrap().is_none());
    let fresh = store.snapshot().await.unwrap();
    assert!(fresh.row("file", &files[0].id.key()).await.unwrap().is_none());
    drop((view, fresh));
    store.close().await;
}

pub async fn pages_hold_every_row_once(database: &TestDatabase) {
    let store = database.open().await;
    let mut keys = BTreeSet::new();
    for _ in 0..1203 {
        let blob = BlobId::generate(&OsRandom);
        store.stage_blob(blob, moment(60)).await.unwrap();
        keys.insert(blob.key());
    }
    let view = store.snapshot().await.unwrap();
    let (rows, pages) = all_rows(&view, "blob").await;
    assert_eq!((rows.len(), pages), (1203, 3));
    assert!(rows.iter().map(|row| row.key.clone()).eq(keys), "in the order of their keys");
    drop(view);
    store.close().await;
}

pub async fn a_destroyed_key_leaves_a_tombstone(database: &TestDatabase) {
    let store = database.open().await;
    let owner = known(&store, Role::Ops).await;
    let (kept, gone) = (stored_file(&store, owner, "a.docx").await, stored_file(&store, owner, "b.docx").await);
    store.delete_file(&gone, &event()).await.unwrap();
    let view = store.snapshot().await.unwrap();
    let (tombstones, _) = all_rows(&view, "tombstone").await;
    assert_eq!(tombstones.iter().map(|row| row.key.clone()).collect::<Vec<_>>(), [gone.blob.key()]);
    assert!(tombstones[0].number("at").unwrap() > 1_700_000_000_000);
    assert!(store.find_wrapped_key(kept.blob).await.unwrap().is_some());
    drop(view);
    store.close().await;
}

pub async fn a_database_is_filled_when_it_is_empty_and_to_the_end(database: &TestDatabase) {
    // What there is to fill it with.
    let source = TestDatabase::memory().await.open().await;
    let owner = known(&source, Role::Ops).await;
    let file = stored_file(&source, owner, "kept.docx").await;
    let view = source.snapshot().await.unwrap();
    let steps = view.steps().await.unwrap();
    let (files, _) = all_rows(&view, "file").await;
    let open = async || Store::connect_to_refill(&database.options(), Arc::new(OsRandom), &steps).await;

    let half = open().await.unwrap();
    half.refill("file", files.clone()).await.unwrap();
    half.close().await;
    drop(half);
    if database.remembers() {
        let refused = database.try_open().await.err();
        assert!(matches!(&refused, Some(Error::Unusable(reason)) if reason.contains("run it again")), "{refused:?}");
    }
    // Whoever begins again begins with nothing.
    let store = open().await.unwrap();
    store.refill("file", files.clone()).await.unwrap();
    store.migrate_refilled().await.unwrap();
    store.end_refill("ab").await.unwrap();
    assert_eq!(store.find_file(file.id).await.unwrap(), Some(file.clone()));
    assert_eq!(store.find_key_ring_fingerprint().await.unwrap().as_deref(), Some("ab"));
    store.close().await;
    drop(store);
    if database.remembers() {
        let full = open().await.err();
        assert!(matches!(full, Some(Error::Conflict)), "{full:?}");
        let store = database.open().await;
        assert_eq!(store.find_file(file.id).await.unwrap(), Some(file));
        store.close().await;
    }
    let unknown = [("9999_later".to_owned(), "00".to_owned())];
    let refused = Store::connect_to_refill(&TestDatabase::memory().await.options(), Arc::new(OsRandom), &unknown).await;
    assert!(matches!(refused.err(), Some(Error::Unusable(_))));
}
