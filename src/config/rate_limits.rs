//! `[rate_limits]`

use serde::{Deserialize, Serialize};

/// Rate limits.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimitsConfig {
    /// False switches every rate limit off, for load tests. Default true.
    pub enabled: bool,
}
