//! An upload that is refused is refused early, and its sender gets to read why.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::client::{Client, Reply, UPLOAD, multipart_body};
use crate::harness::line::{Line, SlowUpload};

const GIB: u64 = 1 << 30;
const MIB: usize = 1 << 20;
/// What the product looks at before it knows the type of a file.
const BEGINNING_BYTES: usize = 64 << 10;

/// An announced GiB, of which `sent` is sent and no more: the answer must come all the same.
async fn refusal_after(client: &Client, name: &str, sent: &[u8]) -> Reply {
    let mut upload = SlowUpload::begin(client, name, GIB).await;
    upload.send(sent).await;
    upload.line.answer().await
}

/// Sends without end, 16 KiB at a time, until an answer begins to come, and says how much that was.
async fn bytes_until_answer(client: &Client, name: &str, beginning: &[u8]) -> (usize, Reply) {
    let line = Line::open_narrow(&client.base_url).await;
    let mut upload = SlowUpload::begin_on(line, client, name, GIB).await;
    upload.send(beginning).await;
    let mut sent = beginning.len();
    while !upload.line.has_answer(Duration::from_millis(10)).await && sent < 64 * MIB {
        upload.send(&[7; 16 << 10]).await;
        sent += 16 << 10;
    }
    (sent, upload.line.answer().await)
}

#[track_caller]
fn assert_refused(reply: &Reply, code: &str) {
    assert_eq!((reply.status.as_u16(), reply.code()), (200, code), "{}", reply.body);
}

#[tokio::test]
async fn whoever_may_not_upload_is_refused_before_a_byte_of_content() {
    let app = TestApp::start().await;
    let client = app.client("carl").await;
    assert_refused(&refusal_after(&client, "a.docx", b"").await, "FORBIDDEN");
    assert_refused(&refusal_after(&app.admin("ada").await, "a.docx", b"").await, "FORBIDDEN");
    assert_refused(&refusal_after(&app.anonymous(), "a.docx", b"").await, "UNAUTHENTICATED");

    let (sent, reply) = bytes_until_answer(&client, "a.docx", b"").await;
    assert_refused(&reply, "FORBIDDEN");
    assert!(sent < MIB, "{sent} bytes were taken");
}

#[tokio::test]
async fn wrong_names_and_types_are_refused_at_the_beginning() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let program = [b"MZ".as_slice(), &[7; BEGINNING_BYTES - 2]].concat();
    assert_refused(&refusal_after(&ops, "setup.exe", b"").await, "UNSUPPORTED_FILE_TYPE");
    assert_refused(&refusal_after(&ops, "a/b.docx", b"").await, "BAD_USER_INPUT");
    assert_refused(&refusal_after(&ops, "a.docx", &program).await, "UNSUPPORTED_FILE_TYPE");

    for (name, beginning) in [("setup.exe", b"".as_slice()), ("a.docx", &program)] {
        let (sent, reply) = bytes_until_answer(&ops, name, beginning).await;
        assert_refused(&reply, "UNSUPPORTED_FILE_TYPE");
        assert!(sent < MIB, "{sent} bytes of {name} were taken");
    }
}

/// The body of a refused upload of 64 MiB.
fn refused_body() -> Vec<u8> {
    let content = vec![7; 64 * MIB];
    let operations = json!({"query": UPLOAD, "variables": {"file": null}});
    multipart_body("b", &operations, &json!({"0": ["variables.file"]}), &[("0", "a.docx", &content)])
}

#[tokio::test]
async fn whoever_sends_everything_before_reading_reads_the_refusal() {
    let app = TestApp::start().await;
    let body = refused_body();
    for client in [app.client("carl").await, app.anonymous()] {
        let mut line = Line::open(&app.base_url).await;
        line.send_head(&client, body.len() as u64).await;
        line.send(&body).await;
        assert_refused(&line.answer().await, if client.token.is_some() { "FORBIDDEN" } else { "UNAUTHENTICATED" });
    }
    let reply = app.ops("olga").await.send_multipart("b", body).await;
    assert_refused(&reply, "UNSUPPORTED_FILE_TYPE");
}

#[tokio::test]
async fn the_connection_is_good_for_another_request_after_a_refusal() {
    let app = TestApp::start().await;
    let client = app.client("carl").await;
    let body = refused_body();
    let mut line = Line::open(&app.base_url).await;
    for _ in 0..2 {
        line.send_head(&client, body.len() as u64).await;
        line.send(&body).await;
        assert_refused(&line.answer().await, "FORBIDDEN");
    }
}

const PYTHON: &str = r#"
import http.client, sys
host, token, path = sys.argv[1:]
connection = http.client.HTTPConnection(host, timeout=60)
with open(path, "rb") as body:
    connection.request("POST", "/graphql", body.read(), {
        "Authorization": "Bearer " + token, "Content-Type": "multipart/form-data; boundary=b"})
sys.stdout.write(connection.getresponse().read().decode())
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn curl_and_python_read_the_refusal() {
    let app = TestApp::start().await;
    let client = app.client("carl").await;
    let token = client.token.as_deref().unwrap();
    let body = app.folder.path().join("body");
    let content = app.folder.path().join("content");
    std::fs::write(&body, refused_body()).unwrap();
    std::fs::write(&content, vec![7; 64 * MIB]).unwrap();

    let operations = json!({"query": UPLOAD, "variables": {"file": null}});
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--max-time", "60", "--header", &format!("Authorization: Bearer {token}")])
        .args(["--form", &format!("operations={operations}"), "--form", "map={\"0\": [\"variables.file\"]}"])
        .args(["--form", &format!("0=@{};filename=a.docx", content.display())])
        .arg(format!("{}/graphql", app.base_url));
    assert_eq!(code_printed_by(curl).await, "FORBIDDEN");

    let mut python = Command::new("python3");
    python.args(["-c", PYTHON, app.base_url.trim_start_matches("http://"), token]).arg(&body);
    assert_eq!(code_printed_by(python).await, "FORBIDDEN");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_reads_the_refusal() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let mut node = Command::new("node");
    node.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/refused_upload.mjs"));
    node.args([app.base_url.as_str(), ops.token.as_deref().unwrap()]);
    assert_eq!(code_printed_by(node).await, "UNSUPPORTED_FILE_TYPE");
}

/// Runs a program that prints an answer, and reads the code of its first error.
async fn code_printed_by(mut program: Command) -> String {
    let output = tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap();
    let printed: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat())));
    printed["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
}
