//! Signing up, confirming, signing in and out.

mod active_sessions;
mod confirming;
mod decoys;
mod invitations;
mod mail;
pub mod passwords;
mod sessions;
mod signup;
mod tokens;

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::{Client, PASSWORD, Reply};

pub const SIGNUP: &str = "mutation($input: SignupInput!) { signup(input: $input) { email verificationRequired } }";
pub const VERIFY: &str = "mutation($t: String!, $p: String!) { verifyEmail(token: $t, password: $p) {
    accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt user { email name role } } }";
pub const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) {
    accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt user { email } } }";
pub const REFRESH: &str = "mutation($t: String!) { refresh(refreshToken: $t) {
    accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt user { email } } }";
pub const INVITE: &str =
    "mutation($role: Role!, $email: String) { invite(role: $role, email: $email) { token role email expiresAt } }";
pub const VIEWER: &str = "{ viewer { email role } }";

/// What `NAME@example.com` signs up with.
pub fn signup_of(name: &str) -> Value {
    json!({"email": email_of(name), "name": name, "password": PASSWORD})
}

pub async fn signup(app: &TestApp, input: Value) -> Reply {
    app.anonymous().send(SIGNUP, json!({"input": input})).await
}

pub async fn verify(app: &TestApp, token: &str, password: &str) -> Reply {
    app.anonymous().send(VERIFY, json!({"t": token, "p": password})).await
}

pub async fn login(app: &TestApp, email: &str, password: &str) -> Reply {
    app.anonymous().send(LOGIN, json!({"input": {"email": email, "password": password}})).await
}

pub async fn refresh(app: &TestApp, token: &Value) -> Reply {
    app.anonymous().send(REFRESH, json!({"t": token})).await
}

/// Signs `NAME@example.com` in and answers the whole session.
pub async fn session_of(app: &TestApp, name: &str) -> Value {
    login(app, &email_of(name), PASSWORD).await.data()["login"].clone()
}

/// The code that `viewer` answers to a bearer of this access token; the empty string when it answers a user.
pub async fn viewer_code(app: &TestApp, access_token: &Value) -> String {
    let client = Client::new(&app.base_url, access_token.as_str());
    let reply = client.send(VIEWER, json!({})).await;
    assert_eq!(reply.code().is_empty(), reply.body["data"]["viewer"].is_object(), "{}", reply.body);
    reply.code().to_owned()
}

/// Every mail to an address so far, in no order. What waits is sent first, so there is nothing to wait for.
pub async fn mails(app: &TestApp, email: &str) -> Vec<String> {
    app.services.deliver_due_mails().await.unwrap();
    let files = std::fs::read_dir(app.data_dir().join("mail")).into_iter().flatten().flatten();
    let whole = files.filter(|file| !file.file_name().as_encoded_bytes().starts_with(b"."));
    let texts = whole.map(|file| std::fs::read_to_string(file.path()).unwrap());
    texts.filter(|text| text.lines().any(|line| line == format!("To: {email}"))).collect()
}

/// The token of every mail to an address that carries one, in no order.
pub async fn tokens(app: &TestApp, email: &str) -> Vec<String> {
    let mails = mails(app, email).await;
    let lines = mails.iter().flat_map(|mail| mail.lines());
    lines.filter_map(|line| line.split("?token=").nth(1)).map(str::to_owned).collect()
}

/// Signs up and answers the token that is mailed.
pub async fn signed_up(app: &TestApp, input: Value) -> String {
    let email = input["email"].as_str().unwrap().to_owned();
    let before = tokens(app, &email).await;
    signup(app, input).await.data();
    let fresh: Vec<_> = tokens(app, &email).await.into_iter().filter(|token| !before.contains(token)).collect();
    assert_eq!(fresh.len(), 1, "one sign-up, one mail with a token");
    fresh[0].clone()
}

#[tokio::test]
async fn a_client_goes_the_whole_way() {
    let app = TestApp::start().await;
    let client = app.client("carl").await;
    let viewer = client.data("{ viewer { email role emailVerified } }", json!({})).await;
    assert_eq!(viewer["viewer"], json!({"email": "carl@example.com", "role": "CLIENT", "emailVerified": true}));
}
