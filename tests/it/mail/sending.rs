//! What a mail server gets on a good day.

use data_encoding::BASE64;
use serde_json::json;

use super::{app_of, deliver, server, sign_up, token_in};
use crate::accounts::verify;
use crate::harness::TestApp;
use crate::harness::client::PASSWORD;
use crate::harness::server::{Server, program};
use crate::harness::smtp_server::{Line, Setup, SmtpServer};

#[tokio::test]
async fn starttls_carries_both_parts_and_the_right_head() {
    let server = server(Line::StartTls);
    let app = app_of(&server).await;
    sign_up(&app, "carl").await;
    let mail = server.wait_for(1).await.remove(0);
    assert!(mail.encrypted);
    assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("vault@example.org", &["carl@example.com".to_owned()][..]));
    assert_eq!((mail.user.as_deref(), mail.hello.as_str()), (None, "[127.0.0.1]"), "the host of the public address");
    for (name, value) in [
        ("From", "\"The Vault\" <vault@example.org>"),
        ("To", "carl@example.com"),
        ("Subject", "Confirm your address for Strongroom"),
        ("Date", "Sat, 21 Nov 2026 09:30:00 +0000"),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
    ] {
        assert_eq!(mail.header(name), [value], "{}", mail.content);
    }
    let message_id = mail.header("Message-ID");
    assert!(message_id[0].starts_with("<mail_") && message_id[0].ends_with("@example.org>"), "{message_id:?}");
    assert!(mail.header("Content-Type")[0].starts_with("multipart/alternative"), "{}", mail.content);

    let token = token_in(&mail).to_owned();
    let link = format!("{}/verify-email?token={token}", app.base_url);
    assert_eq!(mail.content.lines().filter(|line| *line == link).count(), 1, "whole, on a line of its own, once");
    let html = mail.content.split("Content-Transfer-Encoding: base64\r\n\r\n").nth(1).expect("an HTML part");
    let html: String = html.split("\r\n--").next().unwrap().split_whitespace().collect();
    let html = String::from_utf8(BASE64.decode(html.as_bytes()).unwrap()).unwrap();
    assert!(html.contains(&format!("<a href=\"{link}\">{link}</a>")), "{html}");
    assert_eq!(verify(&app, &token, PASSWORD).await.code(), "");
}

#[tokio::test]
async fn smtps_is_encrypted_from_the_start() {
    let server = server(Line::Implicit);
    let app = app_of(&server).await;
    sign_up(&app, "carl").await;
    let mail = server.wait_for(1).await.remove(0);
    assert!(mail.encrypted && mail.content.contains("/verify-email?token="));
}

#[tokio::test]
async fn user_and_password_of_the_address_sign_in() {
    for line in [Line::StartTls, Line::Implicit] {
        let setup = Setup { line, credentials: Some(("vault@example.org", "s/cr:t%1")) };
        let server = SmtpServer::start(setup);
        let url = server.url("vault%40example.org:s%2Fcr%3At%251@", "localhost");
        let app = server.settings(TestApp::builder()).with("MAIL__SMTP__URL", &url).start().await;
        sign_up(&app, "carl").await;
        assert_eq!(server.wait_for(1).await[0].user.as_deref(), Some("vault@example.org"), "{line:?}");
    }
}

#[tokio::test]
async fn a_mail_is_sent_once() {
    let server = server(Line::StartTls);
    let app = app_of(&server).await;
    for number in 0..8 {
        sign_up(&app, &format!("carl{number}")).await;
    }
    for _ in 0..3 {
        // All that is under way ends before the clock moves, for a lease ends by the clock.
        deliver(&app).await;
        app.clock.advance_seconds(3600);
    }
    deliver(&app).await;
    let mut recipients: Vec<_> = server.taken().into_iter().flat_map(|mail| mail.to).collect();
    recipients.sort();
    assert_eq!(recipients, (0..8).map(|number| format!("carl{number}@example.com")).collect::<Vec<_>>());
}

/// `log` is for those who want no mail; it is no way around the rule that no log holds an address or a token.
#[tokio::test]
async fn the_log_tells_of_a_mail_without_its_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let server = Server::start(&data_dir, |command| {
        command.env("STRONGROOM__MAIL__TRANSPORT", "log");
    });
    let anonymous = crate::harness::client::Client::new(&server.base_url, None);
    let input = json!({"email": "carl@example.com", "name": "Carl", "password": PASSWORD});
    anonymous.data(crate::accounts::SIGNUP, json!({"input": input})).await;
    while !server.log().contains("a mail would have gone out") {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let log = server.log();
    assert!(log.contains("verify_email") && log.contains("mail_") && log.contains("NO MAIL REACHES ANYBODY"), "{log}");
    assert!(!log.contains("carl@") && !log.contains("token="), "{log}");
    assert!(!data_dir.join("mail").exists());
}

#[test]
fn an_address_that_is_none_keeps_the_server_from_starting() {
    let mut command = program();
    command.args(["config", "check"]).env("STRONGROOM__MAIL__TRANSPORT", "smtp");
    let output = command.env("STRONGROOM__MAIL__SMTP__URL", "smtp://ada:s3cret@mail.example.com/x").output().unwrap();
    let said = String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned();
    assert!(!output.status.success() && said.contains("mail.smtp.url") && !said.contains("s3cret"), "{said}");
}
