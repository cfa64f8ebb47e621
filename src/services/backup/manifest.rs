//! What belongs to a snapshot, with checksums, under a seal that takes the installation's key ring to make.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::crypto;
use crate::crypto::key_ring::KeyRing;
use crate::crypto::sealed_token::{self, TokenPurpose};
use crate::domain::random::Random;
use crate::domain::timestamp::Timestamp;
use crate::services::Error;

/// The first one had no seal.
const FORMAT: u32 = 2;
/// The name of the part that is the list of objects.
pub(super) const OBJECTS: &str = "objects.list";
/// What the names of the other parts end with.
pub(super) const ROWS: &str = ".jsonl";

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

impl Part {
    /// Whether a backup could have a file of this name: nothing that leads out of its folder.
    fn is_of_rows(&self) -> bool {
        let is_of_table =
            |table: &str| !table.is_empty() && table.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        self.name.strip_suffix(ROWS).is_some_and(is_of_table)
    }
}

/// What says that a manifest is from whoever had the key ring.
#[derive(Debug)]
pub(in crate::services) struct Seal {
    sealed: String,
    token: String,
}

impl Seal {
    /// Refuses a manifest that was not made with this ring.
    ///
    /// # Errors
    /// [`crypto::Error::UnknownKey`] where the ring lacks the key; others for one that is not genuine.
    pub(in crate::services) fn check(&self, ring: &KeyRing) -> Result<(), crypto::Error> {
        sealed_token::open(ring, TokenPurpose::Backup, self.sealed.as_bytes(), &self.token).map(drop)
    }
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
            objects: Part { name: OBJECTS.to_owned(), lines: 0, sha256: String::new() },
            with_objects: false,
            gone: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// Three lines: the manifest, the SHA-256 of the first, by which one that is torn is told from one that was forged, and its seal.
    pub(super) fn to_text(&self, ring: &KeyRing, random: &dyn Random) -> Result<String, Error> {
        let text = serde_json::to_string(self).map_err(Error::internal)?;
        let seal = sealed_token::seal(ring, TokenPurpose::Backup, text.as_bytes(), &[], random)?;
        Ok(format!("{text}\n{}\n{seal}\n", sha256_of(text.as_bytes())))
    }

    /// Reads what `to_text` writes, and says what is wrong with anything else. The seal is still to be checked.
    pub(super) fn parse(text: &str) -> Result<(Self, Seal), String> {
        let torn = || "its manifest is torn, or was altered".to_owned();
        let lines: Vec<&str> = text.strip_suffix('\n').ok_or_else(torn)?.split('\n').collect();
        let (line, sum, seal) = match lines.as_slice() {
            [line, sum] => (line, sum, None),
            [line, sum, seal] => (line, sum, Some(seal)),
            _ => return Err(torn()),
        };
        if **sum != sha256_of(line.as_bytes()) {
            return Err(torn());
        }
        let Format { format } = serde_json::from_str(line).map_err(|_| "another program wrote it".to_owned())?;
        match format.cmp(&FORMAT) {
            Ordering::Less => return Err("an older program wrote it, and it bears no seal".to_owned()),
            Ordering::Greater => return Err("a newer program wrote it".to_owned()),
            Ordering::Equal => {}
        }
        let manifest: Self = serde_json::from_str(line).map_err(|_| "another program wrote it".to_owned())?;
        if manifest.objects.name != OBJECTS || !manifest.tables.iter().all(Part::is_of_rows) {
            return Err("it names files that no backup has".to_owned());
        }
        let seal = seal.ok_or_else(torn)?;
        Ok((manifest, Seal { sealed: (*line).to_owned(), token: (*seal).to_owned() }))
    }
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

fn sha256_of(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::os_random::OsRandom;

    fn ring() -> KeyRing {
        KeyRing::generate(&OsRandom, Timestamp::from_millis(0)).unwrap()
    }

    fn manifest() -> Manifest {
        let mut manifest = Manifest::new(Timestamp::from_millis(0), "ab".to_owned(), Vec::new());
        manifest.tables.push(Part { name: "file.jsonl".to_owned(), lines: 3, sha256: "00".to_owned() });
        manifest
    }

    #[test]
    fn a_torn_or_altered_manifest_is_refused() {
        let (manifest, ring) = (manifest(), ring());
        let text = manifest.to_text(&ring, &OsRandom).unwrap();
        let (read, seal) = Manifest::parse(&text).unwrap();
        assert_eq!(read, manifest);
        seal.check(&ring).unwrap();
        for len in 0..text.len() {
            assert!(Manifest::parse(&text[..len]).is_err(), "cut at {len}");
        }
        assert!(Manifest::parse(&text.replace("\"lines\":3", "\"lines\":2")).is_err());
        for (format, what) in [(1, "older"), (3, "newer")] {
            let other = Manifest { format, ..manifest.clone() };
            let text = other.to_text(&ring, &OsRandom).unwrap();
            assert!(Manifest::parse(&text).unwrap_err().contains(what), "{format}");
        }
    }

    /// Whoever can write to the folder can make every checksum fit, and not the seal.
    #[test]
    fn only_who_has_the_ring_makes_a_manifest() {
        let ring = ring();
        let text = manifest().to_text(&ring, &OsRandom).unwrap();
        let seal = text.lines().nth(2).unwrap();
        let forged = text.lines().next().unwrap().replace("\"lines\":3", "\"lines\":2");
        let forged = format!("{forged}\n{}\n{seal}\n", sha256_of(forged.as_bytes()));
        let (read, seal) = Manifest::parse(&forged).unwrap();
        assert_eq!(read.tables[0].lines, 2);
        assert!(seal.check(&ring).is_err());
        let (_, seal) = Manifest::parse(&text).unwrap();
        assert!(seal.check(&self::ring()).is_err(), "of another ring");
    }

    #[test]
    fn a_part_is_named_as_a_backup_names_it() {
        let ring = ring();
        let names =
            ["../file.jsonl", "/etc/file.jsonl", "file.json", ".jsonl", "a/b.jsonl", "File.jsonl", "objects.list"];
        for name in names {
            let mut manifest = manifest();
            manifest.tables[0].name = name.to_owned();
            let refused = Manifest::parse(&manifest.to_text(&ring, &OsRandom).unwrap()).unwrap_err();
            assert!(refused.contains("no backup has"), "{name}: {refused}");
        }
        let mut manifest = manifest();
        manifest.objects.name = "../objects.list".to_owned();
        assert!(Manifest::parse(&manifest.to_text(&ring, &OsRandom).unwrap()).is_err());
    }
}
