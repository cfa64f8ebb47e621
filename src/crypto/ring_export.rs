//! A copy of the key ring that may lie anywhere: sealed under a passphrase.
//!
//! TOML. The key is made of the passphrase by Argon2id with the parameters that stand in the text; these, the version and
//! the salt are associated data. Whoever finds a copy can try passphrases for years and with many machines, so one try costs
//! much more than one at a password.

use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::{BASE64, HEXLOWER};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::error::Error;
use super::key_ring::KeyRing;
use super::password;
use super::secret_key::{KEY_BYTES, SecretKey};
use crate::domain::random::{Random, random_bytes};

/// The shortest passphrase, in characters.
pub const MIN_PASSPHRASE_CHARS: usize = 12;
/// More than any export has.
pub const MAX_EXPORT_BYTES: usize = 512 * 1024;

const VERSION: u32 = 1;
const LABEL: &[u8] = b"strongroom key ring export\0";
const SALT_BYTES: usize = 16;

const ABOUT: &str = "\
# A copy of the key ring of a Strongroom installation, sealed under a passphrase (`strongroom keys import`).
# Without the passphrase it is worth nothing, to anybody.
";

/// What one try at a passphrase costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cost {
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
}

impl Cost {
    /// 256 MiB and three passes, a second or less of one core.
    const OF_TODAY: Self = Self { memory_kib: 256 * 1024, iterations: 3, parallelism: 1 };
    /// Whoever weakens a text would have to know the passphrase; nobody has a reason to write one below this.
    const LEAST: Self = Self { memory_kib: 64 * 1024, iterations: 2, parallelism: 1 };
    const MOST: Self = Self { memory_kib: 2 * 1024 * 1024, iterations: 16, parallelism: 16 };

    fn is_sane(self) -> bool {
        (Self::LEAST.memory_kib..=Self::MOST.memory_kib).contains(&self.memory_kib)
            && (Self::LEAST.iterations..=Self::MOST.iterations).contains(&self.iterations)
            && (Self::LEAST.parallelism..=Self::MOST.parallelism).contains(&self.parallelism)
    }

    fn key(self, passphrase: &str, salt: &[u8; SALT_BYTES]) -> Result<SecretKey, Error> {
        let passphrase = password::normalise(passphrase).ok_or(Error::TooLarge)?;
        let params = Params::new(self.memory_kib, self.iterations, self.parallelism, Some(KEY_BYTES))
            .map_err(|_| Error::BadParameters("not parameters of Argon2"))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        argon2.hash_password_into(passphrase.as_bytes(), salt, &mut *bytes).map_err(|error| match error {
            argon2::Error::OutOfMemory => Error::OutOfMemory,
            _ => Error::Malformed,
        })?;
        SecretKey::from_slice(&*bytes)
    }

    fn associated_data(self, salt: &[u8; SALT_BYTES]) -> Vec<u8> {
        let numbers = [VERSION, self.memory_kib, self.iterations, self.parallelism].map(u32::to_be_bytes);
        [LABEL, numbers.concat().as_slice(), salt].concat()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportText<'a> {
    version: u32,
    kdf: &'a str,
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
    salt: &'a str,
    sealed: &'a str,
}

/// Whether a passphrase is good enough to guard all there is.
///
/// # Errors
///
/// What is wrong with it, to be read after "the passphrase".
pub fn check_passphrase(passphrase: &str) -> Result<(), &'static str> {
    if passphrase.chars().count() < MIN_PASSPHRASE_CHARS {
        return Err("must have at least 12 characters");
    }
    password::check_strength(passphrase, &["strongroom"])
}

/// The ring, sealed. Takes a second of one core and 256 MiB.
///
/// # Errors
///
/// `TooLarge` for a passphrase beyond 1024 characters, `OutOfMemory` when there is too little.
pub fn export(ring: &KeyRing, passphrase: &str, random: &dyn Random) -> Result<String, Error> {
    let (cost, salt) = (Cost::OF_TODAY, random_bytes::<SALT_BYTES>(random));
    let mut sealed = Vec::new();
    let text = ring.to_text();
    cost.key(passphrase, &salt)?.seal_onto(&mut sealed, text.as_bytes(), &cost.associated_data(&salt), random)?;
    let Cost { memory_kib, iterations, parallelism } = cost;
    Ok(format!(
        "{ABOUT}version = {VERSION}\nkdf = \"argon2id\"\nmemory_kib = {memory_kib}\niterations = {iterations}\n\
         parallelism = {parallelism}\nsalt = \"{}\"\nsealed = \"{}\"\n",
        HEXLOWER.encode(&salt),
        BASE64.encode(&sealed),
    ))
}

/// Opens what `export` wrote.
///
/// # Errors
///
/// `Malformed` for what is no export of this version, `BadParameters` for one that costs too little or too much, `Tampered`
/// for another passphrase or an altered text, `OutOfMemory`; `BadRing` and `WeakKey` as in reading a ring.
pub fn import(text: &str, passphrase: &str) -> Result<KeyRing, Error> {
    if text.len() > MAX_EXPORT_BYTES {
        return Err(Error::Malformed);
    }
    let fields: ExportText<'_> = toml::from_str(text).map_err(|_| Error::Malformed)?;
    if fields.version != VERSION || fields.kdf != "argon2id" {
        return Err(Error::Malformed);
    }
    let cost = Cost { memory_kib: fields.memory_kib, iterations: fields.iterations, parallelism: fields.parallelism };
    if !cost.is_sane() {
        return Err(Error::BadParameters("it costs too little or too much to open"));
    }
    let salt = HEXLOWER.decode(fields.salt.as_bytes()).ok().and_then(|salt| salt.try_into().ok());
    let salt: [u8; SALT_BYTES] = salt.ok_or(Error::Malformed)?;
    let sealed = BASE64.decode(fields.sealed.as_bytes()).map_err(|_| Error::Malformed)?;
    let opened = cost.key(passphrase, &salt)?.open(&sealed, &cost.associated_data(&salt))?;
    let text = std::str::from_utf8(&opened).map_err(|_| Error::Malformed)?;
    KeyRing::parse(text)
}

#[cfg(test)]
mod tests {
    use super::super::test_random::RepeatableRandom;
    use super::*;
    use crate::domain::timestamp::Timestamp;

    const PASSPHRASE: &str = "nine otters juggle lanterns";

    #[test]
    fn only_the_passphrase_opens_it_and_nothing_is_legible() {
        let random = RepeatableRandom::default();
        let ring = KeyRing::generate(&random, Timestamp::from_millis(0)).unwrap();
        let text = export(&ring, PASSPHRASE, &random).unwrap();
        let secret = ring.to_text().lines().find(|line| line.starts_with("secret")).unwrap().to_owned();
        assert!(!text.contains(&secret) && !text.contains("wrapping"));
        assert_eq!(*import(&text, PASSPHRASE).unwrap().to_text(), *ring.to_text());
        for wrong in ["", "nine otters juggle lantern", "Nine otters juggle lanterns"] {
            assert_eq!(import(&text, wrong).unwrap_err(), Error::Tampered, "{wrong}");
        }
    }

    #[test]
    fn whatever_was_altered_is_refused() {
        let random = RepeatableRandom::default();
        let ring = KeyRing::generate(&random, Timestamp::from_millis(0)).unwrap();
        let text = export(&ring, PASSPHRASE, &random).unwrap();
        let sealed = text.lines().find(|line| line.starts_with("sealed")).unwrap();
        let cut = format!("{}\"", &sealed[..sealed.len() - 5]);
        for (from, to, error) in [
            ("version = 1", "version = 2", Error::Malformed),
            ("argon2id", "argon2d", Error::Malformed),
            ("salt", "pepper", Error::Malformed),
            (sealed, cut.as_str(), Error::Tampered),
            ("iterations = 3", "iterations = 2", Error::Tampered),
            (
                "memory_kib = 262144",
                "memory_kib = 1024",
                Error::BadParameters("it costs too little or too much to open"),
            ),
            (
                "memory_kib = 262144",
                "memory_kib = 4294967295",
                Error::BadParameters("it costs too little or too much to open"),
            ),
        ] {
            assert!(text.contains(from));
            assert_eq!(import(&text.replace(from, to), PASSPHRASE).unwrap_err(), error, "{from} -> {to}");
        }
        assert_eq!(import("", PASSPHRASE).unwrap_err(), Error::Malformed);
        assert_eq!(import(&"#".repeat(MAX_EXPORT_BYTES + 1), PASSPHRASE).unwrap_err(), Error::Malformed);
    }

    #[test]
    fn short_and_guessable_passphrases_are_refused() {
        for bad in ["", "short", "elevenchars", "passwordpassword", "strongroomstrongroom", "aaaaaaaaaaaaaaaa"] {
            assert!(check_passphrase(bad).is_err(), "{bad}");
        }
        assert_eq!(check_passphrase(PASSPHRASE), Ok(()));
    }
}
