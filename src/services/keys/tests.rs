use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::crypto::os_random::OsRandom;

fn now() -> Timestamp {
    Timestamp::from_millis(1_795_253_400_000)
}

async fn store() -> Store {
    let options = store::Options {
        url: "mem://".to_owned(),
        namespace: "n".to_owned(),
        database: "d".to_owned(),
        credentials: None,
        query_timeout: std::time::Duration::from_secs(10),
        block_cache_bytes: 1 << 20,
        memtable_bytes: 8 << 20,
    };
    Store::connect(&options, std::sync::Arc::new(OsRandom)).await.unwrap()
}

async fn no_objects() -> Blobs {
    Blobs::open(&blobs::Options::Memory).await.unwrap()
}

#[tokio::test]
async fn objects_of_another_database_are_left_alone() {
    let (folder, store, blobs) = (tempfile::tempdir().unwrap(), store().await, no_objects().await);
    let path = folder.path().join("keys");
    let mut writer = blobs.create(crate::domain::id::BlobId::from_bytes([1; 16])).await.unwrap();
    writer.write(b"sealed").await.unwrap();
    writer.finish().await.unwrap();
    let refused = load_or_create(&path, &store, &blobs, &OsRandom, now()).await;
    assert!(matches!(refused, Err(Error::ForeignObjects)));
    assert!(!path.exists());
    assert_eq!(store.find_key_ring_fingerprint().await.unwrap(), None, "it is bound to nothing yet");
}

#[tokio::test]
async fn the_ring_is_made_once_private_and_found_again() {
    let (folder, store) = (tempfile::tempdir().unwrap(), store().await);
    let path = folder.path().join("data/keys");
    let made = load_or_create(&path, &store, &no_objects().await, &OsRandom, now()).await.unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    let found = load_or_create(&path, &store, &no_objects().await, &OsRandom, now()).await.unwrap();
    assert_eq!(made.fingerprint(), found.fingerprint());
    assert_eq!(std::fs::read_dir(folder.path().join("data")).unwrap().count(), 1, "nothing unfinished stays");
}

#[tokio::test]
async fn a_ring_that_others_can_read_is_refused() {
    let (folder, store) = (tempfile::tempdir().unwrap(), store().await);
    let path = folder.path().join("keys");
    load_or_create(&path, &store, &no_objects().await, &OsRandom, now()).await.unwrap();
    for mode in [0o640, 0o604, 0o644, 0o660] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let refused = load_or_create(&path, &store, &no_objects().await, &OsRandom, now()).await;
        assert!(matches!(refused, Err(Error::ReadableByOthers { .. })), "{mode:o}");
    }
}

#[tokio::test]
async fn a_lost_ring_is_never_replaced() {
    let (folder, store) = (tempfile::tempdir().unwrap(), store().await);
    let path = folder.path().join("keys");
    load_or_create(&path, &store, &no_objects().await, &OsRandom, now()).await.unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(
        load_or_create(&path, &store, &no_objects().await, &OsRandom, now()).await,
        Err(Error::Lost { .. })
    ));
    assert!(!path.exists());
}

#[tokio::test]
async fn a_foreign_ring_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let store_of_first = store().await;
    load_or_create(&first, &store_of_first, &no_objects().await, &OsRandom, now()).await.unwrap();
    load_or_create(&second, &store().await, &no_objects().await, &OsRandom, now()).await.unwrap();
    let refused = load_or_create(&second, &store_of_first, &no_objects().await, &OsRandom, now()).await;
    assert!(matches!(refused, Err(Error::Foreign { .. })));
}

#[tokio::test]
async fn an_empty_or_damaged_ring_is_refused() {
    let (folder, store) = (tempfile::tempdir().unwrap(), store().await);
    let path = folder.path().join("keys");
    for text in ["", "version = 1\n", "not a ring"] {
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(
            matches!(
                load_or_create(&path, &store, &no_objects().await, &OsRandom, now()).await,
                Err(Error::Ring { .. })
            ),
            "{text:?}"
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}
