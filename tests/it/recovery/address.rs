//! Another address for an account.

use serde_json::json;

use super::{
    NEW_PASSWORD, VERIFICATION_TTL_SECONDS, actions_on, confirm_email, count_of, id_of, request_email, reset,
    reset_token, token_mailed_by,
};
use crate::accounts::{login, mails, session_of, signed_up, signup_of, verify, viewer_code};
use crate::harness::TestApp;
use crate::harness::client::{Client, PASSWORD};

const CARL: &str = "carl@example.com";
const NEW: &str = "carl.new@example.com";
const REQUESTED: &str = "Another address was asked for your Strongroom account";
const CHANGED: &str = "Your Strongroom account has another address now";

/// A token that gives the account of a client another address.
async fn email_token(app: &TestApp, client: &Client, new_email: &str) -> String {
    token_mailed_by(app, new_email, async { request_email(client, new_email, PASSWORD).await.data() }).await
}

#[tokio::test]
async fn a_confirmed_address_takes_the_place_of_the_old_one() {
    let app = TestApp::start().await;
    let (admin, olga) = (app.admin("adam").await, app.ops("olga").await);
    let carl = app.client("carl").await;
    let id = id_of(&carl).await;
    let act = request_email(&carl, " Carl.New@Example.com ", PASSWORD);
    let token = token_mailed_by(&app, NEW, act).await;
    assert_eq!(count_of(&app, CARL, REQUESTED).await, 1, "the old address hears of it before it is done");
    let before = carl.data("{ viewer { email } }", json!({})).await;
    assert_eq!(before["viewer"]["email"], CARL, "asking changes nothing");

    let other = session_of(&app, "carl").await;
    assert_eq!(confirm_email(&app, &token, PASSWORD).await.data()["confirmEmailChange"], true);
    for token in [carl.token.clone().into(), other["accessToken"].clone()] {
        assert_eq!(viewer_code(&app, &token).await, "UNAUTHENTICATED", "all sessions end");
    }
    assert_eq!(count_of(&app, CARL, CHANGED).await, 1, "the old address is told");
    assert_eq!(login(&app, CARL, PASSWORD).await.code(), "INVALID_CREDENTIALS");
    let session = login(&app, NEW, PASSWORD).await.data()["login"].clone();
    assert_eq!(session["user"]["email"], NEW);
    let carl = app.anonymous().with_token(session["accessToken"].as_str().unwrap());
    assert_eq!(id_of(&carl).await, id, "it is the same account");
    let actions = actions_on(&admin, &id).await;
    assert!(["email.change_requested", "email.changed"].iter().all(|it| actions.iter().any(|action| action == it)));

    // Lists in both directions, and sharing, go by the new address.
    let query = "query($first: Int, $last: Int) { users(first: $first, last: $last) { nodes { email } } }";
    for (page, expected) in
        [(json!({"first": 2}), ["adam@example.com", NEW]), (json!({"last": 2}), [NEW, "olga@example.com"])]
    {
        let users = admin.data(query, page).await["users"]["nodes"].clone();
        let emails: Vec<_> = users.as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap()).collect();
        assert_eq!(emails, expected);
    }
    let file = olga.upload("report.docx", &crate::harness::documents::docx("report", &[])).await;
    olga.share(&file, NEW).await;
    assert_eq!(carl.data("{ files { totalCount } }", json!({})).await["files"]["totalCount"], 1);

    // The old address is free again.
    let token = signed_up(&app, signup_of("carl")).await;
    assert_ne!(verify(&app, &token, PASSWORD).await.data()["verifyEmail"]["accessToken"], json!(null));
}

#[tokio::test]
async fn asking_needs_the_password_and_an_address() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    assert_eq!(request_email(&carl, NEW, NEW_PASSWORD).await.code(), "INVALID_CREDENTIALS");
    for bad in ["", "no address", "CARL@example.com"] {
        let reply = request_email(&carl, bad, PASSWORD).await;
        assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "newEmail"), "{bad}");
    }
    assert_eq!(request_email(&app.anonymous(), NEW, PASSWORD).await.code(), "UNAUTHENTICATED");
    assert!(mails(&app, NEW).await.is_empty());
}

#[tokio::test]
async fn a_wrong_password_leaves_the_token_good_and_the_right_one_uses_it_up() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    let token = email_token(&app, &carl, NEW).await;
    for wrong in ["", NEW_PASSWORD] {
        assert_eq!(confirm_email(&app, &token, wrong).await.code(), "INVALID_CREDENTIALS");
    }
    assert_eq!(confirm_email(&app, &token, PASSWORD).await.code(), "");
    assert_eq!(confirm_email(&app, &token, PASSWORD).await.code(), "INVALID_TOKEN");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_good_once_under_two_requests_at_once() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    let token = email_token(&app, &carl, NEW).await;
    let (one, other) = tokio::join!(confirm_email(&app, &token, PASSWORD), confirm_email(&app, &token, PASSWORD));
    let mut codes = [one.code(), other.code()];
    codes.sort_unstable();
    assert_eq!(codes, ["", "INVALID_TOKEN"]);
    assert_eq!(count_of(&app, CARL, CHANGED).await, 1);
}

#[tokio::test]
async fn a_token_expires_and_a_new_one_voids_the_last() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    let first = email_token(&app, &carl, NEW).await;
    let second = email_token(&app, &carl, "carl.newer@example.com").await;
    assert_eq!(confirm_email(&app, &first, PASSWORD).await.code(), "INVALID_TOKEN");
    app.clock.advance_seconds(VERIFICATION_TTL_SECONDS);
    assert_eq!(confirm_email(&app, &second, PASSWORD).await.code(), "INVALID_TOKEN");
    let third = email_token(&app, &app.sign_in("carl").await, NEW).await;
    app.clock.advance_seconds(VERIFICATION_TTL_SECONDS - 1);
    assert_eq!(confirm_email(&app, &third, PASSWORD).await.code(), "");
}

/// Whoever asks may read what comes to the old address, so that too is the same.
#[tokio::test]
async fn user_enumeration_by_a_change_of_address() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    app.client("dora").await;
    let taken = request_email(&carl, "dora@example.com", PASSWORD).await;
    let before = mails(&app, CARL).await.len();
    let free = request_email(&carl, "nobody@example.com", PASSWORD).await;
    assert_eq!((taken.status, taken.body.to_string()), (free.status, free.body.to_string()));
    assert_eq!(mails(&app, CARL).await.len(), before + 1);
    assert_eq!(count_of(&app, CARL, REQUESTED).await, 2);
    assert_eq!(count_of(&app, "dora@example.com", "Confirm your new address for Strongroom").await, 0);
}

#[tokio::test]
async fn an_address_that_is_taken_meanwhile_stays_with_whoever_was_first() {
    let app = TestApp::start().await;
    let (carl, dora) = (app.client("carl").await, app.client("dora").await);
    let carls = email_token(&app, &carl, NEW).await;
    let doras = token_mailed_by(&app, NEW, request_email(&dora, NEW, PASSWORD)).await;
    let waiting = signed_up(&app, json!({"email": NEW, "name": "Newcomer", "password": NEW_PASSWORD})).await;
    assert_eq!(confirm_email(&app, &doras, PASSWORD).await.code(), "");
    assert_eq!(confirm_email(&app, &carls, PASSWORD).await.code(), "INVALID_TOKEN");
    assert_eq!(verify(&app, &waiting, NEW_PASSWORD).await.code(), "INVALID_TOKEN", "sign-ups for it are void");
    assert_eq!(login(&app, CARL, PASSWORD).await.code(), "", "and nothing has changed for the other");
}

#[tokio::test]
async fn a_reset_link_in_the_old_mailbox_is_void() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    let reset_link = reset_token(&app, "carl").await;
    let token = email_token(&app, &carl, NEW).await;
    assert_eq!(confirm_email(&app, &token, PASSWORD).await.code(), "");
    assert_eq!(reset(&app, &reset_link, NEW_PASSWORD).await.code(), "INVALID_TOKEN");
}
