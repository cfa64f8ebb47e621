//! The objects of a file, and what each must be.

use crate::crypto;
use crate::crypto::file_key::FileKey;
use crate::crypto::sealed_blob::{Opener, Place, sealed_len};
use crate::domain::file::{File, Piece};
use crate::domain::id::BlobId;
use crate::services::storage_copy::{ObjectPage, StoredObject};
use crate::services::{Error, Services};

/// How many files are looked up at once.
const PAGE: usize = 200;
/// What a place in the list of objects begins with that is in the trash.
const IN_TRASH: &str = "trash ";
/// And one among the uploads that go on.
const OF_UPLOADS: &str = "uploads ";

/// One object of a file. For `verify`, this file knows how a content lies in objects, for whoever reads all of them:
/// verifications and copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    place: Place,
    /// Bytes of plaintext in it.
    pub(super) size_bytes: u64,
    ends_content: bool,
}

impl Part {
    fn new(file: &File, piece: &Piece) -> Self {
        let place = Place { blob: piece.blob, content: file.blob, number: piece.number, offset: piece.offset };
        Self { place, size_bytes: piece.size_bytes, ends_content: piece.end() == file.size_bytes }
    }

    /// The object.
    pub(super) fn blob(&self) -> BlobId {
        self.place.blob
    }

    /// How long the object must be.
    pub(super) fn sealed_len(&self) -> u64 {
        sealed_len(self.size_bytes)
    }

    /// What opens its chunks, if the object begins with `header`.
    pub(super) fn opener(&self, key: &FileKey, header: &[u8]) -> Result<Opener, crypto::Error> {
        Opener::new(key, &self.place, header, self.size_bytes, self.ends_content)
    }
}

impl Services {
    /// The objects of a file, in the order of its content; `None` where the database does not know all of them.
    pub(super) async fn parts_of(&self, file: &File) -> Result<Option<Vec<Part>>, Error> {
        if file.pieces == 0 {
            let whole = Piece { blob: file.blob, number: 0, offset: 0, size_bytes: file.size_bytes };
            return Ok(Some(vec![Part::new(file, &whole)]));
        }
        let pieces = self.store.find_pieces(file.blob).await?;
        let mut end = 0;
        let fits = |piece: &Piece| piece.offset == std::mem::replace(&mut end, piece.end());
        let is_whole = pieces.len() == file.pieces as usize && pieces.iter().all(fits) && end == file.size_bytes;
        Ok(is_whole.then(|| pieces.iter().map(|piece| Part::new(file, piece)).collect()))
    }

    /// Every object that has to be in the storage, a page at a time: those of files, in the trash too, and those of uploads that go
    /// on.
    pub(in crate::services) async fn find_objects(&self, after: Option<&str>) -> Result<ObjectPage, Error> {
        let after = after.unwrap_or_default();
        let mut objects = Vec::new();
        let mut add = |blob: BlobId, size_bytes| {
            objects.push(StoredObject { object: blob.key(), len: sealed_len(size_bytes) });
        };
        if let Some(after) = after.strip_prefix(OF_UPLOADS) {
            let (pieces, last) = self.store.find_held_pieces(after).await?;
            pieces.iter().for_each(|piece| add(piece.blob, piece.size_bytes));
            return Ok(ObjectPage { objects, after: last.map(|key| format!("{OF_UPLOADS}{key}")) });
        }
        let in_trash = after.strip_prefix(IN_TRASH);
        let page = self.find_page(in_trash.is_some(), in_trash.unwrap_or(after), PAGE).await?;
        for (_, file) in &page {
            let parts = self.parts_of(file).await?.unwrap_or_default();
            parts.iter().for_each(|part| add(part.blob(), part.size_bytes));
        }
        let (place, next) = if in_trash.is_some() { (IN_TRASH, OF_UPLOADS) } else { ("", IN_TRASH) };
        let after = page.last().map_or_else(|| next.to_owned(), |(key, _)| format!("{place}{key}"));
        Ok(ObjectPage { objects, after: Some(after) })
    }
}
