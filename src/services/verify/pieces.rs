//! The objects of a file, and what each must be.

use crate::crypto;
use crate::crypto::file_key::FileKey;
use crate::crypto::sealed_blob::{Opener, sealed_len};
use crate::domain::file::File;
use crate::domain::id::BlobId;
use crate::services::storage_copy::{ObjectPage, StoredObject};
use crate::services::{Error, Services};
use crate::store::{List, Scan};

/// How many files are looked up at once.
const PAGE: usize = 200;

/// One object of a file. The only place that knows how a file's content lies in objects, for whoever reads all of them:
/// verification, backups and copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The object.
    pub blob: BlobId,
    /// Bytes of plaintext in it.
    pub size_bytes: u64,
}

impl Piece {
    /// How long the object must be.
    pub fn sealed_len(&self) -> u64 {
        sealed_len(self.size_bytes)
    }

    /// What opens its chunks, if the object begins with `header`.
    pub(super) fn opener(&self, key: &FileKey, header: &[u8]) -> Result<Opener, crypto::Error> {
        Opener::new(key, self.blob, header, self.size_bytes)
    }
}

impl Services {
    /// Every object that has to be in the storage, a page at a time.
    pub(in crate::services) async fn find_objects(&self, after: Option<&str>) -> Result<ObjectPage, Error> {
        let after = after.unwrap_or_default().to_owned();
        let scan = Scan { list: List::Files, key_field: "oldest", after, limit: PAGE };
        let page = self.store.scan_files(&scan).await?;
        let after = page.last().map(|listed| listed.key.clone());
        let files: Vec<File> = page.into_iter().map(|listed| listed.item).collect();
        let pieces = self.pieces_of(&files).await?;
        let objects = pieces.into_iter().flatten();
        let objects = objects.map(|piece| StoredObject { object: piece.blob.key(), len: piece.sealed_len() });
        Ok(ObjectPage { objects: objects.collect(), after })
    }

    /// The objects of each of these files, in the order of their content.
    pub(in crate::services) async fn pieces_of(&self, files: &[File]) -> Result<Vec<Vec<Piece>>, Error> {
        Ok(files.iter().map(|file| vec![Piece { blob: file.blob, size_bytes: file.size_bytes }]).collect())
    }
}
