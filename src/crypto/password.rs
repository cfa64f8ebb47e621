//! Passwords: what is accepted, and how they are hashed (Argon2id, RFC 9106).
//!
//! Hashing takes tens of milliseconds and 19 MiB or more on purpose, rating a password up to 20 milliseconds: call both
//! on a blocking thread, behind a limit.

mod pepper;
mod stored;

use argon2::password_hash::phc::Output;
use argon2::{Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::{Score, zxcvbn};

use crate::domain::random::{Random, random_bytes};

use super::error::Error;
pub use pepper::MIN_PEPPER_BYTES;
use pepper::Pepper;
use stored::StoredHash;

/// The shortest password, in characters of its NFC form.
pub const MIN_PASSWORD_CHARS: usize = 8;
/// The longest password, in characters of its NFC form. All of them count.
pub const MAX_PASSWORD_CHARS: usize = 1024;

/// Beyond this no normalisation makes a password short enough, and none is tried.
pub const MAX_INPUT_BYTES: usize = 64 * 1024;
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
const MAX_MEMORY_KIB: u32 = 1024 * 1024;
const MAX_ITERATIONS: u32 = 16;
const MAX_PARALLELISM: u32 = 16;

/// How much work a password hash is, and the pepper that goes into it where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordHashing {
    cost: Cost,
    pepper: Option<Pepper>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cost {
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
    /// It is the password, but its hash is weaker than one of today, or has no pepper: store a new hash.
    MatchesOutdated,
    /// It is another password.
    Differs,
}

impl Default for PasswordHashing {
    /// 19 MiB, 2 iterations, 1 lane, no pepper: the least that is accepted.
    fn default() -> Self {
        Self { cost: Cost::LEAST, pepper: None }
    }
}

impl Cost {
    const LEAST: Self = Self { memory_kib: Params::DEFAULT_M_COST, iterations: 2, parallelism: 1 };

    /// Whether it is more in one way and less in none. Lanes make it no more work. What was raised in one way and lowered in
    /// another is left alone, and so is whatever is stronger than today's: a hash is never replaced by a weaker one.
    fn exceeds(self, stored: Self) -> bool {
        let is_less = self.memory_kib < stored.memory_kib || self.iterations < stored.iterations;
        let is_more = self.memory_kib > stored.memory_kib || self.iterations > stored.iterations;
        is_more && !is_less
    }

    fn params(self) -> Result<Params, Error> {
        Params::new(self.memory_kib, self.iterations, self.parallelism, Some(HASH_BYTES))
            .map_err(|_| Error::BadParameters("not parameters of Argon2"))
    }

    fn derive(
        self,
        password: &str,
        salt: &[u8],
        pepper: Option<&Pepper>,
    ) -> Result<Zeroizing<[u8; HASH_BYTES]>, Error> {
        let (algorithm, version, params) = (Algorithm::Argon2id, Version::V0x13, self.params()?);
        let argon2 = match pepper {
            None => Argon2::new(algorithm, version, params),
            Some(pepper) => Argon2::new_with_secret(pepper.as_bytes(), algorithm, version, params)
                .map_err(|_| Error::BadParameters("the pepper is too long"))?,
        };
        let mut hash = Zeroizing::new([0; HASH_BYTES]);
        argon2.hash_password_into(password.as_bytes(), salt, &mut *hash).map_err(|error| match error {
            argon2::Error::OutOfMemory => Error::OutOfMemory,
            _ => Error::Malformed,
        })?;
        Ok(hash)
    }
}

impl PasswordHashing {
    /// These parameters: memory in KiB from 19456 to 1048576, 2 to 16 iterations, 1 to 16 lanes.
    ///
    /// # Errors
    ///
    /// `BadParameters` outside of that.
    pub fn new(memory_kib: u32, iterations: u32, parallelism: u32) -> Result<Self, Error> {
        let least = Cost::LEAST;
        if !(least.memory_kib..=MAX_MEMORY_KIB).contains(&memory_kib) {
            return Err(Error::BadParameters("memory must be 19456 to 1048576 KiB"));
        }
        if !(least.iterations..=MAX_ITERATIONS).contains(&iterations) {
            return Err(Error::BadParameters("iterations must be 2 to 16"));
        }
        if !(least.parallelism..=MAX_PARALLELISM).contains(&parallelism) {
            return Err(Error::BadParameters("parallelism must be 1 to 16"));
        }
        Ok(Self { cost: Cost { memory_kib, iterations, parallelism }, pepper: None })
    }

    /// The same with a pepper: a secret that goes into every new hash, and that whoever steals the database lacks. Takes the
    /// time of one hash.
    ///
    /// # Errors
    ///
    /// `BadParameters` for less than [`MIN_PEPPER_BYTES`], `OutOfMemory` when there is too little.
    pub fn with_pepper(self, pepper: &str) -> Result<Self, Error> {
        Ok(Self { pepper: Some(Pepper::new(pepper)?), ..self })
    }

    /// Parameters that protect nothing, so that tests with many accounts do not wait.
    pub fn weak_for_tests() -> Self {
        Self { cost: Cost { memory_kib: 64, iterations: 1, parallelism: 1 }, pepper: None }
    }

    /// The hash of the password's NFC form with a fresh salt, as a PHC string.
    ///
    /// # Errors
    ///
    /// `TooLarge` beyond `MAX_PASSWORD_CHARS`, `OutOfMemory` when there is too little.
    pub fn hash(&self, password: &str, random: &dyn Random) -> Result<String, Error> {
        self.hash_with_salt(password, &random_bytes::<SALT_BYTES>(random))
    }

    /// The same with the salt of another hash, where that is one of today's, so that [`Self::find_match`] needs no more work
    /// for both than for one. For hashes that wait for the same address, and for nothing else.
    ///
    /// # Errors
    ///
    /// As `hash`.
    pub fn hash_beside(&self, password: &str, other: Option<&str>, random: &dyn Random) -> Result<String, Error> {
        match other.and_then(|phc| StoredHash::parse(phc).ok()).filter(|other| self.made(other)) {
            Some(other) => self.hash_with_salt(password, other.salt.as_ref()),
            None => self.hash(password, random),
        }
    }

    fn hash_with_salt(&self, password: &str, salt: &[u8]) -> Result<String, Error> {
        let password = normalise(password).ok_or(Error::TooLarge)?;
        let hash = self.cost.derive(&password, salt, self.pepper.as_ref())?;
        self.phc(salt, &*hash)
    }

    /// Compares a password with a stored PHC string, with the parameters of that string. A hash that was made with another
    /// pepper than today's matches nothing.
    ///
    /// # Errors
    ///
    /// `Malformed` when the string is not a hash as `hash` makes it, `BadParameters` when it asks for more than 1 GiB,
    /// 16 iterations or 16 lanes, `OutOfMemory` when there is too little. None of them means a wrong password.
    pub fn verify(&self, password: &str, phc: &str) -> Result<Verification, Error> {
        let stored = StoredHash::parse(phc)?;
        let is_outdated = self.cost.exceeds(stored.cost) || stored.pepper_id.as_deref() != self.pepper_id();
        Ok(match self.derive_like(&stored, password)? {
            Some(derived) if derived == stored.output && is_outdated => Verification::MatchesOutdated,
            Some(derived) if derived == stored.output => Verification::Matches,
            _ => Verification::Differs,
        })
    }

    /// The first of some stored hashes that the password matches, by the work of one: those that do not share salt and
    /// parameters with the first one are passed over.
    ///
    /// # Errors
    ///
    /// As `verify`, for the first one.
    pub fn find_match(&self, password: &str, phcs: &[String]) -> Result<Option<usize>, Error> {
        let Some(first) = phcs.first() else { return Ok(None) };
        let first = StoredHash::parse(first)?;
        let Some(derived) = self.derive_like(&first, password)? else { return Ok(None) };
        let matches = |phc: &String| {
            StoredHash::parse(phc).is_ok_and(|stored| stored.is_beside(&first) && derived == stored.output)
        };
        Ok(phcs.iter().position(matches))
    }

    /// What the password would have to be stored as, to be this one; `Output` compares in constant time. `None` where that
    /// cannot be known, which takes as long.
    fn derive_like(&self, stored: &StoredHash, password: &str) -> Result<Option<Output>, Error> {
        let Some(password) = normalise(password) else { return Ok(None) };
        let has_pepper = stored.pepper_id.is_some();
        let pepper = self.pepper.as_ref().filter(|_| has_pepper);
        let derived = stored.cost.derive(&password, stored.salt.as_ref(), pepper)?;
        let is_known = !has_pepper || stored.pepper_id.as_deref() == self.pepper_id();
        Ok(Output::new(&*derived).ok().filter(|_| is_known))
    }

    /// Whether a stored hash was made with a pepper that is not the one there is now, so that nothing will ever match it.
    pub fn lacks_the_pepper_of(&self, phc: &str) -> bool {
        StoredHash::parse(phc)
            .is_ok_and(|stored| stored.pepper_id.is_some() && stored.pepper_id.as_deref() != self.pepper_id())
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

    fn pepper_id(&self) -> Option<&str> {
        self.pepper.as_ref().map(Pepper::id)
    }

    /// Whether a stored hash is as those of today.
    fn made(&self, stored: &StoredHash) -> bool {
        stored.cost == self.cost && stored.pepper_id.as_deref() == self.pepper_id()
    }

    fn phc(&self, salt: &[u8], output: &[u8]) -> Result<String, Error> {
        StoredHash::new(self.cost, self.pepper_id(), salt, output)?.to_phc()
    }
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
