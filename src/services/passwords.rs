//! Hashing off the reactor, and not too much of it at once.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::Error;
use super::workers::Workers;
use crate::crypto::password::{self, MAX_INPUT_BYTES, PasswordHashing, Verification};
use crate::domain::random::SharedRandom;

/// Hashes and verifies passwords on threads of their own. Each takes tens of MiB and of milliseconds, so no more run at once
/// than there are cores; the others wait their turn.
pub(super) struct Passwords {
    hashing: PasswordHashing,
    unknown_user_hash: String,
    workers: Workers,
    random: SharedRandom,
}

impl Passwords {
    pub(super) fn new(hashing: PasswordHashing, random: SharedRandom) -> Result<Self, Error> {
        let unknown_user_hash = hashing.unknown_user_hash()?;
        Ok(Self { hashing, unknown_user_hash, workers: Workers::start()?, random })
    }

    /// Refuses a password that is too short, too long or guessable, as a bad argument `field`. Guessing takes tens of milliseconds, so it too is done
    /// off the reactor, in turn.
    pub(super) async fn check_strength(
        &self,
        field: &'static str,
        password: &str,
        about_the_user: [&str; 2],
    ) -> Result<(), Error> {
        if password.len() > MAX_INPUT_BYTES {
            return Err(Error::input(field, "must have at most 1024 characters"));
        }
        let password = Zeroizing::new(password.to_owned());
        let about_the_user = about_the_user.map(str::to_owned);
        let checked = self
            .in_turn(move || Ok(password::check_strength(&password, &about_the_user.each_ref().map(String::as_str))));
        checked.await?.map_err(|message| Error::input(field, message))
    }

    pub(super) async fn hash(&self, password: &str) -> Result<String, Error> {
        self.hash_beside(password, None).await
    }

    /// A hash that [`Self::matches_any`] compares together with `other` by the work of one.
    pub(super) async fn hash_beside(&self, password: &str, other: Option<&str>) -> Result<String, Error> {
        let (hashing, random) = (self.hashing.clone(), Arc::clone(&self.random));
        let (password, other) = (Zeroizing::new(password.to_owned()), other.map(str::to_owned));
        self.in_turn(move || hashing.hash_beside(&password, other.as_deref(), &*random)).await
    }

    pub(super) async fn verify(&self, password: &str, hash: &str) -> Result<Verification, Error> {
        if self.hashing.lacks_the_pepper_of(hash) {
            tracing::warn!(
                "a stored password was hashed with a pepper that is not auth.password.pepper; nothing matches it"
            );
        }
        let (hashing, hash) = (self.hashing.clone(), hash.to_owned());
        let password = worth_a_copy(password);
        self.in_turn(move || hashing.verify(&password, &hash)).await
    }

    /// Whether the password matches one of some hashes that were made beside each other. Where there are none it takes as
    /// long.
    pub(super) async fn matches_any(&self, password: &str, mut hashes: Vec<String>) -> Result<bool, Error> {
        if hashes.is_empty() {
            hashes.push(self.unknown_user_hash.clone());
        }
        let hashing = self.hashing.clone();
        let password = worth_a_copy(password);
        Ok(self.in_turn(move || hashing.find_match(&password, &hashes)).await?.is_some())
    }

    /// Spends the time of a verification, so that an unknown address answers as slowly as a wrong password.
    pub(super) async fn verify_nobody(&self, password: &str) -> Result<(), Error> {
        self.matches_any(password, Vec::new()).await.map(|_| ())
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, crate::crypto::Error> + Send + 'static,
    ) -> Result<T, Error> {
        Ok(self.workers.run(work).await??)
    }
}

/// A copy for the queue. What is too long to be anybody's password is not held there; the empty one is nobody's either.
fn worth_a_copy(password: &str) -> Zeroizing<String> {
    Zeroizing::new(if password.len() > MAX_INPUT_BYTES { String::new() } else { password.to_owned() })
}
