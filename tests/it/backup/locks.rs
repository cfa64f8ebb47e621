//! Who writes to a folder of backups at the same time, and who may look into it.

use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::{Place, delete, mode};
use crate::harness::documents::docx;
use crate::harness::server::{create_user_in, program};

fn locked(path: &Path) -> File {
    let file = File::options().create(true).truncate(false).write(true).open(path).unwrap();
    file.try_lock().unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn one_backup_is_made_at_a_time() {
    let place = Place::new();
    create_user_in(&place.data_dir(), "olga", "OPS");
    place.backup(&[]).printed();
    let lock = locked(&place.backup_dir().join(".lock"));
    let unfinished = place.backup_dir().join("snapshots/.unfinished-9999");
    std::fs::create_dir(&unfinished).unwrap();
    let complaint = place.backup(&[]).complaint();
    assert!(complaint.contains("another backup is being made there"), "{complaint}");
    assert!(unfinished.exists(), "it is somebody's work");
    assert_eq!(place.snapshots().len(), 2);
    place.backup(&["--deletions-only"]).printed();
    drop(lock);
    place.backup(&[]).printed();
    assert_eq!(place.snapshots().len(), 2);
}

/// Whoever has looked at the database before does not write over the list of whoever looks later.
#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_deletions_is_written_by_one_at_a_time() {
    let place = Place::new();
    create_user_in(&place.data_dir(), "olga", "OPS");
    let server = place.serve();
    let olga = server.sign_in("olga").await;
    let file = olga.upload("deleted.docx", &docx("deleted", &[])).await;
    delete(&olga, &file).await;
    place.backup(&["--deletions-only"]).printed();
    let list = place.backup_dir().join("deletions.jsonl");
    let other = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
    let one = std::fs::read_to_string(&list).unwrap();
    assert_eq!(one.lines().count(), 1);
    let more = olga.upload("more.docx", &docx("more", &[])).await;
    delete(&olga, &more).await;

    for arguments in [&["--deletions-only"][..], &[]] {
        let lock = locked(&place.backup_dir().join(".deletions.lock"));
        let mut waiting = program()
            .arg("backup")
            .arg(place.backup_dir())
            .args(arguments)
            .arg("--data-dir")
            .arg(place.data_dir())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert!(waiting.try_wait().unwrap().is_none(), "{arguments:?}: it does not wait");
        std::fs::write(&list, format!("{one}[\"{other}\",1]\n")).unwrap();
        drop(lock);
        assert!(waiting.wait().unwrap().success());
        let text = std::fs::read_to_string(&list).unwrap();
        assert_eq!(text.lines().count(), 3, "{arguments:?}: {text}");
        assert!(text.contains(other) && one.lines().all(|line| text.contains(line)), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_backup_holds_is_closed_to_others_and_the_folder_it_was_given_stays_as_it_is() {
    let place = Place::new();
    create_user_in(&place.data_dir(), "olga", "OPS");
    let given = place.backup_dir();
    let (snapshots, blobs) = (given.join("snapshots"), given.join("blobs"));
    for (folder, open) in [(&given, 0o755), (&snapshots, 0o755), (&blobs, 0o777)] {
        std::fs::create_dir(folder).unwrap();
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(open)).unwrap();
    }
    place.backup(&["--blobs"]).printed();
    assert_eq!((mode(&given), mode(&snapshots), mode(&blobs)), (0o755, 0o700, 0o700));
    assert_eq!(mode(&given.join("deletions.jsonl")), 0o600);
    assert_eq!(mode(&place.snapshots()[0]), 0o700);
}
