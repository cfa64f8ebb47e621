//! What the specification of tus 1.0 asks of a server, header by header.

use reqwest::{Method, StatusCode};

use super::{content, count_files, file};
use crate::harness::TestApp;
use crate::harness::documents::{docx, sha256};
use crate::harness::tus;

#[tokio::test]
async fn the_server_says_what_it_can() {
    let app = TestApp::builder().with("UPLOADS__MAX_FILE_BYTES", "12345").start().await;
    for path in ["/uploads", "/uploads/anything"] {
        let response = app.anonymous().request(Method::OPTIONS, path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        for (name, value) in [
            ("tus-resumable", "1.0.0"),
            ("tus-version", "1.0.0"),
            ("tus-max-size", "12345"),
            ("tus-extension", "creation,creation-with-upload,checksum,expiration,termination"),
            ("tus-checksum-algorithm", "sha1,sha256"),
        ] {
            assert_eq!(tus::header(response.headers(), name), value, "{name}");
        }
    }
}

#[tokio::test]
async fn an_upload_in_one_request_after_its_creation() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let document = docx("in one", &[7; 200_000]);
    let path = tus::create(&ops, "Report.docx", document.len()).await;
    let response = tus::add_well(&ops, &path, 0, &document).await;
    assert_eq!(tus::header(response.headers(), "tus-resumable"), "1.0.0");
    let id = tus::header(response.headers(), "strongroom-file");
    let found = file(&ops, &id).await;
    assert_eq!(found["name"], "Report.docx");
    assert_eq!(found["size"], document.len());
    assert_eq!(found["sha256"], sha256(&document));
    assert_eq!(content(&ops, &id).await, document);
    // Whoever missed the answer learns it from the next.
    let head = tus::head(&ops, &path).await;
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(tus::header(head.headers(), "strongroom-file"), id);
    assert_eq!(tus::header(head.headers(), "upload-offset"), document.len().to_string());
    assert_eq!(tus::header(head.headers(), "cache-control"), "no-store");
    let again = tus::add(&ops, &path, document.len(), b"more").await;
    assert_eq!((again.status(), tus::code(again).await.as_str()), (StatusCode::CONFLICT, "CONFLICT"));
    assert_eq!(count_files(&ops).await, 1);
}

#[tokio::test]
async fn an_upload_with_its_creation() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let document = docx("with creation", b"");
    for first in [document.len(), 100, 0] {
        let response = tus::creation(&ops, "a.docx", document.len())
            .header("content-type", "application/offset+octet-stream")
            .body(document[..first].to_vec())
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(tus::header(response.headers(), "upload-offset"), first.to_string());
        let path = tus::header(response.headers(), "location");
        let is_whole = first == document.len();
        assert_eq!(tus::header(response.headers(), "strongroom-file").is_empty(), !is_whole);
        if !is_whole {
            assert!(tus::header(response.headers(), "upload-expires").ends_with(" GMT"));
            tus::add_well(&ops, &path, first, &document[first..]).await;
        }
    }
    assert_eq!(count_files(&ops).await, 3);
}

#[tokio::test]
async fn what_is_not_as_the_protocol_has_it_is_refused() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let document = docx("refused", b"");
    let path = tus::create(&ops, "a.docx", document.len()).await;

    for method in [Method::POST, Method::HEAD, Method::PATCH, Method::DELETE] {
        let target = if method == Method::POST { "/uploads" } else { path.as_str() };
        let response = ops.request(method.clone(), target).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::PRECONDITION_FAILED, "{method} without a version");
        assert_eq!(tus::header(response.headers(), "tus-version"), "1.0.0");
        let response = ops.request(method, target).header("tus-resumable", "0.2.2").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::PRECONDITION_FAILED);
        if target == "/uploads" {
            assert_eq!(tus::code(response).await, "BAD_USER_INPUT");
        }
    }
    let creations = [
        tus::request(&ops, Method::POST, "/uploads").header("upload-metadata", "filename YS5kb2N4"),
        tus::request(&ops, Method::POST, "/uploads").header("upload-length", "10"),
        tus::request(&ops, Method::POST, "/uploads")
            .header("upload-defer-length", "1")
            .header("upload-metadata", "filename YS5kb2N4"),
        tus::creation(&ops, "", 10),
        tus::creation(&ops, "../a.docx", 10),
    ];
    for creation in creations {
        let response = creation.send().await.unwrap();
        assert_eq!(
            (response.status(), tus::code(response).await.as_str()),
            (StatusCode::BAD_REQUEST, "BAD_USER_INPUT")
        );
    }
    let wrong_type = tus::request(&ops, Method::PATCH, &path).header("upload-offset", "0").body(document.clone());
    let wrong_type = wrong_type.send().await.unwrap();
    assert_eq!(
        (wrong_type.status(), tus::code(wrong_type).await.as_str()),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_FILE_TYPE")
    );
    let no_offset =
        tus::request(&ops, Method::PATCH, &path).header("content-type", "application/offset+octet-stream").body("a");
    assert_eq!(no_offset.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    for offset in [1, document.len()] {
        assert_eq!(tus::add(&ops, &path, offset, b"a").await.status(), StatusCode::CONFLICT);
    }
    let too_much = tus::add(&ops, &path, 0, &[document.as_slice(), b"x"].concat()).await;
    assert_eq!(
        (too_much.status(), tus::code(too_much).await.as_str()),
        (StatusCode::PAYLOAD_TOO_LARGE, "FILE_TOO_LARGE")
    );
    assert_eq!(tus::offset(&ops, &path).await, 0);
    let get = tus::request(&ops, Method::GET, &path).send().await.unwrap();
    assert_eq!(get.status(), StatusCode::METHOD_NOT_ALLOWED);
    // And after all this it is still good.
    tus::add_well(&ops, &path, 0, &document).await;
    assert_eq!(count_files(&ops).await, 1);
}

#[tokio::test]
async fn a_post_can_stand_for_another_method() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let document = docx("overridden", b"");
    let path = tus::create(&ops, "a.docx", document.len()).await;
    let response = tus::request(&ops, Method::POST, &path)
        .header("x-http-method-override", "PATCH")
        .header("upload-offset", 0)
        .header("content-type", "application/offset+octet-stream")
        .body(document)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(count_files(&ops).await, 1);
}

#[tokio::test]
async fn an_upload_that_is_ended_leaves_nothing() {
    let app = TestApp::builder().with("STORAGE__BACKEND", "fs").start().await;
    let ops = app.ops("olga").await;
    let document = docx("ended", &[1; 100_000]);
    let path = tus::create(&ops, "a.docx", document.len()).await;
    tus::add_well(&ops, &path, 0, &document[..70_000]).await;
    assert_eq!(app.objects().len(), 1);
    let response = tus::request(&ops, Method::DELETE, &path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(tus::head(&ops, &path).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(tus::add(&ops, &path, 70_000, &document[70_000..]).await.status(), StatusCode::NOT_FOUND);
    app.services.sweep(true).await.unwrap();
    assert!(app.objects().is_empty());
    // A file that an upload has become stays.
    let path = tus::create(&ops, "a.docx", document.len()).await;
    tus::add_well(&ops, &path, 0, &document).await;
    let response = tus::request(&ops, Method::DELETE, &path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    app.services.sweep(true).await.unwrap();
    assert_eq!((app.objects().len(), count_files(&ops).await), (1, 1));
}

#[tokio::test]
async fn an_upload_that_gets_nothing_expires() {
    let app = TestApp::builder()
        .with("STORAGE__BACKEND", "fs")
        .with("UPLOADS__TRANSFER_TTL_SECONDS", "1000")
        .with("AUTH__ACCESS_TOKEN_TTL_SECONDS", "86400")
        .start()
        .await;
    let ops = app.ops("olga").await;
    let document = docx("expires", &[1; 100_000]);
    let path = tus::create(&ops, "a.docx", document.len()).await;
    app.clock.advance_seconds(900);
    let added = tus::add_well(&ops, &path, 0, &document[..70_000]).await;
    assert_eq!(tus::header(added.headers(), "upload-expires"), "Sat, 21 Nov 2026 10:01:40 GMT");
    // What came put it off; staging leases, which are shorter here, have nothing to do with it.
    app.clock.advance_seconds(900);
    app.services.sweep(true).await.unwrap();
    assert_eq!(tus::offset(&ops, &path).await, 70_000);
    app.clock.advance_seconds(100);
    assert_eq!(tus::head(&ops, &path).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(tus::add(&ops, &path, 70_000, &document[70_000..]).await.status(), StatusCode::NOT_FOUND);
    app.services.sweep(true).await.unwrap();
    assert!(app.objects().is_empty());
}
