//! `[auth]`

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::choice::choice;
use super::links::MAX_TTL_SECONDS;
use super::problem::Problems;
use super::{optional, secret};
use crate::domain::role::Role;

/// The shortest pepper, in bytes.
const MIN_PEPPER_BYTES: usize = 16;

choice! {
    /// A role, by its name in the API.
    RoleName {
        /// Runs the installation.
        Admin = "ADMIN",
        /// Uploads and shares.
        Ops = "OPS",
        /// Receives.
        Client = "CLIENT",
    }
}

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
    /// Whoever has one of these roles can do nothing without a second factor but enrol one. Default none.
    pub second_factor_required_for: Vec<RoleName>,
    /// How passwords are hashed.
    pub password: PasswordConfig,
}

/// How passwords are hashed (Argon2id).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordConfig {
    /// KiB of memory, 19456 (OWASP's least) to 1 GiB. Default 19456.
    pub memory_kib: u32,
    /// Passes over the memory, 2 to 16. Default 2.
    pub iterations: u32,
    /// Lanes, 1 to 16. Default 1.
    pub parallelism: u32,
    /// Goes into every hash, 16 bytes at least; `None` where there is none. Secret.
    #[serde(serialize_with = "secret::serialize", deserialize_with = "secret::deserialize")]
    pub pepper: Option<SecretString>,
    /// The file that the pepper was read from.
    #[serde(with = "optional")]
    pub pepper_file: Option<PathBuf>,
}

impl AuthConfig {
    pub(super) fn read_secrets(&mut self, problems: &mut Problems) {
        let password = &mut self.password;
        let file = password.pepper_file.as_deref();
        secret::read_from_file(problems, "auth.password.pepper", &mut password.pepper, file);
    }

    pub(super) fn forget_secrets_from_files(&mut self) {
        if self.password.pepper_file.is_some() {
            self.password.pepper = None;
        }
    }

    /// Whether people of this role need a second factor.
    pub fn requires_second_factor(&self, role: Role) -> bool {
        self.second_factor_required_for.iter().any(|name| name.as_str() == role.as_str())
    }

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
        let pepper_is_good = self.pepper.as_ref().is_none_or(|pepper| pepper.expose_secret().len() >= MIN_PEPPER_BYTES);
        let key = if self.pepper_file.is_some() { "auth.password.pepper_file" } else { "auth.password.pepper" };
        problems.require(
            key,
            pepper_is_good,
            "at least 16 bytes are wanted, e.g. what `openssl rand -base64 32` prints",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load::tests::{TempFile, assert_accepted, assert_refused, load_with, problems_of};
    use crate::domain::role::Role;

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
    fn a_short_pepper_is_refused_and_never_repeated() {
        const PEPPER: &str = "STRONGROOM__AUTH__PASSWORD__PEPPER";
        let problems = problems_of(&[(PEPPER, "s3cret-of-15-by")]);
        assert_eq!(problems[0].key, "auth.password.pepper");
        assert!(!format!("{problems:?}").contains("s3cret"), "{problems:?}");
        assert_accepted(PEPPER, "s3cret-of-16-byt");
        let file = TempFile::holding("short\n");
        let path = file.path().display().to_string();
        assert_eq!(problems_of(&[(&format!("{PEPPER}_FILE"), &path)])[0].key, "auth.password.pepper_file");
    }

    #[test]
    fn roles_that_need_a_second_factor_are_listed_by_name() {
        const REQUIRED: &str = "STRONGROOM__AUTH__SECOND_FACTOR_REQUIRED_FOR";
        let config = load_with(&[(REQUIRED, r#"["ADMIN", "OPS"]"#)]).expect("good");
        let required: Vec<_> = Role::ALL.into_iter().filter(|role| config.auth.requires_second_factor(*role)).collect();
        assert_eq!(required, [Role::Admin, Role::Ops]);
        assert_accepted(REQUIRED, "[]");
        assert_refused(REQUIRED, r#"["admin"]"#);
        assert_refused(REQUIRED, "true");
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
