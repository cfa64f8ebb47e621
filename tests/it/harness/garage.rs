//! Garage: a real, distributed S3 store, here as a cluster of one node.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Weak};

use tempfile::TempDir;
use tokio::sync::Mutex;

use super::installed::installed;
use super::s3_api::S3Api;
use super::server::free_port;
use super::store_process::StoreProcess;

pub const REGION: &str = "garage";
pub const KEY_ID: &str = "GK0123456789abcdef01234567";
pub const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A running Garage. Killed when it is dropped.
pub struct Garage {
    process: StoreProcess,
    port: u16,
    folder: TempDir,
}

/// The one that tests which run at the same time share, each in a bucket of its own.
static SHARED: Mutex<Weak<Garage>> = Mutex::const_new(Weak::new());

impl Garage {
    /// One of one's own.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        Self::start_in(folder, &data).await
    }

    /// One that keeps its blocks there.
    pub async fn start_on(data: &Path) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), data).await
    }

    async fn start_in(folder: TempDir, data: &Path) -> Self {
        let (port, rpc_port) = (free_port(), free_port());
        let settings = format!(
            "metadata_dir = \"{}\"\ndata_dir = \"{}\"\ndb_engine = \"lmdb\"\nreplication_factor = 1\n\
             compression_level = \"none\"\nrpc_bind_addr = \"127.0.0.1:{rpc_port}\"\nrpc_public_addr = \"127.0.0.1:{rpc_port}\"\n\
             rpc_secret = \"{SECRET}\"\n[s3_api]\ns3_region = \"{REGION}\"\napi_bind_addr = \"127.0.0.1:{port}\"\n",
            folder.path().join("meta").display(),
            data.display()
        );
        std::fs::write(folder.path().join("garage.toml"), settings).unwrap();
        let process = StoreProcess::start(command(folder.path(), &["server"]), rpc_port).await;
        let garage = Self { process, port, folder };
        let node = garage.tell(&["node", "id", "-q"]);
        let node = node.split('@').next().unwrap();
        garage.tell(&["layout", "assign", "-z", "here", "-c", "10G", node]);
        garage.tell(&["layout", "apply", "--version", "1"]);
        garage.tell(&["key", "import", "--yes", "-n", "tests", KEY_ID, SECRET]);
        garage.tell(&["key", "allow", "--create-bucket", KEY_ID]);
        garage
    }

    /// The shared one. It ends with the last test that has it.
    pub async fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().await;
        if let Some(running) = shared.upgrade() {
            return running;
        }
        let started = Arc::new(Self::start().await);
        *shared = Arc::downgrade(&started);
        started
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

    /// SIGKILL, and waits for the end.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again, after it was killed, where it was.
    pub async fn come_back(&mut self) {
        self.process = StoreProcess::start(command(self.folder.path(), &["server"]), self.port).await;
    }

    fn tell(&self, arguments: &[&str]) -> String {
        let output = command(self.folder.path(), arguments).output().unwrap();
        assert!(output.status.success(), "garage {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(installed("garage/bin/garage"));
    command.arg("-c").arg(folder.join("garage.toml")).args(arguments).env("RUST_LOG", "error");
    command
}
