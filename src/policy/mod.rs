//! Casbin behind one typed question: [`Policy::may`].
//!
//! Floor 1. The rules are a few dozen role-level lines in `policies/`; who owns and who received what is handed in as a
//! [`Relation`], because Casbin scans all its rules on every question. An error is a denial. A policy that cannot be
//! read, is empty, or names something the product does not know, is never put in force.

mod rules;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use casbin::{CoreApi, DefaultModel, Enforcer, MgmtApi, StringAdapter};
use tracing::{error, info};

use crate::domain::permission::{Permission, Relation, Subject};

const BUILT_IN_MODEL: &str = include_str!("../../policies/model.conf");
const BUILT_IN_POLICY: &str = include_str!("../../policies/policy.csv");

/// Why a policy cannot be put in force.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the policy cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Casbin cannot make sense of the model or of the lines.
    #[error("the policy cannot be parsed: {0}")]
    Unparsable(#[from] casbin::Error),
    /// There is no line in it.
    #[error("the policy is empty")]
    Empty,
    /// A line names something the product does not know.
    #[error("policy line `{line}`: {reason}")]
    UnknownWord {
        /// The words of the line.
        line: String,
        /// Which of them, and why.
        reason: &'static str,
    },
}

/// The text of a policy.
#[derive(Clone, PartialEq, Eq)]
struct Source {
    model: String,
    policy: String,
}

/// The rules in force.
pub struct Policy {
    enforcer: ArcSwap<Enforcer>,
    folder: Option<PathBuf>,
    last_seen: ArcSwap<Source>,
    is_unreadable: AtomicBool,
}

impl Policy {
    /// Loads the policy of `folder` (`model.conf` and `policy.csv`), or the one that is built in.
    ///
    /// # Errors
    /// When the policy may not be put in force; see [`Error`].
    pub async fn load(folder: Option<&Path>) -> Result<Self, Error> {
        let source = read_source(folder)?;
        let enforcer = build(&source).await?;
        Ok(Self {
            enforcer: ArcSwap::from_pointee(enforcer),
            folder: folder.map(Path::to_path_buf),
            last_seen: ArcSwap::from_pointee(source),
            is_unreadable: AtomicBool::new(false),
        })
    }

    /// The one question. `false` on any doubt.
    pub fn may(&self, subject: Subject, permission: Permission, relation: Relation) -> bool {
        let question = (subject.as_str(), permission.object(), permission.action(), relation.as_str());
        self.enforcer.load().enforce(question).unwrap_or_else(|failure| {
            error!(permission = permission.as_str(), %failure, "the policy could not answer, which is a denial");
            false
        })
    }

    /// Whether the subject may do this in any relation at all. Where not, the answer is `FORBIDDEN`; where it may, but not
    /// to this thing, the thing does not exist for it.
    pub fn may_ever(&self, subject: Subject, permission: Permission) -> bool {
        Relation::ALL.into_iter().any(|relation| self.may(subject, permission, relation))
    }

    /// Looks at the folder again. A changed policy is built beside the old one, checked, and only then put in force; a bad
    /// one is logged once and the old one stays. True when a new policy came into force.
    pub async fn reload_if_changed(&self) -> bool {
        let Some(folder) = &self.folder else { return false };
        let source = match read_source(Some(folder)) {
            Ok(source) => source,
            Err(failure) => {
                if !self.is_unreadable.swap(true, Ordering::Relaxed) {
                    error!(%failure, "the policy cannot be read any more; the old one stays in force");
                }
                return false;
            }
        };
        self.is_unreadable.store(false, Ordering::Relaxed);
        if source == **self.last_seen.load() {
            return false;
        }
        let built = build(&source).await;
        self.last_seen.store(Arc::new(source));
        match built {
            Ok(enforcer) => {
                self.enforcer.store(Arc::new(enforcer));
                info!("the changed policy is in force");
                true
            }
            Err(failure) => {
                error!(%failure, "the changed policy is not put in force; the old one stays");
                false
            }
        }
    }
}

fn read_source(folder: Option<&Path>) -> Result<Source, Error> {
    let Some(folder) = folder else {
        return Ok(Source { model: BUILT_IN_MODEL.to_owned(), policy: BUILT_IN_POLICY.to_owned() });
    };
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read_to_string(&path).map_err(|source| Error::Unreadable { path, source })
    };
    Ok(Source { model: read("model.conf")?, policy: read("policy.csv")? })
}

async fn build(source: &Source) -> Result<Enforcer, Error> {
    let model = DefaultModel::from_str(&source.model).await?;
    let enforcer = Enforcer::new(model, StringAdapter::new(&source.policy)).await?;
    rules::check(&enforcer.get_all_policy())?;
    rules::check_model(&enforcer)?;
    Ok(enforcer)
}

#[cfg(test)]
mod tests;
