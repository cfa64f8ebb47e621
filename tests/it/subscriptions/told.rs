//! Who is told what.

use serde_json::json;

use super::{AUDIT_EVENT, FILE_DOWNLOADED, FILE_SHARED, download, share};
use crate::harness::TestApp;
use crate::harness::socket::{Socket, event_id};

#[tokio::test]
async fn a_client_is_told_of_a_share_its_owner_of_the_download_and_an_admin_of_all() {
    let app = TestApp::start().await;
    let (olga, carl, ada) = (app.ops("olga").await, app.client("carl").await, app.admin("ada").await);
    let (mut to_carl, mut to_olga, mut to_ada) =
        (Socket::of(&carl).await, Socket::of(&olga).await, Socket::of(&ada).await);
    to_carl.watch("1", FILE_SHARED, None).await;
    to_olga.watch("1", FILE_DOWNLOADED, None).await;
    to_ada.watch("1", AUDIT_EVENT, None).await;

    let (file, shared) = share(&olga, "report.docx", "carl@example.com").await;
    let told = to_carl.event("1").await;
    assert_eq!(
        told["data"]["fileShared"],
        json!({"id": shared["id"], "everyClient": false, "sharedBy": {"email": "olga@example.com"},
            "recipient": {"email": "carl@example.com"}, "file": {"id": file["id"], "name": "report.docx"}})
    );
    assert!(event_id(&told).len() > 100);
    download(&carl, &file).await;
    let told = to_olga.event("1").await;
    assert_eq!(
        told["data"]["fileDownloaded"],
        json!({"at": "2026-11-21T09:30:00Z", "recipient": {"email": "carl@example.com"},
            "share": {"id": shared["id"], "downloads": 1, "file": {"name": "report.docx"}}})
    );
    for action in ["file.uploaded", "share.created", "file.downloaded"] {
        let told = to_ada.event("1").await;
        let told = &told["data"]["auditEvent"];
        assert_eq!((&told["action"], &told["object"]), (&json!(action), &file["id"]));
    }
}
