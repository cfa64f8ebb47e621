//! Who gets in.

use reqwest::StatusCode;
use reqwest::header::SET_COOKIE;
use serde_json::{Value, json};

use super::{FILE_SHARED, next_share, share};
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::PASSWORD;
use crate::harness::documents::docx;
use crate::harness::socket::{Heard, PROTOCOL, Socket};

const ALLOWED: &str = "https://app.example.com";

fn ack() -> Heard {
    Heard::Message(json!({"type": "connection_ack"}))
}

async fn init(socket: &mut Socket, payload: Value) -> Heard {
    socket.say(json!({"type": "connection_init", "payload": payload})).await;
    socket.hear().await
}

/// What the browser of somebody sends by itself once a page of ours has signed in.
async fn cookie_of(app: &TestApp, name: &str) -> String {
    let query = "mutation($input: LoginInput!) { login(input: $input) { user { id } } }";
    let body = json!({"query": query, "variables": {"input": {"email": email_of(name), "password": PASSWORD}}});
    let request = app.anonymous().request(reqwest::Method::POST, "/graphql").header("X-Requested-With", "1");
    let answer = request.json(&body).send().await.unwrap();
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn only_who_is_signed_in_is_let_in() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    let token = carl.token.clone().unwrap();
    let good = format!("Bearer {token}");
    for payload in [
        json!({"authorization": good}),
        json!({"Authorization": good}),
        json!({"authorization": format!("bearer {token}"), "other": 1}),
    ] {
        let mut socket = Socket::open(&app.base_url).await;
        assert_eq!(init(&mut socket, payload.clone()).await, ack(), "{payload}");
    }
    for payload in [
        Value::Null,
        json!({}),
        json!({"authorization": ""}),
        json!({"authorization": token}),
        json!({"authorization": "Bearer "}),
        json!({"authorization": "Bearer rubbish"}),
        json!({"authorization": [good]}),
        json!({"authorization": good, "Authorization": good}),
        json!({"token": good}),
    ] {
        let mut socket = Socket::open(&app.base_url).await;
        assert_eq!(init(&mut socket, payload.clone()).await, Heard::Closed(4403), "{payload}");
    }
    // What is said goes before what the request brought.
    let header = ("Authorization", good.as_str());
    let mut socket = Socket::try_open(&app.base_url, &[PROTOCOL, header]).await.unwrap();
    assert_eq!(init(&mut socket, json!({})).await, ack());
    let mut socket = Socket::try_open(&app.base_url, &[PROTOCOL, header]).await.unwrap();
    assert_eq!(init(&mut socket, json!({"authorization": "Bearer rubbish"})).await, Heard::Closed(4403));
    let mut socket = Socket::try_open(&app.base_url, &[PROTOCOL, header, header]).await.unwrap();
    assert_eq!(init(&mut socket, json!({})).await, Heard::Closed(4403));

    let other = app.sign_in("carl").await;
    carl.data("mutation { logout }", json!({})).await;
    assert_eq!(Socket::open(&app.base_url).await.sign_in(&carl).await, Heard::Closed(4403));
    app.clock.advance_seconds(900);
    assert_eq!(Socket::open(&app.base_url).await.sign_in(&other).await, Heard::Closed(4403), "it has expired");
}

#[tokio::test]
async fn pages_of_other_sites_are_not_even_answered_by_a_socket() {
    let app = TestApp::builder().with("SERVER__ALLOWED_ORIGINS", &format!("[{ALLOWED:?}]")).start().await;
    let carl = app.client("carl").await;
    let cookie = cookie_of(&app, "carl").await;
    for origin in [
        "https://evil.example",
        "null",
        "",
        "http://app.example.com",
        "https://app.example.com.evil.example",
        "https://app.example.com/",
        &app.base_url.replace("127.0.0.1", "localhost"),
        &format!("{}/", app.base_url),
    ] {
        for more in [&[][..], &[("Cookie", cookie.as_str())]] {
            let headers = [&[PROTOCOL, ("Origin", origin)], more].concat();
            let (status, body) = Socket::try_open(&app.base_url, &headers).await.err().expect(origin);
            assert_eq!((status, &body["code"]), (StatusCode::FORBIDDEN, &json!("FORBIDDEN")), "{origin}: {body}");
        }
    }
    let twice = [PROTOCOL, ("Origin", app.base_url.as_str()), ("Origin", app.base_url.as_str())];
    assert!(Socket::try_open(&app.base_url, &twice).await.is_err());
    for origin in [app.base_url.as_str(), ALLOWED] {
        let mut socket = Socket::try_open(&app.base_url, &[PROTOCOL, ("Origin", origin)]).await.unwrap();
        assert_eq!(socket.sign_in(&carl).await, ack(), "{origin}");
    }
}

#[tokio::test]
async fn the_cookie_counts_for_pages_of_our_own_only() {
    let app = TestApp::builder().with("SERVER__ALLOWED_ORIGINS", &format!("[{ALLOWED:?}]")).start().await;
    app.ops("olga").await;
    app.client("carl").await;
    let cookie = cookie_of(&app, "carl").await;
    let with_cookie = ("Cookie", cookie.as_str());
    let own = app.base_url.as_str();
    let mut socket = Socket::try_open(own, &[PROTOCOL, with_cookie, ("Origin", own)]).await.unwrap();
    assert_eq!(init(&mut socket, Value::Null).await, ack());
    // The cookie has no end of its own before that of the session.
    app.clock.advance_seconds(3600);
    socket.watch("1", FILE_SHARED).await;
    let olga = app.sign_in("olga").await;
    let (_, shared) = share(&olga, "report.docx", "carl@example.com").await;
    assert_eq!(next_share(&mut socket).await, shared["id"]);
    // A page that is allowed signs in by itself; the cookie is not for it.
    let mut socket = Socket::try_open(own, &[PROTOCOL, with_cookie, ("Origin", ALLOWED)]).await.unwrap();
    assert_eq!(init(&mut socket, Value::Null).await, Heard::Closed(4403));
    // Without a page there is no saying who has sent it.
    let mut socket = Socket::try_open(&app.base_url, &[PROTOCOL, with_cookie]).await.unwrap();
    assert_eq!(init(&mut socket, Value::Null).await, Heard::Closed(4403));
    let forged = ("Cookie", "strongroom=forged");
    let headers = [PROTOCOL, forged, ("Origin", app.base_url.as_str())];
    let mut socket = Socket::try_open(&app.base_url, &headers).await.unwrap();
    assert_eq!(init(&mut socket, Value::Null).await, Heard::Closed(4403));
}

#[tokio::test]
async fn a_request_that_is_no_handshake_is_a_bad_request() {
    let app = TestApp::start().await;
    for headers in [&[("Upgrade", "websocket")][..], &[("Upgrade", "WebSocket"), ("Connection", "Upgrade")]] {
        let mut request = app.anonymous().request(reqwest::Method::GET, "/graphql");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["code"], "BAD_USER_INPUT", "{body}");
    }
    // Any other upgrade is none of ours, and the query is answered.
    let query = app.anonymous().request(reqwest::Method::GET, "/graphql?query=%7Bviewer%7Bid%7D%7D");
    assert_eq!(query.header("Upgrade", "h2c").send().await.unwrap().status(), 200);
}

/// A real browser: GraphiQL, with the client library most programs use, shows what it is told; pages of other sites get no
/// socket.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_is_told_in_graphiql() {
    let app = TestApp::start().await;
    let olga = app.ops("olga").await;
    app.client("carl").await;
    let file = olga.upload("report.docx", &docx("report", &[])).await;
    let mut node = std::process::Command::new("node");
    node.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/subscription.mjs"));
    let token = olga.token.as_deref().unwrap();
    node.args([&app.base_url, "carl@example.com", PASSWORD, token, file["id"].as_str().unwrap()]);
    let output = tokio::task::spawn_blocking(move || node.output().unwrap()).await.unwrap();
    let printed: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat())));
    assert_eq!(printed, json!({"isTold": true, "own": "open", "foreign": 1006}));
}
