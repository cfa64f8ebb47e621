//! A new password by way of a mail.

use serde_json::json;

use super::{
    NEW_PASSWORD, REQUEST_RESET, RESET_TTL_SECONDS, actions_on, count_of, id_of, request_email, request_reset, reset,
    reset_token, token_mailed_by, tokens_mailed_by,
};
use crate::accounts::{login, mails, refresh, session_of, signed_up, signup_of, viewer_code};
use crate::harness::TestApp;
use crate::harness::client::PASSWORD;

const CARL: &str = "carl@example.com";

#[tokio::test]
async fn a_reset_changes_the_password_and_ends_every_session() {
    let app = TestApp::start().await;
    let admin = app.admin("adam").await;
    let carl = id_of(&app.client("carl").await).await;
    let sessions = [session_of(&app, "carl").await, session_of(&app, "carl").await];
    let token = reset_token(&app, "carl").await;
    for session in &sessions {
        assert_eq!(viewer_code(&app, &session["accessToken"]).await, "", "asking ends nothing");
    }
    assert_eq!(login(&app, CARL, PASSWORD).await.code(), "", "asking changes nothing");

    assert_eq!(reset(&app, &token, NEW_PASSWORD).await.data()["resetPassword"], true);
    for session in &sessions {
        assert_eq!(viewer_code(&app, &session["accessToken"]).await, "UNAUTHENTICATED");
        assert_eq!(refresh(&app, &session["refreshToken"]).await.code(), "INVALID_TOKEN");
    }
    assert_eq!(login(&app, CARL, PASSWORD).await.code(), "INVALID_CREDENTIALS");
    assert_eq!(login(&app, CARL, NEW_PASSWORD).await.code(), "");
    assert_eq!(count_of(&app, CARL, "Your Strongroom password was changed").await, 1, "the owner is told");
    let actions = actions_on(&admin, &carl).await;
    for action in ["password.reset_requested", "password.reset"] {
        assert_eq!(actions.iter().filter(|it| *it == action).count(), 1, "{actions:?}");
    }
    assert_eq!(viewer_code(&app, &admin.token.clone().into()).await, "", "nobody else is signed out");
}

#[tokio::test]
async fn a_reset_token_is_good_once() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let token = reset_token(&app, "carl").await;
    assert_eq!(reset(&app, &token, NEW_PASSWORD).await.code(), "");
    assert_eq!(reset(&app, &token, "yet-another-Password-1").await.code(), "INVALID_TOKEN");
    assert_eq!(login(&app, CARL, NEW_PASSWORD).await.code(), "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_token_is_good_once_under_two_requests_at_once() {
    let app = TestApp::unlimited().await;
    app.client("carl").await;
    for round in 0..10 {
        let token = reset_token(&app, "carl").await;
        let passwords = [format!("first-Password-of-{round}"), format!("second-Password-of-{round}")];
        let (one, other) = tokio::join!(reset(&app, &token, &passwords[0]), reset(&app, &token, &passwords[1]));
        let mut codes = [one.code(), other.code()];
        codes.sort_unstable();
        assert_eq!(codes, ["", "INVALID_TOKEN"], "{} {}", one.body, other.body);
        let won = usize::from(!one.code().is_empty());
        assert_eq!(login(&app, CARL, &passwords[won]).await.code(), "");
        assert_eq!(login(&app, CARL, &passwords[1 - won]).await.code(), "INVALID_CREDENTIALS");
    }
}

/// A login that was found good before the reset and stored after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_login_with_the_old_password_outlives_a_reset() {
    let app = TestApp::unlimited().await;
    app.client("carl").await;
    let mut password = PASSWORD.to_owned();
    let mut signed_in = 0;
    for round in 0..30 {
        let token = reset_token(&app, "carl").await;
        let next = format!("the-Password-of-round-{round}");
        let login = || login(&app, CARL, &password);
        let (done, one, two, three) = tokio::join!(reset(&app, &token, &next), login(), login(), login());
        assert_eq!(done.code(), "");
        for reply in [one, two, three] {
            if reply.code().is_empty() {
                signed_in += 1;
                let session = reply.data()["login"].clone();
                assert_eq!(viewer_code(&app, &session["accessToken"]).await, "UNAUTHENTICATED", "round {round}");
            }
        }
        password = next;
    }
    assert!(signed_in > 0, "no login came before its reset");
}

#[tokio::test]
async fn a_new_reset_token_voids_the_last() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let first = reset_token(&app, "carl").await;
    let second = reset_token(&app, "carl").await;
    assert_eq!(reset(&app, &first, NEW_PASSWORD).await.code(), "INVALID_TOKEN");
    assert_eq!(reset(&app, &second, NEW_PASSWORD).await.code(), "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_asked_for_at_once_one_token_is_good() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let ask = || request_reset(&app, CARL);
    let all = tokens_mailed_by(&app, CARL, async { tokio::join!(ask(), ask(), ask(), ask(), ask(), ask()) }).await;
    assert!(!all.is_empty());
    let mut good = 0;
    for token in &all {
        // A weak password tells a good token from a bad one and uses none up.
        good += usize::from(reset(&app, token, "password1").await.code() == "BAD_USER_INPUT");
    }
    assert_eq!(good, 1);
}

#[tokio::test]
async fn a_reset_token_expires() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let token = reset_token(&app, "carl").await;
    app.clock.advance_seconds(RESET_TTL_SECONDS - 1);
    assert_eq!(reset(&app, &token, NEW_PASSWORD).await.code(), "");
    let token = reset_token(&app, "carl").await;
    app.clock.advance_seconds(RESET_TTL_SECONDS);
    assert_eq!(reset(&app, &token, PASSWORD).await.code(), "INVALID_TOKEN");
    app.services.sweep(false).await.unwrap();
    assert_eq!(reset(&app, &token, PASSWORD).await.code(), "INVALID_TOKEN");

    let brief = TestApp::builder().with("AUTH__PASSWORD_RESET_TTL_SECONDS", "60").start().await;
    brief.client("carl").await;
    let token = reset_token(&brief, "carl").await;
    brief.clock.advance_seconds(60);
    assert_eq!(reset(&brief, &token, PASSWORD).await.code(), "INVALID_TOKEN");
}

#[tokio::test]
async fn a_weak_password_is_named_and_leaves_the_token_good() {
    let app = TestApp::start().await;
    app.client("bartholomew").await;
    let token = reset_token(&app, "bartholomew").await;
    for weak in ["", "short1", "password1", "bartholomew", "bartholomew@example.com", &"x".repeat(1025)] {
        let reply = reset(&app, &token, weak).await;
        assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "newPassword"), "{weak:.30}");
    }
    assert_eq!(reset(&app, &token, NEW_PASSWORD).await.code(), "");
    assert_eq!(reset(&app, &token, "password1").await.code(), "INVALID_TOKEN", "of a bad token no more is said");
}

#[tokio::test]
async fn a_reset_voids_the_change_of_address_too() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    let act = request_email(&carl, "thief@example.com", PASSWORD);
    let change = token_mailed_by(&app, "thief@example.com", act).await;
    let token = reset_token(&app, "carl").await;
    assert_eq!(reset(&app, &token, NEW_PASSWORD).await.code(), "");
    for password in [PASSWORD, NEW_PASSWORD] {
        assert_eq!(super::confirm_email(&app, &change, password).await.code(), "INVALID_TOKEN");
    }
}

#[tokio::test]
async fn user_enumeration_by_the_words_of_a_reset() {
    let app = TestApp::start().await;
    app.client("known").await;
    signed_up(&app, signup_of("waiting")).await;
    let mut answers = Vec::new();
    for name in ["known", "waiting", "nobody"] {
        let reply = app.anonymous().send(REQUEST_RESET, json!({"e": format!(" {name}@Example.COM ")})).await;
        answers.push((reply.status, reply.body.to_string()));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(count_of(&app, "known@example.com", "Choose a new password for Strongroom").await, 1);
    assert_eq!(mails(&app, "waiting@example.com").await.len(), 1, "a sign-up that waits is no account");
    assert_eq!(mails(&app, "nobody@example.com").await.len(), 0);
    let reply = app.anonymous().send(REQUEST_RESET, json!({"e": "no address"})).await;
    assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "email"));
}

#[tokio::test]
async fn an_old_link_that_still_waits_is_not_sent() {
    let app = TestApp::start().await;
    app.client("carl").await;
    mails(&app, CARL).await;
    // Nothing can be written while a file is in the way of the folder.
    let (folder, aside) = (app.data_dir().join("mail"), app.data_dir().join("aside"));
    std::fs::rename(&folder, &aside).unwrap();
    std::fs::write(&folder, "in the way").unwrap();
    request_reset(&app, CARL).await;
    app.services.deliver_due_mails().await.unwrap();
    request_reset(&app, CARL).await;
    app.services.deliver_due_mails().await.unwrap();
    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(&aside, &folder).unwrap();
    app.clock.advance_seconds(3600 - 1);
    assert_eq!(count_of(&app, CARL, "Choose a new password for Strongroom").await, 1);
}
