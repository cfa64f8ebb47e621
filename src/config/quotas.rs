//! `[quotas]`

use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// The largest number of bytes that JSON says exactly.
const MAX_BYTES: u64 = (1 << 53) - 1;

/// How many bytes may be stored.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct QuotasConfig {
    /// By one user; 0 is any number. Default 0.
    pub per_user_bytes: u64,
    /// By everybody together; 0 is any number. Default 0.
    pub total_bytes: u64,
}

impl QuotasConfig {
    /// The limit of one user, if there is one.
    pub fn per_user(&self) -> Option<u64> {
        Some(self.per_user_bytes).filter(|bytes| *bytes > 0)
    }

    /// The limit of everybody together, if there is one.
    pub fn total(&self) -> Option<u64> {
        Some(self.total_bytes).filter(|bytes| *bytes > 0)
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        problems.require_within("quotas.per_user_bytes", self.per_user_bytes, 0..=MAX_BYTES);
        problems.require_within("quotas.total_bytes", self.total_bytes, 0..=MAX_BYTES);
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load::tests::{assert_accepted, assert_refused};

    #[test]
    fn quotas_are_numbers_that_json_can_say() {
        for key in ["STRONGROOM__QUOTAS__PER_USER_BYTES", "STRONGROOM__QUOTAS__TOTAL_BYTES"] {
            assert_accepted(key, "1000000");
            assert_refused(key, "-1");
            assert_refused(key, "9007199254740992");
        }
    }
}
