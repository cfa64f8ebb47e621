//! A stored document.

use super::id::{BlobId, FileId, UserId};
use super::media::DocumentKind;
use super::name::FileName;
use super::timestamp::Timestamp;

/// What is known of a document without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its id.
    pub id: FileId,
    /// Its name, extension included.
    pub name: FileName,
    /// What the server found it to be.
    pub kind: DocumentKind,
    /// Bytes of plaintext.
    pub size_bytes: u64,
    /// SHA-256 of the plaintext (FIPS 180-4).
    pub sha256: [u8; 32],
    /// When the upload was committed.
    pub uploaded_at: Timestamp,
    /// Who uploaded it, and so owns it.
    pub owner: UserId,
    /// Its content.
    pub blob: BlobId,
    /// In how many pieces the content lies, each an object of its own; 0 where it is one object, named as the content is.
    pub pieces: u32,
}

/// A part of a content that lies in an object of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The object.
    pub blob: BlobId,
    /// Which piece it is, counted from 0.
    pub number: u32,
    /// Bytes of plaintext before it.
    pub offset: u64,
    /// Bytes of plaintext in it.
    pub size_bytes: u64,
}

impl Piece {
    /// Bytes of plaintext up to its end.
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(self.size_bytes)
    }
}
