//! Opening the database, embedded or remote. The only place that knows which of the two it is.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use surrealdb::engine::any::Any;
use surrealdb::engine::local::Db;
use surrealdb::opt::auth::{Database, Root};
use surrealdb::types::Variables;
use surrealdb::{IndexedResults, Surreal};
use surrealdb_cnf::ConfigMap;
use surrealdb_engine_local::Datastore;

use super::error::{Error, Outcome, is_retryable};
use super::shards::Shards;
use crate::domain::random::SharedRandom;
use crate::folders;

/// How often namespace and database are asked for, while other instances make them.
const USE_TRIES: u32 = 20;
/// The pause between two of these.
const USE_PAUSE: Duration = Duration::from_millis(50);

/// How to reach the database.
#[derive(Clone)]
pub struct Options {
    /// `surrealkv://PATH`, `mem://`, `ws(s)://HOST`, or `tikv://` where that is compiled in.
    pub url: String,
    /// The SurrealDB namespace.
    pub namespace: String,
    /// The SurrealDB database in it.
    pub database: String,
    /// User name and password of a database user or a root user; for remote servers.
    pub credentials: Option<(String, String)>,
    /// The longest a query may take.
    pub query_timeout: Duration,
    /// Bytes that the embedded database keeps of its blocks in memory.
    pub block_cache_bytes: u64,
    /// Bytes the embedded database collects before it writes a table; a transaction must fit in it. What is collected is
    /// replayed at the next start, so this also bounds the time that takes.
    pub memtable_bytes: u64,
}

/// The metadata of the installation. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(super) connection: Connection,
    pub(super) query_timeout: Duration,
    pub(super) random: SharedRandom,
    pub(super) shards: Arc<Shards>,
    queries_sent: Arc<AtomicU64>,
}

/// One of two handles with the same language.
#[derive(Clone)]
pub(super) enum Connection {
    /// In this process. The datastore is kept so that it can be closed and waited for.
    Embedded(Arc<Surreal<Db>>, Arc<Datastore>),
    /// Somewhere else; reconnects by itself.
    Remote(Arc<Surreal<Any>>),
}

impl Store {
    /// Opens the database and brings its schema up to date.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when a remote database does not answer; [`Error::Unusable`] when the database cannot be
    /// opened (another process holds it, say) or was written by a newer program.
    pub async fn connect(options: &Options, random: SharedRandom) -> Result<Self, Error> {
        let store = Self::open(options, random).await?;
        store.or_close(store.bring_up_to_date().await).await?;
        Ok(store)
    }

    async fn bring_up_to_date(&self) -> Result<(), Error> {
        self.migrate().await?;
        self.refuse_half_filled().await
    }

    /// Passes an answer on, and closes where it is a refusal: an embedded database that is only dropped is locked a moment longer.
    pub(super) async fn or_close(&self, answer: Result<(), Error>) -> Result<(), Error> {
        if answer.is_err() {
            self.close().await;
        }
        answer
    }

    /// Opens the database as it is.
    pub(super) async fn open(options: &Options, random: SharedRandom) -> Result<Self, Error> {
        let embedded = ["surrealkv://", "mem://"].iter().any(|scheme| options.url.starts_with(scheme));
        let opening = async { if embedded { open_embedded(options).await } else { open_remote(options).await } };
        let connection = tokio::time::timeout(Duration::from_secs(60), opening)
            .await
            .map_err(|_| Error::Unavailable { outcome: Outcome::None, said: None })??;
        let shards = Arc::new(Shards::new(&*random));
        let queries_sent = Arc::default();
        Ok(Self { connection, query_timeout: options.query_timeout, random, shards, queries_sent })
    }

    /// Whether the database is in this process, which then has it to itself.
    pub fn is_embedded(&self) -> bool {
        matches!(self.connection, Connection::Embedded(..))
    }

    /// How many texts were sent to the database since it was opened, tries again included. However many statements stand in
    /// a text, it is one round trip.
    pub fn queries_sent(&self) -> u64 {
        self.queries_sent.load(Ordering::Relaxed)
    }

    /// Closes an embedded database and waits until its files are free again.
    pub async fn close(&self) {
        if let Connection::Embedded(_, datastore) = &self.connection
            && let Err(failure) = datastore.shutdown().await
        {
            tracing::warn!(%failure, "the database did not close in order");
        }
    }

    /// Runs one query text, whose statements answer in their order.
    pub(super) async fn run(&self, text: &str, variables: Variables) -> Result<IndexedResults, surrealdb::Error> {
        self.queries_sent.fetch_add(1, Ordering::Relaxed);
        match &self.connection {
            Connection::Embedded(database, _) => database.query(text).bind(variables).await,
            Connection::Remote(database) => database.query(text).bind(variables).await,
        }
    }
}

async fn open_embedded(options: &Options) -> Result<Connection, Error> {
    // The SDK passes neither environment nor URL parameters on to the engine, so its caches can be capped only here. The
    // order of the steps is the engine's own: a maintenance task that writes before the version is stored spoils the store.
    let caps = ConfigMap::empty()
        .with_key_value("surrealkv_block_cache_capacity", &options.block_cache_bytes.to_string())
        .with_key_value("surrealkv_max_memtable_size", &options.memtable_bytes.to_string());
    let path = match options.url.strip_prefix("surrealkv://") {
        Some(path) => {
            // The engine would make it, but would not see to it that it lasts.
            folders::make_private(Path::new(path)).map_err(|failure| Error::Unusable(format!("{path}: {failure}")))?;
            format!("surrealkv://{path}?sync=every")
        }
        None => options.url.clone(),
    };
    let build = async || {
        Datastore::builder()
            .with_config(caps.clone())
            .with_auth(false)
            .with_query_timeout(Some(options.query_timeout))
            .without_maintenance_tasks()
            .build_with_path(&path)
            .await
            .map_err(unusable)
    };
    if options.url.starts_with("surrealkv://") {
        // A process that was killed in the middle of a write leaves a torn record at the end of its log. SurrealKV 0.21.4 reads
        // up to it, and then appends behind it: the start after the next would stop there and lose what was committed since.
        // Closing writes all that was read into a table and begins a new log, so nothing is ever appended to a torn one.
        build().await?.shutdown().await.map_err(unusable)?;
    }
    let datastore = build().await?;
    datastore.check_version().await.map_err(unusable)?;
    datastore.bootstrap().await.map_err(unusable)?;
    datastore.start_maintenance_tasks();
    let database = Surreal::<Db>::unstable_from_datastore(Arc::clone(&datastore), None).await.map_err(unusable)?;
    database.use_ns(&options.namespace).use_db(&options.database).await.map_err(unusable)?;
    Ok(Connection::Embedded(Arc::new(database), datastore))
}

async fn open_remote(options: &Options) -> Result<Connection, Error> {
    let unavailable = |source| Error::Unavailable { outcome: Outcome::None, said: Some(Box::new(source)) };
    let database = surrealdb::engine::any::connect(options.url.as_str()).await.map_err(unavailable)?;
    if let Some((username, password)) = &options.credentials {
        let (username, password) = (username.clone(), password.clone());
        let of_database = Database {
            namespace: options.namespace.clone(),
            database: options.database.clone(),
            username: username.clone(),
            password: password.clone(),
        };
        if database.signin(of_database).await.is_err() {
            database.signin(Root { username, password }).await.map_err(|_| {
                Error::Unusable("it takes the credentials neither as a database user's nor as a root user's".to_owned())
            })?;
        }
    }
    use_database(&database, options).await?;
    Ok(Connection::Remote(Arc::new(database)))
}

/// Whoever comes first makes them; those who come at the same moment are told to come again.
async fn use_database(database: &Surreal<Any>, options: &Options) -> Result<(), Error> {
    for _ in 1..USE_TRIES {
        match database.use_ns(&options.namespace).use_db(&options.database).await {
            Err(failure) if is_retryable(&failure) => tokio::time::sleep(USE_PAUSE).await,
            used => return used.map(drop).map_err(unusable),
        }
    }
    database.use_ns(&options.namespace).use_db(&options.database).await.map(drop).map_err(unusable)
}

fn unusable(failure: impl std::fmt::Display) -> Error {
    Error::Unusable(failure.to_string())
}
