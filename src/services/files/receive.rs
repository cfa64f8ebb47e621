//! Taking one file in: look at its beginning, seal it on the way, look at the whole, and have it ready to be committed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

use super::sealed_reader::SealedReader;
use super::upload::{IncomingFile, TransferEnded};
use crate::blobs::{BlobWriter, Blobs};
use crate::crypto::file_key::{FileKey, KeyOwner};
use crate::crypto::sealed_blob::{CHUNK_BYTES, SEALED_CHUNK_BYTES, Sealer};
use crate::domain::clock::SharedClock;
use crate::domain::file::File;
use crate::domain::id::{BlobId, FileId};
use crate::domain::media::DocumentKind;
use crate::domain::name::FileName;
use crate::domain::timestamp::Timestamp;
use crate::services::caller::LOOK_AGAIN_SECONDS;
use crate::services::documents::{self, limits};
use crate::services::quotas::Room;
use crate::services::{Error, Services, SignedIn};
use crate::store::Store;
use crate::store::blob::StoredKey;

/// A file that lies sealed at the backend and waits for its commit.
pub(super) struct Received {
    pub(super) file: File,
    pub(super) key: StoredKey,
    pub(super) staged: StagedBlob,
}

/// An announced object. Dropped before it is kept, it is given back: doomed, removed and forgotten.
pub(super) struct StagedBlob {
    blob: BlobId,
    store: Store,
    blobs: Blobs,
    clock: SharedClock,
    lease_seconds: u64,
    lease_expires_at: AtomicI64,
    kept: bool,
    /// Held until it is certain what becomes of the object.
    room: Arc<Room>,
}

/// What is looked after while a file comes in.
struct Watch<'a> {
    leases: &'a [&'a StagedBlob],
    signed_in: &'a SignedIn,
}

impl Services {
    /// Reads a file to its end and seals it. Memory stays at a few chunks whatever its size. The leases of the files that
    /// were received `before` it are kept alive meanwhile.
    pub(super) async fn receive(
        &self,
        signed_in: &SignedIn,
        incoming: IncomingFile<'_>,
        before: &[Received],
        room: &Arc<Room>,
    ) -> Result<Received, Error> {
        let name = FileName::parse(&incoming.name).map_err(|message| Error::input("file", message))?;
        let kind = self.kind_of(&name)?;
        let mut content = Content::new(incoming.content, self.config.uploads.max_file_bytes, room);
        let mut chunk = Vec::with_capacity(SEALED_CHUNK_BYTES);
        content.fill(&mut chunk).await?;
        documents::check_beginning(kind, chunk.get(..limits::BEGINNING_BYTES).unwrap_or(&chunk))?;

        let (id, blob) = (FileId::generate(&*self.random), BlobId::generate(&*self.random));
        let staged = self.stage(blob, room).await?;
        let key = FileKey::generate(&*self.random);
        let writer = self.blobs.create(blob).await?;
        let leases: Vec<&StagedBlob> = before.iter().map(|earlier| &earlier.staged).chain([&staged]).collect();
        let (size_bytes, sha256) =
            self.seal(content, chunk, &key, blob, &Watch { leases: &leases, signed_in }, writer).await?;

        // The check can take a while where the backend is far away.
        for lease in &leases {
            lease.renew_if_due().await?;
        }
        self.check_whole(kind, SealedReader::new(&self.blobs, &key, blob, size_bytes).await?).await?;
        let wrapped = key.wrap(&self.ring, &KeyOwner { file: id, blob, size_bytes }, &*self.random)?;
        let file = File { id, name, kind, size_bytes, sha256, uploaded_at: self.now(), owner: signed_in.user.id, blob };
        let key = StoredKey { key_id: wrapped.key_id.to_string(), sealed: wrapped.sealed };
        Ok(Received { file, key, staged })
    }

    fn kind_of(&self, name: &FileName) -> Result<DocumentKind, Error> {
        let uploads = &self.config.uploads;
        DocumentKind::from_extension(&name.extension())
            .filter(|kind| uploads.allowed_kinds().contains(kind))
            .ok_or_else(|| {
                let allowed = uploads.allowed_extensions.join(", ");
                Error::UnsupportedFileType(format!("Only these files are taken: {allowed}."))
            })
    }

    async fn seal(
        &self,
        mut content: Content<'_>,
        mut chunk: Vec<u8>,
        key: &FileKey,
        blob: BlobId,
        watch: &Watch<'_>,
        mut writer: BlobWriter,
    ) -> Result<(u64, [u8; 32]), Error> {
        let (mut sealer, header) = Sealer::new(key, blob, &*self.random);
        let mut digest = Sha256::new();
        let mut looked_at = self.now();
        writer.write(&header).await?;
        // The last chunk is sealed differently, so one is held back until it is known whether another follows.
        loop {
            digest.update(&chunk);
            if content.is_at_end().await? {
                break;
            }
            sealer.seal_next(&mut chunk)?;
            writer.write(&chunk).await?;
            chunk.clear();
            content.fill(&mut chunk).await?;
            for lease in watch.leases {
                lease.renew_if_due().await?;
            }
            if self.now() >= looked_at.plus_seconds(LOOK_AGAIN_SECONDS) {
                self.look_again(watch.signed_in).await?.ok_or(Error::Unauthenticated)?;
                looked_at = self.now();
            }
        }
        sealer.seal_last(&mut chunk)?;
        writer.write(&chunk).await?;
        writer.finish().await?;
        Ok((content.taken_bytes, digest.finalize().into()))
    }

    /// The container is read back through the sealed object: there is no second copy.
    async fn check_whole(&self, kind: DocumentKind, reader: SealedReader) -> Result<(), Error> {
        let size_bytes = reader.size_bytes();
        let check = move || documents::check_container(kind, reader, size_bytes);
        Ok(tokio::task::spawn_blocking(check).await.map_err(Error::internal)??)
    }

    async fn stage(&self, blob: BlobId, room: &Arc<Room>) -> Result<StagedBlob, Error> {
        let lease_seconds = self.config.uploads.staging_lease_seconds;
        let lease_expires_at = self.now().plus_seconds(lease_seconds);
        self.store.stage_blob(blob, lease_expires_at).await?;
        Ok(StagedBlob {
            blob,
            store: self.store.clone(),
            blobs: self.blobs.clone(),
            clock: self.clock.clone(),
            lease_seconds,
            lease_expires_at: AtomicI64::new(lease_expires_at.as_millis()),
            kept: false,
            room: Arc::clone(room),
        })
    }
}

impl StagedBlob {
    /// Keeps the janitor away, once half of the lease has passed.
    async fn renew_if_due(&self) -> Result<(), Error> {
        let (now, expires_at) =
            (self.clock.now(), Timestamp::from_millis(self.lease_expires_at.load(Ordering::Relaxed)));
        if now.plus_seconds(self.lease_seconds / 2) < expires_at {
            return Ok(());
        }
        let renewed = now.plus_seconds(self.lease_seconds);
        self.store.renew_lease(self.blob, renewed).await?;
        self.lease_expires_at.store(renewed.as_millis(), Ordering::Relaxed);
        Ok(())
    }

    /// The object has its file now.
    pub(super) fn keep(&mut self) {
        self.kept = true;
    }
}

impl Drop for StagedBlob {
    fn drop(&mut self) {
        // There is no waiting in a drop. Where there is no runtime left, the lease runs out and the janitor sweeps.
        let (false, Ok(runtime)) = (self.kept, Handle::try_current()) else { return };
        let (blob, store, blobs, room) = (self.blob, self.store.clone(), self.blobs.clone(), Arc::clone(&self.room));
        runtime.spawn(async move {
            let given_back = async {
                // A request that went away can leave its commit under way: only one of the two wins.
                let is_doomed = store.doom_staged_blob(blob).await?;
                drop(room);
                if is_doomed {
                    blobs.delete(blob).await?;
                    store.forget_doomed_blob(blob).await?;
                }
                Ok::<(), Error>(())
            };
            if let Err(failure) = given_back.await {
                tracing::warn!(%blob, error = failure.with_causes(), "an unfinished upload is left to the janitor");
            }
        });
    }
}

/// The plaintext as it comes in, cut into chunks and counted.
struct Content<'a> {
    stream: BoxStream<'a, Result<Bytes, TransferEnded>>,
    /// What has arrived and is not taken yet.
    waiting: Bytes,
    taken_bytes: u64,
    max_bytes: u64,
    room: &'a Room,
}

impl<'a> Content<'a> {
    fn new(stream: BoxStream<'a, Result<Bytes, TransferEnded>>, max_bytes: u64, room: &'a Room) -> Self {
        Self { stream, waiting: Bytes::new(), taken_bytes: 0, max_bytes, room }
    }

    /// Fills `chunk` up to one chunk's length, or to the end of the content, and takes the room for it.
    async fn fill(&mut self, chunk: &mut Vec<u8>) -> Result<(), Error> {
        let before = chunk.len();
        while chunk.len() < CHUNK_BYTES && !self.is_at_end().await? {
            let part = self.waiting.split_to(self.waiting.len().min(CHUNK_BYTES - chunk.len()));
            self.taken_bytes += part.len() as u64;
            if self.taken_bytes > self.max_bytes {
                return Err(Error::FileTooLarge { limit_bytes: self.max_bytes });
            }
            chunk.extend_from_slice(&part);
        }
        self.room.take((chunk.len() - before) as u64).await
    }

    /// Whether nothing more comes. Waits for the next bytes, or for the end.
    async fn is_at_end(&mut self) -> Result<bool, Error> {
        while self.waiting.is_empty() {
            match self.stream.try_next().await.map_err(|TransferEnded| Error::UploadIncomplete)? {
                Some(bytes) => self.waiting = bytes,
                None => return Ok(true),
            }
        }
        Ok(false)
    }
}
