//! The key ring as text: TOML, with everything that is not known refused.

use data_encoding::HEXLOWER;
use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

use crate::domain::timestamp::Timestamp;

use super::error::Error;
use super::key_id::KeyId;
use super::key_ring::{KeyRing, KeySet, RING_ID_BYTES, RingKey};
use super::secret_key::{KEY_BYTES, SecretKey};

const VERSION: u32 = 1;
const MAX_TEXT_BYTES: usize = 256 * 1024;
/// More than any key takes, so that the text never moves while it grows and leaves no copy behind.
const TEXT_BYTES_PER_KEY: usize = 256;

const WARNING: &str = "\
# The key ring of a Strongroom installation: all of its long-lived secrets.
# Whoever reads this can read every stored file and sign in as anyone; whoever loses it loses every file.
# Keep a copy, apart from the database and the objects (`strongroom keys export`). Keys are changed by `strongroom keys rotate`
# and `keys retire`, never by hand: the database knows every one of them.
";

#[derive(Deserialize)]
struct VersionText {
    version: u32,
}

// Borrowed strings: the secrets are decoded where they stand, so no copy of the text is left in memory.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RingText<'a> {
    #[serde(rename = "version")]
    _version: u32,
    ring_id: &'a str,
    #[serde(borrow)]
    wrapping: Vec<KeyText<'a>>,
    signing: Vec<KeyText<'a>>,
    link: Vec<KeyText<'a>>,
    cursor: Vec<KeyText<'a>>,
    mail: Vec<KeyText<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyText<'a> {
    id: &'a str,
    created_at: &'a str,
    secret: &'a str,
}

impl KeyRing {
    /// Reads what `to_text` writes.
    ///
    /// # Errors
    ///
    /// `BadRing` for text that is not a key ring of version 1, lacks a purpose, has a field that is not known, an
    /// unreadable or short key, or two keys with one id or one secret; `WeakKey` for a key that is no random one.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.trim().is_empty() {
            return Err(Error::BadRing("it is empty"));
        }
        if text.len() > MAX_TEXT_BYTES {
            return Err(Error::BadRing("it is too long"));
        }
        // The parser's own errors quote the text, so none of them may be passed on.
        let VersionText { version } =
            toml::from_str(text).map_err(|_| Error::BadRing("not TOML with a version number"))?;
        if version != VERSION {
            return Err(Error::BadRing("a version that this program does not know"));
        }
        let fields: RingText<'_> =
            toml::from_str(text).map_err(|_| Error::BadRing("a purpose or a field is missing, wrong or not known"))?;
        let ring_id = HEXLOWER.decode(fields.ring_id.as_bytes()).ok();
        let ring_id: Option<[u8; RING_ID_BYTES]> = ring_id.and_then(|bytes| bytes.try_into().ok());
        let ring = Self {
            ring_id: ring_id.ok_or(Error::BadRing("ring_id is not 32 lower-case hexadecimal digits"))?,
            wrapping: key_set(&fields.wrapping)?,
            signing: key_set(&fields.signing)?,
            link: key_set(&fields.link)?,
            cursor: key_set(&fields.cursor)?,
            mail: key_set(&fields.mail)?,
        };
        ring.check()?;
        Ok(ring)
    }

    /// The ring as `parse` reads it, secrets included, wiped when dropped. Its `Debug` prints all of it: hand it to
    /// whatever stores the ring, and to nothing else.
    pub fn to_text(&self) -> Zeroizing<String> {
        let keys = self.all_keys().count();
        let mut text = Zeroizing::new(String::with_capacity(WARNING.len() + (keys + 1) * TEXT_BYTES_PER_KEY));
        text.push_str(WARNING);
        text.push_str(&format!("version = {VERSION}\nring_id = \"{}\"\n", HEXLOWER.encode(&self.ring_id)));
        for (purpose, key) in self.all_keys() {
            text.push_str(&format!("\n[[{}]]\nid = \"{}\"\n", purpose.as_str(), key.id()));
            text.push_str(&format!("created_at = \"{}\"\nsecret = \"", key.created_at().to_rfc3339()));
            HEXLOWER.encode_append(key.secret().as_bytes(), &mut text);
            text.push_str("\"\n");
        }
        text
    }
}

fn key_set(texts: &[KeyText<'_>]) -> Result<KeySet, Error> {
    let keys = texts.iter().map(ring_key).collect::<Result<Vec<_>, _>>()?;
    KeySet::of(keys).ok_or(Error::BadRing("a purpose has no key"))
}

fn ring_key(text: &KeyText<'_>) -> Result<RingKey, Error> {
    let id = KeyId::parse(text.id).ok_or(Error::BadRing("a key's id is not 16 lower-case hexadecimal digits"))?;
    let created_at = Timestamp::parse_rfc3339(text.created_at)
        .ok_or(Error::BadRing("a key's created_at is not a date-time of RFC 3339"))?;
    Ok(RingKey::new(id, created_at, secret_key(text.secret)?))
}

fn secret_key(text: &str) -> Result<SecretKey, Error> {
    const PROBLEM: Error = Error::BadRing("a secret is not 64 lower-case hexadecimal digits");
    if text.len() != 2 * KEY_BYTES {
        return Err(PROBLEM);
    }
    let mut bytes = [0; KEY_BYTES];
    let decoded = HEXLOWER.decode_mut(text.as_bytes(), &mut bytes);
    let key = decoded.map_err(|_| PROBLEM).and_then(|_| SecretKey::from_slice(&bytes));
    bytes.zeroize();
    key
}
