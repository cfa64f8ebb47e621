//! `[janitor]`

use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// The sweeper of what is left behind.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct JanitorConfig {
    /// Seconds from one sweep to the next; 1 to 86400. Default 60.
    pub interval_seconds: u64,
}

impl JanitorConfig {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.require_within("janitor.interval_seconds", self.interval_seconds, 1..=86_400);
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load::tests::assert_refused;

    #[test]
    fn interval_has_limits() {
        assert_refused("STRONGROOM__JANITOR__INTERVAL_SECONDS", "0");
        assert_refused("STRONGROOM__JANITOR__INTERVAL_SECONDS", "86401");
    }
}
