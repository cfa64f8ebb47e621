//! Tells from the first bytes of a file what it cannot be.

use crate::domain::media::DocumentKind;

use super::central_directory::{Method, flags};
use super::local_headers::{HEADER_BYTES, LocalHeader};
use super::read_budget::u16_at;
use super::{Refusal, entry_name, limits};

/// How a compound file starts (MS-CFB 2.2): a legacy document, or the container of an encrypted one.
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// The length of a compound file's directory entry, whose name is at its start (MS-CFB 2.6.1).
const COMPOUND_ENTRY_BYTES: usize = 128;

/// How programs start: Windows, Linux, macOS in both byte orders and both widths, and several macOS programs in one.
const PROGRAMS: [&[u8]; 7] = [
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
];

const OTHER_FORMATS: [(&[u8], &str); 13] = [
    (b"%PDF-", "a PDF"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed archive"),
    (b"Rar!\x1a\x07", "a compressed archive"),
    (b"BZh", "a compressed archive"),
    (b"\xfd7zXZ\0", "a compressed archive"),
    (b"L\0\0\0\x01\x14\x02\0", "a shortcut"),
];

const OPEN_DOCUMENT_TYPE: &[u8] = b"application/vnd.oasis.opendocument";
const EPUB_TYPE: &[u8] = b"application/epub+zip";

/// Refuses what starts as no document does; see [`check_beginning`](super::check_beginning).
///
/// # Errors
///
/// The [`Refusal`] that fits best.
pub(super) fn check(kind: DocumentKind, first_bytes: &[u8]) -> Result<(), Refusal> {
    if first_bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if first_bytes.starts_with(b"PK\x03\x04") {
        return check_first_entry(kind, first_bytes);
    }
    Err(recognize(kind, first_bytes))
}

/// What a file is that is no archive.
fn recognize(kind: DocumentKind, first_bytes: &[u8]) -> Refusal {
    if PROGRAMS.iter().any(|start| first_bytes.starts_with(start)) {
        return Refusal::Program;
    }
    if first_bytes.starts_with(COMPOUND_FILE) {
        return recognize_compound_file(kind, first_bytes);
    }
    if let Some((_, name)) = OTHER_FORMATS.iter().find(|(start, _)| first_bytes.starts_with(start)) {
        return Refusal::OtherFormat { name };
    }
    if first_bytes.starts_with(b"PK\x05\x06") {
        return Refusal::PlainZip;
    }
    let text = first_bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first_bytes).trim_ascii_start();
    let starts_with = |tag: &[u8]| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    if text.starts_with(b"#!") {
        Refusal::Script
    } else if [&b"<!doctype html"[..], b"<html", b"<head", b"<body", b"<script", b"<svg"].into_iter().any(starts_with) {
        Refusal::WebPage
    } else if starts_with(b"<?xml") {
        Refusal::OtherFormat { name: "an XML file" }
    } else if is_text(first_bytes) {
        Refusal::PlainText
    } else {
        Refusal::UnknownFormat
    }
}

/// Looks for the names of well-known streams, where the names of streams can be.
fn recognize_compound_file(kind: DocumentKind, first_bytes: &[u8]) -> Refusal {
    let has = |stream: &str| {
        // The name ends with a zero: without it, "Book" would be found in "Bookmarks".
        let name: Vec<u8> = stream.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        first_bytes.chunks(COMPOUND_ENTRY_BYTES).any(|entry| entry.starts_with(&name))
    };
    if has("EncryptedPackage") {
        Refusal::Encrypted
    } else if ["WordDocument", "Workbook", "Book", "PowerPoint Document"].into_iter().any(has) {
        Refusal::LegacyOffice { wanted: kind }
    } else {
        Refusal::EncryptedOrLegacy
    }
}

/// Whether there is nothing but text, in UTF-16 with a mark, or in UTF-8 or a code page without control characters.
fn is_text(bytes: &[u8]) -> bool {
    let is_utf16 = matches!(u16_at(bytes, 0), Some(0xfeff | 0xfffe));
    is_utf16
        || !bytes.iter().any(|byte| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b))
}

/// Judges the local header at the very start of the file (APPNOTE 4.3.7).
fn check_first_entry(kind: DocumentKind, first_bytes: &[u8]) -> Result<(), Refusal> {
    let header = LocalHeader::parse(first_bytes).ok_or(Refusal::Incomplete)?;
    if header.flags & flags::ENCRYPTED != 0 {
        return Err(Refusal::EncryptedEntry);
    }
    if Method::from_number(header.method).is_none() {
        return Err(Refusal::UnsupportedCompression);
    }
    let name_bytes = usize::from(header.name_bytes);
    if name_bytes > limits::NAME_BYTES {
        return Err(Refusal::UnsafeEntryName);
    }
    let (name, rest) = first_bytes
        .get(HEADER_BYTES..)
        .and_then(|rest| rest.split_at_checked(name_bytes))
        .ok_or(Refusal::Incomplete)?;
    entry_name::check(name)?;
    if name == b"mimetype" {
        let content = rest.get(usize::from(header.extra_bytes)..).unwrap_or_default();
        if content.starts_with(OPEN_DOCUMENT_TYPE) {
            return Err(Refusal::OpenDocument { wanted: kind });
        }
        if content.starts_with(EPUB_TYPE) {
            return Err(Refusal::OtherFormat { name: "an EPUB book" });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(first_bytes: &[u8]) -> Refusal {
        check(DocumentKind::Docx, first_bytes).unwrap_err()
    }

    fn local_header(flags: u8, method: u8, name: &[u8]) -> Vec<u8> {
        let mut header = b"PK\x03\x04\x14\0".to_vec();
        header.extend([flags, 0, method, 0]);
        header.extend([0; 16]);
        header.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        header.extend([0; 2]);
        header.extend(name);
        header
    }

    #[test]
    fn first_entries_of_real_documents_are_taken() {
        for name in ["[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "word/document.xml", "mimetype", "xl/"] {
            for (flags, method) in [(0, 8), (6, 8), (8, 8), (0, 0)] {
                let header = local_header(flags, method, name.as_bytes());
                for kind in DocumentKind::ALL {
                    assert!(check(kind, &header).is_ok(), "{name} {flags} {method}");
                }
            }
        }
    }

    #[test]
    fn a_first_entry_that_no_document_has_is_refused() {
        assert!(matches!(refusal(&local_header(1, 8, b"a")), Refusal::EncryptedEntry));
        assert!(matches!(refusal(&local_header(0, 12, b"a")), Refusal::UnsupportedCompression));
        assert!(matches!(refusal(&local_header(0, 8, b"../a")), Refusal::UnsafeEntryName));
        assert!(matches!(refusal(&local_header(0, 8, &[b'a'; 2000])), Refusal::UnsafeEntryName));
        let header = local_header(0, 8, b"word/document.xml");
        for cut in 4..header.len() {
            assert!(matches!(refusal(&header[..cut]), Refusal::Incomplete), "{cut}");
        }
        let epub = [local_header(0, 0, b"mimetype"), EPUB_TYPE.to_vec()].concat();
        assert!(matches!(refusal(&epub), Refusal::OtherFormat { name: "an EPUB book" }));
    }

    #[test]
    fn known_formats_are_named() {
        for start in PROGRAMS {
            assert!(matches!(refusal(start), Refusal::Program));
        }
        for (start, expected) in OTHER_FORMATS {
            assert!(matches!(refusal(start), Refusal::OtherFormat { name } if name == expected));
        }
        assert!(matches!(refusal(b"PK\x05\x06"), Refusal::PlainZip));
        assert!(matches!(refusal(b"  <HTML>"), Refusal::WebPage));
        assert!(matches!(refusal(b"<?xml version='1.0'?><w/>"), Refusal::OtherFormat { .. }));
        assert!(matches!(refusal(b"caf\xe9 au lait"), Refusal::PlainText));
        assert!(matches!(refusal(b"\xff\xfea\0b\0"), Refusal::PlainText));
        assert!(matches!(refusal(b"PK"), Refusal::PlainText));
        assert!(matches!(refusal(b"\0\x01\x02"), Refusal::UnknownFormat));
    }

    #[test]
    fn a_compound_file_without_known_streams_is_one_of_two() {
        assert!(matches!(refusal(COMPOUND_FILE), Refusal::EncryptedOrLegacy));
        let mut bookmarks = [COMPOUND_FILE, &[0; 120]].concat();
        bookmarks.extend("Bookmarks\0".encode_utf16().flat_map(u16::to_le_bytes));
        assert!(matches!(refusal(&bookmarks), Refusal::EncryptedOrLegacy));
        let mut book = [COMPOUND_FILE, &[0; 120]].concat();
        book.extend("Book\0".encode_utf16().flat_map(u16::to_le_bytes));
        let wanted = DocumentKind::Docx;
        assert!(matches!(refusal(&book), Refusal::LegacyOffice { wanted: found } if found == wanted));
    }
}
