//! fake-gcs-server: Google Cloud Storage in front of a folder.

use std::path::PathBuf;
use std::process::Command;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::installed::installed;
use super::server::free_port;
use super::store_process::StoreProcess;

/// Killed when it is dropped.
pub struct GcsServer {
    _process: StoreProcess,
    port: u16,
    folder: TempDir,
    http: Client,
}

impl GcsServer {
    /// Starts one. It tells whoever uploads to go on at `host`, where that is not itself.
    pub async fn start(host: Option<&str>) -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let host = host.map_or_else(|| format!("127.0.0.1:{port}"), str::to_owned);
        let mut command = Command::new(installed("python/bin/fake-gcs-server"));
        command.args(["-scheme", "http", "-host", "127.0.0.1", "-port", &port.to_string(), "-log-level", "error"]);
        command.args(["-public-host", &host, "-external-url", &format!("http://{host}")]);
        command.args(["-backend", "filesystem", "-filesystem-root"]).arg(folder.path());
        Self { _process: StoreProcess::start(command, port).await, port, folder, http: Client::new() }
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Everything that it keeps lies below.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    pub async fn make_bucket(&self, name: &str) {
        self.ask(Method::POST, "/storage/v1/b?project=tests", json!({"name": name}).to_string().into()).await;
    }

    /// The names of all objects.
    pub async fn objects(&self, bucket: &str) -> Vec<String> {
        let list = self.ask(Method::GET, &format!("/storage/v1/b/{bucket}/o"), Vec::new()).await;
        let items = list["items"].as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn put(&self, bucket: &str, name: &str, content: Vec<u8>) {
        let name = name.replace('/', "%2F");
        self.ask(Method::POST, &format!("/upload/storage/v1/b/{bucket}/o?uploadType=media&name={name}"), content).await;
    }

    async fn ask(&self, method: Method, path: &str, body: Vec<u8>) -> Value {
        let request = self.http.request(method, format!("{}{path}", self.endpoint()));
        let response = request.header("content-type", "application/json").body(body).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.json().await.unwrap()
    }
}
