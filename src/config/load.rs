//! Defaults < file < environment < flags, then the rules.

use std::path::Path;

use super::defaults::DEFAULTS;
use super::layers::Layers;
use super::problem::{Problems, Source};
use super::{Config, Error, StorageBackend};

/// What the names of our environment variables begin with; `__` also parts the sections.
const ENVIRONMENT_PREFIX: &str = "STRONGROOM__";

/// What the command line says; the strongest layer.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--data-dir`, for `data_dir`.
    pub data_dir: Option<String>,
    /// `--listen`, for `server.listen`.
    pub listen: Option<String>,
    /// Any keys, e.g. `("links.max_ttl_seconds", "3600")`, with values as in the environment. The last one wins.
    pub set: Vec<(String, String)>,
}

/// Our variables of this process. `std::env::vars` would panic on one of somebody else's that is not UTF-8.
///
/// # Errors
/// One of ours is not UTF-8.
pub fn process_environment() -> Result<Vec<(String, String)>, Error> {
    std::env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value))
        .filter(|(name, _)| name.starts_with(ENVIRONMENT_PREFIX))
        .map(|(name, value)| match value.into_string() {
            Ok(value) => Ok((name, value)),
            Err(_) => Err(Error::EnvironmentNotUnicode { name }),
        })
        .collect()
}

impl Config {
    /// The effective configuration, weakest first: built-in defaults, `file`, those of the `environment` variables
    /// that begin with `STRONGROOM__`, `overrides`. Reads the secrets that are given as files.
    ///
    /// # Errors
    /// `file` cannot be read or is not TOML, or keys or values break rules: then every problem that was found.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        overrides: Overrides,
    ) -> Result<Self, Error> {
        let mut layers = Layers::over(DEFAULTS)?;
        if let Some(path) = file {
            let text = std::fs::read_to_string(path)
                .map_err(|source| Error::FileUnreadable { path: path.to_owned(), source })?;
            layers.add_file(path, &text)?;
        }
        for (name, value) in environment {
            if let Some(key) = key_of_variable(&name) {
                layers.add_text(&Source::Environment(name), &key, value);
            }
        }
        let Overrides { data_dir, listen, set } = overrides;
        for (flag, key, value) in [("--data-dir", "data_dir", data_dir), ("--listen", "server.listen", listen)] {
            if let Some(value) = value {
                layers.add_text(&Source::Flag(flag.to_owned()), key, value);
            }
        }
        for (key, value) in set {
            layers.add_text(&Source::Flag(format!("--set {key}")), &key, value);
        }

        let (mut config, mut problems) = layers.finish()?;
        config.read_secrets(&mut problems);
        config.check(&mut problems);
        match problems.into_found() {
            problems if problems.is_empty() => Ok(config),
            problems => Err(Error::Invalid { problems }),
        }
    }

    fn read_secrets(&mut self, problems: &mut Problems) {
        self.database.read_secrets(problems);
        self.storage.read_secrets(problems);
        self.auth.read_secrets(problems);
        self.mail.read_secrets(problems);
    }

    fn check(&self, problems: &mut Problems) {
        problems.require("data_dir", !self.data_dir.as_os_str().is_empty(), "a folder is needed");
        if self.database.url.is_none() {
            let path = self.data_dir.to_string_lossy();
            let usable = !path.contains(['?', '#']);
            problems.require("data_dir", usable, "`?` and `#` cannot be part of the path of the embedded database");
        }
        self.server.check(problems);
        self.database.check(problems);
        self.storage.check(problems);
        self.uploads.check(problems);
        self.sharing.check(problems);
        self.retention.check(problems);
        self.quotas.check(problems);
        self.keys.check(problems);
        self.graphql.check(problems);
        self.links.check(problems);
        self.auth.check(problems);
        self.mail.check(problems);
        self.log.check(problems);
        self.janitor.check(problems);
        // S3's own limit for an object; the seal adds a thousandth.
        let fits = self.storage.backend != StorageBackend::S3 || self.uploads.max_file_bytes <= 5 << 40;
        problems.require("uploads.max_file_bytes", fits, "an object in S3 has 5 TiB at most");
        let listeners_differ = self.metrics.listen.port() == 0 || self.metrics.listen != self.server.listen;
        problems.require(
            "metrics.listen",
            listeners_differ,
            "this is `server.listen`; metrics need a listener of their own",
        );
    }
}

/// `STRONGROOM__STORAGE__S3__BUCKET` is for `storage.s3.bucket`. Any other spelling is for no key, and stays as it is,
/// so that no two variables mean the same key.
fn key_of_variable(name: &str) -> Option<String> {
    let rest = name.strip_prefix(ENVIRONMENT_PREFIX)?;
    let well_spelled = rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    Some(if well_spelled { rest.replace("__", ".").to_lowercase() } else { name.to_owned() })
}

#[cfg(test)]
pub(super) mod tests;
