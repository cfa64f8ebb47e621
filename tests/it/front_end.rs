//! The web front end as it is served, and its journeys in a browser. A picture of a page at which one fails lies in
//! the folder that cargo gives tests, below `front-end`; pictures of all of them where `SCREENSHOTS` says.

mod admin;
mod everyone;
mod journeys;
mod ops;
mod system;

use reqwest::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::accounts::verify;
use crate::harness::TestApp;
use crate::harness::client::{PASSWORD, http};

const ROUTES: &str = include_str!("../../web/app/routes.txt");

async fn with_front_end() -> TestApp {
    TestApp::builder().with_front_end().start().await
}

async fn get(app: &TestApp, path: &str, encodings: &str) -> Response {
    asking(app, path, encodings).send().await.unwrap()
}

/// By a client that leaves compressed answers as they are.
fn asking(app: &TestApp, path: &str, encodings: &str) -> RequestBuilder {
    let client = http().no_gzip().no_brotli().no_deflate().no_zstd().build().unwrap();
    client.get(format!("{}{path}", app.base_url)).header(ACCEPT_ENCODING, encodings)
}

fn header<'a>(response: &'a Response, name: &reqwest::header::HeaderName) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// The addresses of the scripts and styles that a page begins with.
async fn assets_of(page: Response) -> Vec<String> {
    let html = page.text().await.unwrap();
    assert!(!html.contains("://"), "it names no other address: {html}");
    let quoted = html.split('"').filter(|text| text.starts_with("./assets/"));
    quoted.map(|path| path.trim_start_matches('.').to_owned()).collect()
}

#[tokio::test]
async fn every_route_of_it_is_the_same_page_closed_by_policy() {
    let app = with_front_end().await;
    let mut pages = Vec::new();
    for route in ROUTES.lines() {
        let page = get(&app, &format!("{route}?token=a&invitation=b"), "identity").await;
        assert_eq!(
            (page.status().as_u16(), header(&page, &CONTENT_TYPE)),
            (200, "text/html; charset=utf-8"),
            "{route}"
        );
        assert_eq!(header(&page, &CACHE_CONTROL), "no-cache");
        assert_eq!(header(&page, &X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(header(&page, &REFERRER_POLICY), "no-referrer");
        let policy = header(&page, &CONTENT_SECURITY_POLICY).to_owned();
        let directives: Vec<&str> = policy.split("; ").collect();
        for directive in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"] {
            assert!(directives.contains(&directive), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        pages.push(page.text().await.unwrap());
    }
    assert!(pages.iter().all(|page| *page == pages[0] && !page.contains("<style") && !page.contains(" style=")));
}

#[tokio::test]
async fn whoever_mistypes_an_address_gets_a_page_and_a_program_an_error() {
    for app in [with_front_end().await, TestApp::start().await] {
        for path in ["/filez", "/files/of/mine", "/assets"] {
            let browser = asking(&app, path, "identity").header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
            let page = browser.send().await.unwrap();
            assert_eq!((page.status().as_u16(), header(&page, &CONTENT_TYPE)), (404, "text/html; charset=utf-8"));
            let html = page.text().await.unwrap();
            assert!(html.contains(&format!("<a href=\"{}/\">Go to the start</a>", app.base_url)), "{html}");
            let error: Value = get(&app, path, "identity").await.json().await.unwrap();
            assert_eq!(error["code"], "NOT_FOUND", "{path}");
        }
    }
}

#[tokio::test]
async fn what_is_named_by_its_content_is_kept_for_ever() {
    let app = with_front_end().await;
    let assets = assets_of(get(&app, "/", "identity").await).await;
    assert!(assets.iter().any(|path| path.ends_with(".js")) && assets.iter().any(|path| path.ends_with(".css")));
    for path in &assets {
        let asset = get(&app, path, "identity").await;
        assert_eq!((asset.status().as_u16(), header(&asset, &VARY)), (200, "Accept-Encoding"), "{path}");
        assert_eq!(header(&asset, &CACHE_CONTROL), "public, max-age=31536000, immutable");
        assert_eq!(header(&asset, &X_CONTENT_TYPE_OPTIONS), "nosniff");
        let expected = match path.rsplit('.').next().unwrap() {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            _ => "image/svg+xml",
        };
        assert_eq!(header(&asset, &CONTENT_TYPE), expected);
    }
}

#[tokio::test]
async fn the_coding_is_the_best_that_the_browser_takes() {
    let app = with_front_end().await;
    let assets = assets_of(get(&app, "/", "identity").await).await;
    let path = assets.iter().find(|path| path.ends_with(".js")).unwrap();
    let mut tags = Vec::new();
    let mut lengths = Vec::new();
    for (accepted, coding) in [
        ("identity", ""),
        ("gzip;q=0, br;q=0.0", ""),
        ("gzip, deflate", "gzip"),
        ("br;q=0, GZIP;q=0.5", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
    ] {
        let asset = get(&app, path, accepted).await;
        assert_eq!((asset.status().as_u16(), header(&asset, &CONTENT_ENCODING)), (200, coding), "{accepted}");
        let tag = header(&asset, &ETAG).to_owned();
        lengths.push(asset.bytes().await.unwrap().len());
        let again = asking(&app, path, accepted).header(IF_NONE_MATCH, &tag).send().await.unwrap();
        assert_eq!((again.status().as_u16(), header(&again, &ETAG)), (304, tag.as_str()));
        tags.push(tag);
    }
    assert_eq!(tags[0], tags[1]);
    assert_eq!(tags[2], tags[3]);
    assert!(tags[0] != tags[2] && tags[2] != tags[4], "each coding is an answer of its own: {tags:?}");
    assert!(lengths[4] < lengths[2] && 2 * lengths[2] < lengths[0], "{lengths:?}");
}

#[tokio::test]
async fn what_is_neither_route_nor_asset_stays_the_api_s_answer() {
    let app = with_front_end().await;
    for path in
        ["/nowhere", "/files/1", "/assets/nothing.js", "/assets/index.html", "/assets/..%2Findex.html", "/index.html"]
    {
        let answer = get(&app, path, "identity").await;
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], "NOT_FOUND", "{path}");
    }
}

#[tokio::test]
async fn without_it_plain_pages_do_its_job_and_the_first_says_how_to_get_it() {
    let app = TestApp::start().await;
    let first = get(&app, "/", "identity").await;
    assert_eq!(first.status(), 200);
    assert!(first.text().await.unwrap().contains("make run"));
    for path in ["/verify-email", "/confirm-email", "/reset-password", "/signup"] {
        assert!(get(&app, path, "identity").await.text().await.unwrap().contains("<form "), "{path}");
    }
    for path in ["/login", "/files", "/assets/index.js"] {
        assert_eq!(get(&app, path, "identity").await.status(), 404, "{path}");
    }
}

async fn settings_of(settings: &[(&str, &str)]) -> (Value, TestApp) {
    let builder = settings.iter().fold(TestApp::builder(), |builder, (key, value)| builder.with(key, value));
    let app = builder.start().await;
    (app.anonymous().get("/config.json").await.json().await.unwrap(), app)
}

#[tokio::test]
async fn it_is_told_what_a_stranger_may_know() {
    let (settings, app) = settings_of(&[]).await;
    let folder = app.data_dir().join("mail");
    assert_eq!(
        settings,
        json!({
            "signup": {"client": "open", "ops": "invite"},
            "mailFolder": folder.to_str().unwrap(),
            "passkeyOrigin": null,
            "uploads": {"allowedExtensions": ["docx", "pptx", "xlsx"], "maxFileBytes": 5_u64 << 30},
            "sharing": {"everyClientAllowed": false},
            "trashDays": 7,
        })
    );
    // Where mail lies is of use to whoever sits at the machine, and of no concern to anybody else.
    for elsewhere in [
        [("MAIL__TRANSPORT", "log"), ("SIGNUP__CLIENT", "closed")],
        [("SERVER__PUBLIC_URL", "https://files.example.com"), ("SIGNUP__CLIENT", "closed")],
        [("SERVER__LISTEN", "0.0.0.0:8080"), ("SIGNUP__CLIENT", "closed")],
    ] {
        let (settings, _app) = settings_of(&elsewhere).await;
        let origin = (elsewhere[0].0 == "SERVER__PUBLIC_URL").then_some(elsewhere[0].1);
        assert_eq!(settings["passkeyOrigin"], json!(origin));
        assert_eq!((&settings["mailFolder"], &settings["signup"]["client"]), (&Value::Null, &json!("closed")));
    }
}

/// Whoever follows the link of an invitation does not know what role it gives.
#[tokio::test]
async fn a_sign_up_may_leave_the_role_to_the_invitation() {
    const SIGNUP: &str = "mutation($input: SignupInput!) { signup(input: $input) { email } }";
    let app = TestApp::start().await;
    let admin = app.admin("ada").await;
    let invite = "mutation { invite(role: OPS) { token } }";
    let invitation = admin.data(invite, json!({})).await["invite"]["token"].clone();
    let input = |invitation: &Value| json!({"email": "olga@example.com", "name": "Olga", "password": PASSWORD, "role": null, "invitation": invitation});
    let refused = app.anonymous().code(SIGNUP, json!({"input": input(&json!("A".repeat(43)))})).await;
    assert_eq!(refused, "INVALID_TOKEN");
    app.anonymous().data(SIGNUP, json!({"input": input(&invitation)})).await;
    let token = app.mailed_token("olga@example.com").await;
    verify(&app, &token, PASSWORD).await.data();
    let viewer = app.sign_in("olga").await.data("{ viewer { role } }", json!({})).await;
    assert_eq!(viewer["viewer"]["role"], "OPS");
    // Without an invitation it is as if nothing had been said.
    let input = json!({"email": "carl@example.com", "name": "Carl", "password": PASSWORD, "role": null});
    app.anonymous().data(SIGNUP, json!({"input": input})).await;
    let token = app.mailed_token("carl@example.com").await;
    let data = verify(&app, &token, PASSWORD).await.data();
    assert_eq!(data["verifyEmail"]["user"]["email"], "carl@example.com");
}
