//! `keys export` and `keys import`.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{PASSPHRASE, content, keys, passphrase_in, ring_in};
use crate::cli::create;
use crate::harness::documents::docx;
use crate::harness::server::Server;

fn copy(data_dir: &Path, command: &str, file: &Path, passphrase: &Path) -> crate::cli::Done {
    let [file, passphrase] = [file, passphrase].map(|path| path.to_str().unwrap());
    keys(data_dir, &[command, file, "--passphrase-file", passphrase])
}

#[tokio::test]
async fn a_lost_ring_comes_back_from_its_copy_and_only_with_the_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let (data_dir, export) = (folder.path().join("data"), folder.path().join("ring.export"));
    create(&data_dir, "olga", "OPS").printed();
    let server = Server::start(&data_dir, |_| {});
    let olga = server.sign_in("olga").await;
    let document = docx("Kept", b"kept");
    let file = olga.upload("kept.docx", &document).await;

    let passphrase = passphrase_in(folder.path(), PASSPHRASE);
    let (printed, remarked) = copy(&data_dir, "export", &export, &passphrase).printed_and_remarked();
    assert!(printed.contains("5 keys") && remarked.contains("NO STORED FILE CAN EVER BE READ AGAIN"), "{remarked}");
    assert_eq!(export.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&export).unwrap();
    let ring_path = data_dir.join("keys");
    let ring = std::fs::read_to_string(&ring_path).unwrap();
    for secret in ring.lines().filter_map(|line| line.strip_prefix("secret = ")) {
        assert!(!text.contains(secret.trim_matches('"')));
    }
    assert!(copy(&data_dir, "export", &export, &passphrase).complaint().contains("exists"), "never over another");
    assert_eq!(std::fs::read_to_string(&export).unwrap(), text);

    server.kill();
    std::fs::remove_file(&ring_path).unwrap();
    assert!(create(&data_dir, "otto", "OPS").complaint().contains("missing"));
    let wrong = folder.path().join("wrong");
    std::fs::write(&wrong, "ten otters juggle lanterns").unwrap();
    let complaint = copy(&data_dir, "import", &export, &wrong).complaint();
    assert!(complaint.contains("passphrase is wrong"), "{complaint}");
    let altered = folder.path().join("altered");
    std::fs::write(&altered, text.replace("iterations = 3", "iterations = 4")).unwrap();
    assert!(copy(&data_dir, "import", &altered, &passphrase).complaint().contains("altered"));
    std::fs::write(&altered, "not a copy").unwrap();
    assert!(copy(&data_dir, "import", &altered, &passphrase).complaint().contains("no copy of a key ring"));
    assert!(!ring_path.exists(), "nothing was written for a wrong passphrase");

    copy(&data_dir, "import", &export, &passphrase).printed();
    assert_eq!(std::fs::read_to_string(&ring_path).unwrap(), ring);
    assert_eq!(ring_path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let server = Server::start(&data_dir, |_| {});
    let olga = server.sign_in("olga").await;
    assert!(content(&olga, &file).await == document);
}

#[test]
fn a_ring_that_is_there_gives_way_only_to_more_of_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (data_dir, other_dir) = (folder.path().join("data"), folder.path().join("other"));
    let passphrase = passphrase_in(folder.path(), PASSPHRASE);
    let [older, newer, foreign] = ["older", "newer", "foreign"].map(|name| folder.path().join(name));
    let ring_path = data_dir.join("keys");
    create(&data_dir, "olga", "OPS").printed();
    create(&other_dir, "olga", "OPS").printed();
    copy(&other_dir, "export", &foreign, &passphrase).printed();
    copy(&data_dir, "export", &older, &passphrase).printed();
    let before = std::fs::read(&ring_path).unwrap();
    keys(&data_dir, &["rotate"]).printed();
    let after = std::fs::read(&ring_path).unwrap();
    assert_ne!(before, after);
    copy(&data_dir, "export", &newer, &passphrase).printed();

    let complaint = copy(&data_dir, "import", &foreign, &passphrase).complaint();
    assert!(complaint.contains("another ring"), "{complaint}");
    let complaint = copy(&data_dir, "import", &older, &passphrase).complaint();
    assert!(complaint.contains("keys that the copy lacks"), "{complaint}");
    copy(&data_dir, "import", &newer, &passphrase).printed();
    assert_eq!(std::fs::read(&ring_path).unwrap(), after, "it stays as it was");

    std::fs::write(&ring_path, &before).unwrap();
    let complaint = create(&data_dir, "otto", "OPS").complaint();
    assert!(
        complaint.contains("lacks the current") && complaint.contains("older than the last rotation"),
        "{complaint}"
    );
    copy(&data_dir, "import", &newer, &passphrase).printed();
    assert_eq!(std::fs::read(&ring_path).unwrap(), after);
    create(&data_dir, "otto", "OPS").printed();
}

#[test]
fn weak_passphrases_make_no_copy() {
    let folder = tempfile::tempdir().unwrap();
    let (data_dir, export) = (folder.path().join("data"), folder.path().join("ring.export"));
    create(&data_dir, "olga", "OPS").printed();
    for (weak, said) in
        [("short", "at least 12 characters"), ("passwordpassword", "easy to guess"), ("", "12 characters")]
    {
        let complaint = copy(&data_dir, "export", &export, &passphrase_in(folder.path(), weak)).complaint();
        assert!(complaint.contains(said), "{weak}: {complaint}");
        assert!(!export.exists());
    }
    let without = keys(&data_dir, &["export", export.to_str().unwrap()]).complaint();
    assert!(without.contains("--passphrase-stdin"), "{without}");
}

/// For a source that the program does not write to.
#[test]
fn a_copy_can_be_had_in_the_clear_for_another_source() {
    let folder = tempfile::tempdir().unwrap();
    let [data_dir, export, ring] = ["data", "ring.export", "ring"].map(|name| folder.path().join(name));
    create(&data_dir, "olga", "OPS").printed();
    let passphrase = passphrase_in(folder.path(), PASSPHRASE);
    copy(&data_dir, "export", &export, &passphrase).printed();
    let arguments = [&export, &passphrase, &ring].map(|path| path.to_str().unwrap());
    let [export, passphrase, printed] = arguments;
    keys(&data_dir, &["import", export, "--passphrase-file", passphrase, "--print-ring", printed]).printed();
    assert!(ring_in(&ring).contains(&ring_in(&data_dir.join("keys"))));
    assert_eq!(ring.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}
