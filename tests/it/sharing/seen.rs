//! What each side sees of a share, and which of two holds.

use serde_json::{Value, json};

use super::{REVOKE, Scene, files_seen};
use crate::harness::client::Client;
use crate::links::my_share;

async fn download(client: &Client, file: &Value) {
    let url = client.link(file).await;
    assert_eq!(client.get(&url).await.status(), 200);
}

#[tokio::test]
async fn every_client_means_present_and_future_ones_and_nobody_else() {
    let scene = Scene::start().await;
    let (otto, adam) = (scene.app.ops("otto").await, scene.app.admin("adam").await);
    let share = scene.share(json!({"everyClient": true})).await.remove(0);
    assert_eq!((&share["everyClient"], &share["recipient"]), (&json!(true), &Value::Null));
    let eve = scene.app.client("eve").await;
    for client in [&scene.carl, &scene.dora, &eve] {
        assert_eq!(files_seen(client).await, 1);
        download(client, &scene.file).await;
    }
    assert_eq!(files_seen(&otto).await, 0, "an Ops user is no Client");
    let query = "query($id: ID!) { file(id: $id) { name } }";
    assert_eq!(otto.data(query, json!({"id": scene.file["id"]})).await["file"], Value::Null);
    let of_the_admin = "query($id: ID!) { file(id: $id) { downloadLink { url } } }";
    let data = adam.data(of_the_admin, json!({"id": scene.file["id"]})).await;
    assert_eq!(data["file"]["downloadLink"], Value::Null);
    scene.olga.data(REVOKE, json!({"id": share["id"]})).await;
    for client in [&scene.carl, &scene.dora, &eve] {
        assert_eq!(files_seen(client).await, 0);
    }
}

#[tokio::test]
async fn sharing_again_brings_the_share_up_to_date_and_keeps_its_id_and_counts() {
    let scene = Scene::start().await;
    let first = scene.share(json!({"recipients": ["carl@example.com"], "maxDownloads": 3})).await.remove(0);
    download(&scene.carl, &scene.file).await;
    scene.app.clock.advance_seconds(60);
    let terms = json!({"recipients": ["dora@example.com", "carl@example.com"], "maxDownloads": 5,
        "expiresAt": "2026-11-22T00:00:00Z"});
    let shares = scene.share(terms).await;
    let again = shares.iter().find(|share| share["recipient"]["email"] == "carl@example.com").unwrap();
    assert_eq!(shares.len(), 2);
    assert_eq!((&again["id"], &again["sharedAt"]), (&first["id"], &first["sharedAt"]));
    assert_eq!((&again["downloads"], &again["downloadsLeft"]), (&json!(1), &json!(4)));
    assert_eq!(again["expiresAt"], "2026-11-22T00:00:00Z");
    let without_terms = scene.share(json!({"recipients": ["carl@example.com"]})).await.remove(0);
    assert_eq!(without_terms["id"], first["id"]);
    assert_eq!((&without_terms["expiresAt"], &without_terms["downloadsLeft"]), (&Value::Null, &Value::Null));
    let narrowed = scene.share(json!({"recipients": ["carl@example.com"], "maxDownloads": 1})).await.remove(0);
    assert_eq!(narrowed["downloadsLeft"], 0, "what was downloaded stays downloaded");
    assert_eq!(scene.shares().await.len(), 2);
}

#[tokio::test]
async fn a_named_share_goes_before_one_with_every_client() {
    let scene = Scene::start().await;
    let common = scene.share(json!({"everyClient": true, "maxDownloads": 7})).await.remove(0);
    assert_eq!(my_share(&scene.carl, &scene.file).await["downloadsLeft"], 7);
    let named = scene.share(json!({"recipients": ["carl@example.com"], "maxDownloads": 2})).await.remove(0);
    assert_ne!(named["id"], common["id"]);
    assert_eq!(my_share(&scene.carl, &scene.file).await["downloadsLeft"], 2);
    assert_eq!(my_share(&scene.dora, &scene.file).await["downloadsLeft"], 7);
    assert_eq!(files_seen(&scene.carl).await, 1, "one file, though it is shared in two ways");

    download(&scene.carl, &scene.file).await;
    let of_the_common = scene.shares().await.into_iter().find(|share| share["everyClient"] == true).unwrap();
    assert_eq!(of_the_common["downloads"], 0, "it was the named one that gave it");
    scene.olga.data(REVOKE, json!({"id": named["id"]})).await;
    assert_eq!(my_share(&scene.carl, &scene.file).await["downloadsLeft"], 7);
    assert_eq!(files_seen(&scene.carl).await, 1);
}

#[tokio::test]
async fn a_client_sees_its_own_counts_and_the_owner_the_sum() {
    let scene = Scene::start().await;
    scene.share(json!({"everyClient": true, "maxDownloads": 5})).await;
    download(&scene.carl, &scene.file).await;
    scene.app.clock.advance_seconds(60);
    download(&scene.dora, &scene.file).await;
    download(&scene.dora, &scene.file).await;
    let of_carl = my_share(&scene.carl, &scene.file).await;
    assert_eq!(of_carl, json!({"downloads": 1, "downloadsLeft": 4, "lastDownloadedAt": "2026-11-21T09:30:00Z"}));
    let of_dora = my_share(&scene.dora, &scene.file).await;
    assert_eq!(of_dora, json!({"downloads": 2, "downloadsLeft": 3, "lastDownloadedAt": "2026-11-21T09:31:00Z"}));
    let query = "query($id: ID!) { file(id: $id) { shares { nodes { downloads lastDownloadedAt } } } }";
    let seen = scene.olga.data(query, json!({"id": scene.file["id"]})).await;
    let expected = json!([{"downloads": 3, "lastDownloadedAt": "2026-11-21T09:31:00Z"}]);
    assert_eq!(seen["file"]["shares"]["nodes"], expected);
}

#[tokio::test]
async fn a_recipient_does_not_see_who_else_received() {
    let scene = Scene::start().await;
    scene.share(json!({"recipients": ["carl@example.com", "dora@example.com"]})).await;
    let query = "query($id: ID!) { file(id: $id) { uploadedBy { email }
        shares { totalCount nodes { id } } myShare { recipient { email } sharedBy { email } file { id } } } }";
    let seen = scene.carl.data(query, json!({"id": scene.file["id"]})).await["file"].clone();
    let expected = json!({
        "uploadedBy": {"email": "olga@example.com"},
        "shares": {"totalCount": 0, "nodes": []},
        "myShare": {"recipient": {"email": "carl@example.com"}, "sharedBy": {"email": "olga@example.com"},
            "file": {"id": scene.file["id"]}},
    });
    assert_eq!(seen, expected);
}
