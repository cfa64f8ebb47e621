//! A line that breaks in the middle: what can be tried again is, once and no more often, and what was done is not taken for undone.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::backend::{Backend, garage_behind_a_line, on_gcs};
use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::{docx, sha256};
use crate::harness::faulty_line::{Fault, FaultyLine, is_part};
use crate::harness::gcs_server::GcsServer;
use crate::harness::noise::noise;

/// Two parts and some more; a chunk of a resumable upload and some more.
const LARGE: usize = 11 << 20;
const GCS_BUCKET: &str = "sealed";

/// An app whose storage is at the other end of a line that breaks.
struct Scene {
    line: FaultyLine,
    _app: TestApp,
    olga: Client,
    holds: Holds,
}

enum Holds {
    Garage(Backend),
    Gcs(GcsServer),
}

impl Scene {
    async fn on_garage() -> Self {
        let (line, backend, settings) = garage_behind_a_line().await;
        Self::of(line, settings.start().await, Holds::Garage(backend)).await
    }

    async fn on_gcs() -> Self {
        let line = FaultyLine::open().await;
        let server = GcsServer::start(Some(&line.host)).await;
        server.make_bucket(GCS_BUCKET).await;
        line.lead_to(&server.endpoint());
        let builder = on_gcs(TestApp::builder(), &line.endpoint(), GCS_BUCKET);
        Self::of(line, builder.start().await, Holds::Gcs(server)).await
    }

    async fn of(line: FaultyLine, app: TestApp, holds: Holds) -> Self {
        let olga = app.ops("olga").await;
        // The first upload finds out about conditions.
        olga.upload("first.docx", &docx("first", b"")).await;
        Self { line, _app: app, olga, holds }
    }

    async fn assert_holds(&self, objects: usize) {
        match &self.holds {
            Holds::Garage(backend) => backend.wait_until_it_holds(objects).await,
            Holds::Gcs(server) => assert_eq!(server.objects(GCS_BUCKET).await.len(), objects),
        }
    }

    async fn assert_uploads(&self, size: usize) {
        let content = docx("retried", &noise(size));
        let file = self.olga.upload("retried.docx", &content).await;
        assert!(self.line.has_done_its_worst(), "the fault did not happen");
        self.line.mend();
        self.assert_downloads(&file, &content).await;
        self.assert_holds(2).await;
    }

    async fn assert_downloads(&self, file: &Value, content: &[u8]) {
        let response = self.olga.get(&self.olga.link(file).await).await;
        assert_eq!(sha256(&response.bytes().await.unwrap()), sha256(content));
    }
}

fn is_write(request: &str) -> bool {
    request.starts_with("PUT ") || request.starts_with("POST ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_that_is_cut_is_sent_again() {
    let scene = Scene::on_garage().await;
    scene.line.break_for(2, Fault::CutRequest(100_000), is_part);
    scene.assert_uploads(LARGE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storage_that_is_busy_for_a_while_is_waited_for() {
    let scene = Scene::on_garage().await;
    scene.line.break_for(1, Fault::Answer(500), is_part);
    scene.line.break_for(2, Fault::Answer(503), |request| is_write(request) && request.contains("uploadId="));
    scene.line.break_for(1, Fault::Answer(429), |request| request.starts_with("GET"));
    scene.assert_uploads(LARGE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lost_answer_to_the_last_request_loses_no_file() {
    let scene = Scene::on_garage().await;
    scene.line.break_for(1, Fault::LoseAnswer, |request| request.starts_with("POST") && request.contains("uploadId="));
    scene.assert_uploads(LARGE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lost_answer_to_the_only_request_loses_no_file() {
    let scene = Scene::on_garage().await;
    scene.line.break_for(1, Fault::LoseAnswer, |request| request.starts_with("PUT"));
    scene.assert_uploads(1000).await;
}

/// The `nth` request that writes suffers the fault.
async fn one_fault_on_gcs_loses_no_file(fault: Fault, nth: usize) {
    let scene = Scene::on_gcs().await;
    let seen = AtomicUsize::new(0);
    let is_nth = move |request: &str| is_write(request) && seen.fetch_add(1, Ordering::Relaxed) + 1 == nth;
    scene.line.break_for(1, fault, is_nth);
    scene.assert_uploads(LARGE).await;
}

/// Of the later ones it cannot be shown here: fake-gcs-server stores a chunk that is sent again behind itself, where Google's passes
/// over it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lost_answer_to_the_first_request_on_gcs_loses_no_file() {
    one_fault_on_gcs_loses_no_file(Fault::LoseAnswer, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gcs_that_is_busy_for_a_while_is_waited_for() {
    for nth in [1, 2] {
        one_fault_on_gcs_loses_no_file(Fault::Answer(503), nth).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunk_to_gcs_that_is_cut_is_sent_again() {
    one_fault_on_gcs_loses_no_file(Fault::CutRequest(100_000), 2).await;
}

/// A download goes on over another connection, or is cut; wrong or missing bytes never look like an end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_download_whose_line_breaks_is_whole_or_cut() {
    for scene in [Scene::on_garage().await, Scene::on_gcs().await] {
        let content = docx("read", &noise(LARGE));
        let file = scene.olga.upload("read.docx", &content).await;
        scene.line.break_for(3, Fault::CutAnswer(300_000), |request| request.starts_with("GET"));
        let response = scene.olga.get(&scene.olga.link(&file).await).await;
        if let Ok(bytes) = response.bytes().await {
            assert!(bytes == content, "{} bytes came", bytes.len());
        }
        scene.line.mend();
        scene.assert_downloads(&file, &content).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storage_that_is_slow_is_waited_for() {
    let scene = Scene::on_garage().await;
    scene.line.break_for(6, Fault::Delay(std::time::Duration::from_millis(150)), |_| true);
    scene.assert_uploads(LARGE).await;
    let total = scene.olga.data("{ files { totalCount } }", json!({})).await;
    assert_eq!(total["files"]["totalCount"], 2);
}
