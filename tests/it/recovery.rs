//! Getting an account back, and giving it another password or address.

mod address;
mod enumeration;
mod pages;
mod password;
mod purposes;
mod resend;
mod reset;

use serde_json::json;

use crate::accounts::{mails, tokens};
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::{Client, Reply};

pub const RESEND: &str = "mutation($e: String!) { resendVerification(email: $e) }";
pub const REQUEST_RESET: &str = "mutation($e: String!) { requestPasswordReset(email: $e) }";
const RESET: &str = "mutation($t: String!, $p: String!) { resetPassword(token: $t, newPassword: $p) }";
const CHANGE_PASSWORD: &str = "mutation($c: String!, $n: String!) {
    changePassword(currentPassword: $c, newPassword: $n) { accessToken refreshToken user { email } } }";
pub const REQUEST_EMAIL: &str = "mutation($e: String!, $p: String!) { requestEmailChange(newEmail: $e, password: $p) }";
const CONFIRM_EMAIL: &str = "mutation($t: String!, $p: String!) { confirmEmailChange(token: $t, password: $p) }";

const NEW_PASSWORD: &str = "another-Password-of-mine";
const VERIFICATION_TTL_SECONDS: u64 = 86_400;
const RESET_TTL_SECONDS: u64 = 3600;

/// The tokens that an act mails to an address.
async fn tokens_mailed_by<T>(app: &TestApp, email: &str, act: impl Future<Output = T>) -> Vec<String> {
    let before = tokens(app, email).await;
    act.await;
    tokens(app, email).await.into_iter().filter(|token| !before.contains(token)).collect()
}

/// The one token that an act mails to an address.
async fn token_mailed_by<T>(app: &TestApp, email: &str, act: impl Future<Output = T>) -> String {
    let mut fresh = tokens_mailed_by(app, email, act).await;
    assert_eq!(fresh.len(), 1, "one act, one mail with a token");
    fresh.remove(0)
}

async fn resend(app: &TestApp, email: &str) {
    let data = app.anonymous().data(RESEND, json!({"e": email})).await;
    assert_eq!(data["resendVerification"], true);
}

async fn request_reset(app: &TestApp, email: &str) {
    let data = app.anonymous().data(REQUEST_RESET, json!({"e": email})).await;
    assert_eq!(data["requestPasswordReset"], true);
}

/// A token to choose a new password for `NAME@example.com`.
async fn reset_token(app: &TestApp, name: &str) -> String {
    let email = email_of(name);
    token_mailed_by(app, &email, request_reset(app, &email)).await
}

async fn reset(app: &TestApp, token: &str, password: &str) -> Reply {
    app.anonymous().send(RESET, json!({"t": token, "p": password})).await
}

async fn request_email(client: &Client, new_email: &str, password: &str) -> Reply {
    client.send(REQUEST_EMAIL, json!({"e": new_email, "p": password})).await
}

async fn confirm_email(app: &TestApp, token: &str, password: &str) -> Reply {
    app.anonymous().send(CONFIRM_EMAIL, json!({"t": token, "p": password})).await
}

/// How many mails to an address have this subject.
async fn count_of(app: &TestApp, email: &str, subject: &str) -> usize {
    let line = format!("Subject: {subject}");
    mails(app, email).await.iter().filter(|mail| mail.lines().any(|it| it == line)).count()
}

/// The actions that stand with the account whose id this is, in no order.
async fn actions_on(admin: &Client, user: &str) -> Vec<String> {
    let query = "query($f: AuditFilter) { auditEvents(first: 100, filter: $f) { nodes { action } } }";
    let data = admin.data(query, json!({"f": {"object": user}})).await;
    let nodes = data["auditEvents"]["nodes"].as_array().unwrap();
    nodes.iter().map(|event| event["action"].as_str().unwrap().to_owned()).collect()
}

async fn id_of(client: &Client) -> String {
    client.data("{ viewer { id } }", json!({})).await["viewer"]["id"].as_str().unwrap().to_owned()
}
