//! A token of one purpose is none of another, expired or not ("half-authenticated session", lessons.md).

use serde_json::json;

use super::{
    NEW_PASSWORD, RESET_TTL_SECONDS, VERIFICATION_TTL_SECONDS, confirm_email, request_email, reset, reset_token,
    token_mailed_by,
};
use crate::accounts::passwords::open_store;
use crate::accounts::{INVITE, refresh, session_of, signed_up, signup, signup_of, verify, viewer_code};
use crate::harness::TestApp;
use crate::harness::client::PASSWORD;
use crate::harness::find::holds;

/// What a token is presented as.
const PLACES: [&str; 6] = ["verification", "reset", "email change", "invitation", "refresh", "access"];

async fn code_at(app: &TestApp, place: &str, token: &str) -> String {
    match place {
        "verification" => verify(app, token, PASSWORD).await.code().to_owned(),
        "reset" => reset(app, token, NEW_PASSWORD).await.code().to_owned(),
        "email change" => confirm_email(app, token, PASSWORD).await.code().to_owned(),
        "invitation" => {
            let mut input = signup_of("somebody");
            input["invitation"] = token.into();
            signup(app, input).await.code().to_owned()
        }
        "refresh" => refresh(app, &json!(token)).await.code().to_owned(),
        _ => viewer_code(app, &json!(token)).await,
    }
}

/// One good token of each kind, in the order of `PLACES`; of different people, so that none voids another.
async fn one_of_each(app: &TestApp) -> [String; 6] {
    let admin = app.admin("adam").await;
    let carl = app.client("carl").await;
    app.client("dora").await;
    app.client("emil").await;
    let verification = signed_up(app, signup_of("newcomer")).await;
    let reset = reset_token(app, "dora").await;
    let new_email = "carl.new@example.com";
    let email = token_mailed_by(app, new_email, request_email(&carl, new_email, PASSWORD)).await;
    let invitation = admin.data(INVITE, json!({"role": "CLIENT"})).await["invite"]["token"].clone();
    let session = session_of(app, "emil").await;
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    [verification, reset, email, text(&invitation), text(&session["refreshToken"]), text(&session["accessToken"])]
}

#[tokio::test]
async fn no_token_is_good_in_anothers_place() {
    let app = TestApp::start().await;
    let tokens = one_of_each(&app).await;
    for (token, kind) in tokens.iter().zip(PLACES) {
        for place in PLACES.into_iter().filter(|place| *place != kind) {
            let expected = if place == "access" { "UNAUTHENTICATED" } else { "INVALID_TOKEN" };
            assert_eq!(code_at(&app, place, token).await, expected, "{kind} as {place}");
        }
    }
    // Each in its own: access before what ends sessions.
    for (token, kind) in tokens.iter().zip(PLACES).rev() {
        assert_eq!(code_at(&app, kind, token).await, "", "{kind}");
    }
}

#[tokio::test]
async fn half_authenticated_session_every_kind_of_token_expires() {
    for (place, ttl_seconds) in [
        ("verification", VERIFICATION_TTL_SECONDS),
        ("reset", RESET_TTL_SECONDS),
        ("email change", VERIFICATION_TTL_SECONDS),
        ("invitation", 604_800),
        ("refresh", 2_592_000),
        ("access", 900),
    ] {
        let app = TestApp::start().await;
        let at = PLACES.iter().position(|it| *it == place).unwrap();
        let expired = one_of_each(&app).await[at].clone();
        app.clock.advance_seconds(ttl_seconds);
        let expected = if place == "access" { "UNAUTHENTICATED" } else { "INVALID_TOKEN" };
        assert_eq!(code_at(&app, place, &expired).await, expected, "{place}");
    }
}

#[tokio::test]
async fn mailed_tokens_are_stored_as_hashes_only() {
    let app = TestApp::builder().on_disk(None).start().await;
    let tokens = one_of_each(&app).await;
    let data_dir = app.data_dir();
    app.services.close().await;
    // Opening it again moves what is in memory to the disk.
    open_store(&data_dir).await.close().await;
    let files = crate::harness::app::files_below(&data_dir.join("database"));
    let stored: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    let is_stored = |needle: &[u8]| stored.iter().any(|content| holds(content, needle));
    assert!(is_stored(b"carl.new@example.com"), "the search finds what is there");
    for (token, kind) in tokens.iter().zip(PLACES) {
        assert!(!is_stored(token.as_bytes()), "{kind}");
    }
}
