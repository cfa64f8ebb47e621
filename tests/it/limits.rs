//! Who tries too often waits, and nobody else does.

mod everywhere;
mod mails;
mod passwords;
mod proxies;
mod shared;
mod tokens;

use serde_json::json;

use crate::accounts::LOGIN;
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::{PASSWORD, Reply};

const WRONG: &str = "wrong-Password-here";
/// So many wrong passwords for an account are free from one network, and the next one brings the first delay.
const FREE: usize = 5;

/// Tries a password of an address from somewhere.
async fn try_from(app: &TestApp, source: &str, email: &str, password: &str) -> Reply {
    let input = json!({"email": email, "password": password});
    app.anonymous().from(source).send(LOGIN, json!({"input": input})).await
}

/// Tries wrong passwords of an address until it is refused, moving no clock, and answers how many were tried and in how
/// many seconds to come back.
async fn until_refused(app: &TestApp, source: &str, email: &str) -> (usize, u64) {
    for tried in 0..500 {
        let reply = try_from(app, source, email, WRONG).await;
        match reply.code() {
            "INVALID_CREDENTIALS" => {}
            "RATE_LIMITED" => return (tried, reply.retry_after()),
            other => panic!("{other}: {}", reply.body),
        }
    }
    panic!("never refused");
}

/// The code that the right password of `NAME@example.com` is answered; the empty string where it signs in.
async fn right_password_from(app: &TestApp, source: &str, name: &str) -> String {
    try_from(app, source, &email_of(name), PASSWORD).await.code().to_owned()
}
