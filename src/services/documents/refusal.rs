//! Why a file is not taken.

use std::io;

use crate::domain::media::DocumentKind;

use super::limits;

/// Why a file is not taken. Displayed, it is a sentence for the person who sent the file: it holds nothing that was
/// read from the file, and nothing about the server.
///
/// All but [`Unreadable`](Self::Unreadable) are about the content, and sending the same file again changes nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is not one byte.
    #[error("The file is empty.")]
    Empty,

    /// It starts as an executable does (Windows, Linux or macOS).
    #[error("The file is a program, not a document.")]
    Program,

    /// It starts with `#!`.
    #[error("The file is a script, not a document.")]
    Script,

    /// It starts as HTML does.
    #[error("The file is a web page, not a document.")]
    WebPage,

    /// It is text and nothing but text.
    #[error("The file is plain text, not a document.")]
    PlainText,

    /// It is of another format that is known by its first bytes.
    #[error("The file is {name}; only .docx, .pptx and .xlsx documents are taken.")]
    OtherFormat {
        /// The format with its article: "a PDF".
        name: &'static str,
    },

    /// It is of no format that is known here, and no ZIP archive.
    #[error("The file is not an Office document.")]
    UnknownFormat,

    /// An OpenDocument file, which is a ZIP archive too.
    #[error("The file is an OpenDocument file. Save it as .{} and send that.", .wanted.extension())]
    OpenDocument {
        /// What the name of the file says it is.
        wanted: DocumentKind,
    },

    /// A compound file with the stream that an encrypted document has (MS-OFFCRYPTO 2.3.4.4).
    #[error("The document is encrypted with a password. Save it without one and send that.")]
    Encrypted,

    /// A compound file (MS-CFB) with the stream of a `.doc`, `.xls` or `.ppt`.
    #[error("The document is in the format of Office 97 to 2003. Save it as .{} and send that.", .wanted.extension())]
    LegacyOffice {
        /// What the name of the file says it is.
        wanted: DocumentKind,
    },

    /// A compound file (MS-CFB) whose streams are not named in its first 64 KiB.
    #[error("The document is encrypted with a password, or in the format of Office 97 to 2003.")]
    EncryptedOrLegacy,

    /// A ZIP archive that is no package: it has no `[Content_Types].xml`.
    #[error("The file is a plain ZIP archive, not a document.")]
    PlainZip,

    /// The archive has no end, or ends before something that it points to.
    #[error("The document is incomplete: its end is missing.")]
    Incomplete,

    /// Something follows the end of the archive.
    #[error("The document has something else attached to its end.")]
    TrailingData,

    /// Something comes before the first entry that the directory lists.
    #[error("The document has something else put in front of it.")]
    PrependedData,

    /// The directory at the end of the archive contradicts itself or the file.
    #[error("The document is damaged: its table of contents makes no sense.")]
    DirectoryDamaged,

    /// There are more than [`limits::ENTRIES`] entries.
    #[error("The document has more than {} parts.", limits::ENTRIES)]
    TooManyEntries,

    /// The directory is longer than [`limits::DIRECTORY_BYTES`].
    #[error("The document's table of contents is too long.")]
    DirectoryTooLong,

    /// An entry has the encryption flag.
    #[error("Parts of the document are encrypted.")]
    EncryptedEntry,

    /// An entry is packed with something other than "stored" or "deflate" (ECMA-376 part 2, annex C).
    #[error("The document is packed in a way that Office does not use.")]
    UnsupportedCompression,

    /// The name of an entry leads out of the archive, or cannot be the name of a part.
    #[error("A part of the document has a name that is not allowed.")]
    UnsafeEntryName,

    /// Two entries have names that Office takes for the same.
    #[error("Two parts of the document have the same name.")]
    DuplicateEntry,

    /// An entry's own header says something other than the directory does.
    #[error("The document is damaged: a part contradicts the table of contents.")]
    LocalHeaderMismatch,

    /// Two entries share bytes, or one reaches into the directory.
    #[error("Parts of the document overlap one another.")]
    OverlappingEntries,

    /// The declared sizes are over [`limits::EXPANSION_RATIO`] or [`limits::TOTAL_INFLATED_BYTES`].
    #[error("The document would expand to far more than its size.")]
    ExpandsTooMuch,

    /// A part that has to be read is longer than its limit.
    #[error("A part of the document that describes it is too long.")]
    PartTooLong,

    /// A part that has to be read does not inflate to what the directory says it does.
    #[error("The document is damaged: a part of it cannot be unpacked.")]
    PartDamaged,

    /// A part that has to be read has a document type declaration (ECMA-376 part 2 forbids it).
    #[error("The document declares XML entities, which is not allowed.")]
    DocumentTypeDeclaration,

    /// A part that has to be read is not the XML that it should be.
    #[error("The document is damaged: a part that describes it cannot be read.")]
    InvalidXml,

    /// A package, but none of its relationships names the main part of a document.
    #[error("The file is a package, but not an Office document.")]
    NoMainPart,

    /// More than one relationship, or more than one content type, for what there must be one of.
    #[error("The document is damaged: it names its main part more than once.")]
    AmbiguousMainPart,

    /// The main part is somewhere else than in the file.
    #[error("The document's content is not in the file but somewhere else.")]
    ExternalMainPart,

    /// The main part is named but is not there.
    #[error("The document is damaged: its main part is missing.")]
    MissingMainPart,

    /// It may hold macros: its main type, a content type, a part or a relationship says so.
    #[error("The document holds macros. Save it without them and send that.")]
    Macros,

    /// A template.
    #[error("The file is {found}, not {wanted}.")]
    Template {
        /// What it is, with its article.
        found: &'static str,
        /// What its name says it is, with its article.
        wanted: &'static str,
    },

    /// A slideshow, which is a presentation that opens full screen.
    #[error("The file is {found}, not {wanted}.")]
    Slideshow {
        /// What it is, with its article.
        found: &'static str,
        /// What its name says it is, with its article.
        wanted: &'static str,
    },

    /// A document of another family.
    #[error("The document is {found}, not {wanted}.")]
    OtherKind {
        /// What it is, with its article.
        found: &'static str,
        /// What its name says it is, with its article.
        wanted: &'static str,
    },

    /// The main part has a content type that is none of an Office document's.
    #[error("The main part of the file is not that of an Office document.")]
    UnknownMainPart,

    /// More than [`limits::READ_BYTES`] would have to be read.
    #[error("The document is too costly to check.")]
    TooCostly,

    /// The file could not be read. This is a fault of the storage and no refusal of the content.
    #[error("The document could not be read.")]
    Unreadable(#[source] io::Error),
}

/// What a document of this kind is called in a sentence, with its article.
pub(super) fn called(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Docx => "a Word document",
        DocumentKind::Pptx => "a PowerPoint presentation",
        DocumentKind::Xlsx => "an Excel workbook",
    }
}
