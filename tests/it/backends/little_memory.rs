//! Memory does not grow with the file or with the slowness of the storage.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::backend::{Backend, Kind};
use crate::harness::TestApp;
use crate::harness::app::TestAppBuilder;
use crate::harness::client::Client;
use crate::harness::large_docx::LargeDocx;
use crate::harness::line::SlowUpload;
use crate::harness::server::Server;

const MIB: u64 = 1 << 20;
/// Five parts of one upload, what the transport holds of them, and what the allocator keeps.
const MAX_GROWTH_BYTES: u64 = 64 * MIB;

async fn upload(client: &Client, document: &LargeDocx) -> Value {
    let mut upload = SlowUpload::begin(client, "large.docx", document.size_bytes()).await;
    for piece in document.pieces() {
        upload.send(piece).await;
    }
    upload.finish().await.data()["upload"]["file"].clone()
}

async fn digest_of_download(client: &Client, file: &Value) -> String {
    use sha2::{Digest, Sha256};
    let mut response = client.get(&client.link(file).await).await;
    let mut digest = Sha256::new();
    while let Some(piece) = response.chunk().await.unwrap() {
        digest.update(&piece);
    }
    data_encoding::HEXLOWER.encode(&digest.finalize())
}

/// The program in a process of its own, on a backend.
fn start(data_dir: &Path, backend: &Backend) -> Server {
    start_with(data_dir, &backend.settings(TestApp::builder()))
}

/// The same, with what these settings say of the storage.
pub fn start_with(data_dir: &Path, settings: &TestAppBuilder) -> Server {
    let settings = settings.settings().to_vec();
    let configure = |command: &mut Command| {
        command.envs(settings.into_iter().filter(|(key, _)| key.contains("__STORAGE__")));
    };
    Server::start(data_dir, configure)
}

async fn large_files_go_through_little_memory(kind: Kind) {
    let (folder, backend) = (tempfile::tempdir().unwrap(), Backend::start(kind).await);
    let server = start(&folder.path().join("data"), &backend);
    server.create_user("olga", "ops");
    let olga = server.sign_in("olga").await;
    let small = LargeDocx::new("to warm up", 1);
    upload(&olga, &small).await;
    let (peak, large) = (server.peak_memory_bytes(), LargeDocx::new("large", 192));
    let file = upload(&olga, &large).await;
    assert_eq!(file["sha256"], large.sha256());
    let after_upload = server.peak_memory_bytes() - peak;
    assert_eq!(digest_of_download(&olga, &file).await, large.sha256());
    let after_both = server.peak_memory_bytes() - peak;
    eprintln!("{kind:?}: {} MiB more after the upload, {} after both", after_upload / MIB, after_both / MIB);
    assert!(after_both < MAX_GROWTH_BYTES, "{after_upload} bytes more after the upload, {after_both} after both");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_files_go_to_garage_through_little_memory() {
    large_files_go_through_little_memory(Kind::Garage).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_files_go_to_gcs_through_little_memory() {
    large_files_go_through_little_memory(Kind::FakeGcs).await;
}
