//! The page behind the link of a verification mail: a plain form that works without JavaScript.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::json;

use crate::accounts::{login, signed_up, signup_of, verify};
use crate::harness::TestApp;
use crate::harness::client::PASSWORD;

const FORM: &str = "application/x-www-form-urlencoded";

async fn get(app: &TestApp, token: &str) -> reqwest::Response {
    let token = utf8_percent_encode(token, NON_ALPHANUMERIC);
    app.anonymous().get(&format!("/verify-email?token={token}")).await
}

async fn post(app: &TestApp, content_type: &str, body: String) -> (u16, String) {
    let request = app.anonymous().request(Method::POST, "/verify-email").header(CONTENT_TYPE, content_type).body(body);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// Sends the form as a browser would.
async fn confirm(app: &TestApp, token: &str, password: &str) -> (u16, String) {
    let field = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    post(app, FORM, format!("token={}&password={}", field(token), field(password))).await
}

fn has_form(page: &str) -> bool {
    page.contains("<form method=\"post\" action=\"verify-email\">") && page.contains("type=\"password\"")
}

#[tokio::test]
async fn looking_at_it_confirms_nothing_however_often() {
    let app = TestApp::start().await;
    let token = signed_up(&app, signup_of("carl")).await;
    for _ in 0..10 {
        let response = get(&app, &token).await;
        assert_eq!(response.status(), 200);
        assert!(response.headers()[CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
        let page = response.text().await.unwrap();
        assert!(has_form(&page) && page.contains(&token), "{page}");
    }
    let head = app.anonymous().request(Method::HEAD, &format!("/verify-email?token={token}")).send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert!(head.text().await.unwrap().is_empty());
    assert_eq!(login(&app, "carl@example.com", PASSWORD).await.code(), "EMAIL_NOT_VERIFIED");
    assert_eq!(verify(&app, &token, PASSWORD).await.code(), "");
}

#[tokio::test]
async fn it_says_nothing_of_whether_a_token_is_good() {
    let app = TestApp::start().await;
    let token = signed_up(&app, signup_of("carl")).await;
    let other = "A".repeat(token.len());
    let (good, bad) = (get(&app, &token).await, get(&app, &other).await);
    assert_eq!(good.status(), bad.status());
    assert_eq!(good.text().await.unwrap().replace(&token, &other), bad.text().await.unwrap());
    assert_eq!(app.anonymous().get("/verify-email").await.status(), 200, "a link without its end is no crash");
}

#[tokio::test]
async fn the_form_confirms_and_works_without_scripts() {
    let app = TestApp::start().await;
    let token = signed_up(&app, signup_of("carl")).await;
    let page = get(&app, &token).await.text().await.unwrap();
    let (status, done) = confirm(&app, &token, PASSWORD).await;
    assert_eq!(status, 200);
    assert!(done.contains("is confirmed") && !has_form(&done), "{done}");
    assert_eq!(login(&app, "carl@example.com", PASSWORD).await.code(), "");
    for html in [&page, &done] {
        assert!(!html.contains("<script") && !html.contains("javascript:"), "{html}");
        assert!(html.contains("<html lang=\"en\">") && html.contains("<title>"), "{html}");
        assert!(!html.contains("://"), "nothing is fetched from anywhere: {html}");
    }
    assert!(page.contains("<label for=\"password\">") && page.contains("id=\"password\""));
}

#[tokio::test]
async fn it_leaves_no_session_that_nobody_holds() {
    let app = TestApp::start().await;
    let token = signed_up(&app, signup_of("carl")).await;
    assert_eq!(confirm(&app, &token, PASSWORD).await.0, 200);
    let sessions = app.sign_in("carl").await.data("{ activeSessions { totalCount } }", json!({})).await;
    assert_eq!(sessions["activeSessions"]["totalCount"], 1, "the one that asks");
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again_and_leaves_the_token_good() {
    let app = TestApp::start().await;
    let token = signed_up(&app, signup_of("carl")).await;
    let (status, page) = confirm(&app, &token, "wrong-Password-here").await;
    assert_eq!(status, 400);
    assert!(has_form(&page) && page.contains(&token) && page.contains("role=\"alert\""), "{page}");
    assert!(!page.contains("wrong-Password-here"), "a password is never shown");
    assert_eq!(confirm(&app, &token, PASSWORD).await.0, 200);
    let (status, page) = confirm(&app, &token, PASSWORD).await;
    assert_eq!(status, 400);
    assert!(page.contains("wrong, used or expired"), "{page}");
}

#[tokio::test]
async fn what_is_no_form_of_ours_is_a_bad_request() {
    let app = TestApp::start().await;
    let token = signed_up(&app, signup_of("carl")).await;
    let json = json!({"token": token, "password": PASSWORD}).to_string();
    for (content_type, body) in [
        (FORM, String::new()),
        (FORM, format!("token={token}")),
        (FORM, format!("password={PASSWORD}")),
        ("application/json", json),
        ("text/plain", format!("token={token}&password={PASSWORD}")),
    ] {
        assert_eq!(post(&app, content_type, body.clone()).await.0, 400, "{content_type} {body}");
    }
    let elsewhere = app.anonymous().request(Method::PUT, "/verify-email").send().await.unwrap();
    assert_eq!(elsewhere.status(), 405);
    assert_eq!(verify(&app, &token, PASSWORD).await.code(), "");
}

#[tokio::test]
async fn a_hostile_token_stays_text() {
    let app = TestApp::start().await;
    for hostile in ["\"><script>alert(1)</script>", "'onfocus='alert(1)", "&lt;b&gt;", "</form><form action=//evil>"] {
        let shown = get(&app, hostile).await.text().await.unwrap();
        let (status, answered) = confirm(&app, hostile, PASSWORD).await;
        assert_eq!(status, 400);
        for page in [shown, answered] {
            assert!(!page.contains(hostile), "{page}");
            assert_eq!(page.matches("<form").count(), 1, "{page}");
            assert!(!page.contains("<script") && !page.contains("'onfocus"), "{page}");
        }
    }
    let shown = get(&app, "a&b<c>\"d\"'e'").await.text().await.unwrap();
    assert!(shown.contains("value=\"a&amp;b&lt;c&gt;&quot;d&quot;&#39;e&#39;\""), "{shown}");
}

/// The headers that keep a browser from guessing, framing, telling and keeping.
fn assert_guarded(what: &str, headers: &HeaderMap) {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
    assert_eq!(text("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(text("referrer-policy"), "no-referrer", "{what}");
    assert_eq!(text("x-frame-options"), "DENY", "{what}");
    assert_eq!(text("x-request-id").len(), 16, "{what}");
    let policy = text("content-security-policy");
    assert!(policy.starts_with("default-src 'none';"), "{what}: {policy}");
    assert!(policy.contains("frame-ancestors 'none'") || policy.contains("sandbox"), "{what}: {policy}");
}

#[tokio::test]
async fn every_answer_of_every_route_carries_the_security_headers() {
    let app = TestApp::start().await;
    for (method, path) in [
        (Method::GET, "/verify-email?token=x"),
        (Method::POST, "/verify-email"),
        (Method::GET, "/graphql"),
        (Method::POST, "/graphql"),
        (Method::GET, "/d/x"),
        (Method::HEAD, "/d/x"),
        (Method::DELETE, "/d/x"),
        (Method::GET, "/.well-known/jwks.json"),
        (Method::GET, "/healthz"),
        (Method::GET, "/readyz"),
        (Method::GET, "/"),
        (Method::GET, "/no/such/page"),
    ] {
        let response = app.anonymous().request(method.clone(), path).send().await.unwrap();
        assert_guarded(&format!("{method} {path}"), response.headers());
    }
    let page = app.anonymous().get("/verify-email?token=x").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    for rule in ["form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert_eq!(page.headers()["cache-control"], "no-store", "a page with a token in it is kept nowhere");
}
