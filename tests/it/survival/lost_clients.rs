//! Clients that go away while the server works for them.

use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::dice::Dice;
use super::ledger::{Ledger, objects_in, wait_until_swept};
use super::traffic::Upload;
use crate::harness::TestApp;
use crate::harness::documents::docx;

const UPLOADS: usize = 80;

/// The commit goes on when nobody waits for its answer any more, and what it stores must not be given back then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_whose_client_goes_away_is_whole_or_absent() {
    let mut dice = Dice::throw();
    let app = TestApp::builder().on_disk(None).start().await;
    let client = app.ops("olga").await;
    let upload = |index: usize| Upload {
        files: vec![(format!("lost{index}.docx"), docx("lost", &vec![7; 2000 + index]))],
        pause: Duration::ZERO,
    };
    let mut ledger = Ledger::default();
    let mut patience = Duration::from_millis(20);
    for index in 0..UPLOADS {
        let upload = upload(index);
        // Around the end of an upload, where its commit is, however fast this machine is at the moment.
        let jitter = 60 + u32::try_from(dice.below(60)).unwrap();
        let answer = timeout(patience * jitter / 100, upload.send(&client)).await.ok().flatten();
        patience = patience * if answer.is_some() { 90 } else { 110 } / 100;
        ledger.sent.push(upload.sent(answer.is_some()));
    }
    let (sent, answered) = (ledger.sent.len(), ledger.answered());
    // What is given back, is given back behind the answers.
    let begun = Instant::now();
    let mut files = ledger.check(&client).await;
    while objects_in(&app.data_dir().join("objects")) != (files, 0) && begun.elapsed() < Duration::from_secs(5) {
        tokio::time::sleep(Duration::from_millis(20)).await;
        files = ledger.check(&client).await;
    }
    println!("{answered} of {sent} uploads were answered; {files} files are there");
    assert!(answered < sent && files > answered, "no client went away during a commit");
    app.services.sweep(true).await.unwrap();
    wait_until_swept(&app.data_dir().join("objects"), files).await;
}
