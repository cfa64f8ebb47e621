//! Why a key ring cannot be used.

use std::io;
use std::path::PathBuf;

use crate::{blobs, crypto, store};

/// Why the ring cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read or written.
    #[error("the key ring {place}: {source}")]
    Source {
        /// Where it is.
        place: String,
        /// What the system said.
        source: io::Error,
    },
    /// Somebody else may read it.
    #[error("the key ring {place} can be read by others (mode {mode:o}); make it 0600")]
    ReadableByOthers {
        /// Which file.
        place: String,
        /// Its permission bits.
        mode: u32,
    },
    /// It is not a ring.
    #[error("the key ring {place} cannot be used: {source}")]
    Ring {
        /// Where it is.
        place: String,
        /// What is wrong with it.
        source: crypto::Error,
    },
    /// The database belongs to a ring, and there is none.
    #[error("the key ring {place} is missing, but this database belongs to one; bring it back from your backup")]
    Lost {
        /// Where it was looked for.
        place: String,
    },
    /// There is none, and a source like this is not written to.
    #[error("there is no key ring {place}; make one with `strongroom keys generate`")]
    Missing {
        /// Where it was looked for.
        place: String,
    },
    /// The database belongs to another ring.
    #[error("the key ring {place} is not the one this database belongs to")]
    Foreign {
        /// Where it is.
        place: String,
    },
    /// The ring is older than the database: it lacks a key that is in use, or that stored things need.
    #[error(
        "the key ring {place} lacks the {state} {purpose} key {key}, which this database needs; it may be older than the last \
         rotation: bring back the newest copy"
    )]
    LacksKey {
        /// Where it is.
        place: String,
        /// Which key.
        key: String,
        /// What it is for.
        purpose: String,
        /// What the database says of it.
        state: &'static str,
    },
    /// A key is not the one that the database knows by this name.
    #[error("the key ring {place} was altered: its {purpose} key {key} is not the one this database knows")]
    AlteredKey {
        /// Where it is.
        place: String,
        /// Which key.
        key: String,
        /// What it is for.
        purpose: String,
    },
    /// A copy cannot be written.
    #[error("cannot write {path}: {source}")]
    Copy {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database is new, and the storage is not: its objects belong to another database, and the janitor of this one would
    /// take them for orphans.
    #[error("the database is empty, but the storage holds objects; they belong to another database")]
    ForeignObjects,
    /// The storage does not answer.
    #[error(transparent)]
    Blobs(#[from] blobs::Error),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] store::Error),
}
