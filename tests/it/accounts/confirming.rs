//! Confirming an address: the token proves the address, the password proves who signed up.

use serde_json::json;

use super::{LOGIN, login, session_of, signed_up, signup_of, tokens, verify, viewer_code};
use crate::harness::TestApp;
use crate::harness::client::PASSWORD;

const OTHER_PASSWORD: &str = "another-Password-of-mine";
const VERIFICATION_TTL_SECONDS: u64 = 86_400;

#[tokio::test]
async fn confirming_signs_in_with_a_session_like_any_other() {
    let app = TestApp::start().await;
    let token = signed_up(&app, signup_of("carl")).await;
    let session = verify(&app, &token, PASSWORD).await.data()["verifyEmail"].clone();
    assert_eq!(viewer_code(&app, &session["accessToken"]).await, "");
    assert_eq!(session["accessTokenExpiresAt"], "2026-11-21T09:45:00Z");
    assert_eq!(session["refreshTokenExpiresAt"], "2026-12-21T09:30:00Z");
}

#[tokio::test]
async fn a_wrong_password_leaves_the_token_good_and_the_right_one_uses_it_up() {
    let app = TestApp::start().await;
    let token = signed_up(&app, signup_of("carl")).await;
    for wrong in [OTHER_PASSWORD, "", "correct-horse-battery-", "CORRECT-horse-battery-9"] {
        assert_eq!(verify(&app, &token, wrong).await.code(), "INVALID_CREDENTIALS", "{wrong:?}");
    }
    assert_eq!(verify(&app, &token, PASSWORD).await.code(), "");
    assert_eq!(verify(&app, &token, PASSWORD).await.code(), "INVALID_TOKEN", "a token is good once");
}

#[tokio::test]
async fn each_pending_registration_has_its_own_password_and_token() {
    let app = TestApp::start().await;
    let (mut first, mut second) = (signup_of("eve"), signup_of("eve"));
    first["name"] = "Eve the First".into();
    second["name"] = "Eve the Second".into();
    second["password"] = OTHER_PASSWORD.into();
    let first_token = signed_up(&app, first).await;
    let second_token = signed_up(&app, second).await;
    assert_ne!(first_token, second_token);

    assert_eq!(verify(&app, &first_token, OTHER_PASSWORD).await.code(), "INVALID_CREDENTIALS");
    assert_eq!(verify(&app, &second_token, PASSWORD).await.code(), "INVALID_CREDENTIALS");
    for password in [PASSWORD, OTHER_PASSWORD] {
        assert_eq!(login(&app, "eve@example.com", password).await.code(), "EMAIL_NOT_VERIFIED");
    }
    let user = verify(&app, &second_token, OTHER_PASSWORD).await.data()["verifyEmail"]["user"].clone();
    assert_eq!(user["name"], "Eve the Second", "a token activates its own registration");
    assert_eq!(verify(&app, &first_token, PASSWORD).await.code(), "INVALID_TOKEN", "and voids the other");
    assert_eq!(login(&app, "eve@example.com", PASSWORD).await.code(), "INVALID_CREDENTIALS");
    assert_eq!(login(&app, "eve@example.com", OTHER_PASSWORD).await.code(), "");
}

#[tokio::test]
async fn a_user_made_by_the_operator_voids_what_waits_for_its_address() {
    let app = TestApp::start().await;
    let token = signed_up(&app, signup_of("olga")).await;
    app.ops("olga").await;
    assert_eq!(verify(&app, &token, PASSWORD).await.code(), "INVALID_TOKEN");
}

#[tokio::test]
async fn tokens_expire() {
    let app = TestApp::start().await;
    let in_time = signed_up(&app, signup_of("carl")).await;
    let too_late = signed_up(&app, signup_of("dora")).await;
    app.clock.advance_seconds(VERIFICATION_TTL_SECONDS - 1);
    assert_eq!(verify(&app, &in_time, PASSWORD).await.code(), "");
    app.clock.advance_seconds(1);
    assert_eq!(verify(&app, &too_late, PASSWORD).await.code(), "INVALID_TOKEN");
    let fresh = signed_up(&app, signup_of("dora")).await;
    assert_eq!(verify(&app, &fresh, PASSWORD).await.code(), "", "signing up again helps");
}

#[tokio::test]
async fn nothing_but_a_verification_token_confirms() {
    let app = TestApp::start().await;
    let admin = app.admin("adam").await;
    let good = signed_up(&app, signup_of("carl")).await;
    let invitation = admin.data(super::INVITE, json!({"role": "CLIENT"})).await["invite"]["token"].clone();
    let refresh_token = session_of(&app, "adam").await["refreshToken"].clone();
    let other_first = if good.starts_with('A') { 'B' } else { 'A' };
    let altered = format!("{other_first}{}", &good[1..]);
    let longer = format!("{good}A");
    for garbage in [
        "",
        " ",
        "garbage",
        "' OR 1 = 1 --",
        &"A".repeat(43),
        &"A".repeat(100_000),
        &altered,
        &good[1..],
        &longer,
        invitation.as_str().unwrap(),
        refresh_token.as_str().unwrap(),
    ] {
        assert_eq!(verify(&app, garbage, PASSWORD).await.code(), "INVALID_TOKEN", "{garbage:.50}");
    }
    assert_eq!(verify(&app, &good, PASSWORD).await.code(), "");
}

#[tokio::test]
async fn login_tells_unverified_only_to_who_knows_the_password() {
    let app = TestApp::start().await;
    let token = signed_up(&app, signup_of("carl")).await;
    assert_eq!(login(&app, "carl@example.com", PASSWORD).await.code(), "EMAIL_NOT_VERIFIED");
    assert_eq!(login(&app, "carl@example.com", OTHER_PASSWORD).await.code(), "INVALID_CREDENTIALS");
    verify(&app, &token, PASSWORD).await.data();
    assert_eq!(login(&app, "carl@example.com", PASSWORD).await.code(), "");
    assert_eq!(tokens(&app, "carl@example.com").await.len(), 1, "login mails nothing");
}

#[tokio::test]
async fn login_never_says_which_part_was_wrong() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let mut answers = Vec::new();
    for (email, password) in [
        ("carl@example.com", OTHER_PASSWORD),
        ("carl@example.com", ""),
        ("nobody@example.com", PASSWORD),
        ("not an address", PASSWORD),
        ("", ""),
    ] {
        let reply = app.anonymous().send(LOGIN, json!({"input": {"email": email, "password": password}})).await;
        assert_eq!(reply.code(), "INVALID_CREDENTIALS", "{email:?} {password:?}");
        answers.push(reply.body.to_string());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "word for word the same: {answers:?}");
}
