//! What Admins do with people, and how they read the audit.

use serde_json::json;

use super::journeys::{play_with, start};
use crate::harness::app::email_of;

/// Another role, files in the way, disabling, deleting, and the last Admin, who stays; then three invitations at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_keeps_people_in_order() {
    let app = start().await;
    let (ada, carl) = (app.admin("ada").await, app.client("carl").await);
    app.client("dora").await;
    app.ops("otto").await;
    let more = json!({
        "opsEmail": email_of("olga"),
        "clientEmail": email_of("carl"),
        "clientToken": carl.token,
        "adminToken": ada.token,
    });
    let outcome = play_with(&app, "people.mjs", &email_of("ada"), more).await;
    let invited = |email: &str| json!({"email": email, "role": "OPS"});
    assert_eq!(
        outcome,
        json!({
            "ops": ["olga@example.com", "otto@example.com"],
            "titleHasFocus": true,
            "unnamed": 1,
            "backAt": "Manage olga, olga@example.com",
            "given": [{"name": "Annual report 2026.docx", "uploadedBy": {"email": "otto@example.com"}}],
            "shut": true,
            "headingHasFocus": true,
            "left": [],
            "nothing": 1,
            "told": ["gil@", "eve@example.com"],
            "kept": "gil@",
            "pending": [invited("eve@example.com"), invited("fred@example.com"), invited("hanna@example.com")],
        })
    );
}

/// By keyboard alone: what comes while somebody looks on, looking into it, filtering by what, by whom and by which thing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_reads_the_audit_without_a_mouse() {
    let app = start().await;
    app.admin("ada").await;
    app.client("carl").await;
    let outcome = play_with(&app, "audit.mjs", &email_of("ada"), json!({"clientEmail": email_of("carl")})).await;
    assert_eq!(
        outcome,
        json!({
            "headingHasFocus": true,
            "code": "share.created",
            "onFile": ["olga shared a file", "olga stored a file"],
            "isLinked": true,
            "action": "file.uploaded",
            "ofOlga": ["olga stored a file", "olga stored a file"],
            "isUndisturbed": true,
            "moment": "21. November 2026 um 09:30:00 UTC",
        })
    );
}
