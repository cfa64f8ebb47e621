//! Multipart requests that are not as the specification says.

use serde_json::{Value, json};

use super::Besieged;
use crate::harness::client::{Client, UPLOAD, UPLOAD_MANY, multipart_body};
use crate::harness::documents::docx;
use crate::harness::line::{Line, SlowUpload};

/// A part with a name and, for a file, the name of the file.
fn part(name: &str, file_name: Option<&str>, content: &[u8]) -> Vec<u8> {
    let file_name = file_name.map(|file_name| format!("; filename=\"{file_name}\"")).unwrap_or_default();
    let head = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{file_name}\r\n\r\n");
    [head.as_bytes(), content, b"\r\n"].concat()
}

fn body(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat().as_slice(), b"--b--\r\n"].concat()
}

fn operations() -> Vec<u8> {
    part("operations", None, json!({"query": UPLOAD, "variables": {"file": null}}).to_string().as_bytes())
}

fn operations_many(count: usize) -> Vec<u8> {
    let variables = json!({"files": vec![Value::Null; count]});
    part("operations", None, json!({"query": UPLOAD_MANY, "variables": variables}).to_string().as_bytes())
}

fn map(map: &Value) -> Vec<u8> {
    part("map", None, map.to_string().as_bytes())
}

fn good_map() -> Vec<u8> {
    map(&json!({"0": ["variables.file"]}))
}

fn file(name: &str) -> Vec<u8> {
    part(name, Some("a.docx"), &docx("hello", b""))
}

/// Requests that are refused before there is an operation to run.
fn never_run() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let raw = |name: &str, text: &str| part(name, None, text.as_bytes());
    let maps = |value: Value| body(&[operations(), map(&value), file("0")]);
    let long_name = part(&"n".repeat(1 << 20), None, b"{}");
    let two = json!({"query": UPLOAD_MANY, "variables": {"file": null, "other": null}});
    let thousand: serde_json::Map<String, Value> =
        (0..1000).map(|n| (n.to_string(), json!([format!("variables.files.{n}")]))).collect();
    let long_map: serde_json::Map<String, Value> =
        (0..4000).map(|n| (format!("{n:020}"), json!(["variables.file"]))).collect();
    vec![
        ("nothing at all", Vec::new(), "UPLOAD_INCOMPLETE"),
        ("no part", body(&[]), "operations"),
        ("no operations", body(&[good_map(), file("0")]), "operations"),
        ("operations that are no JSON", body(&[raw("operations", "{"), good_map(), file("0")]), "operations"),
        ("operations that are no text", body(&[part("operations", None, b"\xff\xfe\0"), good_map()]), "operations"),
        ("operations that are a number", body(&[raw("operations", "1"), good_map(), file("0")]), "operations"),
        (
            "a batch",
            body(&[raw("operations", "[{}]"), map(&json!({"0": ["0.variables.file"]})), file("0")]),
            "operations",
        ),
        (
            "operations without a query",
            body(&[raw("operations", "{\"variables\":{\"file\":null}}"), good_map()]),
            "query",
        ),
        ("operations of 2 MiB", body(&[raw("operations", &" ".repeat(2 << 20)), good_map()]), "operations"),
        ("no map", body(&[operations(), file("0")]), "map"),
        ("a map that is no JSON", body(&[operations(), raw("map", "{]"), file("0")]), "map"),
        ("a map that is a list", maps(json!([["variables.file"]])), "map"),
        ("an empty map", maps(json!({})), "map"),
        ("a map of 128 KiB", maps(Value::Object(long_map)), "map"),
        ("a map to nowhere", maps(json!({"0": ["variables.nothing"]})), "map"),
        ("a map into the query", maps(json!({"0": ["query"]})), "map"),
        ("a map into the prototype", maps(json!({"0": ["variables.__proto__.file"]})), "map"),
        ("a map too deep", maps(json!({"0": ["variables.file.0.1"]})), "map"),
        ("a map to the end of numbers", maps(json!({"0": ["variables.18446744073709551616"]})), "map"),
        (
            "one file for two variables",
            body(&[
                raw("operations", &two.to_string()),
                map(&json!({"0": ["variables.file", "variables.other"]})),
                file("0"),
            ]),
            "map",
        ),
        ("two files for one variable", maps(json!({"0": ["variables.file"], "1": ["variables.file"]})), "map"),
        ("a thousand files", body(&[operations_many(1000), map(&Value::Object(thousand)), file("0")]), "map"),
        ("a file in front", body(&[file("0"), operations(), good_map()]), "operations"),
        ("a file before the map", body(&[operations(), file("0"), good_map()]), "map"),
        ("a name of 1 MiB", body(&[long_name, operations(), good_map(), file("0")]), "operations"),
    ]
}

/// Requests whose operation runs and meets something wrong.
fn run_in_vain() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let two = map(&json!({"0": ["variables.files.0"], "1": ["variables.files.1"]}));
    let more: Vec<Vec<u8>> = (1..1000).map(|n| file(&n.to_string())).collect();
    let nameless = [b"--b\r\nContent-Type: text/plain\r\n\r\n".as_slice(), &docx("hello", b""), b"\r\n"].concat();
    let long_name = part(&"n".repeat(1 << 20), Some("a.docx"), b"x");
    vec![
        ("a part too many", body(&[operations(), good_map(), file("0"), file("1")]), "map"),
        ("a thousand parts", body(&[vec![operations(), good_map(), file("0")], more].concat()), "map"),
        ("the same part again", body(&[operations(), good_map(), file("0"), file("0")]), "map"),
        ("a part of another name", body(&[operations(), good_map(), file("1")]), "map"),
        ("a part without a name", body(&[operations(), good_map(), nameless]), "map"),
        ("no file", body(&[operations(), good_map()]), "file"),
        ("a file too few", body(&[operations_many(2), two.clone(), file("0")]), "file"),
        ("files out of order", body(&[operations_many(2), two, file("1"), file("0")]), "file"),
        ("a part without a file name", body(&[operations(), good_map(), part("0", None, &docx("hello", b""))]), "file"),
        ("a file's part with a name of 1 MiB", body(&[operations(), good_map(), long_name]), "file"),
    ]
}

#[tokio::test]
async fn malformed_requests_are_refused() {
    let besieged = Besieged::start().await;
    for (what, body, field) in never_run() {
        let reply = besieged.ops.send_multipart("b", body).await;
        let (code, field) = if field == "UPLOAD_INCOMPLETE" { (field, "") } else { ("BAD_USER_INPUT", field) };
        Besieged::assert_refused(&reply, 400, code, field, what);
        besieged.assert_unmoved(what).await;
    }
    for (what, body, field) in run_in_vain() {
        let reply = besieged.ops.send_multipart("b", body).await;
        Besieged::assert_refused(&reply, 200, "BAD_USER_INPUT", field, what);
        besieged.assert_unmoved(what).await;
    }
}

#[tokio::test]
async fn requests_that_end_too_early_store_nothing() {
    let besieged = Besieged::start().await;
    let whole = body(&[operations(), good_map(), file("0")]);
    for end in [whole.len() - 9, whole.len() - 100] {
        let reply = besieged.ops.send_multipart("b", whole[..end].to_vec()).await;
        Besieged::assert_refused(&reply, 200, "UPLOAD_INCOMPLETE", "", "without its end");
    }
    let reply = besieged.ops.send_multipart("b", whole[..100].to_vec()).await;
    Besieged::assert_refused(&reply, 400, "UPLOAD_INCOMPLETE", "", "within the operations");
    besieged.assert_unmoved("requests without their end").await;
}

#[tokio::test]
async fn lines_that_are_cut_leave_nothing_behind() {
    let besieged = Besieged::start().await;
    let content = docx("hello", &[7; 3_000_000]);
    for sent in [0, 1000, 100_000, 2_900_000, content.len()] {
        let mut upload = SlowUpload::begin(&besieged.ops, "a.docx", content.len() as u64).await;
        upload.send(&content[..sent]).await;
        drop(upload);
    }
    let mut line = Line::open(&besieged.app.base_url).await;
    line.send_head(&besieged.ops, 1000).await;
    line.send(&operations()[..50]).await;
    drop(line);
    besieged.assert_unmoved("cut lines").await;
    let swept = besieged.app.services.sweep(true).await.unwrap();
    assert_eq!(swept.orphaned_objects, 0);
    besieged.assert_unmoved("cut lines, swept").await;
}

#[tokio::test]
async fn boundaries_must_be_there_and_be_right() {
    let besieged = Besieged::start().await;
    let whole = body(&[operations(), good_map(), file("0")]);
    let send = async |content_type: &str| {
        let request = besieged.ops.request(reqwest::Method::POST, "/graphql").header("content-type", content_type);
        Client::reply(request.body(whole.clone())).await
    };
    for content_type in ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary"] {
        Besieged::assert_refused(&send(content_type).await, 400, "BAD_USER_INPUT", "Content-Type", content_type);
    }
    Besieged::assert_refused(
        &send("multipart/form-data; boundary=c").await,
        400,
        "UPLOAD_INCOMPLETE",
        "",
        "another boundary",
    );
    besieged.assert_unmoved("boundaries").await;
}

#[tokio::test]
async fn made_up_tokens_stand_for_no_file() {
    let besieged = Besieged::start().await;
    for token in
        ["#__graphql_file__:x", "#__graphql_file__:0", "upload:0123456789abcdef:0", "upload::", "0", "", "a\0b"]
    {
        let reply = besieged.ops.send(UPLOAD, json!({"file": token})).await;
        Besieged::assert_refused(&reply, 200, "BAD_USER_INPUT", "file", token);
        let operations = json!({"query": UPLOAD_MANY, "variables": {"files": [null, token]}});
        let map = json!({"0": ["variables.files.0"]});
        let body = multipart_body("b", &operations, &map, &[("0", "a.docx", &docx("hello", b""))]);
        let reply = besieged.ops.send_multipart("b", body).await;
        Besieged::assert_refused(&reply, 200, "BAD_USER_INPUT", "file", token);
        besieged.assert_unmoved(token).await;
    }
    for value in [json!(null), json!(0), json!({}), json!(["upload"]), json!(true)] {
        let reply = besieged.ops.send(UPLOAD, json!({"file": value})).await;
        assert!(["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"].contains(&reply.code()), "{value}: {}", reply.body);
    }
    besieged.assert_unmoved("other values").await;
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let besieged = Besieged::start().await;
    let anonymous = besieged.app.anonymous();
    let whole = body(&[operations(), good_map(), file("0")]);
    let reply = anonymous.send_multipart("b", whole.clone()).await;
    Besieged::assert_refused(&reply, 403, "FORBIDDEN", "", "neither bearer token nor header");
    for header in ["GraphQL-Require-Preflight", "Apollo-Require-Preflight", "X-Requested-With"] {
        let request = anonymous.request(reqwest::Method::POST, "/graphql").header(header, "1");
        let request = request.header("content-type", "multipart/form-data; boundary=b").body(whole.clone());
        Besieged::assert_refused(&Client::reply(request).await, 200, "UNAUTHENTICATED", "", header);
    }
    besieged.assert_unmoved("forms").await;
}
