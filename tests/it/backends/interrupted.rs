//! Multipart uploads whose process has died: the server keeps and bills them until somebody gives them up.

use std::time::{Duration, Instant};

use serde_json::json;
use strongroom::domain::clock::{Clock, SystemClock};

use super::backend::{Backend, Kind, garage_behind_a_line};
use crate::harness::TestApp;
use crate::harness::documents::{docx, sha256};
use crate::harness::faulty_line::{Fault, is_part};
use crate::harness::line::{Line, SlowUpload};
use crate::harness::s3_api::S3Api;

const LEASE_SECONDS: u64 = 3600;
/// A multipart upload is begun when there is a second part to send.
const BEGUN_BYTES: usize = 11 << 20;
const OURS: &str = "0a/0a0b0c0d0e0f0a0b0c0d0e0f0a0b0c0d";
/// What `verify --repair` begins to set it aside, the second time.
const SET_ASIDE: &str = "quarantine/0a/0a0b0c0d0e0f0a0b0c0d0e0f0a0b0c0d.2";
const SOMEBODY_ELSES: &str = "backups/of-another-program.tar";

/// Moves the clock of an app to where the server's is: the age of an upload is told by the server.
pub fn catch_up_with_the_server(app: &TestApp) {
    let (now, here) = (SystemClock.now().as_millis(), app.services.now().as_millis());
    app.clock.advance_seconds(u64::try_from((now - here) / 1000).expect("the machine's clock is behind the tests'"));
}

async fn wait_for_uploads(bucket: &S3Api, count: usize) {
    let begun = Instant::now();
    while bucket.uploads().await.len() != count {
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", bucket.uploads().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_old_uploads_of_ours_that_nobody_writes_are_given_up() {
    let backend = Backend::start(Kind::Garage).await;
    let app = backend.settings(TestApp::builder()).start().await;
    catch_up_with_the_server(&app);
    let olga = app.ops("olga").await;
    let Backend::Garage(_, bucket) = &backend else { unreachable!() };
    for key in [OURS, SET_ASIDE, SOMEBODY_ELSES] {
        bucket.begin_upload(key).await;
    }

    let content = docx("slow", &vec![7; 14 << 20]);
    let (begun, rest) = content.split_at(BEGUN_BYTES);
    let line = Line::open_narrow(&olga.base_url).await;
    let mut upload = SlowUpload::begin_on(line, &olga, "slow.docx", content.len() as u64).await;
    upload.send(begun).await;
    wait_for_uploads(bucket, 4).await;
    assert_eq!(app.services.sweep(true).await.unwrap().interrupted_uploads, 0, "they are young");

    // Older than a lease, but the running one has renewed its own on the way.
    let (to_renew, rest) = rest.split_at(1 << 20);
    app.clock.advance_seconds(LEASE_SECONDS * 6 / 10);
    upload.send(to_renew).await;
    app.clock.advance_seconds(LEASE_SECONDS * 6 / 10);
    assert_eq!(app.services.sweep(true).await.unwrap().interrupted_uploads, 2);
    let mut left = bucket.uploads().await;
    left.retain(|key| key != SOMEBODY_ELSES);
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(![OURS, SET_ASIDE].contains(&left[0].as_str()));

    upload.send(rest).await;
    let file = upload.finish().await.data()["upload"]["file"].clone();
    assert_eq!(file["sha256"], sha256(&content));
    assert_eq!(bucket.uploads().await, [SOMEBODY_ELSES]);
}

/// A process that cannot abort, because the line is down, leaves it to the janitor.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_aborted_is_given_up_later() {
    let (line, backend, settings) = garage_behind_a_line().await;
    let Backend::Garage(_, bucket) = &backend else { unreachable!() };
    let app = settings.with("STORAGE__MAX_RETRIES", "1").start().await;
    catch_up_with_the_server(&app);
    let olga = app.ops("olga").await;
    line.break_for(usize::MAX, Fault::Answer(503), |request| request.starts_with("DELETE"));
    line.break_for(2, Fault::Answer(503), |request| request.starts_with("PUT") && request.contains("partNumber=2"));
    let reply = olga.try_upload("lost.docx", &docx("lost", &vec![7; 14 << 20])).await;
    assert_eq!(reply.code(), "UNAVAILABLE", "{reply:?}");
    // Neither the upload nor its object can be given up, each tried twice.
    let begun = Instant::now();
    while line.count(|request| request.starts_with("DELETE")) < 4 {
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody tries to give it up");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    wait_for_uploads(bucket, 1).await;
    line.mend();
    app.clock.advance_seconds(LEASE_SECONDS + 60);
    app.services.sweep(true).await.unwrap();
    wait_for_uploads(bucket, 0).await;
    let olga = app.sign_in("olga").await;
    assert_eq!(olga.data("{ files { totalCount } }", json!({})).await["files"]["totalCount"], 0);
}

/// A client that goes away while parts of its upload are being sent, and the next one waits for its turn, leaves nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_goes_away_while_a_part_is_being_sent_leaves_nothing() {
    let (line, backend, settings) = garage_behind_a_line().await;
    let Backend::Garage(_, bucket) = &backend else { unreachable!() };
    let app = settings.start().await;
    let olga = app.ops("olga").await;
    olga.upload("first.docx", &docx("first", b"")).await;
    line.break_for(usize::MAX, Fault::Delay(Duration::from_secs(2)), is_part);
    let content = docx("cut", &vec![7; 40 << 20]);
    let mut upload = SlowUpload::begin(&olga, "cut.docx", content.len() as u64).await;
    let sending = tokio::time::timeout(Duration::from_millis(1500), upload.send(&content));
    assert!(sending.await.is_err(), "the line takes it all");
    wait_for_uploads(bucket, 1).await;
    drop(upload);
    wait_for_uploads(bucket, 0).await;
    assert_eq!(bucket.objects().await.len(), 2, "the first file's and the one that tells");
}

/// A key that may not list uploads keeps the janitor from nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_list_them_is_swept_all_the_same() {
    let (line, backend, settings) = garage_behind_a_line().await;
    let Backend::Garage(_, bucket) = &backend else { unreachable!() };
    let app = settings.start().await;
    line.break_for(usize::MAX, Fault::Answer(403), |request| request.contains("?uploads"));
    bucket.put(OURS, vec![1; 1000]).await;
    app.services.sweep(true).await.unwrap();
    assert!(line.count(|request| request.contains("?uploads")) > 0, "nobody asked");
    backend.wait_until_it_holds(0).await;
}
