//! Proof that everything is there and genuine: every object is read and authenticated, and what is wrong gets a name.
//!
//! 1. `walk`: file after file, oldest first, a span of chunks at a time, as many at once as there are cores; then those in the
//!    trash; then those that were brought back out of it meanwhile. What does not fit is suspect.
//! 2. `stray`: everything that lies in the storage, held against the database. Objects are listed first and rows looked up
//!    after: a row is written before its object and goes after it.
//! 3. `judge`: suspects are looked at again, because files come and go meanwhile. Only what is still wrong is named.
//!
//! How far it is lies in a file (`state`), so that a run that was interrupted goes on. Nothing is ever deleted.

mod judge;
mod pieces;
mod spans;
mod state;
mod stray;
mod walk;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::progress::Progress;
use super::{Caller, Error, Services};
use crate::domain::permission::Permission;

use pieces::Part;
use state::State;

/// How to verify.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VerifyOptions {
    /// Of how many in a hundred objects the content is read: 1 to 100. That they are there, and how long they are, is looked at
    /// for all.
    pub sample_percent: u8,
    /// Whether damaged and stray objects are set aside.
    pub repair: bool,
    /// Whether what an earlier run has reached is thrown away.
    pub restart: bool,
    /// After so many files the run stops; the next one goes on there.
    pub at_most: Option<u64>,
    /// How many objects are read at once; `None` for one a core.
    pub jobs: Option<usize>,
    /// Where it is written down how far a run is.
    pub state_file: PathBuf,
}

/// What is wrong with an object, or with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The object of a file is not there.
    Missing,
    /// It is shorter than it must be.
    Truncated,
    /// It is not what was sealed.
    Altered,
    /// It is genuine, and lies where the object of another file should.
    Swapped,
    /// Something in the storage that is none of ours by its name.
    Foreign,
    /// An object of ours by its name that no row knows of.
    Orphan,
    /// The key of a file is missing, or cannot be opened; its objects cannot be looked into.
    WrongWrap,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// The file that cannot be read because of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where in the storage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What else is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Of a swapped object: the file it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub belongs_to: Option<String>,
    /// Where it was set aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarantined: Option<String>,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyReport {
    /// When this verification began; earlier than this run where it went on with another.
    pub begun_at: String,
    /// When this run ended.
    pub ended_at: String,
    /// Whether everything was looked at; else the next run goes on.
    pub finished: bool,
    /// Of how many in a hundred objects the content was read.
    pub sample_percent: u8,
    /// How many files were looked at.
    pub files: u64,
    /// How many objects they have.
    pub objects: u64,
    /// How many bytes of content were authenticated.
    pub bytes: u64,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl Services {
    /// Verifies the installation.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Input`] for options that cannot be, or that an earlier run was not begun with;
    /// [`Error::Unavailable`] when database or storage do not answer: the next run goes on where this one was.
    pub async fn verify(
        &self,
        caller: &Caller,
        options: &VerifyOptions,
        progress: &Progress,
    ) -> Result<VerifyReport, Error> {
        if !self.may(caller, Permission::StorageVerify, &[]) {
            return Err(Error::Forbidden);
        }
        if !(1..=100).contains(&options.sample_percent) {
            return Err(Error::input("sample", "The sample is 1 to 100 percent."));
        }
        let mut state = State::load_or_begin(options, &*self.random, self.now()).await?;
        let walked = self.walk_files(&mut state, options, progress).await?;
        let mut strays = Vec::new();
        if walked {
            strays = self.find_strays(progress).await?;
        }
        state.save(&options.state_file).await?;
        let findings = self.judge(caller, &state, strays, options.repair, progress).await?;
        if walked {
            State::remove(&options.state_file).await?;
        }
        Ok(VerifyReport {
            begun_at: state.begun_at.clone(),
            ended_at: self.now().to_rfc3339(),
            finished: walked,
            sample_percent: state.sample_percent,
            files: state.files,
            objects: state.objects,
            bytes: state.bytes,
            findings,
        })
    }
}
