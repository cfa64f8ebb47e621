//! Sealed tokens: short messages to ourselves that nobody else can read, make or alter.
//!
//! `base64url( version 1 (u8) | key id (8) | nonce (24) | sealed payload | tag (16) )`, without padding (RFC 4648
//! section 5): XChaCha20-Poly1305 with version, purpose, key id and context as associated data. One token has one spelling.
//!
//! Each purpose has a key of its own, but for what came later, since every ring has the same keys, old ones too. The secrets of
//! second factors lie at rest for years as the keys of files do, so they are under the wrapping key, whose other use binds
//! another label (`file_key`); before such a key is retired, both have to be sealed anew. The challenges of passkeys live for
//! minutes and travel as links do, so they are under the key of links. The seal of a backup is under the wrapping key, without which
//! its rows are worth nothing anyway. Nonces are 192 random bits and each purpose stands in the
//! associated data, so none opens as another.
//!
//! Version and key id are nine bytes and so exactly the first twelve characters: what a key has sealed is found by them.

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use crate::domain::random::Random;

use super::error::Error;
use super::key_id::KeyId;
use super::key_ring::{KeyRing, Purpose};
use super::secret_key::OVERHEAD_BYTES;

/// The longest token that is made or read, in characters.
pub const MAX_TOKEN_CHARS: usize = 4096;
/// The longest payload that fits into one, in bytes.
pub const MAX_PAYLOAD_BYTES: usize = MAX_TOKEN_CHARS / 4 * 3 - HEAD_BYTES - OVERHEAD_BYTES;

const LABEL: &[u8] = b"strongroom sealed token\0";
const VERSION: u8 = 1;
/// Version and key id.
const HEAD_BYTES: usize = 1 + size_of::<KeyId>();

/// What a sealed token is for. A token of one purpose never opens as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPurpose {
    /// A download link.
    Link,
    /// A place in a list.
    Cursor,
    /// The token in a mail that waits to be sent.
    Mail,
    /// The secret of a second factor.
    SecondFactor,
    /// The challenge to make a passkey.
    PasskeyRegistration,
    /// The challenge to sign in with a passkey.
    PasskeySignIn,
    /// The seal of a backup's manifest, which is its context: the token itself says nothing.
    Backup,
}

impl TokenPurpose {
    fn of_ring(self) -> Purpose {
        match self {
            Self::Link | Self::PasskeyRegistration | Self::PasskeySignIn => Purpose::Link,
            Self::Cursor => Purpose::Cursor,
            Self::Mail => Purpose::Mail,
            Self::SecondFactor | Self::Backup => Purpose::Wrapping,
        }
    }

    /// The name in the associated data.
    fn as_str(self) -> &'static str {
        match self {
            Self::Link | Self::Cursor | Self::Mail => self.of_ring().as_str(),
            Self::SecondFactor => "second factor",
            Self::PasskeyRegistration => "passkey registration",
            Self::PasskeySignIn => "passkey sign-in",
            Self::Backup => "backup",
        }
    }
}

/// Seals `payload` with the current key of the purpose. Only who names the same `context` can open it: what the token
/// belongs to, such as a user or a list.
///
/// # Errors
///
/// `TooLarge` when the payload has more than `MAX_PAYLOAD_BYTES`.
pub fn seal(
    ring: &KeyRing,
    purpose: TokenPurpose,
    context: &[u8],
    payload: &[u8],
    random: &dyn Random,
) -> Result<String, Error> {
    if payload.len() > MAX_PAYLOAD_BYTES {
        return Err(Error::TooLarge);
    }
    let key = ring.current(purpose.of_ring());
    let mut token = Vec::with_capacity(HEAD_BYTES + OVERHEAD_BYTES + payload.len());
    token.push(VERSION);
    token.extend_from_slice(key.id().as_bytes());
    key.secret().seal_onto(&mut token, payload, &associated_data(purpose, key.id(), context), random)?;
    Ok(BASE64URL_NOPAD.encode(&token))
}

/// Opens what `seal` made for the same purpose and context. The payload is wiped when dropped; its `Debug` prints it.
///
/// # Errors
///
/// `TooLarge` beyond `MAX_TOKEN_CHARS`, `Malformed` or `Truncated` when it is no token of this version, `UnknownKey`
/// when its key is no longer in the ring, `Tampered` when it was altered or made for another purpose or context.
pub fn open(ring: &KeyRing, purpose: TokenPurpose, context: &[u8], token: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    if token.len() > MAX_TOKEN_CHARS {
        return Err(Error::TooLarge);
    }
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).map_err(|_| Error::Malformed)?;
    let (version, rest) = bytes.split_first().ok_or(Error::Truncated)?;
    if *version != VERSION {
        return Err(Error::Malformed);
    }
    let (key_id, sealed) = rest.split_first_chunk().ok_or(Error::Truncated)?;
    let key_id = KeyId::from_bytes(*key_id);
    let key = ring.find(purpose.of_ring(), key_id)?;
    key.secret().open(sealed, &associated_data(purpose, key_id, context))
}

/// What `seal` made, sealed anew with the current key of its purpose; `None` where that one has sealed it already.
///
/// # Errors
///
/// Those of `open`.
pub fn reseal(
    ring: &KeyRing,
    purpose: TokenPurpose,
    context: &[u8],
    token: &str,
    random: &dyn Random,
) -> Result<Option<String>, Error> {
    if token.starts_with(&beginning_of(ring.current(purpose.of_ring()).id())) {
        return Ok(None);
    }
    let payload = open(ring, purpose, context, token)?;
    seal(ring, purpose, context, &payload, random).map(Some)
}

/// How every token begins that a key has sealed.
pub fn beginning_of(key_id: KeyId) -> String {
    let mut head = [VERSION; HEAD_BYTES];
    head[1..].copy_from_slice(key_id.as_bytes());
    BASE64URL_NOPAD.encode(&head)
}

/// Every part has a fixed length or ends in a zero byte, but for the context, which comes last: no two are alike.
fn associated_data(purpose: TokenPurpose, key_id: KeyId, context: &[u8]) -> Vec<u8> {
    [LABEL, &[VERSION], purpose.as_str().as_bytes(), &[0], key_id.as_bytes(), context].concat()
}

#[cfg(test)]
mod tests;
