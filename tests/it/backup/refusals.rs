//! What is not brought back, and where.

use std::path::Path;

use super::{Place, content_of};
use crate::harness::documents::docx;
use crate::harness::noise::noise;
use crate::harness::server::create_user_in;
use crate::verify::objects_in;

pub async fn backed_up() -> (Place, serde_json::Value, Vec<u8>) {
    let place = Place::new();
    create_user_in(&place.data_dir(), "olga", "OPS");
    let server = place.serve();
    let olga = server.sign_in("olga").await;
    let content = docx("content", &noise(100_000));
    let file = olga.upload("file.docx", &content).await;
    place.backup(&["--blobs"]).printed();
    server.kill();
    (place, file, content)
}

pub async fn assert_readable(place: &Place, file: &serde_json::Value, content: &[u8]) {
    let server = place.serve();
    let olga = server.sign_in("olga").await;
    assert_eq!(content_of(&olga, file).await, content);
    server.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_backup_is_refused_and_changes_nothing() {
    let (place, file, content) = backed_up().await;
    place.lose_everything_but_the_ring();
    let snapshot = place.snapshots().pop().unwrap();
    let change = |path: &Path, change: &dyn Fn(&mut Vec<u8>)| {
        let genuine = std::fs::read(path).unwrap();
        let mut bytes = genuine.clone();
        change(&mut bytes);
        std::fs::write(path, bytes).unwrap();
        let complaint = place.restore(&[]).complaint();
        assert!(complaint.contains("torn"), "{}: {complaint}", path.display());
        assert!(!place.data_dir().join("database").exists(), "{}: {complaint}", path.display());
        std::fs::write(path, genuine).unwrap();
    };
    for name in ["manifest.json", "file.jsonl", "user.jsonl", "event.jsonl", "objects.list"] {
        change(&snapshot.join(name), &|bytes| bytes.truncate(bytes.len() - 5));
        change(&snapshot.join(name), &|bytes| bytes[20] ^= 1);
    }
    change(&snapshot.join("file.jsonl"), &|bytes| bytes.clear());
    std::fs::rename(snapshot.join("share.jsonl"), snapshot.join("aside")).unwrap();
    assert!(place.restore(&[]).complaint().contains("share.jsonl"));
    std::fs::rename(snapshot.join("aside"), snapshot.join("share.jsonl")).unwrap();

    // One that was never finished has another name, and the next backup takes it away.
    let unfinished = place.backup_dir().join("snapshots/.unfinished-9999");
    std::fs::create_dir(&unfinished).unwrap();
    place.restore(&[]).printed();
    assert_readable(&place, &file, &content).await;
    place.backup(&[]).printed();
    assert!(!unfinished.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_empty_installation_with_the_right_ring_is_filled() {
    let (place, file, content) = backed_up().await;
    let complaint = place.restore(&[]).complaint();
    assert!(complaint.contains("not empty"), "{complaint}");
    assert_readable(&place, &file, &content).await;

    let ring = std::fs::read(place.data_dir().join("keys")).unwrap();
    std::fs::remove_dir_all(place.data_dir()).unwrap();
    std::fs::create_dir(place.data_dir()).unwrap();
    let complaint = place.restore(&[]).complaint();
    assert!(complaint.contains("key ring") && complaint.contains("missing"), "{complaint}");
    let other = Place::new();
    create_user_in(&other.data_dir(), "otto", "OPS");
    place.put_ring(&std::fs::read(other.data_dir().join("keys")).unwrap());
    let complaint = place.restore(&[]).complaint();
    assert!(complaint.contains("not the one that this backup belongs to"), "{complaint}");
    place.put_ring(&ring);
    let server = place.serve();
    assert!(place.restore(&[]).complaint().contains("a server runs"));
    server.kill();
    assert!(place.restore(&[]).complaint().contains("not empty"), "it was started once");
    std::fs::remove_dir_all(place.data_dir().join("database")).unwrap();
    let no_folder = place.folder.path().join("none");
    assert!(!place.run(&["restore", no_folder.to_str().unwrap()]).success);
    place.restore(&[]).printed();
    assert_readable(&place, &file, &content).await;
}

/// The database was lost, and the storage was not.
#[tokio::test(flavor = "multi_thread")]
async fn objects_that_are_there_are_kept_and_newer_ones_are_not_lost_unasked() {
    let (place, file, content) = backed_up().await;
    let server = place.serve();
    let olga = server.sign_in("olga").await;
    olga.upload("newer.docx", &docx("newer", &noise(1000))).await;
    server.kill();
    std::fs::remove_dir_all(place.backup_dir().join("blobs")).unwrap();
    std::fs::create_dir(place.backup_dir().join("blobs")).unwrap();
    std::fs::remove_dir_all(place.data_dir().join("database")).unwrap();
    let complaint = place.restore(&[]).complaint();
    assert!(complaint.contains("1 objects that this backup does not know"), "{complaint}");
    assert_eq!(objects_in(&place.data_dir()).len(), 2);
    let printed = place.restore(&["--lose-newer-objects"]).printed();
    assert!(printed.contains("1 objects that the backup does not know will be removed"), "{printed}");
    assert_readable(&place, &file, &content).await;
}
