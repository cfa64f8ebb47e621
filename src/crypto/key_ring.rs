//! Every long-lived secret of an installation, one set of keys for each purpose.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::domain::random::{Random, random_bytes};
use crate::domain::timestamp::Timestamp;

use super::error::Error;
use super::key_id::KeyId;
use super::secret_key::SecretKey;

const FINGERPRINT_LABEL: &[u8] = b"strongroom key ring fingerprint v1\0";
const KEY_FINGERPRINT_LABEL: &[u8] = b"strongroom ring key fingerprint v1\0";
pub(super) const RING_ID_BYTES: usize = 16;

/// What a key is for. A key serves one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Seals what lies at rest: the keys of files, and the secrets of second factors.
    Wrapping,
    /// Signs access tokens: the seed of an Ed25519 key (RFC 8032 section 5.1.5).
    Signing,
    /// Seals download links and the challenges of passkeys.
    Link,
    /// Seals the cursors of lists.
    Cursor,
    /// Seals the tokens in mails that wait to be sent.
    Mail,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 5] = [Self::Wrapping, Self::Signing, Self::Link, Self::Cursor, Self::Mail];

    /// The name in the text of the ring.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wrapping => "wrapping",
            Self::Signing => "signing",
            Self::Link => "link",
            Self::Cursor => "cursor",
            Self::Mail => "mail",
        }
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    }
}

/// What part a key plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It opens what it sealed, and seals nothing any more.
    Older,
    /// New things are sealed and signed with it.
    Current,
    /// It is there so that it opens whatever others seal, and seals nothing yet.
    Added,
}

/// One key of the ring. Wiped when the last copy of it is dropped.
#[derive(Clone, Debug)]
pub struct RingKey {
    id: KeyId,
    created_at: Timestamp,
    secret: Arc<SecretKey>,
}

impl RingKey {
    pub(super) fn new(id: KeyId, created_at: Timestamp, secret: SecretKey) -> Self {
        Self { id, created_at, secret: Arc::new(secret) }
    }

    fn generate(random: &dyn Random, now: Timestamp) -> Self {
        Self::new(KeyId::generate(random), now, SecretKey::generate(random))
    }

    /// Its public name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// When it was made.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    pub(super) fn secret(&self) -> &SecretKey {
        &self.secret
    }
}

/// The keys of one purpose. There is always a current one.
#[derive(Clone, Debug)]
pub(super) struct KeySet {
    /// Oldest first.
    older: Vec<RingKey>,
    current: RingKey,
    /// Oldest first.
    added: Vec<RingKey>,
}

impl KeySet {
    fn generate(random: &dyn Random, now: Timestamp) -> Self {
        Self { older: Vec::new(), current: RingKey::generate(random, now), added: Vec::new() }
    }

    /// Of keys in their order, the last of which is the current one.
    pub(super) fn of(mut keys: Vec<RingKey>) -> Option<Self> {
        let current = keys.pop()?;
        Some(Self { older: keys, current, added: Vec::new() })
    }

    fn iter(&self) -> impl DoubleEndedIterator<Item = &RingKey> {
        self.older.iter().chain([&self.current]).chain(&self.added)
    }

    /// The same keys in other places; those without one are left out.
    fn arranged(&self, place: impl Fn(KeyId) -> Option<Place>) -> Result<Self, Error> {
        let (mut older, mut current, mut added) = (Vec::new(), None, Vec::new());
        for key in self.iter() {
            match place(key.id) {
                Some(Place::Older) => older.push(key.clone()),
                Some(Place::Current) if current.is_some() => {
                    return Err(Error::BadRing("a purpose has two current keys"));
                }
                Some(Place::Current) => current = Some(key.clone()),
                Some(Place::Added) => added.push(key.clone()),
                None => {}
            }
        }
        let current = current.ok_or(Error::BadRing("a purpose has no current key"))?;
        Ok(Self { older, current, added })
    }
}

/// Every long-lived secret of an installation. New things are sealed and signed with the current key of a purpose;
/// older keys still open what they sealed.
///
/// As text, a ring is an order of keys: read from it, the last of each purpose is the current one. Which is the current one
/// in a running installation, the database says, and [`arrange`](Self::arrange) brings it into that shape.
#[derive(Clone, Debug)]
pub struct KeyRing {
    pub(super) ring_id: [u8; RING_ID_BYTES],
    pub(super) wrapping: KeySet,
    pub(super) signing: KeySet,
    pub(super) link: KeySet,
    pub(super) cursor: KeySet,
    pub(super) mail: KeySet,
}

impl KeyRing {
    /// A new ring with one key for each purpose.
    ///
    /// # Errors
    ///
    /// `WeakKey` or `BadRing` when `random` is not.
    pub fn generate(random: &dyn Random, now: Timestamp) -> Result<Self, Error> {
        let ring = Self {
            ring_id: random_bytes(random),
            wrapping: KeySet::generate(random, now),
            signing: KeySet::generate(random, now),
            link: KeySet::generate(random, now),
            cursor: KeySet::generate(random, now),
            mail: KeySet::generate(random, now),
        };
        ring.check()?;
        Ok(ring)
    }

    /// What a database remembers of its ring, to refuse any other: 64 hexadecimal digits that reveal nothing and stay
    /// the same when keys are added or retired.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::new_with_prefix(FINGERPRINT_LABEL).chain_update(self.ring_id).finalize();
        HEXLOWER.encode(&digest)
    }

    /// What a database remembers of one key, to notice one that was altered: 64 hexadecimal digits of 256 random bits
    /// hashed, which reveal nothing.
    pub fn fingerprint_of(&self, purpose: Purpose, key: &RingKey) -> String {
        let digest = Sha256::new_with_prefix(KEY_FINGERPRINT_LABEL)
            .chain_update(self.ring_id)
            .chain_update(purpose.as_str())
            .chain_update([0])
            .chain_update(key.id.as_bytes())
            .chain_update(key.secret.as_bytes())
            .finalize();
        HEXLOWER.encode(&digest)
    }

    /// The keys of a purpose in their order: the older ones, the current one, those that were added.
    pub fn keys(&self, purpose: Purpose) -> impl DoubleEndedIterator<Item = &RingKey> {
        self.set(purpose).iter()
    }

    /// All keys with their purposes.
    pub fn all_keys(&self) -> impl Iterator<Item = (Purpose, &RingKey)> {
        Purpose::ALL.into_iter().flat_map(|purpose| self.keys(purpose).map(move |key| (purpose, key)))
    }

    /// Whether a key is there, in whatever place.
    pub fn holds(&self, purpose: Purpose, key_id: KeyId) -> bool {
        self.find(purpose, key_id).is_ok()
    }

    /// The key with which new things are sealed and signed.
    pub fn current(&self, purpose: Purpose) -> &RingKey {
        &self.set(purpose).current
    }

    /// The same ring with each key in the place that is said; those without one are left out.
    ///
    /// # Errors
    ///
    /// `BadRing` when a purpose would have no current key, or two.
    pub fn arrange(&self, place: impl Fn(Purpose, KeyId) -> Option<Place>) -> Result<Self, Error> {
        let set = |purpose| self.set(purpose).arranged(|key_id| place(purpose, key_id));
        Ok(Self {
            ring_id: self.ring_id,
            wrapping: set(Purpose::Wrapping)?,
            signing: set(Purpose::Signing)?,
            link: set(Purpose::Link)?,
            cursor: set(Purpose::Cursor)?,
            mail: set(Purpose::Mail)?,
        })
    }

    /// Adds a new key behind all others of its purpose. It is not the current one.
    ///
    /// # Errors
    ///
    /// `WeakKey` or `BadRing` when `random` is not; the ring is left as it was.
    pub fn add(&mut self, purpose: Purpose, random: &dyn Random, now: Timestamp) -> Result<KeyId, Error> {
        let key = RingKey::generate(random, now);
        let id = key.id;
        self.set_mut(purpose).added.push(key);
        if let Err(error) = self.check() {
            self.set_mut(purpose).added.pop();
            return Err(error);
        }
        Ok(id)
    }

    /// The same ring without a key, in the order of its text: the last of each purpose is the current one.
    ///
    /// # Errors
    ///
    /// `BadRing` when nothing would be left of its purpose.
    pub fn without(&self, purpose: Purpose, key_id: KeyId) -> Result<Self, Error> {
        let left = self.keys(purpose).filter(|key| key.id != key_id).cloned().collect();
        let mut ring = self.clone();
        *ring.set_mut(purpose) = KeySet::of(left).ok_or(Error::BadRing("a purpose has no key"))?;
        Ok(ring)
    }

    /// Whether it is the same ring, and has every key that the other one has.
    pub fn contains(&self, other: &Self) -> bool {
        let has = |(purpose, key): (Purpose, &RingKey)| {
            self.find(purpose, key.id).is_ok_and(|own| own.secret.as_bytes() == key.secret.as_bytes())
        };
        self.ring_id == other.ring_id && other.all_keys().all(has)
    }

    /// Adds a new key and makes it the current one.
    #[cfg(test)]
    pub(super) fn rotate(&mut self, purpose: Purpose, random: &dyn Random, now: Timestamp) -> Result<KeyId, Error> {
        let id = self.add(purpose, random, now)?;
        let before = self.current(purpose).id;
        *self = self.arrange(|of, key| match key {
            key if key == id => Some(Place::Current),
            key if key != before && key == self.current(of).id => Some(Place::Current),
            _ => Some(Place::Older),
        })?;
        Ok(id)
    }

    /// Takes an older key out. What it sealed can never be opened again.
    #[cfg(test)]
    pub(super) fn retire(&mut self, purpose: Purpose, key_id: KeyId) -> Result<(), Error> {
        if self.current(purpose).id == key_id {
            return Err(Error::BadRing("the current key cannot be retired"));
        }
        self.find(purpose, key_id)?;
        *self = self.without(purpose, key_id)?;
        Ok(())
    }

    pub(super) fn find(&self, purpose: Purpose, key_id: KeyId) -> Result<&RingKey, Error> {
        // From the newest, which are asked for most.
        self.keys(purpose).rev().find(|key| key.id == key_id).ok_or(Error::UnknownKey { key_id })
    }

    /// Refuses keys that somebody could guess, and keys that are not told apart.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.ring_id.iter().all(|byte| *byte == self.ring_id[0]) {
            return Err(Error::BadRing("its id is not random"));
        }
        let keys: Vec<&RingKey> = self.all_keys().map(|(_, key)| key).collect();
        for (index, key) in keys.iter().enumerate() {
            if is_guessable(key.secret.as_bytes()) {
                return Err(Error::WeakKey { key_id: key.id });
            }
            for other in &keys[..index] {
                if other.id == key.id {
                    return Err(Error::BadRing("two keys have the same id"));
                }
                if other.secret.as_bytes() == key.secret.as_bytes() {
                    return Err(Error::BadRing("two keys are the same"));
                }
            }
        }
        Ok(())
    }

    fn set(&self, purpose: Purpose) -> &KeySet {
        match purpose {
            Purpose::Wrapping => &self.wrapping,
            Purpose::Signing => &self.signing,
            Purpose::Link => &self.link,
            Purpose::Cursor => &self.cursor,
            Purpose::Mail => &self.mail,
        }
    }

    fn set_mut(&mut self, purpose: Purpose) -> &mut KeySet {
        match purpose {
            Purpose::Wrapping => &mut self.wrapping,
            Purpose::Signing => &mut self.signing,
            Purpose::Link => &mut self.link,
            Purpose::Cursor => &mut self.cursor,
            Purpose::Mail => &mut self.mail,
        }
    }
}

/// Whether the bytes are what people write for a key: one byte or a short pattern over and over, a row of numbers,
/// readable text. 32 random bytes are so less than once in 10^13 times.
fn is_guessable(secret: &[u8; 32]) -> bool {
    let mut distinct = *secret;
    distinct.sort_unstable();
    let changes = distinct.windows(2).filter(|pair| pair[0] != pair[1]).count();
    zeroize::Zeroize::zeroize(&mut distinct);
    let step = secret[1].wrapping_sub(secret[0]);
    let in_a_row = secret.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step);
    let readable = secret.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    changes < 15 || in_a_row || readable
}

#[cfg(test)]
pub(super) mod tests;
