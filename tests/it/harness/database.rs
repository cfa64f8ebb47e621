//! A database for the tests that stand on the store itself: in memory, on disk, or behind a server.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use strongroom::crypto::os_random::OsRandom;
use strongroom::store::{Error, Options, Store};
use surrealdb::Surreal;
use surrealdb::engine::local::Db;
use surrealdb_cnf::ConfigMap;
use surrealdb_engine_local::Datastore;
use tempfile::TempDir;

use super::surreal_server::{PASSWORD, SurrealServer, USER};

pub enum TestDatabase {
    Memory,
    Disk(TempDir),
    Remote(SurrealServer),
}

impl TestDatabase {
    pub async fn memory() -> Self {
        Self::Memory
    }

    pub async fn disk() -> Self {
        Self::Disk(tempfile::tempdir().unwrap())
    }

    pub async fn remote() -> Self {
        Self::Remote(SurrealServer::start("memory").await)
    }

    /// Whether what is stored is still there when it is opened again.
    pub fn remembers(&self) -> bool {
        !matches!(self, Self::Memory)
    }

    pub fn options(&self) -> Options {
        match self {
            Self::Memory => options("mem://".to_owned()),
            Self::Disk(folder) => on_disk(&folder.path().join("db")),
            Self::Remote(server) => {
                Options { credentials: Some((USER.to_owned(), PASSWORD.to_owned())), ..options(server.url()) }
            }
        }
    }

    pub async fn try_open(&self) -> Result<Store, Error> {
        Store::connect(&self.options(), Arc::new(OsRandom)).await
    }

    pub async fn open(&self) -> Store {
        self.try_open().await.unwrap()
    }

    /// Runs statements behind the store's back. On disk, while no store is open.
    pub async fn tamper(&self, statements: &str) {
        match self {
            Self::Memory => panic!("a database in memory begins empty"),
            Self::Disk(folder) => {
                let raw = RawDatabase::open(&folder.path().join("db")).await;
                raw.database.query(statements).await.unwrap().check().unwrap();
                raw.close().await;
            }
            Self::Remote(server) => {
                let database = server.connect().await;
                database.query(statements).await.unwrap().check().unwrap();
            }
        }
    }
}

pub fn on_disk(path: &Path) -> Options {
    options(format!("surrealkv://{}", path.display()))
}

fn options(url: String) -> Options {
    super::silence_traces();
    Options {
        url,
        namespace: "strongroom".to_owned(),
        database: "strongroom".to_owned(),
        credentials: None,
        query_timeout: Duration::from_secs(30),
        block_cache_bytes: 128 << 20,
        memtable_bytes: 32 << 20,
    }
}

/// An embedded database without the store on top: for what no store would do.
pub struct RawDatabase {
    pub database: Arc<Surreal<Db>>,
    datastore: Arc<Datastore>,
}

impl RawDatabase {
    pub async fn open(path: &Path) -> Self {
        super::silence_traces();
        let caps = ConfigMap::empty()
            .with_key_value("surrealkv_block_cache_capacity", "134217728")
            .with_key_value("surrealkv_max_memtable_size", "33554432");
        let datastore = Datastore::builder()
            .with_config(caps)
            .with_auth(false)
            .without_maintenance_tasks()
            .build_with_path(&format!("surrealkv://{}?sync=never", path.display()))
            .await
            .unwrap();
        datastore.check_version().await.unwrap();
        datastore.bootstrap().await.unwrap();
        datastore.start_maintenance_tasks();
        let database = Surreal::<Db>::unstable_from_datastore(Arc::clone(&datastore), None).await.unwrap();
        database.use_ns("strongroom").use_db("strongroom").await.unwrap();
        Self { database: Arc::new(database), datastore }
    }

    pub async fn close(self) {
        self.datastore.shutdown().await.unwrap();
    }
}
