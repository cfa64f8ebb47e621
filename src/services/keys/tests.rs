use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use super::*;
use crate::blobs;
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

async fn load(path: &Path, store: &Store, blobs: &Blobs) -> Result<KeyRing, Error> {
    load_or_create(&KeySource::File(path.to_path_buf()), store, blobs, &OsRandom, now()).await
}

async fn no_objects() -> Blobs {
    Blobs::open(&blobs::Options::Memory).await.unwrap()
}

#[tokio::test]
async fn objects_of_another_database_are_left_alone() {
    let (folder, store, blobs) = (tempfile::tempdir().unwrap(), store().await, no_objects().await);
    let path = folder.path().join("keys");
    let mut writer = blobs.create(crate::domain::id::BlobId::from_bytes([1; 16])).await.unwrap();
    writer.write(b"sealed"[..].into()).await.unwrap();
    writer.finish().await.unwrap();
    let refused = load(&path, &store, &blobs).await;
    assert!(matches!(refused, Err(Error::ForeignObjects)));
    assert!(!path.exists());
    assert_eq!(store.find_key_ring_fingerprint().await.unwrap(), None, "it is bound to nothing yet");
}

#[tokio::test]
async fn the_ring_is_made_once_private_and_found_again() {
    let (folder, store) = (tempfile::tempdir().unwrap(), store().await);
    let path = folder.path().join("data/keys");
    let made = load(&path, &store, &no_objects().await).await.unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    let found = load(&path, &store, &no_objects().await).await.unwrap();
    assert_eq!(made.fingerprint(), found.fingerprint());
    assert_eq!(std::fs::read_dir(folder.path().join("data")).unwrap().count(), 1, "nothing unfinished stays");
}

#[tokio::test]
async fn a_ring_that_others_can_read_is_refused() {
    let (folder, store) = (tempfile::tempdir().unwrap(), store().await);
    let path = folder.path().join("keys");
    load(&path, &store, &no_objects().await).await.unwrap();
    for mode in [0o640, 0o604, 0o644, 0o660] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let refused = load(&path, &store, &no_objects().await).await;
        assert!(matches!(refused, Err(Error::ReadableByOthers { .. })), "{mode:o}");
    }
}

#[tokio::test]
async fn a_lost_ring_is_never_replaced() {
    let (folder, store) = (tempfile::tempdir().unwrap(), store().await);
    let path = folder.path().join("keys");
    load(&path, &store, &no_objects().await).await.unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(load(&path, &store, &no_objects().await).await, Err(Error::Lost { .. })));
    assert!(!path.exists());
}

#[tokio::test]
async fn a_foreign_ring_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let store_of_first = store().await;
    load(&first, &store_of_first, &no_objects().await).await.unwrap();
    load(&second, &store().await, &no_objects().await).await.unwrap();
    let refused = load(&second, &store_of_first, &no_objects().await).await;
    assert!(matches!(refused, Err(Error::Foreign { .. })));
}

#[tokio::test]
async fn an_empty_or_damaged_ring_is_refused() {
    let (folder, store) = (tempfile::tempdir().unwrap(), store().await);
    let path = folder.path().join("keys");
    for text in ["", "version = 1\n", "not a ring"] {
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(load(&path, &store, &no_objects().await).await, Err(Error::Ring { .. })), "{text:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

/// The text of a ring file, changed.
fn edit(path: &Path, change: impl FnOnce(String) -> String) {
    std::fs::write(path, change(std::fs::read_to_string(path).unwrap())).unwrap();
}

#[tokio::test]
async fn an_altered_key_is_refused_and_so_is_a_ring_that_lacks_one() {
    let (folder, store) = (tempfile::tempdir().unwrap(), store().await);
    let path = folder.path().join("keys");
    let ring = load(&path, &store, &no_objects().await).await.unwrap();
    let genuine = std::fs::read_to_string(&path).unwrap();
    let secret = genuine.lines().find(|line| line.starts_with("secret")).unwrap().to_owned();
    let digit = if secret.ends_with("0\"") { "1\"" } else { "0\"" };
    let altered = format!("{}{digit}", &secret[..secret.len() - 2]);
    edit(&path, |text| text.replacen(&secret, &altered, 1));
    let refused = load(&path, &store, &no_objects().await).await;
    assert!(matches!(&refused, Err(Error::AlteredKey { purpose, .. }) if purpose == "wrapping"), "{refused:?}");

    let id = ring.current(Purpose::Wrapping).id().to_string();
    edit(&path, |_| genuine.replacen(&id, "0123456789abcdef", 1));
    let refused = load(&path, &store, &no_objects().await).await;
    assert!(matches!(&refused, Err(Error::LacksKey { key, state: "current", .. }) if *key == id), "{refused:?}");
    edit(&path, |_| genuine);
    load(&path, &store, &no_objects().await).await.unwrap();
}

/// Which key is the current one, the database says, and not the order of the text.
#[tokio::test]
async fn keys_that_the_database_does_not_know_are_not_used() {
    let (folder, store) = (tempfile::tempdir().unwrap(), store().await);
    let path = folder.path().join("keys");
    let before = load(&path, &store, &no_objects().await).await.unwrap();
    let mut more = before.clone();
    let stranger = more.add(Purpose::Link, &OsRandom, now()).unwrap();
    ring_file::change(&path, |_| Ok(Some(more))).unwrap();
    let after = load(&path, &store, &no_objects().await).await.unwrap();
    assert_eq!(after.current(Purpose::Link).id(), before.current(Purpose::Link).id());
    assert!(!after.holds(Purpose::Link, stranger));
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing unfinished and no former ring stays");
}

#[tokio::test]
async fn a_source_that_is_not_written_to_has_no_ring_made_for_it() {
    let store = store().await;
    let nothing = KeySource::Command(vec!["/bin/true".to_owned()]);
    let refused = load_or_create(&nothing, &store, &no_objects().await, &OsRandom, now()).await;
    assert!(matches!(refused, Err(Error::Missing { .. })), "{refused:?}");
    assert_eq!(store.find_key_ring_fingerprint().await.unwrap(), None);
}

/// Two who change the file at once do it one after the other.
#[test]
fn no_change_of_the_file_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    ring_file::create(&path, &KeyRing::generate(&OsRandom, now()).unwrap()).unwrap();
    assert!(ring_file::create(&path, &KeyRing::generate(&OsRandom, now()).unwrap()).is_err(), "never over another");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    let add = |ring: &KeyRing| {
                        let mut ring = ring.clone();
                        ring.add(Purpose::Cursor, &OsRandom, now()).unwrap();
                        Ok(Some(ring))
                    };
                    ring_file::change(&path, add).unwrap();
                }
            });
        }
    });
    assert_eq!(ring_file::read(&path).unwrap().unwrap().keys(Purpose::Cursor).count(), 21);
}
