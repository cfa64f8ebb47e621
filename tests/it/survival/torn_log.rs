//! A kill in the middle of a write to the database's log.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use tempfile::tempdir;

use super::ledger::listed;
use crate::harness::documents::docx;
use crate::harness::server::Server;

/// The last record of the log loses its end, as when the process is killed while it writes it.
fn tear_last_record(database: &Path) {
    let logs = std::fs::read_dir(database.join("wal")).unwrap().map(|entry| entry.unwrap().path());
    let last: PathBuf = logs.filter(|path| path.extension().is_some_and(|extension| extension == "wal")).max().unwrap();
    let log = OpenOptions::new().write(true).open(last).unwrap();
    let len = log.metadata().unwrap().len();
    assert!(len > 1000, "there is something to tear");
    log.set_len(len - 5).unwrap();
}

/// The engine reads up to a torn record and would then append behind it, where the start after the next does not look.
#[tokio::test]
async fn what_is_answered_behind_a_torn_record_survives_the_next_kill() {
    let folder = tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let server = Server::start(&data_dir, |_| {});
    server.create_user("olga", "OPS");
    server.sign_in("olga").await.upload("first.docx", &docx("first", &[1; 1000])).await;
    // What is torn is this sign-in, which nobody misses.
    server.sign_in("olga").await;
    server.kill();
    tear_last_record(&data_dir.join("database"));

    let server = Server::start(&data_dir, |_| {});
    server.sign_in("olga").await.upload("second.docx", &docx("second", &[2; 1000])).await;
    server.kill();

    let server = Server::start(&data_dir, |_| {});
    let files = listed(&server.sign_in("olga").await).await;
    assert!(files.keys().eq(["first.docx", "second.docx"]), "{files:?}");
}
