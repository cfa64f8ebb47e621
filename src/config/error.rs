//! Why a configuration was refused.

use std::io;
use std::path::PathBuf;

use super::problem::Problem;

/// A configuration that cannot be used. No message holds the value of a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file named by `--config` cannot be read.
    #[error("cannot read the configuration file {}", path.display())]
    FileUnreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file named by `--config` is not TOML.
    #[error("{}, line {line}: {message}", path.display())]
    FileNotToml {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser missed, without the text of the line: it may hold a secret.
        message: String,
    },
    /// A variable of ours holds bytes that are not UTF-8.
    #[error("the environment variable {name} is not valid UTF-8")]
    EnvironmentNotUnicode {
        /// The variable.
        name: String,
    },
    /// Keys or values break rules; every one that was found.
    #[error("the configuration is not valid:{}", lines(problems))]
    Invalid {
        /// At least one.
        problems: Vec<Problem>,
    },
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("\n  {problem}")).collect()
}
