//! Pieces by several instances, and a server that is killed in between.

use std::time::Duration;

use reqwest::StatusCode;

use super::{content, count_files};
use crate::harness::TestApp;
use crate::harness::client::Client;
use crate::harness::documents::{docx, sha256};
use crate::harness::large_docx::LargeDocx;
use crate::harness::server::Server;
use crate::harness::surreal_server::{self, SurrealServer};
use crate::harness::tus;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_killed_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let mut server = Server::start(&data_dir, |_| {});
    server.create_user("olga", "OPS");
    let document = docx("killed", &[9; 3_000_000]);
    let ops = server.sign_in("olga").await;
    let path = tus::create(&ops, "a.docx", document.len()).await;
    let mut begin = 0;
    for end in [100, 700_000, 1_500_000, 2_200_001] {
        let ops = server.sign_in("olga").await;
        assert_eq!(tus::offset(&ops, &path).await, begin);
        tus::add_well(&ops, &path, begin, &document[begin..end]).await;
        server.kill();
        server = Server::start(&data_dir, |_| {});
        begin = end;
    }
    let ops = server.sign_in("olga").await;
    let response = tus::add_well(&ops, &path, begin, &document[begin..]).await;
    let id = tus::header(response.headers(), "strongroom-file");
    assert_eq!(sha256(&content(&ops, &id).await), sha256(&document));
    assert_eq!(count_files(&ops).await, 1);
}

/// Within one long request, a piece is written down every 64 MiB: a kill loses what came since.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_within_a_long_request_loses_its_last_piece_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let server = Server::start(&data_dir, |_| {});
    server.create_user("olga", "OPS");
    let document = LargeDocx::new("long request", 200);
    let ops = server.sign_in("olga").await;
    let size = usize::try_from(document.size_bytes()).unwrap();
    let path = tus::create(&ops, "a.docx", size).await;
    let pieces: Vec<Vec<u8>> = document.pieces().map(<[u8]>::to_vec).collect();
    let whole: Vec<u8> = pieces.concat();
    // 150 MiB, and then nothing more.
    let (more, body) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    let stream = futures_util::stream::unfold(body, async |mut body| body.recv().await.map(|part| (part, body)));
    let request = tus::request(&ops, reqwest::Method::PATCH, &path)
        .header("upload-offset", 0)
        .header("content-type", "application/offset+octet-stream")
        .body(reqwest::Body::wrap_stream(stream));
    let sending = tokio::spawn(request.send());
    for part in whole[..150 << 20].chunks(1 << 20) {
        more.send(Ok(part.to_vec())).await.unwrap();
    }
    server.kill();
    assert!(sending.await.unwrap().is_err());

    let server = Server::start(&data_dir, |_| {});
    let ops = server.sign_in("olga").await;
    let offset = tus::offset(&ops, &path).await;
    assert_eq!(offset % (64 << 20), 0);
    assert!(offset >= 64 << 20, "{offset}");
    let response = tus::add_well(&ops, &path, offset, &whole[offset..]).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let id = tus::header(response.headers(), "strongroom-file");
    assert_eq!(super::file(&ops, &id).await["sha256"], document.sha256());
    assert!(content(&ops, &id).await == whole);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pieces_by_two_instances_make_one_file() {
    let database = SurrealServer::start("memory").await;
    let objects = tempfile::tempdir().unwrap();
    let builder = || {
        TestApp::builder()
            .with("DATABASE__URL", &database.url())
            .with("DATABASE__USERNAME", surreal_server::USER)
            .with("DATABASE__PASSWORD", surreal_server::PASSWORD)
            .with("STORAGE__BACKEND", "fs")
            .with("STORAGE__FS__ROOT", &objects.path().to_string_lossy())
    };
    let one = builder().start().await;
    let keys = one.data_dir().join("keys");
    let other =
        builder().with("KEYS__FILE", &keys.to_string_lossy()).with("SERVER__PUBLIC_URL", &one.base_url).start().await;
    let olga = one.ops("olga").await;
    let there = Client { base_url: other.base_url.clone(), ..olga.clone() };
    let document = docx("two instances", &[5; 600_000]);
    let path = tus::create(&olga, "a.docx", document.len()).await;
    tus::add_well(&there, &path, 0, &document[..100_000]).await;
    tus::add_well(&olga, &path, 100_000, &document[100_000..200_000]).await;
    // One of them receives on a line that is dead: the other takes over.
    let (more, body) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    let stream = futures_util::stream::unfold(body, async |mut body| body.recv().await.map(|part| (part, body)));
    let request = tus::request(&olga, reqwest::Method::PATCH, &path)
        .header("upload-offset", 200_000)
        .header("content-type", "application/offset+octet-stream")
        .body(reqwest::Body::wrap_stream(stream));
    let dead = tokio::spawn(request.send());
    more.send(Ok(document[200_000..300_000].to_vec())).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let offset = tus::offset(&there, &path).await;
    assert_eq!(offset, 300_000);
    let response = tus::add_well(&there, &path, offset, &document[offset..]).await;
    assert_eq!(dead.await.unwrap().unwrap().status(), StatusCode::CONFLICT);
    let id = tus::header(response.headers(), "strongroom-file");
    assert_eq!(content(&olga, &id).await, document);
    assert_eq!(content(&there, &id).await, document);
}
