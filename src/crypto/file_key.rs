//! The key of one file, and the form in which the database holds it.

use zeroize::Zeroizing;

use crate::domain::file::File;
use crate::domain::id::{BlobId, FileId};
use crate::domain::random::Random;

use super::error::Error;
use super::key_id::KeyId;
use super::key_ring::{KeyRing, Purpose};
use super::secret_key::{KEY_BYTES, OVERHEAD_BYTES, SecretKey};

const LABEL: &[u8] = b"strongroom file key v1\0";

/// Bytes of `WrappedKey::sealed`: a 24-byte nonce, the 32-byte key, a 16-byte tag.
pub const WRAPPED_KEY_BYTES: usize = OVERHEAD_BYTES + KEY_BYTES;

/// The 256-bit key of one content: it seals its blob, or its pieces and the state of its digest while it comes in. Each has a fresh
/// nonce prefix and its own associated data. Wiped when dropped.
#[derive(Debug)]
pub struct FileKey(SecretKey);

/// What a wrapped key belongs to. A key that is wrapped for one owner does not open for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyOwner {
    /// The file.
    pub file: FileId,
    /// Its blob.
    pub blob: BlobId,
    /// Length of the plaintext, which decides where the last chunk of the blob is.
    pub size_bytes: u64,
}

impl KeyOwner {
    /// As a file has it.
    pub fn of(file: &File) -> Self {
        Self { file: file.id, blob: file.blob, size_bytes: file.size_bytes }
    }
}

/// A file key, sealed with a wrapping key of the ring: XChaCha20-Poly1305 with the owner and the id of the wrapping
/// key as associated data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// Which wrapping key opens it.
    pub key_id: KeyId,
    /// `WRAPPED_KEY_BYTES` bytes.
    pub sealed: Vec<u8>,
}

impl FileKey {
    /// A new key. A key must never seal a second content.
    pub fn generate(random: &dyn Random) -> Self {
        Self(SecretKey::generate(random))
    }

    /// Seals this key with the current wrapping key.
    ///
    /// # Errors
    ///
    /// None that can happen with 32 bytes; `TooLarge` is passed on from the cipher.
    pub fn wrap(&self, ring: &KeyRing, owner: &KeyOwner, random: &dyn Random) -> Result<WrappedKey, Error> {
        let wrapping = ring.current(Purpose::Wrapping);
        let mut sealed = Vec::new();
        let associated_data = associated_data(owner, wrapping.id());
        wrapping.secret().seal_onto(&mut sealed, self.0.as_bytes(), &associated_data, random)?;
        Ok(WrappedKey { key_id: wrapping.id(), sealed })
    }

    pub(super) fn secret(&self) -> &SecretKey {
        &self.0
    }

    #[cfg(test)]
    pub(super) fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(SecretKey::from_slice(&bytes).unwrap())
    }
}

impl WrappedKey {
    /// Opens the key for its owner.
    ///
    /// # Errors
    ///
    /// `UnknownKey` when the ring does not hold the wrapping key, `WrongLength` when `sealed` is not
    /// `WRAPPED_KEY_BYTES` long, `Tampered` when it was altered or belongs to another file, blob or size.
    pub fn unwrap_with(&self, ring: &KeyRing, owner: &KeyOwner) -> Result<FileKey, Error> {
        let wrapping = ring.find(Purpose::Wrapping, self.key_id)?;
        if self.sealed.len() != WRAPPED_KEY_BYTES {
            return Err(Error::WrongLength);
        }
        let key: Zeroizing<Vec<u8>> = wrapping.secret().open(&self.sealed, &associated_data(owner, self.key_id))?;
        Ok(FileKey(SecretKey::from_slice(&key)?))
    }

    /// Whether the current wrapping key sealed it; if not, rotation has it to rewrap.
    pub fn is_current(&self, ring: &KeyRing) -> bool {
        ring.current(Purpose::Wrapping).id() == self.key_id
    }

    /// The same file key under the current wrapping key. The blob stays as it is.
    ///
    /// # Errors
    ///
    /// Those of `unwrap_with`.
    pub fn rewrap(&self, ring: &KeyRing, owner: &KeyOwner, random: &dyn Random) -> Result<Self, Error> {
        self.unwrap_with(ring, owner)?.wrap(ring, owner, random)
    }
}

/// Every part has a fixed length, so no two owners share their associated data.
fn associated_data(owner: &KeyOwner, wrapping: KeyId) -> Vec<u8> {
    [
        LABEL,
        owner.file.as_bytes(),
        owner.blob.as_bytes(),
        owner.size_bytes.to_be_bytes().as_slice(),
        wrapping.as_bytes(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::super::key_ring::tests::sample_ring;
    use super::super::test_random::{BytesFrom, RepeatableRandom};
    use super::*;
    use crate::domain::timestamp::Timestamp;

    fn owner() -> KeyOwner {
        KeyOwner { file: FileId::from_bytes([0xf1; 16]), blob: BlobId::from_bytes([0xb1; 16]), size_bytes: 65_537 }
    }

    #[test]
    fn matches_the_vector_made_in_python() {
        let file_key = FileKey::from_bytes(std::array::from_fn(|index| index as u8));
        let wrapped = file_key.wrap(&sample_ring(), &owner(), &BytesFrom(0x60)).unwrap();
        assert_eq!(wrapped.key_id.to_string(), "0a0b0c0d0e0f1011");
        assert_eq!(
            HEXLOWER.encode(&wrapped.sealed),
            "606162636465666768696a6b6c6d6e6f7071727374757677f4259299b4c984d1b2be0552e577bbd33ed1f96675aa779e27216358fc0b34e70248c65d4ec7e7ab888de2c44d1b800a"
        );
    }

    #[test]
    fn opens_for_its_owner_alone() {
        let random = RepeatableRandom::default();
        let ring = sample_ring();
        let file_key = FileKey::generate(&random);
        let wrapped = file_key.wrap(&ring, &owner(), &random).unwrap();
        assert_eq!(wrapped.unwrap_with(&ring, &owner()).unwrap().0.as_bytes(), file_key.0.as_bytes());
        for other in [
            KeyOwner { file: FileId::from_bytes([0xf2; 16]), ..owner() },
            KeyOwner { blob: BlobId::from_bytes([0xb2; 16]), ..owner() },
            KeyOwner { size_bytes: 65_536, ..owner() },
            KeyOwner { file: FileId::from_bytes([0xb1; 16]), blob: BlobId::from_bytes([0xf1; 16]), ..owner() },
        ] {
            assert_eq!(wrapped.unwrap_with(&ring, &other).unwrap_err(), Error::Tampered, "{other:?}");
        }
    }

    #[test]
    fn alterations_and_unknown_keys_are_refused() {
        let random = RepeatableRandom::default();
        let ring = sample_ring();
        let wrapped = FileKey::generate(&random).wrap(&ring, &owner(), &random).unwrap();
        for position in 0..WRAPPED_KEY_BYTES {
            let mut altered = wrapped.clone();
            altered.sealed[position] ^= 0x80;
            assert_eq!(altered.unwrap_with(&ring, &owner()).unwrap_err(), Error::Tampered, "byte {position}");
        }
        for length in [0, WRAPPED_KEY_BYTES - 1, WRAPPED_KEY_BYTES + 1] {
            let mut cut = wrapped.clone();
            cut.sealed.resize(length, 0);
            assert_eq!(cut.unwrap_with(&ring, &owner()).unwrap_err(), Error::WrongLength);
        }
        let other_ring = KeyRing::generate(&random, Timestamp::from_millis(0)).unwrap();
        assert_eq!(
            wrapped.unwrap_with(&other_ring, &owner()).unwrap_err(),
            Error::UnknownKey { key_id: wrapped.key_id }
        );
        // The id of another wrapping key of the same ring.
        let mut rotated = sample_ring();
        rotated.rotate(Purpose::Wrapping, &random, Timestamp::from_millis(1)).unwrap();
        let relabelled = WrappedKey { key_id: rotated.current(Purpose::Wrapping).id(), ..wrapped };
        assert_eq!(relabelled.unwrap_with(&rotated, &owner()).unwrap_err(), Error::Tampered);
    }

    #[test]
    fn rotation_rewraps_and_the_old_key_opens_until_then() {
        let random = RepeatableRandom::default();
        let mut ring = sample_ring();
        let file_key = FileKey::generate(&random);
        let before = file_key.wrap(&ring, &owner(), &random).unwrap();
        ring.rotate(Purpose::Wrapping, &random, Timestamp::from_millis(1)).unwrap();
        assert!(!before.is_current(&ring));
        let after = before.rewrap(&ring, &owner(), &random).unwrap();
        assert!(after.is_current(&ring));
        ring.retire(Purpose::Wrapping, before.key_id).unwrap();
        assert_eq!(before.unwrap_with(&ring, &owner()).unwrap_err(), Error::UnknownKey { key_id: before.key_id });
        assert_eq!(after.unwrap_with(&ring, &owner()).unwrap().0.as_bytes(), file_key.0.as_bytes());
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", FileKey::from_bytes([0xab; 32])), "FileKey(SecretKey(..))");
    }
}
