//! A link counts as one download when its first byte of content is sent, and never again.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Shared, get_with, my_share, refuse, share_on};
use crate::harness::TestApp;
use crate::harness::client::{CREATE_LINK, Client, SHARE};
use crate::harness::documents::docx;

/// `(downloads, downloadsLeft)` as the recipient sees them.
async fn counts(client: &Client, file: &Value) -> (u64, Option<u64>) {
    let share = my_share(client, file).await;
    (share["downloads"].as_u64().unwrap(), share["downloadsLeft"].as_u64())
}

#[tokio::test]
async fn one_link_is_one_download_whatever_is_asked_through_it() {
    let shared = Shared::with(json!({"maxDownloads": 2})).await;
    let (carl, file) = (&shared.carl, &shared.file);
    assert_eq!(counts(carl, file).await, (0, Some(2)));
    assert_eq!(my_share(carl, file).await["lastDownloadedAt"], Value::Null);

    let url = carl.link(file).await;
    assert_eq!(counts(carl, file).await, (0, Some(2)), "making a link is no download");
    assert_eq!(carl.get(&url).await.bytes().await.unwrap(), shared.content);
    assert_eq!(counts(carl, file).await, (1, Some(1)));
    assert_eq!(my_share(carl, file).await["lastDownloadedAt"], "2026-11-21T09:30:00Z");

    shared.app.clock.advance_seconds(60);
    carl.get(&url).await.bytes().await.unwrap();
    for range in ["bytes=0-0", "bytes=10-", "bytes=-5"] {
        assert_eq!(get_with(carl, &url, &[("range", range)]).await.status(), 206, "{range}");
    }
    assert_eq!(counts(carl, file).await, (1, Some(1)), "again, ranges, resumption: the same download");
    assert_eq!(my_share(carl, file).await["lastDownloadedAt"], "2026-11-21T09:30:00Z");

    let second = carl.link(file).await;
    assert_eq!(get_with(carl, &second, &[("range", "bytes=5-5")]).await.bytes().await.unwrap().len(), 1);
    assert_eq!(counts(carl, file).await, (2, Some(0)), "one byte through another link is another download");
    assert_eq!(my_share(carl, file).await["lastDownloadedAt"], "2026-11-21T09:31:00Z");
    assert_eq!(carl.get(&url).await.status(), 200, "links that have counted go on while they last");
}

#[tokio::test]
async fn what_sends_no_content_is_no_download() {
    let shared = Shared::with(json!({"maxDownloads": 1})).await;
    let url = shared.carl.link(&shared.file).await;
    let head = shared.carl.request(Method::HEAD, &url).send().await.unwrap();
    assert_eq!(head.status(), 200);
    let etag = head.headers()["etag"].to_str().unwrap().to_owned();
    for (header, value, status) in [
        ("if-none-match", etag.as_str(), 304),
        ("if-match", "\"another\"", 412),
        ("range", "bytes=99999999-", 416),
        ("range", "bytes=-0", 416),
    ] {
        let response = get_with(&shared.carl, &url, &[(header, value)]).await;
        assert_eq!(response.status(), status, "{header}: {value}");
        assert!(response.bytes().await.unwrap().is_empty(), "{header}: {value}");
        let head = shared.carl.request(Method::HEAD, &url).header(header, value).send().await.unwrap();
        assert_eq!(head.status(), if status == 416 { 200 } else { status }, "HEAD {header}: {value}");
    }
    refuse("a refusal", &shared.olga, &url, "NOT_FOUND").await;
    assert_eq!(counts(&shared.carl, &shared.file).await, (0, Some(1)));
    assert_eq!(shared.carl.get(&url).await.status(), 200);
    assert_eq!(counts(&shared.carl, &shared.file).await, (1, Some(0)));
}

#[tokio::test]
async fn a_used_up_share_stays_listed_and_gives_no_more_links() {
    let shared = Shared::with(json!({"maxDownloads": 1})).await;
    let (carl, file) = (&shared.carl, &shared.file);
    let url = carl.link(file).await;
    carl.get(&url).await.bytes().await.unwrap();
    assert_eq!(carl.code(CREATE_LINK, json!({"id": file["id"]})).await, "CONFLICT");
    let query = "{ files { totalCount nodes { id downloadLink { url } myShare { downloadsLeft } } } }";
    let files = carl.data(query, json!({})).await["files"].clone();
    let expected = json!({"totalCount": 1, "nodes": [
        {"id": file["id"], "downloadLink": null, "myShare": {"downloadsLeft": 0}}]});
    assert_eq!(files, expected);
    share_on(&shared.olga, file, "carl", json!({"maxDownloads": 3})).await;
    assert_eq!(counts(carl, file).await, (1, Some(2)), "sharing again keeps the count");
    assert_eq!(carl.code(CREATE_LINK, json!({"id": file["id"]})).await, "");
}

#[tokio::test]
async fn without_a_limit_downloads_are_counted_and_none_is_left_unsaid() {
    let shared = Shared::start().await;
    for expected in 1..=3 {
        let url = shared.carl.link(&shared.file).await;
        shared.carl.get(&url).await.bytes().await.unwrap();
        assert_eq!(counts(&shared.carl, &shared.file).await, (expected, None));
    }
}

#[tokio::test]
async fn a_share_with_every_client_counts_for_each() {
    let app = TestApp::builder().with("SHARING__EVERY_CLIENT_ALLOWED", "true").start().await;
    let olga = app.ops("olga").await;
    let (carl, dora) = (app.client("carl").await, app.client("dora").await);
    let file = olga.upload("for all.docx", &docx("For all", b"")).await;
    let input = json!({"fileId": file["id"], "everyClient": true, "maxDownloads": 1});
    olga.data(SHARE, json!({"input": input})).await;
    let url = carl.link(&file).await;
    carl.get(&url).await.bytes().await.unwrap();
    assert_eq!(counts(&carl, &file).await, (1, Some(0)));
    assert_eq!(counts(&dora, &file).await, (0, Some(1)), "each Client has its own");
    assert_eq!(carl.code(CREATE_LINK, json!({"id": file["id"]})).await, "CONFLICT");
    let url = dora.link(&file).await;
    assert_eq!(dora.get(&url).await.status(), 200);
    let query = "query($id: ID!) { file(id: $id) { shares { nodes { downloads } } } }";
    let data = olga.data(query, json!({"id": file["id"]})).await;
    assert_eq!(data["file"]["shares"]["nodes"], json!([{"downloads": 2}]), "the owner sees the sum");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_links_at_once_take_no_more_than_there_is() {
    let shared = Shared::with(json!({"maxDownloads": 5})).await;
    let mut urls = Vec::new();
    for _ in 0..20 {
        urls.push(shared.carl.link(&shared.file).await);
    }
    let statuses = join_all(urls.iter().map(async |url| {
        let response = shared.carl.get(url).await;
        let status = response.status().as_u16();
        let body = response.bytes().await.unwrap();
        assert_eq!(status == 200, body == shared.content, "{status}");
        status
    }));
    let mut statuses = statuses.await;
    statuses.sort_unstable();
    assert_eq!(statuses, [[200; 5].as_slice(), &[410; 15]].concat());
    assert_eq!(counts(&shared.carl, &shared.file).await, (5, Some(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_link_used_twenty_times_at_once_is_one_download() {
    let shared = Shared::with(json!({"maxDownloads": 1})).await;
    let url = shared.carl.link(&shared.file).await;
    let statuses = join_all((0..20).map(async |_| shared.carl.get(&url).await.status().as_u16())).await;
    assert_eq!(statuses, [200; 20]);
    assert_eq!(counts(&shared.carl, &shared.file).await, (1, Some(0)));
}
