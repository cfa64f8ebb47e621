//! What can go wrong with secrets, without telling any.

use super::key_id::KeyId;

/// Why something could not be sealed, opened, hashed or read.
///
/// Carries a kind and at most the id of a key, never a byte of a key, a token or a plaintext, so it may be logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Fewer bytes than there must be.
    #[error("cut short")]
    Truncated,
    /// The authentication tag or signature does not fit: changed, moved, or made for something else.
    #[error("altered, or made for something else")]
    Tampered,
    /// Sealed or signed with a key that the ring does not hold.
    #[error("key {key_id} is not in the key ring")]
    UnknownKey {
        /// Which key.
        key_id: KeyId,
    },
    /// A length that the format does not allow here.
    #[error("a length that the format does not allow")]
    WrongLength,
    /// A chunk or a range that lies outside the file.
    #[error("outside the file")]
    OutOfRange,
    /// More than the format can carry.
    #[error("larger than the format allows")]
    TooLarge,
    /// Not in the format that is expected here.
    #[error("not in the expected format")]
    Malformed,
    /// A key that somebody could guess.
    #[error("key {key_id} is not random")]
    WeakKey {
        /// Which key.
        key_id: KeyId,
    },
    /// The key ring as a whole cannot be used.
    #[error("bad key ring: {0}")]
    BadRing(&'static str),
    /// Its time has passed.
    #[error("expired")]
    Expired,
    /// Its time has not come.
    #[error("not valid yet")]
    NotYetValid,
    /// Parameters of password hashing outside the accepted range.
    #[error("bad password hashing parameters: {0}")]
    BadParameters(&'static str),
    /// The memory that hashing a password takes could not be had.
    #[error("not enough memory")]
    OutOfMemory,
}
