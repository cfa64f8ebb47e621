use super::*;

fn blob(byte: u8) -> BlobId {
    BlobId::from_bytes([byte; 16])
}

async fn all(blobs: &Blobs) -> Vec<BlobId> {
    let (mut found, mut list) = (Vec::new(), blobs.list().await.unwrap());
    while let Some(batch) = list.next_batch().await.unwrap() {
        found.extend(batch);
    }
    found
}

async fn story(blobs: Blobs) {
    let mut writer = blobs.create(blob(1)).await.unwrap();
    for byte in 0..40_u8 {
        writer.write(vec![byte; 10_000].into()).await.unwrap();
    }
    writer.finish().await.unwrap();
    assert_eq!(blobs.read(blob(1), 0..5).await.unwrap(), [0; 5]);
    assert_eq!(blobs.read(blob(1), 399_990..400_000).await.unwrap(), [39; 10]);
    assert_eq!(blobs.read(blob(1), 9_999..10_001).await.unwrap(), [0, 1]);
    assert_eq!(blobs.size_bytes(blob(1)).await.unwrap(), 400_000);
    assert!(matches!(blobs.read(blob(2), 0..1).await, Err(Error::Missing(_))));
    assert!(matches!(blobs.size_bytes(blob(2)).await, Err(Error::Missing(_))));
    assert!(blobs.read(blob(1), 399_990..400_010).await.is_err(), "an object that ends too soon is an error");
    assert_eq!(all(&blobs).await, [blob(1)]);
    blobs.delete(blob(1)).await.unwrap();
    blobs.delete(blob(1)).await.unwrap();
    assert!(all(&blobs).await.is_empty());
    blobs.ping().await.unwrap();
}

#[tokio::test]
async fn memory_keeps_the_contract() {
    story(Blobs::open(&Options::Memory).await.unwrap()).await;
}

#[tokio::test]
async fn local_disk_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("objects");
    story(Blobs::open(&Options::Fs { root }).await.unwrap()).await;
}

#[tokio::test]
async fn unfinished_objects_are_listed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(&Options::Fs { root: folder.path().to_path_buf() }).await.unwrap();
    let mut writer = blobs.create(blob(3)).await.unwrap();
    writer.write(vec![7; LARGE].into()).await.unwrap();
    assert!(matches!(blobs.read(blob(3), 0..1).await, Err(Error::Missing(_))), "not visible before its end");
    assert_eq!(all(&blobs).await, [blob(3)]);
    blobs.delete(blob(3)).await.unwrap();
    assert!(all(&blobs).await.is_empty());
    std::mem::forget(writer);
}

#[tokio::test]
async fn a_dropped_writer_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(&Options::Fs { root: folder.path().to_path_buf() }).await.unwrap();
    let mut writer = blobs.create(blob(4)).await.unwrap();
    writer.write(vec![7; LARGE].into()).await.unwrap();
    drop(writer);
    for _ in 0..1000 {
        if all(&blobs).await.is_empty() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the aborted object is still there");
}

async fn places(blobs: &Blobs) -> Vec<(String, Option<BlobId>)> {
    let (mut found, mut survey) = (Vec::new(), blobs.survey().await.unwrap());
    while let Some(batch) = survey.next_batch().await.unwrap() {
        found.extend(batch.into_iter().map(|found| (found.place, found.blob)));
    }
    found.sort();
    found
}

/// What is set aside is found by nobody, and is not lost.
async fn aside(blobs: Blobs) {
    for number in [5, 6] {
        let mut writer = blobs.create(blob(number)).await.unwrap();
        writer.write(vec![number; LARGE].into()).await.unwrap();
        writer.finish().await.unwrap();
    }
    let place = blobs.place_of(blob(5));
    assert!(place.ends_with(&blob(5).to_hex()));
    assert_eq!(places(&blobs).await, [(place.clone(), Some(blob(5))), (blobs.place_of(blob(6)), Some(blob(6)))]);
    assert!(!blobs.is_set_aside(blob(5)).await.unwrap());
    let set_aside = blobs.set_aside(&place).await.unwrap().unwrap();
    assert_eq!(set_aside, format!("quarantine/{place}"));
    assert!(blobs.is_set_aside(blob(5)).await.unwrap() && !blobs.is_set_aside(blob(6)).await.unwrap());
    assert!(matches!(blobs.size_bytes(blob(5)).await, Err(Error::Missing(_))));
    assert_eq!(blobs.set_aside(&place).await.unwrap(), None, "it is gone");
    assert_eq!((places(&blobs).await.len(), all(&blobs).await), (1, vec![blob(6)]));
    let mut writer = blobs.create(blob(5)).await.unwrap();
    writer.write(b"another"[..].into()).await.unwrap();
    writer.finish().await.unwrap();
    assert_eq!(blobs.set_aside(&place).await.unwrap().unwrap(), format!("quarantine/{place}.2"));
    let Some(local) = &blobs.local else {
        let kept = blobs.operator.read(&set_aside).await.unwrap();
        assert!(kept.to_vec() == vec![5; LARGE]);
        return;
    };
    assert!(local.is_there(&set_aside).await.unwrap());
}

#[tokio::test]
async fn what_is_set_aside_in_memory_is_not_lost() {
    aside(Blobs::open(&Options::Memory).await.unwrap()).await;
}

#[tokio::test]
async fn what_is_set_aside_on_local_disk_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    aside(Blobs::open(&Options::Fs { root: folder.path().join("objects") }).await.unwrap()).await;
}

/// More than one part, so that a local disk has some of it before the end.
const LARGE: usize = 5 << 19;
