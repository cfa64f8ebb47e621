//! Opaque single-use tokens: 256 random bits that are handed out once and stored only as a hash.
//!
//! A hash without salt or stretching is enough here, because nobody can try 2^256 values.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::domain::random::Random;

use super::error::Error;
use super::secret_key::SecretKey;

const TOKEN_BYTES: usize = 32;
/// Length of a token in characters.
pub const TOKEN_CHARS: usize = 43;

/// What a token is for. A token of one kind is no token of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Confirms the address of a sign-up.
    Verification,
    /// Permits a sign-up.
    Invitation,
    /// Gets the next pair of session tokens.
    Refresh,
    /// Sets a new password.
    PasswordReset,
    /// Confirms a change of address.
    EmailChange,
    /// Stands in the cookie of a session.
    Cookie,
}

impl TokenKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Verification, Self::Invitation, Self::Refresh, Self::PasswordReset, Self::EmailChange, Self::Cookie];

    /// The label that sets the hashes of one kind apart, ended by a zero byte.
    fn label(self) -> &'static [u8] {
        match self {
            Self::Verification => b"strongroom verification token v1\0",
            Self::Invitation => b"strongroom invitation token v1\0",
            Self::Refresh => b"strongroom refresh token v1\0",
            Self::PasswordReset => b"strongroom password reset token v1\0",
            Self::EmailChange => b"strongroom address change token v1\0",
            Self::Cookie => b"strongroom session cookie v1\0",
        }
    }
}

/// A new token: 43 characters of base64url without padding (RFC 4648 section 5).
pub fn generate(random: &dyn Random) -> SecretString {
    // A key is a place for random bytes that wipes itself.
    let bytes = SecretKey::generate(random);
    SecretString::from(BASE64URL_NOPAD.encode(bytes.as_bytes()))
}

/// What the database stores of a token: 64 lower-case hexadecimal digits of SHA-256 over the kind and the token.
///
/// # Errors
///
/// `Malformed` when `text` is not what `generate` makes, which costs no more than looking at it.
pub fn hash(kind: TokenKind, text: &str) -> Result<String, Error> {
    if text.len() != TOKEN_CHARS {
        return Err(Error::Malformed);
    }
    let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| Error::Malformed)?);
    debug_assert_eq!(bytes.len(), TOKEN_BYTES);
    let digest = Sha256::new_with_prefix(kind.label()).chain_update(&*bytes).finalize();
    Ok(HEXLOWER.encode(&digest))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use secrecy::ExposeSecret;

    use super::super::test_random::{BytesFrom, RepeatableRandom};
    use super::*;

    #[test]
    fn matches_the_vector_made_in_python() {
        let token = generate(&BytesFrom(0xe0));
        assert_eq!(token.expose_secret(), "4OHi4-Tl5ufo6err7O3u7_Dx8vP09fb3-Pn6-_z9_v8");
        assert_eq!(
            hash(TokenKind::Refresh, token.expose_secret()).unwrap(),
            "338da35674e5629b66419d02d49aa719ad8083b8d5e65185b74a5433501c5d9b"
        );
    }

    #[test]
    fn kinds_and_tokens_never_share_a_hash() {
        let random = RepeatableRandom::default();
        let tokens = [generate(&random), generate(&random)];
        let hashes: HashSet<String> = tokens
            .iter()
            .flat_map(|token| TokenKind::ALL.map(|kind| hash(kind, token.expose_secret()).unwrap()))
            .collect();
        assert_eq!(hashes.len(), 2 * TokenKind::ALL.len());
        assert!(hashes.iter().all(|hash| hash.len() == 64));
    }

    #[test]
    fn every_altered_character_gives_another_hash_or_none() {
        let token = generate(&RepeatableRandom::default());
        let text = token.expose_secret();
        let right = hash(TokenKind::Invitation, text);
        for position in 0..text.len() {
            for replacement in ["A", "B", "_", "=", "+", " ", "é"] {
                let mut altered = text.to_owned();
                altered.replace_range(position..=position, replacement);
                assert!(altered == *text || hash(TokenKind::Invitation, &altered) != right, "{position} {replacement}");
            }
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        let token = generate(&RepeatableRandom::default());
        let text = token.expose_secret();
        for bad in [
            String::new(),
            text[1..].to_owned(),
            format!("{text}A"),
            format!("{text}="),
            format!(" {}", &text[1..]),
            // The same bytes with other trailing bits.
            format!("{}B", "A".repeat(42)),
            "é".repeat(21) + "A",
        ] {
            assert_eq!(hash(TokenKind::Refresh, &bad), Err(Error::Malformed), "{bad:?}");
        }
        assert!(hash(TokenKind::Refresh, &"A".repeat(43)).is_ok());
    }

    #[test]
    fn debug_shows_no_token() {
        let token = generate(&RepeatableRandom::default());
        assert!(!format!("{token:?}").contains(&token.expose_secret()[..4]));
    }
}
