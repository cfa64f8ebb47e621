//! An upload belongs to whoever began it, outlives the access token, and does not outlive the rights.

use std::time::{Duration, Instant};

use reqwest::{Method, Response, StatusCode};
use serde_json::json;

use super::count_files;
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::client::Client;
use crate::harness::documents::docx;
use crate::harness::tus;
use crate::policy_matrix::{shipped_model, shipped_policy};

#[tokio::test]
async fn an_upload_is_its_owners_alone() {
    let app = TestApp::start().await;
    let (ops, other) = (app.ops("olga").await, app.ops("otto").await);
    let (client, admin) = (app.client("clara").await, app.admin("adam").await);
    let document = docx("mine", b"");
    let path = tus::create(&ops, "a.docx", document.len()).await;
    for (who, status, code) in [
        (&app.anonymous(), StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"),
        (&ops.with_token("nonsense"), StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"),
        (&client, StatusCode::FORBIDDEN, "FORBIDDEN"),
        (&admin, StatusCode::FORBIDDEN, "FORBIDDEN"),
        (&other, StatusCode::NOT_FOUND, "NOT_FOUND"),
    ] {
        assert_eq!(tus::head(who, &path).await.status(), status);
        let added = tus::add(who, &path, 0, &document).await;
        assert_eq!((added.status(), tus::code(added).await.as_str()), (status, code));
        let ended = tus::request(who, Method::DELETE, &path).send().await.unwrap();
        assert_eq!((ended.status(), tus::code(ended).await.as_str()), (status, code));
        if code != "NOT_FOUND" {
            let created = tus::creation(who, "a.docx", 10).send().await.unwrap();
            assert_eq!((created.status(), tus::code(created).await.as_str()), (status, code));
        }
    }
    for unknown in ["/uploads/nonsense", "/uploads/aaaaaaaaaaaaaaaaaaaaaaaaaa", "/uploads/%ff"] {
        assert_eq!(tus::head(&ops, unknown).await.status(), StatusCode::NOT_FOUND, "{unknown}");
    }
    tus::add_well(&ops, &path, 0, &document).await;
}

#[tokio::test]
async fn a_cookie_needs_a_header_that_no_form_can_send_and_that_of_tus_is_one() {
    let app = TestApp::start().await;
    app.ops("olga").await;
    let input = json!({"email": email_of("olga"), "password": crate::harness::client::PASSWORD});
    let login = app
        .anonymous()
        .request(Method::POST, "/graphql")
        .header("x-requested-with", "page")
        .json(&json!({"query": crate::harness::client::LOGIN, "variables": {"input": input}}))
        .send()
        .await
        .unwrap();
    let cookie = tus::header(login.headers(), "set-cookie").split(';').next().unwrap().to_owned();
    assert!(cookie.contains('='));
    let created = tus::creation(&app.anonymous(), "a.docx", 10).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(created.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn an_upload_goes_on_with_the_next_access_token() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let document = docx("long", &[1; 100_000]);
    let path = tus::create(&ops, "a.docx", document.len()).await;
    tus::add_well(&ops, &path, 0, &document[..50_000]).await;
    app.clock.advance_seconds(901);
    assert_eq!(tus::head(&ops, &path).await.status(), StatusCode::UNAUTHORIZED);
    let again = app.sign_in("olga").await;
    assert_eq!(tus::offset(&again, &path).await, 50_000);
    tus::add_well(&again, &path, 50_000, &document[50_000..]).await;
}

/// What is answered to the last request of an upload when `meanwhile` is done after it was let in, and before its end.
async fn answer_to_the_last_request(app: &TestApp, ops: &Client, meanwhile: impl Future<Output = ()>) -> Response {
    let document = docx("rights", &vec![1; 3 << 20]);
    let (first, rest) = document.split_at(1000);
    let (most, last) = rest.split_at(2 << 20);
    let path = tus::create(ops, "a.docx", document.len()).await;
    tus::add_well(ops, &path, 0, first).await;
    let finished = app.objects().len();
    let (more, body) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    let stream = futures_util::stream::unfold(body, async |mut body| body.recv().await.map(|part| (part, body)));
    let request = tus::request(ops, Method::PATCH, &path)
        .header("upload-offset", first.len())
        .header("content-type", "application/offset+octet-stream")
        .body(reqwest::Body::wrap_stream(stream));
    let sending = tokio::spawn(request.send());
    more.send(Ok(most.to_vec())).await.unwrap();
    let begun = Instant::now();
    while app.objects().len() == finished {
        assert!(begun.elapsed() < Duration::from_secs(20), "nothing of it is written");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    meanwhile.await;
    more.send(Ok(last.to_vec())).await.unwrap();
    drop(more);
    sending.await.unwrap().unwrap()
}

#[tokio::test]
async fn who_is_disabled_meanwhile_stores_nothing() {
    let app = TestApp::builder().on_disk(None).start().await;
    let (ops, admin) = (app.ops("olga").await, app.admin("adam").await);
    let id = ops.data("{ viewer { id } }", json!({})).await["viewer"]["id"].clone();
    let disable = async || {
        admin.data("mutation($id: ID!) { disableUser(id: $id) { id } }", json!({"id": id})).await;
    };
    let response = answer_to_the_last_request(&app, &ops, disable()).await;
    assert_eq!((response.status(), tus::code(response).await.as_str()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
    assert_eq!(count_files(&admin).await, 0);
}

/// Nothing of the account has changed: only the policy says that it may no longer upload.
#[tokio::test]
async fn the_policy_is_asked_again_at_the_end() {
    let policies = tempfile::tempdir().unwrap();
    let (shipped, line) = (shipped_policy(), "p, OPS, file, upload, none\n");
    assert!(shipped.contains(line));
    std::fs::write(policies.path().join("model.conf"), shipped_model()).unwrap();
    std::fs::write(policies.path().join("policy.csv"), &shipped).unwrap();
    let builder = TestApp::builder().on_disk(None).with("POLICY__DIR", policies.path().to_str().unwrap());
    let app = builder.start().await;
    let ops = app.ops("olga").await;
    let allowed = answer_to_the_last_request(&app, &ops, async {}).await;
    assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
    assert_eq!(count_files(&ops).await, 1);

    let forbid = async || {
        std::fs::write(policies.path().join("policy.csv"), shipped.replace(line, "")).unwrap();
        app.services.reload_policy_if_changed().await;
    };
    let response = answer_to_the_last_request(&app, &ops, forbid()).await;
    assert_eq!((response.status(), tus::code(response).await.as_str()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
    assert_eq!(count_files(&ops).await, 1);
}
