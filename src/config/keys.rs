//! `[keys]`

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::choice::choice;
use super::optional;
use super::problem::Problems;

choice! {
    /// Where the key ring comes from.
    KeySource {
        /// A file that the server makes, mode 0600.
        File = "file",
        /// The environment variable `STRONGROOM_KEY_RING`.
        Env = "env",
        /// What a program prints, such as the client of a KMS or a vault.
        Command = "command",
    }
}

/// Where the key ring comes from.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KeysConfig {
    /// Default `file`.
    pub source: KeySource,
    /// The file; `None` is `keys` under `data_dir`: ask `Config::keys_file`.
    #[serde(with = "optional")]
    pub file: Option<PathBuf>,
    /// The program and its arguments; empty unless the source is `command`.
    pub command: Vec<String>,
}

impl KeysConfig {
    pub(super) fn check(&self, problems: &mut Problems) {
        let is_given = self.command.first().is_some_and(|program| !program.is_empty());
        match self.source {
            KeySource::Command => {
                problems.require("keys.command", is_given, "the program that prints the key ring is needed");
            }
            KeySource::File | KeySource::Env => {
                let reason = "it is not run unless `keys.source` is \"command\"";
                problems.require("keys.command", self.command.is_empty(), reason);
            }
        }
        let file_is_used = self.file.is_none() || self.source == KeySource::File;
        problems.require("keys.file", file_is_used, "it is not read unless `keys.source` is \"file\"");
    }
}

#[cfg(test)]
mod tests {
    use super::KeySource;
    use crate::config::load::tests::{assert_refused, load_with, problems_of};

    const SOURCE: &str = "STRONGROOM__KEYS__SOURCE";
    const COMMAND: &str = "STRONGROOM__KEYS__COMMAND";

    #[test]
    fn each_source_is_given_what_it_needs_and_no_more() {
        assert_eq!(load_with(&[(SOURCE, "env")]).expect("good").keys.source, KeySource::Env);
        let keys = load_with(&[(SOURCE, "command"), (COMMAND, r#"["vault", "read"]"#)]).expect("good").keys;
        assert_eq!((keys.source, keys.command), (KeySource::Command, vec!["vault".to_owned(), "read".to_owned()]));
        for (settings, key) in [
            (&[(SOURCE, "command")][..], "keys.command"),
            (&[(SOURCE, "command"), (COMMAND, r#"[""]"#)], "keys.command"),
            (&[(COMMAND, r#"["vault"]"#)], "keys.command"),
            (&[(SOURCE, "env"), (COMMAND, r#"["vault"]"#)], "keys.command"),
            (&[(SOURCE, "env"), ("STRONGROOM__KEYS__FILE", "/keys")], "keys.file"),
        ] {
            assert_eq!(problems_of(settings)[0].key, key, "{settings:?}");
        }
        assert_refused(SOURCE, "vault");
    }
}
