//! How far a verification is, in a file.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::VerifyOptions;
use crate::domain::id::BlobId;
use crate::domain::random::{Random, random_bytes};
use crate::domain::timestamp::Timestamp;
use crate::folders;
use crate::services::Error;

const VERSION: u32 = 1;

/// How far a verification is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct State {
    version: u32,
    pub(super) begun_at: String,
    pub(super) sample_percent: u8,
    /// What decides which objects are in the sample.
    seed: String,
    /// The place in the list of files, oldest first, up to which all was looked at.
    pub(super) after: String,
    /// Whether that is a place in the trash, which comes after the other files.
    pub(super) in_trash: bool,
    /// The place in the list of events up to which files that were brought back out of the trash were looked at; empty before.
    #[serde(default)]
    pub(super) events_after: String,
    pub(super) files: u64,
    pub(super) objects: u64,
    pub(super) bytes: u64,
    pub(super) suspects: Vec<Suspect>,
}

/// A file with which something seemed wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Suspect {
    /// Its id.
    pub(super) file: String,
    /// The key of the object; empty where the file's key cannot be opened, or its list of objects has gaps.
    pub(super) object: String,
    /// The chunk in which it showed first.
    pub(super) chunk: u64,
}

impl State {
    /// The state that an earlier run has left, or a new one.
    pub(super) async fn load_or_begin(
        options: &VerifyOptions,
        random: &dyn Random,
        now: Timestamp,
    ) -> Result<Self, Error> {
        if !options.restart
            && let Some(state) = Self::load(&options.state_file).await?
        {
            if state.sample_percent != options.sample_percent {
                let before = state.sample_percent;
                return Err(Error::input(
                    "sample",
                    format!("An unfinished run has a sample of {before} percent: go on with that, or give --restart."),
                ));
            }
            return Ok(state);
        }
        Ok(Self {
            version: VERSION,
            begun_at: now.to_rfc3339(),
            sample_percent: options.sample_percent,
            seed: data_encoding::HEXLOWER.encode(&random_bytes::<16>(random)),
            after: String::new(),
            in_trash: false,
            events_after: String::new(),
            files: 0,
            objects: 0,
            bytes: 0,
            suspects: Vec::new(),
        })
    }

    async fn load(path: &Path) -> Result<Option<Self>, Error> {
        let text = match tokio::fs::read(path).await {
            Ok(text) => text,
            Err(failure) if failure.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(failure) => return Err(unusable(path, &failure)),
        };
        let state: Self = serde_json::from_slice(&text).map_err(|failure| unusable(path, &failure))?;
        if state.version == VERSION { Ok(Some(state)) } else { Err(unusable(path, &"another version wrote it")) }
    }

    /// Writes it down, whole or not at all.
    pub(super) async fn save(&self, path: &Path) -> Result<(), Error> {
        let text = serde_json::to_vec(self).map_err(Error::internal)?;
        let target = path.to_path_buf();
        let written = tokio::task::spawn_blocking(move || folders::replace_file(&target, &text)).await;
        written.map_err(Error::internal)?.map_err(|failure| unusable(path, &failure))
    }

    /// Forgets a run that has come to its end.
    pub(super) async fn remove(path: &Path) -> Result<(), Error> {
        match tokio::fs::remove_file(path).await {
            Err(failure) if failure.kind() != io::ErrorKind::NotFound => Err(unusable(path, &failure)),
            _ => Ok(()),
        }
    }

    /// Whether the content of this object is read.
    pub(super) fn is_in_sample(&self, object: BlobId) -> bool {
        let digest = Sha256::new_with_prefix(&self.seed).chain_update(object.as_bytes()).finalize();
        let number = digest.iter().take(4).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        number * 100 < u64::from(self.sample_percent) << 32
    }
}

fn unusable(path: &Path, failure: &dyn std::fmt::Display) -> Error {
    Error::input("state", format!("The state file {} cannot be used: {failure}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::os_random::OsRandom;

    fn options(sample_percent: u8, state_file: &Path) -> VerifyOptions {
        let state_file = state_file.to_path_buf();
        VerifyOptions { sample_percent, repair: false, restart: false, at_most: None, jobs: None, state_file }
    }

    #[tokio::test]
    async fn a_sample_is_about_as_large_as_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        for percent in [1, 10, 50, 100] {
            let options = options(percent, &folder.path().join("none"));
            let state = State::load_or_begin(&options, &OsRandom, Timestamp::from_millis(0)).await.unwrap();
            let chosen = (0..20_000).filter(|_| state.is_in_sample(BlobId::generate(&OsRandom))).count();
            let expected = 200 * usize::from(percent);
            assert!(chosen.abs_diff(expected) <= 500, "{percent}: {chosen}");
            assert!(percent < 100 || chosen == 20_000);
        }
    }

    #[tokio::test]
    async fn what_was_saved_is_gone_on_with_unless_it_is_something_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let now = Timestamp::from_millis(0);
        let mut state = State::load_or_begin(&options(10, &path), &OsRandom, now).await.unwrap();
        state.after = "here".to_owned();
        state.save(&path).await.unwrap();
        let again = State::load_or_begin(&options(10, &path), &OsRandom, now).await.unwrap();
        assert_eq!((again.after, again.seed), ("here".to_owned(), state.seed));
        assert!(State::load_or_begin(&options(11, &path), &OsRandom, now).await.is_err());
        let restarted = VerifyOptions { restart: true, ..options(11, &path) };
        assert_eq!(State::load_or_begin(&restarted, &OsRandom, now).await.unwrap().after, "");
        std::fs::write(&path, "{}").unwrap();
        assert!(State::load_or_begin(&options(10, &path), &OsRandom, now).await.is_err());
        State::remove(&path).await.unwrap();
        State::remove(&path).await.unwrap();
        assert_eq!(State::load_or_begin(&options(10, &path), &OsRandom, now).await.unwrap().after, "");
    }
}
