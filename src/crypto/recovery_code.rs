//! Recovery codes: what somebody signs in with, once each, whose authenticator is lost.
//!
//! 80 random bits, stored as SHA-256 over a label and the bits. Stretching and salt would add nothing: nobody tries 2^80
//! values, however fast the hash, and no two users share a code.

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::domain::random::Random;

/// Sixteen characters of Base32.
const CODE_BYTES: usize = 10;
/// The characters that are written together.
const GROUP_CHARS: usize = 4;
/// More than anybody types for a code.
const MAX_TEXT_BYTES: usize = 64;
const LABEL: &[u8] = b"strongroom recovery code v1\0";

/// A new code, in the form `abcd-efgh-ijkl-mnop`.
pub fn generate(random: &dyn Random) -> SecretString {
    let mut bytes = Zeroizing::new([0; CODE_BYTES]);
    random.fill(&mut *bytes);
    let characters = Zeroizing::new(BASE32_NOPAD.encode(&*bytes).to_ascii_lowercase());
    let mut text = String::with_capacity(2 * characters.len());
    for (index, character) in characters.chars().enumerate() {
        if index > 0 && index % GROUP_CHARS == 0 {
            text.push('-');
        }
        text.push(character);
    }
    text.into()
}

/// What the database stores of a code: 64 lower-case hexadecimal digits. Case, spaces and hyphens do not matter. `None` for
/// what is no code.
pub fn hash(text: &str) -> Option<String> {
    if text.len() > MAX_TEXT_BYTES {
        return None;
    }
    let significant = text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase());
    let characters = Zeroizing::new(significant.collect::<String>());
    let bytes = Zeroizing::new(BASE32_NOPAD.decode(characters.as_bytes()).ok()?);
    if bytes.len() != CODE_BYTES {
        return None;
    }
    Some(HEXLOWER.encode(&Sha256::new_with_prefix(LABEL).chain_update(&*bytes).finalize()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use secrecy::ExposeSecret;

    use super::super::test_random::{BytesFrom, RepeatableRandom};
    use super::*;

    #[test]
    fn matches_the_vector_made_in_python() {
        let code = generate(&BytesFrom(0xe0));
        assert_eq!(code.expose_secret(), "4dq6-fy7e-4xto-p2hj");
        let expected = "e026ef8a836bb30ec222746b660af66f9d8265b9bdde90d48a8f0be092b00e00";
        assert_eq!(hash(code.expose_secret()).unwrap(), expected);
    }

    #[test]
    fn how_a_code_is_typed_does_not_matter() {
        let code = generate(&RepeatableRandom::default());
        let text = code.expose_secret();
        let expected = hash(text);
        assert!(expected.is_some());
        for typed in [
            text.to_ascii_uppercase(),
            text.replace('-', ""),
            text.replace('-', " "),
            format!("  {text}\n"),
            text.replace('-', " - "),
        ] {
            assert_eq!(hash(&typed), expected, "{typed}");
        }
    }

    #[test]
    fn what_is_no_code_has_no_hash() {
        let code = generate(&RepeatableRandom::default());
        let text = code.expose_secret();
        for bad in ["", "123456", "-", &text[1..], &format!("{text}a"), &text.replace('-', "_"), &" ".repeat(1000)] {
            assert_eq!(hash(bad), None, "{bad}");
        }
    }

    #[test]
    fn codes_differ() {
        let random = RepeatableRandom::default();
        let hashes: HashSet<_> = (0..100).map(|_| hash(generate(&random).expose_secret()).unwrap()).collect();
        assert_eq!(hashes.len(), 100);
    }
}
