//! What uploads that go on have stored so far, for whoever reads or copies all of it.

use std::ops::Bound;

use surrealdb::types::{RecordId, RecordIdKey, RecordIdKeyRange, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::row::{intact, key_of};
use crate::domain::file::Piece;
use crate::domain::id::BlobId;

const TABLE: &str = "transfer";
/// How many uploads are looked up at once.
const PAGE: usize = 100;

/// An upload, done or not.
#[derive(SurrealValue)]
struct UploadRecord {
    id: RecordId,
    state: String,
}

impl Store {
    /// The pieces of some of the uploads that go on, of those behind the one with the key `after`; and behind which one the next page
    /// begins, `None` at the end.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_held_pieces(&self, after: &str) -> Result<(Vec<Piece>, Option<String>), Error> {
        let start = match after {
            "" => Bound::Unbounded,
            key => Bound::Excluded(RecordIdKey::String(key.to_owned())),
        };
        let range = RecordId::new(TABLE, RecordIdKeyRange { start, end: Bound::Unbounded });
        let text = format!("SELECT id, state FROM $range LIMIT {PAGE}");
        let uploads: Vec<UploadRecord> = self.rows(TABLE, &text, variables! { range: range }).await?;
        let mut pieces = Vec::new();
        for upload in uploads.iter().filter(|upload| upload.state == "open") {
            let content = intact(TABLE, key_of(&upload.id).and_then(BlobId::from_key))?;
            pieces.extend(self.find_pieces(content).await?);
        }
        let last = uploads.last().filter(|_| uploads.len() == PAGE).and_then(|upload| key_of(&upload.id));
        Ok((pieces, last.map(str::to_owned)))
    }
}
