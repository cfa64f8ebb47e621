//! What nobody in their right mind sends: each gets a code of the contract, nothing is stored, and the server goes on.

mod arguments;
mod multipart;
mod requests;

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::TestApp;
use crate::harness::client::{Client, Reply};

/// An app with one file of one Ops user in it, which no bad input may change.
struct Besieged {
    app: TestApp,
    ops: Client,
    file: serde_json::Value,
}

impl Besieged {
    async fn start() -> Self {
        let app = TestApp::builder().with("STORAGE__BACKEND", "fs").start().await;
        let ops = app.ops("olga").await;
        let file = ops.upload("kept.docx", &crate::harness::documents::docx("kept", b"")).await;
        Self { app, ops, file }
    }

    /// The reply has this code and status, and says nothing of how the program is made.
    #[track_caller]
    fn assert_refused(reply: &Reply, status: u16, code: &str, field: &str, what: &str) {
        let got = (reply.status.as_u16(), reply.code(), reply.field());
        assert_eq!(got, (status, code, field), "{what}: {}", reply.body);
        let text = reply.body.to_string();
        for inside in ["panicked", "surreal", "SELECT", ".rs:", "multer", "serde"] {
            assert!(!text.contains(inside), "{what}: {text}");
        }
    }

    /// The one file is still there as it was, nothing else is, and the server answers.
    async fn assert_unmoved(&self, what: &str) {
        let data = self.ops.data("{ files { totalCount nodes { id name } } viewer { email } }", json!({})).await;
        let file = json!({"id": self.file["id"], "name": "kept.docx"});
        assert_eq!(data["files"], json!({"totalCount": 1, "nodes": [file]}), "{what}");
        let begun = Instant::now();
        while self.app.objects().len() > 1 {
            assert!(begun.elapsed() < Duration::from_secs(10), "{what}: {:?}", self.app.objects());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
