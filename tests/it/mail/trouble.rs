//! A mail server that is down, slow, hanging, or not in the mood: sign-up answers all the same, and each mail arrives once.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{app_of, dead_mails, deliver, deliver_later, server, sign_up, token_in};
use crate::accounts::verify;
use crate::harness::TestApp;
use crate::harness::client::PASSWORD;
use crate::harness::smtp_server::{Line, Setup, SmtpServer};

/// Far more than a sign-up takes, far less than the server keeps anybody waiting.
const PROMPTLY: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_server_that_is_down_gets_each_mail_once_it_is_back() {
    let mut server = SmtpServer::down(Setup::of(Line::StartTls));
    let app = app_of(&server).await;
    let admin = app.admin("adam").await;
    let begun = Instant::now();
    for name in ["carl", "dora"] {
        sign_up(&app, name).await;
    }
    assert!(begun.elapsed() < PROMPTLY);
    deliver(&app).await;
    // It stays down for hours; each try waits longer for the next.
    for _ in 0..6 {
        app.clock.advance_seconds(3600);
        deliver(&app).await;
    }
    server.come_up();
    deliver(&app).await;
    assert!(server.taken().is_empty(), "nothing is due before its time");
    app.clock.advance_seconds(3600);
    deliver(&app).await;
    let taken = server.taken();
    let mut recipients: Vec<_> = taken.iter().flat_map(|mail| mail.to.clone()).collect();
    recipients.sort();
    assert_eq!(recipients, ["carl@example.com", "dora@example.com"]);
    assert_eq!(verify(&app, token_in(&taken[0]), PASSWORD).await.code(), "", "the link is good");
    app.clock.advance_seconds(3600);
    deliver(&app).await;
    assert_eq!(server.taken().len(), 2);
    drop(admin);
}

#[tokio::test]
async fn a_slow_server_keeps_nobody_waiting_and_gets_each_mail_once() {
    let server = server(Line::StartTls);
    server.rules(json!({"delay_seconds": 3}));
    let app = app_of(&server).await;
    let begun = Instant::now();
    sign_up(&app, "carl").await;
    let answered = begun.elapsed();
    server.wait_for(1).await;
    deliver(&app).await;
    assert!(begun.elapsed() >= Duration::from_secs(3), "the server did think about it");
    assert!(answered < Duration::from_secs(3), "{answered:?}");
    deliver_later(&app).await;
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_mail_that_hangs_holds_up_no_other_and_is_sent_when_the_line_breaks() {
    let mut server = server(Line::StartTls);
    server.rules(json!({"hang": true}));
    let app = app_of(&server).await;
    let begun = Instant::now();
    sign_up(&app, "carl").await;
    assert!(begun.elapsed() < PROMPTLY);
    server.wait_until_it_hangs().await;
    server.rules(json!({}));
    sign_up(&app, "dora").await;
    assert_eq!(server.wait_for(1).await[0].to, ["dora@example.com"]);

    server.go_down();
    server.come_up();
    deliver(&app).await;
    deliver_later(&app).await;
    let recipients: Vec<_> = server.taken().into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(recipients, ["dora@example.com", "carl@example.com"]);
}

#[tokio::test]
async fn what_is_refused_for_now_is_sent_later() {
    for refusal in [json!({"rcpt": "450 4.2.1 Later, please"}), json!({"data": "451 4.3.0 Later, please"})] {
        let server = server(Line::StartTls);
        server.rules(refusal);
        let app = app_of(&server).await;
        let admin = app.admin("adam").await;
        sign_up(&app, "carl").await;
        deliver(&app).await;
        assert!(server.taken().is_empty() && dead_mails(&admin).await.is_empty());
        server.rules(json!({}));
        deliver(&app).await;
        assert!(server.taken().is_empty(), "not at once");
        deliver_later(&app).await;
        assert_eq!(server.taken().len(), 1);
    }
}

#[tokio::test]
async fn a_wrong_password_is_no_fault_of_the_mail() {
    let setup = Setup { line: Line::StartTls, credentials: Some(("vault", "right")) };
    let server = SmtpServer::start(setup);
    let url = server.url("vault:wrong@", "localhost");
    let app = server.settings(TestApp::builder()).with("MAIL__SMTP__URL", &url).start().await;
    let admin = app.admin("adam").await;
    sign_up(&app, "carl").await;
    deliver(&app).await;
    assert!(server.taken().is_empty() && dead_mails(&admin).await.is_empty(), "535 is for good, but can be mended");
}

/// As when we die between its yes and our note of it: there are two copies, and whoever gets them can tell.
#[tokio::test]
async fn a_second_copy_has_the_same_message_id() {
    let server = server(Line::StartTls);
    server.rules(json!({"data": "451 4.3.0 Or is it?", "keep_all_the_same": true}));
    let app = app_of(&server).await;
    sign_up(&app, "carl").await;
    deliver(&app).await;
    server.rules(json!({}));
    deliver_later(&app).await;
    let taken = server.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0].header("Message-ID"), taken[1].header("Message-ID"));
    assert_eq!(taken[0].content, taken[1].content, "to the byte");
}
