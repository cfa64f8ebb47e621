//! Who has downloaded, and who has not.

use serde_json::{Value, json};

use super::Scene;
use crate::harness::client::{Client, SHARE};

const RECEIPTS: &str = "query($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on Share {
    receipts(first: $first, after: $after) {
        nodes { recipient { email } downloads lastDownloadedAt } totalCount pageInfo { hasNextPage endCursor } } } } }";

async fn receipts(client: &Client, share: &Value, page: Value) -> Value {
    let mut variables = page;
    variables["id"] = share["id"].clone();
    client.data(RECEIPTS, variables).await["node"]["receipts"].clone()
}

fn told(receipts: &Value) -> Vec<(String, u64)> {
    let nodes = receipts["nodes"].as_array().unwrap();
    let told = nodes.iter().map(|receipt| {
        (receipt["recipient"]["email"].as_str().unwrap().to_owned(), receipt["downloads"].as_u64().unwrap())
    });
    told.collect()
}

#[tokio::test]
async fn the_owner_sees_whether_a_recipient_has_downloaded() {
    let scene = Scene::start().await;
    let share = scene.olga.share(&scene.file, "carl@example.com").await;
    let seen = receipts(&scene.olga, &share, json!({})).await;
    assert_eq!(told(&seen), [("carl@example.com".to_owned(), 0)]);
    assert_eq!((&seen["nodes"][0]["lastDownloadedAt"], &seen["totalCount"]), (&Value::Null, &json!(1)));
    for _ in 0..2 {
        let link = scene.carl.link(&scene.file).await;
        assert_eq!(scene.carl.get(&link).await.status(), 200);
    }
    let seen = receipts(&scene.olga, &share, json!({})).await;
    assert_eq!(told(&seen), [("carl@example.com".to_owned(), 2)]);
    assert_eq!(seen["nodes"][0]["lastDownloadedAt"], "2026-11-21T09:30:00Z");
    assert_eq!(receipts(&scene.carl, &share, json!({})).await["totalCount"], 0, "only the owner sees them");
    let cursor = seen["pageInfo"]["endCursor"].clone();
    assert_eq!(told(&receipts(&scene.olga, &share, json!({"after": cursor})).await), []);
}

#[tokio::test]
async fn of_a_share_with_every_client_all_clients_have_a_receipt() {
    let scene = Scene::start().await;
    let input = json!({"input": {"fileId": scene.file["id"], "everyClient": true}});
    let share = scene.olga.data(SHARE, input).await["share"]["shares"][0].clone();
    let link = scene.dora.link(&scene.file).await;
    assert_eq!(scene.dora.get(&link).await.status(), 200);
    let first = receipts(&scene.olga, &share, json!({"first": 1})).await;
    assert_eq!(told(&first), [("carl@example.com".to_owned(), 0)]);
    assert_eq!((&first["totalCount"], &first["pageInfo"]["hasNextPage"]), (&json!(2), &json!(true)));
    let rest = receipts(&scene.olga, &share, json!({"after": first["pageInfo"]["endCursor"]})).await;
    assert_eq!(told(&rest), [("dora@example.com".to_owned(), 1)]);
    scene.app.client("eve").await;
    assert_eq!(receipts(&scene.olga, &share, json!({})).await["totalCount"], 3, "future Clients too");
}
