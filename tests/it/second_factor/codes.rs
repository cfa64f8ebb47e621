//! Codes: asked for after the password, good for a moment, and once.

use serde_json::{Value, json};

use super::{CONFIRM, ENROL, STEP_SECONDS, enrol, login, login_code};
use crate::accounts::signed_up;
use crate::harness::TestApp;
use crate::harness::client::{PASSWORD, Reply};
use crate::harness::surreal_server::{self, SurrealServer};

const WRONG_PASSWORD: &str = "wrong-horse-battery-9";

/// What an answer says, but for the number of the request.
fn said(reply: &Reply) -> Value {
    assert_eq!(reply.body["data"], Value::Null, "{}", reply.body);
    let error = &reply.body["errors"][0];
    json!([error["message"], error["extensions"]["code"]])
}

/// Nobody without the password hears whether there is a second factor, and no wrong code answers otherwise than a wrong
/// password.
#[tokio::test]
async fn a_code_is_asked_for_only_after_the_right_password() {
    let app = TestApp::unlimited().await;
    let carl = app.client("carl").await;
    app.client("dora").await;
    signed_up(&app, crate::accounts::signup_of("erik")).await;
    let carl = enrol(&app, &carl).await;
    app.clock.advance_seconds(STEP_SECONDS);
    let good = carl.authenticator.code(&app);
    let refused = said(&login(&app, "nobody", PASSWORD, None).await);
    assert_eq!(refused[1], "INVALID_CREDENTIALS");
    for code in [None, Some(""), Some("000000"), Some(good.as_str()), Some(carl.recovery_codes[0].as_str())] {
        for name in ["carl", "dora", "erik", "nobody"] {
            assert_eq!(said(&login(&app, name, WRONG_PASSWORD, code).await), refused, "{name} {code:?}");
        }
    }
    let wrong = carl.authenticator.wrong_code(&app);
    assert_eq!(said(&login(&app, "carl", PASSWORD, Some(&wrong)).await), refused);
    for missing in [None, Some(""), Some("  ")] {
        let reply = login(&app, "carl", PASSWORD, missing).await;
        assert_eq!((said(&reply)[1].as_str(), reply.status.as_u16()), (Some("TOTP_REQUIRED"), 200));
        assert!(!reply.body.to_string().contains("oken\":"), "nothing to go on with: {}", reply.body);
    }
    assert_eq!(login(&app, "erik", PASSWORD, None).await.code(), "EMAIL_NOT_VERIFIED");
    // Nothing of all that has used the code up.
    assert_eq!(login_code(&app, "carl", &good).await, "");
}

/// The pre-second-factor cookie that worked as a bearer token (CVE-2026-45691): here there is nothing between password and
/// code. No cookie, no token, no session in the database, and nothing written down that did not happen.
#[tokio::test]
async fn a_half_authenticated_login_is_good_for_nothing() {
    let app = TestApp::unlimited().await;
    let ada = app.admin("ada").await;
    let carl = app.client("carl").await;
    let carl = enrol(&app, &carl).await;
    let sessions = async || carl.client.data("{ activeSessions { totalCount } }", json!({})).await;
    let events = async || ada.data("{ auditEvents { totalCount } }", json!({})).await;
    let before = (sessions().await, events().await);
    assert_eq!(before.0["activeSessions"]["totalCount"], 1);
    let input = json!({"email": "carl@example.com", "password": PASSWORD});
    let body = json!({"query": super::LOGIN, "variables": {"input": input}});
    let request =
        app.anonymous().request(reqwest::Method::POST, "/graphql").header("X-Requested-With", "x").json(&body);
    let answer = request.send().await.unwrap();
    assert!(!answer.headers().contains_key("set-cookie"));
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["data"], Value::Null);
    assert_eq!(answer["errors"][0]["extensions"], json!({"code": "TOTP_REQUIRED"}));
    assert_eq!((sessions().await, events().await), before);
}

#[tokio::test]
async fn a_code_is_good_for_its_step_and_one_on_each_side() {
    let app = TestApp::unlimited().await;
    let carl = app.client("carl").await;
    let carl = enrol(&app, &carl).await;
    app.clock.advance_seconds(10 * STEP_SECONDS);
    let now = app.services.now().as_unix_seconds();
    let code = |step: i64| carl.authenticator.code_at(now + step * 30);
    for step in [-3, -2, 2, 3] {
        assert_eq!(login_code(&app, "carl", &code(step)).await, "INVALID_CREDENTIALS", "{step}");
    }
    for step in [-1, 0, 1] {
        assert_eq!(login_code(&app, "carl", &code(step)).await, "", "{step}");
    }
    // As some authenticators show it, and people type it.
    app.clock.advance_seconds(10 * STEP_SECONDS);
    let code = carl.authenticator.code(&app);
    assert_eq!(login_code(&app, "carl", &format!(" {} {} ", &code[..3], &code[3..])).await, "");
    for bad in ["1", "12345", "1234567", "abcdef", "१२३४५६", &"1".repeat(2000)] {
        assert_eq!(login_code(&app, "carl", bad).await, "INVALID_CREDENTIALS", "{bad}");
    }
}

#[tokio::test]
async fn a_code_is_taken_once_and_so_is_every_one_before_it() {
    let app = TestApp::unlimited().await;
    let carl = app.client("carl").await;
    let carl = enrol(&app, &carl).await;
    // The one that confirmed is used.
    assert_eq!(login_code(&app, "carl", &carl.authenticator.code(&app)).await, "INVALID_CREDENTIALS");
    app.clock.advance_seconds(2 * STEP_SECONDS);
    let now = app.services.now().as_unix_seconds();
    let [before, present, after] = [-30, 0, 30].map(|seconds| carl.authenticator.code_at(now + seconds));
    assert_eq!(login_code(&app, "carl", &present).await, "");
    assert_eq!(login_code(&app, "carl", &present).await, "INVALID_CREDENTIALS");
    assert_eq!(login_code(&app, "carl", &before).await, "INVALID_CREDENTIALS");
    assert_eq!(login_code(&app, "carl", &after).await, "");
    app.clock.advance_seconds(STEP_SECONDS);
    assert_eq!(login_code(&app, "carl", &after).await, "INVALID_CREDENTIALS", "its time has come, and it is used");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_logins_at_once_with_one_code_one_succeeds() {
    let app = TestApp::unlimited().await;
    let carl = app.client("carl").await;
    let carl = enrol(&app, &carl).await;
    for _ in 0..5 {
        app.clock.advance_seconds(STEP_SECONDS);
        let code = carl.authenticator.code(&app);
        let all = futures_util::future::join_all((0..8).map(|_| login_code(&app, "carl", &code))).await;
        let (good, bad): (Vec<_>, Vec<_>) = all.into_iter().partition(String::is_empty);
        assert_eq!(good.len(), 1, "{bad:?}");
        assert!(bad.iter().all(|code| code == "INVALID_CREDENTIALS"), "{bad:?}");
    }
}

#[tokio::test]
async fn a_code_opens_its_own_account_only() {
    let app = TestApp::unlimited().await;
    let (carl, dora) = (app.client("carl").await, app.client("dora").await);
    let (carl, dora) = (enrol(&app, &carl).await, enrol(&app, &dora).await);
    app.clock.advance_seconds(STEP_SECONDS);
    let (carls, doras) = (carl.authenticator.code(&app), dora.authenticator.code(&app));
    assert_eq!(login_code(&app, "carl", &doras).await, "INVALID_CREDENTIALS");
    assert_eq!(login_code(&app, "carl", &dora.recovery_codes[0]).await, "INVALID_CREDENTIALS");
    // A try at the one uses nothing up of the other.
    assert_eq!(login_code(&app, "dora", &doras).await, "");
    assert_eq!(login_code(&app, "dora", &dora.recovery_codes[0]).await, "");
    assert_eq!(login_code(&app, "carl", &carls).await, "");
}

/// Two servers over one database: a code that one has taken, the other does not take; and an account that is disabled stays
/// out with the best of codes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_instance_knows_what_is_used_and_who_is_disabled() {
    let database = SurrealServer::start("memory").await;
    let on_it = |builder: crate::harness::app::TestAppBuilder| {
        builder
            .with("DATABASE__URL", &database.url())
            .with("DATABASE__USERNAME", surreal_server::USER)
            .with("DATABASE__PASSWORD", surreal_server::PASSWORD)
            .with("RATE_LIMITS__ENABLED", "false")
    };
    let one = on_it(TestApp::builder()).start().await;
    let keys = one.data_dir().join("keys");
    let other = on_it(TestApp::builder())
        .with("SERVER__PUBLIC_URL", &one.base_url)
        .with("KEYS__FILE", keys.to_str().unwrap())
        .start()
        .await;
    let carl = one.client("carl").await;
    let carl = enrol(&one, &carl).await;
    for _ in 0..5 {
        for app in [&one, &other] {
            app.clock.advance_seconds(STEP_SECONDS);
        }
        let code = carl.authenticator.code(&one);
        let everywhere = [&one, &other].into_iter().cycle().take(8);
        let all = futures_util::future::join_all(everywhere.map(|app| login_code(app, "carl", &code))).await;
        assert_eq!(all.iter().filter(|code| code.is_empty()).count(), 1, "{all:?}");
        assert_eq!(login_code(&other, "carl", &code).await, "INVALID_CREDENTIALS");
    }

    for app in [&one, &other] {
        app.clock.advance_seconds(STEP_SECONDS);
    }
    database.connect().await.query("UPDATE user SET disabled = true").await.unwrap().check().unwrap();
    let refused = said(&login(&one, "carl", WRONG_PASSWORD, None).await);
    for code in [None, Some(carl.authenticator.code(&one)), Some(carl.recovery_codes[0].clone())] {
        assert_eq!(said(&login(&one, "carl", PASSWORD, code.as_deref()).await), refused, "{code:?}");
    }
    one.clock.advance_seconds(5);
    for (query, variables) in [(ENROL, json!({"p": PASSWORD})), (CONFIRM, json!({"c": "123456"}))] {
        assert_eq!(carl.client.code(query, variables).await, "UNAUTHENTICATED");
    }
}
