//! What people do with the front end, in a browser that reaches nothing but the server: `tests/browser/front_end`. Each looks at every
//! page it comes to in two sizes, light and dark: with axe, for what has to be scrolled sideways, and taking a picture.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use strongroom::domain::role::Role;
use strongroom::services::Caller;

use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::PASSWORD;
use crate::harness::large_docx::LargeDocx;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/good");
const PICTURES: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/front-end");
/// Of JavaScript, compressed, that the page to sign in loads first.
const LOGIN_BUDGET_BYTES: u64 = 150 << 10;
/// How soon a key is shown, half of the time at least.
const INTERACTION_BUDGET_MS: f64 = 100.0;

pub(super) async fn start() -> TestApp {
    TestApp::builder().with_front_end().with("RATE_LIMITS__ENABLED", "false").start().await
}

/// Plays a script beside Olga, an Ops user, and answers what it printed. What no page may do, none has done.
pub(super) async fn play(app: &TestApp, script: &str, email: &str) -> Value {
    play_with(app, script, email, json!({})).await
}

/// The same, and the script is told something more.
pub(super) async fn play_with(app: &TestApp, script: &str, email: &str, more: Value) -> Value {
    let olga = app.ops("olga").await;
    let mut env = json!({
        "baseUrl": app.base_url,
        "pictures": format!("{PICTURES}/{}", script.trim_end_matches(".mjs")),
        "mailDir": app.data_dir().join("mail"),
        "opsToken": olga.token,
        "document": format!("{FIXTURES}/report-libreoffice.docx"),
        "sheet": format!("{FIXTURES}/figures-openpyxl.xlsx"),
        "email": email,
        "password": PASSWORD,
        "newPassword": "a-quiet-library-on-sunday",
        // 2026-11-21T09:30:00Z, where the clock of a test's app stands.
        "now": 1_795_253_400_000_u64,
    });
    env.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut node = Command::new("node");
    node.arg(format!("{}/tests/browser/front_end/{script}", env!("CARGO_MANIFEST_DIR"))).arg(env.to_string());
    let output = tokio::task::spawn_blocking(move || node.output().unwrap()).await.unwrap();
    let mut outcome: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat())));
    for nothing in ["foreign", "complaints", "violations"] {
        assert_eq!(outcome.as_object_mut().unwrap().remove(nothing), Some(json!([])), "{script}: {nothing}");
    }
    outcome
}

/// Where a document lies that takes several requests.
fn large_document(app: &TestApp) -> PathBuf {
    let path = app.folder.path().join("large.docx");
    let mut file = File::create(&path).unwrap();
    LargeDocx::new("large", 24).pieces().for_each(|piece| file.write_all(piece).unwrap());
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ops_take_files_in_and_share_them() {
    let app = start().await;
    app.client("carl").await;
    let more = json!({"largeDocument": large_document(&app), "opsEmail": email_of("olga")});
    let outcome = play_with(&app, "ops.mjs", &email_of("carl"), more).await;
    let shares = json!([{"downloadsLeft": 3, "recipient": {"email": "carl@example.com"}}]);
    assert_eq!(outcome, json!({"heldAt": true, "isWhole": true, "shares": shares, "count": 2}));
}

/// From an invitation of the operator's to a second person who can sign up by another one. (The one that `serve` prints ends as soon as
/// there is an Ops user, and here is one.)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_signs_up_by_invitation_and_invites_somebody() {
    let app = start().await;
    let invitation = app.services.invite(&Caller::Operator, Role::Admin, None).await.unwrap();
    let link = app.services.invitation_link(&invitation.token);
    let outcome = play_with(&app, "admin.mjs", "ada@example.com", json!({"invitationLink": link})).await;
    assert_eq!(
        outcome,
        json!({
            "addressBar": format!("{}/signup", app.base_url),
            "role": "OPS",
            "pending": ["whoever has the link (Uploads files)"],
            "leftAfterRevoking": 0,
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_signs_up_sees_what_arrives_and_downloads_it() {
    let app = start().await;
    let mut outcome = play(&app, "client.mjs", "").await;
    let bytes = outcome["loginScriptBytes"].take().as_u64().unwrap();
    crate::harness::say(&format!("JavaScript of the page to sign in: {} KiB as gzip", bytes >> 10));
    assert!(bytes < LOGIN_BUDGET_BYTES, "{bytes}");
    let folder = app.data_dir().join("mail");
    assert_eq!(
        outcome,
        json!({
            "loginScriptBytes": null,
            "shift": 0,
            "language": "de",
            "refusal": "The e-mail address, the password or the code is wrong.",
            "missing": 1,
            "folder": folder.to_str().unwrap(),
            "addressBar": format!("{}/verify-email", app.base_url),
            "shownAsText": 1,
            "found": ["Term sheet.xlsx"],
            "byName": ["<img src=x onerror=alert(1)>.docx", "Annual report 2026.docx", "Term sheet.xlsx"],
            "suggestedName": "Annual report 2026.docx",
            "isWhole": true,
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_needs_no_mouse_and_loses_nothing_when_the_session_ends() {
    let app = start().await;
    app.client("carl").await;
    let outcome = play(&app, "keyboard.mjs", &email_of("carl")).await;
    assert_eq!(
        outcome,
        json!({
            "ended": true,
            "isWhole": true,
            "isSecond": true,
            "dialogHasFocus": true,
            "thirdName": "Third quarter.docx",
            "kept": "third",
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_keeps_an_account_in_order() {
    let app = start().await;
    app.client("carl").await;
    let mut outcome = play(&app, "settings.mjs", &email_of("carl")).await;
    assert!(outcome["qrPixels"].take().as_u64().unwrap() > 100);
    assert_eq!(
        outcome,
        json!({
            // The one of the test itself, and the browser's.
            "sessionsBefore": 2,
            "qrPixels": null,
            "codes": 10,
            "darkAsChosen": "dark",
            "wrongCode": "The e-mail address, the password or the code is wrong.",
            "addressBar": format!("{}/reset-password", app.base_url),
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_files_are_as_quick_as_ten() {
    let app = start().await;
    app.client("carl").await;
    let outcome = play(&app, "many.mjs", &email_of("carl")).await;
    let (rows, median) = (outcome["rows"].as_u64().unwrap(), outcome["medianMs"].as_f64().unwrap());
    let slowest = &outcome["slowestMs"];
    crate::harness::say(&format!(
        "10,000 rows: {rows} in the page; from a key to the picture {median} ms, {slowest} at most"
    ));
    assert!(rows < 80 && outcome["last"] == "10000" && median < INTERACTION_BUDGET_MS, "{outcome}");
    assert_eq!(outcome["focused"], "Download Minutes of meeting 09987.docx");
}
