//! A place for objects: how the product reaches it, and what the place itself says of what it holds.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::harness::TestApp;
use crate::harness::app::{TestAppBuilder, files_below};
use crate::harness::faulty_line::FaultyLine;
use crate::harness::garage::{self, Garage};
use crate::harness::gcs_server::GcsServer;
use crate::harness::s3_api::S3Api;
use crate::harness::s3s_server::{self, S3sServer};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Memory,
    LocalDisk,
    Garage,
    S3sFs,
    FakeGcs,
}

pub enum Backend {
    Memory,
    LocalDisk(TempDir),
    Garage(Arc<Garage>, S3Api),
    S3sFs(S3sServer, S3Api),
    FakeGcs(GcsServer),
}

const GCS_BUCKET: &str = "sealed";

/// A name that no other test has.
pub fn new_bucket_name() -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    format!("sealed-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

impl Backend {
    pub async fn start(kind: Kind) -> Self {
        match kind {
            Kind::Memory => Self::Memory,
            Kind::LocalDisk => Self::LocalDisk(tempfile::tempdir().unwrap()),
            Kind::Garage => {
                let garage = Garage::shared().await;
                let bucket = garage.make_bucket(&new_bucket_name()).await;
                Self::Garage(garage, bucket)
            }
            Kind::S3sFs => {
                let server = S3sServer::start().await;
                let bucket = server.make_bucket(&new_bucket_name()).await;
                Self::S3sFs(server, bucket)
            }
            Kind::FakeGcs => {
                let server = GcsServer::start(None).await;
                server.make_bucket(GCS_BUCKET).await;
                Self::FakeGcs(server)
            }
        }
    }

    /// An app that keeps its objects here.
    pub fn settings(&self, builder: TestAppBuilder) -> TestAppBuilder {
        match self {
            Self::Memory => builder,
            Self::LocalDisk(folder) => {
                builder.with("STORAGE__BACKEND", "fs").with("STORAGE__FS__ROOT", folder.path().to_str().unwrap())
            }
            Self::Garage(server, bucket) => on_garage(builder, &server.endpoint(), &bucket.bucket),
            Self::S3sFs(server, bucket) => {
                let builder = on_s3(builder, &server.endpoint(), &bucket.bucket, s3s_server::REGION);
                let builder = builder.with("STORAGE__S3__ACCESS_KEY_ID", s3s_server::KEY_ID);
                builder.with("STORAGE__S3__SECRET_ACCESS_KEY", s3s_server::SECRET)
            }
            Self::FakeGcs(server) => on_gcs(builder, &server.endpoint(), GCS_BUCKET),
        }
    }

    /// The keys of the finished objects, as the place itself lists them; `None` where nobody but the product can look.
    pub async fn objects(&self) -> Option<Vec<String>> {
        let mut keys = match self {
            Self::Memory => return None,
            Self::LocalDisk(folder) => {
                let files = files_below(&folder.path().join("sealed"));
                files.iter().map(|file| file.to_string_lossy().into_owned()).collect()
            }
            Self::Garage(_, bucket) | Self::S3sFs(_, bucket) => bucket.objects().await,
            Self::FakeGcs(server) => server.objects(GCS_BUCKET).await,
        };
        // It tells whether conditions are kept, and is no object of anybody's.
        keys.retain(|key| key != "conditional-create-probe");
        Some(keys)
    }

    /// What was begun and is not finished; `None` where such a thing is not kept, or cannot be seen.
    pub async fn unfinished(&self) -> Option<usize> {
        match self {
            Self::Memory | Self::FakeGcs(_) => None,
            Self::LocalDisk(folder) => Some(files_below(&folder.path().join("unfinished")).len()),
            Self::Garage(_, bucket) => Some(bucket.uploads().await.len()),
            Self::S3sFs(server, _) => {
                let files = files_below(&server.folder());
                Some(files.iter().filter(|file| file.to_string_lossy().contains(".upload_id-")).count())
            }
        }
    }

    /// Waits until it holds so many finished objects, and nothing unfinished.
    pub async fn wait_until_it_holds(&self, objects: usize) {
        let begun = Instant::now();
        loop {
            let (finished, unfinished) = (self.objects().await, self.unfinished().await);
            if finished.as_ref().is_none_or(|keys| keys.len() == objects) && unfinished.unwrap_or(0) == 0 {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "{finished:?}, unfinished: {unfinished:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Puts an object there behind the product's back. `false` where there is no way to.
    pub async fn put(&self, key: &str, content: Vec<u8>) -> bool {
        match self {
            Self::Memory => return false,
            Self::LocalDisk(folder) => {
                let file = folder.path().join("sealed").join(key);
                std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                std::fs::write(file, content).unwrap();
            }
            Self::Garage(_, bucket) | Self::S3sFs(_, bucket) => bucket.put(key, content).await,
            Self::FakeGcs(server) => server.put(GCS_BUCKET, key, content).await,
        }
        true
    }

    /// The folder that it keeps everything in.
    pub fn folder(&self) -> Option<PathBuf> {
        match self {
            Self::Memory => None,
            Self::LocalDisk(folder) => Some(folder.path().to_path_buf()),
            Self::Garage(server, _) => Some(server.folder()),
            Self::S3sFs(server, _) => Some(server.folder()),
            Self::FakeGcs(server) => Some(server.folder()),
        }
    }
}

/// Garage behind a line that can be broken, and the settings of an app in front of it.
pub async fn garage_behind_a_line() -> (FaultyLine, Backend, TestAppBuilder) {
    let (line, backend) = (FaultyLine::open().await, Backend::start(Kind::Garage).await);
    let Backend::Garage(garage, bucket) = &backend else { unreachable!() };
    line.lead_to(&garage.endpoint());
    let settings = on_garage(TestApp::builder(), &line.endpoint(), &bucket.bucket);
    (line, backend, settings)
}

/// An app in front of Garage, or of a line that leads there.
pub fn on_garage(builder: TestAppBuilder, endpoint: &str, bucket: &str) -> TestAppBuilder {
    let builder = on_s3(builder, endpoint, bucket, garage::REGION);
    builder.with("STORAGE__S3__ACCESS_KEY_ID", garage::KEY_ID).with("STORAGE__S3__SECRET_ACCESS_KEY", garage::SECRET)
}

fn on_s3(builder: TestAppBuilder, endpoint: &str, bucket: &str, region: &str) -> TestAppBuilder {
    let builder = builder.with("STORAGE__BACKEND", "s3").with("STORAGE__S3__ENDPOINT", endpoint);
    builder.with("STORAGE__S3__BUCKET", bucket).with("STORAGE__S3__REGION", region)
}

/// An app in front of Google's storage, or of a line that leads there.
pub fn on_gcs(builder: TestAppBuilder, endpoint: &str, bucket: &str) -> TestAppBuilder {
    let builder = builder.with("STORAGE__BACKEND", "gcs").with("STORAGE__GCS__ENDPOINT", endpoint);
    builder.with("STORAGE__GCS__BUCKET", bucket).with("STORAGE__GCS__ANONYMOUS", "true")
}
