//! What belongs to a snapshot, with checksums.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::timestamp::Timestamp;

const FORMAT: u32 = 1;

/// A file of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct Part {
    /// Its name.
    pub(in crate::services) name: String,
    /// How many lines it has.
    pub(in crate::services) lines: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub(in crate::services) sha256: String,
}

/// The list of a snapshot's files, and what has to fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::services) struct Manifest {
    format: u32,
    /// Which version of the program made it.
    pub(in crate::services) program: String,
    /// The moment it shows.
    pub(in crate::services) taken_at: String,
    /// The fingerprint of the key ring that the database belongs to.
    pub(in crate::services) key_ring_fingerprint: String,
    /// The steps of the schema: name and checksum.
    pub(in crate::services) steps: Vec<(String, String)>,
    /// Which keys of the ring have wrapped keys of files, and how many.
    pub(in crate::services) wrapping_keys: BTreeMap<String, u64>,
    /// The rows, one part a table.
    pub(in crate::services) tables: Vec<Part>,
    /// The objects of the files.
    pub(in crate::services) objects: Part,
    /// Whether the objects were copied, too.
    pub(in crate::services) with_objects: bool,
    /// Objects whose files were deleted while the backup was made, after its moment: they are in the rows and not among the objects.
    pub(in crate::services) gone: Vec<String>,
    /// Objects that were not in the storage although their files were there.
    pub(in crate::services) missing: Vec<String>,
}

impl Manifest {
    pub(super) fn new(now: Timestamp, key_ring_fingerprint: String, steps: Vec<(String, String)>) -> Self {
        Self {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            taken_at: now.to_rfc3339(),
            key_ring_fingerprint,
            steps,
            wrapping_keys: BTreeMap::new(),
            tables: Vec::new(),
            objects: Part { name: String::new(), lines: 0, sha256: String::new() },
            with_objects: false,
            gone: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// Two lines: the manifest, and the SHA-256 of the first.
    pub(super) fn to_text(&self) -> Result<String, serde_json::Error> {
        let text = serde_json::to_string(self)?;
        Ok(format!("{text}\n{}\n", sha256_of(text.as_bytes())))
    }

    /// Reads what `to_text` writes, and says what is wrong with anything else.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let torn = || "its manifest is torn".to_owned();
        let (line, rest) = text.split_once('\n').ok_or_else(torn)?;
        if rest.trim_end() != sha256_of(line.as_bytes()) {
            return Err("its manifest is torn, or was altered".to_owned());
        }
        let manifest: Self = serde_json::from_str(line).map_err(|_| "another program wrote it".to_owned())?;
        if manifest.format == FORMAT { Ok(manifest) } else { Err("a newer program wrote it".to_owned()) }
    }
}

fn sha256_of(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_or_altered_manifest_is_refused() {
        let mut manifest = Manifest::new(Timestamp::from_millis(0), "ab".to_owned(), Vec::new());
        manifest.tables.push(Part { name: "file.jsonl".to_owned(), lines: 3, sha256: "00".to_owned() });
        let text = manifest.to_text().unwrap();
        assert_eq!(Manifest::parse(&text).unwrap(), manifest);
        for len in 0..text.len() - 1 {
            assert!(Manifest::parse(&text[..len]).is_err(), "cut at {len}");
        }
        assert!(Manifest::parse(&text.replace("\"lines\":3", "\"lines\":2")).is_err());
        let newer = Manifest { format: 2, ..manifest };
        assert!(Manifest::parse(&newer.to_text().unwrap()).unwrap_err().contains("newer"));
    }
}
