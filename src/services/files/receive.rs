//! Taking one file in: look at its beginning, seal it on the way, look at the whole, and have it ready to be committed.

use std::sync::Arc;

use super::incoming::Incoming;
use super::sealed_content::SealedContent;
use super::sealed_reader::SealedReader;
use super::sealing::{Digests, Sealed};
use super::staged::StagedBlob;
use super::upload::IncomingFile;
use crate::crypto::content_digest::ContentDigest;
use crate::crypto::file_key::FileKey;
use crate::crypto::sealed_blob::{Place, SEALED_CHUNK_BYTES};
use crate::domain::file::File;
use crate::domain::id::{BlobId, FileId};
use crate::domain::media::DocumentKind;
use crate::domain::name::FileName;
use crate::services::caller::LOOK_AGAIN_SECONDS;
use crate::services::documents::{self, limits};
use crate::services::quotas::Room;
use crate::services::{Error, Services, SignedIn};

/// A file that lies sealed at the backend and waits for its commit.
pub(super) struct Received {
    pub(super) file: File,
    /// What it is sealed with. It is wrapped when the file is committed, with the key that is current then.
    pub(super) key: Arc<FileKey>,
    pub(super) staged: StagedBlob,
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
        let max_bytes = self.config.uploads.max_file_bytes;
        let mut content = Incoming::new(incoming.content, max_bytes, max_bytes, room);
        let mut chunk = Vec::with_capacity(SEALED_CHUNK_BYTES);
        content.fill(&mut chunk).await?;
        documents::check_beginning(kind, chunk.get(..limits::BEGINNING_BYTES).unwrap_or(&chunk))?;

        let (id, blob) = (FileId::generate(&*self.random), BlobId::generate(&*self.random));
        let staged = self.stage(blob, room).await?;
        let key = Arc::new(FileKey::generate(&*self.random));
        let leases: Vec<&StagedBlob> = before.iter().map(|earlier| &earlier.staged).chain([&staged]).collect();
        let sealed = self.seal(content, chunk, &key, blob, &Watch { leases: &leases, signed_in }).await?;
        let (size_bytes, sha256) = (sealed.size_bytes, sealed.digests.content.finish());
        sealed.writer.finish().await?;

        // The check can take a while where the backend is far away.
        for lease in &leases {
            lease.renew_if_due().await?;
        }
        let content = SealedContent::of_one_object(self.blobs.clone(), Arc::clone(&key), blob, size_bytes);
        self.check_whole(kind, content).await?;
        let (uploaded_at, owner) = (self.now(), signed_in.user.id);
        let file = File { id, name, kind, size_bytes, sha256, uploaded_at, owner, blob, pieces: 0 };
        Ok(Received { file, key, staged })
    }

    /// What a file of this name must be.
    pub(in crate::services) fn kind_of(&self, name: &FileName) -> Result<DocumentKind, Error> {
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
        mut content: Incoming<'_>,
        mut chunk: Vec<u8>,
        key: &FileKey,
        blob: BlobId,
        watch: &Watch<'_>,
    ) -> Result<Sealed, Error> {
        let digests = Digests { content: ContentDigest::default(), checksum: None };
        let mut sealing = self.begin_sealing(key, &Place::of_whole(blob), digests).await?;
        let mut looked_at = self.now();
        // The last chunk is sealed differently, so one is held back until it is known whether another follows.
        while !content.is_at_end().await? {
            sealing.push(&mut chunk).await?;
            content.fill(&mut chunk).await?;
            for lease in watch.leases {
                lease.renew_if_due().await?;
            }
            if self.now() >= looked_at.plus_seconds(LOOK_AGAIN_SECONDS) {
                self.look_again(watch.signed_in).await?.ok_or(Error::Unauthenticated)?;
                looked_at = self.now();
            }
        }
        sealing.finish(chunk, true).await
    }

    /// The container is read back through the seal: there is no second copy.
    pub(in crate::services) async fn check_whole(
        &self,
        kind: DocumentKind,
        content: SealedContent,
    ) -> Result<(), Error> {
        let size_bytes = content.size_bytes();
        let reader = SealedReader::new(content);
        let check = move || documents::check_container(kind, reader, size_bytes);
        Ok(tokio::task::spawn_blocking(check).await.map_err(Error::internal)??)
    }
}
