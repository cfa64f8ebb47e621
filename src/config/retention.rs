//! `[retention]`

use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// How long files are kept, and deleted ones can be brought back.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionConfig {
    /// Days in the trash, up to 3650; 0 is no trash. Default 7.
    pub trash_days: u64,
    /// Days that a file is kept since its upload or since it came out of the trash, up to 36500; 0 is for ever. Default 0.
    pub max_age_days: u64,
}

impl RetentionConfig {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.require_within("retention.trash_days", self.trash_days, 0..=3650);
        problems.require_within("retention.max_age_days", self.max_age_days, 0..=36_500);
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

    #[test]
    fn the_age_of_files_has_limits() {
        assert_accepted("STRONGROOM__RETENTION__MAX_AGE_DAYS", "90");
        assert_refused("STRONGROOM__RETENTION__MAX_AGE_DAYS", "36501");
        assert_refused("STRONGROOM__RETENTION__MAX_AGE_DAYS", "-1");
    }
}
