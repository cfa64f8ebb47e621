//! A new password chosen by a user who is signed in.

use http::header::{COOKIE, SET_COOKIE};
use reqwest::Method;
use serde_json::json;

use super::{
    CHANGE_PASSWORD, NEW_PASSWORD, actions_on, count_of, id_of, request_email, reset, reset_token, token_mailed_by,
};
use crate::accounts::{login, refresh, session_of, viewer_code};
use crate::harness::TestApp;
use crate::harness::client::{Client, PASSWORD, Reply};

const CARL: &str = "carl@example.com";

async fn change(client: &Client, current: &str, new: &str) -> Reply {
    client.send(CHANGE_PASSWORD, json!({"c": current, "n": new})).await
}

#[tokio::test]
async fn a_change_ends_all_sessions_and_begins_one() {
    let app = TestApp::start().await;
    let admin = app.admin("adam").await;
    let carl = app.client("carl").await;
    let id = id_of(&carl).await;
    let other = session_of(&app, "carl").await;
    let fresh = change(&carl, PASSWORD, NEW_PASSWORD).await.data()["changePassword"].clone();
    assert_eq!(fresh["user"]["email"], CARL);
    assert_eq!(viewer_code(&app, &fresh["accessToken"]).await, "");
    assert_eq!(viewer_code(&app, &carl.token.clone().into()).await, "UNAUTHENTICATED", "the one that asked too");
    assert_eq!(viewer_code(&app, &other["accessToken"]).await, "UNAUTHENTICATED");
    assert_eq!(refresh(&app, &other["refreshToken"]).await.code(), "INVALID_TOKEN");
    assert_eq!(refresh(&app, &fresh["refreshToken"]).await.code(), "");
    assert_eq!(login(&app, CARL, PASSWORD).await.code(), "INVALID_CREDENTIALS");
    assert_eq!(login(&app, CARL, NEW_PASSWORD).await.code(), "");
    assert_eq!(count_of(&app, CARL, "Your Strongroom password was changed").await, 1);
    assert!(actions_on(&admin, &id).await.contains(&"password.changed".to_owned()));
}

#[tokio::test]
async fn a_wrong_or_weak_password_changes_nothing() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    for wrong in ["", NEW_PASSWORD, "correct-horse-battery-"] {
        assert_eq!(change(&carl, wrong, NEW_PASSWORD).await.code(), "INVALID_CREDENTIALS");
    }
    assert_eq!(change(&carl, NEW_PASSWORD, "password1").await.code(), "INVALID_CREDENTIALS");
    for weak in ["", "password1", "carl@example.com"] {
        let reply = change(&carl, PASSWORD, weak).await;
        assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "newPassword"), "{weak}");
    }
    assert_eq!(viewer_code(&app, &carl.token.clone().into()).await, "");
    assert_eq!(login(&app, CARL, PASSWORD).await.code(), "");
    assert_eq!(count_of(&app, CARL, "Your Strongroom password was changed").await, 0);
    assert_eq!(change(&app.anonymous(), PASSWORD, NEW_PASSWORD).await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_change_voids_mailed_tokens() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    let reset_token = reset_token(&app, "carl").await;
    let act = request_email(&carl, "thief@example.com", PASSWORD);
    let email_token = token_mailed_by(&app, "thief@example.com", act).await;
    change(&carl, PASSWORD, NEW_PASSWORD).await.data();
    assert_eq!(reset(&app, &reset_token, "yet-another-Password-1").await.code(), "INVALID_TOKEN");
    assert_eq!(super::confirm_email(&app, &email_token, NEW_PASSWORD).await.code(), "INVALID_TOKEN");
    assert_eq!(super::confirm_email(&app, &email_token, PASSWORD).await.code(), "INVALID_TOKEN");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_changes_at_once_one_holds() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let (one, other) = (app.sign_in("carl").await, app.sign_in("carl").await);
    let passwords = ["the-first-Password-1", "the-second-Password-2"];
    let (first, second) = tokio::join!(change(&one, PASSWORD, passwords[0]), change(&other, PASSWORD, passwords[1]));
    let done = [first.code().is_empty(), second.code().is_empty()];
    assert_eq!(done.iter().filter(|done| **done).count(), 1, "{} {}", first.body, second.body);
    for (password, done) in passwords.into_iter().zip(done) {
        assert_eq!(login(&app, CARL, password).await.code().is_empty(), done, "{password}");
    }
}

#[tokio::test]
async fn a_browser_gets_a_new_cookie() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let post = |query: &str, variables: serde_json::Value| {
        let body = json!({"query": query, "variables": variables});
        app.anonymous().request(Method::POST, "/graphql").header("X-Requested-With", "page").json(&body)
    };
    let login = post(crate::accounts::LOGIN, json!({"input": {"email": CARL, "password": PASSWORD}}));
    let cookie_in = |answer: &reqwest::Response| {
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    };
    let old = cookie_in(&login.send().await.unwrap());
    let variables = json!({"c": PASSWORD, "n": NEW_PASSWORD});
    let answer = post(CHANGE_PASSWORD, variables).header(COOKIE, &old).send().await.unwrap();
    let new = cookie_in(&answer);
    for (cookie, code) in [(&old, "UNAUTHENTICATED"), (&new, "")] {
        let request = post(crate::accounts::VIEWER, json!({})).header(COOKIE, cookie.as_str());
        assert_eq!(Client::reply(request).await.code(), code);
    }
}
