//! From enrolment to the end.

use serde_json::json;

use super::{
    Authenticator, CONFIRM, DISABLE, ENROL, RENEW, STEP_SECONDS, enrol, login, login_code, notices, status, texts,
};
use crate::accounts::{refresh, session_of, viewer_code};
use crate::harness::TestApp;
use crate::harness::client::{Client, PASSWORD};

const WRONG_PASSWORD: &str = "wrong-horse-battery-9";

#[tokio::test]
async fn a_second_factor_is_enrolled_confirmed_asked_for_and_disabled() {
    let app = TestApp::unlimited().await;
    let carl = app.client("carl").await;
    let none = json!({"enabled": false, "required": false, "recoveryCodesLeft": 0});
    assert_eq!(status(&carl).await, none);

    let enrolment = carl.data(ENROL, json!({"p": PASSWORD})).await["enrolSecondFactor"].clone();
    let secret = enrolment["secret"].as_str().unwrap();
    let uri = format!(
        "otpauth://totp/Strongroom:carl%40example%2Ecom?secret={secret}&issuer=Strongroom&algorithm=SHA1&digits=6&period=30"
    );
    assert_eq!(enrolment["uri"], uri);
    let phone = Authenticator::new(secret);
    // Not in force yet.
    assert_eq!(status(&carl).await, none);
    assert_eq!(login(&app, "carl", PASSWORD, None).await.code(), "");
    assert_eq!(carl.code(CONFIRM, json!({"c": phone.wrong_code(&app)})).await, "INVALID_CREDENTIALS");
    assert_eq!(notices(&app, "carl").await.len(), 0);

    let data = carl.data(CONFIRM, json!({"c": phone.code(&app)})).await;
    let codes = texts(&data["confirmSecondFactor"]["codes"]);
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| code.len() == 19 && code.split('-').all(|group| group.len() == 4)), "{codes:?}");
    assert_eq!(status(&carl).await, json!({"enabled": true, "required": false, "recoveryCodesLeft": 10}));
    assert!(notices(&app, "carl").await[0].contains("It is in force"));

    app.clock.advance_seconds(STEP_SECONDS);
    assert_eq!(login(&app, "carl", PASSWORD, None).await.code(), "TOTP_REQUIRED");
    let session = login(&app, "carl", PASSWORD, Some(&phone.code(&app))).await.data()["login"].clone();
    // What follows from a login needs no code.
    let next = refresh(&app, &session["refreshToken"]).await.data()["refresh"].clone();
    let carl = Client::new(&app.base_url, next["accessToken"].as_str());

    assert_eq!(carl.code(DISABLE, json!({"p": WRONG_PASSWORD})).await, "INVALID_CREDENTIALS");
    assert_eq!(status(&carl).await["enabled"], true);
    assert_eq!(carl.data(DISABLE, json!({"p": PASSWORD})).await["disableSecondFactor"], true);
    assert_eq!(status(&carl).await, none);
    assert!(notices(&app, "carl").await.iter().any(|mail| mail.contains("It was switched off")));
    assert_eq!(login(&app, "carl", PASSWORD, None).await.code(), "");
    // Whoever still sends one is not kept out.
    assert_eq!(login_code(&app, "carl", "123456").await, "");
}

#[tokio::test]
async fn every_step_is_written_down() {
    let app = TestApp::unlimited().await;
    let (ada, carl) = (app.admin("ada").await, app.client("carl").await);
    let id = carl.data("{ viewer { id } }", json!({})).await["viewer"]["id"].clone();
    let carl = enrol(&app, &carl).await;
    app.clock.advance_seconds(1);
    assert_eq!(login_code(&app, "carl", &carl.recovery_codes[0]).await, "");
    app.clock.advance_seconds(1);
    carl.client.data(RENEW, json!({"p": PASSWORD})).await;
    app.clock.advance_seconds(1);
    carl.client.data(DISABLE, json!({"p": PASSWORD})).await;
    let query =
        "query($o: String!) { auditEvents(first: 100, filter: {object: $o}) { nodes { action actor detail } } }";
    let events = ada.data(query, json!({"o": id})).await["auditEvents"]["nodes"].clone();
    let mut actions: Vec<_> =
        events.as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
    actions.reverse();
    actions.retain(|action| action.starts_with("second_factor"));
    actions[..2].sort_unstable();
    let expected = [
        "second_factor.confirmed",
        "second_factor.enrolled",
        "second_factor.recovery_code_used",
        "second_factor.recovery_codes_renewed",
        "second_factor.disabled",
    ];
    assert_eq!(actions, expected);
    assert!(
        events.as_array().unwrap().iter().all(|event| event["actor"] == id && event["detail"].is_null()),
        "{events}"
    );
}

/// A session that began with the password alone would be half a login.
#[tokio::test]
async fn confirming_ends_every_other_session() {
    let app = TestApp::unlimited().await;
    let (carl, dora) = (app.client("carl").await, app.client("dora").await);
    let other = session_of(&app, "carl").await;
    assert_eq!(viewer_code(&app, &other["accessToken"]).await, "");
    let carl = enrol(&app, &carl).await;
    assert_eq!(viewer_code(&app, &other["accessToken"]).await, "UNAUTHENTICATED");
    assert_eq!(refresh(&app, &other["refreshToken"]).await.code(), "INVALID_TOKEN");
    assert_eq!(status(&carl.client).await["enabled"], true, "the one that confirmed goes on");
    assert_eq!(status(&dora).await["enabled"], false, "nobody else is touched");
    assert_eq!(login(&app, "dora", PASSWORD, None).await.code(), "");
}

/// A login that is under way on the password alone, while the second factor is confirmed, is refused or ends with the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_login_slips_past_a_confirmation() {
    let app = TestApp::unlimited().await;
    let carl = app.client("carl").await;
    for _ in 0..15 {
        let data = carl.data(ENROL, json!({"p": PASSWORD})).await;
        let phone = Authenticator::new(data["enrolSecondFactor"]["secret"].as_str().unwrap());
        let (code, none) = (phone.code(&app), None);
        let (confirmed, first, second, third) = tokio::join!(
            carl.send(CONFIRM, json!({"c": code})),
            login(&app, "carl", PASSWORD, none),
            login(&app, "carl", PASSWORD, none),
            login(&app, "carl", PASSWORD, none),
        );
        confirmed.data();
        for reply in [first, second, third] {
            let token = &reply.body["data"]["login"]["accessToken"];
            if reply.code() == "TOTP_REQUIRED" {
                continue;
            }
            assert_eq!(reply.code(), "");
            assert_eq!(viewer_code(&app, token).await, "UNAUTHENTICATED", "it began before, and has ended");
        }
        carl.data(DISABLE, json!({"p": PASSWORD})).await;
        app.clock.advance_seconds(STEP_SECONDS);
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_refused() {
    let app = TestApp::unlimited().await;
    let carl = app.client("carl").await;
    for query in [DISABLE, RENEW] {
        assert_eq!(carl.code(query, json!({"p": PASSWORD})).await, "CONFLICT", "{query}");
    }
    assert_eq!(carl.code(CONFIRM, json!({"c": "123456"})).await, "CONFLICT");
    for query in [ENROL, DISABLE, RENEW] {
        assert_eq!(carl.code(query, json!({"p": WRONG_PASSWORD})).await, "INVALID_CREDENTIALS", "{query}");
        assert_eq!(app.anonymous().code(query, json!({"p": PASSWORD})).await, "UNAUTHENTICATED", "{query}");
    }
    // One that was begun is not one.
    let data = carl.data(ENROL, json!({"p": PASSWORD})).await;
    let first = Authenticator::new(data["enrolSecondFactor"]["secret"].as_str().unwrap());
    for query in [DISABLE, RENEW] {
        assert_eq!(carl.code(query, json!({"p": PASSWORD})).await, "CONFLICT", "{query}");
    }
    // The last one that was begun counts.
    let data = carl.data(ENROL, json!({"p": PASSWORD})).await;
    let second = Authenticator::new(data["enrolSecondFactor"]["secret"].as_str().unwrap());
    assert_eq!(carl.code(CONFIRM, json!({"c": first.code(&app)})).await, "INVALID_CREDENTIALS");
    carl.data(CONFIRM, json!({"c": second.code(&app)})).await;
    // One in force is not replaced, and not confirmed again.
    assert_eq!(carl.code(ENROL, json!({"p": PASSWORD})).await, "CONFLICT");
    app.clock.advance_seconds(STEP_SECONDS);
    assert_eq!(carl.code(CONFIRM, json!({"c": second.code(&app)})).await, "CONFLICT");
    assert_eq!(login_code(&app, "carl", &second.code(&app)).await, "");
}
