//! Sealed bytes in objects: the only room that uses OpenDAL.
//!
//! Floor 2. An object is written once under a random name and never overwritten. It becomes visible whole, by its
//! `finish`, or not at all. What is in it, this room does not know.

mod backend;
mod conditional;
mod interrupted;
mod local_folders;
mod parts;
mod stream;
mod survey;
mod writer;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::Chunks;
use opendal::{Entry, Lister, Operator};
use tokio_util::task::TaskTracker;

use crate::domain::id::BlobId;
use conditional::ConditionalCreate;
use interrupted::{Marker, S3Uploads};
use local_folders::LocalFolders;
use parts::Parts;

pub use backend::{Calls, GcsOptions, Options, S3Options};
pub use conditional::Conditions;
pub use interrupted::InterruptedUpload;
pub use stream::BlobStream;
pub use survey::{Found, Survey};
pub use writer::BlobWriter;

/// How many objects are listed at once.
const LIST_BATCH: usize = 500;

/// What can go wrong between us and the storage.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The object is not there.
    #[error("object {0} is not there")]
    Missing(BlobId),
    /// The storage answers with an error or not at all. Whoever prints that prints no address: that of an upload to Google Cloud
    /// Storage is as good as a key.
    #[error("the storage failed: {}", described(.0))]
    Failed(opendal::Error),
    /// A local folder cannot be used.
    #[error("a local folder cannot be used")]
    Folder(#[from] std::io::Error),
}

impl From<opendal::Error> for Error {
    fn from(failure: opendal::Error) -> Self {
        Self::Failed(failure)
    }
}

/// What failed, and what the operating system had to say of it, without the context and the causes between.
fn described(failure: &opendal::Error) -> String {
    let said = format!("{}: {}", failure.kind(), failure.message());
    let causes = std::iter::successors(std::error::Error::source(failure), |cause| cause.source());
    match causes.last().and_then(|cause| cause.downcast_ref::<std::io::Error>()) {
        Some(cause) => format!("{said}: {cause}"),
        None => said,
    }
}

/// The objects of the installation. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    operator: Operator,
    /// The same without patience, to see whether it answers.
    asked: Operator,
    /// Where objects lie on this machine: their folders must be made durable by us.
    local: Option<LocalFolders>,
    /// Where unfinished objects are kept by the server, apart from all others.
    interrupted: Option<Arc<S3Uploads>>,
    parts: Parts,
    conditional: ConditionalCreate,
    /// Objects that are being written or aborted.
    writers: TaskTracker,
}

impl Blobs {
    /// Opens the backend, and makes its folders where it has any.
    ///
    /// # Errors
    /// [`Error::Failed`] when the options make no sense to the backend; [`Error::Folder`].
    pub async fn open(options: &Options) -> Result<Self, Error> {
        backend::open(options).await
    }

    /// Begins an object. Its row must stand in the database already.
    ///
    /// # Errors
    /// [`Error::Failed`]; [`Error::Folder`] where the folders have gone away.
    pub async fn create(&self, blob: BlobId) -> Result<BlobWriter, Error> {
        writer::create(self, blob).await
    }

    /// Reads a range of an object.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Failed`], also when the object ends within the range; [`Error::Folder`].
    pub async fn read(&self, blob: BlobId, range: Range<u64>) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let read = async {
            let reader = self.operator.reader_with(&path_of(blob)).content_length_hint(range.end).await?;
            reader.read_into(&mut bytes, range).await
        };
        match read.await {
            Ok(_) => Ok(bytes),
            Err(failure) => Err(self.failed_to_read(blob, failure).await),
        }
    }

    /// How many bytes an object has.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Failed`]; [`Error::Folder`].
    pub async fn size_bytes(&self, blob: BlobId) -> Result<u64, Error> {
        match self.operator.stat(&path_of(blob)).await {
            Ok(metadata) => Ok(metadata.content_length()),
            Err(failure) => Err(self.failed_to_read(blob, failure).await),
        }
    }

    /// Removes an object, and what an upload that died has left of it. Removing what is not there is nothing.
    ///
    /// # Errors
    /// [`Error::Failed`]; [`Error::Folder`].
    pub async fn delete(&self, blob: BlobId) -> Result<(), Error> {
        self.operator.delete(&path_of(blob)).await?;
        match &self.local {
            Some(local) => Ok(local.remove_unfinished(blob).await?),
            None => Ok(()),
        }
    }

    /// Every object there is, finished or not.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn list(&self) -> Result<BlobList, Error> {
        let finished = self.operator.lister_with("").recursive(true).await?;
        Ok(BlobList { finished: finished.chunks(LIST_BATCH), unfinished: self.local.clone() })
    }

    /// Asks the backend for nothing, to see that it answers.
    ///
    /// # Errors
    /// [`Error::Failed`]; [`Error::Folder`].
    pub async fn ping(&self) -> Result<(), Error> {
        self.check_local_folders().await?;
        // OpenDAL's own check would take a bucket that is not there for an empty one.
        match self.asked.lister_with("").limit(1).await?.next().await {
            Some(Err(failure)) => Err(failure.into()),
            Some(Ok(_)) | None => Ok(()),
        }
    }

    /// The multipart uploads that the server still holds; none where there is no such thing.
    pub fn list_interrupted(&self) -> InterruptedList {
        InterruptedList { uploads: self.interrupted.clone(), next: Some(Marker::default()) }
    }

    /// Gives up an upload that whoever began it will not finish.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn abort_interrupted(&self, upload: &InterruptedUpload) -> Result<(), Error> {
        match &self.interrupted {
            Some(uploads) => uploads.abort(upload).await,
            None => Ok(()),
        }
    }

    /// Waits for objects that are being finished or given up, for so long at most.
    pub async fn finish_writers(&self, limit: Duration) {
        self.writers.close();
        if tokio::time::timeout(limit, self.writers.wait()).await.is_err() {
            tracing::info!("unfinished objects are left to the janitor of the next process");
        }
    }

    async fn check_local_folders(&self) -> Result<(), Error> {
        match &self.local {
            Some(local) => Ok(local.check().await?),
            None => Ok(()),
        }
    }
}

/// A list of objects, handed over piece by piece.
pub struct BlobList {
    finished: Chunks<Lister>,
    unfinished: Option<LocalFolders>,
}

impl BlobList {
    /// Up to 500 more objects; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Failed`]; [`Error::Folder`].
    pub async fn next_batch(&mut self) -> Result<Option<Vec<BlobId>>, Error> {
        if let Some(batch) = self.finished.next().await {
            let entries: Vec<Entry> = batch.into_iter().collect::<Result<_, _>>()?;
            // What is set aside keeps its name, and is no object any more.
            let places = entries.iter().map(Entry::path).filter(|path| !path.starts_with(survey::ASIDE));
            return Ok(Some(places.filter_map(blob_at).collect()));
        }
        match self.unfinished.take() {
            Some(local) => Ok(Some(local.list_unfinished().await?)),
            None => Ok(None),
        }
    }
}

/// A list of multipart uploads, handed over piece by piece.
pub struct InterruptedList {
    uploads: Option<Arc<S3Uploads>>,
    next: Option<Marker>,
}

impl InterruptedList {
    /// Some more of them; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn next_batch(&mut self) -> Result<Option<Vec<InterruptedUpload>>, Error> {
        let (Some(uploads), Some(marker)) = (&self.uploads, self.next.take()) else { return Ok(None) };
        let (batch, next) = uploads.list(&marker).await?;
        self.next = next;
        Ok(Some(batch))
    }
}

/// Two levels, so that no folder of a local disk grows without end.
fn path_of(blob: BlobId) -> String {
    let name = blob.to_hex();
    format!("{}/{name}", &name[..2])
}

/// The object that lies there: nothing is one of ours that lies elsewhere than we would put it.
fn blob_at(path: &str) -> Option<BlobId> {
    blob_named(path.rsplit('/').next()?).filter(|blob| path_of(*blob) == path)
}

/// The object whose file begins with these 32 digits; OpenDAL names an unfinished one `NAME.RANDOM`.
fn blob_named(name: &str) -> Option<BlobId> {
    let digits = name.split('.').next()?;
    let bytes = data_encoding::HEXLOWER.decode(digits.as_bytes()).ok()?;
    Some(BlobId::from_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests;
