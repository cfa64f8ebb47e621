//! `strongroom backup` and `strongroom restore`.

mod deletions;
mod drill;
mod forged;
mod interrupted;
mod locks;
mod moved;
mod on_s3;
mod refusals;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::{Done, run};
use crate::harness::client::Client;
use crate::harness::server::Server;

const DELETE: &str = "mutation($id: ID!) { deleteFile(id: $id, permanently: true) }";

/// An installation that comes and goes, its key ring kept apart, and a folder for backups.
pub struct Place {
    pub folder: tempfile::TempDir,
    /// For commands that shall find another database than the embedded one.
    pub environment: Vec<(String, String)>,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn backup_dir(&self) -> PathBuf {
        self.folder.path().join("backup")
    }

    pub fn run(&self, arguments: &[&str]) -> Done {
        run(arguments, |command| {
            command.arg("--data-dir").arg(self.data_dir()).envs(self.environment.clone());
        })
    }

    pub fn backup(&self, arguments: &[&str]) -> Done {
        self.run(&[&["backup", self.backup_dir().to_str().unwrap()], arguments].concat())
    }

    pub fn restore(&self, arguments: &[&str]) -> Done {
        self.run(&[&["restore", self.backup_dir().to_str().unwrap()], arguments].concat())
    }

    pub fn serve(&self) -> Server {
        Server::start(&self.data_dir(), |command| {
            command.envs(self.environment.clone());
        })
    }

    /// Everything of the installation is gone but a copy of its ring: another machine, as the documents say to prepare it.
    pub fn lose_everything_but_the_ring(&self) {
        let ring = std::fs::read(self.data_dir().join("keys")).unwrap();
        std::fs::remove_dir_all(self.data_dir()).unwrap();
        std::fs::create_dir(self.data_dir()).unwrap();
        self.put_ring(&ring);
    }

    pub fn put_ring(&self, ring: &[u8]) {
        let path = self.data_dir().join("keys");
        std::fs::write(&path, ring).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// The snapshots, the earliest first.
    pub fn snapshots(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.backup_dir().join("snapshots")).unwrap();
        let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        found.sort();
        found
    }

    /// The rows of the latest snapshot, by table.
    pub fn rows(&self) -> BTreeMap<String, String> {
        let snapshot = self.snapshots().pop().unwrap();
        let files = std::fs::read_dir(snapshot).unwrap().map(|entry| entry.unwrap().path());
        let tables = files.filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
        let read = |path: PathBuf| {
            (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
        };
        tables.map(read).collect()
    }
}

pub async fn delete(client: &Client, file: &Value) {
    client.data(DELETE, json!({"id": file["id"]})).await;
}

/// What `file` answers: the name, or null.
pub async fn name_of(client: &Client, file: &Value) -> Value {
    let data = client.send("query($id: ID!) { file(id: $id) { name } }", json!({"id": file["id"]})).await;
    data.body["data"]["file"]["name"].clone()
}

pub async fn content_of(client: &Client, file: &Value) -> Vec<u8> {
    let answer = client.get(&client.link(file).await).await;
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap().to_vec()
}

pub fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}
