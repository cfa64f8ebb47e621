//! What a page says.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{FILES, Library, add_client};
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::{Client, SHARE};
use crate::harness::documents::docx;

const FIELDS: &str = "id name uploadedBy { email } downloadLink { expiresAt } myShare { id downloads downloadsLeft sharedBy { email } }
    shares(first: 3) { totalCount pageInfo { hasNextPage hasPreviousPage } nodes { id everyClient downloads
        recipient { email } sharedBy { email } file { id name }
        receipts(first: 2) { totalCount pageInfo { hasNextPage } nodes { recipient { email } downloads lastDownloadedAt } } } }
    oldest: shares(last: 2) { pageInfo { hasNextPage hasPreviousPage } nodes { id recipient { email } } }";

async fn page(client: &Client) -> Vec<Value> {
    let query = format!("{{ files(first: 100) {{ nodes {{ {FIELDS} }} }} }}");
    client.data(&query, json!({})).await["files"]["nodes"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_of_each_file_what_is_said_of_it_alone() {
    let Library { app: _app, olga, carl, ada } = Library::open().await;
    let alone = format!("query($id: ID!) {{ file(id: $id) {{ {FIELDS} }} }}");
    for client in [&olga, &carl, &ada] {
        let nodes = page(client).await;
        assert_eq!(nodes.len(), FILES - 1);
        for node in &nodes {
            assert_eq!(client.data(&alone, json!({"id": node["id"]})).await["file"], *node);
        }
        let said: BTreeSet<String> = nodes.iter().map(|node| node["myShare"]["downloads"].to_string()).collect();
        let expected = if std::ptr::eq(client, &carl) { ["0", "1"].as_slice() } else { ["null"].as_slice() };
        assert_eq!(said.iter().collect::<Vec<_>>(), expected, "the files differ, so one answer for another would show");
    }
    let of_carl = page(&carl).await;
    let of_common = |node: &&Value| node["name"] == "098.docx";
    assert!(of_carl.iter().find(of_common).unwrap()["downloadLink"].is_object());
    let used_up = of_carl.iter().find(|node| node["name"] == "095.docx").unwrap();
    assert_eq!((&used_up["downloadLink"], &used_up["myShare"]["downloadsLeft"]), (&Value::Null, &json!(0)));
}

#[tokio::test]
async fn one_operation_may_ask_the_same_in_several_ways() {
    let app = TestApp::start().await;
    let olga = app.ops("olga").await;
    add_client(&app, "carl").await;
    add_client(&app, "dora").await;
    let file = olga.upload("a.docx", &docx("x", &[])).await;
    for name in ["carl", "dora"] {
        app.clock.advance_seconds(1);
        olga.share(&file, &email_of(name)).await;
    }
    let query = "query($id: ID!) { file(id: $id) {
        newest: shares(first: 1) { nodes { recipient { email } } pageInfo { endCursor hasNextPage } }
        oldest: shares(last: 1) { nodes { recipient { email } } pageInfo { hasPreviousPage hasNextPage } }
        all: shares { totalCount nodes { recipient { email } } }
        wrong: downloadLink(ttlSeconds: 0) { expiresAt }
        short: downloadLink(ttlSeconds: 1) { expiresAt }
        long: downloadLink(ttlSeconds: 60) { expiresAt } } }";
    let reply = olga.send(query, json!({"id": file["id"]})).await;
    assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "ttlSeconds"));
    assert_eq!(reply.body["errors"].as_array().unwrap().len(), 1, "{}", reply.body);
    let seen = &reply.body["data"]["file"];
    let recipient = |list: &str, place: usize| seen[list]["nodes"][place]["recipient"]["email"].clone();
    assert_eq!((recipient("newest", 0), recipient("oldest", 0)), (json!(email_of("dora")), json!(email_of("carl"))));
    assert_eq!((recipient("all", 0), recipient("all", 1)), (json!(email_of("dora")), json!(email_of("carl"))));
    assert_eq!(seen["newest"]["pageInfo"]["hasNextPage"], true);
    assert_eq!(seen["oldest"]["pageInfo"], json!({"hasPreviousPage": true, "hasNextPage": false}));
    assert_eq!(seen["wrong"], Value::Null);
    assert_eq!(seen["short"]["expiresAt"], "2026-11-21T09:30:03Z");
    assert_eq!(seen["long"]["expiresAt"], "2026-11-21T09:31:02Z");

    let query = "query($id: ID!, $after: String) { file(id: $id) { shares(first: 1, after: $after) {
        nodes { recipient { email } } pageInfo { hasNextPage hasPreviousPage } } } }";
    let rest = olga.data(query, json!({"id": file["id"], "after": seen["newest"]["pageInfo"]["endCursor"]})).await;
    let expected = json!({"nodes": [{"recipient": {"email": email_of("carl")}}],
        "pageInfo": {"hasNextPage": false, "hasPreviousPage": true}});
    assert_eq!(rest["file"]["shares"], expected);
}

/// What has expired and is not swept yet is skipped, in as many steps as each file needs.
#[tokio::test]
async fn of_each_file_as_many_live_shares_are_found_as_are_asked() {
    const CLIENTS: usize = 40;
    let app = TestApp::unlimited().await;
    let olga = app.ops("olga").await;
    for number in 0..CLIENTS {
        add_client(&app, &format!("c{number}")).await;
    }
    // `(shares that stay, shares made later that expire)` of each file.
    let files = [(0, 0), (1, 0), (3, 0), (2, 2), (3, 13), (1, 39), (0, 7), (5, 35)];
    for (stay, expire) in files {
        let file = olga.upload("a.docx", &docx("x", &[])).await;
        for (numbers, expires_at) in [(0..stay, Value::Null), (stay..stay + expire, json!("2026-11-21T10:30:00Z"))] {
            app.clock.advance_seconds(1);
            let recipients: Vec<String> = numbers.map(|number| email_of(&format!("c{number}"))).collect();
            if !recipients.is_empty() {
                let input = json!({"fileId": file["id"], "recipients": recipients, "expiresAt": expires_at});
                olga.data(SHARE, json!({"input": input})).await;
            }
        }
    }
    app.clock.advance_seconds(3600);
    let olga = app.sign_in("olga").await;
    let query = "query { files(orderBy: OLDEST_FIRST) { nodes {
        shares(first: 2) { totalCount nodes { recipient { email } } pageInfo { hasNextPage hasPreviousPage } } } } }";
    let data = olga.data(query, json!({})).await;
    let nodes = data["files"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), files.len());
    for (node, (stay, expired)) in nodes.iter().zip(files) {
        let shares = &node["shares"];
        let found = shares["nodes"].as_array().unwrap();
        assert_eq!((found.len(), &shares["totalCount"]), (stay.min(2), &json!(stay)), "{stay} of {}", stay + expired);
        assert_eq!(shares["pageInfo"], json!({"hasNextPage": stay > 2, "hasPreviousPage": false}));
        let recipients: BTreeSet<&str> =
            found.iter().map(|share| share["recipient"]["email"].as_str().unwrap()).collect();
        let living: BTreeSet<String> = (0..stay).map(|number| email_of(&format!("c{number}"))).collect();
        assert_eq!(recipients.len(), found.len());
        assert!(recipients.iter().all(|email| living.contains(*email)), "{recipients:?}");
    }
}
