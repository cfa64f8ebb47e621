//! The same checks and limits as `upload`, and checksums.

use data_encoding::BASE64;
use reqwest::StatusCode;

use super::count_files;
use crate::harness::TestApp;
use crate::harness::documents::{docx, fixture, fixtures};
use crate::harness::tus;

#[tokio::test]
async fn what_upload_refuses_is_refused() {
    let app = TestApp::builder().with("STORAGE__BACKEND", "fs").start().await;
    let ops = app.ops("olga").await;
    for name in ["a.exe", "a.pdf", "a", "a.docm"] {
        let response = tus::creation(&ops, name, 10).send().await.unwrap();
        assert_eq!(tus::code(response).await, "UNSUPPORTED_FILE_TYPE", "{name}");
    }
    let mut tried = 0;
    for name in fixtures("bad") {
        let document = fixture(&format!("bad/{name}"));
        let Some(extension) = name.rsplit('.').next().filter(|extension| ["docx", "xlsx", "pptx"].contains(extension))
        else {
            continue;
        };
        if document.is_empty() {
            continue;
        }
        tried += 1;
        let path = tus::create(&ops, &format!("a.{extension}"), document.len()).await;
        // In two halves, so that the second alone decides in many cases.
        let half = document.len() / 2;
        let mut response = tus::add(&ops, &path, 0, &document[..half]).await;
        if response.status() == StatusCode::NO_CONTENT {
            response = tus::add(&ops, &path, half, &document[half..]).await;
        }
        assert_eq!(tus::code(response).await, "UNSUPPORTED_FILE_TYPE", "{name}");
        // It could never become a file: it is over.
        assert_eq!(tus::head(&ops, &path).await.status(), StatusCode::NOT_FOUND, "{name}");
    }
    assert!(tried > 5, "{tried}");
    app.services.sweep(true).await.unwrap();
    assert!(app.objects().is_empty());
    assert_eq!(count_files(&ops).await, 0);
}

#[tokio::test]
async fn a_wrong_beginning_is_refused_before_the_rest_is_there() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let path = tus::create(&ops, "a.docx", 10_000_000).await;
    let response = tus::add(&ops, &path, 0, &[b'x'; 100_000]).await;
    assert_eq!(tus::code(response).await, "UNSUPPORTED_FILE_TYPE");
}

#[tokio::test]
async fn sizes_are_limited() {
    let app = TestApp::builder().with("UPLOADS__MAX_FILE_BYTES", "5000").start().await;
    let ops = app.ops("olga").await;
    let response = tus::creation(&ops, "a.docx", 5001).send().await.unwrap();
    assert_eq!(
        (response.status(), tus::code(response).await.as_str()),
        (StatusCode::PAYLOAD_TOO_LARGE, "FILE_TOO_LARGE")
    );
    assert_eq!(tus::code(tus::creation(&ops, "a.docx", 0).send().await.unwrap()).await, "UNSUPPORTED_FILE_TYPE");
    tus::create(&ops, "a.docx", 5000).await;
}

#[tokio::test]
async fn a_user_has_so_many_open_uploads() {
    let app = TestApp::unlimited().await;
    let (ops, other) = (app.ops("olga").await, app.ops("otto").await);
    let document = docx("many", b"");
    let first = tus::create(&ops, "a.docx", document.len()).await;
    for _ in 1..100 {
        tus::create(&ops, "a.docx", document.len()).await;
    }
    let response = tus::creation(&ops, "a.docx", document.len()).send().await.unwrap();
    assert_eq!(
        (response.status(), tus::code(response).await.as_str()),
        (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED")
    );
    tus::create(&other, "a.docx", document.len()).await;
    // One that is done is not open.
    tus::add_well(&ops, &first, 0, &document).await;
    tus::create(&ops, "a.docx", document.len()).await;
}

#[tokio::test]
async fn checksums_decide_what_counts() {
    let app = TestApp::builder().with("STORAGE__BACKEND", "fs").start().await;
    let ops = app.ops("olga").await;
    let document = docx("checksums", &[1; 100_000]);
    let path = tus::create(&ops, "a.docx", document.len()).await;
    let half = document.len() / 2;
    let sha1 = |bytes: &[u8]| {
        BASE64.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref())
    };
    let sha256 = |bytes: &[u8]| BASE64.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref());

    let wrong =
        tus::addition(&ops, &path, 0, &document[..half]).header("upload-checksum", format!("sha1 {}", sha1(b"other")));
    let wrong = wrong.send().await.unwrap();
    assert_eq!((wrong.status().as_u16(), tus::code(wrong).await.as_str()), (460, "BAD_USER_INPUT"));
    assert_eq!(tus::offset(&ops, &path).await, 0);
    assert!(app.objects().len() <= 1, "what is given back goes at once or soon");
    for unknown in ["md5 AAAA", "sha1", "sha1 !!!", ""] {
        let response =
            tus::addition(&ops, &path, 0, &document[..half]).header("upload-checksum", unknown).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{unknown}");
    }
    for (begin, end, checksum) in [
        (0, half, format!("sha1 {}", sha1(&document[..half]))),
        (half, document.len(), format!("sha256 {}", sha256(&document[half..]))),
    ] {
        let addition = tus::addition(&ops, &path, begin, &document[begin..end]).header("upload-checksum", checksum);
        assert_eq!(addition.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    }
    assert_eq!(count_files(&ops).await, 1);
}
