//! One backend by configuration: local disk, S3, Google Cloud Storage, or memory.

use std::path::PathBuf;
use std::time::Duration;

use opendal::Operator;
use opendal::layers::{RetryLayer, TimeoutLayer};
use opendal::services::{Fs, Gcs, Memory, S3};
use secrecy::{ExposeSecret, SecretString};

use super::local_folders::LocalFolders;
use super::{Blobs, Error};

/// What one call to a remote backend may take, a part of 8 MiB over a slow line included.
const REMOTE_TIMEOUT: Duration = Duration::from_secs(60);
/// Parts of a multipart upload: above S3's minimum of 5 MiB, and a multiple of the 256 KiB that GCS asks for.
const REMOTE_PART_BYTES: usize = 8 << 20;
/// Four chunks: few enough calls, and a client that pauses finds its bytes on the disk already.
const LOCAL_PART_BYTES: usize = 256 << 10;

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

/// How to reach S3.
#[derive(Clone, Debug)]
pub struct S3Options {
    /// The bucket.
    pub bucket: String,
    /// The address; empty for Amazon's own.
    pub endpoint: String,
    /// The region.
    pub region: String,
    /// The id of the access key; empty to find credentials in the environment.
    pub access_key_id: String,
    /// The secret of the access key.
    pub secret_access_key: SecretString,
    /// Whether the bucket stands in the host name rather than in the path.
    pub virtual_host_style: bool,
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
}

pub(super) async fn open(options: &Options) -> Result<Blobs, Error> {
    let remote = |operator, conditional_create| Blobs {
        // The timeout inside the retry: the other way round, a retry would meet a writer cut off in the middle.
        operator: Operator::layer(
            Operator::layer(operator, TimeoutLayer::new().with_timeout(REMOTE_TIMEOUT).with_io_timeout(REMOTE_TIMEOUT)),
            RetryLayer::new().with_jitter().with_max_times(4),
        ),
        local: None,
        part_bytes: REMOTE_PART_BYTES,
        conditional_create,
    };
    match options {
        Options::Memory => Ok(Blobs {
            operator: Operator::new(Memory::default())?,
            local: None,
            part_bytes: LOCAL_PART_BYTES,
            conditional_create: false,
        }),
        Options::Fs { root } => {
            let local = LocalFolders::open(root).await?;
            let builder = Fs::default().root(&local.finished_path()).atomic_write_dir(&local.unfinished_path());
            Ok(Blobs {
                operator: Operator::new(builder)?,
                local: Some(local),
                part_bytes: LOCAL_PART_BYTES,
                conditional_create: false,
            })
        }
        Options::S3(s3) => Ok(remote(Operator::new(s3_builder(s3))?, true)),
        Options::Gcs(gcs) => Ok(remote(Operator::new(gcs_builder(gcs))?, true)),
    }
}

fn s3_builder(options: &S3Options) -> S3 {
    let mut builder = S3::default().bucket(&options.bucket).region(&options.region);
    if !options.endpoint.is_empty() {
        builder = builder.endpoint(&options.endpoint);
    }
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
    if let Some(file) = &options.credential_file {
        builder = builder.credential_path(&file.to_string_lossy());
    }
    if options.anonymous { builder.skip_signature().disable_vm_metadata().disable_config_load() } else { builder }
}
