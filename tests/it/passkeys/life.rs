//! From the first passkey to the last.

use reqwest::Method;
use reqwest::header::SET_COOKIE;
use serde_json::{Value, json};

use super::{BEGIN, LOGIN, REMOVE, added, begin_login, list, login_code, signed_in, try_login};
use crate::administration::{DELETE_USER, DISABLE, ENABLE, id_of};
use crate::harness::app::email_of;
use crate::harness::authenticator::Ceremony;
use crate::harness::client::{Client, PASSWORD};
use crate::second_factor::notices;

const VIEWER: &str = "{ viewer { email } }";

#[tokio::test]
async fn a_passkey_is_added_signs_in_and_is_removed() {
    let app = super::app().await;
    let (ada, carl) = (app.admin("ada").await, app.client("carl").await);
    assert_eq!(list(&carl).await, Vec::<Value>::new());
    let (mut phone, view) = added(&app, &carl, " Carl's phone ").await;
    let expected =
        json!({"id": view["id"], "name": "Carl's phone", "createdAt": "2026-11-21T09:30:00Z", "lastUsedAt": null});
    assert_eq!(view, expected);
    assert_eq!(list(&carl).await, [expected]);
    assert!(notices(&app, "carl").await.iter().any(|mail| mail.contains("A passkey was added")));

    app.clock.advance_seconds(60);
    let by_phone = signed_in(&app, &mut phone).await;
    assert_eq!(by_phone.data(VIEWER, json!({})).await["viewer"]["email"], "carl@example.com");
    assert_eq!(list(&carl).await[0]["lastUsedAt"], "2026-11-21T09:31:00Z");

    app.clock.advance_seconds(60);
    let (mut key, second) = added(&app, &by_phone, "Security key").await;
    let by_key = signed_in(&app, &mut key).await;
    let names: Vec<_> = list(&carl).await.iter().map(|passkey| passkey["name"].clone()).collect();
    assert_eq!(names, ["Carl's phone", "Security key"]);
    app.clock.advance_seconds(1);

    // What the lost phone has begun ends with it, and nothing else does.
    let remove = |passkey: &Value, password: &str| json!({"id": passkey["id"], "p": password});
    assert_eq!(carl.code(REMOVE, remove(&view, "wrong-horse-battery-9")).await, "INVALID_CREDENTIALS");
    assert_eq!(list(&carl).await.len(), 2);
    assert_eq!(carl.data(REMOVE, remove(&view, PASSWORD)).await["removePasskey"], true);
    assert_eq!(by_phone.code(VIEWER, json!({})).await, "UNAUTHENTICATED");
    for other in [&carl, &by_key] {
        assert_eq!(other.code(VIEWER, json!({})).await, "");
    }
    assert_eq!(login_code(&app, &mut phone).await, "INVALID_CREDENTIALS");
    assert_eq!(carl.code(REMOVE, remove(&view, PASSWORD)).await, "NOT_FOUND");
    // Whoever removes the one it came with is not thrown out.
    app.clock.advance_seconds(1);
    assert_eq!(by_key.data(REMOVE, remove(&second, PASSWORD)).await["removePasskey"], true);
    assert_eq!(by_key.code(VIEWER, json!({})).await, "");
    assert_eq!(login_code(&app, &mut key).await, "INVALID_CREDENTIALS");
    let told = notices(&app, "carl").await;
    assert_eq!(told.iter().filter(|mail| mail.contains("A passkey was removed")).count(), 2);

    let query = "query($of: String) { auditEvents(first: 100, filter: {actor: $of}) { nodes { action object detail address } } }";
    let data = ada.data(query, json!({"of": id_of(&carl).await})).await;
    let events: Vec<Value> = data["auditEvents"]["nodes"].as_array().unwrap().iter().rev().cloned().collect();
    let of_passkeys: Vec<_> = events
        .iter()
        .filter(|event| event["action"].as_str().unwrap().starts_with("passkey."))
        .map(|event| (event["action"].as_str().unwrap(), event["object"].as_str().unwrap()))
        .collect();
    let (first, second) = (view["id"].as_str().unwrap(), second["id"].as_str().unwrap());
    let expected =
        [("passkey.added", first), ("passkey.added", second), ("passkey.removed", first), ("passkey.removed", second)];
    assert_eq!(of_passkeys, expected);
    let begun = events.iter().filter(|event| event["action"] == "session.begun" && event["detail"].is_string());
    assert_eq!(begun.map(|event| event["detail"].as_str().unwrap()).collect::<Vec<_>>(), [first, second]);
    assert!(events.iter().all(|event| event["address"] == "127.0.0.1"), "{events:?}");
}

/// As for a login with a password: for a page that asks, and for nobody else.
#[tokio::test]
async fn a_page_gets_its_session_in_a_cookie() {
    let app = super::app().await;
    let carl = app.client("carl").await;
    let (mut phone, _) = added(&app, &carl, "Phone").await;
    for asks in [true, false] {
        let question = begin_login(&app.anonymous()).await;
        let answer = phone.sign_in(&Ceremony::of_sign_in(&question.options, &app.base_url));
        let body = json!({"query": LOGIN, "variables": {"s": question.state, "c": answer.to_string()}});
        let mut request = app.anonymous().request(Method::POST, "/graphql").json(&body);
        if asks {
            request = request.header("GraphQL-Require-Preflight", "1");
        }
        let reply = request.send().await.unwrap();
        let cookie = reply.headers().get(SET_COOKIE).map(|cookie| cookie.to_str().unwrap().to_owned());
        assert_eq!(cookie.is_some(), asks, "{cookie:?}");
        let Some(cookie) = cookie else { continue };
        let pair = cookie.split(';').next().unwrap();
        let viewer = app.anonymous().request(Method::POST, "/graphql").json(&json!({"query": VIEWER}));
        let viewer = viewer.header("cookie", pair).header("GraphQL-Require-Preflight", "1");
        assert_eq!(Client::reply(viewer).await.data()["viewer"]["email"], "carl@example.com");
    }
}

/// A passkey is a way in of its own: a second factor is not asked for besides, and a new password or address leaves it.
#[tokio::test]
async fn it_outlives_what_else_is_changed() {
    let app = super::app().await;
    let carl = app.client("carl").await;
    let (mut phone, _) = added(&app, &carl, "Phone").await;
    let carl = crate::second_factor::enrol(&app, &carl).await.client;
    assert_eq!(login_code(&app, &mut phone).await, "");

    let change =
        "mutation($p: String!, $n: String!) { changePassword(currentPassword: $p, newPassword: $n) { accessToken } }";
    carl.data(change, json!({"p": PASSWORD, "n": "a-quiet-library-on-monday"})).await;
    let by_phone = signed_in(&app, &mut phone).await;
    let ask = "mutation($e: String!) { requestPasswordReset(email: $e) }";
    app.anonymous().data(ask, json!({"e": email_of("carl")})).await;
    app.services.deliver_due_mails().await.unwrap();
    let token = app.mailed_token(&email_of("carl")).await;
    let reset = "mutation($t: String!, $p: String!) { resetPassword(token: $t, newPassword: $p) }";
    app.anonymous().data(reset, json!({"t": token, "p": PASSWORD})).await;
    app.clock.advance_seconds(5);
    assert_eq!(by_phone.code(VIEWER, json!({})).await, "UNAUTHENTICATED", "sessions end with the old password");
    assert_eq!(login_code(&app, &mut phone).await, "", "the passkey stays");
    let mails = crate::accounts::mails(&app, &email_of("carl")).await;
    let told =
        mails.iter().any(|mail| mail.contains("was changed just now") && mail.contains("look through your passkeys"));
    assert!(told, "and whoever chose a new password is told so");
}

#[tokio::test]
async fn whoever_is_disabled_or_gone_does_not_get_in() {
    let app = super::app().await;
    let (ada, carl) = (app.admin("ada").await, app.client("carl").await);
    let id = id_of(&carl).await;
    let (mut phone, _) = added(&app, &carl, "Phone").await;
    ada.data(DISABLE, json!({"id": id})).await;
    let refused = super::said(&try_login(&app, &mut phone).await);
    assert_eq!(refused[1], "INVALID_CREDENTIALS");
    ada.data(ENABLE, json!({"id": id})).await;
    assert_eq!(login_code(&app, &mut phone).await, "");
    ada.data(DELETE_USER, json!({"id": id, "files": {"delete": true}})).await;
    assert_eq!(super::said(&try_login(&app, &mut phone).await), refused);
    // Nothing of the account is left that would keep the credential from another one.
    let dora = app.client("dora").await;
    let question = super::begin(&dora).await;
    let answer = phone.register(&Ceremony::of_registration(&question.options, &app.base_url));
    assert_eq!(super::add(&dora, &question.state, &answer, "Phone").await.code(), "");
}

/// Browsers keep passkeys for names, over https or on their own machine.
#[tokio::test]
async fn where_browsers_keep_none_it_is_said() {
    for public_url in ["http://127.0.0.1:8080", "http://files.example.com", "https://192.0.2.7"] {
        let app = crate::harness::TestApp::builder().with("SERVER__PUBLIC_URL", public_url).start().await;
        let carl = app.client("carl").await;
        let begun = carl.send(BEGIN, json!({"p": PASSWORD})).await;
        assert_eq!(begun.code(), "CONFLICT", "{public_url}");
        assert!(begun.body["errors"][0]["message"].as_str().unwrap().contains("http://localhost"), "{}", begun.body);
        assert_eq!(carl.code(super::BEGIN_LOGIN, json!({})).await, "CONFLICT");
        assert_eq!(carl.code(LOGIN, json!({"s": "x", "c": "x"})).await, "CONFLICT");
        assert_eq!(carl.code(super::ADD, json!({"s": "x", "c": "x", "n": "x"})).await, "CONFLICT");
        assert_eq!(list(&carl).await.len(), 0);
    }
}
