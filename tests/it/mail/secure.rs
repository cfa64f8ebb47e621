//! Whoever is not the mail server that was meant gets nothing.

use super::{app_of, dead_mails, deliver, deliver_later, sign_up};
use crate::harness::TestApp;
use crate::harness::smtp_server::{Line, Setup, SmtpServer};

/// Nothing goes out while the certificate is this one, and all of it once it is a good one.
async fn assert_refused_until_mended(line: Line, spoil: fn(&SmtpServer)) {
    let mut server = SmtpServer::down(Setup::of(line));
    spoil(&server);
    server.come_up();
    let app = app_of(&server).await;
    let admin = app.admin("adam").await;
    sign_up(&app, "carl").await;
    deliver(&app).await;
    assert!(server.taken().is_empty(), "{line:?}");
    assert!(dead_mails(&admin).await.is_empty(), "{line:?}: it waits");

    server.go_down();
    server.certify_for("localhost");
    server.come_up();
    deliver_later(&app).await;
    assert_eq!(server.taken().len(), 1, "{line:?}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    for line in [Line::StartTls, Line::Implicit] {
        assert_refused_until_mended(line, |server| server.certify_for("mail.example.com")).await;
    }
}

#[tokio::test]
async fn a_certificate_from_a_stranger_is_refused() {
    for line in [Line::StartTls, Line::Implicit] {
        assert_refused_until_mended(line, SmtpServer::certify_by_a_stranger).await;
    }
}

/// On this machine, STARTTLS is not required; where it is offered, it counts all the same.
#[tokio::test]
async fn a_private_authority_is_trusted_only_where_it_is_named() {
    let server = SmtpServer::start(Setup::of(Line::StartTls));
    let app = server.settings(TestApp::builder()).with("MAIL__SMTP__CA_FILE", "").start().await;
    sign_up(&app, "carl").await;
    deliver(&app).await;
    deliver_later(&app).await;
    assert!(server.taken().is_empty());
}

/// 0.0.0.0 leads to this machine and is none of its names: as far as the rule goes, somewhere else.
#[tokio::test]
async fn a_server_without_starttls_gets_nothing_unless_it_is_allowed() {
    let server = SmtpServer::start(Setup::of(Line::Plain));
    let elsewhere = server.url("", "0.0.0.0");
    let app = server.settings(TestApp::builder()).with("MAIL__SMTP__URL", &elsewhere).start().await;
    let admin = app.admin("adam").await;
    sign_up(&app, "carl").await;
    deliver(&app).await;
    deliver_later(&app).await;
    assert!(server.taken().is_empty());
    assert!(dead_mails(&admin).await.is_empty(), "it waits until the server is mended");

    let builder = server.settings(TestApp::builder()).with("MAIL__SMTP__URL", &elsewhere);
    let app = builder.with("MAIL__SMTP__ALLOW_PLAINTEXT", "true").start().await;
    sign_up(&app, "dora").await;
    assert_eq!(server.wait_for(1).await[0].to, ["dora@example.com"]);
}

#[tokio::test]
async fn this_machine_needs_no_encryption() {
    let server = SmtpServer::start(Setup::of(Line::Plain));
    let app = app_of(&server).await;
    sign_up(&app, "carl").await;
    assert!(!server.wait_for(1).await[0].encrypted);
}
