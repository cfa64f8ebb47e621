//! Mail that is given up: an Admin sees it and has it tried again.

use serde_json::{Value, json};

use super::{DEAD, RETRY, app_of, dead_mails, deliver, server, sign_up, token_in};
use crate::accounts::{INVITE, signup, signup_of, verify};
use crate::harness::TestApp;
use crate::harness::client::{Client, PASSWORD};
use crate::harness::smtp_server::{Line, Setup, SmtpServer};

const THREE_DAYS: u64 = 259_200;
const VERIFICATION_TTL_SECONDS: u64 = 86_400;
const THIRTY_DAYS: u64 = 2_592_000;

/// A sign-up whose mail the server refuses for good.
async fn refused(server: &SmtpServer, app: &TestApp, name: &str) {
    server.rules(json!({"rcpt": "550 5.1.1 <carl@example.com> is unknown here"}));
    sign_up(app, name).await;
    deliver(app).await;
    server.rules(json!({}));
}

async fn retry(admin: &Client, mail: &Value) -> String {
    admin.code(RETRY, json!({"id": mail["id"]})).await
}

#[tokio::test]
async fn what_is_refused_for_good_is_given_up_and_sent_when_an_admin_says_so() {
    let server = server(Line::StartTls);
    let app = app_of(&server).await;
    let admin = app.admin("adam").await;
    refused(&server, &app, "carl").await;
    let mail = dead_mails(&admin).await.remove(0);
    let expected = json!({"id": mail["id"], "template": "verify_email", "recipient": "carl@example.com",
        "failedAt": "2026-11-21T09:30:00Z", "attempts": 1, "reason": "recipient_refused 550"});
    assert_eq!(mail, expected);
    app.clock.advance_seconds(600);
    deliver(&app).await;
    assert!(server.taken().is_empty(), "it is not tried again by itself");

    assert_eq!(retry(&admin, &mail).await, "");
    deliver(&app).await;
    let sent = server.taken().remove(0);
    assert!(sent.header("Message-ID")[0].contains(mail["id"].as_str().unwrap()), "{}", sent.content);
    assert!(dead_mails(&admin).await.is_empty());
    assert_eq!(verify(&app, token_in(&sent), PASSWORD).await.code(), "", "it carries a link that works");
}

#[tokio::test]
async fn content_that_is_refused_for_good_is_given_up_too() {
    let server = server(Line::StartTls);
    let app = app_of(&server).await;
    let admin = app.admin("adam").await;
    server.rules(json!({"data": "554 5.7.1 This looks like spam"}));
    sign_up(&app, "carl").await;
    deliver(&app).await;
    assert_eq!(dead_mails(&admin).await[0]["reason"], "content_refused 554");
}

#[tokio::test]
async fn only_a_dead_mail_is_tried_again() {
    let server = server(Line::StartTls);
    let app = app_of(&server).await;
    let admin = app.admin("adam").await;
    refused(&server, &app, "carl").await;
    let mail = dead_mails(&admin).await.remove(0);
    assert_eq!(retry(&admin, &mail).await, "");
    assert_eq!(retry(&admin, &mail).await, "NOT_FOUND", "it waits already, or is sent");
    for unknown in ["mail_aaaaaaaaaaaaaaaaaaaaaaaaaa", "user_aaaaaaaaaaaaaaaaaaaaaaaaaa", "garbage", ""] {
        assert_eq!(admin.code(RETRY, json!({"id": unknown})).await, "NOT_FOUND", "{unknown}");
    }
    deliver(&app).await;
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_link_that_is_over_is_not_sent_again() {
    let server = server(Line::StartTls);
    let app = app_of(&server).await;
    app.admin("adam").await;
    refused(&server, &app, "carl").await;
    let mail = dead_mails(&app.sign_in("adam").await).await.remove(0);
    app.clock.advance_seconds(VERIFICATION_TTL_SECONDS);
    let admin = app.sign_in("adam").await;
    assert_eq!(retry(&admin, &mail).await, "CONFLICT");
    assert_eq!(dead_mails(&admin).await.len(), 1, "and nothing was changed");
    app.services.sweep(false).await.unwrap();
    assert!(dead_mails(&admin).await.is_empty(), "it goes with the sign-up it was about");
    assert_eq!(retry(&admin, &mail).await, "NOT_FOUND");
}

#[tokio::test]
async fn after_three_days_a_mail_is_given_up_and_after_a_month_forgotten() {
    let mut server = SmtpServer::down(Setup::of(Line::StartTls));
    let app = app_of(&server).await;
    let olga = app.ops("olga").await;
    app.admin("adam").await;
    // A mail that carries no link, about nothing that ends.
    let query = "mutation($p: String!) { changePassword(currentPassword: $p, newPassword: $p) { accessToken } }";
    olga.data(query, json!({"p": PASSWORD})).await;
    deliver(&app).await;
    app.clock.advance_seconds(THREE_DAYS - 1);
    deliver(&app).await;
    assert!(dead_mails(&app.sign_in("adam").await).await.is_empty());
    app.clock.advance_seconds(3600);
    deliver(&app).await;
    let mail = dead_mails(&app.sign_in("adam").await).await.remove(0);
    assert_eq!((&mail["reason"], &mail["attempts"]), (&json!("unreachable"), &json!(3)));
    assert_eq!(mail["template"], "password_changed");

    // Tried again, it is as good as new: one more failure is not its end.
    assert_eq!(retry(&app.sign_in("adam").await, &mail).await, "");
    deliver(&app).await;
    assert!(dead_mails(&app.sign_in("adam").await).await.is_empty());
    app.clock.advance_seconds(THREE_DAYS);
    deliver(&app).await;
    let mail = dead_mails(&app.sign_in("adam").await).await.remove(0);
    server.come_up();
    app.clock.advance_seconds(THIRTY_DAYS);
    app.services.sweep(false).await.unwrap();
    assert_eq!(dead_mails(&app.sign_in("adam").await).await, [mail]);
    app.clock.advance_seconds(1);
    app.services.sweep(false).await.unwrap();
    assert!(dead_mails(&app.sign_in("adam").await).await.is_empty());
    assert!(server.taken().is_empty());
}

#[tokio::test]
async fn the_latest_comes_first_page_by_page() {
    let server = server(Line::StartTls);
    let app = app_of(&server).await;
    let admin = app.admin("adam").await;
    for name in ["anna", "bert", "carl", "dora", "emil"] {
        app.clock.advance_seconds(1);
        refused(&server, &app, name).await;
    }
    let query = "query($first: Int, $after: String, $last: Int, $before: String) {
        deadMails(first: $first, after: $after, last: $last, before: $before) {
            nodes { recipient } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    let names = |page: &Value| -> String {
        let nodes = page["nodes"].as_array().unwrap().iter();
        nodes.map(|node| node["recipient"].as_str().unwrap().split('@').next().unwrap().to_owned() + " ").collect()
    };
    let page = admin.data(query, json!({"first": 2})).await["deadMails"].clone();
    assert_eq!((names(&page).as_str(), &page["totalCount"]), ("emil dora ", &json!(5)));
    let after = &page["pageInfo"]["endCursor"];
    let page = admin.data(query, json!({"first": 2, "after": after})).await["deadMails"].clone();
    assert_eq!(names(&page), "carl bert ");
    assert_eq!((&page["pageInfo"]["hasNextPage"], &page["pageInfo"]["hasPreviousPage"]), (&json!(true), &json!(true)));
    let before = &page["pageInfo"]["startCursor"];
    let page = admin.data(query, json!({"last": 5, "before": before})).await["deadMails"].clone();
    assert_eq!(names(&page), "emil dora ");
    let page = admin.data(query, json!({"last": 2})).await["deadMails"].clone();
    assert_eq!(names(&page), "bert anna ");
    assert_eq!(admin.send(query, json!({"first": 2, "after": "garbage"})).await.code(), "BAD_USER_INPUT");
    assert_eq!(app.ops("olga").await.code(DEAD, json!({})).await, "FORBIDDEN");
}

/// A lost mail's link is void, so the token that was shown to the inviter goes with it.
#[tokio::test]
async fn an_invitation_that_was_given_up_gets_another_token() {
    let server = server(Line::StartTls);
    let app = app_of(&server).await;
    let admin = app.admin("adam").await;
    server.rules(json!({"rcpt": "550 5.1.1 unknown here"}));
    let given = admin.data(INVITE, json!({"role": "OPS", "email": "otto@example.com"})).await["invite"].clone();
    deliver(&app).await;
    server.rules(json!({}));
    let mail = dead_mails(&admin).await.remove(0);
    assert_eq!(retry(&admin, &mail).await, "");
    deliver(&app).await;
    let sent = server.taken().remove(0);
    let mut links = sent.content.lines().filter_map(|line| line.trim().split("/signup?invitation=").nth(1));
    let token = links.find(|token| !token.contains(['"', '<'])).expect("a link on a line of its own").to_owned();
    let with = |token: &Value| {
        let mut input = signup_of("otto");
        input["role"] = "OPS".into();
        input["invitation"] = token.clone();
        input
    };
    assert_eq!(signup(&app, with(&given["token"])).await.code(), "INVALID_TOKEN");
    assert_eq!(signup(&app, with(&json!(token))).await.code(), "");
}
