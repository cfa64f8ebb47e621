//! s3s-fs: S3 in front of a folder. It checks signatures, and keeps conditions of creation.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::s3_api::S3Api;
use super::server::free_port;
use super::store_process::{StoreProcess, installed};

pub const REGION: &str = "us-east-1";
pub const KEY_ID: &str = "AKEXAMPLES3S";
pub const SECRET: &str = "SKEXAMPLES3S";

/// Killed when it is dropped.
pub struct S3sServer {
    _process: StoreProcess,
    port: u16,
    folder: TempDir,
}

impl S3sServer {
    pub async fn start() -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let mut command = Command::new(installed("s3s-fs/bin/s3s-fs"));
        command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
        command.args(["--access-key", KEY_ID, "--secret-key", SECRET]).arg(folder.path()).env("RUST_LOG", "error");
        Self { _process: StoreProcess::start(command, port).await, port, folder }
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
