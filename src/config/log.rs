//! `[log]`

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

use super::choice::choice;
use super::optional;
use super::problem::Problems;

choice! {
    /// How a line of the log looks.
    LogFormat {
        /// For people.
        Pretty = "pretty",
        /// For machines.
        Json = "json",
    }
}

/// The log.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// `None` is pretty on a terminal, else json.
    #[serde(with = "optional")]
    pub format: Option<LogFormat>,
    /// What is logged, as `tracing-subscriber` filters are written. Default `info`.
    pub filter: String,
}

impl LogConfig {
    pub(super) fn check(&self, problems: &mut Problems) {
        if self.filter.is_empty() {
            problems.add("log.filter", "a filter such as `info` is needed");
        } else if let Err(error) = EnvFilter::builder().parse(&self.filter) {
            problems.add("log.filter", error.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load::tests::{assert_accepted, assert_refused};

    #[test]
    fn format_and_filter_are_known() {
        assert_refused("STRONGROOM__LOG__FORMAT", "xml");
        assert_accepted("STRONGROOM__LOG__FORMAT", "json");
        assert_accepted("STRONGROOM__LOG__FORMAT", "");
        assert_refused("STRONGROOM__LOG__FILTER", "");
        assert_refused("STRONGROOM__LOG__FILTER", "strongroom=loud");
        assert_accepted("STRONGROOM__LOG__FILTER", "warn,strongroom=debug");
    }
}
