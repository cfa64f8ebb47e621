//! A folder of backups that somebody has written to who has no key ring.

use std::path::{Path, PathBuf};

use super::Place;
use super::refusals::{assert_readable, backed_up};
use crate::harness::app::files_below;
use crate::harness::documents::sha256;
use crate::verify::objects_in;

/// Puts another manifest, with its checksum, above the seal of the former one.
fn forge(snapshot: &Path, change: impl FnOnce(&str) -> String) {
    let path = snapshot.join("manifest.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let changed = change(lines[0]);
    assert_ne!(changed, lines[0]);
    let sum = sha256(changed.as_bytes());
    let rest = lines[2..].join("\n");
    std::fs::write(&path, format!("{changed}\n{sum}\n{rest}\n")).unwrap();
}

/// An Ops user becomes an Admin, and every checksum fits.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_were_altered_are_refused_although_their_checksums_fit() {
    let (place, file, content) = backed_up().await;
    place.lose_everything_but_the_ring();
    let snapshot = place.snapshots().pop().unwrap();
    let manifest = std::fs::read(snapshot.join("manifest.json")).unwrap();
    let users = std::fs::read_to_string(snapshot.join("user.jsonl")).unwrap();
    let altered = users.replace("\"OPS\"", "\"ADMIN\"");
    assert_ne!(altered, users);
    std::fs::write(snapshot.join("user.jsonl"), &altered).unwrap();
    forge(&snapshot, |line| line.replace(&sha256(users.as_bytes()), &sha256(altered.as_bytes())));
    let complaint = place.restore(&[]).complaint();
    assert!(complaint.contains("was altered, or was not made with this key ring"), "{complaint}");
    assert!(!place.data_dir().join("database").exists());

    std::fs::write(snapshot.join("user.jsonl"), users).unwrap();
    std::fs::write(snapshot.join("manifest.json"), manifest).unwrap();
    place.restore(&[]).printed();
    assert_readable(&place, &file, &content).await;
}

fn object_in_backup(place: &Place) -> PathBuf {
    files_below(&place.backup_dir().join("blobs")).pop().unwrap()
}

/// An object is a file of the backup, and no link to something else on this machine.
#[tokio::test(flavor = "multi_thread")]
async fn links_among_the_objects_lead_nowhere() {
    let (place, _, _) = backed_up().await;
    place.lose_everything_but_the_ring();
    let (object, elsewhere) = (object_in_backup(&place), place.folder.path().join("elsewhere"));
    std::fs::rename(&object, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &object).unwrap();
    let complaint = place.restore(&[]).complaint();
    assert!(complaint.contains("1 objects are missing"), "{complaint}");
    assert!(objects_in(&place.data_dir()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_writes_through_no_link() {
    let (place, file, content) = backed_up().await;
    let (object, elsewhere) = (object_in_backup(&place), place.folder.path().join("elsewhere"));
    std::fs::remove_file(&object).unwrap();
    std::fs::write(&elsewhere, "precious").unwrap();
    std::os::unix::fs::symlink(&elsewhere, object.with_extension("unfinished")).unwrap();
    assert!(place.backup(&["--blobs"]).printed().contains("1 objects copied"));
    assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "precious");
    place.lose_everything_but_the_ring();
    place.restore(&[]).printed();
    assert_readable(&place, &file, &content).await;
}

/// The storage was not lost, and holds something else by the name of an object.
#[tokio::test(flavor = "multi_thread")]
async fn what_lies_in_the_place_of_an_object_is_deleted_by_nobody() {
    let (place, file, content) = backed_up().await;
    let object = objects_in(&place.data_dir()).pop_first().unwrap();
    std::fs::remove_dir_all(place.data_dir().join("database")).unwrap();
    std::fs::write(&object, "something else").unwrap();
    let (backed_up, aside) = (object_in_backup(&place), place.folder.path().join("aside"));
    std::fs::rename(&backed_up, &aside).unwrap();
    let complaint = place.restore(&[]).complaint();
    assert!(complaint.contains("1 objects are missing"), "{complaint}");
    assert_eq!(std::fs::read_to_string(&object).unwrap(), "something else", "there is nothing to put in its place");

    std::fs::rename(&aside, &backed_up).unwrap();
    std::fs::remove_dir_all(place.data_dir().join("database")).unwrap();
    place.restore(&[]).printed();
    assert_readable(&place, &file, &content).await;
    let kept = files_below(&place.data_dir().join("objects/quarantine"));
    assert_eq!(kept.len(), 1);
    assert_eq!(std::fs::read_to_string(&kept[0]).unwrap(), "something else");
}
