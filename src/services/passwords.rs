//! Hashing off the reactor, and not too much of it at once.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::Error;
use crate::crypto::password::{self, PasswordHashing, Verification};
use crate::domain::random::SharedRandom;

/// Hashes and verifies passwords on the blocking pool. Each takes tens of MiB and of milliseconds, so no more run at once
/// than there are cores; the others wait their turn.
pub(super) struct Passwords {
    hashing: PasswordHashing,
    unknown_user_hash: String,
    permits: Arc<Semaphore>,
    random: SharedRandom,
}

impl Passwords {
    pub(super) fn new(hashing: PasswordHashing, random: SharedRandom) -> Result<Self, Error> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let unknown_user_hash = hashing.unknown_user_hash()?;
        Ok(Self { hashing, unknown_user_hash, permits: Arc::new(Semaphore::new(cores)), random })
    }

    /// Refuses a password that is too short, too long or guessable, as a bad argument `field`. Guessing takes tens of milliseconds, so it too is done
    /// off the reactor, in turn.
    pub(super) async fn check_strength(
        &self,
        field: &'static str,
        password: &str,
        about_the_user: [&str; 2],
    ) -> Result<(), Error> {
        let password = Zeroizing::new(password.to_owned());
        let about_the_user = about_the_user.map(str::to_owned);
        let checked = self
            .in_turn(move || Ok(password::check_strength(&password, &about_the_user.each_ref().map(String::as_str))));
        checked.await?.map_err(|message| Error::input(field, message))
    }

    pub(super) async fn hash(&self, password: &str) -> Result<String, Error> {
        let (hashing, random) = (self.hashing, Arc::clone(&self.random));
        let password = Zeroizing::new(password.to_owned());
        self.in_turn(move || hashing.hash(&password, &*random)).await
    }

    pub(super) async fn verify(&self, password: &str, hash: &str) -> Result<Verification, Error> {
        let (hashing, hash) = (self.hashing, hash.to_owned());
        let password = Zeroizing::new(password.to_owned());
        self.in_turn(move || hashing.verify(&password, &hash)).await
    }

    /// Spends the time of a verification, so that an unknown address answers as slowly as a wrong password.
    pub(super) async fn verify_nobody(&self, password: &str) -> Result<(), Error> {
        self.verify(password, &self.unknown_user_hash).await.map(|_| ())
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, crate::crypto::Error> + Send + 'static,
    ) -> Result<T, Error> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(Error::internal)?;
        let done = spawn_blocking(move || {
            let _held_while_working = permit;
            work()
        });
        Ok(done.await.map_err(Error::internal)??)
    }
}
