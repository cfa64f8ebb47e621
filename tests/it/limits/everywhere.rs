//! Every operation that tests a credential slows down whoever guesses. After the bugs of others: Vaultwarden CVE-2026-27801
//! (codes that could be tried without end).

use serde_json::{Value, json};

use super::WRONG;
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::{Client, PASSWORD};
use crate::second_factor;

/// More wrong tries than any counter lets go.
const TRIES: usize = 150;

/// Tries until it is refused, and answers how many were tried before.
async fn tries_until_refused(client: &Client, query: &str, variables: &Value, wrong: &str) -> usize {
    for tried in 0..TRIES {
        let reply = client.send(query, variables.clone()).await;
        if reply.code() == "RATE_LIMITED" {
            assert!(reply.retry_after() >= 1, "{}", reply.body);
            return tried;
        }
        assert_eq!(reply.code(), wrong, "{query}: {}", reply.body);
    }
    panic!("{query}: never refused");
}

/// Operations that ask somebody who is signed in for the password again.
const OWN_PASSWORD: [&str; 5] = [
    "mutation($p: String!) { changePassword(currentPassword: $p, newPassword: \"a-quiet-library-on-monday\") { accessToken } }",
    "mutation($p: String!) { requestEmailChange(newEmail: \"new@example.com\", password: $p) }",
    second_factor::ENROL,
    second_factor::DISABLE,
    second_factor::RENEW,
];

#[tokio::test]
async fn the_password_that_is_asked_for_again_is_not_guessed() {
    let app = TestApp::start().await;
    for (number, query) in OWN_PASSWORD.into_iter().enumerate() {
        let client = app.client(&format!("client-{number}")).await;
        let tried = tries_until_refused(&client, query, &json!({"p": WRONG}), "INVALID_CREDENTIALS").await;
        assert!(tried <= 6, "{query}: {tried}");
        let right = client.code(query, json!({"p": PASSWORD})).await;
        assert_eq!(right, "RATE_LIMITED", "{query}: the right one waits too, or it could be told from the wrong ones");
    }
}

#[tokio::test]
async fn codes_are_not_guessed() {
    let app = TestApp::start().await;
    // At the login, where the password is right.
    let carl = second_factor::enrol(&app, &app.client("carl").await).await;
    let anonymous = app.anonymous();
    for code in [carl.authenticator.wrong_code(&app), "abcd-efgh-ijkl-mnop".to_owned()] {
        let input = json!({"email": email_of("carl"), "password": PASSWORD, "totpCode": code});
        let variables = json!({"input": input});
        let tried = tries_until_refused(&anonymous, second_factor::LOGIN, &variables, "INVALID_CREDENTIALS").await;
        assert!(tried <= 6, "{code}: {tried}");
        app.clock.advance_seconds(24 * 3600);
    }
    // At the confirmation of a factor that is begun.
    let dora = app.client("dora").await;
    let begun = dora.data(second_factor::ENROL, json!({"p": PASSWORD})).await;
    let secret = begun["enrolSecondFactor"]["secret"].as_str().unwrap();
    let wrong = second_factor::Authenticator::new(secret).wrong_code(&app);
    let tried = tries_until_refused(&dora, second_factor::CONFIRM, &json!({"c": wrong}), "INVALID_CREDENTIALS").await;
    assert!(tried <= 10, "{tried}");
}

#[tokio::test]
async fn mailed_tokens_are_not_guessed() {
    for query in [
        "mutation($t: String!) { resetPassword(token: $t, newPassword: \"a-quiet-library-on-monday\") }",
        "mutation($t: String!) { confirmEmailChange(token: $t, password: \"x\") }",
        "mutation($t: String!) { verifyEmail(token: $t, password: \"x\") { accessToken } }",
        "mutation($t: String!) { refresh(refreshToken: $t) { accessToken } }",
    ] {
        let app = TestApp::start().await;
        tries_until_refused(&app.anonymous(), query, &json!({"t": "A".repeat(43)}), "INVALID_TOKEN").await;
    }
}
