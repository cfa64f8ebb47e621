//! The folder of backups: private, and written so that what is there is whole and lasts.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::manifest::{Manifest, Part};
use super::unusable;
use crate::domain::id::BlobId;
use crate::domain::random::{Random, random_bytes};
use crate::domain::timestamp::Timestamp;
use crate::folders;
use crate::services::Error;

const SNAPSHOTS: &str = "snapshots";
const BLOBS: &str = "blobs";
const DELETIONS: &str = "deletions.jsonl";
const MANIFEST: &str = "manifest.json";
/// What the name of a snapshot begins with that is not whole yet, or never will be.
const UNFINISHED: &str = ".unfinished-";

/// A folder with backups of one installation.
#[derive(Clone, Debug)]
pub(in crate::services) struct BackupFolder {
    root: PathBuf,
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
    pub(super) async fn open_or_make(root: &Path) -> Result<Self, Error> {
        let folder = Self { root: root.to_path_buf() };
        let made = folder.clone();
        let making = blocking(move || {
            for path in [made.root.clone(), made.root.join(SNAPSHOTS), made.root.join(BLOBS)] {
                folders::make_private(&path)?;
            }
            for entry in std::fs::read_dir(made.root.join(SNAPSHOTS))? {
                let entry = entry?;
                // What a backup that died has left: it holds nothing that a new one would not.
                if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                    std::fs::remove_dir_all(entry.path())?;
                }
            }
            Ok(())
        });
        making.await.map_err(|failure| unusable(root, failure))?;
        Ok(folder)
    }

    pub(in crate::services) fn at(root: &Path) -> Self {
        Self { root: root.to_path_buf() }
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

    /// What belongs to a snapshot.
    pub(in crate::services) async fn manifest(&self, snapshot: &str) -> Result<Manifest, Error> {
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
    pub(super) async fn finish(self, manifest: &Manifest) -> Result<String, Error> {
        let text = manifest.to_text().map_err(Error::internal)?;
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
            let mut lines = Vec::new();
            while lines.len() < limit {
                let mut line = String::new();
                if self.reader.read_line(&mut line)? == 0 {
                    break;
                }
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

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|failure| Err(io::Error::other(failure)))
}
