//! A ring that comes from the environment, or from a command.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use data_encoding::BASE64;

use super::{content, ring_in};
use crate::cli::{Done, run};
use crate::harness::documents::docx;
use crate::harness::server::{Server, create_user_with};

const INVITE: [&str; 3] = ["invite", "--role", "OPS"];

/// A fresh ring as text.
fn generate(folder: &Path, name: &str) -> String {
    let path = folder.join(name);
    run(&["keys", "generate", path.to_str().unwrap()], |_| {}).printed();
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let again = run(&["keys", "generate", path.to_str().unwrap()], |_| {});
    assert!(again.complaint().contains("exists"), "never over another");
    std::fs::read_to_string(path).unwrap()
}

fn from_environment(command: &mut Command, ring: &str) {
    command.env("STRONGROOM__KEYS__SOURCE", "env").env("STRONGROOM_KEY_RING", ring);
}

fn from_command(command: &mut Command, words: &str) {
    command.env("STRONGROOM__KEYS__SOURCE", "command").env("STRONGROOM__KEYS__COMMAND", words);
}

fn invite(data_dir: &Path, configure: impl FnOnce(&mut Command)) -> Done {
    run(&INVITE, |command| {
        configure(command.arg("--data-dir").arg(data_dir));
    })
}

#[tokio::test]
async fn a_ring_in_the_environment_is_used_and_never_shown_made_or_written() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let (ring, other) = (generate(folder.path(), "ring"), generate(folder.path(), "other"));
    let complaint = invite(&data_dir, |command| from_environment(command, "")).complaint();
    assert!(complaint.contains("STRONGROOM_KEY_RING") && complaint.contains("keys generate"), "{complaint}");

    let server = Server::start(&data_dir, |command| from_environment(command, &ring));
    create_user_with(&data_dir, "olga", "OPS", |command| from_environment(command, &ring));
    let olga = server.sign_in("olga").await;
    let document = docx("From the environment", b"x");
    let file = olga.upload("environment.docx", &document).await;
    assert!(!data_dir.join("keys").exists());
    let secrets: Vec<&str> = ring.lines().filter_map(|line| line.strip_prefix("secret = ")).collect();
    assert_eq!(secrets.len(), 5);
    let shown = run(&["config", "show"], |command| from_environment(command, &ring)).printed();
    for text in [server.log(), server.printed(), shown] {
        assert!(secrets.iter().all(|secret| !text.contains(secret.trim_matches('"'))));
    }
    server.kill();

    let lost = invite(&data_dir, |command| from_environment(command, "")).complaint();
    assert!(lost.contains("missing") && lost.contains("STRONGROOM_KEY_RING"), "{lost}");
    let foreign = invite(&data_dir, |command| from_environment(command, &other)).complaint();
    assert!(foreign.contains("not the one this database belongs to"), "{foreign}");
    let damaged = invite(&data_dir, |command| from_environment(command, &ring[..ring.len() / 2])).complaint();
    assert!(damaged.contains("cannot be used") && damaged.contains("STRONGROOM_KEY_RING"), "{damaged}");
    // A file of the same name is another source.
    invite(&data_dir, |_| {}).complaint();

    // The same ring in one line, and from a command.
    let one_line = BASE64.encode(ring.as_bytes());
    invite(&data_dir, |command| from_environment(command, &one_line)).printed();
    let words = format!(r#"["/bin/cat", "{}"]"#, folder.path().join("ring").display());
    let server = Server::start(&data_dir, |command| from_command(command, &words));
    assert!(content(&server.sign_in("olga").await, &file).await == document);
}

#[test]
fn a_command_that_does_not_print_the_ring_is_named_and_what_it_complains_of_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    generate(folder.path(), "ring");
    for (script, said) in [
        ("exit 1", "failed"),
        ("echo top-secret >&2; exit 7", "exit status: 7"),
        ("echo top-secret", "cannot be used"),
        ("true", "keys generate"),
    ] {
        let words = format!(r#"["/bin/sh", "-c", "{script}"]"#);
        let complaint = invite(&data_dir, |command| from_command(command, &words)).complaint();
        assert!(complaint.contains("/bin/sh") && complaint.contains(said), "{script}: {complaint}");
        assert!(!complaint.contains("top-secret"), "{complaint}");
    }
    let words = format!(r#"["/bin/cat", "{}"]"#, folder.path().join("ring").display());
    invite(&data_dir, |command| from_command(command, &words)).printed();
    // The ring of another source does not reach it.
    let words = format!(
        r#"["/bin/sh", "-c", "test -z \"$STRONGROOM_KEY_RING\" && cat {}"]"#,
        folder.path().join("ring").display()
    );
    invite(&data_dir, |command| {
        from_command(command, &words);
        command.env("STRONGROOM_KEY_RING", "leftover");
    })
    .printed();
}

/// The new ring is made in a file, put in place by the operator, and the rotation goes on at the next start.
#[tokio::test]
async fn a_ring_in_the_environment_is_rotated_by_way_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (data_dir, new) = (folder.path().join("data"), folder.path().join("new"));
    let ring = generate(folder.path(), "ring");
    let server = Server::start(&data_dir, |command| from_environment(command, &ring));
    create_user_with(&data_dir, "olga", "OPS", |command| from_environment(command, &ring));
    let document = docx("Before", b"before");
    let file = server.sign_in("olga").await.upload("before.docx", &document).await;
    let rotate = |arguments: &[&str], ring: &str| {
        run(&[&["keys", "rotate"], arguments].concat(), |command| {
            from_environment(command.arg("--data-dir").arg(&data_dir), ring);
        })
    };
    let complaint = rotate(&[], &ring).complaint();
    assert!(complaint.contains("--print-ring"), "{complaint}");
    let (printed, remarked) = rotate(&["--print-ring", new.to_str().unwrap()], &ring).printed_and_remarked();
    let new_ring = std::fs::read_to_string(&new).unwrap();
    let secrets = new_ring.lines().filter_map(|line| line.strip_prefix("secret = "));
    assert!(secrets.into_iter().all(|secret| !printed.contains(secret) && !remarked.contains(secret)));
    assert!(remarked.contains("restart the instances"), "{remarked}");
    // The running server cannot have it, and nothing waits for ever.
    let (_, remarked) = rotate(&[], &ring).printed_and_remarked();
    assert!(remarked.contains("cannot see another environment"), "{remarked}");
    assert!(content(&server.sign_in("olga").await, &file).await == document);
    server.kill();

    let server = Server::start(&data_dir, |command| from_environment(command, &new_ring));
    rotate(&[], &new_ring);
    let olga = server.sign_in("olga").await;
    assert!(content(&olga, &file).await == document);
    let listed = || {
        run(&["keys", "list", "--json"], |command| {
            from_environment(command.arg("--data-dir").arg(&data_dir), &new_ring);
        })
        .printed()
    };
    let report = || serde_json::from_str::<serde_json::Value>(&listed()).unwrap();
    for _ in 0..500 {
        if report()["rotation"]["phase"] == "done" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(report()["rotation"]["phase"], "done");
    assert_eq!(ring_in(&new).all_keys().count(), 10);
    server.kill();
    let lacking = invite(&data_dir, |command| from_environment(command, &ring)).complaint();
    assert!(lacking.contains("lacks the current"), "{lacking}");
}
