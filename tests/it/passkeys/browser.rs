//! A real browser, with the authenticator that it has for tests.

use serde_json::{Value, json};

use super::list;
use crate::harness::client::PASSWORD;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_makes_a_passkey_and_signs_in_with_it() {
    let app = super::app().await;
    let carl = app.client("carl").await;
    let mut node = std::process::Command::new("node");
    node.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/passkey.mjs"));
    node.args([&app.base_url, "carl@example.com", PASSWORD]);
    let output = tokio::task::spawn_blocking(move || node.output().unwrap()).await.unwrap();
    let printed: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat())));
    let expected = json!({
        "added": "Chromium",
        "again": "InvalidStateError",
        "anonymous": null,
        "viewer": "carl@example.com",
        "unverified": "NotAllowedError",
        "elsewhere": "SecurityError",
    });
    assert_eq!(printed, expected);
    let passkeys = list(&carl).await;
    assert_eq!((passkeys.len(), &passkeys[0]["name"]), (1, &json!("Chromium")));
    assert!(passkeys[0]["lastUsedAt"].is_string(), "{passkeys:?}");
}
