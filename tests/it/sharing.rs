//! Sharing, and what each side sees of it.

mod files;
mod nodes;
mod receipts;
mod rules;
mod seen;

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::client::{Client, Reply, SHARE};
use crate::harness::documents::docx;

pub const REVOKE: &str = "mutation($id: ID!) { revokeShare(id: $id) }";
pub const DELETE: &str = "mutation($id: ID!) { deleteFile(id: $id) }";
pub const RENAME: &str = "mutation($id: ID!, $name: String!) { renameFile(id: $id, name: $name) { name } }";
/// An id that is well made and of nothing.
pub const UNKNOWN_FILE: &str = "file_aaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Olga, who shares, with a file; Carl and Dora, who receive.
pub struct Scene {
    pub app: TestApp,
    pub olga: Client,
    pub carl: Client,
    pub dora: Client,
    pub file: Value,
}

impl Scene {
    /// Where sharing with every Client is allowed.
    pub async fn start() -> Self {
        Self::with("true").await
    }

    pub async fn with(every_client_allowed: &str) -> Self {
        let app = TestApp::builder().with("SHARING__EVERY_CLIENT_ALLOWED", every_client_allowed).start().await;
        let olga = app.ops("olga").await;
        let (carl, dora) = (app.client("carl").await, app.client("dora").await);
        let file = olga.upload("report.docx", &docx("Report", b"")).await;
        Self { app, olga, carl, dora, file }
    }

    /// Tries to share Olga's file.
    pub async fn try_share(&self, terms: Value) -> Reply {
        let mut input = json!({"fileId": self.file["id"]});
        input.as_object_mut().unwrap().extend(terms.as_object().unwrap().clone());
        self.olga.send(SHARE, json!({"input": input})).await
    }

    /// Shares Olga's file and answers the shares.
    pub async fn share(&self, terms: Value) -> Vec<Value> {
        self.try_share(terms).await.data()["share"]["shares"].as_array().unwrap().clone()
    }

    /// The shares of Olga's file as she sees them.
    pub async fn shares(&self) -> Vec<Value> {
        let query = "query($id: ID!) { file(id: $id) { shares {
            totalCount nodes { id everyClient expiresAt downloadsLeft downloads recipient { email } } } } }";
        let data = self.olga.data(query, json!({"id": self.file["id"]})).await;
        let shares = data["file"]["shares"].clone();
        let nodes = shares["nodes"].as_array().unwrap().clone();
        assert_eq!(shares["totalCount"], nodes.len());
        nodes
    }
}

/// How many files somebody sees, and whether the count agrees.
pub async fn files_seen(client: &Client) -> usize {
    let files = client.data("{ files { totalCount nodes { id } } }", json!({})).await["files"].clone();
    let nodes = files["nodes"].as_array().unwrap().len();
    assert_eq!(files["totalCount"], nodes);
    nodes
}
