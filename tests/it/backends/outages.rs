//! A storage that is away for a while: whoever asks is told so, nothing is half done, and it goes on by itself when it is back.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::backend::{Backend, garage_behind_a_line, new_bucket_name, on_garage, on_gcs};
use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::{docx, sha256};
use crate::harness::faulty_line::{Fault, FaultyLine};
use crate::harness::garage::Garage;
use crate::harness::gcs_server::GcsServer;
use crate::harness::small_disk::SmallDisk;

const LARGE: usize = 6 << 20;

async fn readiness(client: &Client) -> u16 {
    client.get("/readyz").await.status().as_u16()
}

async fn assert_downloads_whole(client: &Client, file: &Value) {
    let response = client.get(&client.link(file).await).await;
    assert_eq!(response.status(), 200);
    assert_eq!(file["sha256"], sha256(&response.bytes().await.unwrap()));
}

/// Everybody is told, and nothing is stored.
async fn assert_is_out(client: &Client, earlier: &Value) {
    assert_eq!(readiness(client).await, 503);
    for size in [1000, LARGE] {
        let reply = client.try_upload("refused.docx", &docx("refused", &vec![2; size])).await;
        assert_eq!(reply.code(), "UNAVAILABLE", "{reply:?}");
        assert_eq!(reply.body["errors"][0]["extensions"]["outcome"], "none", "{reply:?}");
    }
    let files = client.data("{ files { nodes { name } } }", json!({})).await;
    assert_eq!(files["files"]["nodes"], json!([{"name": "earlier.docx"}]), "what the database knows, it says");
    let download = client.get(&client.link(earlier).await).await;
    assert_eq!(download.status(), 503, "{}", download.text().await.unwrap());
}

/// All is as before, without anybody's help.
async fn assert_is_back(client: &Client, earlier: &Value) {
    assert_eq!(readiness(client).await, 200);
    assert_downloads_whole(client, earlier).await;
    let later = client.upload("later.docx", &docx("later", &vec![3; LARGE])).await;
    assert_downloads_whole(client, &later).await;
}

struct Scene {
    app: TestApp,
    olga: Client,
    earlier: Value,
}

impl Scene {
    /// Impatient, so that the test is short.
    async fn set(builder: crate::harness::app::TestAppBuilder) -> Self {
        let app = builder.with("STORAGE__MAX_RETRIES", "1").with("STORAGE__CALL_TIMEOUT_SECONDS", "2").start().await;
        let olga = app.ops("olga").await;
        let earlier = olga.upload("earlier.docx", &docx("earlier", &vec![1; LARGE])).await;
        Self { app, olga, earlier }
    }

    async fn assert_out(&self) {
        assert_is_out(&self.olga, &self.earlier).await;
    }

    async fn assert_back(&self) {
        assert_is_back(&self.olga, &self.earlier).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garage_dies_and_comes_back() {
    let mut garage = Garage::start().await;
    let bucket = garage.make_bucket(&new_bucket_name()).await;
    let scene = Scene::set(on_garage(TestApp::builder(), &garage.endpoint(), &bucket.bucket)).await;
    garage.kill();
    scene.assert_out().await;
    garage.come_back().await;
    scene.assert_back().await;
    scene.app.services.sweep(true).await.unwrap();
    let mut objects = bucket.objects().await;
    objects.retain(|key| key != "conditional-create-probe");
    assert_eq!((objects.len(), bucket.uploads().await.len()), (2, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_is_down_in_any_way_is_an_outage() {
    for fault in [Fault::CutRequest(0), Fault::Answer(503), Fault::Answer(500), Fault::Answer(403)] {
        let (line, backend, settings) = garage_behind_a_line().await;
        let scene = Scene::set(settings).await;
        line.break_down(fault);
        scene.assert_out().await;
        line.mend();
        scene.assert_back().await;
        scene.app.services.sweep(true).await.unwrap();
        backend.wait_until_it_holds(2).await;
    }
}

/// Nothing is worse than no answer: each call is given up in time, and readiness is told in five seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storage_that_hangs_is_an_outage() {
    let (line, _backend, settings) = garage_behind_a_line().await;
    let app = settings.with("STORAGE__MAX_RETRIES", "1").with("STORAGE__CALL_TIMEOUT_SECONDS", "1").start().await;
    let olga = app.ops("olga").await;
    let earlier = olga.upload("earlier.docx", &docx("earlier", &[1; 1000])).await;
    line.break_down(Fault::Hang);
    let begun = std::time::Instant::now();
    let refused = docx("no", &[2; 1000]);
    let (ready, upload) = tokio::join!(readiness(&olga), olga.try_upload("no.docx", &refused));
    assert_eq!((ready, upload.code()), (503, "UNAVAILABLE"));
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    line.mend();
    assert_downloads_whole(&olga, &earlier).await;
    assert_eq!(readiness(&olga).await, 200);
}

/// What does not fit is refused, and what was written of it is no burden; with a larger disk all goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_under_garage_is_an_outage_for_what_does_not_fit() {
    let Some(disk) = SmallDisk::mount(24 << 10) else {
        println!("skipped: this process may not mount a small disk");
        return;
    };
    let garage = Garage::start_on(disk.path()).await;
    let bucket = garage.make_bucket(&new_bucket_name()).await;
    let scene = Scene::set(on_garage(TestApp::builder(), &garage.endpoint(), &bucket.bucket)).await;
    let large = docx("large", &vec![2; 40 << 20]);
    let reply = scene.olga.try_upload("large.docx", &large).await;
    assert_eq!(reply.code(), "UNAVAILABLE", "{reply:?}");
    assert_eq!(reply.body["errors"][0]["extensions"]["outcome"], "none", "{reply:?}");
    let files = scene.olga.data("{ files { nodes { name } } }", json!({})).await;
    assert_eq!(files["files"]["nodes"], json!([{"name": "earlier.docx"}]));
    assert_downloads_whole(&scene.olga, &scene.earlier).await;
    disk.grow(128 << 10);
    let file = scene.olga.upload("large.docx", &large).await;
    assert_downloads_whole(&scene.olga, &file).await;
    scene.assert_back().await;
    Backend::Garage(Arc::new(garage), bucket).wait_until_it_holds(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gcs_goes_away_and_comes_back() {
    let line = FaultyLine::open().await;
    let server = GcsServer::start(Some(&line.host)).await;
    server.make_bucket("sealed").await;
    line.lead_to(&server.endpoint());
    let scene = Scene::set(on_gcs(TestApp::builder(), &line.endpoint(), "sealed")).await;
    for fault in [Fault::CutRequest(0), Fault::Answer(503)] {
        line.break_down(fault);
        scene.assert_out().await;
        line.mend();
        assert_eq!(readiness(&scene.olga).await, 200);
    }
    scene.assert_back().await;
    scene.app.services.sweep(true).await.unwrap();
    assert_eq!(server.objects("sealed").await.len(), 2);
}

/// A bucket that is not there is no empty bucket: no file of it is taken for lost, and nothing is forgotten because of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_that_is_gone_is_an_outage() {
    let garage = Garage::shared().await;
    let line = FaultyLine::open().await;
    line.lead_to(&garage.endpoint());
    let s3 = on_garage(TestApp::builder(), &line.endpoint(), "never-made");
    let gcs_line = FaultyLine::open().await;
    let server = GcsServer::start(Some(&gcs_line.host)).await;
    gcs_line.lead_to(&server.endpoint());
    let gcs = on_gcs(TestApp::builder(), &gcs_line.endpoint(), "sealed");
    server.make_bucket("sealed").await;

    let scene = Scene::set(gcs).await;
    let folder = server.folder();
    std::fs::rename(folder.join("sealed"), folder.join("aside")).unwrap();
    assert_eq!(readiness(&scene.olga).await, 503);
    let download = scene.olga.get(&scene.olga.link(&scene.earlier).await).await;
    assert_eq!(download.status(), 503);
    let delete = "mutation($id: ID!) { deleteFile(id: $id, permanently: true) }";
    scene.olga.data(delete, json!({"id": scene.earlier["id"]})).await;
    assert!(scene.app.services.sweep(false).await.is_err(), "nothing to remove is no removal here");
    std::fs::rename(folder.join("aside"), folder.join("sealed")).unwrap();
    assert_eq!(scene.app.services.sweep(false).await.unwrap().doomed_objects, 1);
    assert_eq!(server.objects("sealed").await, [""; 0]);

    // A server that has never seen its bucket says so at its start.
    assert!(s3.with("STORAGE__MAX_RETRIES", "1").try_start().await.is_err());
}
