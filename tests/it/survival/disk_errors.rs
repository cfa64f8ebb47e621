//! The storage fails while the server runs, and comes back.

use std::path::Path;

use serde_json::json;

use super::ledger::{assert_downloads_whole, listed, wait_until_swept};
use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::docx;
use crate::harness::small_disk::SmallDisk;

async fn assert_refused_without_a_trace(client: &Client, content: &[u8]) {
    let before = listed(client).await;
    let reply = client.try_upload("refused.docx", content).await;
    assert_eq!(reply.code(), "UNAVAILABLE", "{reply:?}");
    assert_eq!(reply.body["errors"][0]["extensions"]["outcome"], "none", "{reply:?}");
    let after = listed(client).await;
    assert!(before.keys().eq(after.keys()), "something was stored: {after:?}");
}

async fn readiness(app: &TestApp) -> u16 {
    app.anonymous().get("/readyz").await.status().as_u16()
}

/// The folder of the objects is gone for a while, as when its volume is not mounted; `in_its_place` is what is there then.
async fn storage_goes_and_comes_back(in_its_place: impl Fn(&Path), take_away: impl Fn(&Path)) {
    let app = TestApp::builder().on_disk(None).start().await;
    let client = app.ops("olga").await;
    client.upload("earlier.docx", &docx("earlier", &[1; 100_000])).await;
    let (objects, aside) = (app.data_dir().join("objects"), app.data_dir().join("aside"));

    std::fs::rename(&objects, &aside).unwrap();
    in_its_place(&objects);
    assert_refused_without_a_trace(&client, &docx("refused", &[2; 100_000])).await;
    let earlier = listed(&client).await["earlier.docx"].clone();
    let url = earlier["downloadLink"]["url"].as_str().unwrap();
    let download = client.get(url).await;
    assert_eq!(download.status(), 503, "{}", download.text().await.unwrap());
    assert_eq!(readiness(&app).await, 503);

    take_away(&objects);
    std::fs::rename(&aside, &objects).unwrap();
    assert_eq!(readiness(&app).await, 200);
    assert_downloads_whole(&client, &earlier).await;
    client.upload("later.docx", &docx("later", &[3; 100_000])).await;
    let files = listed(&client).await;
    assert!(files.keys().eq(["earlier.docx", "later.docx"]), "{files:?}");
    assert_downloads_whole(&client, &files["later.docx"]).await;
    app.services.sweep(true).await.unwrap();
    wait_until_swept(&objects, 2).await;
}

#[tokio::test]
async fn a_folder_that_is_gone_is_not_made_anew() {
    storage_goes_and_comes_back(
        |_| {},
        |objects| assert!(!objects.exists(), "objects were written where the volume is not"),
    )
    .await;
}

#[tokio::test]
async fn an_empty_folder_in_place_of_the_storage_is_not_taken_for_it() {
    storage_goes_and_comes_back(
        |objects| std::fs::create_dir(objects).unwrap(),
        |objects| std::fs::remove_dir(objects).expect("nothing was written into it"),
    )
    .await;
}

#[tokio::test]
async fn a_file_in_place_of_the_storage_is_an_outage() {
    storage_goes_and_comes_back(
        |objects| std::fs::write(objects, "no folder").unwrap(),
        |objects| std::fs::remove_file(objects).unwrap(),
    )
    .await;
}

#[tokio::test]
async fn a_full_disk_is_an_outage_for_what_does_not_fit() {
    let Some(disk) = SmallDisk::mount(2048) else {
        println!("skipped: this process may not mount a small disk");
        return;
    };
    let objects = disk.path().join("objects");
    let app = TestApp::builder().on_disk(None).with("STORAGE__FS__ROOT", &objects.to_string_lossy()).start().await;
    let client = app.ops("olga").await;
    for size in [3 << 20, 10 << 20] {
        assert_refused_without_a_trace(&client, &docx("too large", &vec![1; size])).await;
    }
    // What was written of it is given back behind the answer; then there is room again.
    wait_until_swept(&objects, 0).await;
    client.upload("fits.docx", &docx("fits", &vec![2; 1 << 20])).await;
    assert_refused_without_a_trace(&client, &docx("does not fit", &vec![3; 1 << 20])).await;
    wait_until_swept(&objects, 1).await;
    let files = listed(&client).await;
    assert_downloads_whole(&client, &files["fits.docx"]).await;
}

/// As file systems become that have found an error. What is there can be read all the same.
#[tokio::test]
async fn a_disk_that_nobody_may_write_to_is_an_outage_for_what_is_new() {
    let Some(disk) = SmallDisk::mount(8192) else {
        println!("skipped: this process may not mount a small disk");
        return;
    };
    let objects = disk.path().join("objects");
    let app = TestApp::builder().on_disk(None).with("STORAGE__FS__ROOT", &objects.to_string_lossy()).start().await;
    let client = app.ops("olga").await;
    for name in ["earlier.docx", "deleted.docx"] {
        client.upload(name, &docx(name, &[1; 100_000])).await;
    }
    disk.let_write(false);
    for size in [1000, 3 << 20] {
        assert_refused_without_a_trace(&client, &docx("refused", &vec![2; size])).await;
    }
    let files = listed(&client).await;
    assert_downloads_whole(&client, &files["earlier.docx"]).await;
    // Deleted is what has no key any more, whatever becomes of its object.
    let delete = "mutation($id: ID!) { deleteFile(id: $id, permanently: true) }";
    client.data(delete, json!({"id": files["deleted.docx"]["id"]})).await;
    assert_eq!(listed(&client).await.len(), 1);
    disk.let_write(true);
    client.upload("later.docx", &docx("later", &[3; 100_000])).await;
    app.services.sweep(false).await.unwrap();
    wait_until_swept(&objects, 2).await;
}
