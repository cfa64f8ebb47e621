//! What Admins see of the keys: what the database knows of them. The ring itself is not looked at, so nobody far away can have the
//! program run that prints it.

use super::listing::{Needs, order_of};
use super::status::RotationView;
use crate::config::KeySource;
use crate::crypto::key_ring::Purpose;
use crate::domain::permission::Permission;
use crate::domain::timestamp::Timestamp;
use crate::services::{Caller, Error, Services};
use crate::store::ring_key::{KeyState, KnownKey};

/// The keys of the installation.
#[derive(Clone, Debug)]
pub struct RingView {
    /// Where the ring comes from.
    pub source: KeySource,
    /// Every key that there ever was, by purpose and age.
    pub keys: Vec<KeyView>,
    /// How many instances live.
    pub instances: u64,
    /// The rotation under way or the last one.
    pub rotation: Option<RotationView>,
}

/// A key: its name and what has become of it.
#[derive(Clone, Debug)]
pub struct KeyView {
    /// What it is for.
    pub purpose: Purpose,
    known: KnownKey,
}

impl KeyView {
    /// Its public name.
    pub fn id(&self) -> &str {
        &self.known.id
    }

    /// What has become of it.
    pub fn state(&self) -> KeyState {
        self.known.state
    }

    /// When it was made.
    pub fn created_at(&self) -> Timestamp {
        self.known.created_at
    }

    /// Since when another one is current.
    pub fn replaced_at(&self) -> Option<Timestamp> {
        self.known.replaced_at
    }
}

impl Services {
    /// The keys, without what needs each.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::Unavailable`].
    pub async fn view_keys(&self, caller: &Caller) -> Result<RingView, Error> {
        self.admit_to_keys(caller)?;
        let instances = self.store.find_instances(self.now()).await?;
        let rotation = self.store.find_rotation().await?.map(|rotation| RotationView::new(rotation, &instances));
        let known = self.store.find_ring_keys().await?.into_iter();
        let mut keys: Vec<KeyView> =
            known.filter_map(|known| Some(KeyView { purpose: Purpose::parse(&known.purpose)?, known })).collect();
        keys.sort_by_cached_key(|key| (order_of(key.known.purpose.as_str()), key.created_at(), key.known.id.clone()));
        // One that has the database to itself does not say again and again that it lives.
        Ok(RingView { source: self.config.keys.source, keys, instances: instances.len().max(1) as u64, rotation })
    }

    /// What still needs a key that was replaced; `None` for any other: whatever comes needs a current one, and nothing one that is
    /// not current yet, or gone.
    ///
    /// # Errors
    /// As [`view_keys`](Self::view_keys).
    pub async fn find_needs_of_key(&self, caller: &Caller, key: &KeyView) -> Result<Option<Needs>, Error> {
        self.admit_to_keys(caller)?;
        match key.state() {
            KeyState::Old | KeyState::Retiring => Ok(Some(self.needs_of(&key.known).await?)),
            KeyState::Added | KeyState::Current | KeyState::Retired => Ok(None),
        }
    }

    fn admit_to_keys(&self, caller: &Caller) -> Result<(), Error> {
        self.admit(caller, Permission::KeyList)?;
        if self.may(caller, Permission::KeyList, &[]) { Ok(()) } else { Err(Error::Forbidden) }
    }
}
