//! Mails that strangers can cause are capped, and nobody can tell.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::accounts::{INVITE, SIGNUP, mails, signup, signup_of, tokens, verify};
use crate::harness::TestApp;
use crate::harness::client::{Client, PASSWORD};
use crate::recovery::{REQUEST_EMAIL, REQUEST_RESET, RESEND};

#[tokio::test]
async fn an_address_gets_ten_mails_and_then_one_every_six_minutes() {
    let app = TestApp::start().await;
    let first = signup(&app, signup_of("carl")).await;
    let mut last = None;
    for _ in 0..14 {
        last = Some(signup(&app, signup_of("carl")).await);
    }
    let last = last.unwrap();
    assert_eq!((first.status, first.body), (last.status, last.body), "the answer is the same");
    assert_eq!(mails(&app, "carl@example.com").await.len(), 10);
    signup(&app, signup_of("dora")).await.data();
    assert_eq!(mails(&app, "dora@example.com").await.len(), 1, "others get theirs");
    app.clock.advance_seconds(6 * 60);
    for _ in 0..2 {
        signup(&app, signup_of("carl")).await.data();
    }
    assert_eq!(mails(&app, "carl@example.com").await.len(), 11);
    // What was mailed is good, however many came after it.
    let token = tokens(&app, "carl@example.com").await.remove(0);
    assert_eq!(verify(&app, &token, PASSWORD).await.code(), "");
}

#[tokio::test]
async fn owners_of_an_account_are_not_flooded_either() {
    let app = TestApp::start().await;
    app.client("carl").await;
    for _ in 0..15 {
        signup(&app, signup_of("carl")).await.data();
    }
    assert_eq!(mails(&app, "carl@example.com").await.len(), 10);
}

#[tokio::test]
async fn a_network_causes_300_mails_and_then_300_an_hour() {
    let app = TestApp::builder().behind_proxy().start().await;
    let sign_up = async |source: &str, number: usize| {
        let input = json!({"email": format!("person-{number}@example.com"), "name": "Person", "password": PASSWORD});
        app.anonymous().from(source).data(SIGNUP, json!({"input": input})).await;
    };
    for batch in 0..31 {
        join_all((0..10).map(|number| sign_up("192.0.2.1", 10 * batch + number))).await;
    }
    sign_up("198.51.100.1", 1000).await;
    app.services.deliver_due_mails().await.unwrap();
    while app.services.deliver_due_mails().await.unwrap() > 0 {}
    let count = || {
        let files = std::fs::read_dir(app.data_dir().join("mail")).unwrap().flatten();
        files.filter(|file| !file.file_name().as_encoded_bytes().starts_with(b".")).count()
    };
    assert_eq!(count(), 301, "300 from one network, one from another");
    app.clock.advance_seconds(12);
    sign_up("192.0.2.1", 2000).await;
    sign_up("192.0.2.1", 2001).await;
    while app.services.deliver_due_mails().await.unwrap() > 0 {}
    assert_eq!(count(), 302);
}

#[tokio::test]
async fn switched_off_every_mail_is_sent() {
    let app = TestApp::builder().with("RATE_LIMITS__ENABLED", "false").start().await;
    for _ in 0..12 {
        signup(&app, signup_of("carl")).await.data();
    }
    assert_eq!(mails(&app, "carl@example.com").await.len(), 12);
}

/// Sends what asks for a mail, has the mails sent, and answers how many mails of this subject `to` has had so far.
async fn mailed_after(app: &TestApp, asker: Client, query: &str, variables: Value, to: &str, subject: &str) -> usize {
    let asked = asker.send(query, variables).await.data();
    assert_eq!(asked.as_object().unwrap().values().next(), Some(&json!(true)), "the answer never changes");
    // The request first, and then what it brings.
    for _ in 0..2 {
        app.services.deliver_due_mails().await.unwrap();
    }
    let subject = format!("Subject: {subject}");
    mails(app, to).await.into_iter().filter(|mail| mail.contains(&subject)).count()
}

#[tokio::test]
async fn resets_are_capped_silently_and_keep_no_other_mail_from_coming() {
    let app = TestApp::builder().behind_proxy().start().await;
    app.client("carl").await;
    let to = "carl@example.com";
    let resets = async |source: &str| {
        let asker = app.anonymous().from(source);
        mailed_after(&app, asker, REQUEST_RESET, json!({"e": to}), to, "Choose a new password").await
    };
    let mut had = 0;
    for asked in 1..=12 {
        had = resets("192.0.2.1").await;
        assert_eq!(had, asked.min(10));
    }
    assert_eq!(resets("198.51.100.7").await, had + 1, "whoever asks from elsewhere gets one");
    app.clock.advance_seconds(3600);
    assert_eq!(resets("192.0.2.1").await, had + 2, "an hour later there is room again");
}

#[tokio::test]
async fn resends_are_capped_silently() {
    let app = TestApp::builder().behind_proxy().start().await;
    signup(&app, signup_of("carl")).await.data();
    let to = "carl@example.com";
    let subject = "Confirm your address for Strongroom";
    let resends = async |source: &str| {
        let asker = app.anonymous().from(source);
        mailed_after(&app, asker, RESEND, json!({"e": to}), to, subject).await
    };
    for asked in 1..=12 {
        assert_eq!(resends("192.0.2.1").await, 1 + asked.min(10), "the mail of the sign-up, and one each");
    }
    assert_eq!(resends("198.51.100.7").await, 12, "whoever asks from elsewhere gets one");
    app.clock.advance_seconds(3600);
    assert_eq!(resends("192.0.2.1").await, 13, "an hour later there is room again");
}

#[tokio::test]
async fn somebody_who_asks_for_another_address_cannot_flood_it() {
    let app = TestApp::builder().behind_proxy().start().await;
    let carl = app.client("carl").await;
    let to = "new@example.com";
    let changes = async |source: &str| {
        let variables = json!({"e": to, "p": PASSWORD});
        mailed_after(&app, carl.from(source), REQUEST_EMAIL, variables, to, "Confirm your new address for Strongroom")
            .await
    };
    for asked in 1..=12 {
        assert_eq!(changes("192.0.2.1").await, asked.min(10));
    }
    assert_eq!(changes("198.51.100.7").await, 11, "from elsewhere one more goes out");
}

#[tokio::test]
async fn invitations_spare_the_address_they_go_to() {
    let app = TestApp::start().await;
    let admin = app.admin("ada").await;
    for _ in 0..55 {
        let token = admin.data(INVITE, json!({"role": "OPS", "email": "otto@example.com"})).await;
        assert!(token["invite"]["token"].is_string(), "the token is answered all the same");
    }
    assert_eq!(mails(&app, "otto@example.com").await.len(), 50);
}
