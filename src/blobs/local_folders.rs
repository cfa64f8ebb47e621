//! The folders of the local backend, which OpenDAL leaves to us: made private, made durable, and swept of what uploads
//! that died have left in them.

use std::io;
use std::path::{Path, PathBuf};

use super::blob_named;
use super::survey::ASIDE;
use crate::domain::id::BlobId;
use crate::folders;

/// `sealed` holds finished objects, `unfinished` those that are being written. Both lie below one root, because an object
/// is finished by a rename, which works within one file system only.
#[derive(Clone)]
pub(super) struct LocalFolders {
    root: PathBuf,
}

const FINISHED: &str = "sealed";
const UNFINISHED: &str = "unfinished";
/// At the root of a volume of its own the file system has this folder, for itself.
const LOST_AND_FOUND: &str = "lost+found";

impl LocalFolders {
    /// What stands before the path of a finished object below the root.
    pub(super) const FINISHED_PREFIX: &str = "sealed/";

    pub(super) async fn open(root: &Path) -> io::Result<Self> {
        let local = Self { root: std::path::absolute(root)? };
        let made = local.clone();
        run_blocking(move || {
            folders::make_private(&made.root)?;
            [made.finished(), made.unfinished()].iter().try_for_each(|folder| {
                folders::make_private(folder)?;
                folders::sync(folder)
            })
        })
        .await?;
        Ok(local)
    }

    /// That both folders are there. Where they are not, a volume is not mounted, say, and OpenDAL would make new ones in its
    /// place.
    pub(super) async fn check(&self) -> io::Result<()> {
        let folders = [self.finished(), self.unfinished()];
        run_blocking(move || {
            let is_missing = |folder: &&PathBuf| !folder.is_dir();
            match folders.iter().find(is_missing) {
                Some(missing) => Err(io::Error::new(io::ErrorKind::NotFound, missing.display().to_string())),
                None => Ok(()),
            }
        })
        .await
    }

    pub(super) fn finished_path(&self) -> String {
        self.finished().to_string_lossy().into_owned()
    }

    pub(super) fn unfinished_path(&self) -> String {
        self.unfinished().to_string_lossy().into_owned()
    }

    /// Makes the place of a finished object durable: OpenDAL syncs the file and renames it, but a rename lives in the folder,
    /// and the folder, where it is new, in the folder above.
    pub(super) async fn sync_place_of(&self, path: &str) -> io::Result<()> {
        let place = self.finished().join(path);
        let finished = self.finished();
        run_blocking(move || {
            if let Some(folder) = place.parent() {
                folders::sync(folder)?;
            }
            folders::sync(&finished)
        })
        .await
    }

    /// The objects that are being written, or were when their upload died.
    pub(super) async fn list_unfinished(&self) -> io::Result<Vec<BlobId>> {
        let folder = self.unfinished();
        run_blocking(move || Ok(unfinished_in(&folder)?.into_iter().map(|(blob, _)| blob).collect())).await
    }

    pub(super) async fn remove_unfinished(&self, blob: BlobId) -> io::Result<()> {
        let folder = self.unfinished();
        run_blocking(move || {
            for (_, path) in unfinished_in(&folder)?.into_iter().filter(|(found, _)| *found == blob) {
                std::fs::remove_file(path).or_else(|failure| match failure.kind() {
                    io::ErrorKind::NotFound => Ok(()),
                    _ => Err(failure),
                })?;
            }
            Ok(())
        })
        .await
    }

    /// What lies beside our folders, or among the unfinished objects, and is none of ours by its name: places below the root.
    pub(super) async fn list_strangers(&self) -> io::Result<Vec<String>> {
        let local = self.clone();
        run_blocking(move || {
            let mut strangers = Vec::new();
            for entry in std::fs::read_dir(&local.root)? {
                let name = entry?.file_name().to_string_lossy().into_owned();
                if ![FINISHED, UNFINISHED, ASIDE, LOST_AND_FOUND].contains(&name.as_str()) {
                    strangers.push(name);
                }
            }
            for entry in std::fs::read_dir(local.unfinished())? {
                let name = entry?.file_name().to_string_lossy().into_owned();
                if blob_named(&name).is_none() {
                    strangers.push(format!("{UNFINISHED}/{name}"));
                }
            }
            Ok(strangers)
        })
        .await
    }

    /// Moves something to another place below the root.
    pub(super) async fn set_aside(&self, from: &str, to: &str) -> io::Result<()> {
        let (root, from, to) = (self.root.clone(), self.root.join(from), self.root.join(to));
        run_blocking(move || {
            let folder = to.parent().unwrap_or(&root);
            folders::make_private(folder)?;
            if to.symlink_metadata().is_ok() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            std::fs::rename(&from, &to)?;
            folders::sync(folder)?;
            folders::sync(from.parent().unwrap_or(&root))
        })
        .await
    }

    pub(super) async fn is_there(&self, place: &str) -> io::Result<bool> {
        let path = self.root.join(place);
        run_blocking(move || Ok(path.symlink_metadata().is_ok())).await
    }

    fn finished(&self) -> PathBuf {
        self.root.join(FINISHED)
    }

    fn unfinished(&self) -> PathBuf {
        self.root.join(UNFINISHED)
    }
}

fn unfinished_in(folder: &Path) -> io::Result<Vec<(BlobId, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if let Some(blob) = blob_named(&entry.file_name().to_string_lossy()) {
            found.push((blob, entry.path()));
        }
    }
    Ok(found)
}

async fn run_blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|failure| Err(io::Error::other(failure)))
}
