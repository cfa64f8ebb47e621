//! Real clients of tus, over a line that breaks at random and with a server that is killed on the way.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::response::Html;
use axum::routing::get;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

use crate::harness::large_docx::LargeDocx;
use crate::harness::say;
use crate::harness::server::Server;
use crate::survival::dice::Dice;

const MIB: u64 = 1 << 20;

/// What stands between client and server: it hands on so many bytes of each connection, and then cuts it.
struct BadLine {
    address: SocketAddr,
    server: Arc<Mutex<SocketAddr>>,
    cuts: Arc<AtomicU64>,
    /// Bytes that went up.
    carried: Arc<AtomicU64>,
    _running: AbortOnDropHandle<()>,
}

impl BadLine {
    async fn to(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Arc::new(Mutex::new(address_of(server)));
        let cuts = Arc::new(AtomicU64::new(0));
        let carried = Arc::new(AtomicU64::new(0));
        let (target, counted, carrying) = (Arc::clone(&server), Arc::clone(&cuts), Arc::clone(&carried));
        let mut dice = Dice::throw();
        let running = tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let target = *target.lock().unwrap();
                // Small ones too, so that heads and answers are cut as well.
                let allowed = if dice.below(4) == 0 { dice.below(2000) } else { MIB + dice.below(150 * MIB) };
                let (counted, carrying) = (Arc::clone(&counted), Arc::clone(&carrying));
                tokio::spawn(async move {
                    if carry(client, target, allowed, &carrying).await {
                        counted.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        Self { address, server, cuts, carried, _running: AbortOnDropHandle::new(running) }
    }

    fn leads_to(&self, server: &Server) {
        *self.server.lock().unwrap() = address_of(server);
    }
}

fn address_of(server: &Server) -> SocketAddr {
    server.base_url.trim_start_matches("http://").parse().unwrap()
}

/// Carries a connection until one of the two ends it, or so many bytes went up; whether it was cut.
async fn carry(mut client: TcpStream, server: SocketAddr, allowed: u64, carried: &AtomicU64) -> bool {
    let Ok(mut server) = TcpStream::connect(server).await else { return false };
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let up = async {
        let mut buffer = vec![0; 256 << 10];
        let mut left = allowed;
        loop {
            let count = from_client.read(&mut buffer).await.unwrap_or(0);
            let passed = usize::try_from(left.min(count as u64)).unwrap();
            if count == 0 || to_server.write_all(&buffer[..passed]).await.is_err() {
                return false;
            }
            left -= passed as u64;
            carried.fetch_add(passed as u64, Ordering::Relaxed);
            if left == 0 {
                return true;
            }
        }
    };
    tokio::select! {
        was_cut = up => was_cut,
        _ = tokio::io::copy(&mut from_server, &mut to_client) => false,
    }
}

async fn write_token(server: &Server, file: &Path) {
    let token = server.sign_in("olga").await.token.unwrap();
    std::fs::write(file, token).unwrap();
}

fn clients() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/tus");
    assert!(folder.join("node_modules").exists(), "the clients are not installed: `make clients` does it");
    folder
}

/// What a client is to do: where to, as whom, and what.
struct Task<'a> {
    endpoint: String,
    token_file: &'a Path,
    document: &'a Path,
}

/// Has a client upload a gibibyte while its line is cut and the server killed.
async fn upload_over_a_bad_line(name: &str, settings: &[(&str, String)], command: impl FnOnce(Task<'_>) -> Command) {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let start = || {
        Server::start(&data_dir, |command| {
            command.envs(settings.iter().map(|(key, value)| (key, value)));
        })
    };
    let mut server = start();
    server.create_user("olga", "OPS");
    let line = BadLine::to(&server).await;
    let (document_file, token_file) = (folder.path().join("large.docx"), folder.path().join("token"));
    let document = LargeDocx::new(name, 1024);
    let mut file = std::io::BufWriter::new(std::fs::File::create(&document_file).unwrap());
    document.pieces().for_each(|piece| std::io::Write::write_all(&mut file, piece).unwrap());
    drop(file);
    write_token(&server, &token_file).await;

    let endpoint = format!("http://{}/uploads", line.address);
    let mut command = command(Task { endpoint, token_file: &token_file, document: &document_file });
    let uploading = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut uploading = tokio::task::spawn_blocking(|| uploading.wait_with_output());
    // Twice on the way the server is killed and started again.
    for mebibytes in [250, 600] {
        while line.carried.load(Ordering::Relaxed) < mebibytes * MIB && !uploading.is_finished() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(!uploading.is_finished(), "it ended before the server was killed: {:?}", (&mut uploading).await);
        server.kill();
        server = start();
        line.leads_to(&server);
        write_token(&server, &token_file).await;
    }
    let output = uploading.await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}\n{}", String::from_utf8_lossy(&output.stderr), server.log());
    let said: Value = serde_json::from_str(&said).unwrap();
    let olga = server.sign_in("olga").await;
    let file = super::file(&olga, said["fileId"].as_str().unwrap()).await;
    assert_eq!(file["size"], document.size_bytes(), "{said}");
    assert_eq!(file["sha256"], document.sha256());
    let cuts = line.cuts.load(Ordering::Relaxed);
    assert!(cuts >= 4, "{cuts}");
    say(&format!("{name}: 1 GiB with {cuts} cuts and 2 kills, {} retries", said["retries"]));
    let link = olga.link(&json!({"id": file["id"]})).await;
    let mut response = olga.get(&link).await;
    let mut digest = Sha256::new();
    while let Some(bytes) = response.chunk().await.unwrap() {
        digest.update(&bytes);
    }
    assert_eq!(data_encoding::HEXLOWER.encode(&digest.finalize()), document.sha256());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tus_js_client_gets_through() {
    let command = |task: Task<'_>| {
        let mut node = Command::new("node");
        node.arg(clients().join("upload.js"));
        node.env("TUS_ENDPOINT", task.endpoint)
            .env("TUS_TOKEN_FILE", task.token_file)
            .env("TUS_DOCUMENT", task.document);
        node
    };
    upload_over_a_bad_line("tus-js-client", &[], command).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uppy_gets_through() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let script = std::fs::read_to_string(clients().join("node_modules/uppy/dist/uppy.min.mjs")).unwrap();
    let page = axum::Router::new()
        .route("/", get(|| async { Html("<!doctype html><title>Uppy</title><input type=file>") }))
        .route("/uppy.min.mjs", get(move || async move { ([("content-type", "text/javascript")], script) }));
    let _serving = AbortOnDropHandle::new(tokio::spawn(async move { axum::serve(listener, page).await }));
    let allowed = format!("[\"{origin}\"]");
    let command = |task: Task<'_>| {
        let mut node = Command::new("node");
        node.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/uppy.mjs"));
        node.args([&origin, &task.endpoint]).args([task.token_file, task.document]);
        node
    };
    let settings = [("STRONGROOM__SERVER__ALLOWED_ORIGINS", allowed)];
    upload_over_a_bad_line("Uppy", &settings, command).await;
}
