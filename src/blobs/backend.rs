//! One backend by configuration: local disk, S3, Google Cloud Storage, or memory.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use opendal::Operator;
use opendal::layers::{RetryEvent, RetryLayer, TimeoutLayer};
use opendal::services::{Fs, Gcs, Memory, S3};
use secrecy::{ExposeSecret, SecretString};
use tokio_util::task::TaskTracker;

use super::conditional::{ConditionalCreate, Conditions};
use super::interrupted::S3Uploads;
use super::local_folders::LocalFolders;
use super::parts::{Parts, part_bytes_for};
use super::{Blobs, Error};

/// Sixteen chunks: each part is handed to another thread, which costs more than its system call.
const SMALL_PART_BYTES: usize = 1 << 20;
/// How long a remote backend may take to say that it is there.
const PING_TIMEOUT: Duration = Duration::from_secs(5);
/// The pause before the first try again; each one after it is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Which backend, and how to reach it.
#[derive(Clone, Debug)]
pub enum Options {
    /// Folders below `root` on this machine.
    Fs {
        /// The folder.
        root: PathBuf,
    },
    /// This process; gone with it.
    Memory,
    /// S3, or what speaks like it.
    S3(S3Options),
    /// Google Cloud Storage.
    Gcs(GcsOptions),
}

/// How patient a remote backend is asked.
#[derive(Clone, Debug)]
pub struct Calls {
    /// What one call may take, that of a part included.
    pub timeout: Duration,
    /// How often a call that failed for the moment is tried again.
    pub max_retries: usize,
}

/// How to reach S3.
#[derive(Clone, Debug)]
pub struct S3Options {
    /// The bucket.
    pub bucket: String,
    /// The address; empty for Amazon's own.
    pub endpoint: String,
    /// The region; empty for what the environment says.
    pub region: String,
    /// The id of the access key; empty to find credentials in the environment.
    pub access_key_id: String,
    /// The secret of the access key.
    pub secret_access_key: SecretString,
    /// Whether the bucket stands in the host name rather than in the path.
    pub virtual_host_style: bool,
    /// Whether objects are created on the condition that they are not there.
    pub conditions: Conditions,
    /// The largest file, which decides how large parts are.
    pub max_file_bytes: u64,
    /// How patiently it is asked.
    pub calls: Calls,
}

/// How to reach Google Cloud Storage.
#[derive(Clone, Debug)]
pub struct GcsOptions {
    /// The bucket.
    pub bucket: String,
    /// The address; empty for Google's own.
    pub endpoint: String,
    /// The file with the credentials; `None` to find them in the environment.
    pub credential_file: Option<PathBuf>,
    /// Whether requests go unsigned, as emulators want them.
    pub anonymous: bool,
    /// How patiently it is asked.
    pub calls: Calls,
}

pub(super) async fn open(options: &Options) -> Result<Blobs, Error> {
    match options {
        Options::Memory => Ok(here(Operator::new(Memory::default())?, None)),
        Options::Fs { root } => {
            let local = LocalFolders::open(root).await?;
            let builder = Fs::default().root(&local.finished_path()).atomic_write_dir(&local.unfinished_path());
            Ok(Blobs { parts: Parts::overlapped(SMALL_PART_BYTES), ..here(Operator::new(builder)?, Some(local)) })
        }
        Options::S3(s3) => {
            let bare = Operator::new(s3_builder(s3))?;
            let uploads = S3Uploads::new(s3, bare.clone());
            Ok(Blobs {
                interrupted: Some(Arc::new(uploads)),
                parts: Parts::side_by_side(part_bytes_for(s3.max_file_bytes)),
                conditional: ConditionalCreate::new(s3.conditions),
                ..remote(bare, &s3.calls)
            })
        }
        // Without the condition OpenDAL would take another way, one without resumption, for what is larger than a part.
        Options::Gcs(gcs) => Ok(Blobs {
            conditional: ConditionalCreate::new(Conditions::Always),
            ..remote(Operator::new(gcs_builder(gcs))?, &gcs.calls)
        }),
    }
}

fn here(operator: Operator, local: Option<LocalFolders>) -> Blobs {
    Blobs {
        asked: operator.clone(),
        operator,
        local,
        interrupted: None,
        parts: Parts::one_by_one(SMALL_PART_BYTES),
        conditional: ConditionalCreate::new(Conditions::Never),
        writers: TaskTracker::new(),
    }
}

fn remote(bare: Operator, calls: &Calls) -> Blobs {
    // Without it there is no transport; as a feature of the library it would be done before `main`, for all of its users.
    opendal::install_default();
    let timed = |limit| TimeoutLayer::new().with_timeout(limit).with_io_timeout(limit);
    let retry = RetryLayer::new()
        .with_jitter()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_max_times(calls.max_retries)
        .with_notify(|event: RetryEvent<'_>| {
            let failure = super::described(event.err);
            tracing::warn!(operation = %event.op, attempt = event.attempt, failure, "a call to the storage is repeated");
        });
    Blobs {
        asked: Operator::layer(bare.clone(), timed(PING_TIMEOUT)),
        // The timeout inside the retry: the other way round, a retry would meet a writer cut off in the middle.
        operator: Operator::layer(Operator::layer(bare.clone(), timed(calls.timeout)), retry),
        ..here(bare, None)
    }
}

fn s3_builder(options: &S3Options) -> S3 {
    let mut builder = S3::default().bucket(&options.bucket).region(&options.region).endpoint(&options.endpoint);
    if !options.access_key_id.is_empty() {
        builder = builder
            .access_key_id(&options.access_key_id)
            .secret_access_key(options.secret_access_key.expose_secret())
            .disable_config_load()
            .disable_ec2_metadata();
    }
    if options.virtual_host_style { builder.enable_virtual_host_style() } else { builder }
}

fn gcs_builder(options: &GcsOptions) -> Gcs {
    let mut builder = Gcs::default().bucket(&options.bucket);
    if !options.endpoint.is_empty() {
        builder = builder.endpoint(&options.endpoint);
    }
    // Where credentials are named, no others are found instead of them.
    match &options.credential_file {
        Some(file) => builder.credential_path(&file.to_string_lossy()).disable_config_load().disable_vm_metadata(),
        None if options.anonymous => builder.skip_signature().disable_config_load().disable_vm_metadata(),
        None => builder,
    }
}
