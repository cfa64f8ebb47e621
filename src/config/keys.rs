//! `[keys]`

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::choice::choice;
use super::optional;

choice! {
    /// Where the key ring comes from.
    KeySource {
        /// A file that the server makes, mode 0600.
        File = "file",
    }
    reserved: "env", "command"
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
}

#[cfg(test)]
mod tests {
    use crate::config::load::tests::{assert_refused, problems_of};

    #[test]
    fn reserved_sources_are_not_there_yet() {
        for word in ["env", "command"] {
            let problems = problems_of(&[("STRONGROOM__KEYS__SOURCE", word)]);
            assert!(problems[0].reason.contains(&format!("\"{word}\" is not available yet")), "{}", problems[0]);
        }
        assert_refused("STRONGROOM__KEYS__SOURCE", "vault");
    }
}
