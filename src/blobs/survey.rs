//! A look at everything that lies in the storage, ours by name or not; and a place aside for what must not be used.
//!
//! A place is where something lies, below the root of the storage: the local folder, or the bucket. What is set aside lies at the
//! same place below `quarantine`, where nothing of ours looks.

use futures_util::StreamExt;
use futures_util::stream::Chunks;
use opendal::{ErrorKind, Lister};

use super::conditional::PROBE;
use super::local_folders::LocalFolders;
use super::{Blobs, Error, LIST_BATCH, blob_at, path_of};
use crate::domain::id::BlobId;

/// The folder of what is set aside.
pub(super) const ASIDE: &str = "quarantine";
/// How much is copied at once where a backend cannot move.
const COPY_BYTES: u64 = 8 << 20;
/// How many things of one name are set aside at most.
const MAX_NAMESAKES: u32 = 1000;

/// Something that lies in the storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where.
    pub place: String,
    /// Which object it is; `None` where it is none of ours by its name.
    pub blob: Option<BlobId>,
}

/// What lies in the storage, handed over piece by piece. Objects that are being written, and what is set aside, are left out.
pub struct Survey {
    finished: Chunks<Lister>,
    /// What OpenDAL does not see.
    local: Option<LocalFolders>,
    prefix: &'static str,
}

impl Survey {
    /// Up to 500 more; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Failed`]; [`Error::Folder`].
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Found>>, Error> {
        let Some(batch) = self.finished.next().await else {
            let Some(local) = self.local.take() else { return Ok(None) };
            let foreign = |place| Found { place, blob: None };
            return Ok(Some(local.list_strangers().await?.into_iter().map(foreign).collect()));
        };
        let mut found = Vec::with_capacity(batch.len());
        for entry in batch {
            let entry = entry?;
            let path = entry.path();
            if path.is_empty() || path == PROBE || path.ends_with('/') || path.starts_with(&format!("{ASIDE}/")) {
                continue;
            }
            found.push(Found { place: format!("{}{path}", self.prefix), blob: blob_at(path) });
        }
        Ok(Some(found))
    }
}

impl Blobs {
    /// Everything that lies in the storage.
    ///
    /// # Errors
    /// [`Error::Failed`]; [`Error::Folder`].
    pub async fn survey(&self) -> Result<Survey, Error> {
        self.check_local_folders().await?;
        let finished = self.operator.lister_with("").recursive(true).await?;
        Ok(Survey { finished: finished.chunks(LIST_BATCH), local: self.local.clone(), prefix: self.prefix() })
    }

    /// Where an object lies, or would.
    pub fn place_of(&self, blob: BlobId) -> String {
        format!("{}{}", self.prefix(), path_of(blob))
    }

    /// Whether the object was set aside once.
    ///
    /// # Errors
    /// [`Error::Failed`]; [`Error::Folder`].
    pub async fn is_set_aside(&self, blob: BlobId) -> Result<bool, Error> {
        let aside = format!("{ASIDE}/{}", self.place_of(blob));
        match &self.local {
            Some(local) => Ok(local.is_there(&aside).await?),
            None => Ok(self.operator.exists(&aside).await?),
        }
    }

    /// Moves what lies at a place aside, over nothing that lies there already, and answers where it lies now; `None` where it is
    /// gone.
    ///
    /// # Errors
    /// [`Error::Failed`]; [`Error::Folder`]. Then it lies where it lay.
    pub async fn set_aside(&self, place: &str) -> Result<Option<String>, Error> {
        for number in 1..=MAX_NAMESAKES {
            let aside = match number {
                1 => format!("{ASIDE}/{place}"),
                number => format!("{ASIDE}/{place}.{number}"),
            };
            match &self.local {
                Some(local) => match local.set_aside(place, &aside).await {
                    Ok(()) => return Ok(Some(aside)),
                    Err(failure) if failure.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                    Err(failure) if failure.kind() == std::io::ErrorKind::AlreadyExists => {}
                    Err(failure) => return Err(failure.into()),
                },
                None if self.operator.exists(&aside).await? => {}
                None => return self.move_by_copy(place, aside).await,
            }
        }
        Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists).into())
    }

    /// For backends that know no move, or only one up to a size.
    async fn move_by_copy(&self, from: &str, to: String) -> Result<Option<String>, Error> {
        let size_bytes = match self.operator.stat(from).await {
            Ok(metadata) => metadata.content_length(),
            Err(failure) if failure.kind() == ErrorKind::NotFound => return Ok(None),
            Err(failure) => return Err(failure.into()),
        };
        let reader = self.operator.reader_with(from).content_length_hint(size_bytes).await?;
        let mut writer = self.operator.writer_with(&to).chunk(self.parts.bytes).await?;
        let copied = async {
            let mut position = 0;
            while position < size_bytes {
                let end = size_bytes.min(position + COPY_BYTES);
                writer.write(reader.read(position..end).await?).await?;
                position = end;
            }
            writer.close().await
        }
        .await;
        if let Err(failure) = copied {
            if let Err(failure) = writer.abort().await {
                tracing::debug!(%failure, "an unfinished copy could not be aborted");
            }
            return Err(failure.into());
        }
        if self.operator.stat(&to).await?.content_length() != size_bytes {
            return Err(std::io::Error::other("a copy has another length than what was copied").into());
        }
        self.operator.delete(from).await?;
        Ok(Some(to))
    }

    fn prefix(&self) -> &'static str {
        if self.local.is_some() { LocalFolders::FINISHED_PREFIX } else { "" }
    }
}
