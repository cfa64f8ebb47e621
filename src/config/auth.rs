//! `[auth]`

use serde::{Deserialize, Serialize};

use super::links::MAX_TTL_SECONDS;
use super::problem::Problems;

/// Tokens and passwords.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AuthConfig {
    /// Seconds an access token lives. Default 900.
    pub access_token_ttl_seconds: u64,
    /// Seconds a refresh token lives. Default 2592000 (30 days).
    pub refresh_token_ttl_seconds: u64,
    /// Seconds the link lives that confirms an address. Default 86400.
    pub verification_ttl_seconds: u64,
    /// Seconds the link in a password-reset mail lives. Default 3600.
    pub password_reset_ttl_seconds: u64,
    /// Seconds an invitation lives. Default 604800 (7 days).
    pub invitation_ttl_seconds: u64,
    /// The cost of a password hash.
    pub password: PasswordConfig,
}

/// The cost of a password hash (Argon2id).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordConfig {
    /// KiB of memory, 19456 (OWASP's least) to 1 GiB. Default 19456.
    pub memory_kib: u32,
    /// Passes over the memory, 2 to 16. Default 2.
    pub iterations: u32,
    /// Lanes, 1 to 16. Default 1.
    pub parallelism: u32,
}

impl AuthConfig {
    pub(super) fn check(&self, problems: &mut Problems) {
        for (key, seconds) in [
            ("auth.access_token_ttl_seconds", self.access_token_ttl_seconds),
            ("auth.refresh_token_ttl_seconds", self.refresh_token_ttl_seconds),
            ("auth.verification_ttl_seconds", self.verification_ttl_seconds),
            ("auth.password_reset_ttl_seconds", self.password_reset_ttl_seconds),
            ("auth.invitation_ttl_seconds", self.invitation_ttl_seconds),
        ] {
            problems.require_within(key, seconds, 1..=MAX_TTL_SECONDS);
        }
        self.password.check(problems);
    }
}

impl PasswordConfig {
    fn check(&self, problems: &mut Problems) {
        problems.require_within("auth.password.memory_kib", self.memory_kib, 19_456..=1024 * 1024);
        problems.require_within("auth.password.iterations", self.iterations, 2..=16);
        problems.require_within("auth.password.parallelism", self.parallelism, 1..=16);
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load::tests::{assert_accepted, assert_refused, load_with};

    const MEMORY: &str = "STRONGROOM__AUTH__PASSWORD__MEMORY_KIB";
    const ITERATIONS: &str = "STRONGROOM__AUTH__PASSWORD__ITERATIONS";

    #[test]
    fn weak_password_hashes_are_refused() {
        for (variable, bad) in [
            (MEMORY, "19455"),
            (MEMORY, "1048577"),
            (ITERATIONS, "1"),
            (ITERATIONS, "17"),
            ("STRONGROOM__AUTH__PASSWORD__PARALLELISM", "0"),
            ("STRONGROOM__AUTH__PASSWORD__PARALLELISM", "17"),
        ] {
            assert_refused(variable, bad);
        }
        load_with(&[(MEMORY, "65536"), (ITERATIONS, "3")]).expect("good");
    }

    #[test]
    fn lifetimes_have_limits() {
        for name in ["ACCESS_TOKEN", "REFRESH_TOKEN", "VERIFICATION", "PASSWORD_RESET", "INVITATION"] {
            let variable = format!("STRONGROOM__AUTH__{name}_TTL_SECONDS");
            assert_refused(&variable, "0");
            assert_refused(&variable, "9223372036854775807");
            assert_accepted(&variable, "1");
        }
    }
}
