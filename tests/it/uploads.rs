//! Uploading: what is taken comes back as it was, and what is refused leaves nothing behind.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::client::{Client, Reply};
use crate::harness::documents::{docx, fixture, fixtures, sha256};
use crate::harness::line::SlowUpload;

/// An app whose objects can be seen, and an Ops user.
async fn app() -> (TestApp, Client) {
    let app = TestApp::builder().with("STORAGE__BACKEND", "fs").start().await;
    let ops = app.ops("olga").await;
    (app, ops)
}

/// No file is listed; no object stays, without the janitor, who finds none that nobody knows of.
async fn assert_nothing_stored(app: &TestApp, ops: &Client) {
    assert_eq!(
        ops.data("{ files { totalCount nodes { name } } }", json!({})).await["files"],
        json!({"totalCount": 0, "nodes": []})
    );
    let begun = Instant::now();
    while !app.objects().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(10), "objects stay: {:?}", app.objects());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // The row of an object is forgotten just after the object; nothing else is left.
    loop {
        let swept = app.services.sweep(true).await.unwrap();
        assert_eq!(swept.orphaned_objects, 0);
        if swept.doomed_objects == 0 {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "rows stay: {swept:?}");
    }
}

#[track_caller]
fn assert_refused(reply: &Reply, code: &str, field: &str, what: &str) {
    assert_eq!((reply.code(), reply.field()), (code, field), "{what}: {}", reply.body);
    assert!(reply.status.is_success() && reply.body["data"].is_null(), "{what}: {} {}", reply.status, reply.body);
}

#[tokio::test]
async fn good_documents_come_back_as_they_were() {
    let (app, ops) = app().await;
    let good = fixtures("good");
    assert!(good.len() >= 10, "{good:?}");
    for name in &good {
        let content = fixture(&format!("good/{name}"));
        let file = ops.upload(name, &content).await;
        let media_type = match name.rsplit('.').next().unwrap() {
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            _ => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        };
        assert_eq!(file["sha256"], sha256(&content), "{name}");
        assert_eq!(
            (&file["name"], &file["size"], &file["mediaType"]),
            (&json!(name), &json!(content.len()), &json!(media_type))
        );
        let response = ops.get(&ops.link(&file).await).await;
        assert_eq!(response.headers()["content-type"], media_type);
        assert_eq!(response.bytes().await.unwrap(), content, "{name}");
    }
    assert_eq!(app.objects().len(), good.len());
}

#[tokio::test]
async fn bad_documents_leave_nothing_behind() {
    let (app, ops) = app().await;
    let bad = fixtures("bad");
    assert!(bad.len() >= 30, "{bad:?}");
    for name in &bad {
        let reply = ops.try_upload(name, &fixture(&format!("bad/{name}"))).await;
        assert_refused(&reply, "UNSUPPORTED_FILE_TYPE", "", name);
    }
    assert_nothing_stored(&app, &ops).await;
}

#[tokio::test]
async fn other_extensions_are_refused() {
    let app = TestApp::builder()
        .with("STORAGE__BACKEND", "fs")
        .with("UPLOADS__ALLOWED_EXTENSIONS", "[\"docx\"]")
        .start()
        .await;
    let ops = app.ops("olga").await;
    let content = docx("hello", b"");
    for name in ["a.exe", "a.docm", "a.docx.exe", "docx", "a.docx ~", "a.docx\u{200b}", "a.xlsx", "a.doc", "a"] {
        assert_refused(&ops.try_upload(name, &content).await, "UNSUPPORTED_FILE_TYPE", "", name);
    }
    assert_refused(
        &ops.try_upload("a.xlsx", &fixture("good/figures-openpyxl.xlsx")).await,
        "UNSUPPORTED_FILE_TYPE",
        "",
        "xlsx",
    );
    assert_nothing_stored(&app, &ops).await;
    assert_eq!(ops.upload("A.DOCX", &content).await["name"], "A.DOCX");
}

#[tokio::test]
async fn bad_names_are_refused_and_never_repaired() {
    let (app, ops) = app().await;
    let content = docx("hello", b"");
    let long = format!("{}.docx", "n".repeat(295));
    for name in [
        "",
        " ",
        ".",
        "..",
        "a/b.docx",
        "../a.docx",
        "..\\a.docx",
        "C:\\fakepath\\a.docx",
        "a\u{1}.docx",
        "a\u{7f}.docx",
        "a\tb.docx",
        "a\0.docx",
        "a\u{202e}xcod.docx",
        "\u{2066}a.docx",
        "CON.docx",
        "lpt1.docx",
        " a.docx",
        "a.docx.",
        &long,
    ] {
        assert_refused(&ops.try_upload(name, &content).await, "BAD_USER_INPUT", "file", &format!("{name:?}"));
    }
    assert_nothing_stored(&app, &ops).await;
}

#[tokio::test]
async fn names_are_composed() {
    let (_app, ops) = app().await;
    let file = ops.upload("re\u{301}sume\u{301}.docx", &docx("hello", b"")).await;
    assert_eq!(file["name"], "r\u{e9}sum\u{e9}.docx");
    let longest = format!("{}.docx", "\u{e9}".repeat(125));
    assert_eq!(ops.upload(&longest, &docx("hello", b"")).await["name"], longest);
}

#[tokio::test]
async fn several_files_keep_their_order() {
    let (app, ops) = app().await;
    let files: Vec<(String, Vec<u8>)> =
        (0..12).map(|n| (format!("{}.docx", 50 - n), docx(&format!("number {n}"), b""))).collect();
    let parts: Vec<(&str, &[u8])> = files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    let stored = ops.try_upload_many(&parts).await.data()["uploadMany"]["files"].clone();
    let stored: Vec<(&str, &str)> = stored.as_array().unwrap().iter().map(name_and_digest).collect();
    let digests: Vec<String> = files.iter().map(|(_, content)| sha256(content)).collect();
    let sent: Vec<(&str, &str)> =
        files.iter().zip(&digests).map(|((name, _), digest)| (name.as_str(), digest.as_str())).collect();
    assert_eq!(stored, sent);
    assert_eq!(app.objects().len(), 12);
}

fn name_and_digest(file: &Value) -> (&str, &str) {
    (file["name"].as_str().unwrap(), file["sha256"].as_str().unwrap())
}

#[tokio::test]
async fn several_files_are_stored_all_or_none() {
    let (app, ops) = app().await;
    let (good, bad) = (docx("hello", b""), fixture("bad/trailing-junk.docx"));
    let files: [(&str, &[u8]); 4] = [("1.docx", &good), ("2.docx", &good), ("3.docx", &bad), ("4.docx", &good)];
    assert_refused(&ops.try_upload_many(&files).await, "UNSUPPORTED_FILE_TYPE", "", "the third is bad");
    assert_nothing_stored(&app, &ops).await;
    let files: [(&str, &[u8]); 3] = [("1.docx", &good), ("2.docx", &good), ("a/b.docx", &good)];
    assert_refused(&ops.try_upload_many(&files).await, "BAD_USER_INPUT", "file", "the third has a bad name");
    assert_nothing_stored(&app, &ops).await;
}

#[tokio::test]
async fn a_file_may_be_so_large_and_no_larger() {
    let exact = docx("hello", &[7; 100_000]);
    let limit = exact.len().to_string();
    let app = TestApp::builder().with("STORAGE__BACKEND", "fs").with("UPLOADS__MAX_FILE_BYTES", &limit).start().await;
    let ops = app.ops("olga").await;
    for larger in [docx("hello", &[7; 100_001]), docx("hello", &[7; 300_000])] {
        let reply = ops.try_upload("a.docx", &larger).await;
        assert_refused(&reply, "FILE_TOO_LARGE", "", "larger");
        assert_eq!(reply.body["errors"][0]["extensions"]["limit"], exact.len());
    }
    assert_nothing_stored(&app, &ops).await;
    assert_eq!(ops.upload("a.docx", &exact).await["size"], exact.len());
}

#[tokio::test]
async fn new_files_can_be_shared_with_every_client_at_once() {
    let builder = TestApp::builder().with("SHARING__EVERY_CLIENT_ALLOWED", "true");
    let app = builder.with("SHARING__ON_UPLOAD", "every_client").start().await;
    let (ops, carl) = (app.ops("olga").await, app.client("carl").await);
    let content = docx("hello", b"");
    let files: [(&str, &[u8]); 2] = [("1.docx", &content), ("2.docx", &content)];
    ops.try_upload_many(&files).await.data();
    let seen = carl.data("{ files(orderBy: NAME) { nodes { id name myShare { everyClient } } } }", json!({})).await;
    let seen = seen["files"]["nodes"].as_array().unwrap();
    assert_eq!(seen.iter().map(|file| file["name"].as_str().unwrap()).collect::<Vec<_>>(), ["1.docx", "2.docx"]);
    assert_eq!(seen[0]["myShare"]["everyClient"], true);
    assert_eq!(carl.get(&carl.link(&seen[0]).await).await.bytes().await.unwrap(), content);
}

#[tokio::test]
async fn new_files_are_shared_with_nobody_otherwise() {
    let (app, ops) = app().await;
    let carl = app.client("carl").await;
    ops.upload("1.docx", &docx("hello", b"")).await;
    assert_eq!(carl.data("{ files { totalCount } }", json!({})).await["files"]["totalCount"], 0);
}

#[tokio::test]
async fn whoever_signs_out_during_an_upload_stores_nothing() {
    let (app, ops) = app().await;
    let content = docx("hello", &[7; 4_000_000]);
    let (before, after) = content.split_at(3_000_000);
    let mut upload = SlowUpload::begin(&ops, "a.docx", content.len() as u64).await;
    upload.send(before).await;
    let begun = Instant::now();
    while app.objects().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(10), "the upload does not begin");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(ops.data("mutation { logout }", json!({})).await["logout"], true);
    upload.send(after).await;
    assert_refused(&upload.finish().await, "UNAUTHENTICATED", "", "signed out");
    assert_nothing_stored(&app, &app.sign_in("olga").await).await;
}
