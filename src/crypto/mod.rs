//! Everything secret: file keys, the sealed blob, the key ring, sealed tokens, password hashes, access tokens.
//!
//! Floor 1. Imports `domain` and does no I/O: what is sealed, opened, written and read is handed in as bytes, and so
//! are time and randomness. Keys are wiped when they are dropped, nothing secret prints itself with `Debug`, and an
//! error says what kind of thing went wrong and at most the id of a key.
//!
//! One secret has one purpose. The ring keeps a separate key for each, and every use binds a label of its own into
//! what it authenticates, so that nothing made for one place is ever taken in another.

pub mod access_token;
pub mod checksum;
mod chunk_cipher;
pub mod chunk_span;
pub mod content_digest;
pub mod error;
pub mod file_key;
pub mod key_id;
pub mod key_ring;
pub mod os_random;
pub mod passkey;
pub mod password;
pub mod recovery_code;
pub mod ring_export;
mod ring_text;
pub mod sealed_blob;
pub mod sealed_token;
mod secret_key;
pub mod secret_token;
#[cfg(test)]
mod test_random;
pub mod totp;

pub use error::Error;
