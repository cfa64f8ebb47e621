//! Downloads that are under way when the right to them ends. Rights are looked at again every 30 seconds of a transfer.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Value, json};
use strongroom::services::{Presented, Visitor};

use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::docx;

/// More than lies in all the buffers between the storage and a reader who does not read.
const SIZE: usize = 48 << 20;
const RECHECK_SECONDS: u64 = 30;

/// Somebody who reads slowly: the server is far ahead of him, but not at the end.
struct SlowDownload {
    response: reqwest::Response,
    received: usize,
}

impl SlowDownload {
    async fn begin(client: &Client, url: &str) -> Self {
        let mut response = client.get(url).await;
        assert_eq!(response.status(), 200);
        let received = response.chunk().await.unwrap().unwrap().len();
        Self { response, received }
    }

    /// Reads on. Answers how much came, and whether it ended in order.
    async fn read_on(mut self) -> (usize, bool) {
        loop {
            match self.response.chunk().await {
                Ok(Some(piece)) => self.received += piece.len(),
                Ok(None) => return (self.received, true),
                Err(_) => return (self.received, false),
            }
        }
    }
}

/// An app where Carl reads, slowly, what Olga has shared with him.
struct Scene {
    app: TestApp,
    olga: Client,
    carl: Client,
    file: Value,
    share: Value,
    download: SlowDownload,
}

impl Scene {
    async fn set() -> Self {
        let app = TestApp::start().await;
        let (olga, carl) = (app.ops("olga").await, app.client("carl").await);
        let file = olga.upload("long.docx", &docx("long", &vec![5; SIZE])).await;
        let share = olga.share(&file, "carl@example.com").await;
        let download = SlowDownload::begin(&carl, &carl.link(&file).await).await;
        Self { app, olga, carl, file, share, download }
    }

    async fn assert_is_cut(self, what_happened: &str) {
        self.app.clock.advance_seconds(RECHECK_SECONDS);
        let (received, in_order) = self.download.read_on().await;
        assert!(!in_order && received < SIZE, "{received} bytes came though {what_happened}; in order: {in_order}");
    }
}

#[tokio::test]
async fn a_long_download_goes_on_while_its_right_lasts() {
    let scene = Scene::set().await;
    scene.app.clock.advance_seconds(RECHECK_SECONDS);
    let (received, in_order) = scene.download.read_on().await;
    assert!(in_order);
    assert_eq!(scene.file["size"], received);
}

#[tokio::test]
async fn deleting_a_file_cuts_its_downloads() {
    let scene = Scene::set().await;
    scene.olga.data("mutation($id: ID!) { deleteFile(id: $id) }", json!({"id": scene.file["id"]})).await;
    scene.assert_is_cut("the file was deleted").await;
}

#[tokio::test]
async fn taking_a_share_back_cuts_its_downloads() {
    let scene = Scene::set().await;
    scene.olga.data("mutation($id: ID!) { revokeShare(id: $id) }", json!({"id": scene.share["id"]})).await;
    scene.assert_is_cut("the share was taken back").await;
}

#[tokio::test]
async fn signing_out_cuts_ones_downloads() {
    let scene = Scene::set().await;
    scene.carl.data("mutation { logout }", json!({})).await;
    scene.assert_is_cut("the recipient signed out").await;
}

/// The owner's own download goes through no share.
#[tokio::test]
async fn deleting_a_file_cuts_its_owners_download() {
    let scene = Scene::set().await;
    let own = SlowDownload::begin(&scene.olga, &scene.olga.link(&scene.file).await).await;
    scene.olga.data("mutation($id: ID!) { deleteFile(id: $id) }", json!({"id": scene.file["id"]})).await;
    Scene { download: own, ..scene }.assert_is_cut("the file was deleted").await;
}

/// On a slow line it takes long until more is read from the storage: rights are looked at for every chunk that goes out.
#[tokio::test]
async fn not_another_chunk_goes_out_once_the_right_is_over() {
    let app = TestApp::start().await;
    let (olga, carl) = (app.ops("olga").await, app.client("carl").await);
    let file = olga.upload("long.docx", &docx("long", &[5; 1 << 20])).await;
    let share = olga.share(&file, "carl@example.com").await;
    let link = carl.link(&file).await;
    let visitor = Visitor::new([127, 0, 0, 1].into(), "test", false);
    let caller = app.services.authenticate(Presented::Bearer(carl.token.as_ref().unwrap()), &visitor).await.unwrap();
    let download = app.services.open_download(&caller, link.split_once("/d/").unwrap().1).await.unwrap();
    let mut content = app.services.read(download, 0..file["size"].as_u64().unwrap()).await.unwrap();
    assert!(content.pieces.next().await.unwrap().is_ok());
    olga.data("mutation($id: ID!) { revokeShare(id: $id) }", json!({"id": share["id"]})).await;
    app.clock.advance_seconds(RECHECK_SECONDS);
    assert!(content.pieces.next().await.unwrap().is_err());
}

/// Whoever takes nothing of an answer for too long holds neither connection nor memory any more.
#[tokio::test]
async fn whoever_stops_reading_is_let_go() {
    let app = TestApp::builder().with("SERVER__WRITE_TIMEOUT_SECONDS", "1").start().await;
    let olga = app.ops("olga").await;
    let file = olga.upload("long.docx", &docx("long", &vec![5; SIZE])).await;
    let download = SlowDownload::begin(&olga, &olga.link(&file).await).await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let (received, in_order) = download.read_on().await;
    assert!(!in_order && received < SIZE, "{received} bytes came; in order: {in_order}");
}
