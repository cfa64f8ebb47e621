//! s3s-fs: S3 in front of a folder. It checks signatures, and keeps conditions of creation.

use std::path::PathBuf;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::s3_api::S3Api;

pub const REGION: &str = "us-east-1";
pub const KEY_ID: &str = "AKEXAMPLES3S";
pub const SECRET: &str = "SKEXAMPLES3S";

/// Runs on a thread of its own, so that a test that blocks does not stop it, and ends when it is dropped.
pub struct S3sServer {
    _until_dropped: oneshot::Sender<()>,
    port: u16,
    folder: TempDir,
}

impl S3sServer {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let service = service.build();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (until_dropped, dropped) = oneshot::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                tokio::select! {
                    () = serve(TcpListener::from_std(listener).unwrap(), service) => {}
                    _ = dropped => {}
                }
            });
        });
        Self { _until_dropped: until_dropped, port, folder }
    }

    /// A new bucket, as its owner sees it.
    pub async fn make_bucket(&self, name: &str) -> S3Api {
        let api = S3Api::new(&self.endpoint(), name, REGION, KEY_ID, SECRET);
        api.make_bucket().await;
        api
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Everything that it keeps lies below.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }
}

async fn serve(listener: TcpListener, service: S3Service) {
    let mut connections = JoinSet::new();
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        // A client that goes away in the middle is no fault of ours.
        connections.spawn(http1::Builder::new().serve_connection(TokioIo::new(socket), service.clone()));
    }
}
