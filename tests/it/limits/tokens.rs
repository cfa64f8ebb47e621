//! Tokens that nobody could guess are counted all the same, and a password that goes with one like any other.

use reqwest::Method;
use serde_json::json;

use super::{WRONG, right_password_from};
use crate::accounts::{REFRESH, SIGNUP, VERIFY, session_of, signed_up, signup_of};
use crate::harness::TestApp;
use crate::harness::client::{PASSWORD, Reply};

const HERE: &str = "192.0.2.1";
const ELSEWHERE: &str = "198.51.100.7";

async fn verify_from(app: &TestApp, source: &str, token: &str, password: &str) -> Reply {
    app.anonymous().from(source).send(VERIFY, json!({"t": token, "p": password})).await
}

async fn refresh_from(app: &TestApp, source: &str, token: &str) -> Reply {
    app.anonymous().from(source).send(REFRESH, json!({"t": token})).await
}

fn token_number(number: usize) -> String {
    format!("{number:0>43}")
}

#[tokio::test]
async fn the_password_of_a_sign_up_is_not_guessed_either() {
    let app = TestApp::builder().behind_proxy().start().await;
    let token = signed_up(&app, signup_of("carl")).await;
    for _ in 0..6 {
        assert_eq!(verify_from(&app, HERE, &token, WRONG).await.code(), "INVALID_CREDENTIALS");
    }
    let refused = verify_from(&app, HERE, &token, PASSWORD).await;
    assert_eq!((refused.code(), refused.retry_after()), ("RATE_LIMITED", 1));
    assert_eq!(right_password_from(&app, HERE, "carl").await, "EMAIL_NOT_VERIFIED", "a login is something else");
    app.clock.advance_seconds(1);
    assert_eq!(verify_from(&app, HERE, &token, PASSWORD).await.code(), "", "the token has stayed good");
}

#[tokio::test]
async fn the_page_says_429_and_when_to_come_back() {
    let app = TestApp::builder().behind_proxy().start().await;
    let token = signed_up(&app, signup_of("carl")).await;
    let post = async |password: &str| {
        let form = format!("token={token}&password={password}");
        let request = app.anonymous().from(HERE).request(Method::POST, "/verify-email");
        request.header("content-type", "application/x-www-form-urlencoded").body(form).send().await.unwrap()
    };
    for _ in 0..6 {
        assert_eq!(post(WRONG).await.status(), 400);
    }
    let refused = post(PASSWORD).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "1");
    let page = refused.text().await.unwrap();
    assert!(page.contains("Too many tries.") && page.contains("<form") && page.contains(&token), "{page}");
    app.clock.advance_seconds(1);
    assert_eq!(post(PASSWORD).await.status(), 200);
}

#[tokio::test]
async fn a_flood_of_refresh_tokens_slows_down_its_network_and_no_password() {
    let app = TestApp::builder().behind_proxy().start().await;
    app.client("carl").await;
    let good = session_of(&app, "carl").await["refreshToken"].as_str().unwrap().to_owned();
    let mut tried = 0;
    while refresh_from(&app, HERE, &token_number(tried)).await.code() == "INVALID_TOKEN" {
        tried += 1;
    }
    assert_eq!(tried, 101);
    let refused = refresh_from(&app, HERE, &good).await;
    assert_eq!((refused.code(), refused.retry_after()), ("RATE_LIMITED", 1));
    assert_eq!(right_password_from(&app, HERE, "carl").await, "");
    let next = refresh_from(&app, ELSEWHERE, &good).await.data()["refresh"]["refreshToken"].clone();
    app.clock.advance_seconds(1);
    assert_eq!(refresh_from(&app, HERE, next.as_str().unwrap()).await.code(), "");
}

#[tokio::test]
async fn a_flood_of_invitations_is_slowed_down_too() {
    let app = TestApp::builder().behind_proxy().start().await;
    let mut tried = 0;
    loop {
        let mut input = signup_of("olga");
        input["role"] = "OPS".into();
        input["invitation"] = token_number(tried).into();
        let reply = app.anonymous().from(HERE).send(SIGNUP, json!({"input": input})).await;
        if reply.code() == "RATE_LIMITED" {
            break;
        }
        assert_eq!(reply.code(), "INVALID_TOKEN");
        tried += 1;
    }
    assert_eq!(tried, 101);
}

#[tokio::test]
async fn good_tokens_are_never_too_many() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let mut token = session_of(&app, "carl").await["refreshToken"].as_str().unwrap().to_owned();
    for _ in 0..150 {
        let reply = app.anonymous().send(REFRESH, json!({"t": token})).await;
        token = reply.data()["refresh"]["refreshToken"].as_str().unwrap().to_owned();
    }
}
