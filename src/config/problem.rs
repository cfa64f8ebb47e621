//! What is wrong with one key, and who said it.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Where the value of a key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `config.toml` as it was built in.
    Default,
    /// The file named by `--config`.
    File(PathBuf),
    /// The environment variable of this name.
    Environment(String),
    /// The flag of this name.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => write!(f, "the built-in default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// One thing that is wrong. Its text never holds the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key, sections first, e.g. `storage.s3.bucket`.
    pub key: String,
    /// Where its value, or the key itself, comes from.
    pub source: Source,
    /// What is wrong and what would be right.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({}): {}", self.key, self.source, self.reason)
    }
}

/// The problems found so far, and which layer each key was last set by.
#[derive(Debug, Default)]
pub(super) struct Problems {
    found: Vec<Problem>,
    sources: BTreeMap<String, Source>,
}

impl Problems {
    /// Remembers that the value of `key` now comes from `source`.
    pub(super) fn set_source(&mut self, key: &str, source: &Source) {
        self.sources.insert(key.to_owned(), source.clone());
    }

    /// A problem with the effective value of `key`.
    pub(super) fn add(&mut self, key: &str, reason: impl Into<String>) {
        let source = self.sources.get(key).cloned().unwrap_or(Source::Default);
        self.add_from(&source, key, reason);
    }

    /// A problem with what `source` says about `key`.
    pub(super) fn add_from(&mut self, source: &Source, key: &str, reason: impl Into<String>) {
        self.found.push(Problem { key: key.to_owned(), source: source.clone(), reason: reason.into() });
    }

    /// A problem where `holds` is false.
    pub(super) fn require(&mut self, key: &str, holds: bool, reason: &str) {
        if !holds {
            self.add(key, reason);
        }
    }

    /// A problem where `value` lies outside `range`.
    pub(super) fn require_within<T: PartialOrd + fmt::Display>(
        &mut self,
        key: &str,
        value: T,
        range: RangeInclusive<T>,
    ) {
        if !range.contains(&value) {
            self.add(key, format!("{value} is not between {} and {}", range.start(), range.end()));
        }
    }

    /// Whatever was found, in the order it was found.
    pub(super) fn into_found(self) -> Vec<Problem> {
        self.found
    }
}
