//! Uploads that come in pieces count as they come.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::{DELETE_FOR_GOOD, assert_exceeded, document, limited, used_by};
use crate::harness::line::Line;
use crate::harness::tus::{self, send_a_part};

#[tokio::test]
async fn pieces_count_as_they_come_and_no_more_once_they_are_a_file() {
    let content = document();
    let limit = content.len() + 10;
    for key in ["QUOTAS__PER_USER_BYTES", "QUOTAS__TOTAL_BYTES"] {
        let app = limited(key, limit).signed_in_for_long().start().await;
        let olga = app.ops("olga").await;
        let half = content.len() / 2;
        for ending in ["done", "ended", "expired"] {
            let path = tus::create(&olga, "a.docx", content.len()).await;
            tus::add_well(&olga, &path, 0, &content[..half]).await;
            assert_eq!(used_by(&olga).await, half as u64, "{ending}");
            assert_exceeded(&olga.try_upload("b.docx", &content).await, limit);
            match ending {
                "done" => {
                    let response = tus::add_well(&olga, &path, half, &content[half..]).await;
                    assert_eq!(used_by(&olga).await, content.len() as u64);
                    let id = tus::header(response.headers(), "strongroom-file");
                    olga.data(DELETE_FOR_GOOD, json!({"id": id})).await;
                }
                "ended" => {
                    let ended = tus::request(&olga, Method::DELETE, &path).send().await.unwrap();
                    assert_eq!(ended.status(), StatusCode::NO_CONTENT);
                }
                _ => {
                    app.clock.advance_seconds(30 * 86_400);
                    app.services.sweep(false).await.unwrap();
                }
            }
            assert_eq!(used_by(&olga).await, 0, "{ending}");
        }
    }
}

#[tokio::test]
async fn what_can_never_fit_is_not_begun_and_what_came_before_the_limit_stays() {
    let content = document();
    let limit = content.len();
    let app = limited("QUOTAS__PER_USER_BYTES", limit).start().await;
    let olga = app.ops("olga").await;
    let refused = tus::creation(&olga, "large.docx", limit + 1).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::INSUFFICIENT_STORAGE);
    assert_eq!(tus::code(refused).await, "QUOTA_EXCEEDED");
    let in_the_way = olga.upload("small.docx", &crate::harness::documents::docx("small", b"")).await;
    let path = tus::create(&olga, "a.docx", limit).await;
    tus::add_well(&olga, &path, 0, &content[..limit / 2]).await;
    let refused = tus::add(&olga, &path, limit / 2, &content[limit / 2..]).await;
    assert_eq!(refused.status(), StatusCode::INSUFFICIENT_STORAGE);
    // What still had room came in.
    let offset = tus::offset(&olga, &path).await;
    assert!(offset > limit / 2 && used_by(&olga).await <= limit as u64, "{offset} of {limit}");
    olga.data(DELETE_FOR_GOOD, json!({"id": in_the_way["id"]})).await;
    tus::add_well(&olga, &path, offset, &content[offset..]).await;
    assert_eq!(used_by(&olga).await, limit as u64);
}

/// Whoever takes over from a stalled line finds what had room, and never more: while another upload of the same user is under way, so
/// that there is a row that says that something is held.
#[tokio::test]
async fn taking_over_from_a_stalled_line_again_and_again_passes_no_limit() {
    let content = document();
    let limit = content.len();
    let app = limited("QUOTAS__PER_USER_BYTES", limit).start().await;
    let olga = app.ops("olga").await;
    let token = olga.token.clone().unwrap();
    let (other, path) = (tus::create(&olga, "a.docx", limit).await, tus::create(&olga, "b.docx", limit).await);
    let mut under_way = Line::open(&app.base_url).await;
    send_a_part(&mut under_way, &token, &other, 0, limit, &content[..limit / 2]).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut offset = 0;
    for _ in 0..2 + limit / 2 / STALLED {
        let end = limit.min(offset + STALLED);
        let mut stalled = Line::open(&app.base_url).await;
        send_a_part(&mut stalled, &token, &path, offset, limit - offset, &content[offset..end]).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        offset = tus::offset(&olga, &path).await;
        assert!(used_by(&olga).await as usize <= limit / 2, "at {offset} of {limit}");
        if offset < end {
            return; // It found no room.
        }
    }
    panic!("{offset} bytes of {limit} came in beside the {} that hold their room", limit / 2);
}

/// Less than a chunk, so that what has come has no room yet when the line stalls.
const STALLED: usize = 50_000;

/// A creation that brings something with it, and fails, leaves nothing that nobody could find or end.
#[tokio::test]
async fn a_creation_that_fails_with_its_content_leaves_nothing() {
    let content = document();
    let app = limited("QUOTAS__PER_USER_BYTES", content.len()).with("STORAGE__BACKEND", "fs").start().await;
    let olga = app.ops("olga").await;
    olga.upload("small.docx", &crate::harness::documents::docx("small", b"")).await;
    let before = used_by(&olga).await;
    let creation = tus::creation(&olga, "a.docx", content.len()).header("content-type", tus::CONTENT);
    let refused = creation.body(content).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::INSUFFICIENT_STORAGE);
    app.services.sweep(true).await.unwrap();
    assert_eq!(used_by(&olga).await, before);
    assert_eq!(app.objects().len(), 1, "the one file's");
}
