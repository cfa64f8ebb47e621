//! Another link for a sign-up that waits. After the bugs of Parse Server (#2198, #4369, #3432).

use serde_json::json;

use super::{RESEND, VERIFICATION_TTL_SECONDS, resend, token_mailed_by, tokens_mailed_by};
use crate::accounts::{login, mails, signed_up, signup_of, verify};
use crate::harness::TestApp;
use crate::harness::client::PASSWORD;

const CARL: &str = "carl@example.com";

#[tokio::test]
async fn a_resend_makes_a_new_token_and_voids_the_old_one() {
    let app = TestApp::start().await;
    let first = signed_up(&app, signup_of("carl")).await;
    let second = token_mailed_by(&app, CARL, resend(&app, CARL)).await;
    let third = token_mailed_by(&app, CARL, resend(&app, CARL)).await;
    for void in [&first, &second] {
        assert_eq!(verify(&app, void, PASSWORD).await.code(), "INVALID_TOKEN");
    }
    assert_eq!(verify(&app, &third, PASSWORD).await.code(), "");
    assert_eq!(verify(&app, &third, PASSWORD).await.code(), "INVALID_TOKEN", "a token is good once");
}

/// Parse Server: a resend mailed the token that had expired.
#[tokio::test]
async fn a_resend_is_good_for_as_long_as_a_new_sign_up() {
    let app = TestApp::start().await;
    signed_up(&app, signup_of("carl")).await;
    app.clock.advance_seconds(VERIFICATION_TTL_SECONDS - 1);
    let token = token_mailed_by(&app, CARL, resend(&app, CARL)).await;
    app.clock.advance_seconds(VERIFICATION_TTL_SECONDS - 1);
    app.services.sweep(false).await.unwrap();
    assert_eq!(verify(&app, &token, PASSWORD).await.code(), "");

    let late = signed_up(&app, signup_of("dora")).await;
    app.clock.advance_seconds(VERIFICATION_TTL_SECONDS);
    let none = tokens_mailed_by(&app, "dora@example.com", resend(&app, "dora@example.com")).await;
    assert_eq!(none, Vec::<String>::new(), "what has expired is not brought back");
    assert_eq!(verify(&app, &late, PASSWORD).await.code(), "INVALID_TOKEN");
}

/// Whoever signs up last with somebody's address does not get all the links.
#[tokio::test]
async fn a_resend_renews_the_latest_sign_ups_each_with_its_own_password() {
    let app = TestApp::start().await;
    signed_up(&app, signup_of("carl")).await;
    app.clock.advance_seconds(1);
    let mut stranger = signup_of("carl");
    stranger["password"] = "another-Password-of-mine".into();
    signed_up(&app, stranger).await;
    let fresh = tokens_mailed_by(&app, CARL, resend(&app, CARL)).await;
    assert_eq!(fresh.len(), 2);
    let mut codes = Vec::new();
    for token in &fresh {
        codes.push(verify(&app, token, PASSWORD).await.code().to_owned());
    }
    codes.sort();
    assert!(codes == ["", "INVALID_CREDENTIALS"] || codes == ["", "INVALID_TOKEN"], "{codes:?}");
    assert_eq!(login(&app, CARL, PASSWORD).await.code(), "");
    assert_eq!(login(&app, CARL, "another-Password-of-mine").await.code(), "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn a_resend_reaches_no_more_than_three_sign_ups() {
    let app = TestApp::start().await;
    for _ in 0..5 {
        signed_up(&app, signup_of("carl")).await;
        app.clock.advance_seconds(1);
    }
    for _ in 0..2 {
        assert_eq!(tokens_mailed_by(&app, CARL, resend(&app, CARL)).await.len(), 3);
    }
}

/// Complaint 17: a sign-up with somebody else's address kept that person out.
#[tokio::test]
async fn a_typo_sign_up_squats_no_address() {
    let app = TestApp::start().await;
    let mut stranger = signup_of("carl");
    stranger["password"] = "another-Password-of-mine".into();
    stranger["name"] = "A Stranger".into();
    signed_up(&app, stranger).await;
    // Nobody confirms, and yet the owner of the address signs up as if nothing had been.
    let token = signed_up(&app, signup_of("carl")).await;
    let user = verify(&app, &token, PASSWORD).await.data()["verifyEmail"]["user"].clone();
    assert_eq!(user["name"], "carl");

    let mut for_ever = signup_of("dora");
    for_ever["password"] = "another-Password-of-mine".into();
    signed_up(&app, for_ever).await;
    app.clock.advance_seconds(VERIFICATION_TTL_SECONDS);
    app.services.sweep(false).await.unwrap();
    assert_eq!(login(&app, "dora@example.com", "another-Password-of-mine").await.code(), "INVALID_CREDENTIALS");
}

/// GHSA-w54v-hf9p-8856: the answer of a resend told whether there was an account.
#[tokio::test]
async fn user_enumeration_by_the_words_of_a_resend() {
    let app = TestApp::start().await;
    app.client("known").await;
    signed_up(&app, signup_of("waiting")).await;
    let before = mails(&app, "known@example.com").await.len();
    let mut answers = Vec::new();
    for name in ["known", "waiting", "nobody"] {
        let reply = app.anonymous().send(RESEND, json!({"e": format!("{name}@example.com")})).await;
        answers.push((reply.status, reply.body.to_string()));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(mails(&app, "known@example.com").await.len(), before, "an account has nothing to confirm");
    assert_eq!(mails(&app, "nobody@example.com").await.len(), 0);
    let reply = app.anonymous().send(RESEND, json!({"e": "no address"})).await;
    assert_eq!((reply.code(), reply.field()), ("BAD_USER_INPUT", "email"));
}

/// Parse Server #3432: the token of a user stood among the fields that the user could read.
#[tokio::test]
async fn no_token_is_readable_by_its_own_user() {
    let sdl = strongroom::graphql::sdl();
    let user = sdl.split("type User implements Node {").nth(1).unwrap().split("\n}").next().unwrap();
    let fields = user.lines().filter_map(|line| line.trim().split_once(": ")).map(|(name, _)| name);
    let mut fields: Vec<&str> = fields.filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric())).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["createdAt", "disabled", "email", "emailVerified", "id", "name", "role"]);
    let app = TestApp::start().await;
    let token = signed_up(&app, signup_of("carl")).await;
    let session = verify(&app, &token, PASSWORD).await;
    assert!(!session.body.to_string().contains(&token));
}

#[tokio::test]
async fn a_resend_is_written_down() {
    let app = TestApp::start().await;
    let admin = app.admin("adam").await;
    signed_up(&app, signup_of("carl")).await;
    for email in [CARL, "nobody@example.com"] {
        resend(&app, email).await;
    }
    app.services.deliver_due_mails().await.unwrap();
    let query = "{ auditEvents(filter: {action: \"account.verification_resent\"}) { nodes { actor object address } } }";
    let events = admin.data(query, json!({})).await["auditEvents"]["nodes"].clone();
    assert_eq!(events.as_array().unwrap().len(), 1, "{events}");
    assert_eq!((&events[0]["actor"], &events[0]["address"]), (&json!("anyone"), &json!("127.0.0.1")));
}
