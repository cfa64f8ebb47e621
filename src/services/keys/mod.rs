//! The key ring: where it comes from, its bond with the database, and how its keys are changed.
//!
//! The source holds the keys, the database knows which of them are in use ([`KnownKey`]), and never one itself. A ring in
//! memory has every key in its place, and is exchanged as a whole when one of the two changes.

mod error;
mod keeper;
mod listing;
mod retire;
mod rewrap;
pub mod ring_file;
mod rotation;
pub mod source;
mod status;
mod view;

use crate::blobs::Blobs;
use crate::crypto::key_id::KeyId;
use crate::crypto::key_ring::{KeyRing, Place, Purpose, RingKey};
use crate::domain::event::{Action, Actor, Event};
use crate::domain::id::EventId;
use crate::domain::random::Random;
use crate::domain::timestamp::Timestamp;
use crate::store::ring_key::{KeyState, KnownKey};
use crate::store::{self, Guard, Store};

pub use error::Error;
pub(super) use keeper::Keeper;
pub use keeper::Round;
pub use listing::{KeyReport, Needs, RingReport};
pub use retire::Retired;
pub use rotation::{AddedKey, add_keys};
pub use source::KeySource;
pub use status::{RotationStatus, RotationView};
pub use view::{KeyView, RingView};

/// The words in which Admins are told of keys.
pub mod words {
    pub use crate::config::KeySource;
    pub use crate::crypto::key_ring::Purpose;
    pub use crate::store::ring_key::KeyState;
    pub use crate::store::rotation::Phase;
}

/// Reads the ring of this installation, or makes it where neither file nor database know of one. A lost ring is never
/// replaced, and one that lacks what the database needs is refused.
///
/// # Errors
/// Any of [`Error`]; the server does not start then.
pub async fn load_or_create(
    source: &KeySource,
    store: &Store,
    blobs: &Blobs,
    random: &dyn Random,
    now: Timestamp,
) -> Result<KeyRing, Error> {
    let bound_to = store.find_key_ring_fingerprint().await?;
    if bound_to.is_none() && has_objects(blobs).await? {
        return Err(Error::ForeignObjects);
    }
    let place = || source.place();
    let ring = match (source.read_aside().await?, source) {
        (Some(ring), KeySource::File(path)) if bound_to.is_none() => {
            ring_file::keep(path)?;
            ring
        }
        (Some(ring), _) => ring,
        (None, _) if bound_to.is_some() => return Err(Error::Lost { place: place() }),
        (None, KeySource::File(path)) => {
            let ring = KeyRing::generate(random, now).map_err(|source| Error::Ring { place: place(), source })?;
            ring_file::create(path, &ring)?;
            ring
        }
        (None, _) => return Err(Error::Missing { place: place() }),
    };
    let event = Event {
        id: EventId::generate(random),
        at: now,
        action: Action::KeysBound,
        actor: Actor::System,
        object: String::new(),
        address: None,
        detail: String::new(),
    };
    match store.bind_key_ring(&ring.fingerprint(), &first_known(&ring), &event).await {
        Err(store::Error::Refused(Guard::ForeignKeyRing)) => return Err(Error::Foreign { place: place() }),
        bound => bound?,
    }
    arranged(&ring, &store.find_ring_keys().await?, source)
}

async fn has_objects(blobs: &Blobs) -> Result<bool, Error> {
    let mut objects = blobs.list().await?;
    while let Some(batch) = objects.next_batch().await? {
        if !batch.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a database that knows nothing yet comes to know of a ring: the last key of each purpose is the current one.
fn first_known(ring: &KeyRing) -> Vec<KnownKey> {
    ring.all_keys()
        .map(|(purpose, key)| {
            let is_current = ring.current(purpose).id() == key.id();
            let state = if is_current { KeyState::Current } else { KeyState::Old };
            let replaced_at = (!is_current).then(|| ring.current(purpose).created_at());
            KnownKey { replaced_at, ..known(ring, purpose, key, state) }
        })
        .collect()
}

fn known(ring: &KeyRing, purpose: Purpose, key: &RingKey, state: KeyState) -> KnownKey {
    KnownKey {
        id: key.id().to_string(),
        purpose: purpose.as_str().to_owned(),
        state,
        fingerprint: ring.fingerprint_of(purpose, key),
        created_at: key.created_at(),
        replaced_at: None,
    }
}

/// The ring with each key in the place that the database says. Keys that it does not know, or that were retired, are left out.
fn arranged(ring: &KeyRing, known: &[KnownKey], source: &KeySource) -> Result<KeyRing, Error> {
    let place = || source.place();
    for key in known.iter().filter(|key| key.state != KeyState::Retired) {
        let found =
            ring.all_keys().find(|(purpose, own)| purpose.as_str() == key.purpose && own.id().to_string() == key.id);
        let (id, purpose) = (key.id.clone(), key.purpose.clone());
        match found {
            Some((of, own)) if ring.fingerprint_of(of, own) == key.fingerprint => {}
            Some(_) => return Err(Error::AlteredKey { place: place(), key: id, purpose }),
            // It becomes current once every instance has it, and this one has to get it before.
            None if key.state == KeyState::Added => {}
            None => return Err(Error::LacksKey { place: place(), key: id, purpose, state: key.state.as_str() }),
        }
    }
    ring.arrange(|_, id| place_of(known, id)).map_err(|source| Error::Ring { place: place(), source })
}

fn place_of(known: &[KnownKey], id: KeyId) -> Option<Place> {
    let id = id.to_string();
    match known.iter().find(|key| key.id == id)?.state {
        KeyState::Added => Some(Place::Added),
        KeyState::Current => Some(Place::Current),
        KeyState::Old | KeyState::Retiring => Some(Place::Older),
        KeyState::Retired => None,
    }
}

#[cfg(test)]
mod tests;
