//! Signing up, confirming, signing in and out.

use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn a_client_goes_the_whole_way() {
    let app = TestApp::start().await;
    let client = app.client("carl").await;
    let viewer = client.data("{ viewer { email role emailVerified } }", json!({})).await;
    assert_eq!(viewer["viewer"], json!({"email": "carl@example.com", "role": "CLIENT", "emailVerified": true}));
}
