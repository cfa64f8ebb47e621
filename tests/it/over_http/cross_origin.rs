//! Pages of other origins: those that are named may call, all others may not.

use std::process::Command;

use axum::response::Html;
use axum::routing::get;
use data_encoding::BASE64;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::TestApp;
use crate::harness::documents::docx;

const ORIGIN: &str = "https://app.example.com";

async fn asked_beforehand(app: &TestApp, path: &str, origin: &str, headers: &str) -> reqwest::Response {
    let request = app.anonymous().request(Method::OPTIONS, path).header("origin", origin);
    let request =
        request.header("access-control-request-method", "POST").header("access-control-request-headers", headers);
    request.send().await.unwrap()
}

fn header<'a>(response: &'a reqwest::Response, name: &str) -> &'a str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

#[tokio::test]
async fn nobody_is_let_in_by_default() {
    let app = TestApp::start().await;
    let response = asked_beforehand(&app, "/graphql", ORIGIN, "content-type").await;
    assert_eq!((response.status().as_u16(), header(&response, "access-control-allow-origin")), (405, ""));
    let request = app.anonymous().request(Method::POST, "/graphql").header("origin", ORIGIN);
    let response = request.json(&json!({"query": "{ viewer { id } }"})).send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "access-control-allow-origin")), (200, ""));
}

#[tokio::test]
async fn named_origins_are_let_in_and_no_other() {
    let app = TestApp::builder().with("SERVER__ALLOWED_ORIGINS", &format!("[\"{ORIGIN}\"]")).start().await;
    for (path, headers) in [
        ("/graphql", "authorization,content-type,apollo-require-preflight"),
        ("/uploads", "authorization,tus-resumable,upload-length,upload-offset,upload-checksum"),
        ("/d/x", "authorization,range"),
    ] {
        let response = asked_beforehand(&app, path, ORIGIN, headers).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header(&response, "access-control-allow-origin"), ORIGIN, "{path}");
        let allowed = header(&response, "access-control-allow-headers");
        assert!(headers.split(',').all(|name| allowed.split(',').any(|it| it.trim() == name)), "{path}: {allowed}");
        assert!(header(&response, "access-control-allow-methods").contains("PATCH"));
        assert_eq!(header(&response, "access-control-allow-credentials"), "", "the cookie is never for them");
    }
    for origin in ["https://app.example.com.evil.test", "http://app.example.com", "https://app.example.com:444", "null"]
    {
        let response = asked_beforehand(&app, "/graphql", origin, "content-type").await;
        assert_eq!(header(&response, "access-control-allow-origin"), "", "{origin}");
    }
    let ops = app.ops("olga").await;
    let request = ops.request(Method::POST, "/graphql").header("origin", ORIGIN);
    let response = request.json(&json!({"query": "{ viewer { id } }"})).send().await.unwrap();
    assert_eq!(header(&response, "access-control-allow-origin"), ORIGIN);
    assert!(header(&response, "access-control-expose-headers").contains("upload-offset"));
    assert!(header(&response, "vary").to_lowercase().contains("origin"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_agrees() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    // The same page under another name is another origin.
    let elsewhere = origin.replace("127.0.0.1", "localhost");
    let page = axum::Router::new().route("/", get(|| async { Html("<!doctype html><title>elsewhere</title>") }));
    let _serving =
        tokio_util::task::AbortOnDropHandle::new(tokio::spawn(async move { axum::serve(listener, page).await }));

    let app = TestApp::builder().with("SERVER__ALLOWED_ORIGINS", &format!("[\"{origin}\"]")).start().await;
    let ops = app.ops("olga").await;
    let content = docx("hello", &[]);
    let printed = |from: String| {
        let mut node = Command::new("node");
        node.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/cross_origin.mjs"));
        node.args([&from, &app.base_url, ops.token.as_deref().unwrap(), &BASE64.encode(&content)]);
        async move {
            let output = tokio::task::spawn_blocking(move || node.output().unwrap()).await.unwrap();
            serde_json::from_slice::<Value>(&output.stdout)
                .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
        }
    };
    let length = content.len();
    let range = format!("bytes 0-3/{length}");
    assert_eq!(
        printed(origin).await,
        json!({"email": "olga@example.com", "status": 206, "range": range, "length": length})
    );
    assert_eq!(printed(elsewhere).await, json!({"error": "TypeError"}));
}
