//! What leaves by mail, and what stays behind: nothing.

use std::os::unix::fs::PermissionsExt;

use strongroom::domain::timestamp::Timestamp;

use super::passwords::open_store;
use super::{mails, signup, signup_of, tokens, verify};
use crate::harness::TestApp;
use crate::harness::client::PASSWORD;
use crate::harness::find::holds;

#[tokio::test]
async fn mail_files_are_for_the_servers_user_alone() {
    let app = TestApp::start().await;
    signup(&app, signup_of("carl")).await.data();
    signup(&app, signup_of("dora")).await.data();
    app.services.deliver_due_mails().await.unwrap();
    let folder = app.data_dir().join("mail");
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&app.data_dir()), 0o700);
    let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
    let mails: Vec<_> = files.filter(|file| !file.file_name().unwrap().as_encoded_bytes().starts_with(b".")).collect();
    assert_eq!(mails.len(), 2);
    for mail in mails {
        assert_eq!(mail.extension().unwrap(), "eml");
        assert_eq!(mode(&mail), 0o600, "{}", mail.display());
    }
}

#[tokio::test]
async fn the_mailed_link_is_absolute_whole_and_works() {
    let app = TestApp::start().await;
    signup(&app, signup_of("carl")).await.data();
    let mail = mails(&app, "carl@example.com").await.remove(0);
    let links: Vec<&str> = mail.lines().filter(|line| line.contains("/verify-email?token=")).collect();
    assert_eq!(links.len(), 1, "{mail}");
    assert!(links[0].starts_with(&format!("{}/verify-email?token=", app.base_url)), "{}", links[0]);
    let page = app.anonymous().get(links[0]).await;
    assert_eq!(page.status(), 200);
    let token = links[0].split("?token=").nth(1).unwrap();
    assert!(page.text().await.unwrap().contains(token));
    assert_eq!(verify(&app, token, PASSWORD).await.code(), "");
}

#[tokio::test]
async fn mails_say_who_wrote_them_and_that_a_machine_did() {
    let app = TestApp::builder().with("MAIL__FROM", "The Vault <vault@example.org>").start().await;
    signup(&app, signup_of("carl")).await.data();
    let mail = mails(&app, "carl@example.com").await.remove(0);
    let has = |wanted: &str| mail.lines().any(|line| line == wanted);
    assert!(has("From: \"The Vault\" <vault@example.org>"), "{mail}");
    assert!(has("Auto-Submitted: auto-generated"), "{mail}");
    assert!(has("Date: Sat, 21 Nov 2026 09:30:00 +0000"), "{mail}");
    assert!(mail.contains("multipart/alternative"), "{mail}");
    assert_eq!(mail.lines().filter(|line| line.starts_with("Message-ID: <")).count(), 1, "{mail}");
    assert!(!mail.contains(PASSWORD));
}

#[tokio::test]
async fn a_delivered_mail_leaves_neither_row_nor_token_behind() {
    let app = TestApp::builder().on_disk(None).start().await;
    signup(&app, signup_of("carl")).await.data();
    let token = tokens(&app, "carl@example.com").await.remove(0);
    let data_dir = app.data_dir();
    app.services.close().await;
    let store = open_store(&data_dir).await;
    let end = Timestamp::from_millis(i64::MAX);
    let waiting = store.take_due_mail(end, end).await.unwrap();
    store.close().await;
    assert!(waiting.is_none(), "{waiting:?}");
    assert!(!any_file_holds(&data_dir.join("database"), token.as_bytes()), "the database never knew the token");
    assert!(any_file_holds(&data_dir.join("mail"), token.as_bytes()), "the search finds what is there");
}

#[tokio::test]
async fn a_mail_that_cannot_be_written_is_tried_again_later() {
    let app = TestApp::start().await;
    let folder = app.data_dir().join("mail");
    std::fs::write(&folder, "in the way").unwrap();
    signup(&app, signup_of("carl")).await.data();
    // Whoever comes first, this call or the worker, finds that it does not go.
    app.services.deliver_due_mails().await.unwrap();
    std::fs::remove_file(&folder).unwrap();
    app.clock.advance_seconds(3600);
    assert_eq!(mails(&app, "carl@example.com").await.len(), 1);
}

fn any_file_holds(folder: &std::path::Path, needle: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return any_file_holds(&path, needle);
        }
        holds(&std::fs::read(&path).unwrap(), needle)
    })
}
