//! Digesting, sealing and writing what comes in, on another core than the one that reads it from the line.

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::blobs::BlobWriter;
use crate::crypto::checksum::Checksum;
use crate::crypto::content_digest::ContentDigest;
use crate::crypto::file_key::FileKey;
use crate::crypto::sealed_blob::{Place, Sealer};
use crate::services::{Error, Services};

/// Chunks that are handed over together: to wake another thread for each costs as much as to seal a tenth of it.
const HANDED_OVER: usize = 4;
/// How often so many may wait to be sealed: half a mebibyte.
const MAX_WAITING: usize = 2;

/// What is made of the plaintext besides the object.
pub(in crate::services) struct Digests {
    /// Of the whole content, up to here.
    pub(in crate::services) content: ContentDigest,
    /// Of what came with this request, where the client has said what it should be.
    pub(in crate::services) checksum: Option<Checksum>,
}

impl Digests {
    fn update(&mut self, plaintext: &[u8]) {
        self.content.update(plaintext);
        if let Some(checksum) = &mut self.checksum {
            checksum.update(plaintext);
        }
    }
}

/// Chunks of plaintext in their order.
struct Chunks {
    /// Full ones, with another behind them.
    full: Vec<Vec<u8>>,
    /// The last one of the object, and whether the content ends with it.
    last: Option<(Vec<u8>, bool)>,
}

/// An object that is being sealed. Dropped before it is finished, it is aborted.
pub(in crate::services) struct Sealing {
    waiting: Vec<Vec<u8>>,
    chunks: mpsc::Sender<Chunks>,
    task: AbortOnDropHandle<Result<Sealed, Error>>,
    size_bytes: u64,
}

/// An object whose bytes are all at the backend, and that is not visible yet.
pub(in crate::services) struct Sealed {
    /// Makes it visible, or drops it.
    pub(in crate::services) writer: BlobWriter,
    pub(in crate::services) digests: Digests,
    /// Bytes of plaintext.
    pub(in crate::services) size_bytes: u64,
}

impl Services {
    /// Begins to seal an object that is announced.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(in crate::services) async fn begin_sealing(
        &self,
        key: &FileKey,
        place: &Place,
        digests: Digests,
    ) -> Result<Sealing, Error> {
        let (sealer, header) = Sealer::new(key, place, &*self.random);
        let mut writer = self.blobs.create(place.blob).await?;
        writer.write(Bytes::copy_from_slice(&header)).await?;
        let (chunks, incoming) = mpsc::channel(MAX_WAITING);
        let task = AbortOnDropHandle::new(tokio::spawn(seal(incoming, sealer, writer, digests)));
        Ok(Sealing { waiting: Vec::with_capacity(HANDED_OVER), chunks, task, size_bytes: 0 })
    }
}

impl Sealing {
    /// Bytes of plaintext that were handed over.
    pub(in crate::services) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Takes a full chunk that is not the last one, and leaves an empty buffer in its place.
    ///
    /// # Errors
    /// What came of an earlier one.
    pub(in crate::services) async fn push(&mut self, chunk: &mut Vec<u8>) -> Result<(), Error> {
        let empty = Vec::with_capacity(chunk.capacity());
        let chunk = std::mem::replace(chunk, empty);
        self.size_bytes += chunk.len() as u64;
        self.waiting.push(chunk);
        if self.waiting.len() == HANDED_OVER { self.hand_over(None).await } else { Ok(()) }
    }

    /// Hands over the last chunk, and waits until all is sealed and handed to the backend.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(in crate::services) async fn finish(mut self, chunk: Vec<u8>, ends_content: bool) -> Result<Sealed, Error> {
        self.hand_over(Some((chunk, ends_content))).await?;
        self.task.await.map_err(Error::internal)?
    }

    async fn hand_over(&mut self, last: Option<(Vec<u8>, bool)>) -> Result<(), Error> {
        let full = std::mem::replace(&mut self.waiting, Vec::with_capacity(HANDED_OVER));
        if self.chunks.send(Chunks { full, last }).await.is_err() {
            // The task takes no more: it says why.
            return match (&mut self.task).await.map_err(Error::internal)? {
                Err(failure) => Err(failure),
                Ok(_) => Err(Error::internal("an object was sealed before its end")),
            };
        }
        Ok(())
    }
}

async fn seal(
    mut incoming: mpsc::Receiver<Chunks>,
    mut sealer: Sealer,
    mut writer: BlobWriter,
    mut digests: Digests,
) -> Result<Sealed, Error> {
    let mut size_bytes = 0;
    while let Some(Chunks { full, last }) = incoming.recv().await {
        for mut chunk in full {
            digests.update(&chunk);
            size_bytes += chunk.len() as u64;
            sealer.seal_next(&mut chunk)?;
            writer.write(Bytes::from(chunk)).await?;
        }
        if let Some((mut chunk, ends_content)) = last {
            digests.update(&chunk);
            size_bytes += chunk.len() as u64;
            sealer.seal_last(&mut chunk, ends_content)?;
            writer.write(Bytes::from(chunk)).await?;
            return Ok(Sealed { writer, digests, size_bytes });
        }
    }
    // Whoever handed chunks over has gone away.
    Err(Error::UploadIncomplete)
}
