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
    /// Where its sealed bytes lie.
    pub blob: BlobId,
}
