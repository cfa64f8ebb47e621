//! The plain pages: forms that work without JavaScript, and say nothing to a GET.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use super::{NEW_PASSWORD, request_email, reset, reset_token, token_mailed_by};
use crate::accounts::{INVITE, login, mails, signup_of, tokens, verify};
use crate::harness::TestApp;
use crate::harness::client::PASSWORD;

const PAGES: [(&str, &str); 3] = [("/reset-password", "token"), ("/confirm-email", "token"), ("/signup", "invitation")];

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

async fn get(app: &TestApp, path: &str) -> String {
    let response = app.anonymous().get(path).await;
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

/// Sends a form as a browser would.
async fn send(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let request = app.anonymous().request(Method::POST, path);
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(pairs.join("&"));
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn sign_up(app: &TestApp, name: &str, password: &str, invitation: &str) -> (u16, String) {
    let email = format!("{name}@example.com");
    let fields = [("name", name), ("email", &email), ("password", password), ("invitation", invitation)];
    send(app, "/signup", &fields).await
}

#[tokio::test]
async fn a_hostile_link_stays_text_and_no_page_runs_or_fetches_anything() {
    let app = TestApp::start().await;
    for (path, field) in PAGES {
        let page = get(&app, &format!("{path}?{field}={}", encoded("\"><script>'"))).await;
        assert!(page.contains("value=\"&quot;&gt;&lt;script&gt;&#39;\""), "{page}");
        let (status, again) =
            send(&app, path, &[(field, "\"><script>'"), ("password", NEW_PASSWORD), ("name", "<i>"), ("email", "<b>")])
                .await;
        assert_eq!(status, 400, "{path}");
        for html in [&page, &again] {
            assert!(!html.contains("<script") && !html.contains("<i>") && !html.contains("<b>"), "{html}");
            assert!(!html.contains("://") && !html.contains("javascript:"), "{html}");
            assert_eq!(html.matches("<form method=\"post\"").count(), 1, "{html}");
        }
        assert!(!again.contains(NEW_PASSWORD), "a password is never shown");
        let response = app.anonymous().get(path).await;
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert_eq!(policy, "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        assert_eq!(response.headers()["cache-control"], "no-store");
        for (content_type, body) in [("application/json", "{}"), ("application/x-www-form-urlencoded", "x=y")] {
            let request = app.anonymous().request(Method::POST, path).header(CONTENT_TYPE, content_type).body(body);
            assert_eq!(request.send().await.unwrap().status(), 400, "{path} {content_type}");
        }
    }
}

#[tokio::test]
async fn the_page_of_a_reset_chooses_a_new_password() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let token = reset_token(&app, "carl").await;
    for _ in 0..3 {
        assert!(get(&app, &format!("/reset-password?token={token}")).await.contains(&token));
    }
    let (status, page) = send(&app, "/reset-password", &[("token", &token), ("password", "password1")]).await;
    assert!(status == 400 && page.contains(&token) && page.contains("role=\"alert\""), "{status} {page}");
    let (status, page) = send(&app, "/reset-password", &[("token", &token), ("password", NEW_PASSWORD)]).await;
    assert!(status == 200 && page.contains("role=\"status\"") && !page.contains("<form"), "{status} {page}");
    assert_eq!(login(&app, "carl@example.com", NEW_PASSWORD).await.code(), "");
    let (status, page) = send(&app, "/reset-password", &[("token", &token), ("password", PASSWORD)]).await;
    assert!(status == 400 && page.contains("wrong, used or expired"), "{status} {page}");
    assert_eq!(reset(&app, &token, PASSWORD).await.code(), "INVALID_TOKEN");
}

#[tokio::test]
async fn the_page_of_a_new_address_confirms_it() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    let new_email = "carl.new@example.com";
    let token = token_mailed_by(&app, new_email, request_email(&carl, new_email, PASSWORD)).await;
    assert!(get(&app, &format!("/confirm-email?token={token}")).await.contains(&token));
    assert_eq!(login(&app, new_email, PASSWORD).await.code(), "INVALID_CREDENTIALS", "looking confirms nothing");
    let (status, page) = send(&app, "/confirm-email", &[("token", &token), ("password", NEW_PASSWORD)]).await;
    assert!(status == 400 && page.contains(&token), "{status} {page}");
    let (status, _) = send(&app, "/confirm-email", &[("token", &token), ("password", PASSWORD)]).await;
    assert_eq!(status, 200);
    assert_eq!(login(&app, new_email, PASSWORD).await.code(), "");
}

#[tokio::test]
async fn the_links_in_mails_lead_to_the_pages() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    reset_token(&app, "carl").await;
    request_email(&carl, "carl.new@example.com", PASSWORD).await.data();
    for (email, path) in
        [("carl@example.com", "/reset-password?token="), ("carl.new@example.com", "/confirm-email?token=")]
    {
        let mails = mails(&app, email).await;
        let link = mails.iter().flat_map(|mail| mail.lines()).find(|line| line.contains(path)).unwrap();
        assert!(link.starts_with(&app.base_url), "{link}");
        assert!(get(&app, link).await.contains("<form method=\"post\""));
    }
}

#[tokio::test]
async fn the_page_of_a_sign_up_makes_clients_and_what_an_invitation_says() {
    let app = TestApp::start().await;
    let admin = app.admin("adam").await;
    assert_eq!(sign_up(&app, "carl", PASSWORD, "").await.0, 200);
    let token = tokens(&app, "carl@example.com").await.remove(0);
    assert_eq!(verify(&app, &token, PASSWORD).await.data()["verifyEmail"]["user"]["role"], "CLIENT");
    for (name, role) in [("dora", "CLIENT"), ("olga", "OPS"), ("ada", "ADMIN")] {
        let invitation = admin.data(INVITE, json!({"role": role})).await["invite"]["token"].clone();
        let invitation = invitation.as_str().unwrap();
        let page = get(&app, &format!("/signup?invitation={invitation}")).await;
        assert!(page.contains(invitation) && !page.contains(role), "the page tells no role: {page}");
        assert_eq!(sign_up(&app, name, PASSWORD, invitation).await.0, 200);
        let token = tokens(&app, &format!("{name}@example.com")).await.remove(0);
        assert_eq!(verify(&app, &token, PASSWORD).await.data()["verifyEmail"]["user"]["role"], role);
        let (status, page) = sign_up(&app, "mallory", PASSWORD, invitation).await;
        assert!(status == 400 && page.contains("wrong, used or expired"), "{status} {page}");
    }
}

#[tokio::test]
async fn the_page_of_a_sign_up_says_the_same_of_known_addresses() {
    let app = TestApp::start().await;
    app.client("carl").await;
    assert_eq!(sign_up(&app, "carl", NEW_PASSWORD, "").await, sign_up(&app, "dora", NEW_PASSWORD, "").await);
    let (status, page) = sign_up(&app, "emil", "password1", "").await;
    assert!(status == 400 && page.contains("value=\"emil@example.com\"") && page.contains("role=\"alert\""), "{page}");
    let reply = crate::accounts::signup(&app, signup_of("emil")).await;
    assert_eq!(reply.code(), "", "nothing was kept of it");
}

#[tokio::test]
async fn the_page_of_a_sign_up_obeys_the_configuration() {
    for (mode, status, words) in [("invite", 400, "You need an invitation"), ("closed", 403, "Nobody can sign up")] {
        let app = TestApp::builder().with("SIGNUP__CLIENT", mode).start().await;
        let (answered, page) = sign_up(&app, "carl", PASSWORD, "").await;
        assert!(answered == status && page.contains(words), "{mode}: {answered} {page}");
    }
}
