//! Tests of the two checks as a whole.

mod bounds;
mod fixtures;
mod headers;
mod hostile;

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::domain::media::DocumentKind;

use super::{Refusal, check_beginning, check_container, limits};

const CONTENT_TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
    <Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Override PartName=\"/word/document.xml\" \
    ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
const RELATIONSHIPS: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"rId1\" Target=\"word/document.xml\" \
    Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\"/></Relationships>";

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder)
}

/// A fixture, and the kind that its name says.
fn fixture(path: &Path) -> (DocumentKind, Vec<u8>) {
    let extension = path.extension().unwrap().to_str().unwrap();
    (DocumentKind::from_extension(extension).unwrap(), std::fs::read(path).unwrap())
}

fn check_both(kind: DocumentKind, bytes: &[u8]) -> Result<(), Refusal> {
    check_beginning(kind, &bytes[..bytes.len().min(limits::BEGINNING_BYTES)])?;
    check_container(kind, Cursor::new(bytes), bytes.len() as u64)
}

/// A Word document with these parts besides the three that it needs.
struct Document {
    content_types: String,
    relationships: String,
    more: Vec<(String, Vec<u8>)>,
    method: CompressionMethod,
}

impl Document {
    fn new() -> Self {
        Self {
            content_types: CONTENT_TYPES.to_owned(),
            relationships: RELATIONSHIPS.to_owned(),
            more: Vec::new(),
            method: CompressionMethod::Stored,
        }
    }

    fn with_empty_parts(mut self, count: usize) -> Self {
        self.more
            .extend((0..count).map(|number| (format!("word/media/a-part-with-some-name-{number:06}.xml"), vec![])));
        self
    }

    fn into_bytes(self) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(self.method);
        let needed = [
            ("[Content_Types].xml".to_owned(), self.content_types.into_bytes()),
            ("_rels/.rels".to_owned(), self.relationships.into_bytes()),
            ("word/document.xml".to_owned(), b"<w:document/>".to_vec()),
        ];
        for (name, content) in needed.into_iter().chain(self.more) {
            writer.start_file(name, options).unwrap();
            writer.write_all(&content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }
}

/// `text` with a comment that makes it `length` bytes long and does not compress.
fn padded(text: &str, length: usize) -> String {
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + u8::try_from(state >> 28).unwrap())
    });
    let comment: String = noise.take(length - text.len() - "<!---->".len()).collect();
    format!("{text}<!--{comment}-->")
}
