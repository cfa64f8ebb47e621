//! Being told to stop, and being killed.

use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use super::create;
use crate::harness::documents::{docx, sha256};
use crate::harness::noise::noise;
use crate::harness::server::Server;

fn signal(server: &Server, signal: Signal) {
    kill_process(Pid::from_raw(server.child.id().cast_signed()).unwrap(), signal).unwrap();
}

async fn ended(server: &mut Server) -> ExitStatus {
    for _ in 0..3000 {
        if let Some(status) = server.child.try_wait().unwrap() {
            return status;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the server does not stop: {}", server.log());
}

/// Waits until the server takes no new connection.
async fn closed(server: &Server) {
    let address = server.base_url.trim_start_matches("http://");
    for _ in 0..1000 {
        if tokio::net::TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the server still listens: {}", server.log());
}

fn sockets_in(data_dir: &Path) -> usize {
    use std::os::unix::fs::FileTypeExt;
    std::fs::read_dir(data_dir)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_type().unwrap().is_socket())
        .count()
}

#[tokio::test]
async fn a_download_under_way_is_finished_before_the_server_stops() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    create(&data_dir, "olga", "OPS").printed();
    let mut server = Server::start(&data_dir, |_| {});
    let olga = server.sign_in("olga").await;
    // Much more than all the buffers between the two hold.
    let content = docx("Large", &noise(64 << 20));
    let file = olga.upload("large.docx", &content).await;
    let url = olga.link(&file).await;
    let mut download = olga.get(&url).await;
    let mut received = download.chunk().await.unwrap().unwrap().to_vec();

    signal(&server, Signal::TERM);
    closed(&server).await;
    assert!(server.child.try_wait().unwrap().is_none(), "it waits for the download");
    while let Some(piece) = download.chunk().await.unwrap() {
        received.extend_from_slice(&piece);
    }
    assert_eq!(sha256(&received), sha256(&content));
    assert!(ended(&mut server).await.success(), "{}", server.log());
    assert!(server.log().contains("the server has stopped"));
    assert_eq!(sockets_in(&data_dir), 0);
}

#[tokio::test]
async fn sigterm_and_sigint_stop_an_idle_server_at_once_and_cleanly() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    for stop in [Signal::TERM, Signal::INT] {
        let mut server = Server::start(&data_dir, |_| {});
        // An idle connection that is kept alive must not hold it up.
        let idle = crate::harness::client::Client::new(&server.base_url, None);
        idle.data("{ viewer { id } }", json!({})).await;
        signal(&server, stop);
        assert!(ended(&mut server).await.success(), "{stop:?}: {}", server.log());
    }
}

#[tokio::test]
async fn a_killed_server_starts_again_with_all_it_had_answered() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    create(&data_dir, "olga", "OPS").printed();
    let server = Server::start(&data_dir, |_| {});
    let content = docx("Kept", &noise(100_000));
    let file = server.sign_in("olga").await.upload("kept.docx", &content).await;
    create(&data_dir, "otto", "OPS").printed();
    server.kill();
    assert_eq!(sockets_in(&data_dir), 1, "what a killed server leaves behind");

    create(&data_dir, "oscar", "OPS").printed();
    let server = Server::start(&data_dir, |_| {});
    for name in ["olga", "otto", "oscar"] {
        server.sign_in(name).await;
    }
    let olga = server.sign_in("olga").await;
    let url = olga.link(&file).await;
    assert!(olga.get(&url).await.bytes().await.unwrap() == content);
}
