//! Reading and authenticating a part of an object.

use std::ops::Range;
use std::sync::Arc;

use super::Part;
use crate::blobs::{self, Blobs};
use crate::crypto;
use crate::crypto::file_key::FileKey;
use crate::crypto::sealed_blob::{CHUNK_BYTES, HEADER_BYTES, Opener, SEALED_CHUNK_BYTES, chunk_count};
use crate::services::Error;
use crate::services::progress::Progress;

/// How many chunks one piece of work has: enough to keep a core busy, few enough that a large object is shared by all of them.
const CHUNKS_OF_SPAN: u64 = 1024;
/// How many chunks are read at once.
const CHUNKS_AT_ONCE: u64 = 64;

/// What is wrong with an object, as far as it tells by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not there.
    Missing,
    /// It has this length, and must have another.
    Length(u64),
    /// This chunk is not what was sealed.
    Tampered(u64),
    /// The storage answers, and cannot read this chunk of it.
    Unreadable(u64),
}

/// Chunks of one object that are looked at in one go. The first span looks at the object's length, too.
#[derive(Clone)]
pub(super) struct Span {
    pub(super) part: Part,
    pub(super) key: Arc<FileKey>,
    /// None of them: only the length is looked at.
    pub(super) chunks: Range<u64>,
    /// Whether the length is looked at.
    pub(super) is_first: bool,
}

impl Span {
    /// The spans of an object from a chunk on.
    pub(super) fn from_chunk(part: Part, key: &Arc<FileKey>, first: u64) -> impl Iterator<Item = Self> {
        let (count, key) = (chunk_count(part.size_bytes), Arc::clone(key));
        let begins = (first.min(count - 1)..count).step_by(CHUNKS_OF_SPAN as usize);
        begins.enumerate().map(move |(number, begin)| {
            let chunks = begin..count.min(begin + CHUNKS_OF_SPAN);
            Self { part, key: Arc::clone(&key), chunks, is_first: number == 0 }
        })
    }

    /// One that looks at nothing but the object's length.
    pub(super) fn of_length(part: Part, key: &Arc<FileKey>) -> Self {
        Self { part, key: Arc::clone(key), chunks: 0..0, is_first: true }
    }

    /// Looks at it; `None` where all is well.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the storage does not answer: that is no fault of the object.
    pub(super) async fn look(&self, blobs: &Blobs, progress: &Progress) -> Result<Option<Fault>, Error> {
        match self.read(blobs, progress).await {
            Err(blobs::Error::Missing(_)) => Ok(Some(Fault::Missing)),
            looked => Ok(looked?),
        }
    }

    async fn read(&self, blobs: &Blobs, progress: &Progress) -> Result<Option<Fault>, blobs::Error> {
        if self.is_first {
            let len = blobs.size_bytes(self.part.blob()).await?;
            if len != self.part.sealed_len() {
                return Ok(Some(Fault::Length(len)));
            }
        }
        let mut opener = None;
        let mut next = self.chunks.start;
        while next < self.chunks.end {
            let chunks = next..self.chunks.end.min(next + CHUNKS_AT_ONCE);
            next = chunks.end;
            // A small object costs one read: its header comes along.
            let with_header = chunks.start == 0;
            let begin = if with_header { 0 } else { offset_of(chunks.start) };
            let end = offset_of(chunks.end).min(self.part.sealed_len());
            let mut sealed = match blobs.read(self.part.blob(), begin..end).await {
                Ok(sealed) => sealed,
                Err(blobs::Error::Failed(_)) => return self.read_again(blobs, begin..end, chunks.start).await,
                Err(failure) => return Err(failure),
            };
            let opened = match opener.take() {
                Some(opener) => Ok(opener),
                None if with_header => self.part.opener(&self.key, sealed.get(..HEADER_BYTES).unwrap_or_default()),
                None => {
                    let header = blobs.read(self.part.blob(), 0..HEADER_BYTES as u64).await?;
                    self.part.opener(&self.key, &header)
                }
            };
            let Ok(opened) = opened else { return Ok(Some(Fault::Tampered(chunks.start))) };
            let skipped = if with_header { HEADER_BYTES } else { 0 };
            let first = chunks.start;
            let work = move || {
                let tampered = first_tampered(&opened, first, sealed.get_mut(skipped..).unwrap_or_default());
                (opened, tampered)
            };
            // What a panic leaves unsaid is not said to be well.
            let Ok((opened, tampered)) = tokio::task::spawn_blocking(work).await else {
                return Ok(Some(Fault::Tampered(first)));
            };
            if let Some(chunk) = tampered {
                return Ok(Some(Fault::Tampered(chunk)));
            }
            opener = Some(opened);
            progress.add_bytes(end - begin);
        }
        Ok(None)
    }
}

impl Span {
    /// A read has failed: the object became shorter since its length was looked at, it cannot be read, or nothing can.
    async fn read_again(&self, blobs: &Blobs, range: Range<u64>, chunk: u64) -> Result<Option<Fault>, blobs::Error> {
        let len = blobs.size_bytes(self.part.blob()).await?;
        if len < range.end {
            return Ok(Some(Fault::Length(len)));
        }
        blobs.ping().await?;
        // A storage that had a bad moment is no fault of the object: whoever asks again looks at all of it.
        match blobs.read(self.part.blob(), range).await {
            Err(blobs::Error::Failed(_)) => Ok(Some(Fault::Unreadable(chunk))),
            Err(failure) => Err(failure),
            Ok(_) => Ok(Some(Fault::Tampered(chunk))),
        }
    }
}

/// Where a sealed chunk begins in its object.
fn offset_of(chunk: u64) -> u64 {
    HEADER_BYTES as u64 + chunk * SEALED_CHUNK_BYTES as u64
}

/// Opens chunk after chunk, and answers the first that does not open.
fn first_tampered(opener: &Opener, first: u64, sealed: &mut [u8]) -> Option<u64> {
    let mut chunks = (first..).zip(sealed.chunks_mut(SEALED_CHUNK_BYTES));
    chunks.find_map(|(index, chunk)| opener.open_chunk(index, chunk).is_err().then_some(index))
}

/// Whether an object that lies elsewhere opens as this one would: header and first chunk.
pub(super) async fn opens_as(
    blobs: &Blobs,
    lies_at: crate::domain::id::BlobId,
    part: &Part,
    key: &FileKey,
) -> Result<bool, Error> {
    let end = (HEADER_BYTES + SEALED_CHUNK_BYTES) as u64;
    let beginning = match blobs.read(lies_at, 0..end.min(part.sealed_len())).await {
        Ok(beginning) => beginning,
        // It is shorter than that, or gone.
        Err(blobs::Error::Missing(_) | blobs::Error::Failed(_)) => return Ok(false),
        Err(failure) => return Err(failure.into()),
    };
    let Some((header, chunk)) = beginning.split_at_checked(HEADER_BYTES) else { return Ok(false) };
    let opener: Result<Opener, crypto::Error> = part.opener(key, header);
    Ok(opener.is_ok_and(|opener| opener.open_chunk(0, &mut chunk.to_vec()).is_ok()))
}

const _: () = assert!(CHUNKS_AT_ONCE as usize * CHUNK_BYTES == 4 << 20, "4 MiB are read at once");
