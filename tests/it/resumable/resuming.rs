//! Going on after a line that broke, in pieces of whatever size.

use std::time::Duration;

use reqwest::StatusCode;

use super::{content, count_files};
use crate::harness::TestApp;
use crate::harness::app::files_below;
use crate::harness::documents::{docx, sha256};
use crate::harness::find::holds;
use crate::harness::line::Line;
use crate::harness::tus::{self, send_a_part};

#[tokio::test]
async fn pieces_of_every_size_make_the_file() {
    let app = TestApp::builder().with("STORAGE__BACKEND", "fs").start().await;
    let ops = app.ops("olga").await;
    let padding: Vec<u8> = (0..400_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let document = docx("pieces", &padding);
    // Around the length of a chunk, and of a block of SHA-256.
    let cuts = [1, 64, 65, 128, 65_536, 65_537, 131_073, 262_145, 262_146, document.len()];
    let path = tus::create(&ops, "a.docx", document.len()).await;
    let mut begin = 0;
    let mut id = String::new();
    for end in cuts {
        assert_eq!(tus::offset(&ops, &path).await, begin);
        let response = tus::add_well(&ops, &path, begin, &document[begin..end]).await;
        id = tus::header(response.headers(), "strongroom-file");
        assert_eq!(id.is_empty(), end < document.len());
        begin = end;
    }
    assert_eq!(app.objects().len(), cuts.len(), "each request is a piece");
    assert_eq!(super::file(&ops, &id).await["sha256"], sha256(&document));
    assert_eq!(content(&ops, &id).await, document);
    // Ranges within a piece, over the border of two, over several, and to the end.
    let link = ops.link(&serde_json::json!({"id": id})).await;
    for (first, last) in [
        (0, 0),
        (1, 1),
        (0, 1),
        (63, 64),
        (60, 70_000),
        (65_536, 65_536),
        (262_144, 262_146),
        (100, document.len() - 1),
    ] {
        let range = format!("bytes={first}-{last}");
        let response = ops.request(reqwest::Method::GET, &link).header("range", &range).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT);
        assert!(response.bytes().await.unwrap() == document[first..=last], "{range}");
    }
    // Deleted, nothing of it stays.
    ops.data("mutation($id: ID!) { deleteFile(id: $id, permanently: true) }", serde_json::json!({"id": id})).await;
    app.services.sweep(true).await.unwrap();
    assert!(app.objects().is_empty());
}

#[tokio::test]
async fn what_came_before_the_line_broke_stays() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let document = docx("cut", &[3; 500_000]);
    let path = tus::create(&ops, "a.docx", document.len()).await;
    let mut begin = 0;
    for part in [70_000, 5, 200_001] {
        let mut line = Line::open(&app.base_url).await;
        let token = ops.token.clone().unwrap();
        send_a_part(&mut line, &token, &path, begin, document.len() - begin, &document[begin..begin + part]).await;
        drop(line);
        // The server learns of it soon, and whoever asks is answered once it has.
        let mut offset = tus::offset(&ops, &path).await;
        for _ in 0..100 {
            if offset > begin {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
            offset = tus::offset(&ops, &path).await;
        }
        assert_eq!(offset, begin + part);
        begin = offset;
    }
    let response = tus::add_well(&ops, &path, begin, &document[begin..]).await;
    assert_eq!(content(&ops, &tus::header(response.headers(), "strongroom-file")).await, document);
}

/// A line that is dead and nobody has told the server: the next request takes over, and what came by the old one counts.
#[tokio::test]
async fn whoever_comes_back_takes_over_from_a_dead_line() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let document = docx("dead line", &[3; 500_000]);
    let path = tus::create(&ops, "a.docx", document.len()).await;
    let mut dead = Line::open(&app.base_url).await;
    send_a_part(&mut dead, &ops.token.clone().unwrap(), &path, 0, document.len(), &document[..150_000]).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let offset = tus::offset(&ops, &path).await;
    assert_eq!(offset, 150_000);
    let response = tus::add_well(&ops, &path, offset, &document[offset..]).await;
    assert_eq!(content(&ops, &tus::header(response.headers(), "strongroom-file")).await, document);
    assert_eq!(dead.answer().await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn of_many_who_add_at_once_one_does() {
    let app = TestApp::start().await;
    let ops = app.ops("olga").await;
    let document = docx("race", &[3; 300_000]);
    let path = tus::create(&ops, "a.docx", document.len()).await;
    let racers = (0..8).map(|_| tus::add(&ops, &path, 0, &document));
    let statuses = futures_util::future::join_all(racers).await.into_iter().map(|response| response.status());
    let (winners, losers): (Vec<_>, Vec<_>) = statuses.partition(|status| *status == StatusCode::NO_CONTENT);
    assert_eq!(winners.len(), 1);
    assert!(losers.iter().all(|status| *status == StatusCode::CONFLICT), "{losers:?}");
    assert_eq!(count_files(&ops).await, 1);
}

/// No plaintext at rest, the state of the digest included, which holds the last bytes before a cut.
#[tokio::test]
async fn no_plaintext_lies_anywhere_between_two_requests() {
    let app = TestApp::builder().on_disk(None).start().await;
    let ops = app.ops("olga").await;
    let marker = b"SEALED-MARKER-1234567890-";
    let padding = marker.repeat(4000);
    let document = docx("sealed", &padding);
    let path = tus::create(&ops, "a.docx", document.len()).await;
    // Forty bytes into a block of SHA-256.
    let cut = 64 * 900 + 40;
    tus::add_well(&ops, &path, 0, &document[..cut]).await;
    for file in files_below(&app.data_dir()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!holds(&bytes, marker), "{}", file.display());
        let tail = &document[cut - 24..cut];
        assert!(!holds(&bytes, tail), "{}", file.display());
    }
    tus::add_well(&ops, &path, cut, &document[cut..]).await;
}
