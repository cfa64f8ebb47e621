//! Every long-lived secret of an installation, one set of keys for each purpose.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::domain::random::{Random, random_bytes};
use crate::domain::timestamp::Timestamp;

use super::error::Error;
use super::key_id::KeyId;
use super::secret_key::SecretKey;

const FINGERPRINT_LABEL: &[u8] = b"strongroom key ring fingerprint v1\0";
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
}

/// One key of the ring. Wiped when dropped.
#[derive(Debug)]
pub struct RingKey {
    id: KeyId,
    created_at: Timestamp,
    secret: SecretKey,
}

impl RingKey {
    pub(super) fn new(id: KeyId, created_at: Timestamp, secret: SecretKey) -> Self {
        Self { id, created_at, secret }
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
#[derive(Debug)]
pub(super) struct KeySet {
    /// Oldest first.
    pub(super) older: Vec<RingKey>,
    pub(super) current: RingKey,
}

impl KeySet {
    fn generate(random: &dyn Random, now: Timestamp) -> Self {
        Self { older: Vec::new(), current: RingKey::generate(random, now) }
    }

    fn iter(&self) -> impl DoubleEndedIterator<Item = &RingKey> {
        self.older.iter().chain([&self.current])
    }
}

/// Every long-lived secret of an installation. New things are sealed and signed with the current key of a purpose;
/// older keys still open what they sealed.
#[derive(Debug)]
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

    /// The keys of a purpose, oldest first. The last one is the current one.
    pub fn keys(&self, purpose: Purpose) -> impl DoubleEndedIterator<Item = &RingKey> {
        self.set(purpose).iter()
    }

    /// The key with which new things are sealed and signed.
    pub fn current(&self, purpose: Purpose) -> &RingKey {
        &self.set(purpose).current
    }

    /// Adds a new key and makes it the current one.
    ///
    /// # Errors
    ///
    /// `WeakKey` or `BadRing` when `random` is not; the ring is left as it was.
    pub fn rotate(&mut self, purpose: Purpose, random: &dyn Random, now: Timestamp) -> Result<KeyId, Error> {
        let key = RingKey::generate(random, now);
        let id = key.id;
        let set = self.set_mut(purpose);
        set.older.push(std::mem::replace(&mut set.current, key));
        if let Err(error) = self.check() {
            let set = self.set_mut(purpose);
            if let Some(previous) = set.older.pop() {
                set.current = previous;
            }
            return Err(error);
        }
        Ok(id)
    }

    /// Takes an older key out. What it sealed can never be opened again.
    ///
    /// # Errors
    ///
    /// `BadRing` for the current key, `UnknownKey` for one that is not there.
    pub fn retire(&mut self, purpose: Purpose, key_id: KeyId) -> Result<(), Error> {
        let set = self.set_mut(purpose);
        if set.current.id == key_id {
            return Err(Error::BadRing("the current key cannot be retired"));
        }
        let index = set.older.iter().position(|key| key.id == key_id).ok_or(Error::UnknownKey { key_id })?;
        set.older.remove(index);
        Ok(())
    }

    pub(super) fn find(&self, purpose: Purpose, key_id: KeyId) -> Result<&RingKey, Error> {
        // From the newest, which is asked for most.
        self.keys(purpose).rev().find(|key| key.id == key_id).ok_or(Error::UnknownKey { key_id })
    }

    /// Refuses keys that somebody could guess, and keys that are not told apart.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.ring_id.iter().all(|byte| *byte == self.ring_id[0]) {
            return Err(Error::BadRing("its id is not random"));
        }
        let keys: Vec<&RingKey> = Purpose::ALL.iter().flat_map(|purpose| self.keys(*purpose)).collect();
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
