//! Download links: to whom they answer, for how long, and what counts.

mod counting;
mod making;
mod precedence;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::client::{Client, SHARE};
use crate::harness::documents::docx;

/// A file of Olga's that is shared with Carl.
pub struct Shared {
    pub app: TestApp,
    pub olga: Client,
    pub carl: Client,
    pub file: Value,
    pub share: Value,
    pub content: Vec<u8>,
}

impl Shared {
    pub async fn start() -> Self {
        Self::with(json!({})).await
    }

    /// With these further arguments of `share`.
    pub async fn with(terms: Value) -> Self {
        let app = TestApp::start().await;
        let (olga, carl) = (app.ops("olga").await, app.client("carl").await);
        let content = docx("For Carl", &[7; 1000]);
        let file = olga.upload("for carl.docx", &content).await;
        let share = share_on(&olga, &file, "carl", terms).await;
        Self { app, olga, carl, file, share, content }
    }

    pub async fn revoke(&self) {
        self.olga.data("mutation($id: ID!) { revokeShare(id: $id) }", json!({"id": self.share["id"]})).await;
    }

    /// Carl, signed in again: for after the clock was moved.
    pub async fn carl_again(&self) -> Client {
        self.app.sign_in("carl").await
    }
}

/// Shares with `NAME@example.com` on these terms, and answers the share.
pub async fn share_on(owner: &Client, file: &Value, name: &str, terms: Value) -> Value {
    let mut input = json!({"fileId": file["id"], "recipients": [format!("{name}@example.com")]});
    input.as_object_mut().unwrap().extend(terms.as_object().unwrap().clone());
    owner.data(SHARE, json!({"input": input})).await["share"]["shares"][0].clone()
}

/// What a recipient sees of its share of a file.
pub async fn my_share(client: &Client, file: &Value) -> Value {
    let query = "query($id: ID!) { file(id: $id) { myShare { downloads downloadsLeft lastDownloadedAt } } }";
    client.data(query, json!({"id": file["id"]})).await["file"]["myShare"].clone()
}

pub async fn get_with(client: &Client, url: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = client.request(Method::GET, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

/// The answer is an error with this code and its status, in the shape of `/d`.
#[track_caller]
pub fn assert_refused(what: &str, answer: (u16, String, Value), code: &str) {
    let (status, request_id, body) = answer;
    let expected = match code {
        "UNAUTHENTICATED" => 401,
        "NOT_FOUND" => 404,
        "GONE" => 410,
        "INTERNAL" => 500,
        other => panic!("{other}"),
    };
    assert_eq!((status, body["code"].as_str().unwrap_or_default()), (expected, code), "{what}: {body}");
    let mut keys: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["code", "message", "requestId"], "{what}");
    assert_eq!(body["requestId"], request_id, "{what}");
    assert!(!body["message"].as_str().unwrap().is_empty(), "{what}");
}

/// Status, request id and JSON of what a GET answers.
pub async fn answer(client: &Client, url: &str) -> (u16, String, Value) {
    let response = client.get(url).await;
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, id, serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {status} {text:.80}")))
}

pub async fn refuse(what: &str, client: &Client, url: &str, code: &str) {
    assert_refused(what, answer(client, url).await, code);
}
