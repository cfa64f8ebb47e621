//! The folder of backups: what is made in it is private, and written so that what is there is whole and lasts.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::manifest::{Manifest, Part, Seal};
use super::unusable;
use crate::crypto::key_ring::KeyRing;
use crate::domain::id::BlobId;
use crate::domain::random::{Random, random_bytes};
use crate::domain::timestamp::Timestamp;
use crate::folders;
use crate::services::Error;

const SNAPSHOTS: &str = "snapshots";
const BLOBS: &str = "blobs";
const DELETIONS: &str = "deletions.jsonl";
const MANIFEST: &str = "manifest.json";
const LOCK: &str = ".lock";
/// A lock of its own: the list is brought up to date while a snapshot is made, which may take hours.
const LOCK_OF_DELETIONS: &str = ".deletions.lock";
/// How long it is until a lock that somebody else has is tried again.
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// No row of ours is longer, as a line.
const MAX_LINE_BYTES: u64 = 16 << 20;
/// How many bytes of lines are handed over at once, unless one has more.
const BATCH_BYTES: usize = 4 << 20;
/// What the name of a snapshot begins with that is not whole yet, or never will be.
const UNFINISHED: &str = ".unfinished-";

/// A folder with backups of one installation.
#[derive(Debug)]
pub(in crate::services) struct BackupFolder {
    root: PathBuf,
    /// Who has this locked is alone in making a snapshot.
    _lock: Option<File>,
}

/// A snapshot while it is put together.
pub(super) struct NewSnapshot {
    folder: PathBuf,
    name: String,
}

/// A file of a snapshot while it is written.
pub(super) struct NewPart {
    name: String,
    path: PathBuf,
    file: BufWriter<File>,
    digest: Sha256,
    lines: u64,
}

/// The lines of a file of a snapshot, a few at a time. The last call fails where the file is not what the manifest says.
pub(in crate::services) struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    digest: Sha256,
    read: u64,
    part: Part,
}

impl BackupFolder {
    /// Makes what is missing of a folder. One that is there stays as open as its owner made it, since it may hold other things too;
    /// what a backup has lies in the folders below it, which are nobody else's.
    pub(super) async fn open_or_make(root: &Path) -> Result<Self, Error> {
        let made = root.to_path_buf();
        let making = blocking(move || {
            folders::make_private(&made)?;
            [made.join(SNAPSHOTS), made.join(BLOBS)].iter().try_for_each(|path| {
                folders::make_private(path)?;
                close_to_others(path)
            })
        });
        making.await.map_err(|failure| unusable(root, failure))?;
        Ok(Self::at(root))
    }

    /// Keeps others from making a snapshot in it, and takes away what those have left that died over theirs.
    pub(super) async fn lock(mut self) -> Result<Self, Error> {
        let root = self.root.clone();
        let locking = blocking(move || {
            let lock = try_lock(&root.join(LOCK))?;
            let lock = lock.ok_or_else(|| io::Error::other("another backup is being made there"))?;
            for entry in std::fs::read_dir(root.join(SNAPSHOTS))? {
                let entry = entry?;
                // What a backup that died has left: it holds nothing that a new one would not.
                if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                    std::fs::remove_dir_all(entry.path())?;
                }
            }
            Ok(lock)
        });
        self._lock = Some(locking.await.map_err(|failure| unusable(&self.root, failure))?);
        Ok(self)
    }

    /// Waits until nobody else reads and writes the list of deletions. It is let go of with what is answered.
    pub(super) async fn lock_deletions(&self) -> Result<File, Error> {
        let path = self.root.join(LOCK_OF_DELETIONS);
        loop {
            let tried = path.clone();
            let locked = blocking(move || try_lock(&tried)).await.map_err(|failure| unusable(&path, failure))?;
            match locked {
                Some(lock) => return Ok(lock),
                None => tokio::time::sleep(LOCK_PAUSE).await,
            }
        }
    }

    pub(in crate::services) fn at(root: &Path) -> Self {
        Self { root: root.to_path_buf(), _lock: None }
    }

    pub(in crate::services) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn deletions(&self) -> PathBuf {
        self.root.join(DELETIONS)
    }

    /// Where an object lies, or would.
    pub(in crate::services) fn object(&self, blob: BlobId) -> PathBuf {
        let name = blob.to_hex();
        self.root.join(BLOBS).join(name.get(..2).unwrap_or_default()).join(name)
    }

    pub(super) async fn begin_snapshot(&self, now: Timestamp, random: &dyn Random) -> Result<NewSnapshot, Error> {
        // A colon is no part of a file's name everywhere.
        let moment = now.to_rfc3339().replace(':', "-");
        let name = format!("{moment}-{}", HEXLOWER.encode(&random_bytes::<4>(random)));
        let folder = self.root.join(SNAPSHOTS).join(format!("{UNFINISHED}{name}"));
        let made = folder.clone();
        blocking(move || folders::make_private(&made)).await.map_err(|failure| unusable(&folder, failure))?;
        Ok(NewSnapshot { folder, name })
    }

    /// The names of all whole snapshots, the earliest first.
    pub(in crate::services) async fn snapshots(&self) -> Result<Vec<String>, Error> {
        let path = self.root.join(SNAPSHOTS);
        let listed = path.clone();
        let names = blocking(move || {
            let mut names = Vec::new();
            for entry in std::fs::read_dir(&listed)? {
                let name = entry?.file_name().to_string_lossy().into_owned();
                if !name.starts_with('.') {
                    names.push(name);
                }
            }
            names.sort();
            Ok(names)
        });
        names.await.map_err(|failure| unusable(&path, failure))
    }

    /// What belongs to a snapshot, and the seal of that, which is still to be checked.
    pub(in crate::services) async fn manifest(&self, snapshot: &str) -> Result<(Manifest, Seal), Error> {
        let path = self.root.join(SNAPSHOTS).join(snapshot).join(MANIFEST);
        let text = tokio::fs::read_to_string(&path).await.map_err(|failure| unusable(&path, failure))?;
        Manifest::parse(&text).map_err(|reason| unusable(&path, format!("this backup cannot be used: {reason}")))
    }

    /// The lines of a file of a snapshot.
    pub(in crate::services) async fn lines(&self, snapshot: &str, part: &Part) -> Result<Lines, Error> {
        let path = self.root.join(SNAPSHOTS).join(snapshot).join(&part.name);
        let opened = path.clone();
        let file = blocking(move || File::open(opened)).await.map_err(|failure| unusable(&path, failure))?;
        Ok(Lines { path, reader: BufReader::new(file), digest: Sha256::new(), read: 0, part: part.clone() })
    }
}

impl NewSnapshot {
    /// The name of its folder until it is whole.
    pub(super) fn folder_name(&self) -> String {
        format!("{UNFINISHED}{}", self.name)
    }

    pub(super) async fn begin_part(&self, name: &str) -> Result<NewPart, Error> {
        let path = self.folder.join(name);
        let made = path.clone();
        let file = blocking(move || OpenOptions::new().create_new(true).write(true).mode(0o600).open(made)).await;
        let file = BufWriter::new(file.map_err(|failure| unusable(&path, failure))?);
        Ok(NewPart { name: name.to_owned(), path, file, digest: Sha256::new(), lines: 0 })
    }

    /// Gives it its name, once everything it names is there to stay.
    pub(super) async fn finish(
        self,
        manifest: &Manifest,
        ring: &KeyRing,
        random: &dyn Random,
    ) -> Result<String, Error> {
        let text = manifest.to_text(ring, random)?;
        let (folder, name) = (self.folder.clone(), self.name.clone());
        let finishing = blocking(move || {
            folders::replace_file(&folder.join(MANIFEST), text.as_bytes())?;
            let above = folder.parent().unwrap_or(&folder).to_path_buf();
            std::fs::rename(&folder, above.join(name))?;
            folders::sync(&above)
        });
        finishing.await.map_err(|failure| unusable(&self.folder, failure))?;
        Ok(self.name)
    }
}

impl NewPart {
    /// Writes these lines.
    pub(super) async fn write(mut self, lines: Vec<String>) -> Result<Self, Error> {
        let path = self.path.clone();
        let writing = blocking(move || {
            for mut line in lines {
                line.push('\n');
                self.digest.update(line.as_bytes());
                self.file.write_all(line.as_bytes())?;
                self.lines += 1;
            }
            Ok(self)
        });
        writing.await.map_err(|failure| unusable(&path, failure))
    }

    /// Makes it last, and answers what the manifest says of it.
    pub(super) async fn finish(mut self) -> Result<Part, Error> {
        let path = self.path.clone();
        let finishing = blocking(move || {
            self.file.flush()?;
            self.file.get_ref().sync_all()?;
            Ok(Part { name: self.name, lines: self.lines, sha256: HEXLOWER.encode(&self.digest.finalize()) })
        });
        finishing.await.map_err(|failure| unusable(&path, failure))
    }
}

impl Lines {
    /// Up to `limit` more lines, and the rest; `None` at the end of a file that is whole.
    pub(in crate::services) async fn next(mut self, limit: usize) -> Result<Option<(Vec<String>, Self)>, Error> {
        let path = self.path.clone();
        let reading = blocking(move || {
            let (mut lines, mut bytes) = (Vec::new(), 0);
            while lines.len() < limit && bytes < BATCH_BYTES {
                let mut line = String::new();
                let read = (&mut self.reader).take(MAX_LINE_BYTES).read_line(&mut line)?;
                if read == 0 {
                    break;
                }
                if read as u64 == MAX_LINE_BYTES && !line.ends_with('\n') {
                    return Err(io::Error::other("this backup cannot be used: it has a line that is too long"));
                }
                bytes += read;
                self.digest.update(line.as_bytes());
                self.read += 1;
                line.truncate(line.trim_end_matches('\n').len());
                lines.push(line);
            }
            Ok((lines, self))
        });
        let (lines, rest) = reading.await.map_err(|failure| unusable(&path, failure))?;
        if !lines.is_empty() {
            return Ok(Some((lines, rest)));
        }
        let is_whole = rest.read == rest.part.lines && HEXLOWER.encode(&rest.digest.finalize()) == rest.part.sha256;
        if is_whole { Ok(None) } else { Err(unusable(&path, "this backup cannot be used: it is torn, or was altered")) }
    }

    /// Reads all of it, to see that it is whole.
    pub(in crate::services) async fn check(self) -> Result<(), Error> {
        let mut rest = self;
        while let Some((_, more)) = rest.next(10_000).await? {
            rest = more;
        }
        Ok(())
    }
}

/// Locks a file, which is made where it is not there; `None` while somebody else has it locked.
fn try_lock(path: &Path) -> io::Result<Option<File>> {
    let lock = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
    match rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(lock)),
        Err(failure) if failure == rustix::io::Errno::WOULDBLOCK => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

/// Takes from everybody but the owner what they may do in a folder, where the file system knows of such things.
fn close_to_others(folder: &Path) -> io::Result<()> {
    let mut permissions = folder.metadata()?.permissions();
    if permissions.mode() & 0o077 == 0 {
        return Ok(());
    }
    permissions.set_mode(permissions.mode() & 0o700);
    match std::fs::set_permissions(folder, permissions) {
        Err(failure) if failure.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        closed => closed,
    }
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|failure| Err(io::Error::other(failure)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_without_end_is_not_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SNAPSHOTS).join("one");
        std::fs::create_dir_all(&path).unwrap();
        let part = Part { name: "file.jsonl".to_owned(), lines: 1, sha256: String::new() };
        for (len, expected) in [(MAX_LINE_BYTES + 5, "too long"), (MAX_LINE_BYTES - 1, "torn")] {
            let file = File::create(path.join(&part.name)).unwrap();
            file.set_len(len).unwrap();
            let lines = BackupFolder::at(folder.path()).lines("one", &part).await.unwrap();
            let refused = lines.check().await.unwrap_err().to_string();
            assert!(refused.contains(expected), "{len}: {refused}");
        }
    }
}
