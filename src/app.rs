//! The one place that makes things and hands them on.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use tokio_util::task::AbortOnDropHandle;

use crate::blobs::{self, Blobs, Calls, Conditions, GcsOptions, S3Options};
use crate::config::{ConditionalCreate, Config, MailTransport, StorageBackend};
use crate::crypto::os_random::OsRandom;
use crate::crypto::password::PasswordHashing;
use crate::domain::clock::{SharedClock, SystemClock};
use crate::domain::random::SharedRandom;
use crate::folders;
use crate::graphql;
use crate::http;
use crate::mail::{Encryption, SmtpOptions, Transport};
use crate::policy::Policy;
use crate::services::keys::{self, KeySource};
use crate::services::progress::Progress;
use crate::services::restore::{self, RestoreOptions, RestoreReport, Target};
use crate::services::{Parts, Services};
use crate::store::{self, Store};

/// How often the policy folder is looked at.
const POLICY_INTERVAL: Duration = Duration::from_secs(1);
/// Every so many rounds the janitor looks for orphans, which takes a list of all objects.
const ORPHAN_ROUNDS: u64 = 60;

/// What an app needs from its surroundings; tests bring their own.
pub struct Surroundings {
    /// The time.
    pub clock: SharedClock,
    /// Bytes that nobody can guess.
    pub random: SharedRandom,
    /// How passwords are hashed; `None` for what the configuration says.
    pub hashing: Option<PasswordHashing>,
    /// What browsers are shown.
    pub front_end: http::FrontEnd,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(OsRandom),
            hashing: None,
            front_end: http::FrontEnd::built_in(),
        }
    }
}

/// The whole product, put together.
pub struct App {
    /// What it does.
    pub services: Arc<Services>,
    /// How it is reached.
    pub router: axum::Router,
}

impl App {
    /// Opens database, storage, key ring and policy, in this order, and puts the services on top.
    ///
    /// # Errors
    /// Whatever keeps the server from starting, in words for its operator.
    pub async fn build(config: Config, surroundings: Surroundings) -> anyhow::Result<Self> {
        let Surroundings { clock, random, hashing, front_end } = surroundings;
        folders::make_private(&config.data_dir)?;
        let store = Store::connect(&store_options(&config), Arc::clone(&random)).await?;
        let blobs = Blobs::open(&blobs_options(&config)).await?;
        let key_source = KeySource::new(&config);
        let ring = keys::load_or_create(&key_source, &store, &blobs, &*random, clock.now()).await?;
        let policy = Policy::load(config.policy_dir().as_deref()).await?;
        let transport = transport(&config)?;
        let hashing = match hashing {
            Some(hashing) => hashing,
            None => {
                let password = &config.auth.password;
                let hashing = PasswordHashing::new(password.memory_kib, password.iterations, password.parallelism)?;
                match &password.pepper {
                    Some(pepper) => hashing.with_pepper(pepper.expose_secret())?,
                    None => hashing,
                }
            }
        };
        let config = Arc::new(config);
        let parts = Parts { config, store, blobs, policy, ring, key_source, hashing, transport, clock, random };
        let services = Arc::new(Services::new(parts)?);
        services.join_instances().await?;
        services.end_uploads_of_former_process().await?;
        services.release_mails_of_former_process().await?;
        let router = http::router(Arc::clone(&services), graphql::Api::new(Arc::clone(&services))?, front_end);
        Ok(Self { services, router })
    }

    /// Starts what goes on beside the requests: the outbox, the janitor, the keys, the look at the policy. It ends when what is
    /// returned is dropped.
    pub fn start_background_work(&self) -> Vec<AbortOnDropHandle<()>> {
        let [outbox, janitor, policy, keys] = std::array::from_fn(|_| Arc::clone(&self.services));
        [
            tokio::spawn(async move { outbox.run_outbox().await }),
            tokio::spawn(async move { keys.keep_keys().await }),
            tokio::spawn(async move { sweep_forever(&janitor).await }),
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(POLICY_INTERVAL).await;
                    policy.reload_policy_if_changed().await;
                }
            }),
        ]
        .map(AbortOnDropHandle::new)
        .into()
    }
}

/// Brings an installation back from a backup, with what the configuration names: an empty database, the storage, and the key ring,
/// which must be there already.
///
/// # Errors
/// Whatever keeps it from that, in words for its operator.
pub async fn restore(
    config: &Config,
    surroundings: Surroundings,
    options: &RestoreOptions,
    progress: &Progress,
) -> anyhow::Result<RestoreReport> {
    let Surroundings { clock, random, .. } = surroundings;
    folders::make_private(&config.data_dir)?;
    let source = KeySource::new(config);
    let ring = source.read_aside().await?.ok_or_else(|| keys::Error::Lost { place: source.place() })?;
    let blobs = Blobs::open(&blobs_options(config)).await?;
    let target = Target { database: store_options(config), blobs, ring, clock, random };
    Ok(restore::restore(target, options, progress).await?)
}

/// Opens the storage that a configuration names.
///
/// # Errors
/// Whatever keeps it from that.
pub async fn open_blobs(config: &Config) -> anyhow::Result<Blobs> {
    if config.storage.backend == StorageBackend::Fs {
        folders::make_private(&config.data_dir)?;
    }
    Ok(Blobs::open(&blobs_options(config)).await?)
}

/// Whether two configurations name the same storage, as far as they tell by themselves.
pub fn is_same_storage(one: &Config, other: &Config) -> bool {
    let place = |config: &Config| {
        let (s3, gcs) = (&config.storage.s3, &config.storage.gcs);
        let root = config.objects_dir();
        match config.storage.backend {
            StorageBackend::Memory => "memory".to_owned(),
            StorageBackend::Fs => format!("fs {}", root.canonicalize().unwrap_or(root).display()),
            StorageBackend::S3 => format!("s3 {:?} {:?} {:?}", s3.endpoint, s3.region, s3.bucket),
            StorageBackend::Gcs => format!("gcs {:?} {:?}", gcs.endpoint, gcs.bucket),
        }
    };
    place(one) == place(other)
}

async fn sweep_forever(services: &Services) {
    let interval = Duration::from_secs(services.config().janitor.interval_seconds);
    for round in 0_u64.. {
        match services.sweep(round.is_multiple_of(ORPHAN_ROUNDS)).await {
            Ok(swept) => tracing::debug!(?swept, "the janitor has been round"),
            Err(failure) => {
                tracing::error!(error = failure.with_causes(), "the janitor could not finish its round");
            }
        }
        tokio::time::sleep(interval).await;
    }
}

fn store_options(config: &Config) -> store::Options {
    let database = &config.database;
    let credentials = database.username.as_ref().zip(database.password.as_ref());
    store::Options {
        url: config.database_url(),
        namespace: database.namespace.clone(),
        database: database.database.clone(),
        credentials: credentials.map(|(username, password)| (username.clone(), password.expose_secret().to_owned())),
        query_timeout: Duration::from_secs(database.query_timeout_seconds),
        block_cache_bytes: database.block_cache_bytes,
        memtable_bytes: database.memtable_bytes,
    }
}

fn transport(config: &Config) -> anyhow::Result<Transport> {
    let from = config.mail.from.to_string();
    let transport = match config.mail.transport {
        MailTransport::File => Transport::to_folder(config.mail_dir(), &from)?,
        MailTransport::Log => Transport::to_nowhere(&from)?,
        MailTransport::Smtp => Transport::to_server(smtp_options(config)?, &from)?,
    };
    Ok(transport)
}

fn smtp_options(config: &Config) -> anyhow::Result<SmtpOptions> {
    let server = config.mail.smtp.server().context("mail.smtp.url names no mail server")?;
    Ok(SmtpOptions {
        host: server.host,
        port: server.port,
        encryption: match (server.implicit_tls, server.plaintext_allowed) {
            (true, _) => Encryption::Implicit,
            (false, false) => Encryption::Required,
            (false, true) => Encryption::WhereOffered,
        },
        credentials: server.credentials,
        ca_file: config.mail.smtp.ca_file.clone(),
        own_host: config.server.public_host(),
    })
}

fn blobs_options(config: &Config) -> blobs::Options {
    let storage = &config.storage;
    let calls = Calls {
        timeout: Duration::from_secs(storage.call_timeout_seconds),
        max_retries: usize::try_from(storage.max_retries).unwrap_or(usize::MAX),
    };
    match storage.backend {
        StorageBackend::Memory => blobs::Options::Memory,
        StorageBackend::Fs => blobs::Options::Fs { root: config.objects_dir() },
        StorageBackend::S3 => blobs::Options::S3(S3Options {
            bucket: storage.s3.bucket.clone().unwrap_or_default(),
            endpoint: storage.s3.endpoint.clone().unwrap_or_default(),
            region: storage.s3.region.clone().unwrap_or_default(),
            access_key_id: storage.s3.access_key_id.clone().unwrap_or_default(),
            secret_access_key: storage.s3.secret_access_key.clone().unwrap_or_else(|| SecretString::from("")),
            virtual_host_style: storage.s3.virtual_host_style,
            conditions: match storage.s3.conditional_create {
                ConditionalCreate::Auto => Conditions::WhereKept,
                ConditionalCreate::Always => Conditions::Always,
                ConditionalCreate::Never => Conditions::Never,
            },
            max_file_bytes: config.uploads.max_file_bytes,
            calls,
        }),
        StorageBackend::Gcs => blobs::Options::Gcs(GcsOptions {
            bucket: storage.gcs.bucket.clone().unwrap_or_default(),
            endpoint: storage.gcs.endpoint.clone().unwrap_or_default(),
            credential_file: storage.gcs.credential_file.clone(),
            anonymous: storage.gcs.anonymous,
            calls,
        }),
    }
}
