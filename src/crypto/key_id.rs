//! How keys are named where anyone may read it.

use data_encoding::HEXLOWER;

use crate::domain::random::{Random, random_bytes};

const KEY_ID_BYTES: usize = 8;

/// The public name of a key: 8 random bytes, written as 16 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; KEY_ID_BYTES]);

impl KeyId {
    /// Reads what `Display` writes, and no other spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    pub(super) fn generate(random: &dyn Random) -> Self {
        Self(random_bytes(random))
    }

    pub(super) fn from_bytes(bytes: [u8; KEY_ID_BYTES]) -> Self {
        Self(bytes)
    }

    pub(super) fn as_bytes(&self) -> &[u8; KEY_ID_BYTES] {
        &self.0
    }
}

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl std::fmt::Debug for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_has_one_spelling() {
        let id = KeyId::from_bytes([0, 1, 2, 3, 0xab, 0xcd, 0xef, 0xff]);
        assert_eq!(format!("{id} {id:?}"), "00010203abcdefff 00010203abcdefff");
        assert_eq!(KeyId::parse("00010203abcdefff"), Some(id));
        for bad in
            ["", "00010203ABCDEFFF", "00010203abcdef", "00010203abcdefff00", "00010203abcdeffg", " 0010203abcdefff"]
        {
            assert_eq!(KeyId::parse(bad), None, "{bad:?}");
        }
    }
}
