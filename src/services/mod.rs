//! What the product does: authorise, act, record.
//!
//! Floor 3, the only room that joins store, blobs, crypto, policy and mail. Every public function that acts
//! for somebody asks the policy before it touches anything; there is no other way to the store. What is public without a question
//! serves the house itself: the janitor, the outbox, readiness.
//!
//! The way of an upload: `files::upload` → `receive` (seal on the way) → [`documents`] (is it what it says) → one
//! transaction. The way of a download: [`links`] → [`downloads`]. The way of an event: its transaction → [`feed`].

pub mod accounts;
pub mod administration;
pub mod audit;
pub mod backup;
pub mod caller;
pub mod change_email;
pub mod change_password;
pub mod dead_mails;
pub mod documents;
pub mod downloads;
pub mod error;
pub mod feed;
pub mod files;
pub mod front_end;
pub mod invitations;
pub mod janitor;
pub mod keys;
pub mod limits;
pub mod links;
mod mail_requests;
pub mod outbox;
mod own_password;
pub mod own_sessions;
pub mod pages;
pub mod passkeys;
mod passwords;
pub mod pending_invitations;
pub mod people;
pub mod progress;
pub mod quotas;
pub mod receipts;
pub mod recovery;
pub mod restore;
mod retention;
pub mod second_factor;
pub mod sessions;
pub mod share_lists;
pub mod shares;
mod sign_ins;
pub mod storage_copy;
pub mod transfers;
pub mod verify;
mod visitor;
mod winding_up;
mod workers;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};

use crate::blobs::Blobs;
use crate::config::Config;
use crate::crypto::key_ring::KeyRing;
use crate::crypto::passkey::RelyingParty;
use crate::crypto::password::PasswordHashing;
use crate::domain::clock::SharedClock;
use crate::domain::random::{SharedRandom, random_bytes};
use crate::domain::timestamp::Timestamp;
use crate::mail::Transport;
use crate::policy::Policy;
use crate::store::Store;

pub use caller::{Caller, Presented, SignedIn, Standing};
pub use error::Error;
use feed::Feed;
use keys::{Keeper, KeySource};
use limits::Limits;
use passwords::Passwords;
use quotas::Quotas;
use sign_ins::SignIns;
pub use visitor::Visitor;

/// How long the objects of uploads that were cut off by the end of the process are waited for.
const LAST_ABORTS: Duration = Duration::from_secs(10);

/// What the services are made of.
pub struct Parts {
    /// The effective configuration.
    pub config: Arc<Config>,
    /// Metadata.
    pub store: Store,
    /// Sealed bytes.
    pub blobs: Blobs,
    /// Who may do what.
    pub policy: Policy,
    /// Every long-lived secret.
    pub ring: KeyRing,
    /// Where it comes from.
    pub key_source: KeySource,
    /// How passwords are hashed.
    pub hashing: PasswordHashing,
    /// How mail leaves.
    pub transport: Transport,
    /// The time.
    pub clock: SharedClock,
    /// Bytes that nobody can guess.
    pub random: SharedRandom,
}

/// What the product does.
pub struct Services {
    config: Arc<Config>,
    store: Store,
    blobs: Blobs,
    policy: Policy,
    keeper: Keeper,
    passwords: Passwords,
    relying_party: Option<RelyingParty>,
    limits: Limits,
    transport: Transport,
    clock: SharedClock,
    random: SharedRandom,
    mail_waits: Arc<Notify>,
    sign_ins: SignIns,
    mail_lanes: Arc<Semaphore>,
    feed: Feed,
    quotas: Arc<Quotas>,
}

impl Services {
    /// Puts the parts together.
    ///
    /// # Errors
    /// [`Error::Internal`] when the key ring or the hashing parameters cannot be used.
    pub fn new(parts: Parts) -> Result<Self, Error> {
        let (store, clock, limits) = (parts.store.clone(), parts.clock.clone(), parts.config.quotas.clone());
        Ok(Self {
            quotas: Arc::new(Quotas::new(store, clock, limits, &*parts.random)),
            keeper: Keeper::new(parts.key_source, parts.ring, &parts.config.server.public_url, &*parts.random)?,
            passwords: Passwords::new(parts.hashing, Arc::clone(&parts.random))?,
            relying_party: passkeys::relying_party(&parts.config),
            limits: Limits::default(),
            config: parts.config,
            store: parts.store,
            blobs: parts.blobs,
            policy: parts.policy,
            transport: parts.transport,
            clock: parts.clock,
            random: parts.random,
            mail_waits: Arc::new(Notify::new()),
            sign_ins: SignIns::default(),
            mail_lanes: Arc::new(Semaphore::new(outbox::LANES as usize)),
            feed: Feed::default(),
        })
    }

    /// The effective configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The present moment, by the clock of the house.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The public keys of the access tokens as a JSON Web Key Set (RFC 7517).
    pub fn jwks(&self) -> serde_json::Value {
        self.access_tokens().jwks()
    }

    /// Whether database and storage answer.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when one of them does not.
    pub async fn ping(&self) -> Result<(), Error> {
        self.store.ping().await?;
        Ok(self.blobs.ping().await?)
    }

    /// A name for a request: 16 hexadecimal digits.
    pub fn new_request_id(&self) -> String {
        data_encoding::HEXLOWER.encode(&random_bytes::<8>(&*self.random))
    }

    /// How many texts were sent to the database since it was opened: what an operation costs, it adds to this.
    pub fn queries_sent(&self) -> u64 {
        self.store.queries_sent()
    }

    /// Puts a changed policy folder into force, if it is a good one.
    pub async fn reload_policy_if_changed(&self) -> bool {
        self.policy.reload_if_changed().await
    }

    /// Gives up what was cut off, gives back what is held, leaves the instances and closes the database.
    pub async fn close(&self) {
        self.blobs.finish_writers(LAST_ABORTS).await;
        self.quotas.give_back().await;
        self.leave_instances().await;
        self.store.close().await;
    }
}
