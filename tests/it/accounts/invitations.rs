//! Permissions to sign up: who gives them, to whom, and for how long.

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{INVITE, login, signed_up, signup, signup_of, verify};
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::{Client, PASSWORD};

const INVITATION_TTL_SECONDS: u64 = 604_800;

async fn invitation(inviter: &Client, role: &str, email: Option<&str>) -> Value {
    inviter.data(INVITE, json!({"role": role, "email": email})).await["invite"].clone()
}

fn with(name: &str, role: &str, invitation: &Value) -> Value {
    let mut input = signup_of(name);
    input["role"] = role.into();
    input["invitation"] = invitation["token"].clone();
    input
}

#[tokio::test]
async fn admins_invite_anyone_and_ops_clients() {
    let app = TestApp::start().await;
    let (admin, ops, client) = (app.admin("adam").await, app.ops("olga").await, app.client("carl").await);
    for (inviter, role, expected) in [
        (&admin, "ADMIN", ""),
        (&admin, "OPS", ""),
        (&admin, "CLIENT", ""),
        (&ops, "ADMIN", "FORBIDDEN"),
        (&ops, "OPS", "FORBIDDEN"),
        (&ops, "CLIENT", ""),
        (&client, "CLIENT", "FORBIDDEN"),
        (&app.anonymous(), "CLIENT", "UNAUTHENTICATED"),
        (&admin.with_token("garbage"), "CLIENT", "UNAUTHENTICATED"),
    ] {
        assert_eq!(inviter.code(INVITE, json!({"role": role})).await, expected, "{role}");
    }
    let reply = admin.send(INVITE, json!({"role": "OPS", "email": "no address"})).await;
    assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "email"));
}

#[tokio::test]
async fn an_invitation_says_what_it_is_for() {
    let app = TestApp::start().await;
    let admin = app.admin("adam").await;
    let mut given = invitation(&admin, "OPS", Some(" Olga@Example.com ")).await;
    assert_eq!(given["token"].take().as_str().unwrap().len(), 43);
    let expected =
        json!({"token": null, "role": "OPS", "email": "olga@example.com", "expiresAt": "2026-11-28T09:30:00Z"});
    assert_eq!(given, expected);
    assert_eq!(invitation(&admin, "OPS", None).await["email"], Value::Null);
}

#[tokio::test]
async fn an_invited_ops_user_goes_the_whole_way() {
    let app = TestApp::start().await;
    let admin = app.admin("adam").await;
    let given = invitation(&admin, "OPS", None).await;
    let token = signed_up(&app, with("olga", "OPS", &given)).await;
    assert_eq!(verify(&app, &token, PASSWORD).await.data()["verifyEmail"]["user"]["role"], "OPS");
}

#[tokio::test]
async fn it_works_only_for_its_address_and_its_role() {
    let app = TestApp::start().await;
    let admin = app.admin("adam").await;
    let bound = invitation(&admin, "OPS", Some("olga@example.com")).await;
    assert_eq!(signup(&app, with("mallory", "OPS", &bound)).await.code(), "INVALID_TOKEN");
    assert_eq!(signup(&app, with("olga", "ADMIN", &bound)).await.code(), "INVALID_TOKEN");
    assert_eq!(signup(&app, with("olga", "CLIENT", &bound)).await.code(), "INVALID_TOKEN");
    let mut input = with("olga", "OPS", &bound);
    input["email"] = "OLGA@Example.com".into();
    assert_eq!(signup(&app, input).await.code(), "", "the address is compared in lower case");
}

#[tokio::test]
async fn wrong_missing_and_expired_ones_are_refused() {
    let app = TestApp::start().await;
    let admin = app.admin("adam").await;
    let given = invitation(&admin, "OPS", None).await;
    let verification = signed_up(&app, signup_of("carl")).await;
    for wrong in [Value::Null, "".into(), "garbage".into(), "A".repeat(43).into(), verification.into()] {
        let code = signup(&app, with("olga", "OPS", &json!({"token": wrong}))).await.code().to_owned();
        assert_eq!(code, "INVALID_TOKEN", "{wrong}");
    }
    app.clock.advance_seconds(INVITATION_TTL_SECONDS - 1);
    assert_eq!(signup(&app, with("olga", "OPS", &given)).await.code(), "");
    app.clock.advance_seconds(1);
    assert_eq!(signup(&app, with("oscar", "OPS", &given)).await.code(), "INVALID_TOKEN");
}

#[tokio::test]
async fn it_is_used_up_by_the_confirmation_and_not_by_the_sign_up() {
    let app = TestApp::start().await;
    let admin = app.admin("adam").await;
    let given = invitation(&admin, "OPS", None).await;
    let first = signed_up(&app, with("olga", "OPS", &given)).await;
    let second = signed_up(&app, with("oscar", "OPS", &given)).await;
    assert_eq!(verify(&app, &first, "wrong-Password-here").await.code(), "INVALID_CREDENTIALS");
    assert_eq!(verify(&app, &second, PASSWORD).await.code(), "", "a wrong password used nothing up");
    assert_eq!(verify(&app, &first, PASSWORD).await.code(), "INVALID_TOKEN", "one invitation, one user");
    assert_ne!(login(&app, &email_of("olga"), PASSWORD).await.code(), "");
    assert_eq!(signup(&app, with("otto", "OPS", &given)).await.code(), "INVALID_TOKEN");
}

#[tokio::test]
async fn it_must_still_be_good_when_the_address_is_confirmed() {
    let app = TestApp::builder().with("AUTH__INVITATION_TTL_SECONDS", "3600").start().await;
    let admin = app.admin("adam").await;
    let given = invitation(&admin, "OPS", None).await;
    let token = signed_up(&app, with("olga", "OPS", &given)).await;
    app.clock.advance_seconds(3600);
    assert_eq!(verify(&app, &token, PASSWORD).await.code(), "INVALID_TOKEN");
}

#[tokio::test]
async fn two_confirmations_at_once_make_one_user() {
    let app = TestApp::start().await;
    let admin = app.admin("adam").await;
    let given = invitation(&admin, "OPS", None).await;
    let first = signed_up(&app, with("olga", "OPS", &given)).await;
    let second = signed_up(&app, with("oscar", "OPS", &given)).await;
    let (one, other) = tokio::join!(verify(&app, &first, PASSWORD), verify(&app, &second, PASSWORD));
    let mut codes = [one.code(), other.code()];
    codes.sort_unstable();
    assert_eq!(codes, ["", "INVALID_TOKEN"]);
}

#[tokio::test]
async fn the_first_admin_is_invited_until_there_is_one() {
    let app = TestApp::start().await;
    let of_an_earlier_start = app.services.invite_first_admin().await.unwrap().unwrap();
    let of_this_start = app.services.invite_first_admin().await.unwrap().unwrap();
    let token_of =
        |issued: &strongroom::services::invitations::IssuedInvitation| json!({"token": issued.token.expose_secret()});
    let void = with("mallory", "ADMIN", &token_of(&of_an_earlier_start));
    assert_eq!(signup(&app, void).await.code(), "INVALID_TOKEN", "the next start voids it");

    let token = signed_up(&app, with("adam", "ADMIN", &token_of(&of_this_start))).await;
    assert!(app.services.invite_first_admin().await.unwrap().is_some(), "a sign-up that waits makes no Admin");
    assert_eq!(verify(&app, &token, PASSWORD).await.code(), "INVALID_TOKEN", "and the next start voids that too");

    let again = app.services.invite_first_admin().await.unwrap().unwrap();
    let token = signed_up(&app, with("adam", "ADMIN", &token_of(&again))).await;
    let session = verify(&app, &token, PASSWORD).await.data()["verifyEmail"].clone();
    assert_eq!(session["user"]["role"], "ADMIN");
    let admin = Client::new(&app.base_url, session["accessToken"].as_str());
    assert_eq!(admin.code(INVITE, json!({"role": "ADMIN"})).await, "");
    assert!(app.services.invite_first_admin().await.unwrap().is_none());
}

#[tokio::test]
async fn the_first_admins_invitation_dies_with_the_need_for_it() {
    let app = TestApp::start().await;
    let issued = app.services.invite_first_admin().await.unwrap().unwrap();
    let invitation = json!({"token": issued.token.expose_secret()});
    let waiting = signed_up(&app, with("mallory", "ADMIN", &invitation)).await;
    app.client("carl").await;
    app.ops("olga").await;
    assert_eq!(verify(&app, &waiting, PASSWORD).await.code(), "INVALID_TOKEN", "one that waits with it is void too");
    assert_eq!(signup(&app, with("mallory", "ADMIN", &invitation)).await.code(), "INVALID_TOKEN");
}

#[tokio::test]
async fn an_ops_user_is_enough_for_no_invitation_and_a_client_is_not() {
    let app = TestApp::start().await;
    app.client("carl").await;
    assert!(app.services.invite_first_admin().await.unwrap().is_some());
    app.ops("olga").await;
    assert!(app.services.invite_first_admin().await.unwrap().is_none());
}
