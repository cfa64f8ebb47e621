//! What Admins do about the house itself: mail that could not be sent, storage in numbers, keys while they turn.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;
use strongroom::crypto::key_ring::Purpose;
use strongroom::crypto::os_random::OsRandom;
use strongroom::domain::clock::Clock;
use strongroom::services::Caller;
use strongroom::services::keys::add_keys;

use super::journeys::play_with;
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::Client;
use crate::harness::smtp_server::{Line, Setup, SmtpServer};
use crate::keys::{ring_in, rotate};
use crate::mail::{dead_mails, deliver, sign_up, token_in};
use crate::recovery::REQUEST_RESET;

/// How long a link to choose another password is good here.
const RESET_TTL_SECONDS: u64 = 60;

/// Goes on until so many mails were given up.
async fn given_up(app: &TestApp, admin: &Client, count: usize) {
    for _ in 0..500 {
        deliver(app).await;
        if dead_mails(admin).await.len() == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{:?}", dead_mails(admin).await);
}

/// Until the script has made this file.
async fn made(path: PathBuf) {
    while !path.exists() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_sees_to_mail_storage_and_keys() {
    let server = SmtpServer::start(Setup::of(Line::StartTls));
    let builder = TestApp::builder().with_front_end().with("RATE_LIMITS__ENABLED", "false");
    let builder = builder.with("AUTH__PASSWORD_RESET_TTL_SECONDS", &RESET_TTL_SECONDS.to_string());
    let app = server.settings(builder).with("QUOTAS__TOTAL_BYTES", "1000000").start().await;
    let (ada, _otto) = (app.admin("ada").await, app.ops("otto").await);

    // Three mails are refused for good; the link in the first is over by the time it would be sent again.
    server.rules(json!({"rcpt": "550 5.1.1 unknown here"}));
    app.anonymous().data(REQUEST_RESET, json!({"e": email_of("otto")})).await;
    given_up(&app, &ada, 1).await;
    for (number, name) in ["emil", "fred"].into_iter().enumerate() {
        app.clock.advance_seconds(RESET_TTL_SECONDS);
        sign_up(&app, name).await;
        given_up(&app, &ada, 2 + number).await;
    }
    server.rules(json!({}));

    // A rotation waits for a key that this instance has not got, until the page has shown that.
    let mut elsewhere = ring_in(&app.data_dir().join("keys"));
    let known = app.services.known_key_ids().await.unwrap();
    let added = add_keys(&mut elsewhere, &[Purpose::Wrapping], &known, &OsRandom, app.clock.now()).unwrap();
    app.services.rotate_to_added_keys(&Caller::Operator, &added).await.unwrap();
    let (waiting, given) = (app.folder.path().join("waiting"), app.folder.path().join("given-up"));
    let more = json!({"adminToken": ada.token, "waitingSeen": waiting, "givenUpSeen": given});
    let email = email_of("ada");
    let playing = play_with(&app, "system.mjs", &email, more);
    let turning = async {
        made(waiting).await;
        app.services.abandon_rotation(&Caller::Operator).await.unwrap();
        made(given).await;
        rotate(&app).await;
        std::future::pending::<()>().await;
    };
    let outcome = tokio::select! {
        outcome = playing => outcome,
        () = turning => unreachable!("it never ends"),
    };
    let expected = json!({
        "shown": ["fred@example.com", "emil@example.com", "otto@example.com"],
        "nextHasFocus": true,
        "returnsFocus": true,
        "left": ["otto@example.com"],
        "figures": ["Stored", "Files", "In the trash"],
        "people": ["olga"],
        "usedIsRight": true,
        "inUse": 5,
        "old": 5,
        "command": true,
    });
    assert_eq!(outcome, expected);

    deliver(&app).await;
    let mut sent: Vec<String> = server.taken().into_iter().map(|mail| mail.to[0].clone() + token_in(&mail)).collect();
    sent.sort_unstable();
    assert_eq!(sent.len(), 2);
    assert!(sent[0].starts_with("emil@example.com") && sent[1].starts_with("fred@example.com"));
}
