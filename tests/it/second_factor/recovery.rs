//! Recovery codes: each once, in the place of a code.

use serde_json::json;

use super::{DISABLE, RENEW, enrol, login, login_code, notices, status, texts};
use crate::harness::TestApp;
use crate::harness::client::PASSWORD;

#[tokio::test]
async fn each_is_good_once_whatever_the_time_and_however_it_is_typed() {
    let app = TestApp::unlimited().await;
    let carl = app.client("carl").await;
    let carl = enrol(&app, &carl).await;
    for (number, code) in carl.recovery_codes.iter().enumerate() {
        let typed = match number % 3 {
            0 => code.clone(),
            1 => code.to_uppercase(),
            _ => format!(" {} ", code.replace('-', " ")),
        };
        assert_eq!(login_code(&app, "carl", &typed).await, "", "{typed}");
        assert_eq!(login_code(&app, "carl", code).await, "INVALID_CREDENTIALS");
        assert_eq!(status(&carl.client).await["recoveryCodesLeft"], 9 - number);
        app.clock.advance_seconds(80);
    }
    let told = notices(&app, "carl").await;
    assert_eq!(told.iter().filter(|mail| mail.contains("signed in with one of its recovery codes")).count(), 10);
    // The authenticator is still good, and without it nothing is.
    assert_eq!(login(&app, "carl", PASSWORD, None).await.code(), "TOTP_REQUIRED");
    let fresh = login(&app, "carl", PASSWORD, Some(&carl.authenticator.code(&app))).await;
    assert_eq!(fresh.code(), "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_logins_at_once_with_one_recovery_code_one_succeeds() {
    let app = TestApp::unlimited().await;
    let carl = app.client("carl").await;
    let carl = enrol(&app, &carl).await;
    for code in &carl.recovery_codes[..4] {
        let all = futures_util::future::join_all((0..8).map(|_| login_code(&app, "carl", code))).await;
        assert_eq!(all.iter().filter(|code| code.is_empty()).count(), 1, "{all:?}");
    }
    assert_eq!(status(&carl.client).await["recoveryCodesLeft"], 6);
    // Different ones do not stand in each other's way.
    let all =
        futures_util::future::join_all(carl.recovery_codes[4..].iter().map(|code| login_code(&app, "carl", code)));
    assert_eq!(all.await, vec![""; 6]);
}

#[tokio::test]
async fn new_ones_void_the_old_ones_and_none_outlives_its_factor() {
    let app = TestApp::unlimited().await;
    let carl = app.client("carl").await;
    let old = enrol(&app, &carl).await;
    assert_eq!(login_code(&app, "carl", &old.recovery_codes[0]).await, "");
    let renewed = old.client.data(RENEW, json!({"p": PASSWORD})).await;
    let renewed = texts(&renewed["renewRecoveryCodes"]["codes"]);
    assert_eq!((renewed.len(), status(&old.client).await["recoveryCodesLeft"].as_u64()), (10, Some(10)));
    assert!(notices(&app, "carl").await.iter().any(|mail| mail.contains("new recovery codes")));
    for code in &old.recovery_codes {
        assert_eq!(login_code(&app, "carl", code).await, "INVALID_CREDENTIALS");
    }
    assert_eq!(login_code(&app, "carl", &renewed[9]).await, "");
    old.client.data(DISABLE, json!({"p": PASSWORD})).await;
    let next = enrol(&app, &old.client).await;
    for code in &renewed {
        assert_eq!(login_code(&app, "carl", code).await, "INVALID_CREDENTIALS");
    }
    assert_eq!(login_code(&app, "carl", &next.recovery_codes[0]).await, "");
}
