//! A disabled account, and what it shared, are as if they were not there, until it is enabled again.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Scene, id_of, names_seen_by, two_instances};
use crate::accounts::{login, refresh, session_of, viewer_code};
use crate::harness::app::email_of;
use crate::harness::client::{Client, PASSWORD, SHARE};
use crate::harness::documents::docx;
use crate::harness::surreal_server::SurrealServer;

const SEEN: &str = "query($file: ID!, $share: ID!) {
    file(id: $file) { name myShare { id } } fileNode: node(id: $file) { id } shareNode: node(id: $share) { id } }";

#[tokio::test]
async fn it_cannot_sign_in_nor_go_on() {
    let scene = Scene::start().await;
    let olgas = id_of(&scene.olga).await;
    let session = session_of(&scene.app, "olga").await;
    scene.disable(&olgas).await;
    assert_eq!(viewer_code(&scene.app, &session["accessToken"]).await, "UNAUTHENTICATED");
    assert_eq!(refresh(&scene.app, &session["refreshToken"]).await.code(), "INVALID_TOKEN");
    let right = login(&scene.app, &email_of("olga"), PASSWORD).await;
    let wrong = login(&scene.app, &email_of("olga"), "wrong-Password-here").await;
    assert_eq!((right.code(), wrong.code()), ("INVALID_CREDENTIALS", "INVALID_CREDENTIALS"));
    assert_eq!(right.body["errors"][0]["message"], wrong.body["errors"][0]["message"]);
    scene.enable(&olgas).await;
    assert_eq!(refresh(&scene.app, &session["refreshToken"]).await.code(), "INVALID_TOKEN", "what ended stays so");
    assert_eq!(login(&scene.app, &email_of("olga"), PASSWORD).await.code(), "");
}

#[tokio::test]
async fn what_it_shared_vanishes_from_lists_and_totals_and_comes_back() {
    let scene = Scene::start().await;
    let (olgas, otto) = (id_of(&scene.olga).await, scene.app.ops("otto").await);
    let everyone = scene.olga.upload("everyone.docx", &docx("everyone", b"")).await;
    let twice = scene.olga.upload("twice.docx", &docx("twice", b"")).await;
    let ottos = otto.upload("of otto.docx", &docx("of otto", b"")).await;
    otto.share(&ottos, &email_of("carl")).await;
    scene.olga.share(&twice, &email_of("carl")).await;
    for file in [&everyone, &twice] {
        scene.olga.data(SHARE, json!({"input": {"fileId": file["id"], "everyClient": true}})).await;
    }
    let all = ["everyone.docx", "of otto.docx", "report.docx", "twice.docx"];
    assert_eq!(names_seen_by(&scene.carl).await, all);
    let link = scene.carl.link(&scene.file).await;
    let seen = json!({"file": scene.file["id"], "share": scene.share["id"]});
    let before = scene.carl.data(SEEN, seen.clone()).await;

    scene.disable(&olgas).await;
    assert_eq!(names_seen_by(&scene.carl).await, ["of otto.docx"]);
    let nothing = json!({"file": null, "fileNode": null, "shareNode": null});
    assert_eq!(scene.carl.data(SEEN, seen.clone()).await, nothing);
    assert_eq!(scene.carl.get(&link).await.status(), StatusCode::NOT_FOUND);
    let create = crate::harness::client::CREATE_LINK;
    assert_eq!(scene.carl.code(create, json!({"id": scene.file["id"]})).await, "NOT_FOUND");
    let pages = "query($after: String) { files(first: 1, after: $after) { nodes { name } pageInfo { hasNextPage } } }";
    let page = scene.carl.data(pages, json!({})).await["files"].clone();
    assert_eq!(page, json!({"nodes": [{"name": "of otto.docx"}], "pageInfo": {"hasNextPage": false}}));
    let filtered = "{ files(filter: {nameContains: \"o\"}) { totalCount nodes { name } } }";
    let filtered = scene.carl.data(filtered, json!({})).await["files"].clone();
    assert_eq!(filtered, json!({"totalCount": 1, "nodes": [{"name": "of otto.docx"}]}));

    scene.enable(&olgas).await;
    assert_eq!(names_seen_by(&scene.carl).await, all);
    assert_eq!(scene.carl.data(SEEN, seen).await, before);
    assert_eq!(scene.carl.get(&link).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn nobody_shares_with_a_disabled_client_nor_finds_it() {
    let scene = Scene::start().await;
    let carls = id_of(&scene.carl).await;
    let link = scene.carl.link(&scene.file).await;
    scene.disable(&carls).await;
    assert_eq!(scene.carl.get(&link).await.status(), StatusCode::UNAUTHORIZED);
    let file = scene.olga.upload("new.docx", &docx("new", b"")).await;
    for file in [&file, &scene.file] {
        let input = json!({"fileId": file["id"], "recipients": [email_of("carl")]});
        let reply = scene.olga.send(SHARE, json!({"input": input})).await;
        assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "recipients"));
    }
    assert_eq!(super::people_seen_by(&scene.olga, json!({})).await, Vec::<String>::new());
    let node = "query($id: ID!) { node(id: $id) { id } }";
    assert_eq!(scene.olga.data(node, json!({"id": carls})).await["node"], Value::Null);
    scene.enable(&carls).await;
    assert_eq!(super::people_seen_by(&scene.olga, json!({})).await, ["carl"]);
    assert_eq!(names_seen_by(&scene.app.sign_in("carl").await).await, ["report.docx"], "what was shared is still");
    scene.olga.share(&file, &email_of("carl")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_ends_on_every_instance_within_five_seconds() {
    let database = SurrealServer::start("memory").await;
    let ring = tempfile::tempdir().unwrap();
    let (one, other) = two_instances(&database, &ring.path().join("keys")).await;
    let (ada, olga) = (one.admin("ada").await, one.ops("olga").await);
    let elsewhere = Client::new(&other.base_url, olga.token.as_deref());
    let olgas = id_of(&elsewhere).await;
    ada.data(super::DISABLE, json!({"id": olgas})).await;
    assert_eq!(olga.code("{ viewer { id } }", json!({})).await, "UNAUTHENTICATED", "at once where it was done");
    // What the other instance remembers lets no upload through, either.
    let upload = elsewhere.try_upload("late.docx", &docx("late", b"")).await;
    assert_eq!(upload.code(), "UNAUTHENTICATED");
    other.clock.advance_seconds(5);
    assert_eq!(elsewhere.code("{ viewer { id } }", json!({})).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_download_under_way_stops_within_thirty_seconds() {
    let scene = Scene::start().await;
    let big = scene.olga.upload("big.docx", &docx("big", &vec![5; 48 << 20])).await;
    scene.olga.share(&big, &email_of("carl")).await;
    let mut response = scene.carl.get(&scene.carl.link(&big).await).await;
    let mut received = response.chunk().await.unwrap().unwrap().len();
    scene.disable(&id_of(&scene.olga).await).await;
    scene.app.clock.advance_seconds(30);
    let whole = loop {
        match response.chunk().await {
            Ok(Some(piece)) => received += piece.len(),
            Ok(None) => break true,
            Err(_) => break false,
        }
    };
    assert!(!whole && received < 48 << 20, "{received} bytes came after the sender was disabled");
}
