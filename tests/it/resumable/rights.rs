//! An upload belongs to whoever began it, outlives the access token, and does not outlive the rights.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::count_files;
use crate::harness::TestApp;
use crate::harness::app::email_of;
use crate::harness::documents::docx;
use crate::harness::tus;

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

#[tokio::test]
async fn rights_are_asked_again_at_the_end() {
    let app = TestApp::start().await;
    let (ops, admin) = (app.ops("olga").await, app.admin("adam").await);
    let document = docx("rights", &[1; 100_000]);
    let path = tus::create(&ops, "a.docx", document.len()).await;
    tus::add_well(&ops, &path, 0, &document[..50_000]).await;

    // The last request is on its way when the account is disabled.
    let (mut more, body) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    let stream = futures_util::stream::unfold(body, async |mut body| body.recv().await.map(|part| (part, body)));
    let request = tus::request(&ops, Method::PATCH, &path)
        .header("upload-offset", 50_000)
        .header("content-type", "application/offset+octet-stream")
        .body(reqwest::Body::wrap_stream(stream));
    let sending = tokio::spawn(request.send());
    more.send(Ok(document[50_000..90_000].to_vec())).await.unwrap();
    let id = ops.data("{ viewer { id } }", json!({})).await["viewer"]["id"].clone();
    admin.data("mutation($id: ID!) { disableUser(id: $id) { id } }", json!({"id": id})).await;
    more.send(Ok(document[90_000..].to_vec())).await.unwrap();
    more = tokio::sync::mpsc::channel(1).0;
    let response = sending.await.unwrap().unwrap();
    assert_eq!((response.status(), tus::code(response).await.as_str()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
    drop(more);
    assert_eq!(count_files(&admin).await, 0);
}
