//! `[policy]`

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::optional;

/// Who may do what.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyConfig {
    /// The folder of `model.conf` and `policy.csv`; `None` is `policies` in the working directory where it exists,
    /// else the built-in policy: ask `Config::policy_dir`.
    #[serde(with = "optional")]
    pub dir: Option<PathBuf>,
}
