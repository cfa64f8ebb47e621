//! Who tries too often waits: every test of a credential, and every mail that a stranger can cause.
//!
//! A service that tests a credential begins and ends with two lines, and nothing in between needs to know:
//!
//! ```text
//! let attempt = self.begin_attempt(Credential::Password(&login.email), visitor).await?;
//! attempt.conclude(self.try_login(login, visitor).await).await
//! ```
//!
//! `begin_attempt` counts the try *before* it is made, or answers [`Error::RateLimited`]; a right password is then refused like
//! a wrong one, and whether there is such an account plays no part. `conclude` looks at what came of it: a success clears the
//! counters, a wrong credential leaves them as they are, and whatever is neither (a second factor that is still missing, a
//! database that does not answer) is as if it had not been tried. An attempt that is dropped on the way counts as wrong.
//!
//! What is counted, and why nobody can lock out somebody else: an account together with a network of the visitor grows steeply;
//! the account alone, over all networks, grows gently and not far, and never slows down a network from which that account
//! has signed in before; a network alone, over all accounts, is generous, because offices share one.

mod mail_caps;
mod rules;
mod turns;

use tokio::sync::{Mutex, MutexGuard};

use super::{Error, Services, Visitor};
use crate::domain::timestamp::Timestamp;
use crate::store::attempt::Counter;
use rules::Scope;
use turns::{Turn, Turns};

/// How long a network from which an account has signed in is remembered (30 days).
const KNOWN_NETWORK_SECONDS: u64 = 30 * 24 * 60 * 60;
/// How many tries from one network are under way at once in this process; the others wait. More would not be faster, for
/// hashing is what takes the time, and each counts against its network until it has shown to be a good one.
const TURNS_OF_NETWORK: usize = 32;

/// What is tried.
#[derive(Clone, Copy, Debug)]
pub enum Credential<'a> {
    /// The password of whoever has this address, or would have it: as somebody typed it.
    Password(&'a str),
    /// A code of the second factor, by somebody who has shown the password of this address or is signed in.
    SecondFactor(&'a str),
    /// The password that was chosen together with this mailed token.
    Confirmation(&'a str),
    /// A token of 256 random bits, or a signature, and nothing else. Nobody guesses one; only floods are slowed down, by their
    /// network.
    Token,
}

/// What the limits remember in this process.
#[derive(Default)]
pub(super) struct Limits {
    turns: Turns,
    /// Counters are written one after the other: many are the same few rows, and transactions that meet there would only
    /// be tried again.
    ledger: Mutex<()>,
}

/// A try that was let through. Conclude it with what came of it.
#[must_use]
pub(super) struct Attempt<'a> {
    services: &'a Services,
    counted: Counted,
    _turns: Vec<Turn>,
}

enum Counted {
    /// Limits are switched off.
    Nothing,
    /// Only failures are.
    Later(Counter),
    /// Before it was made.
    Before {
        pair: Counter,
        others: Vec<Counter>,
        /// Where a network is remembered from which an account signs in.
        known_network: String,
        /// Whether a success is a sign-in.
        is_sign_in: bool,
    },
}

impl Services {
    /// Lets a try of a credential through, or not.
    ///
    /// # Errors
    /// [`Error::RateLimited`]; [`Error::Unavailable`] when nobody can count.
    pub(super) async fn begin_attempt(
        &self,
        credential: Credential<'_>,
        visitor: &Visitor,
    ) -> Result<Attempt<'_>, Error> {
        if !self.config.rate_limits.enabled {
            return Ok(Attempt { services: self, counted: Counted::Nothing, _turns: Vec::new() });
        }
        let network = visitor.network();
        let (account, pair_scope, account_scope, is_sign_in) = match credential {
            Credential::Token => return self.begin_token_attempt(visitor).await,
            Credential::Password(email) => (email, Scope::PasswordFromNetwork, Scope::Password, true),
            Credential::SecondFactor(email) => (email, Scope::SecondFactorFromNetwork, Scope::SecondFactor, false),
            Credential::Confirmation(token) => (token, Scope::ConfirmationFromNetwork, Scope::Confirmation, false),
        };
        // As addresses are compared; what is no address is counted alike.
        let account = account.trim().to_lowercase();
        let pair = pair_scope.counter(&account, Some(network));
        // One after the other, so that good tries at the same moment are not taken for bad ones.
        let turns = vec![
            self.limits.turns.take(&pair.key, 1).await?,
            // By kind, for a second factor is tried while the password's turn goes on.
            self.limits.turns.take(&format!("{account_scope:?} {network}"), TURNS_OF_NETWORK).await?,
        ];
        let others =
            vec![Scope::PasswordsFromNetwork.counter("", Some(network)), account_scope.counter(&account, None)];
        let known_network = Scope::KnownNetwork.counter(&account, Some(network)).key;
        let counters = [std::slice::from_ref(&pair), &others].concat();
        let now = self.now();
        let blocked = {
            let _one_at_a_time = self.limits.ledger().await;
            self.store.reserve_attempt(&counters, Some(&known_network), now).await?
        };
        match blocked {
            Some(until) => Err(refusal(until, now)),
            None => {
                let counted = Counted::Before { pair, others, known_network, is_sign_in };
                Ok(Attempt { services: self, counted, _turns: turns })
            }
        }
    }

    /// Counts a sign-up, which costs a hash and a row whatever becomes of it.
    ///
    /// # Errors
    /// [`Error::RateLimited`] where the visitor's network has had too many; [`Error::Unavailable`] when nobody can count.
    pub(super) async fn count_signup(&self, visitor: &Visitor) -> Result<(), Error> {
        if !self.config.rate_limits.enabled {
            return Ok(());
        }
        let counter = Scope::SignupsFromNetwork.counter("", Some(visitor.network()));
        let now = self.now();
        let _one_at_a_time = self.limits.ledger().await;
        match self.store.reserve_attempt(&[counter], None, now).await? {
            Some(until) => Err(refusal(until, now)),
            None => Ok(()),
        }
    }

    async fn begin_token_attempt(&self, visitor: &Visitor) -> Result<Attempt<'_>, Error> {
        let (counter, now) = (Scope::TokensFromNetwork.counter("", Some(visitor.network())), self.now());
        match self.store.find_block(&counter.key, now).await? {
            Some(until) => Err(refusal(until, now)),
            None => Ok(Attempt { services: self, counted: Counted::Later(counter), _turns: Vec::new() }),
        }
    }
}

impl Attempt<'_> {
    /// Notes what came of it, and hands it on. Where that cannot be noted, it stays as it was counted: what was done is done.
    ///
    /// # Errors
    /// That of the outcome.
    pub(super) async fn conclude<T>(self, outcome: Result<T, Error>) -> Result<T, Error> {
        let is_wrong = matches!(outcome, Err(Error::InvalidCredentials | Error::InvalidToken | Error::PasskeyRefused));
        if let Err(failure) = self.settle(outcome.is_ok(), is_wrong).await {
            tracing::warn!(error = failure.with_causes(), "what came of a try could not be noted");
        }
        outcome
    }

    async fn settle(self, is_right: bool, is_wrong: bool) -> Result<(), Error> {
        let Self { services, counted, _turns } = self;
        let (store, now) = (&services.store, services.now());
        match counted {
            Counted::Later(counter) if is_wrong => {
                let _one_at_a_time = services.limits.ledger().await;
                store.count_attempt(&counter, now).await?;
            }
            Counted::Nothing | Counted::Later(_) => {}
            Counted::Before { .. } if is_wrong => {}
            Counted::Before { pair, others, known_network, is_sign_in } if is_right => {
                let known_until = now.plus_seconds(KNOWN_NETWORK_SECONDS);
                let known = is_sign_in.then_some((known_network.as_str(), known_until));
                let _one_at_a_time = services.limits.ledger().await;
                store.settle_attempt(&pair.key, &others, known, now).await?;
            }
            Counted::Before { pair, mut others, .. } => {
                others.push(pair);
                let _one_at_a_time = services.limits.ledger().await;
                store.give_attempt_back(&others).await?;
            }
        }
        Ok(())
    }
}

impl Limits {
    async fn ledger(&self) -> MutexGuard<'_, ()> {
        self.ledger.lock().await
    }
}

fn refusal(until: Timestamp, now: Timestamp) -> Error {
    let millis = u64::try_from(until.as_millis() - now.as_millis()).unwrap_or(0);
    Error::RateLimited { retry_after_seconds: millis.div_ceil(1000).max(1) }
}
