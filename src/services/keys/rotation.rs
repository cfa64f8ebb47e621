//! New keys in the place of those in use, in two phases: every living instance has them before anybody seals with them.

use serde::{Deserialize, Serialize};

use super::status::{RotationStatus, RotationView};
use super::{KeySource, ring_file};
use crate::crypto::key_ring::{KeyRing, Purpose};
use crate::domain::event::Action;
use crate::domain::permission::Permission;
use crate::domain::random::Random;
use crate::domain::timestamp::Timestamp;
use crate::services::{Caller, Error, Services};
use crate::store::ring_key::{KeyState, KnownKey};
use crate::store::rotation::{Phase, Promotion, Rotation};
use crate::store::{self, Guard};

/// A key that was added to a ring elsewhere: its name and what proves it, not the key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddedKey {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub purpose: String,
    /// By which an altered key is noticed.
    pub fingerprint: String,
    /// When it was made (RFC 3339).
    pub created_at: String,
}

/// Adds to a ring, as its text has it, a new key for each purpose that has none waiting that the database does not know.
/// `known` are the ids that it knows. Answers what was added, and what waited.
///
/// # Errors
/// [`crate::crypto::Error::WeakKey`] when `random` is not.
pub fn add_keys(
    ring: &mut KeyRing,
    purposes: &[Purpose],
    known: &[String],
    random: &dyn Random,
    now: Timestamp,
) -> Result<Vec<AddedKey>, crate::crypto::Error> {
    for purpose in purposes {
        if waiting_key(ring, *purpose, known).is_none() {
            ring.add(*purpose, random, now)?;
        }
    }
    Ok(waiting_keys(ring, purposes, known))
}

/// The newest key of a purpose that the database does not know.
fn waiting_key(ring: &KeyRing, purpose: Purpose, known: &[String]) -> Option<AddedKey> {
    let newest = ring.keys(purpose).rfind(|key| !known.contains(&key.id().to_string()))?;
    Some(AddedKey {
        id: newest.id().to_string(),
        purpose: purpose.as_str().to_owned(),
        fingerprint: ring.fingerprint_of(purpose, newest),
        created_at: newest.created_at().to_rfc3339(),
    })
}

fn waiting_keys(ring: &KeyRing, purposes: &[Purpose], known: &[String]) -> Vec<AddedKey> {
    purposes.iter().filter_map(|purpose| waiting_key(ring, *purpose, known)).collect()
}

impl AddedKey {
    fn read(&self) -> Option<KnownKey> {
        Purpose::parse(&self.purpose)?;
        crate::crypto::key_id::KeyId::parse(&self.id)?;
        Some(KnownKey {
            id: self.id.clone(),
            purpose: self.purpose.clone(),
            state: KeyState::Added,
            fingerprint: self.fingerprint.clone(),
            created_at: Timestamp::parse_rfc3339(&self.created_at)?,
            replaced_at: None,
        })
    }
}

impl Services {
    /// Begins a rotation of these purposes: with keys that wait in the source, or with new ones where it is a file, which they
    /// are written to.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Conflict`] while one is under way; [`Error::Input`] where the source is no file and no
    /// keys wait in it; [`Error::Internal`] when the file cannot be written.
    pub async fn rotate_keys(&self, caller: &Caller, purposes: &[Purpose]) -> Result<RotationStatus, Error> {
        self.admit_rotation(caller)?;
        self.refuse_a_second_rotation().await?;
        let ids = self.known_key_ids().await?;
        let source = self.keeper.source.clone();
        let (random, now, purposes) = (self.random.clone(), self.now(), purposes.to_vec());
        let adding = tokio::task::spawn_blocking(move || match &source {
            KeySource::File(path) => {
                let mut added = Vec::new();
                ring_file::change(path, |ring| {
                    let mut ring = ring.clone();
                    let count = ring.all_keys().count();
                    added = add_keys(&mut ring, &purposes, &ids, &*random, now)
                        .map_err(|failure| super::Error::Ring { place: source.place(), source: failure })?;
                    Ok((ring.all_keys().count() > count).then_some(ring))
                })?;
                Ok(added)
            }
            KeySource::Environment | KeySource::Command(_) => {
                let ring = source.read()?.ok_or_else(|| super::Error::Lost { place: source.place() })?;
                Ok(waiting_keys(&ring, &purposes, &ids))
            }
        });
        let added: Result<Vec<AddedKey>, super::Error> = adding.await.map_err(Error::internal)?;
        let added = added.map_err(Error::internal)?;
        if added.is_empty() {
            let message =
                "This ring is not written to from here: give --print-ring FILE, and put what that holds in its place.";
            return Err(Error::input("source", message));
        }
        self.begin_rotation(caller, &added).await
    }

    /// Begins a rotation to keys that were added to the ring elsewhere, and that no instance needs to have yet.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Conflict`] while one is under way; [`Error::Input`] for what is no key.
    pub async fn rotate_to_added_keys(&self, caller: &Caller, added: &[AddedKey]) -> Result<RotationStatus, Error> {
        self.admit_rotation(caller)?;
        self.refuse_a_second_rotation().await?;
        self.begin_rotation(caller, added).await
    }

    fn admit_rotation(&self, caller: &Caller) -> Result<(), Error> {
        if self.may(caller, Permission::KeyRotate, &[]) { Ok(()) } else { Err(Error::Forbidden) }
    }

    async fn refuse_a_second_rotation(&self) -> Result<(), Error> {
        let under_way = self.store.find_rotation().await?;
        match under_way.filter(|rotation| matches!(rotation.phase, Phase::Adding | Phase::Rewrapping)) {
            Some(_) => Err(UNDER_WAY),
            None => Ok(()),
        }
    }

    /// The ids of all keys that the database has ever known.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn known_key_ids(&self) -> Result<Vec<String>, Error> {
        Ok(self.store.find_ring_keys().await?.into_iter().map(|key| key.id).collect())
    }

    async fn begin_rotation(&self, caller: &Caller, added: &[AddedKey]) -> Result<RotationStatus, Error> {
        let keys: Option<Vec<KnownKey>> = added.iter().map(AddedKey::read).collect();
        let keys = keys.filter(|keys| !keys.is_empty()).ok_or_else(|| Error::input("keys", "These are no keys."))?;
        let mut event = self.event_by(caller, Action::KeysRotationBegun, "");
        event.detail = ids_of(&keys);
        self.store.begin_rotation(&keys, self.now(), &event).await.map_err(|failure| match failure {
            store::Error::Refused(Guard::RotationRunning) => UNDER_WAY,
            other => other.into(),
        })?;
        self.wake_keeper();
        self.find_rotation_status().await?.ok_or_else(|| Error::internal("a rotation that began is not there"))
    }

    /// How far the rotation is that is under way, or the last one.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Unavailable`].
    pub async fn rotation_status(&self, caller: &Caller) -> Result<Option<RotationStatus>, Error> {
        self.admit_rotation(caller)?;
        self.find_rotation_status().await
    }

    pub(super) async fn find_rotation_status(&self) -> Result<Option<RotationStatus>, Error> {
        let Some(rotation) = self.store.find_rotation().await? else { return Ok(None) };
        let instances = self.store.find_instances(self.now()).await?;
        Ok(Some(RotationView::new(rotation, &instances).into()))
    }

    /// Gives the rotation up whose keys are not current yet, and takes them out of the ring where it is a file.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Conflict`] when there is none that could be given up.
    pub async fn abandon_rotation(&self, caller: &Caller) -> Result<(), Error> {
        self.admit_rotation(caller)?;
        let keys = self.store.find_rotation().await?.map(|rotation| rotation.keys).unwrap_or_default();
        let mut event = self.event_by(caller, Action::KeysRotationAbandoned, "");
        event.detail = keys.join(" ");
        self.store.abandon_rotation(&keys, &event).await.map_err(|failure| match failure {
            store::Error::Refused(Guard::WorkGone) => {
                Error::Conflict("There is no rotation that could be given up: its keys are current, or there is none.")
            }
            other => other.into(),
        })?;
        self.wake_keeper();
        self.remove_from_file(keys).await
    }

    /// Takes retired keys out of the ring's file, where it is one. Those that are not there are no matter; those that are not retired
    /// stay, whoever asks.
    pub(super) async fn remove_from_file(&self, mut ids: Vec<String>) -> Result<(), Error> {
        let KeySource::File(path) = self.keeper.source.clone() else { return Ok(()) };
        let known = self.store.find_ring_keys().await?;
        ids.retain(|id| known.iter().any(|key| key.id == *id && key.state == KeyState::Retired));
        let place = self.keeper.source.place();
        let failed = place.clone();
        let removing = tokio::task::spawn_blocking(move || {
            ring_file::change(&path, |ring| {
                let mut left = ring.clone();
                for (purpose, key) in ring.all_keys().filter(|(_, key)| ids.contains(&key.id().to_string())) {
                    left = left
                        .without(purpose, key.id())
                        .map_err(|source| super::Error::Ring { place: place.clone(), source })?;
                }
                Ok((left.all_keys().count() < ring.all_keys().count()).then_some(left))
            })
        });
        let io = |failure| super::Error::Source { place: failed, source: std::io::Error::other(failure) };
        let removed: Result<(), super::Error> = removing.await.map_err(io).map_err(Error::internal)?;
        removed.map_err(Error::internal)
    }

    /// Makes the keys of a rotation current if every living instance has them; true when they are.
    pub(super) async fn try_to_promote(&self, rotation: &Rotation) -> Result<bool, Error> {
        let mut total = 0;
        let turns_wrapping = self
            .store
            .find_ring_keys()
            .await?
            .into_iter()
            .filter(|key| key.purpose == Purpose::Wrapping.as_str())
            .collect::<Vec<_>>();
        for key in turns_wrapping {
            let is_replaced = match key.state {
                KeyState::Old | KeyState::Retiring => true,
                KeyState::Current => rotation.keys.iter().any(|id| self.is_for_wrapping(id)),
                KeyState::Added | KeyState::Retired => false,
            };
            if is_replaced {
                total += self.store.count_keys_wrapped_by(&key.id).await?;
            }
        }
        let mut event = self.event_by_system(Action::KeysRotated, "");
        event.detail = rotation.keys.join(" ");
        match self.store.promote_keys(self.now(), total, &event).await {
            Ok(Promotion::Done) => {
                tracing::info!(keys = event.detail, "the keys of a rotation are current now");
                Ok(true)
            }
            Ok(Promotion::Lacking(instances)) => {
                tracing::info!(instances, "a rotation waits for instances that have not got its keys");
                Ok(false)
            }
            // Somebody else did it, or came in this moment: the next round sees.
            Err(store::Error::Refused(Guard::WorkGone)) => Ok(false),
            Err(failure) => Err(failure.into()),
        }
    }

    fn is_for_wrapping(&self, id: &str) -> bool {
        self.ring().keys(Purpose::Wrapping).any(|key| key.id().to_string() == id)
    }
}

const UNDER_WAY: Error = Error::Conflict(
    "A rotation is under way: wait until it is done, or give it up with --abandon while its keys are new.",
);

fn ids_of(keys: &[KnownKey]) -> String {
    keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>().join(" ")
}
