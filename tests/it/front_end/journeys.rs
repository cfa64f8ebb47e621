//! What people do with the front end, in a browser that reaches nothing but the server: `tests/browser/front_end`. Each looks at every
//! page it comes to, small and dark, large and light: with axe, and for what has to be scrolled sideways.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use strongroom::domain::role::Role;
use strongroom::services::Caller;

use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::PASSWORD;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/good");
const PICTURES: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/front-end");
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
        "opsToken": olga.token,
        "email": email,
        // 2026-11-21T09:30:00Z, where the clock of a test's app stands.
        "now": 1_795_253_400_000_u64,
    });
    env.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    play_at(&app.base_url, &app.data_dir(), script, env).await
}

/// Plays a script where nobody is yet but whom `more` tells of.
pub(super) async fn play_at(base_url: &str, data_dir: &Path, script: &str, more: Value) -> Value {
    let mut env = json!({
        "baseUrl": base_url,
        "pictures": format!("{PICTURES}/{}", script.trim_end_matches(".mjs")),
        "mailDir": data_dir.join("mail"),
        "document": format!("{FIXTURES}/report-libreoffice.docx"),
        "sheet": format!("{FIXTURES}/figures-openpyxl.xlsx"),
        "password": PASSWORD,
        "newPassword": "a-quiet-library-on-sunday",
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
async fn ten_thousand_files_are_as_quick_as_ten() {
    let app = start().await;
    app.client("carl").await;
    let outcome = play_with(&app, "many.mjs", &email_of("carl"), json!({"opsEmail": email_of("olga")})).await;
    for list in ["shared", "own"] {
        let outcome = &outcome[list];
        let (rows, median) = (outcome["rows"].as_u64().unwrap(), outcome["medianMs"].as_f64().unwrap());
        let slowest = &outcome["slowestMs"];
        crate::harness::say(&format!(
            "10,000 rows ({list}): {rows} in the page; from a key to the picture {median} ms, {slowest} at most"
        ));
        assert!(rows < 80 && median < INTERACTION_BUDGET_MS, "{outcome}");
    }
    assert_eq!(outcome["shared"]["last"], "10000");
    assert_eq!(outcome["shared"]["focused"], "Download Minutes of meeting 09987.docx");
}
