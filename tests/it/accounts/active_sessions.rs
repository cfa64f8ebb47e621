//! Looking at one's sessions, ending one of them, and how soon that is seen everywhere.

use reqwest::Method;
use reqwest::header::USER_AGENT;
use serde_json::{Value, json};

use super::{LOGIN, refresh, session_of, viewer_code};
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::{Client, PASSWORD};
use crate::harness::surreal_server::{self, SurrealServer};

const SESSIONS: &str = "query($first: Int, $after: String) { activeSessions(first: $first, after: $after) {
    nodes { id device createdAt lastUsedAt expiresAt isCurrent } totalCount pageInfo { hasNextPage endCursor } } }";
const REVOKE: &str = "mutation($id: ID!) { revokeSession(id: $id) }";
/// By then every instance has noticed.
const NOTICED_AFTER_SECONDS: u64 = 5;

/// Signs in with a device of this name.
async fn sign_in_from(app: &TestApp, name: &str, device: &str) -> Client {
    let anonymous = app.anonymous();
    let body = json!({"query": LOGIN, "variables": {"input": {"email": email_of(name), "password": PASSWORD}}});
    let request = anonymous.request(Method::POST, "/graphql").header(USER_AGENT, device).json(&body);
    let session = Client::reply(request).await.data()["login"].clone();
    anonymous.with_token(session["accessToken"].as_str().unwrap())
}

async fn sessions(client: &Client) -> Vec<Value> {
    client.data(SESSIONS, json!({})).await["activeSessions"]["nodes"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_user_sees_its_own_sessions_latest_first() {
    let app = TestApp::start().await;
    app.client("carl").await;
    app.client("dora").await;
    app.clock.advance_seconds(100);
    let phone = sign_in_from(&app, "carl", "Phone 7").await;
    app.clock.advance_seconds(100);
    let laptop = sign_in_from(&app, "carl", &format!("Laptop\u{a0}{}", "x".repeat(500))).await;
    app.clock.advance_seconds(90);
    let seen = sessions(&phone).await;
    assert_eq!(seen.len(), 3, "the one of the confirmation, and these two");
    assert_eq!(seen[1]["device"], "Phone 7");
    assert_eq!((&seen[0]["isCurrent"], &seen[1]["isCurrent"]), (&json!(false), &json!(true)));
    assert_eq!(seen[1]["createdAt"], "2026-11-21T09:31:40Z");
    assert_eq!(seen[1]["expiresAt"], "2026-12-21T09:31:40Z");
    // The use that is shown was noted on the way; what is newer than a minute is not written again.
    assert_eq!(sessions(&phone).await[1]["lastUsedAt"], "2026-11-21T09:34:50Z");
    assert_eq!(seen[0]["lastUsedAt"], "2026-11-21T09:33:20Z");
    assert!(seen[0]["device"].as_str().unwrap().chars().count() <= 200, "{}", seen[0]["device"]);
    drop(laptop);

    let page = phone.data(SESSIONS, json!({"first": 2})).await["activeSessions"].clone();
    assert_eq!((&page["totalCount"], &page["pageInfo"]["hasNextPage"]), (&json!(3), &json!(true)));
    let rest = phone.data(SESSIONS, json!({"first": 2, "after": page["pageInfo"]["endCursor"]})).await;
    assert_eq!(rest["activeSessions"]["nodes"].as_array().unwrap().len(), 1);
    // Expired ones are there no more, swept or not.
    app.clock.advance_seconds(2_592_000 - 190);
    let fresh = app.sign_in("carl").await;
    assert_eq!(sessions(&fresh).await.len(), 2, "of four, two have expired");
}

#[tokio::test]
async fn a_user_ends_one_of_its_own_sessions_and_nobody_elses() {
    let app = TestApp::start().await;
    let dora = app.client("dora").await;
    app.client("carl").await;
    let (here, there) = (session_of(&app, "carl").await, session_of(&app, "carl").await);
    let carl = Client::new(&app.base_url, here["accessToken"].as_str());
    let theirs = Client::new(&app.base_url, there["accessToken"].as_str());
    let current =
        |sessions: Vec<Value>| sessions.into_iter().find(|session| session["isCurrent"] == true).unwrap()["id"].clone();
    let (id, of_dora) = (current(sessions(&theirs).await), current(sessions(&dora).await));
    for wrong in [&of_dora, &json!("session_aaaaaaaaaaaaaaaaaaaaaaaaaa"), &json!("user_x"), &json!("")] {
        assert_eq!(carl.code(REVOKE, json!({"id": wrong})).await, "NOT_FOUND", "{wrong}");
    }
    assert_eq!(carl.data(REVOKE, json!({"id": id})).await["revokeSession"], true);
    assert_eq!(viewer_code(&app, &there["accessToken"]).await, "UNAUTHENTICATED");
    assert_eq!(refresh(&app, &there["refreshToken"]).await.code(), "INVALID_TOKEN");
    assert_eq!(viewer_code(&app, &here["accessToken"]).await, "");
    assert_eq!(carl.code(REVOKE, json!({"id": id})).await, "NOT_FOUND");
    assert_eq!(dora.code("{ viewer { id } }", json!({})).await, "");
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_are_forgiven_once() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let first = session_of(&app, "carl").await;
    let one_tab = refresh(&app, &first["refreshToken"]).await.data()["refresh"].clone();
    app.clock.advance_seconds(5);
    let other_tab = refresh(&app, &first["refreshToken"]).await.data()["refresh"].clone();
    assert_ne!(one_tab["refreshToken"], other_tab["refreshToken"]);
    // Both tabs go on, each with its own.
    for tab in [&one_tab, &other_tab] {
        assert_eq!(refresh(&app, &tab["refreshToken"]).await.code(), "");
    }
    // A third use is no tab.
    assert_eq!(refresh(&app, &first["refreshToken"]).await.code(), "INVALID_TOKEN");
    assert_eq!(viewer_code(&app, &one_tab["accessToken"]).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_second_use_after_some_seconds_is_not_forgiven() {
    let app = TestApp::start().await;
    app.client("carl").await;
    let first = session_of(&app, "carl").await;
    let next = refresh(&app, &first["refreshToken"]).await.data()["refresh"].clone();
    app.clock.advance_seconds(11);
    assert_eq!(refresh(&app, &first["refreshToken"]).await.code(), "INVALID_TOKEN");
    assert_eq!(refresh(&app, &next["refreshToken"]).await.code(), "INVALID_TOKEN");
}

#[tokio::test]
async fn a_guess_at_anothers_session_is_not_noted_as_its_use() {
    let app = TestApp::start().await;
    let carl = app.client("carl").await;
    let id = sessions(&carl).await[0]["id"].as_str().unwrap().trim_start_matches("session_").to_owned();
    app.clock.advance_seconds(100);
    let guess = app.anonymous().request(Method::POST, "/graphql").json(&json!({"query": "{ viewer { id } }"}));
    let cookie = format!("strongroom={id}.{}", "A".repeat(43));
    let guess = guess.header("cookie", cookie).header("GraphQL-Require-Preflight", "1");
    assert_eq!(Client::reply(guess).await.code(), "UNAUTHENTICATED");
    let other = app.sign_in("carl").await;
    assert_eq!(sessions(&other).await[1]["lastUsedAt"], "2026-11-21T09:30:00Z");
}

/// Two servers over one database: what one ends, the other believes for less than five seconds more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ended_elsewhere_ends_here_within_five_seconds() {
    let database = SurrealServer::start("memory").await;
    let on_it = |builder: crate::harness::app::TestAppBuilder| {
        builder
            .with("DATABASE__URL", &database.url())
            .with("DATABASE__USERNAME", surreal_server::USER)
            .with("DATABASE__PASSWORD", surreal_server::PASSWORD)
    };
    let one = on_it(TestApp::builder()).start().await;
    let other = on_it(TestApp::builder())
        .with("SERVER__PUBLIC_URL", &one.base_url)
        .with("KEYS__FILE", one.data_dir().join("keys").to_str().unwrap())
        .start()
        .await;
    one.client("carl").await;
    let session = session_of(&one, "carl").await;
    let token = session["accessToken"].as_str();
    let (here, there) = (Client::new(&one.base_url, token), Client::new(&other.base_url, token));
    assert_eq!(there.code("{ viewer { id } }", json!({})).await, "");
    here.data("mutation { logout }", json!({})).await;
    assert_eq!(here.code("{ viewer { id } }", json!({})).await, "UNAUTHENTICATED", "at once where it was ended");
    for app in [&one, &other] {
        app.clock.advance_seconds(NOTICED_AFTER_SECONDS);
    }
    assert_eq!(there.code("{ viewer { id } }", json!({})).await, "UNAUTHENTICATED");
}
