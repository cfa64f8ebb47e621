//! What comes and goes while a verification runs is no finding; one that is interrupted goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use strongroom::services::verify::{Kind, VerifyOptions};

use super::{delete, names, options, store, verify};
use crate::harness::TestApp;
use crate::harness::documents::docx;
use crate::harness::line::SlowUpload;
use crate::harness::noise::noise;
use crate::harness::tus;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn uploads_and_deletions_meanwhile_are_no_findings() {
    let app = Arc::new(TestApp::builder().on_disk(None).start().await);
    let olga = app.ops("olga").await;
    for number in 0..20 {
        olga.upload(&format!("kept-{number}.docx"), &docx("kept", &noise(40_000))).await;
    }
    let ends = Arc::new(AtomicBool::new(false));
    let mut busy = Vec::new();
    for worker in 0..3 {
        let (olga, ends) = (olga.clone(), Arc::clone(&ends));
        busy.push(tokio::spawn(async move {
            let mut done = 0;
            while !ends.load(Ordering::Relaxed) {
                let file = olga.upload(&format!("passing-{worker}.docx"), &docx("passing", &noise(100_000))).await;
                delete(&olga, &file).await;
                done += 1;
            }
            done
        }));
    }
    let sweeping = {
        let (app, ends) = (Arc::clone(&app), Arc::clone(&ends));
        tokio::spawn(async move {
            while !ends.load(Ordering::Relaxed) {
                app.services.sweep(true).await.unwrap();
            }
        })
    };
    // One that takes longer than everything else.
    let content = docx("slow", &noise(400_000));
    let mut slow = SlowUpload::begin(&olga, "slow.docx", content.len() as u64).await;
    slow.send(&content[..300_000]).await;
    // And one in several requests, with some of them still to come.
    let path = tus::create(&olga, "in-parts.docx", content.len()).await;
    tus::add_well(&olga, &path, 0, &content[..150_000]).await;
    for repair in [false, true].into_iter().cycle().take(12) {
        let report = verify(&app, &VerifyOptions { repair, ..options(&app) }).await;
        assert!(report.findings.is_empty(), "{:?}", report.findings);
        assert!(report.files >= 20);
    }
    ends.store(true, Ordering::Relaxed);
    for worker in busy {
        assert!(worker.await.unwrap() > 0);
    }
    sweeping.await.unwrap();
    slow.send(&content[300_000..]).await;
    let file = slow.finish().await.data()["upload"]["file"].clone();
    let answer = olga.get(&olga.link(&file).await).await;
    assert!(answer.bytes().await.unwrap() == content);
    tus::add_well(&olga, &path, 150_000, &content[150_000..]).await;
    assert!(verify(&app, &options(&app)).await.findings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_where_the_one_before_was() {
    let app = TestApp::builder().on_disk(None).start().await;
    let olga = app.ops("olga").await;
    let mut files = Vec::new();
    for number in 0..7 {
        // Files are looked at in the order of their uploads.
        app.clock.advance_seconds(1);
        files.push(store(&olga, &app.data_dir(), &format!("file-{number}"), 1000).await);
    }
    for number in [1, 5] {
        files[number].change(|bytes| bytes[100] ^= 1);
    }
    let (first, second) = ((Kind::Altered, files[1].id().to_owned()), (Kind::Altered, files[5].id().to_owned()));
    let parts = VerifyOptions { at_most: Some(3), ..options(&app) };
    let begun = verify(&app, &parts).await;
    assert_eq!((begun.finished, begun.files), (false, 3));
    assert_eq!(names(&begun.findings), [first.clone()].into());
    assert!(parts.state_file.exists());

    app.clock.advance_seconds(3600);
    let again = verify(&app, &parts).await;
    assert_eq!((again.finished, again.files, &again.begun_at), (false, 6, &begun.begun_at));
    assert_eq!(names(&again.findings), [first.clone(), second.clone()].into(), "what was found is not forgotten");

    // Put right since, it is no finding any more.
    files[1].change(|bytes| bytes[100] ^= 1);
    let last = verify(&app, &parts).await;
    assert_eq!((last.finished, last.files), (true, 7));
    assert_eq!(names(&last.findings), [second].into());
    assert!(!parts.state_file.exists());

    assert_eq!(verify(&app, &parts).await.files, 3, "and then from the beginning");
    let restarted = verify(&app, &VerifyOptions { restart: true, at_most: None, ..parts }).await;
    assert_eq!((restarted.finished, restarted.files), (true, 7));
}

/// Behind the walk among the files, and gone from the trash before it comes there.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_comes_back_out_of_the_trash_meanwhile_is_not_missed() {
    let app = TestApp::builder().on_disk(None).start().await;
    let olga = app.ops("olga").await;
    let mut files = Vec::new();
    for number in 0..3 {
        app.clock.advance_seconds(1);
        files.push(store(&olga, &app.data_dir(), &format!("file-{number}"), 1000).await);
    }
    let id = serde_json::json!({"id": files[0].file["id"]});
    olga.data("mutation($id: ID!) { deleteFile(id: $id) }", id.clone()).await;
    app.clock.advance_seconds(60);
    let parts = VerifyOptions { at_most: Some(2), ..options(&app) };
    let begun = verify(&app, &parts).await;
    assert_eq!((begun.finished, begun.files), (false, 2));

    app.clock.advance_seconds(60);
    olga.data("mutation($id: ID!) { restoreFile(id: $id) { id } }", id.clone()).await;
    files[0].change(|bytes| bytes[100] ^= 1);
    let ended = verify(&app, &parts).await;
    assert!(ended.finished);
    assert_eq!(names(&ended.findings), [(Kind::Altered, files[0].id().to_owned())].into());

    // There and back again while it runs, it is one finding all the same.
    verify(&app, &parts).await;
    olga.data("mutation($id: ID!) { deleteFile(id: $id) }", id.clone()).await;
    olga.data("mutation($id: ID!) { restoreFile(id: $id) { id } }", id).await;
    let ended = verify(&app, &VerifyOptions { at_most: None, ..parts }).await;
    assert!(ended.finished && ended.files == 3, "{ended:?}");
    assert_eq!(names(&ended.findings), [(Kind::Altered, files[0].id().to_owned())].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_reads_a_part_and_counts_all() {
    let app = TestApp::builder().on_disk(None).start().await;
    let olga = app.ops("olga").await;
    let mut files = Vec::new();
    for number in 0..30 {
        files.push(store(&olga, &app.data_dir(), &format!("file-{number}"), 1000).await);
    }
    let sample = VerifyOptions { sample_percent: 50, ..options(&app) };
    let half = verify(&app, &sample).await;
    let all = verify(&app, &options(&app)).await;
    assert_eq!((half.objects, all.objects), (30, 30));
    assert!(half.bytes > 0 && half.bytes < all.bytes, "{} of {}", half.bytes, all.bytes);
    // That they are there and whole is looked at for all.
    std::fs::remove_file(&files[0].object).unwrap();
    files[1].change(|bytes| bytes.truncate(50));
    let least = VerifyOptions { sample_percent: 1, ..options(&app) };
    let expected = [(Kind::Missing, files[0].id().to_owned()), (Kind::Truncated, files[1].id().to_owned())];
    assert_eq!(names(&verify(&app, &least).await.findings), expected.into());
}
