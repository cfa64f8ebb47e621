//! The list of contents that were destroyed. It only grows: an older backup still has their keys, and a restore of it destroys
//! them again by this list.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::folder::{BackupFolder, blocking};
use super::unusable;
use crate::domain::id::BlobId;
use crate::folders;
use crate::services::progress::Progress;
use crate::services::{Error, Services};

impl Services {
    /// Adds to the list of the folder what is known to be destroyed by now, and answers how many it has.
    pub(super) async fn note_deletions(&self, folder: &BackupFolder, progress: &Progress) -> Result<u64, Error> {
        // Before the look at the database: an older view must not be written over the list of a newer one.
        let lock = folder.lock_deletions().await?;
        let view = self.store.snapshot().await?;
        progress.begin("deletions", 0, 0);
        let path = folder.deletions();
        let mut known = read(&path).await?;
        let before = known.len();
        let mut after = None;
        loop {
            let rows = view.rows_after("tombstone", after.as_deref()).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.key.clone());
            progress.add_done(rows.len() as u64);
            for row in rows {
                // A key that stands there again was put there in another way: what lives is not destroyed.
                if !known.contains_key(&row.key) && view.row("wrapped_key", &row.key).await?.is_none() {
                    known.insert(row.key.clone(), row.number("at").unwrap_or(0));
                }
            }
        }
        if known.len() > before || before == 0 {
            let lines: String = known.iter().map(|(key, at)| format!("[\"{key}\",{at}]\n")).collect();
            let target = path.clone();
            // Whoever asked may hang up: the lock is let go of when the file is there.
            let writing = blocking(move || {
                let written = folders::replace_file(&target, lines.as_bytes());
                drop(lock);
                written
            });
            writing.await.map_err(|failure| unusable(&path, failure))?;
        }
        Ok(known.len() as u64)
    }
}

/// The contents that a list of deletions names: that of a folder of backups, or a file.
pub(in crate::services) async fn read_deletions(path: &Path) -> Result<BTreeSet<BlobId>, Error> {
    let path: PathBuf = if path.is_dir() { BackupFolder::at(path).deletions() } else { path.to_path_buf() };
    if !path.exists() {
        return Err(unusable(&path, "there is no list of deletions"));
    }
    let contents = read(&path).await?.into_keys().map(|key| BlobId::from_key(&key));
    contents.collect::<Option<_>>().ok_or_else(|| unusable(&path, "this is no list of deletions"))
}

async fn read(path: &Path) -> Result<BTreeMap<String, i64>, Error> {
    let text = match tokio::fs::read_to_string(path).await {
        Ok(text) => text,
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(failure) => return Err(unusable(path, failure)),
    };
    let lines = text.lines().map(serde_json::from_str::<(String, i64)>);
    lines.collect::<Result<_, _>>().map_err(|_| unusable(path, "this is no list of deletions"))
}
