//! What Ops do with the front end: `tests/browser/front_end/ops*.mjs`.

use std::fs::{File, create_dir_all, write};
use std::io::Write;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::journeys::{play_with, start};
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::large_docx::LargeDocx;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/good");
/// Of one document for a few of them, and for no large one.
const QUOTA_BYTES: u64 = 2 << 20;

/// Where a document lies that takes several requests.
fn large_document(app: &TestApp, name: &str, mib: u64) -> PathBuf {
    let path = app.folder.path().join(name);
    let mut file = File::create(&path).unwrap();
    LargeDocx::new("large", mib).pieces().for_each(|piece| file.write_all(piece).unwrap());
    path
}

/// A folder as people have them: documents at different depths, and what is none.
fn folder_of_documents(app: &TestApp) -> PathBuf {
    let document = include_bytes!("../../fixtures/good/report-libreoffice.docx");
    let folder = app.folder.path().join("quarter");
    create_dir_all(folder.join("old/older")).unwrap();
    for name in ["summary.docx", "old/first.docx", "old/older/second.docx"] {
        write(folder.join(name), document).unwrap();
    }
    for (name, content) in
        [("notes.txt", "none"), ("old/photo.jpg", "none"), ("old/empty.docx", ""), (".hidden", "none")]
    {
        write(folder.join(name), content).unwrap();
    }
    folder
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ops_take_files_in_and_share_them() {
    let app = start().await;
    app.client("carl").await;
    let more = json!({"largeDocument": large_document(&app, "large.docx", 24), "opsEmail": email_of("olga"), "folder": folder_of_documents(&app)});
    let outcome = play_with(&app, "ops.mjs", &email_of("carl"), more).await;
    let shares = json!([{"downloadsLeft": 3, "recipient": {"email": "carl@example.com"}}]);
    let names = ["first.docx", "large.docx", "report-libreoffice.docx", "second.docx", "summary.docx"];
    assert_eq!(outcome, json!({"heldAt": true, "isWhole": true, "shares": shares, "names": names}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ops_keep_their_files_in_order_and_see_who_has_them() {
    let app = TestApp::builder()
        .with_front_end()
        .with("RATE_LIMITS__ENABLED", "false")
        .with("SHARING__EVERY_CLIENT_ALLOWED", "true")
        .with("QUOTAS__PER_USER_BYTES", &QUOTA_BYTES.to_string())
        .start()
        .await;
    let carl = app.client("carl").await;
    app.client("dora").await;
    let more = json!({"opsEmail": email_of("olga"), "clientToken": carl.token, "secondEmail": email_of("dora"), "tooLarge": large_document(&app, "too-large.docx", 3)});
    let outcome = play_with(&app, "ops_files.mjs", &email_of("carl"), more).await;
    assert_eq!(
        outcome,
        json!({
            "byName": ["Plan 1.docx", "Plan 2.docx", "Plan 3.docx", "Plan 4.docx", "Plan 5.docx"],
            "shares": [["Plan 2.docx", "carl@example.com", "dora@example.com"], ["Plan 3.docx", "carl@example.com", "dora@example.com"], ["Plan 4.docx", "carl@example.com", "dora@example.com"]],
            "everyClient": true,
            "receipts": ["downloaded it once, now", "has not downloaded it yet"],
            "afterRevoking": ["carl@example.com"],
            "name": "Plan 1 of 5.docx",
            "inTrash": 2,
            "afterUndo": 5,
            "atTheEnd": ["Plan 1 of 5.docx", "Plan 2.docx", "Plan 3.docx", "Plan 4.docx"],
            "leftInTrash": 0,
            "uploadsSent": 0,
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ops_need_no_mouse() {
    let app = start().await;
    app.client("carl").await;
    app.client("dora").await;
    let more = json!({"opsEmail": email_of("olga"), "secondEmail": email_of("dora"), "deck": format!("{FIXTURES}/deck-libreoffice.pptx")});
    let outcome = play_with(&app, "ops_keyboard.mjs", &email_of("carl"), more).await;
    assert_eq!(
        outcome,
        json!({
            "stored": ["Deck.pptx", "Figures.xlsx", "Report.docx"],
            "shares": [["Figures.xlsx", 2], ["Report.docx", 2]],
            "renamed": "Numbers.xlsx",
            "afterDeleting": {"files": 2, "trash": 1},
            "afterUndo": {"files": 3, "trash": 0},
            "left": {"files": 2, "trash": 0},
            "revoked": 0,
            "mouse": 0,
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploads_go_on_after_the_session_has_ended_under_way() {
    let app = start().await;
    let more = json!({"opsEmail": email_of("olga"), "largeDocument": large_document(&app, "large.docx", 24)});
    let outcome: Value = play_with(&app, "ops_session.mjs", "", more).await;
    assert_eq!(
        outcome,
        json!({"warned": true, "refusedMethod": "PATCH", "wentOnFrom": true, "isWhole": true, "names": ["large.docx", "small.docx"]})
    );
}
