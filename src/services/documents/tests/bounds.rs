//! What a check costs stays within the limits, whatever the document.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};

use super::*;

const BLOCK_BYTES: u64 = 64 * 1024;

/// Counts what is read, and how often reading moves on to another block than the one before.
struct CountingReader<'a> {
    inner: Cursor<&'a [u8]>,
    block: Option<u64>,
    counts: &'a Counts,
}

#[derive(Default)]
struct Counts {
    bytes: Cell<u64>,
    blocks: Cell<u64>,
}

impl Read for CountingReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let block = self.inner.position() / BLOCK_BYTES;
        // As a reader of sealed blocks does: never across the end of one.
        let left = usize::try_from((block + 1) * BLOCK_BYTES - self.inner.position()).unwrap();
        let length = buffer.len().min(left);
        let read = self.inner.read(&mut buffer[..length])?;
        if self.block.replace(block) != Some(block) {
            self.counts.blocks.set(self.counts.blocks.get() + 1);
        }
        self.counts.bytes.set(self.counts.bytes.get() + read as u64);
        Ok(read)
    }
}

impl Seek for CountingReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

fn check_counting(bytes: &[u8]) -> (Result<(), Refusal>, Counts) {
    let counts = Counts::default();
    let reader = CountingReader { inner: Cursor::new(bytes), block: None, counts: &counts };
    let checked = check_container(DocumentKind::Docx, reader, bytes.len() as u64);
    (checked, counts)
}

#[test]
fn a_document_of_5000_parts_costs_less_than_a_megabyte_more_than_its_directory() {
    let bytes = Document::new().with_empty_parts(5000).into_bytes();
    let (checked, counts) = check_counting(&bytes);
    assert!(checked.is_ok(), "{checked:?}");
    assert!(counts.bytes.get() < 1024 * 1024 + 512 * 1024, "{}", counts.bytes.get());
}

#[test]
fn a_large_document_is_passed_over_in_order_once() {
    let mut document = Document::new();
    document.more = (0..100).map(|number| (format!("word/media/{number}.bin"), vec![7; 300_000])).collect();
    let bytes = document.into_bytes();
    let (checked, counts) = check_counting(&bytes);
    assert!(checked.is_ok(), "{checked:?}");
    assert!(counts.bytes.get() < 200 * 1024, "{}", counts.bytes.get());
    assert!(counts.blocks.get() < 220, "{}", counts.blocks.get());
}

#[test]
fn an_archive_of_70000_entries_is_refused_from_its_end() {
    let bytes = Document::new().with_empty_parts(70_000).into_bytes();
    let (checked, counts) = check_counting(&bytes);
    assert!(matches!(checked, Err(Refusal::TooManyEntries)), "{checked:?}");
    assert!(counts.bytes.get() < 256 * 1024, "{}", counts.bytes.get());
}

#[test]
fn a_document_at_every_limit_is_taken_within_the_budget() {
    let mut document = Document::new().with_empty_parts(9_990);
    document.content_types = padded(CONTENT_TYPES, 1024 * 1024);
    document.relationships = padded(RELATIONSHIPS, 1024 * 1024);
    let empty = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"/>";
    let main = padded(empty, 4 * 1024 * 1024).into_bytes();
    document.more.push(("word/_rels/document.xml.rels".into(), main));
    let bytes = document.into_bytes();
    let (checked, counts) = check_counting(&bytes);
    assert!(checked.is_ok(), "{checked:?}");
    assert!(counts.bytes.get() <= limits::READ_BYTES, "{}", counts.bytes.get());
}

#[test]
fn a_part_over_its_cap_is_refused_without_being_read() {
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let mut document = Document::new();
        document.method = method;
        document.content_types = padded(CONTENT_TYPES, 1024 * 1024 + 1);
        let (checked, counts) = check_counting(&document.into_bytes());
        assert!(matches!(checked, Err(Refusal::PartTooLong)), "{checked:?}");
        assert!(counts.bytes.get() < 256 * 1024, "{}", counts.bytes.get());
    }
}

#[test]
fn a_part_that_inflates_to_more_than_it_declares_is_damaged() {
    let mut document = Document::new();
    document.method = CompressionMethod::Deflated;
    document.content_types = format!("{CONTENT_TYPES}<!--{}-->", "a".repeat(900_000));
    let declared = u32::try_from(document.content_types.len()).unwrap().to_le_bytes();
    let mut bytes = document.into_bytes();
    let places: Vec<usize> = (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(&declared)).collect();
    assert_eq!(places.len(), 2, "in the local header and in the directory");
    for at in places {
        bytes[at..at + 4].copy_from_slice(&1000_u32.to_le_bytes());
    }
    let (checked, _) = check_counting(&bytes);
    assert!(matches!(checked, Err(Refusal::PartDamaged)), "{checked:?}");
}

#[test]
fn a_failing_storage_is_no_refusal_of_the_content() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    impl Seek for Failing {
        fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
            Ok(0)
        }
    }
    let checked = check_container(DocumentKind::Docx, Failing, 1000);
    assert!(matches!(checked, Err(Refusal::Unreadable(error)) if error.to_string() == "the disk is gone"));
    let bytes = Document::new().into_bytes();
    let shorter = check_container(DocumentKind::Docx, Cursor::new(&bytes), bytes.len() as u64 + 100);
    assert!(matches!(shorter, Err(Refusal::Unreadable(_))), "{shorter:?}");
}
