//! Passwords at sign-in: growing delays, and nobody locks out anybody else.

use futures_util::future::join_all;
use serde_json::json;
use strongroom::domain::role::Role;
use strongroom::services::Caller;

use super::{FREE, WRONG, right_password_from, try_from, until_refused};
use crate::accounts::{login, session_of};
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::PASSWORD;

const HOME: &str = "192.0.2.1";
const ELSEWHERE: &str = "198.51.100.7";

#[tokio::test]
async fn a_few_wrong_passwords_are_free_and_then_the_right_one_waits_too() {
    let app = TestApp::builder().behind_proxy().start().await;
    app.client("carl").await;
    assert_eq!(until_refused(&app, HOME, "carl@example.com").await, (FREE + 1, 1));
    let refused = try_from(&app, HOME, "carl@example.com", PASSWORD).await;
    assert_eq!((refused.code(), refused.retry_after()), ("RATE_LIMITED", 1));
    assert_eq!(refused.body["errors"][0]["message"], "Too many tries. Try again in 1 seconds.");
    app.clock.advance_seconds(1);
    assert_eq!(right_password_from(&app, HOME, "carl").await, "");
    assert_eq!(until_refused(&app, HOME, "carl@example.com").await.0, FREE + 1, "signing in has cleared the slate");
}

#[tokio::test]
async fn delays_double_up_to_a_quarter_of_an_hour_and_are_forgotten() {
    let app = TestApp::builder().behind_proxy().start().await;
    app.client("carl").await;
    let mut delays = vec![until_refused(&app, HOME, "carl@example.com").await.1];
    for _ in 0..12 {
        app.clock.advance_seconds(*delays.last().unwrap());
        let (tried, delay) = until_refused(&app, HOME, "carl@example.com").await;
        assert_eq!(tried, 1, "one try after each delay");
        delays.push(delay);
    }
    // One is forgotten each quarter of an hour, which is how long the first ten delays take together.
    assert_eq!(delays, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 512, 900, 900]);
    app.clock.advance_seconds(24 * 3600);
    assert_eq!(until_refused(&app, HOME, "carl@example.com").await, (FREE + 1, 1));
}

#[tokio::test]
async fn a_refused_try_makes_nothing_worse() {
    let app = TestApp::builder().behind_proxy().start().await;
    app.client("carl").await;
    until_refused(&app, HOME, "carl@example.com").await;
    for _ in 0..50 {
        assert_eq!(try_from(&app, HOME, "carl@example.com", WRONG).await.retry_after(), 1);
    }
    app.clock.advance_seconds(1);
    assert_eq!(right_password_from(&app, HOME, "carl").await, "");
}

#[tokio::test]
async fn whether_there_is_such_an_account_plays_no_part() {
    let app = TestApp::builder().behind_proxy().start().await;
    app.client("carl").await;
    let mut answers = Vec::new();
    for email in ["carl@example.com", "nobody@example.com", "no address at all", ""] {
        let mut of_this = Vec::new();
        for step in 0..20 {
            let reply = try_from(&app, HOME, email, WRONG).await;
            of_this.push((reply.status, reply.body.to_string()));
            if step > 10 {
                app.clock.advance_seconds(3);
            }
        }
        answers.push(of_this);
    }
    assert!(answers[0].iter().any(|(_, body)| body.contains("RATE_LIMITED")));
    assert!(answers.iter().all(|other| *other == answers[0]), "{answers:#?}");
}

#[tokio::test]
async fn other_spellings_of_an_address_are_the_same_account() {
    let app = TestApp::builder().behind_proxy().start().await;
    app.client("carl").await;
    until_refused(&app, HOME, "carl@example.com").await;
    for spelling in ["CARL@Example.com", "  carl@example.com\t"] {
        assert_eq!(try_from(&app, HOME, spelling, WRONG).await.code(), "RATE_LIMITED", "{spelling:?}");
    }
}

#[tokio::test]
async fn neither_other_accounts_nor_other_networks_wait() {
    let app = TestApp::builder().behind_proxy().start().await;
    app.client("carl").await;
    app.client("dora").await;
    until_refused(&app, HOME, "carl@example.com").await;
    assert_eq!(right_password_from(&app, HOME, "dora").await, "");
    assert_eq!(right_password_from(&app, ELSEWHERE, "carl").await, "");
    assert_eq!(right_password_from(&app, HOME, "carl").await, "RATE_LIMITED");

    // A customer has a /64 of IPv6, and moving about in it is no new start.
    until_refused(&app, "2001:db8:1:2::3", "carl@example.com").await;
    assert_eq!(right_password_from(&app, "2001:db8:1:2:ffff::9", "carl").await, "RATE_LIMITED");
    assert_eq!(right_password_from(&app, "2001:db8:1:3::3", "carl").await, "");
}

#[tokio::test]
async fn strangers_everywhere_slow_an_account_down_gently_and_its_own_networks_not_at_all() {
    let app = TestApp::builder().behind_proxy().start().await;
    app.client("carl").await;
    assert_eq!(right_password_from(&app, HOME, "carl").await, "");
    let mut longest = 0;
    for number in 0..100 {
        let reply = try_from(&app, &format!("198.51.100.{number}"), "carl@example.com", WRONG).await;
        longest = longest.max(reply.retry_after());
        app.clock.advance_seconds(reply.retry_after());
    }
    assert_eq!(longest, 30);
    try_from(&app, "198.51.100.200", "carl@example.com", WRONG).await;
    let new_network = try_from(&app, "203.0.113.1", "carl@example.com", PASSWORD).await;
    assert_eq!(new_network.code(), "RATE_LIMITED");
    assert_eq!(
        right_password_from(&app, HOME, "carl").await,
        "",
        "where Carl has signed in before, he is not kept waiting"
    );
    app.clock.advance_seconds(new_network.retry_after());
    assert_eq!(right_password_from(&app, "203.0.113.1", "carl").await, "", "and elsewhere not for long");

    // What was remembered does not last for ever, and mistyping at home is counted at home.
    assert_eq!(until_refused(&app, HOME, "carl@example.com").await.0, FREE + 1);
    app.clock.advance_seconds(31 * 24 * 3600);
    while try_from(&app, "198.51.100.7", "carl@example.com", WRONG).await.code() != "RATE_LIMITED" {}
    for number in 0..30 {
        try_from(&app, &format!("198.51.100.{number}"), "carl@example.com", WRONG).await;
    }
    assert_eq!(right_password_from(&app, HOME, "carl").await, "RATE_LIMITED");
}

#[tokio::test]
async fn one_network_that_tries_all_accounts_is_slowed_down() {
    let app = TestApp::builder().behind_proxy().start().await;
    app.client("carl").await;
    let mut tried = 0;
    let retry_after = loop {
        let reply = try_from(&app, HOME, &format!("person-{tried}@example.com"), WRONG).await;
        if reply.code() == "RATE_LIMITED" {
            break reply.retry_after();
        }
        tried += 1;
    };
    assert_eq!((tried, retry_after), (101, 1));
    assert_eq!(right_password_from(&app, HOME, "carl").await, "RATE_LIMITED");
    assert_eq!(right_password_from(&app, ELSEWHERE, "carl").await, "");
    app.clock.advance_seconds(1);
    assert_eq!(right_password_from(&app, HOME, "carl").await, "");
}

#[tokio::test]
async fn good_sign_ins_are_never_too_many() {
    let app = TestApp::start().await;
    for name in ["carl", "dora", "ed"] {
        app.client(name).await;
    }
    for _ in 0..150 {
        assert_eq!(login(&app, "carl@example.com", PASSWORD).await.code(), "");
    }
    let at_once = (0..120).map(|number| login_of(&app, ["carl", "dora", "ed"][number % 3]));
    assert!(join_all(at_once).await.iter().all(String::is_empty));
}

#[tokio::test]
async fn a_good_sign_in_leaves_nothing_behind_but_where_it_came_from() {
    let app = TestApp::start().await;
    app.services.create_user(&Caller::Operator, "carl@example.com", "Carl", Role::Client, PASSWORD).await.unwrap();
    for _ in 0..3 {
        assert_eq!(login_of(&app, "carl").await, "");
    }
    app.clock.advance_seconds(29 * 24 * 3600);
    assert_eq!(app.services.sweep(false).await.unwrap().expired_rows, 0);
    app.clock.advance_seconds(24 * 3600);
    // Three sessions, their refresh tokens, and one network that is no longer remembered.
    assert_eq!(app.services.sweep(false).await.unwrap().expired_rows, 7);
}

async fn login_of(app: &TestApp, name: &str) -> String {
    login(app, &email_of(name), PASSWORD).await.code().to_owned()
}

#[tokio::test]
async fn tries_at_the_same_moment_do_not_slip_through() {
    let app = TestApp::builder().behind_proxy().start().await;
    app.client("carl").await;
    let replies = join_all((0..40).map(|_| try_from(&app, HOME, "carl@example.com", WRONG))).await;
    let made = replies.iter().filter(|reply| reply.code() == "INVALID_CREDENTIALS").count();
    assert_eq!(made, FREE + 1);
    assert!(replies.iter().all(|reply| ["INVALID_CREDENTIALS", "RATE_LIMITED"].contains(&reply.code())));
}

#[tokio::test]
async fn the_right_password_of_a_sign_up_that_waits_clears_nothing() {
    let app = TestApp::builder().behind_proxy().start().await;
    crate::accounts::signed_up(&app, crate::accounts::signup_of("carl")).await;
    for _ in 0..FREE {
        assert_eq!(try_from(&app, HOME, "carl@example.com", WRONG).await.code(), "INVALID_CREDENTIALS");
        assert_eq!(right_password_from(&app, HOME, "carl").await, "EMAIL_NOT_VERIFIED");
    }
    assert_eq!(try_from(&app, HOME, "carl@example.com", WRONG).await.code(), "INVALID_CREDENTIALS");
    assert_eq!(right_password_from(&app, HOME, "carl").await, "RATE_LIMITED");
}

#[tokio::test]
async fn a_session_goes_on_while_its_account_is_attacked() {
    let app = TestApp::builder().behind_proxy().start().await;
    app.client("carl").await;
    let session = session_of(&app, "carl").await;
    for number in 0..30 {
        try_from(&app, &format!("198.51.100.{number}"), "carl@example.com", WRONG).await;
    }
    assert_eq!(crate::accounts::viewer_code(&app, &session["accessToken"]).await, "");
    assert_eq!(crate::accounts::refresh(&app, &session["refreshToken"]).await.code(), "");
}

#[tokio::test]
async fn switched_off_nothing_is_limited() {
    let app = TestApp::builder().with("RATE_LIMITS__ENABLED", "false").start().await;
    app.client("carl").await;
    for _ in 0..30 {
        assert_eq!(login(&app, "carl@example.com", WRONG).await.code(), "INVALID_CREDENTIALS");
    }
    app.anonymous().data("{ viewer { email } }", json!({})).await;
}
