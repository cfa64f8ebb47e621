//! `[retention]`

use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// How long deleted files can be brought back.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionConfig {
    /// Days in the trash, up to 3650; 0 is no trash. Default 7.
    pub trash_days: u64,
}

impl RetentionConfig {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.require_within("retention.trash_days", self.trash_days, 0..=3650);
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load::tests::{assert_accepted, assert_refused};

    #[test]
    fn trash_days_have_limits() {
        assert_accepted("STRONGROOM__RETENTION__TRASH_DAYS", "0");
        assert_refused("STRONGROOM__RETENTION__TRASH_DAYS", "3651");
        assert_refused("STRONGROOM__RETENTION__TRASH_DAYS", "-1");
        assert_refused("STRONGROOM__RETENTION__TRASH_DAYS", "1.5");
    }
}
