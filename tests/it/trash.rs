//! The trash: what is put there is not there, comes back whole, and goes for good in its time.

mod accounts;
mod age;
mod away;
mod over;

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::client::Client;

const TRASH: &str =
    "{ trash { totalCount nodes { id name deletedAt restorableUntil downloadLink { url } uploadedBy { email }
    shares { totalCount nodes { id } } myShare { id } } } }";
const DELETE: &str = "mutation($id: ID!) { deleteFile(id: $id) }";
const DELETE_FOR_GOOD: &str = "mutation($id: ID!) { deleteFile(id: $id, permanently: true) }";
const RESTORE: &str = "mutation($id: ID!) { restoreFile(id: $id) { id name size sha256 uploadedAt deletedAt
    downloadLink { url } shares { totalCount nodes { id } } } }";
const DAY_SECONDS: u64 = 86_400;

/// What somebody has in the trash; the total must agree.
async fn trash_of(client: &Client) -> Vec<Value> {
    let trash = client.data(TRASH, json!({})).await["trash"].clone();
    let nodes = trash["nodes"].as_array().unwrap().clone();
    assert_eq!(trash["totalCount"], nodes.len());
    nodes
}

async fn delete(client: &Client, file: &Value) {
    assert_eq!(client.data(DELETE, json!({"id": file["id"]})).await["deleteFile"], true);
}

async fn restore(client: &Client, file: &Value) -> Value {
    client.data(RESTORE, json!({"id": file["id"]})).await["restoreFile"].clone()
}

/// Action, actor and detail of what was done to a file, earliest first.
async fn acts_on(admin: &Client, file: &Value) -> Vec<(String, String, Value)> {
    let query =
        "query($of: String) { auditEvents(first: 100, filter: {object: $of}) { nodes { action actor detail } } }";
    let data = admin.data(query, json!({"of": file["id"]})).await;
    let acts = data["auditEvents"]["nodes"].as_array().unwrap().iter().rev();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    acts.map(|act| (text(&act["action"]), text(&act["actor"]), act["detail"].clone())).collect()
}

/// That the act done last to a file is this one of the server's own.
async fn assert_done_by_system(admin: &Client, file: &Value, action: &str, why: &str) {
    let last = acts_on(admin, file).await.pop().unwrap();
    assert_eq!(last, (action.to_owned(), "system".to_owned(), json!(why)));
}

fn in_days(app: &TestApp, days: u64) {
    app.clock.advance_seconds(days * DAY_SECONDS);
}
