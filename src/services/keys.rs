//! The key ring's file, and its bond with the database.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::blobs::{self, Blobs};
use crate::crypto;
use crate::crypto::key_ring::KeyRing;
use crate::domain::event::{Action, Actor, Event};
use crate::domain::id::EventId;
use crate::domain::random::Random;
use crate::domain::timestamp::Timestamp;
use crate::folders;
use crate::store::{self, Guard, Store};

/// Larger than any ring.
const MAX_RING_BYTES: u64 = 1 << 20;

/// Why the ring cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read or made.
    #[error("the key ring {path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Somebody else may read it.
    #[error("the key ring {path} can be read by others (mode {mode:o}); make it 0600")]
    ReadableByOthers {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is not a ring.
    #[error("the key ring {path} cannot be used: {source}")]
    Ring {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: crypto::Error,
    },
    /// The database belongs to a ring, and there is none.
    #[error("the key ring {path} is missing, but this database belongs to one; bring it back from your backup")]
    Lost {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The database belongs to another ring.
    #[error("the key ring {path} is not the one this database belongs to")]
    Foreign {
        /// Which file.
        path: PathBuf,
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

/// Reads the ring of this installation, or makes it where neither file nor database know of one. A lost ring is never
/// replaced.
///
/// # Errors
/// Any of [`Error`]; the server does not start then.
pub async fn load_or_create(
    path: &Path,
    store: &Store,
    blobs: &Blobs,
    random: &dyn Random,
    now: Timestamp,
) -> Result<KeyRing, Error> {
    let bound_to = store.find_key_ring_fingerprint().await?;
    if bound_to.is_none() && has_objects(blobs).await? {
        return Err(Error::ForeignObjects);
    }
    let ring = match read(path)? {
        Some(ring) => {
            if bound_to.is_none() {
                // From now on it must never be lost.
                folders::sync_again(folder_of(path))
                    .map_err(|source| Error::File { path: path.to_path_buf(), source })?;
            }
            ring
        }
        None if bound_to.is_some() => return Err(Error::Lost { path: path.to_path_buf() }),
        None => create(path, random, now)?,
    };
    let event = Event {
        id: EventId::generate(random),
        at: now,
        action: Action::KeysBound,
        actor: Actor::System,
        object: String::new(),
        address: None,
        detail: String::new(),
    };
    match store.bind_key_ring(&ring.fingerprint(), &event).await {
        Err(store::Error::Refused(Guard::ForeignKeyRing)) => Err(Error::Foreign { path: path.to_path_buf() }),
        bound => Ok(bound.map(|()| ring)?),
    }
}

/// Reads the ring that is there, for an installation that is brought back.
///
/// # Errors
/// [`Error::Lost`] where there is none; as [`load_or_create`].
pub fn load(path: &Path) -> Result<KeyRing, Error> {
    read(path)?.ok_or_else(|| Error::Lost { path: path.to_path_buf() })
}

async fn has_objects(blobs: &Blobs) -> Result<bool, Error> {
    let mut objects = blobs.list().await?;
    while let Some(batch) = objects.next_batch().await? {
        if !batch.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn read(path: &Path) -> Result<Option<KeyRing>, Error> {
    let failed = |source| Error::File { path: path.to_path_buf(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(failure) => return Err(failed(failure)),
    };
    let mode = file.metadata().map_err(failed)?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Error::ReadableByOthers { path: path.to_path_buf(), mode });
    }
    let mut text = Zeroizing::new(String::new());
    file.take(MAX_RING_BYTES).read_to_string(&mut text).map_err(failed)?;
    KeyRing::parse(&text).map(Some).map_err(|source| Error::Ring { path: path.to_path_buf(), source })
}

fn create(path: &Path, random: &dyn Random, now: Timestamp) -> Result<KeyRing, Error> {
    let ring = KeyRing::generate(random, now).map_err(|source| Error::Ring { path: path.to_path_buf(), source })?;
    write_new(path, ring.to_text().as_bytes()).map_err(|source| Error::File { path: path.to_path_buf(), source })?;
    Ok(ring)
}

/// Whole or not at all, never over another file, and durable before anything is sealed with it.
fn write_new(path: &Path, text: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    folders::make_private(folder)?;
    let unfinished = path.with_extension("unfinished");
    match std::fs::remove_file(&unfinished) {
        Err(failure) if failure.kind() != io::ErrorKind::NotFound => return Err(failure),
        _ => {}
    }
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&unfinished)?;
    file.write_all(text)?;
    file.sync_all()?;
    // A link fails where there is a file already; a rename would replace it.
    std::fs::hard_link(&unfinished, path)?;
    std::fs::remove_file(&unfinished)?;
    folders::sync(folder)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests;
