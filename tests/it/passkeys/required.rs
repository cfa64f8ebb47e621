//! Roles that need a second factor: a passkey is one, by itself.

use serde_json::json;

use super::stateless::on_it;
use super::{BEGIN, REMOVE, added, list, login_code, signed_in};
use crate::harness::TestApp;
use crate::harness::client::{Client, PASSWORD};
use crate::harness::surreal_server::SurrealServer;
use crate::second_factor::{CONFIRM, ENROL, STEP_SECONDS, enrol};

const REQUIRED_FOR: &str = "AUTH__SECOND_FACTOR_REQUIRED_FOR";
const OPS: &str = r#"["OPS"]"#;
const FILES: &str = "{ files { totalCount } }";
const VIEWER: &str = "{ viewer { email } }";

async fn strict_app() -> TestApp {
    let app = TestApp::builder().at_localhost().with(REQUIRED_FOR, OPS);
    app.with("RATE_LIMITS__ENABLED", "false").start().await
}

/// The words of the refusal.
async fn refusal(client: &Client) -> String {
    let refused = client.send(FILES, json!({})).await;
    assert_eq!(refused.code(), "FORBIDDEN");
    refused.body["errors"][0]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn whoever_signs_in_with_one_needs_nothing_else() {
    let app = strict_app().await;
    let olga = app.ops("olga").await;
    assert!(refusal(&olga).await.contains("Enrol one first"));
    // It can be added on the way to a second factor.
    let (mut phone, view) = added(&app, &olga, "Phone").await;
    assert!(refusal(&olga).await.contains("Enrol one first"), "having one is not having shown it");
    let by_phone = signed_in(&app, &mut phone).await;
    assert_eq!(by_phone.code(FILES, json!({})).await, "");

    // A new password ends the session, and the one in its place is as good.
    let change =
        "mutation($p: String!, $n: String!) { changePassword(currentPassword: $p, newPassword: $n) { accessToken } }";
    let fresh = by_phone.data(change, json!({"p": PASSWORD, "n": "a-quiet-library-on-monday"})).await;
    let fresh = by_phone.with_token(fresh["changePassword"]["accessToken"].as_str().unwrap());
    assert_eq!(fresh.code(FILES, json!({})).await, "");
    let back = json!({"p": "a-quiet-library-on-monday", "n": PASSWORD});
    let fresh = fresh.data(change, back).await["changePassword"]["accessToken"].as_str().unwrap().to_owned();
    let fresh = by_phone.with_token(&fresh);

    // Whoever takes it away is where everybody begins, at once.
    fresh.data(REMOVE, json!({"id": view["id"], "p": PASSWORD})).await;
    assert!(refusal(&fresh).await.contains("Enrol one first"));
    assert_eq!(list(&fresh).await.len(), 0);
}

/// Whoever has learned the password shall not get around the passkey by enrolling another factor.
#[tokio::test]
async fn the_password_alone_is_no_way_to_another_factor() {
    let app = strict_app().await;
    let olga = app.ops("olga").await;
    let (mut phone, _) = added(&app, &olga, "Phone").await;
    let by_phone = signed_in(&app, &mut phone).await;
    for thief in [app.sign_in("olga").await, olga] {
        assert!(refusal(&thief).await.contains("sign in with your passkey"));
        assert_eq!(thief.code(ENROL, json!({"p": PASSWORD})).await, "FORBIDDEN");
        assert_eq!(thief.code(CONFIRM, json!({"c": "123456"})).await, "FORBIDDEN");
        assert_eq!(thief.code(BEGIN, json!({"p": PASSWORD})).await, "FORBIDDEN");
        assert_eq!(thief.code(super::LIST, json!({})).await, "FORBIDDEN");
        // To see who it is and to leave is all.
        assert_eq!(thief.data(VIEWER, json!({})).await["viewer"]["email"], "olga@example.com");
        assert_eq!(thief.data("mutation { logout }", json!({})).await["logout"], true);
    }
    assert_eq!(by_phone.code(FILES, json!({})).await, "");

    // Signed in with the passkey, an authenticator may be enrolled besides; then password and code are as good.
    let by_phone = enrol(&app, &by_phone).await;
    app.clock.advance_seconds(STEP_SECONDS);
    let code = by_phone.authenticator.code(&app);
    let session = crate::second_factor::login(&app, "olga", PASSWORD, Some(&code)).await.data()["login"].clone();
    let by_code = app.anonymous().with_token(session["accessToken"].as_str().unwrap());
    assert_eq!(by_code.code(FILES, json!({})).await, "");
    assert_eq!(login_code(&app, &mut phone).await, "");
}

/// One that was never used may not work: whoever has added it can still get another factor.
#[tokio::test]
async fn an_unused_passkey_locks_nobody_out() {
    let app = strict_app().await;
    let olga = app.ops("olga").await;
    added(&app, &olga, "Lost at once").await;
    let olga = app.sign_in("olga").await;
    let enrolled = enrol(&app, &olga).await;
    assert_eq!(enrolled.client.code(FILES, json!({})).await, "");
}

/// Nor one of a host that the server is no longer reached by: no browser has it any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_of_a_former_address_locks_nobody_out() {
    let server = SurrealServer::start("memory").await;
    let builder = || on_it(&server, TestApp::builder()).with("RATE_LIMITS__ENABLED", "false").with(REQUIRED_FOR, OPS);
    let one = builder().at_localhost().start().await;
    let olga = one.ops("olga").await;
    let (mut phone, _) = added(&one, &olga, "Phone").await;
    signed_in(&one, &mut phone).await;
    assert!(refusal(&one.sign_in("olga").await).await.contains("sign in with your passkey"));
    for moved_to in ["https://files.example.com", "http://127.0.0.1:8080"] {
        let keys = one.data_dir().join("keys");
        let moved = builder().with("SERVER__PUBLIC_URL", moved_to).with("KEYS__FILE", keys.to_str().unwrap());
        let moved = moved.start().await;
        let olga = moved.sign_in("olga").await;
        assert!(refusal(&olga).await.contains("Enrol one first"), "{moved_to}");
        assert_eq!(list(&olga).await.len(), 1, "it can be removed");
    }
}

/// Where the role needs nothing, a password stays what it is.
#[tokio::test]
async fn other_roles_sign_in_as_they_like() {
    let app = strict_app().await;
    let carl = app.client("carl").await;
    let (mut phone, _) = added(&app, &carl, "Phone").await;
    signed_in(&app, &mut phone).await;
    let by_password = app.sign_in("carl").await;
    for client in [carl, by_password] {
        assert_eq!(client.code(FILES, json!({})).await, "");
        assert_eq!(list(&client).await.len(), 1);
    }
}
