//! The ring in memory, kept in step with database and source, and this process as one of the instances.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use data_encoding::HEXLOWER;
use tokio::sync::{Mutex, Notify};

use super::{Error, KeySource, arranged};
use crate::crypto::access_token::AccessTokens;
use crate::crypto::file_key::{FileKey, KeyOwner, WrappedKey};
use crate::crypto::key_ring::KeyRing;
use crate::crypto::{self, key_id::KeyId};
use crate::domain::random::{Random, random_bytes};
use crate::domain::timestamp::Timestamp;
use crate::services::{self, Services};
use crate::store::blob::StoredKey;
use crate::store::ring_key::{KeyState, KnownKey};
use crate::store::rotation::{Instance, Phase};
use crate::store::{self, Guard};

/// How long an instance counts as living after it last said so.
pub(super) const INSTANCE_LEASE_SECONDS: u64 = 30;
/// How often an instance looks whether keys have changed, where there can be others.
const LOOK: Duration = Duration::from_secs(3);
/// The pause after a round that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// How often a program is asked for its ring at most, while it waits for a key to come.
const COMMAND_PAUSE_SECONDS: u64 = 15;

/// What came of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// No rotation is under way.
    Quiet,
    /// One is, and waits for other instances or for the ring.
    Waiting,
    /// One is, and goes on at once.
    Busy,
}

/// The ring in memory, and what goes with it.
pub(in crate::services) struct Keeper {
    pub(super) source: KeySource,
    ring: ArcSwap<KeyRing>,
    access_tokens: ArcSwap<AccessTokens>,
    issuer: String,
    /// The name of this process among the instances.
    pub(super) instance: String,
    /// One round at a time.
    turn: Mutex<()>,
    wake: Notify,
    /// When the source was read last, in milliseconds.
    read_at: AtomicI64,
}

impl Keeper {
    pub(in crate::services) fn new(
        source: KeySource,
        ring: KeyRing,
        issuer: &str,
        random: &dyn Random,
    ) -> Result<Self, crypto::Error> {
        Ok(Self {
            source,
            access_tokens: ArcSwap::from_pointee(AccessTokens::new(&ring, issuer)?),
            ring: ArcSwap::from_pointee(ring),
            issuer: issuer.to_owned(),
            instance: HEXLOWER.encode(&random_bytes::<8>(random)),
            turn: Mutex::new(()),
            wake: Notify::new(),
            read_at: AtomicI64::new(0),
        })
    }

    fn exchange(&self, ring: KeyRing) -> Result<(), crypto::Error> {
        self.access_tokens.store(Arc::new(AccessTokens::new(&ring, &self.issuer)?));
        self.ring.store(Arc::new(ring));
        Ok(())
    }
}

impl Services {
    /// The ring as it is now.
    pub(in crate::services) fn ring(&self) -> Arc<KeyRing> {
        self.keeper.ring.load_full()
    }

    /// What issues and verifies access tokens with it.
    pub(in crate::services) fn access_tokens(&self) -> Arc<AccessTokens> {
        self.keeper.access_tokens.load_full()
    }

    /// A file key as it is to be stored: wrapped by the key that is current here. Where that is current no more, the store refuses it
    /// ([`Guard::KeyReplaced`](crate::store::Guard)), and it is wrapped again once the ring here [has turned too](Self::refresh_ring).
    pub(in crate::services) fn wrap_file_key(
        &self,
        key: &FileKey,
        owner: &KeyOwner,
    ) -> Result<StoredKey, services::Error> {
        let wrapped = key.wrap(&self.ring(), owner, &*self.random)?;
        Ok(StoredKey { key_id: wrapped.key_id.to_string(), sealed: wrapped.sealed })
    }

    /// Opens a file key as it is stored. Where it was wrapped by a key that this instance has not got yet, the ring is looked
    /// at again.
    pub(in crate::services) async fn open_file_key(
        &self,
        stored: StoredKey,
        owner: &KeyOwner,
    ) -> Result<FileKey, services::Error> {
        let key_id =
            KeyId::parse(&stored.key_id).ok_or_else(|| services::Error::internal("a wrapped key without a key id"))?;
        let wrapped = WrappedKey { key_id, sealed: stored.sealed };
        match wrapped.unwrap_with(&self.ring(), owner) {
            Err(crypto::Error::UnknownKey { .. }) => {
                self.refresh_ring().await?;
                Ok(wrapped.unwrap_with(&self.ring(), owner)?)
            }
            opened => Ok(opened?),
        }
    }

    /// Joins the instances, before anything is sealed.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::LacksKey`] where keys became current since the ring was read, and it lacks one.
    pub async fn join_instances(&self) -> Result<(), Error> {
        if self.store.is_embedded() {
            self.store.forget_former_instances().await?;
        }
        match self.report().await {
            Err(store::Error::Refused(Guard::RingLacksKey)) => {
                let _turn = self.keeper.turn.lock().await;
                self.bring_up_to_date().await?;
                Ok(self.report().await?)
            }
            reported => Ok(reported?),
        }
    }

    /// Leaves the instances: nobody waits for this one any more.
    pub(in crate::services) async fn leave_instances(&self) {
        if let Err(failure) = self.store.forget_instance(&self.keeper.instance).await {
            tracing::debug!(
                error = services::Error::from(failure).with_causes(),
                "this instance counts for a while yet"
            );
        }
    }

    /// Looks after the ring for as long as the process lives: reports what this instance has, and goes on with a rotation.
    pub async fn keep_keys(&self) {
        loop {
            let pause = match self.tend_keys().await {
                Ok(Round::Busy) => continue,
                Ok(Round::Quiet) if self.store.is_embedded() => None,
                Ok(Round::Quiet | Round::Waiting) => Some(LOOK),
                Err(failure) => {
                    tracing::error!(error = failure.with_causes(), "the key ring could not be looked after");
                    Some(AFTER_FAILURE)
                }
            };
            match pause {
                Some(pause) => {
                    let _woken_or_not = tokio::time::timeout(pause, self.keeper.wake.notified()).await;
                }
                // Nobody else can change anything.
                None => self.keeper.wake.notified().await,
            }
        }
    }

    /// Has the ring looked after at once.
    pub(super) fn wake_keeper(&self) {
        self.keeper.wake.notify_one();
    }

    /// One round: what this instance has is brought up to date and reported, and a rotation goes on for a while.
    ///
    /// # Errors
    /// [`services::Error::Unavailable`]; [`services::Error::Internal`] where the ring lacks what it needs.
    pub async fn tend_keys(&self) -> Result<Round, services::Error> {
        let _turn = self.keeper.turn.lock().await;
        self.bring_up_to_date().await.map_err(services::Error::internal)?;
        match self.report().await {
            Err(store::Error::Refused(Guard::RingLacksKey)) => {
                // Keys became current in this moment; the next look finds them, or says that the ring lacks them.
                self.bring_up_to_date().await.map_err(services::Error::internal)?;
                self.report().await?;
            }
            reported => reported?,
        }
        let Some(rotation) = self.store.find_rotation().await? else { return Ok(Round::Quiet) };
        match rotation.phase {
            // What comes of it, the next round sees, which begins with what this instance has.
            Phase::Adding => Ok(if self.try_to_promote(&rotation).await? { Round::Busy } else { Round::Waiting }),
            Phase::Rewrapping => self.rewrap_all().await,
            Phase::Done | Phase::Abandoned => Ok(Round::Quiet),
        }
    }

    /// Brings the ring in memory into step with the database, and reads the source where that takes it.
    pub(in crate::services) async fn refresh_ring(&self) -> Result<(), services::Error> {
        let _turn = self.keeper.turn.lock().await;
        self.bring_up_to_date().await.map_err(services::Error::internal)
    }

    async fn bring_up_to_date(&self) -> Result<(), Error> {
        let known = self.store.find_ring_keys().await?;
        let ring = self.ring();
        if is_in_step(&ring, &known) {
            return Ok(());
        }
        let lacking = known.iter().filter(|key| key.state != KeyState::Retired && !has(&ring, key));
        let lacking: Vec<KeyState> = lacking.map(|key| key.state).collect();
        let can_wait = lacking.iter().all(|state| *state == KeyState::Added);
        let can_do_without = lacking.is_empty() || (can_wait && self.was_read_lately());
        let arranged = if can_do_without {
            arranged(&ring, &known, &self.keeper.source)?
        } else {
            self.keeper.read_at.store(self.now().as_millis(), Ordering::Relaxed);
            let source = &self.keeper.source;
            let read = source.read_aside().await?.ok_or_else(|| Error::Lost { place: source.place() })?;
            if read.fingerprint() != ring.fingerprint() {
                return Err(Error::Foreign { place: source.place() });
            }
            arranged(&read, &known, source)?
        };
        if !is_same(&arranged, &ring) {
            let place = || self.keeper.source.place();
            self.keeper.exchange(arranged).map_err(|source| Error::Ring { place: place(), source })?;
            tracing::info!("the keys in use have changed");
        }
        Ok(())
    }

    /// A file costs nothing, and the environment does not change.
    fn was_read_lately(&self) -> bool {
        let read_at = Timestamp::from_millis(self.keeper.read_at.load(Ordering::Relaxed));
        matches!(self.keeper.source, KeySource::Command(_)) && self.now() < read_at.plus_seconds(COMMAND_PAUSE_SECONDS)
    }

    async fn report(&self) -> Result<(), store::Error> {
        let ring = self.ring();
        let now = self.now();
        let instance = Instance {
            name: self.keeper.instance.clone(),
            keys: ring.all_keys().map(|(_, key)| key.id().to_string()).collect(),
            currents: currents(&ring),
        };
        self.store.report_instance(&instance, now, now.plus_seconds(INSTANCE_LEASE_SECONDS)).await
    }
}

/// The ids of the current keys.
pub(super) fn currents(ring: &KeyRing) -> Vec<String> {
    crypto::key_ring::Purpose::ALL.iter().map(|purpose| ring.current(*purpose).id().to_string()).collect()
}

fn has(ring: &KeyRing, key: &KnownKey) -> bool {
    ring.all_keys().any(|(_, own)| own.id().to_string() == key.id)
}

/// Whether a ring in memory is as the database says.
fn is_in_step(ring: &KeyRing, known: &[KnownKey]) -> bool {
    let currents = currents(ring);
    let all_in_place = known.iter().all(|key| match key.state {
        KeyState::Retired => !has(ring, key),
        KeyState::Current => currents.contains(&key.id),
        KeyState::Added | KeyState::Old | KeyState::Retiring => has(ring, key) && !currents.contains(&key.id),
    });
    let none_unknown = ring.all_keys().all(|(_, own)| known.iter().any(|key| key.id == own.id().to_string()));
    all_in_place && none_unknown
}

fn is_same(ring: &KeyRing, other: &KeyRing) -> bool {
    ring.all_keys().count() == other.all_keys().count() && ring.contains(other) && currents(ring) == currents(other)
}
