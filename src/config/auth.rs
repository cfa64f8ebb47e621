//! `[auth]`

use serde::{Deserialize, Serialize};

use super::links::MAX_TTL_SECONDS;
use super::problem::Problems;

/// Memory and iterations of Argon2id that count as equally strong (OWASP Password Storage Cheat Sheet).
const WEAKEST_PASSWORD_COSTS: [(u32, u32); 5] = [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];

/// Tokens and passwords.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AuthConfig {
    /// Seconds an access token lives. Default 900.
    pub access_token_ttl_seconds: u64,
    /// Seconds a refresh token lives. Default 2592000 (30 days).
    pub refresh_token_ttl_seconds: u64,
    /// Seconds the link in a verification mail lives. Default 86400.
    pub verification_ttl_seconds: u64,
    /// Seconds an invitation lives. Default 604800 (7 days).
    pub invitation_ttl_seconds: u64,
    /// The cost of a password hash.
    pub password: PasswordConfig,
}

/// The cost of a password hash (Argon2id).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordConfig {
    /// KiB of memory, up to 4 GiB. Default 19456.
    pub memory_kib: u32,
    /// Passes over the memory, up to 100; less memory needs more. Default 2.
    pub iterations: u32,
    /// Lanes, up to 64. Default 1.
    pub parallelism: u32,
}

impl AuthConfig {
    pub(super) fn check(&self, problems: &mut Problems) {
        for (key, seconds) in [
            ("auth.access_token_ttl_seconds", self.access_token_ttl_seconds),
            ("auth.refresh_token_ttl_seconds", self.refresh_token_ttl_seconds),
            ("auth.verification_ttl_seconds", self.verification_ttl_seconds),
            ("auth.invitation_ttl_seconds", self.invitation_ttl_seconds),
        ] {
            problems.require_within(key, seconds, 1..=MAX_TTL_SECONDS);
        }
        self.password.check(problems);
    }
}

impl PasswordConfig {
    fn check(&self, problems: &mut Problems) {
        problems.require_within("auth.password.memory_kib", self.memory_kib, 1..=4 * 1024 * 1024);
        problems.require_within("auth.password.iterations", self.iterations, 1..=100);
        problems.require_within("auth.password.parallelism", self.parallelism, 1..=64);
        let strong_enough = WEAKEST_PASSWORD_COSTS
            .iter()
            .any(|(memory_kib, iterations)| self.memory_kib >= *memory_kib && self.iterations >= *iterations);
        if !strong_enough {
            let reason = format!(
                "{} KiB and {} iterations are too weak; use 47104 and 1, 19456 and 2, 12288 and 3, 9216 and 4, 7168 and 5, or more",
                self.memory_kib, self.iterations
            );
            let key = if self.memory_kib < 19_456 { "auth.password.memory_kib" } else { "auth.password.iterations" };
            problems.add(key, reason);
        }
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
            (MEMORY, "4194305"),
            (ITERATIONS, "1"),
            (ITERATIONS, "101"),
            ("STRONGROOM__AUTH__PASSWORD__PARALLELISM", "0"),
            ("STRONGROOM__AUTH__PASSWORD__PARALLELISM", "65"),
        ] {
            assert_refused(variable, bad);
        }
        for (memory, iterations) in [("47104", "1"), ("12288", "3"), ("9216", "4"), ("7168", "5"), ("65536", "3")] {
            load_with(&[(MEMORY, memory), (ITERATIONS, iterations)]).expect("good");
        }
        for (memory, iterations) in [("47103", "1"), ("12287", "3"), ("7167", "100")] {
            load_with(&[(MEMORY, memory), (ITERATIONS, iterations)]).expect_err("weak");
        }
    }

    #[test]
    fn lifetimes_have_limits() {
        for name in ["ACCESS_TOKEN", "REFRESH_TOKEN", "VERIFICATION", "INVITATION"] {
            let variable = format!("STRONGROOM__AUTH__{name}_TTL_SECONDS");
            assert_refused(&variable, "0");
            assert_refused(&variable, "9223372036854775807");
            assert_accepted(&variable, "1");
        }
    }
}
