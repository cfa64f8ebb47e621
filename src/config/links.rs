//! `[links]`

use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// Ten years; longer is a slip of the finger.
pub(super) const MAX_TTL_SECONDS: u64 = 10 * 365 * 24 * 3600;

/// Download links.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LinksConfig {
    /// Seconds a link lives when nothing is asked for. Default 600.
    pub default_ttl_seconds: u64,
    /// Seconds a link may live at most; whoever asks for more gets this. Default 86400.
    pub max_ttl_seconds: u64,
}

impl LinksConfig {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.require_within("links.max_ttl_seconds", self.max_ttl_seconds, 1..=MAX_TTL_SECONDS);
        problems.require_within("links.default_ttl_seconds", self.default_ttl_seconds, 1..=MAX_TTL_SECONDS);
        if self.default_ttl_seconds > self.max_ttl_seconds {
            problems.add("links.default_ttl_seconds", "it must not be more than `links.max_ttl_seconds`");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load::tests::{assert_accepted, assert_refused, problems_of};

    #[test]
    fn lifetimes_are_in_order() {
        assert_refused("STRONGROOM__LINKS__DEFAULT_TTL_SECONDS", "0");
        assert_refused("STRONGROOM__LINKS__DEFAULT_TTL_SECONDS", "86401");
        assert_refused("STRONGROOM__LINKS__MAX_TTL_SECONDS", "9223372036854775807");
        assert_accepted("STRONGROOM__LINKS__DEFAULT_TTL_SECONDS", "86400");
        let problems = problems_of(&[("STRONGROOM__LINKS__MAX_TTL_SECONDS", "599")]);
        assert_eq!(problems[0].key, "links.default_ttl_seconds");
    }
}
