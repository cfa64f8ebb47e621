//! Decides whether uploaded bytes are really the `.docx`, `.pptx` or `.xlsx` that their name says.
//!
//! An Office Open XML document is a ZIP archive (PKWARE APPNOTE 6.3.10) that follows the Open Packaging Conventions
//! (ECMA-376 part 2): a `[Content_Types].xml`, a `_rels/.rels` that names the main part, and a main part whose content
//! type says which family the document is of.
//!
//! There are two checks. [`check_beginning`] looks at the first 64 KiB, so that most wrong files are refused before the
//! rest of them is sent. [`check_container`] looks at the whole through a reader that can seek, and is what an upload
//! is accepted by; it does not rely on the first check having been made.
//!
//! What [`check_container`] reads and holds is bounded by [`limits`], whatever the bytes say. It inflates three parts
//! only, each under a cap, and writes nothing anywhere.
//!
//! What it does not do: it does not inflate the other parts, so that their checksums and their true inflated sizes
//! stay unchecked; and it does not look for bytes that lie between two entries, where no reader of the directory looks.

mod beginning;
mod central_directory;
mod content_types;
mod directory_end;
mod entry_name;
mod expansion;
mod local_headers;
mod package;
mod part;
mod read_budget;
mod refusal;
mod relationships;
#[cfg(test)]
mod tests;
mod xml;

use std::io::{Read, Seek};

use crate::domain::media::DocumentKind;

pub use refusal::Refusal;

use read_budget::BudgetedReader;

/// What a document may cost to check, and what it may declare.
///
/// Each is far above what the writers of real documents produce, and low enough that the worst input is cheap.
pub mod limits {
    /// How much of the start of a file [`check_beginning`](super::check_beginning) wants, in bytes.
    pub const BEGINNING_BYTES: usize = 64 * 1024;

    /// How many bytes [`check_container`](super::check_container) reads at most, all told.
    ///
    /// The sum of what the other limits allow: the beginning and the end of the file, the directory, the local
    /// headers, and three parts that do not compress.
    pub const READ_BYTES: u64 = 12 * 1024 * 1024;

    /// How many entries an archive may have.
    pub const ENTRIES: u64 = 10_000;

    /// How long the central directory may be, in bytes.
    pub const DIRECTORY_BYTES: u64 = 1024 * 1024;

    /// How long the name of an entry may be, in bytes.
    pub const NAME_BYTES: usize = 1024;

    /// How many bytes of a local header's extra field are looked at, when its Zip64 sizes are needed.
    pub const LOCAL_EXTRA_BYTES: u64 = 1024;

    /// How long `[Content_Types].xml` may be, inflated, in bytes.
    pub const CONTENT_TYPES_BYTES: u64 = 1024 * 1024;

    /// How long `_rels/.rels` may be, inflated, in bytes.
    pub const PACKAGE_RELATIONSHIPS_BYTES: u64 = 1024 * 1024;

    /// How long the main part's relationships may be, inflated, in bytes: a long text has one for every link in it.
    pub const MAIN_RELATIONSHIPS_BYTES: u64 = 4 * 1024 * 1024;

    /// How many times its stored size an entry, and the whole archive, may declare to inflate to.
    pub const EXPANSION_RATIO: u64 = 200;

    /// Up to this inflated size, in bytes, a ratio is not looked at: a blank picture or an empty sheet is small and
    /// packs very well.
    pub const EXPANSION_RATIO_FROM_BYTES: u64 = 1024 * 1024;

    /// How much all entries together may declare to inflate to, in bytes.
    pub const TOTAL_INFLATED_BYTES: u64 = 16 * 1024 * 1024 * 1024;
}

/// Refuses most files that are not of this kind, from their first bytes alone.
///
/// `first_bytes` are the first [`limits::BEGINNING_BYTES`] of the file, or all of a shorter one. Passing says little:
/// any ZIP archive may. No genuine document is refused.
///
/// # Errors
///
/// The [`Refusal`] that fits best; never [`Refusal::Unreadable`].
pub fn check_beginning(kind: DocumentKind, first_bytes: &[u8]) -> Result<(), Refusal> {
    beginning::check(kind, first_bytes)
}

/// Refuses a file that is not a whole, sound document of this kind.
///
/// `size_bytes` is the length of the file, and `reader` must yield exactly that many bytes. It is read in this order:
/// the first [`limits::BEGINNING_BYTES`], the last 64 KiB, the central directory, every entry's local header from the
/// first to the last, and three parts. A reader that fetches blocks should keep the block it fetched last; it is then
/// asked for no block more than twice, but for a handful. No more than [`limits::READ_BYTES`] are read, and no more
/// than about 16 MiB are held at any time.
///
/// It blocks: call it where that does no harm.
///
/// # Errors
///
/// [`Refusal::Unreadable`] when the reader fails or ends before `size_bytes`, which says nothing about the document;
/// any other [`Refusal`] is about the content.
pub fn check_container<R: Read + Seek>(kind: DocumentKind, reader: R, size_bytes: u64) -> Result<(), Refusal> {
    let mut reader = BudgetedReader::new(reader, size_bytes, limits::READ_BYTES);
    let beginning_bytes = size_bytes.min(limits::BEGINNING_BYTES as u64);
    beginning::check(kind, &reader.read_at(0, beginning_bytes)?)?;

    let location = directory_end::locate(&mut reader)?;
    let listed = central_directory::read(&mut reader, &location)?;
    let entries = local_headers::verify(&mut reader, listed, location.offset)?;
    expansion::check(&entries, size_bytes)?;
    package::check(kind, &mut reader, &entries)
}
