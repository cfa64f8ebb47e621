//! What is counted is shared by all instances, outlives them, and tells nobody who tried.

use super::{FREE, WRONG, right_password_from, try_from, until_refused};
use crate::accounts::{signup, signup_of};
use crate::harness::TestApp;
use crate::harness::app::files_below;
use crate::harness::client::PASSWORD;
use crate::harness::find::holds_in_any_case;
use crate::harness::surreal_server::{self, SurrealServer};

const HERE: &str = "192.0.2.1";

async fn two_instances(database: &SurrealServer) -> (TestApp, TestApp) {
    let builder = || {
        TestApp::builder()
            .behind_proxy()
            .with("DATABASE__URL", &database.url())
            .with("DATABASE__USERNAME", surreal_server::USER)
            .with("DATABASE__PASSWORD", surreal_server::PASSWORD)
    };
    let one = builder().start().await;
    let keys = one.data_dir().join("keys");
    let other = builder().with("KEYS__FILE", &keys.to_string_lossy()).start().await;
    (one, other)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_count_together() {
    let database = SurrealServer::start("memory").await;
    let (one, other) = two_instances(&database).await;
    one.client("carl").await;
    for number in 0..=FREE {
        let app = if number % 2 == 0 { &one } else { &other };
        assert_eq!(try_from(app, HERE, "carl@example.com", WRONG).await.code(), "INVALID_CREDENTIALS", "{number}");
    }
    for app in [&one, &other] {
        assert_eq!(right_password_from(app, HERE, "carl").await, "RATE_LIMITED");
    }
    one.clock.advance_seconds(1);
    other.clock.advance_seconds(1);
    assert_eq!(right_password_from(&other, HERE, "carl").await, "");
    assert_eq!(until_refused(&one, HERE, "carl@example.com").await.0, FREE + 1);

    // Many at the same moment, by both.
    let at_once = (0..30).map(|number| {
        let app = if number % 2 == 0 { &one } else { &other };
        try_from(app, HERE, "dora@example.com", WRONG)
    });
    let replies = futures_util::future::join_all(at_once).await;
    let made = replies.iter().filter(|reply| reply.code() == "INVALID_CREDENTIALS").count();
    assert_eq!(made, FREE + 1);
    assert!(replies.iter().all(|reply| ["INVALID_CREDENTIALS", "RATE_LIMITED"].contains(&reply.code())));
}

/// Two who come at the same moment may be counted in the other order, by instances whose clocks are not quite the same.
#[tokio::test(flavor = "multi_thread")]
async fn tries_that_were_free_block_nobody_at_an_instance_whose_clock_is_behind() {
    let database = SurrealServer::start("memory").await;
    let (ahead, behind) = two_instances(&database).await;
    ahead.client("carl").await;
    ahead.clock.advance_seconds(2);
    assert_eq!(try_from(&ahead, HERE, "carl@example.com", WRONG).await.code(), "INVALID_CREDENTIALS");
    assert_eq!(right_password_from(&behind, HERE, "carl").await, "");
    for app in [&ahead, &behind] {
        signup(app, signup_of("dora")).await.data();
    }
    let mut mails = 0;
    for app in [&ahead, &behind] {
        mails += app.mails_to("dora@example.com").await.len();
    }
    assert_eq!(mails, 2);
}

#[tokio::test]
async fn a_restart_forgets_nothing_and_the_database_names_nobody() {
    let (source, email) = ("203.0.113.77", "somebody-unheard-of@example.com");
    let app = TestApp::builder().behind_proxy().on_disk(None).start().await;
    until_refused(&app, source, email).await;
    app.services.close().await;
    let app = TestApp::builder().behind_proxy().on_disk(Some(app.folder)).start().await;
    assert_eq!(try_from(&app, source, email, PASSWORD).await.code(), "RATE_LIMITED");
    let swept_before = app.services.sweep(false).await.unwrap().expired_rows;
    assert_eq!(swept_before, 0, "nothing that still counts is swept");
    app.services.close().await;
    let files = files_below(&app.data_dir().join("database"));
    let holds = |needle: &str| {
        files.iter().any(|file| {
            let content = std::fs::read(file).unwrap();
            holds_in_any_case(&content, needle.as_bytes())
        })
    };
    assert!(holds("blocked_until"), "the search finds what is there");
    assert!(!holds(source) && !holds(email) && !holds("somebody-unheard-of"));
}

#[tokio::test]
async fn what_means_nothing_any_more_is_swept() {
    let app = TestApp::builder().behind_proxy().start().await;
    until_refused(&app, HERE, "nobody@example.com").await;
    app.clock.advance_seconds(7 * 24 * 3600);
    assert_eq!(app.services.sweep(false).await.unwrap().expired_rows, 3, "the pair, the account and the network");
}
