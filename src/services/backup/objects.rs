//! The objects of a snapshot: which there are, and copies of them.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::folder::{BackupFolder, blocking};
use super::manifest::Manifest;
use super::{BackupReport, unusable};
use crate::blobs::{self, Blobs};
use crate::crypto::sealed_blob::sealed_len;
use crate::domain::id::BlobId;
use crate::folders;
use crate::services::progress::Progress;
use crate::services::{Error, Services};
use crate::store::DumpedRow;

/// How many objects are looked up at once.
const PAGE: usize = 500;
/// How many objects are copied at once.
pub(in crate::services) const COPIES_AT_ONCE: usize = 4;
/// How much of an object is read at once.
const COPY_BYTES: u64 = 4 << 20;

/// An object of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct ObjectLine {
    /// The key of the object.
    pub(in crate::services) object: String,
    /// The key of the content it is of.
    pub(in crate::services) content: String,
    /// How long it is.
    pub(in crate::services) len: u64,
}

/// What came of one object.
enum Copied {
    Already,
    Now(u64),
    Missing,
}

impl ObjectLine {
    /// The object that a row promises, if it promises one.
    pub(super) fn of_row(table: &str, row: &DumpedRow) -> Option<Self> {
        let put_away;
        let (table, row) = match table {
            "trashed_file" => {
                put_away = row.put_away("row")?;
                ("file", &put_away)
            }
            table => (table, row),
        };
        let (object, content) = match table {
            "file" if row.number("pieces").is_none_or(|pieces| pieces == 0) => (row.text("blob")?, row.text("blob")?),
            "blob" if row.text("state") == Some("ready") && row.text("content") != Some("") => {
                (row.key.as_str(), row.text("content")?)
            }
            _ => return None,
        };
        let len = sealed_len(u64::try_from(row.number("size_bytes")?).ok()?);
        Some(Self { object: object.to_owned(), content: content.to_owned(), len })
    }

    pub(super) fn to_line(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    /// Reads what `to_line` writes.
    pub(in crate::services) fn from_line(line: &str) -> Result<Self, Error> {
        serde_json::from_str(line).map_err(Error::internal)
    }

    /// The object.
    pub(in crate::services) fn blob(&self) -> Result<BlobId, Error> {
        BlobId::from_key(&self.object).ok_or_else(|| Error::internal("an object without an id"))
    }

    /// The content it is of.
    pub(in crate::services) fn content(&self) -> Result<BlobId, Error> {
        BlobId::from_key(&self.content).ok_or_else(|| Error::internal("a content without an id"))
    }
}

impl Services {
    /// Copies the objects that a snapshot lists, those that are not in the folder already.
    pub(super) async fn copy_objects(
        &self,
        folder: &BackupFolder,
        snapshot: &str,
        manifest: &mut Manifest,
        report: &mut BackupReport,
        progress: &Progress,
    ) -> Result<(), Error> {
        progress.begin("objects", 0, manifest.objects.lines);
        let mut rest = folder.lines(snapshot, &manifest.objects).await?;
        let mut touched = BTreeSet::new();
        while let Some((lines, more)) = rest.next(PAGE).await? {
            rest = more;
            let lines: Vec<ObjectLine> =
                lines.iter().map(|line| ObjectLine::from_line(line)).collect::<Result<_, _>>()?;
            let copies = lines.into_iter().map(|line| copy_out(&self.blobs, folder, line, progress).boxed());
            let copied: Vec<_> = stream::iter(copies).buffer_unordered(COPIES_AT_ONCE).try_collect().await?;
            for (line, copied) in copied {
                match copied {
                    Copied::Already => {}
                    Copied::Now(bytes) => {
                        report.copied += 1;
                        report.copied_bytes += bytes;
                        touched.extend(folder.object(line.blob()?).parent().map(Path::to_path_buf));
                    }
                    // Whoever deletes a file destroys its key first.
                    Copied::Missing if self.store.find_wrapped_key(line.content()?).await?.is_none() => {
                        manifest.gone.push(line.object);
                    }
                    Copied::Missing => manifest.missing.push(line.object),
                }
            }
        }
        let root = folder.root().to_path_buf();
        let syncing = blocking(move || touched.iter().try_for_each(|folder| folders::sync(folder)));
        syncing.await.map_err(|failure| unusable(&root, failure))?;
        manifest.with_objects = true;
        report.gone = manifest.gone.len() as u64;
        report.missing.clone_from(&manifest.missing);
        Ok(())
    }
}

async fn copy_out(
    blobs: &Blobs,
    folder: &BackupFolder,
    line: ObjectLine,
    progress: &Progress,
) -> Result<(ObjectLine, Copied), Error> {
    progress.add_done(1);
    let copied = copy_one_out(blobs, folder, &line, progress).await?;
    Ok((line, copied))
}

async fn copy_one_out(
    blobs: &Blobs,
    folder: &BackupFolder,
    line: &ObjectLine,
    progress: &Progress,
) -> Result<Copied, Error> {
    let blob = line.blob()?;
    let path = folder.object(blob);
    if tokio::fs::symlink_metadata(&path).await.is_ok_and(|found| found.is_file() && found.len() == line.len) {
        return Ok(Copied::Already);
    }
    match blobs.size_bytes(blob).await {
        Ok(len) if len == line.len => {}
        Ok(_) | Err(blobs::Error::Missing(_)) => return Ok(Copied::Missing),
        Err(failure) => return Err(failure.into()),
    }
    let unfinished = path.with_extension("unfinished");
    let (above, made) = (path.parent().map(Path::to_path_buf).unwrap_or_default(), unfinished.clone());
    let opening = blocking(move || {
        if !above.is_dir() {
            folders::make_private(&above)?;
        }
        // What a backup that died has left. A file that is made anew is not one that a link leads to.
        match std::fs::remove_file(&made) {
            Err(failure) if failure.kind() != std::io::ErrorKind::NotFound => return Err(failure),
            _ => {}
        }
        OpenOptions::new().create_new(true).write(true).mode(0o600).open(made)
    });
    let mut file = opening.await.map_err(|failure| unusable(&unfinished, failure))?;
    let mut position = 0;
    while position < line.len {
        let end = line.len.min(position + COPY_BYTES);
        let bytes = match blobs.read(blob, position..end).await {
            Ok(bytes) => bytes,
            Err(blobs::Error::Missing(_)) => return Ok(Copied::Missing),
            Err(failure) => return Err(failure.into()),
        };
        let writing = blocking(move || file.write_all(&bytes).map(|()| file));
        file = writing.await.map_err(|failure| unusable(&unfinished, failure))?;
        progress.add_bytes(end - position);
        position = end;
    }
    let (from, to) = (unfinished.clone(), path);
    let finishing = blocking(move || file.sync_all().and_then(|()| std::fs::rename(from, to)));
    finishing.await.map_err(|failure| unusable(&unfinished, failure))?;
    Ok(Copied::Now(line.len))
}

/// Copies an object of a backup into the storage, unless it is there. False where the backup does not have it whole; then whatever
/// lies in its place is left alone. What has another length is set aside, not deleted.
pub(in crate::services) async fn copy_in(
    blobs: &Blobs,
    path: PathBuf,
    blob: BlobId,
    len: u64,
    progress: &Progress,
) -> Result<bool, Error> {
    let is_in_the_way = match blobs.size_bytes(blob).await {
        Ok(there) if there == len => return Ok(true),
        Ok(_) => true,
        Err(blobs::Error::Missing(_)) => false,
        Err(failure) => return Err(failure.into()),
    };
    let opened = path.clone();
    let opening = blocking(move || {
        // Objects are plain files: no link leads to something else on this machine.
        let metadata = std::fs::symlink_metadata(&opened)?;
        let is_whole = metadata.is_file() && metadata.len() == len;
        is_whole.then(|| std::fs::File::open(opened)).transpose()
    });
    let mut file = match opening.await {
        Ok(Some(file)) => file,
        Ok(None) => return Ok(false),
        Err(failure) if failure.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(failure) => return Err(unusable(&path, failure)),
    };
    if is_in_the_way {
        blobs.set_aside(&blobs.place_of(blob)).await?;
    }
    let mut writer = blobs.create(blob).await?;
    loop {
        let reading = blocking(move || {
            let mut bytes = Vec::new();
            (&mut file).take(COPY_BYTES).read_to_end(&mut bytes)?;
            Ok((file, bytes))
        });
        let (more, bytes) = reading.await.map_err(|failure| unusable(&path, failure))?;
        file = more;
        if bytes.is_empty() {
            break;
        }
        progress.add_bytes(bytes.len() as u64);
        writer.write(bytes.into()).await?;
    }
    writer.finish().await?;
    Ok(true)
}
