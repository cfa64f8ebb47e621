//! Staying signed in, and signing out.

use serde_json::{Value, json};

use super::{LOGIN, REFRESH, SIGNUP, VERIFY, refresh, session_of, signed_up, signup_of, viewer_code};
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::{Client, PASSWORD};

const ACCESS_TTL_SECONDS: u64 = 900;
const REFRESH_TTL_SECONDS: u64 = 2_592_000;
/// Long enough to be no second tab that refreshes at the same moment.
const MUCH_LATER_SECONDS: u64 = 60;

fn bearer(app: &TestApp, session: &Value) -> Client {
    Client::new(&app.base_url, session["accessToken"].as_str())
}

async fn logout(client: &Client, everywhere: Option<bool>) -> Value {
    client.data("mutation($e: Boolean) { logout(everywhere: $e) }", json!({"e": everywhere})).await["logout"].clone()
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_brings_the_next() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let first = session_of(&app, "carl").await;
    app.clock.advance_seconds(MUCH_LATER_SECONDS);
    let second = refresh(&app, &first["refreshToken"]).await.data()["refresh"].clone();
    assert_ne!(first["refreshToken"], second["refreshToken"]);
    assert_ne!(first["accessToken"], second["accessToken"]);
    assert_eq!(second["user"]["email"], "carl@example.com");
    assert_eq!(second["accessTokenExpiresAt"], "2026-11-21T09:46:00Z");
    assert_eq!(second["refreshTokenExpiresAt"], "2026-12-21T09:31:00Z", "the sign-in lasts from its last use");
    assert_eq!(viewer_code(&app, &second["accessToken"]).await, "");
    let third = refresh(&app, &second["refreshToken"]).await.data()["refresh"].clone();
    assert_eq!(viewer_code(&app, &third["accessToken"]).await, "");
}

#[tokio::test]
async fn a_second_use_of_a_refresh_token_ends_its_session_and_no_other() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let stolen = session_of(&app, "carl").await;
    let elsewhere = session_of(&app, "carl").await;
    let next = refresh(&app, &stolen["refreshToken"]).await.data()["refresh"].clone();
    app.clock.advance_seconds(MUCH_LATER_SECONDS);
    assert_eq!(refresh(&app, &stolen["refreshToken"]).await.code(), "INVALID_TOKEN");
    for session in [&stolen, &next] {
        assert_eq!(viewer_code(&app, &session["accessToken"]).await, "UNAUTHENTICATED");
        assert_eq!(refresh(&app, &session["refreshToken"]).await.code(), "INVALID_TOKEN");
    }
    assert_eq!(viewer_code(&app, &elsewhere["accessToken"]).await, "");
    assert_eq!(refresh(&app, &elsewhere["refreshToken"]).await.code(), "");
}

#[tokio::test]
async fn refresh_tokens_expire() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let (kept, forgotten) = (session_of(&app, "carl").await, session_of(&app, "carl").await);
    app.clock.advance_seconds(REFRESH_TTL_SECONDS - 1);
    let kept = refresh(&app, &kept["refreshToken"]).await.data()["refresh"].clone();
    app.clock.advance_seconds(1);
    assert_eq!(refresh(&app, &forgotten["refreshToken"]).await.code(), "INVALID_TOKEN");
    assert_eq!(refresh(&app, &kept["refreshToken"]).await.code(), "");
}

#[tokio::test]
async fn nothing_but_a_refresh_token_refreshes() {
    let app = TestApp::start().await;
    let verification = signed_up(&app, signup_of("carl")).await;
    let access_token = app.ops("olga").await.token.unwrap();
    for garbage in ["", "garbage", &"A".repeat(43), &verification, &access_token] {
        assert_eq!(refresh(&app, &garbage.into()).await.code(), "INVALID_TOKEN", "{garbage}");
    }
}

#[tokio::test]
async fn logout_ends_this_session_or_all_of_the_users() {
    let app = TestApp::start().await;
    app.client("carl").await;
    app.client("dora").await;
    let (here, there) = (session_of(&app, "carl").await, session_of(&app, "carl").await);
    let of_somebody_else = session_of(&app, "dora").await;
    let states = async || {
        let mut codes = Vec::new();
        for session in [&here, &there, &of_somebody_else] {
            codes.push(viewer_code(&app, &session["accessToken"]).await);
        }
        codes
    };
    assert_eq!(states().await, ["", "", ""]);
    assert_eq!(logout(&bearer(&app, &here), Some(false)).await, true);
    assert_eq!(states().await, ["UNAUTHENTICATED", "", ""]);
    assert_eq!(refresh(&app, &here["refreshToken"]).await.code(), "INVALID_TOKEN");

    let third = session_of(&app, "carl").await;
    assert_eq!(logout(&bearer(&app, &there), Some(true)).await, true);
    assert_eq!(states().await, ["UNAUTHENTICATED", "UNAUTHENTICATED", ""]);
    assert_eq!(viewer_code(&app, &third["accessToken"]).await, "UNAUTHENTICATED");
    for session in [&there, &third] {
        assert_eq!(refresh(&app, &session["refreshToken"]).await.code(), "INVALID_TOKEN");
    }
    assert_eq!(refresh(&app, &of_somebody_else["refreshToken"]).await.code(), "");
}

#[tokio::test]
async fn logout_is_for_the_signed_in_and_by_itself_ends_one_session() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let (here, there) = (session_of(&app, "carl").await, session_of(&app, "carl").await);
    for nobody in [app.anonymous(), app.anonymous().with_token("garbage")] {
        assert_eq!(nobody.code("mutation { logout }", json!({})).await, "UNAUTHENTICATED");
    }
    assert_eq!(logout(&bearer(&app, &here), None).await, true);
    assert_eq!(viewer_code(&app, &there["accessToken"]).await, "");
    assert_eq!(bearer(&app, &here).code("mutation { logout }", json!({})).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn an_access_token_expires_and_public_mutations_run_with_it_all_the_same() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let session = session_of(&app, "carl").await;
    let carl = bearer(&app, &session);
    app.clock.advance_seconds(ACCESS_TTL_SECONDS - 1);
    assert_eq!(viewer_code(&app, &session["accessToken"]).await, "");
    app.clock.advance_seconds(1);
    for guarded in ["{ viewer { id } }", "{ files { totalCount } }", "{ node(id: \"x\") { id } }"] {
        assert_eq!(carl.code(guarded, json!({})).await, "UNAUTHENTICATED", "{guarded}");
    }
    for expired_or_worse in [carl.clone(), carl.with_token("garbage")] {
        let name = if expired_or_worse.token == carl.token { "dora" } else { "eve" };
        let login = json!({"input": {"email": email_of("carl"), "password": PASSWORD}});
        assert_eq!(expired_or_worse.code(LOGIN, login).await, "");
        assert_eq!(expired_or_worse.code(SIGNUP, json!({"input": signup_of(name)})).await, "");
        let token = app.mailed_token(&email_of(name)).await;
        assert_eq!(expired_or_worse.code(VERIFY, json!({"t": token, "p": PASSWORD})).await, "");
        let refresh_token = session_of(&app, "carl").await["refreshToken"].clone();
        assert_eq!(expired_or_worse.code(REFRESH, json!({"t": refresh_token})).await, "");
    }
}
