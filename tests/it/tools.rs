//! GraphiQL and GraphQL Playground, in a browser that reaches nothing but the server.

use std::process::Command;

use serde_json::{Value, json};

use crate::clients::WITH_SUBSCRIPTIONS;
use crate::harness::TestApp;
use crate::harness::client::PASSWORD;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/good/report-libreoffice.docx");

/// Plays a script of `tests/browser` as Olga, an Ops user, and answers what it printed.
async fn play(app: &TestApp, script: &str) -> Value {
    let olga = app.ops("olga").await;
    let carl = app.client("carl").await;
    let mut node = Command::new("node");
    node.arg(format!("{}/tests/browser/{script}", env!("CARGO_MANIFEST_DIR")));
    node.env("STRONGROOM_SUBSCRIPTIONS", if WITH_SUBSCRIPTIONS { "1" } else { "0" });
    node.args([&app.base_url, "olga@example.com", PASSWORD, olga.token.as_deref().unwrap(), DOCUMENT]);
    node.arg(carl.token.as_deref().unwrap());
    let output = tokio::task::spawn_blocking(move || node.output().unwrap()).await.unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat())))
}

/// What every step of both scripts has to come to.
fn expected() -> Value {
    let olga = json!({"viewer": {"email": "olga@example.com"}});
    let sha256 = data_encoding::HEXLOWER.encode(&sha256_of(DOCUMENT));
    json!({
        "anonymous": {"viewer": null},
        "refused": "The e-mail address or the password is wrong.",
        "viewer": olga,
        "unattached": "Too few files are attached: $file stands for files. Use the button above.",
        "uploaded": {"upload": {"file": {"name": "report-libreoffice.docx", "sha256": sha256}}},
        "attachedAfterwards": 0,
        "heard": WITH_SUBSCRIPTIONS,
        "afterReload": olga,
        "signedOut": {"viewer": null},
        "byHeader": olga,
        "foreign": [],
        "complaints": [],
        "stored": [],
        "elsewhere": "stopped",
        "isSeen": true,
    })
}

fn sha256_of(path: &str) -> Vec<u8> {
    use sha2::Digest;
    sha2::Sha256::digest(std::fs::read(path).unwrap()).to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphiql_works_without_any_other_network() {
    let app = TestApp::start().await;
    assert_eq!(play(&app, "graphiql.mjs").await, expected());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn playground_works_without_any_other_network() {
    let app = TestApp::start().await;
    let mut expected = expected();
    // A link to it cannot fill its tabs with an operation.
    expected["asked"] = json!(false);
    assert_eq!(play(&app, "playground.mjs").await, expected);
}

/// What a browser may do on the pages: scripts from here only, none made of text, nothing sent elsewhere.
#[tokio::test]
async fn both_pages_are_closed_by_policy() {
    let app = TestApp::start().await;
    for path in ["/graphiql", "/playground"] {
        let answer = app.anonymous().get(path).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let directives: Vec<&str> = policy.split("; ").collect();
        for directive in ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"] {
            assert!(directives.contains(&directive), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-eval") && !policy.contains("http"), "{path}: {policy}");
        let html = answer.text().await.unwrap();
        assert!(!html.contains("://"), "{path} names no other address");
        assert_eq!(html.matches("<script ").count(), html.matches("<script src=\"assets/").count() + 1, "{path}");
    }
}
