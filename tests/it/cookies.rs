//! Sessions that a browser keeps in a cookie.

use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::{Client, PASSWORD, Reply};
use crate::harness::documents::docx;

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) { user { email } } }";
const VIEWER: &str = "{ viewer { email } }";
const PREFLIGHT: &str = "GraphQL-Require-Preflight";

fn operation(client: &Client, query: &str, variables: Value) -> RequestBuilder {
    client.request(Method::POST, "/graphql").json(&json!({"query": query, "variables": variables}))
}

fn login_of(name: &str) -> Value {
    json!({"input": {"email": email_of(name), "password": PASSWORD}})
}

/// What a browser's page does: signs in, and answers the whole `Set-Cookie`.
async fn cookie_of(app: &TestApp, name: &str) -> String {
    let answer = operation(&app.anonymous(), LOGIN, login_of(name)).header(PREFLIGHT, "1").send().await.unwrap();
    let cookies: Vec<_> = answer.headers().get_all(SET_COOKIE).iter().collect();
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    cookies[0].to_str().unwrap().to_owned()
}

/// `name=value` of a `Set-Cookie`.
fn pair(set_cookie: &str) -> &str {
    set_cookie.split(';').next().unwrap()
}

async fn viewer(app: &TestApp, cookie: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = operation(&app.anonymous(), VIEWER, json!({})).header(COOKIE, cookie);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Client::reply(request).await
}

#[tokio::test]
async fn a_page_that_asks_gets_a_cookie_that_scripts_cannot_read() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let cookie = cookie_of(&app, "carl").await;
    let attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
    assert_eq!(attributes, ["Path=/", "Max-Age=2592000", "HttpOnly", "SameSite=Strict"]);
    assert!(cookie.starts_with("strongroom="), "{cookie}");
    for header in [PREFLIGHT, "Apollo-Require-Preflight", "X-Requested-With"] {
        let reply = viewer(&app, pair(&cookie), &[(header, "1")]).await;
        assert_eq!(reply.data()["viewer"]["email"], "carl@example.com", "{header}");
    }
    // Nobody else gets one: not a script that signs in, not a failed sign-in.
    let plain = operation(&app.anonymous(), LOGIN, login_of("carl")).send().await.unwrap();
    assert!(!plain.headers().contains_key(SET_COOKIE));
    let wrong = json!({"input": {"email": email_of("carl"), "password": "wrong-horse-battery-9"}});
    let failed = operation(&app.anonymous(), LOGIN, wrong).header(PREFLIGHT, "1").send().await.unwrap();
    assert!(!failed.headers().contains_key(SET_COOKIE));
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host_and_to_tls() {
    let app = TestApp::builder().with("SERVER__PUBLIC_URL", "https://files.example.com").start().await;
    app.ops("olga").await;
    let cookie = cookie_of(&app, "olga").await;
    assert!(cookie.starts_with("__Host-strongroom="), "{cookie}");
    assert!(cookie.contains("; Path=/;") && cookie.contains("; Secure") && !cookie.contains("Domain"), "{cookie}");
    assert_eq!(viewer(&app, pair(&cookie), &[(PREFLIGHT, "1")]).await.code(), "");
    // Under the name that any site on the host could set, it is no sign-in.
    let renamed = pair(&cookie).replace("__Host-", "");
    assert_eq!(viewer(&app, &renamed, &[(PREFLIGHT, "1")]).await.data()["viewer"], Value::Null);
}

#[tokio::test]
async fn a_post_with_the_cookie_alone_is_nobodys() {
    let app = TestApp::start().await;
    app.ops("olga").await;
    let set_cookie = cookie_of(&app, "olga").await;
    let cookie = pair(&set_cookie);
    assert_eq!(viewer(&app, cookie, &[]).await.code(), "UNAUTHENTICATED");
    let invite = "mutation { invite(role: CLIENT) { token } }";
    let forged = operation(&app.anonymous(), invite, json!({})).header(COOKIE, cookie);
    assert_eq!(Client::reply(forged).await.code(), "UNAUTHENTICATED");
    // What is public runs all the same.
    let login = operation(&app.anonymous(), LOGIN, login_of("olga")).header(COOKIE, cookie);
    assert_eq!(Client::reply(login).await.code(), "");
    let form = app
        .anonymous()
        .request(Method::POST, "/graphql")
        .header(COOKIE, cookie)
        .header("content-type", "multipart/form-data; boundary=b")
        .body("--b--\r\n");
    let refused = Client::reply(form).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::FORBIDDEN, "FORBIDDEN"));
    // A bearer token goes before the cookie, a bad one too.
    let bearer = [("authorization", "Bearer garbage"), (PREFLIGHT, "1")];
    assert_eq!(viewer(&app, cookie, &bearer).await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn cookies_that_are_none_are_not_taken() {
    let app = TestApp::start().await;
    app.client("carl").await;
    app.client("dora").await;
    let (carls, doras) = (cookie_of(&app, "carl").await, cookie_of(&app, "dora").await);
    let (carls, doras) = (pair(&carls), pair(&doras));
    let secret = doras.split('.').nth(1).unwrap();
    let session = carls.split('.').next().unwrap();
    let doubled = format!("{carls}; {carls}");
    for bad in [
        "strongroom=",
        "strongroom=.",
        "strongroom=garbage",
        &carls[..carls.len() - 1],
        &format!("{session}.{secret}"),
        &format!("{session}."),
        &doubled,
    ] {
        assert_eq!(viewer(&app, bad, &[(PREFLIGHT, "1")]).await.code(), "UNAUTHENTICATED", "{bad}");
    }
    let among_others = format!("theme=dark; {carls}; lang=de");
    assert_eq!(viewer(&app, &among_others, &[(PREFLIGHT, "1")]).await.code(), "");
    // A session without a cookie has none to guess.
    let token = app.sign_in("carl").await.token.unwrap();
    let claims = data_encoding::BASE64URL_NOPAD.decode(token.split('.').nth(1).unwrap().as_bytes()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let without = claims["sid"].as_str().unwrap().trim_start_matches("session_").to_owned();
    for guess in ["", &"A".repeat(43)] {
        let cookie = format!("strongroom={without}.{guess}");
        assert_eq!(viewer(&app, &cookie, &[(PREFLIGHT, "1")]).await.code(), "UNAUTHENTICATED", "{guess}");
    }
}

#[tokio::test]
async fn a_download_link_works_from_a_plain_link_on_a_page() {
    let app = TestApp::start().await;
    let olga = app.ops("olga").await;
    let carl = app.client("carl").await;
    app.client("dora").await;
    let file = olga.upload("report.docx", &docx("report", &[])).await;
    olga.share(&file, "carl@example.com").await;
    let link = carl.link(&file).await;
    let (carls, doras) = (cookie_of(&app, "carl").await, cookie_of(&app, "dora").await);
    let follow = async |cookie: &str, headers: &[(&str, &str)]| {
        let mut request = app.anonymous().request(Method::GET, &link).header(COOKIE, pair(cookie));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap().status()
    };
    for site in ["same-origin", "none"] {
        assert_eq!(follow(&carls, &[("sec-fetch-site", site)]).await, StatusCode::OK, "{site}");
    }
    assert_eq!(follow(&carls, &[]).await, StatusCode::OK);
    for site in ["cross-site", "same-site", "garbage"] {
        assert_eq!(follow(&carls, &[("sec-fetch-site", site)]).await, StatusCode::UNAUTHORIZED, "{site}");
    }
    assert_eq!(follow(&doras, &[]).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn signing_out_takes_the_cookie_away_and_ends_its_session() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let cookie = cookie_of(&app, "carl").await;
    let logout = operation(&app.anonymous(), "mutation { logout }", json!({}))
        .header(COOKIE, pair(&cookie))
        .header(PREFLIGHT, "1")
        .send()
        .await
        .unwrap();
    let gone = logout.headers()[SET_COOKIE].to_str().unwrap();
    assert!(gone.starts_with("strongroom=; Path=/; Max-Age=0;"), "{gone}");
    assert_eq!(viewer(&app, pair(&cookie), &[(PREFLIGHT, "1")]).await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_cookie_expires_with_its_session() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let cookie = cookie_of(&app, "carl").await;
    app.clock.advance_seconds(2_592_000 - 1);
    assert_eq!(viewer(&app, pair(&cookie), &[(PREFLIGHT, "1")]).await.code(), "");
    app.clock.advance_seconds(1);
    assert_eq!(viewer(&app, pair(&cookie), &[(PREFLIGHT, "1")]).await.code(), "UNAUTHENTICATED");
}

/// A real browser: the cookie works on its own site, scripts cannot read it, and other sites cannot use it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_keeps_it_to_its_own_site() {
    let app = TestApp::start().await;
    let olga = app.ops("olga").await;
    app.client("carl").await;
    let content = docx("report", &[]);
    let file = olga.upload("report.docx", &content).await;
    olga.share(&file, "carl@example.com").await;
    let mut node = std::process::Command::new("node");
    node.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/cookie_session.mjs"));
    node.args([&app.base_url, "carl@example.com", PASSWORD, file["id"].as_str().unwrap()]);
    let output = tokio::task::spawn_blocking(move || node.output().unwrap()).await.unwrap();
    let printed: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat())));
    let expected = json!({
        "viewer": "carl@example.com",
        "bare": "UNAUTHENTICATED",
        "readable": "",
        "bytes": content.len(),
        "fromElsewhere": 401,
    });
    assert_eq!(printed, expected);
}
