//! What everybody does, and Clients: before the sign-in, with an account, with what was shared; without a mouse, without a line.

use std::time::Duration;

use serde_json::json;
use tokio_util::task::AbortOnDropHandle;

use super::ROUTES;
use super::journeys::{play, play_at, play_with, start};
use crate::harness::TestApp;
use crate::harness::app::{email_of, files_below};
use crate::harness::server::Server;

/// Of JavaScript, compressed, that the page to sign in loads first.
const LOGIN_BUDGET_BYTES: u64 = 150 << 10;

/// Each page is looked at by some journey: with axe, in both sizes, light and dark. The name of a look begins with the route's, which
/// `watching.mjs` sees to.
#[test]
fn no_page_is_left_out() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/front_end"));
    let scripts: String = files_below(folder).iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let pages = ROUTES.lines().map(|route| route.trim_start_matches('/')).filter(|page| !page.is_empty());
    for page in pages.chain(["not-found"]) {
        let looks = ["\"", "-"].map(|end| format!("look(\"{page}{end}"));
        assert!(looks.iter().any(|look| scripts.contains(look)), "no journey looks at {page}: await look(\"{page}\")");
    }
}

/// By whoever reads nothing: the invitation that the program prints, two accounts more, and a file in a second browser.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_try_ends_with_a_file_in_a_second_browser() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let server = Server::start(&data_dir, |_| {});
    let printed = server.printed();
    let link = printed.split_whitespace().find(|word| word.contains("/signup?invitation=")).expect("an invitation");
    let outcome = play_at(&server.base_url, &data_dir, "first_try.mjs", json!({"invitationLink": link})).await;
    assert_eq!(outcome, json!({"folder": data_dir.join("mail"), "isWhole": true}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_signs_up_and_keeps_an_account_in_order_without_a_mouse() {
    let app = TestApp::builder().with_front_end().at_localhost().with("RATE_LIMITS__ENABLED", "false").start().await;
    let more = json!({"newEmail": "carl@elsewhere.example"});
    let mut outcome = play_with(&app, "everyone.mjs", &email_of("carl"), more).await;
    assert!(outcome["qrPixels"].take().as_u64().unwrap() > 100);
    assert_eq!(
        outcome,
        json!({
            "user": {"email": "carl@elsewhere.example", "name": "Carl Ferris"},
            "sessionsBefore": 1,
            "qrPixels": null,
            "codes": 10,
            "focusIsBack": true,
            "darkAsChosen": "dark",
            "wrongCode": "The e-mail address, the password or the code is wrong.",
            "kept": "carl@elsewhere.example",
            "addressBar": format!("{}/reset-password", app.base_url),
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_on_a_slow_line_sees_what_goes_on_and_misses_nothing() {
    let app = start().await;
    app.client("carl").await;
    // What is shared later has a later moment.
    let clock = app.clock.clone();
    let _ticking = AbortOnDropHandle::new(tokio::spawn(async move {
        loop {
            clock.advance_seconds(1);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }));
    let outcome = play(&app, "line.mjs", &email_of("carl")).await;
    let names = ["Afterwards.docx", "Meanwhile.docx", "Before.docx"];
    assert_eq!(outcome, json!({"isWhole": true, "isMarked": true, "isOver": 0, "names": names}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_signs_up_sees_what_arrives_and_downloads_it() {
    let app = start().await;
    let mut outcome = play(&app, "client.mjs", "").await;
    let bytes = outcome["loginScriptBytes"].take().as_u64().unwrap();
    crate::harness::say(&format!("JavaScript of the page to sign in: {} KiB as gzip", bytes >> 10));
    assert!(bytes < LOGIN_BUDGET_BYTES, "{bytes}");
    let folder = app.data_dir().join("mail");
    assert_eq!(
        outcome,
        json!({
            "loginScriptBytes": null,
            "language": "de",
            "refusal": "The e-mail address, the password or the code is wrong.",
            "missing": 1,
            "folder": folder.to_str().unwrap(),
            "addressBar": format!("{}/verify-email", app.base_url),
            "shownAsText": 1,
            "found": ["Term sheet.xlsx"],
            "byName": ["<img src=x onerror=alert(1)>.docx", "Annual report 2026.docx", "Term sheet.xlsx"],
            "suggestedName": "Annual report 2026.docx",
            "isWhole": true,
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_needs_no_mouse_and_loses_nothing_when_the_session_ends() {
    let app = start().await;
    app.client("carl").await;
    let outcome = play(&app, "keyboard.mjs", &email_of("carl")).await;
    assert_eq!(
        outcome,
        json!({
            "ended": true,
            "isWhole": true,
            "isSecond": true,
            "dialogHasFocus": true,
            "thirdName": "Third quarter.docx",
            "kept": "third",
        })
    );
}
