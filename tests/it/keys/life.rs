//! What goes on while keys turn: uploads and downloads, links, sign-ins, second factors.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use strongroom::services::Caller;

use super::{content, ids, is_signed_in, key, keys, listed, report, rotate};
use crate::cli::create;
use crate::harness::TestApp;
use crate::harness::client::{Client, UPLOAD_MANY, multipart_body};
use crate::harness::documents::docx;
use crate::harness::line::Line;
use crate::harness::server::Server;
use crate::harness::tus;
use crate::second_factor::{STEP_SECONDS, enrol, login_code};

/// Uploads and downloads again and again, until it is told to stop; answers what was uploaded.
async fn be_busy(client: Client, name: &'static str, stop: Arc<AtomicBool>) -> Vec<(Value, Vec<u8>)> {
    let mut stored: Vec<(Value, Vec<u8>)> = Vec::new();
    while !stop.load(Ordering::SeqCst) || stored.is_empty() {
        let document = docx(&format!("{name} {}", stored.len()), &[7; 1000]);
        let file = client.upload(&format!("{name}-{}.docx", stored.len()), &document).await;
        stored.push((file, document));
        for (file, document) in stored.iter().rev().take(2).chain(&stored[..1]) {
            assert!(content(&client, file).await == *document);
        }
    }
    stored
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_and_downloads_go_on_while_keys_turn() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    create(&data_dir, "olga", "OPS").printed();
    let server = Server::start(&data_dir, |_| {});
    let olga = server.sign_in("olga").await;
    let document = docx("Before", b"before");
    let before = olga.upload("before.docx", &document).await;
    let link = olga.link(&before).await;
    let stop = Arc::new(AtomicBool::new(false));
    let busy: Vec<_> =
        ["one", "two"].map(|name| tokio::spawn(be_busy(olga.clone(), name, Arc::clone(&stop)))).into_iter().collect();
    for _ in 0..3 {
        let data_dir = data_dir.clone();
        let rotating = tokio::task::spawn_blocking(move || keys(&data_dir, &["rotate"]).printed_and_remarked());
        let (printed, remarked) = rotating.await.unwrap();
        assert!(printed.contains("Rotated") && remarked.contains("keys export"), "{printed} {remarked}");
    }
    stop.store(true, Ordering::SeqCst);
    let mut stored = Vec::new();
    for busy in busy {
        stored.extend(busy.await.unwrap());
    }
    assert!(olga.get(&link).await.bytes().await.unwrap() == document, "a link from before is good");
    assert!(is_signed_in(&olga).await, "and so is an access token");
    let report = listed(&data_dir);
    assert_eq!(ids(&report, "wrapping", "old").len(), 3);
    for purpose in ["wrapping", "signing", "link", "cursor", "mail"] {
        assert_eq!(ids(&report, purpose, "current").len(), 1, "{report}");
        for old in ids(&report, purpose, "old") {
            assert_eq!(key(&report, &old)["files"], 0, "{report}");
        }
    }
    let current = key(&report, &ids(&report, "wrapping", "current")[0]);
    assert_eq!(current["files"], stored.len() + 1);
    server.kill();
    let server = Server::start(&data_dir, |_| {});
    let olga = server.sign_in("olga").await;
    for (file, document) in stored.iter().chain([&(before, document)]) {
        assert!(content(&olga, file).await == *document, "after a start too");
    }
}

/// Its key was wrapped when it began, and is wrapped anew before there is a file.
#[tokio::test]
async fn an_upload_that_is_resumed_goes_on_with_keys_that_turned_meanwhile() {
    let app = TestApp::start().await;
    let olga = app.ops("olga").await;
    let document = docx("Resumed", &[9; 300_000]);
    let path = tus::create(&olga, "resumed.docx", document.len()).await;
    tus::add_well(&olga, &path, 0, &document[..100_000]).await;
    let old = ids(&report(&app).await, "wrapping", "current")[0].clone();
    assert_eq!(key(&report(&app).await, &old)["files"], 1);
    rotate(&app).await;
    assert_eq!(key(&report(&app).await, &old)["files"], 0);
    app.clock.advance_seconds(101);
    app.services.retire_key(&Caller::Operator, &old, false).await.unwrap();
    let response = tus::add_well(&olga, &path, 100_000, &document[100_000..]).await;
    let file = json!({"id": tus::header(response.headers(), "strongroom-file")});
    assert!(content(&olga, &file).await == document);
}

/// Its first file lies there whole before they turn, and its second is on its way.
#[tokio::test]
async fn an_upload_on_its_way_is_stored_under_the_keys_that_are_current_at_its_end() {
    let app = TestApp::builder().on_disk(None).start().await;
    let olga = app.ops("olga").await;
    let documents = [docx("First", b"first"), docx("Second", &[8; 3_000_000])];
    let operations = json!({"query": UPLOAD_MANY, "variables": {"files": [null, null]}});
    let map = json!({"0": ["variables.files.0"], "1": ["variables.files.1"]});
    let parts = [("0", "first.docx", &*documents[0]), ("1", "second.docx", &*documents[1])];
    let request = multipart_body("b", &operations, &map, &parts);
    let (sent, rest) = request.split_at(request.len() - 500_000);
    let mut line = Line::open(&olga.base_url).await;
    line.send_head(&olga, request.len() as u64).await;
    line.send(sent).await;
    let begun = Instant::now();
    while app.objects().len() < 2 {
        assert!(begun.elapsed() < Duration::from_secs(20), "the second file is not on its way");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let old = ids(&report(&app).await, "wrapping", "current")[0].clone();
    rotate(&app).await;
    line.send(rest).await;
    let stored = line.answer().await.data()["uploadMany"]["files"].clone();
    let report = report(&app).await;
    let current = &ids(&report, "wrapping", "current")[0];
    assert_eq!((&key(&report, &old)["files"], &key(&report, current)["files"]), (&json!(0), &json!(2)), "{report}");
    for (file, document) in stored.as_array().unwrap().iter().zip(&documents) {
        assert!(content(&olga, file).await == *document);
    }
}

async fn key_names(app: &TestApp) -> Vec<String> {
    let jwks = app.anonymous().get("/.well-known/jwks.json").await.json::<Value>().await.unwrap();
    jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// The key that has signed a token, by its head.
fn signer(client: &Client) -> String {
    let head = client.token.as_ref().unwrap().split('.').next().unwrap();
    let head = data_encoding::BASE64URL_NOPAD.decode(head.as_bytes()).unwrap();
    serde_json::from_slice::<Value>(&head).unwrap()["kid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_was_made_before_is_good_until_it_ends() {
    let app = TestApp::start().await;
    let olga = app.ops("olga").await;
    let document = docx("Before", b"before");
    let file = olga.upload("before.docx", &document).await;
    let url = olga.data(crate::harness::client::CREATE_LINK, json!({"id": file["id"], "ttl": 86_400})).await;
    let url = url["createDownloadLink"]["url"].as_str().unwrap().to_owned();
    for number in 0..3 {
        olga.upload(&format!("{number}.docx"), &docx("more", b"more")).await;
    }
    let page = "query($after: String) { files(first: 2, after: $after) { nodes { name } pageInfo { endCursor } } }";
    let cursor = olga.data(page, json!({"after": null})).await["files"]["pageInfo"]["endCursor"].clone();
    let old = signer(&olga);
    assert_eq!(key_names(&app).await, std::slice::from_ref(&old));

    rotate(&app).await;
    let names = key_names(&app).await;
    assert_eq!((names.len(), &names[0]), (2, &old), "the old public key stays for the tokens that it has signed");
    assert!(is_signed_in(&olga).await);
    assert_eq!(olga.data(page, json!({"after": cursor})).await["files"]["nodes"].as_array().unwrap().len(), 2);
    let again = app.sign_in("olga").await;
    assert_eq!(signer(&again), names[1], "what is signed now, the new key signs");
    app.clock.advance_seconds(86_000);
    let again = app.sign_in("olga").await;
    assert!(again.get(&url).await.bytes().await.unwrap() == document, "a link is good until it ends");
    app.clock.advance_seconds(500);
    assert_eq!(app.sign_in("olga").await.get(&url).await.status(), 410);
}

#[tokio::test]
async fn second_factors_are_sealed_anew_and_go_on() {
    let app = TestApp::start().await;
    let olga = enrol(&app, &app.ops("olga").await).await;
    let carl = app.client("carl").await;
    // Begun, and confirmed after the rotation.
    let enrolment = carl.data(crate::second_factor::ENROL, json!({"p": crate::harness::client::PASSWORD})).await;
    let of_carl = crate::second_factor::Authenticator::new(enrolment["enrolSecondFactor"]["secret"].as_str().unwrap());
    let old = ids(&report(&app).await, "wrapping", "current")[0].clone();
    assert_eq!(key(&report(&app).await, &old)["secondFactors"], 2);
    rotate(&app).await;
    let after = report(&app).await;
    assert_eq!(key(&after, &old)["secondFactors"], 0, "{after}");
    assert_eq!(key(&after, &ids(&after, "wrapping", "current")[0])["secondFactors"], 2);
    app.clock.advance_seconds(STEP_SECONDS);
    assert_eq!(login_code(&app, "olga", &olga.authenticator.wrong_code(&app)).await, "INVALID_CREDENTIALS");
    app.clock.advance_seconds(STEP_SECONDS);
    assert_eq!(login_code(&app, "olga", &olga.authenticator.code(&app)).await, "");
    let confirmed = carl.data(crate::second_factor::CONFIRM, json!({"c": of_carl.code(&app)})).await;
    assert_eq!(confirmed["confirmSecondFactor"]["codes"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn mails_that_wait_are_sealed_anew() {
    let app = TestApp::builder()
        .with("MAIL__TRANSPORT", "smtp")
        .with("MAIL__SMTP__URL", &format!("smtp://127.0.0.1:{}", crate::harness::server::free_port()))
        .start()
        .await;
    let input = json!({"email": "carl@example.com", "name": "Carl", "password": crate::harness::client::PASSWORD});
    app.anonymous()
        .data("mutation($input: SignupInput!) { signup(input: $input) { email } }", json!({"input": input}))
        .await;
    let old = ids(&report(&app).await, "mail", "current")[0].clone();
    for _ in 0..500 {
        if key(&report(&app).await, &old)["mails"] == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(key(&report(&app).await, &old)["mails"], 1);
    rotate(&app).await;
    let after = report(&app).await;
    assert_eq!(key(&after, &old)["mails"], 0, "{after}");
    assert_eq!(key(&after, &ids(&after, "mail", "current")[0])["mails"], 1);
}

#[tokio::test]
async fn every_step_is_written_down() {
    let app = TestApp::start().await;
    let ada = app.admin("ada").await;
    rotate(&app).await;
    let query = "{ auditEvents(first: 100) { nodes { action actor detail } } }";
    let events = ada.data(query, json!({})).await["auditEvents"]["nodes"].clone();
    let of_keys: Vec<&Value> = events
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["action"].as_str().unwrap().starts_with("keys."))
        .collect();
    let mut said: Vec<[&str; 2]> =
        of_keys.iter().map(|event| ["action", "actor"].map(|field| event[field].as_str().unwrap())).collect();
    said.sort_unstable();
    let expected = [
        ["keys.bound", "system"],
        ["keys.rewrapped", "system"],
        ["keys.rotated", "system"],
        ["keys.rotation_begun", "operator"],
    ];
    assert_eq!(said, expected);
    let ids = ids(&report(&app).await, "wrapping", "current");
    let rotated = of_keys.iter().find(|event| event["action"] == "keys.rotated").unwrap();
    assert!(rotated["detail"].as_str().unwrap().contains(&ids[0]), "{rotated}");
}
