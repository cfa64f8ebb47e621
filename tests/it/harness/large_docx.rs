//! Documents that are larger than a test should hold in memory: sent piece by piece, padded with one block over and over.

use super::documents::{CONTENT_TYPES, RELATIONSHIPS, document_xml, hex_of};
use super::noise::noise;

const BLOCK_BYTES: usize = 1 << 20;
/// 1 January 1980, the first day a ZIP archive knows.
const DATE: u16 = 0x21;

/// A genuine .docx with an embedded part, stored as it is, of many blocks. At most 4 GiB, so that no Zip64 is needed.
pub struct LargeDocx {
    head: Vec<u8>,
    block: Vec<u8>,
    blocks: u64,
    tail: Vec<u8>,
}

impl LargeDocx {
    /// A document that carries `text` and `padding_mib` MiB that do not compress.
    pub fn new(text: &str, padding_mib: u64) -> Self {
        let block = noise(BLOCK_BYTES);
        let checksum_of_block = crc32fast::hash(&block);
        let mut checksum = crc32fast::Hasher::new();
        for _ in 0..padding_mib {
            checksum.combine(&crc32fast::Hasher::new_with_initial_len(checksum_of_block, BLOCK_BYTES as u64));
        }
        let mut archive = Archive::default();
        for (name, content) in [
            ("[Content_Types].xml", CONTENT_TYPES),
            ("_rels/.rels", RELATIONSHIPS),
            ("word/document.xml", &document_xml(text)),
        ] {
            archive.begin_entry(name, crc32fast::hash(content.as_bytes()), content.len() as u64);
            archive.bytes.extend_from_slice(content.as_bytes());
        }
        let padding_bytes = padding_mib * BLOCK_BYTES as u64;
        archive.begin_entry("word/embeddings/padding.bin", checksum.finalize(), padding_bytes);
        let tail = archive.directory_behind(padding_bytes);
        Self { head: archive.bytes, block, blocks: padding_mib, tail }
    }

    pub fn size_bytes(&self) -> u64 {
        self.pieces().map(|piece| piece.len() as u64).sum()
    }

    pub fn sha256(&self) -> String {
        use sha2::{Digest, Sha256};
        hex_of(&self.pieces().fold(Sha256::new(), Sha256::chain_update).finalize())
    }

    /// The document from its first byte to its last.
    pub fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let padding = std::iter::repeat_n(self.block.as_slice(), usize::try_from(self.blocks).unwrap());
        std::iter::once(self.head.as_slice()).chain(padding).chain(std::iter::once(self.tail.as_slice()))
    }
}

/// The records of a ZIP archive (APPNOTE 6.3.10, section 4.3).
#[derive(Default)]
struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    entries: u16,
}

impl Archive {
    /// Writes the header in front of an entry's content, and notes its line of the directory.
    fn begin_entry(&mut self, name: &str, checksum: u32, size_bytes: u64) {
        let offset = u32::try_from(self.bytes.len()).unwrap();
        let size = u32::try_from(size_bytes).unwrap();
        let name_len = u16::try_from(name.len()).unwrap();
        let mut common = Vec::new();
        for field in [20_u16, 0, 0, 0, DATE] {
            common.extend_from_slice(&field.to_le_bytes());
        }
        for field in [checksum, size, size] {
            common.extend_from_slice(&field.to_le_bytes());
        }
        common.extend_from_slice(&name_len.to_le_bytes());
        common.extend_from_slice(&[0, 0]);
        self.bytes.extend_from_slice(b"PK\x03\x04");
        self.bytes.extend_from_slice(&common);
        self.bytes.extend_from_slice(name.as_bytes());
        self.directory.extend_from_slice(b"PK\x01\x02\x14\0");
        self.directory.extend_from_slice(&common);
        self.directory.extend_from_slice(&[0; 10]);
        self.directory.extend_from_slice(&offset.to_le_bytes());
        self.directory.extend_from_slice(name.as_bytes());
        self.entries += 1;
    }

    /// What follows the content of the last entry.
    fn directory_behind(&self, last_content_bytes: u64) -> Vec<u8> {
        let offset = u32::try_from(self.bytes.len() as u64 + last_content_bytes).unwrap();
        let len = u32::try_from(self.directory.len()).unwrap();
        let mut tail = self.directory.clone();
        tail.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        tail.extend_from_slice(&self.entries.to_le_bytes());
        tail.extend_from_slice(&self.entries.to_le_bytes());
        tail.extend_from_slice(&len.to_le_bytes());
        tail.extend_from_slice(&offset.to_le_bytes());
        tail.extend_from_slice(&[0, 0]);
        tail
    }
}
