//! The ring in a file: made once, changed as a whole, readable by nobody else.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::Error;
use crate::crypto;
use crate::crypto::key_ring::KeyRing;
use crate::folders;

/// Larger than any ring.
pub(super) const MAX_RING_BYTES: u64 = 1 << 20;

fn failed(path: &Path) -> impl Fn(io::Error) -> Error + '_ {
    |source| Error::Source { place: path.display().to_string(), source }
}

fn unusable(path: &Path) -> impl Fn(crypto::Error) -> Error + '_ {
    |source| Error::Ring { place: path.display().to_string(), source }
}

/// The ring, if there is a file.
pub(super) fn read(path: &Path) -> Result<Option<KeyRing>, Error> {
    match File::open(path) {
        Ok(file) => read_from(&file, path).map(Some),
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(failure) => Err(failed(path)(failure)),
    }
}

fn read_from(file: &File, path: &Path) -> Result<KeyRing, Error> {
    let mode = file.metadata().map_err(failed(path))?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Error::ReadableByOthers { place: path.display().to_string(), mode });
    }
    // At once as large as it can get: a text that moves would leave copies behind.
    let length = file.metadata().map_err(failed(path))?.len().min(MAX_RING_BYTES);
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(length).unwrap_or(0) + 1));
    file.take(MAX_RING_BYTES).read_to_string(&mut text).map_err(failed(path))?;
    KeyRing::parse(&text).map_err(unusable(path))
}

/// Makes the file. Whole or not at all, never over another one, and durable before anything is sealed with it.
///
/// # Errors
/// [`Error::Source`], also where there is a file already.
pub fn create(path: &Path, ring: &KeyRing) -> Result<(), Error> {
    let text = ring.to_text();
    let make = || {
        folders::make_private(folder_of(path))?;
        let (unfinished, _) = write_beside(path, &text)?;
        // A link fails where there is a file already; a rename would replace it.
        let linked = std::fs::hard_link(&unfinished, path);
        std::fs::remove_file(&unfinished)?;
        linked?;
        folders::sync(folder_of(path))
    };
    make().map_err(failed(path))
}

/// Makes a file that is no working copy, for its owner alone and never over another one. Where it is to lie there may be no hard
/// links.
///
/// # Errors
/// [`Error::Source`], also where there is a file already.
pub fn write_new(path: &Path, text: &[u8]) -> Result<(), Error> {
    let make = || {
        let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
        if let Err(failure) = file.write_all(text).and_then(|()| file.sync_all()) {
            std::fs::remove_file(path)?;
            return Err(failure);
        }
        folders::sync(folder_of(path))
    };
    make().map_err(|source| Error::Copy { path: path.to_path_buf(), source })
}

/// Puts another ring in the place of the one that is there, which `change` sees; `None` leaves it. Two who do so at once do
/// it one after the other. No copy of the former one is kept: it would hold keys that were retired.
///
/// # Errors
/// [`Error::Source`], [`Error::Ring`]; those of `change`. The file is then as it was.
pub fn change(path: &Path, change: impl FnOnce(&KeyRing) -> Result<Option<KeyRing>, Error>) -> Result<(), Error> {
    let former = lock(path).map_err(failed(path))?;
    let Some(ring) = change(&read_from(&former, path)?)? else { return Ok(()) };
    let text = ring.to_text();
    let replace = || {
        let (unfinished, file) = write_beside(path, &text)?;
        // Root may do this for the user that the server runs as.
        let owner = former.metadata()?;
        if owner.uid() != file.metadata()?.uid() {
            fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
        }
        // What replaces the only copy there may be is read once more before it does.
        let written = Zeroizing::new(std::fs::read(&unfinished)?);
        if *written != text.as_bytes() {
            return Err(io::Error::other("what was written is not what is read"));
        }
        std::fs::rename(&unfinished, path)?;
        folders::sync(folder_of(path))
    };
    replace().map_err(failed(path))
}

/// The file, locked. Whoever waited may have a file in hand that is no longer the one of this name.
fn lock(path: &Path) -> io::Result<File> {
    loop {
        let file = File::open(path)?;
        file.lock()?;
        if std::fs::metadata(path)?.ino() == file.metadata()?.ino() {
            return Ok(file);
        }
    }
}

fn write_beside(path: &Path, text: &str) -> io::Result<(PathBuf, File)> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    let unfinished = path.with_file_name(name);
    match std::fs::remove_file(&unfinished) {
        Err(failure) if failure.kind() != io::ErrorKind::NotFound => return Err(failure),
        _ => {}
    }
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok((unfinished, file))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the name of a file last that was found: from now on it must never be lost.
pub(super) fn keep(path: &Path) -> Result<(), Error> {
    folders::sync_again(folder_of(path)).map_err(failed(path))
}
