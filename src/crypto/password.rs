//! Passwords: what is accepted, and how they are hashed (Argon2id, RFC 9106).
//!
//! Hashing takes tens of milliseconds and 19 MiB or more on purpose, rating a password up to 20 milliseconds: call both
//! on a blocking thread, behind a limit.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::{Score, zxcvbn};

use crate::domain::random::{Random, random_bytes};

use super::error::Error;

/// The shortest password, in characters of its NFC form.
pub const MIN_PASSWORD_CHARS: usize = 8;
/// The longest password, in characters of its NFC form. All of them count.
pub const MAX_PASSWORD_CHARS: usize = 1024;

/// Beyond this no normalisation makes a password short enough, and none is tried.
const MAX_INPUT_BYTES: usize = 64 * 1024;
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
const MAX_PHC_CHARS: usize = 256;
const MAX_MEMORY_KIB: u32 = 1024 * 1024;
const MAX_ITERATIONS: u32 = 16;
const MAX_PARALLELISM: u32 = 16;

/// How much work a password hash is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordHashing {
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
}

/// What comparing a password with a stored hash says.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// It is the password.
    Matches,
    /// It is the password, but hashed with other parameters than today's: store a new hash.
    MatchesOutdated,
    /// It is another password.
    Differs,
}

impl Default for PasswordHashing {
    /// 19 MiB, 2 iterations, 1 lane: the least that is accepted.
    fn default() -> Self {
        Self { memory_kib: Params::DEFAULT_M_COST, iterations: 2, parallelism: 1 }
    }
}

impl PasswordHashing {
    /// These parameters: memory in KiB from 19456 to 1048576, 2 to 16 iterations, 1 to 16 lanes.
    ///
    /// # Errors
    ///
    /// `BadParameters` outside of that.
    pub fn new(memory_kib: u32, iterations: u32, parallelism: u32) -> Result<Self, Error> {
        let least = Self::default();
        if !(least.memory_kib..=MAX_MEMORY_KIB).contains(&memory_kib) {
            return Err(Error::BadParameters("memory must be 19456 to 1048576 KiB"));
        }
        if !(least.iterations..=MAX_ITERATIONS).contains(&iterations) {
            return Err(Error::BadParameters("iterations must be 2 to 16"));
        }
        if !(least.parallelism..=MAX_PARALLELISM).contains(&parallelism) {
            return Err(Error::BadParameters("parallelism must be 1 to 16"));
        }
        Ok(Self { memory_kib, iterations, parallelism })
    }

    /// Parameters that protect nothing, so that tests with many accounts do not wait.
    pub fn weak_for_tests() -> Self {
        Self { memory_kib: 64, iterations: 1, parallelism: 1 }
    }

    /// The hash of the password's NFC form with a fresh salt, as a PHC string.
    ///
    /// # Errors
    ///
    /// `TooLarge` beyond `MAX_PASSWORD_CHARS`, `OutOfMemory` when there is too little.
    pub fn hash(&self, password: &str, random: &dyn Random) -> Result<String, Error> {
        let password = normalise(password).ok_or(Error::TooLarge)?;
        let salt = random_bytes::<SALT_BYTES>(random);
        let hash = self.derive(&password, &salt)?;
        self.phc(&salt, &*hash)
    }

    /// Compares a password with a stored PHC string, with the parameters of that string.
    ///
    /// # Errors
    ///
    /// `Malformed` when the string is not a hash as `hash` makes it, `BadParameters` when it asks for more than 1 GiB,
    /// 16 iterations or 16 lanes, `OutOfMemory` when there is too little. None of them means a wrong password.
    pub fn verify(&self, password: &str, phc: &str) -> Result<Verification, Error> {
        let (stored, salt, hash) = parse_phc(phc)?;
        let Some(password) = normalise(password) else { return Ok(Verification::Differs) };
        // `Output` compares in constant time.
        Ok(match Output::new(&*stored.derive(&password, &salt)?) {
            Ok(derived) if derived == hash && stored == *self => Verification::Matches,
            Ok(derived) if derived == hash => Verification::MatchesOutdated,
            _ => Verification::Differs,
        })
    }

    /// A hash that no password matches, which costs as much to compare with as one of today's: for sign-ins with an
    /// address that nobody has.
    ///
    /// # Errors
    ///
    /// None with parameters that `new` accepts.
    pub fn unknown_user_hash(&self) -> Result<String, Error> {
        self.phc(&[0; SALT_BYTES], &[0; HASH_BYTES])
    }

    fn derive(&self, password: &str, salt: &[u8]) -> Result<Zeroizing<[u8; HASH_BYTES]>, Error> {
        let mut hash = Zeroizing::new([0; HASH_BYTES]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params()?)
            .hash_password_into(password.as_bytes(), salt, &mut *hash)
            .map_err(|error| match error {
                argon2::Error::OutOfMemory => Error::OutOfMemory,
                _ => Error::Malformed,
            })?;
        Ok(hash)
    }

    fn params(&self) -> Result<Params, Error> {
        Params::new(self.memory_kib, self.iterations, self.parallelism, Some(HASH_BYTES))
            .map_err(|_| Error::BadParameters("not parameters of Argon2"))
    }

    fn phc(&self, salt: &[u8], hash: &[u8]) -> Result<String, Error> {
        let phc = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params()?).map_err(|_| Error::Malformed)?,
            salt: Some(Salt::new(salt).map_err(|_| Error::Malformed)?),
            hash: Some(Output::new(hash).map_err(|_| Error::Malformed)?),
        };
        Ok(phc.to_string())
    }
}

/// Takes a stored hash apart; only Argon2id of version 19 with the three parameters is one.
fn parse_phc(phc: &str) -> Result<(PasswordHashing, Salt, Output), Error> {
    if phc.len() > MAX_PHC_CHARS {
        return Err(Error::Malformed);
    }
    let parsed = PasswordHash::new(phc).map_err(|_| Error::Malformed)?;
    let is_ours = parsed.algorithm == ARGON2ID_IDENT
        && parsed.version == Some(Version::V0x13.into())
        && parsed.params.iter().count() == 3;
    let (Some(salt), Some(hash), true) = (parsed.salt, parsed.hash, is_ours) else { return Err(Error::Malformed) };
    let parameter = |name| parsed.params.get_decimal(name).ok_or(Error::Malformed);
    let (memory_kib, iterations, parallelism) = (parameter("m")?, parameter("t")?, parameter("p")?);
    if memory_kib > MAX_MEMORY_KIB || iterations > MAX_ITERATIONS || parallelism > MAX_PARALLELISM {
        return Err(Error::BadParameters("a stored hash asks for too much"));
    }
    if salt.len() != SALT_BYTES || hash.len() != HASH_BYTES {
        return Err(Error::Malformed);
    }
    Ok((PasswordHashing { memory_kib, iterations, parallelism }, salt, hash))
}

/// The NFC form (Unicode Standard Annex 15) of a password, in which the same characters are always the same bytes.
/// `None` when it has more than `MAX_PASSWORD_CHARS` characters.
pub fn normalise(password: &str) -> Option<Zeroizing<String>> {
    if password.len() > MAX_INPUT_BYTES {
        return None;
    }
    // NFC makes UTF-8 at most three times as long; a string that moves would leave a copy behind.
    let mut normalised = Zeroizing::new(String::with_capacity(3 * password.len()));
    normalised.extend(password.nfc());
    (normalised.chars().count() <= MAX_PASSWORD_CHARS).then_some(normalised)
}

/// Whether a new password is good enough. `user_inputs` is what an attacker would try first: the person's name and
/// address. Only the first 100 characters are rated, all of them are hashed.
///
/// # Errors
///
/// What is wrong with it, to be read after "the password".
pub fn check_strength(password: &str, user_inputs: &[&str]) -> Result<(), &'static str> {
    let password = normalise(password).ok_or("must have at most 1024 characters")?;
    if password.chars().count() < MIN_PASSWORD_CHARS {
        return Err("must have at least 8 characters");
    }
    let words: Vec<&str> = user_inputs
        .iter()
        .flat_map(|input| std::iter::once(*input).chain(input.split(|c: char| !c.is_alphanumeric())))
        .filter(|word| word.chars().count() > 2)
        .collect();
    // zxcvbn looks at 100 characters itself; the rest is cut off here so that its cost is ours to see.
    let rated: Zeroizing<String> = Zeroizing::new(password.chars().take(100).collect());
    if zxcvbn(&rated, &words).score() < Score::Two { Err("is too easy to guess") } else { Ok(()) }
}

#[cfg(test)]
mod tests;
