//! Ids that carry their type.
//!
//! An id is 16 random bytes, written `prefix_` and 26 characters of lower-case base32 (RFC 4648 section 6,
//! no padding). One type's id is refused where another's is due.

use data_encoding::{BASE32_NOPAD, HEXLOWER};

use super::random::{Random, random_bytes};

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// What stands before the underscore in the text form.
            pub const PREFIX: &'static str = $prefix;

            /// A new id.
            pub fn generate(random: &dyn Random) -> Self {
                Self(random_bytes(random))
            }

            /// The id with these bytes.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 bytes, as they go into associated data.
            pub fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// Reads the text form; only the spelling that `Display` writes is taken.
            pub fn parse(text: &str) -> Option<Self> {
                Self::from_key(text.strip_prefix($prefix)?.strip_prefix('_')?)
            }

            /// The 26 characters without the prefix: the key of the stored row.
            pub fn key(&self) -> String {
                BASE32_NOPAD.encode(&self.0).to_ascii_lowercase()
            }

            /// Reads what `key` writes.
            pub fn from_key(key: &str) -> Option<Self> {
                let bytes = BASE32_NOPAD.decode(key.to_ascii_uppercase().as_bytes()).ok()?;
                let id = Self(bytes.try_into().ok()?);
                (id.key() == key).then_some(id)
            }

            /// 32 hexadecimal digits, which sort as the bytes do.
            pub fn to_hex(&self) -> String {
                HEXLOWER.encode(&self.0)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}_{}", $prefix, self.key())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{self}")
            }
        }
    )+};
}

typed_ids! {
    /// A person with an account.
    UserId = "user";
    /// A sign-up that waits for its address to be confirmed.
    RegistrationId = "registration";
    /// A permission to sign up.
    InvitationId = "invitation";
    /// One sign-in and the refresh tokens that descend from it.
    SessionId = "session";
    /// A credential that a browser or a security key keeps.
    PasskeyId = "passkey";
    /// A stored document.
    FileId = "file";
    /// The sealed bytes of a document, and the name of the object that holds them.
    BlobId = "blob";
    /// A grant of one file to one Client or to every Client.
    ShareId = "share";
    /// One download link.
    LinkId = "link";
    /// One act that was written down.
    EventId = "event";
    /// One mail that waits to be sent.
    MailId = "mail";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips() {
        let id = FileId::from_bytes([7; 16]);
        assert_eq!(FileId::parse(&id.to_string()), Some(id));
        assert_eq!(id.to_string().len(), "file_".len() + 26);
    }

    #[test]
    fn other_types_and_other_spellings_are_refused() {
        let id = FileId::from_bytes([7; 16]);
        let text = id.to_string();
        assert_eq!(ShareId::parse(&text), None);
        for bad in [
            text.to_uppercase(),
            text.replace('_', "-"),
            format!("{text} "),
            format!("{text}a"),
            text[..text.len() - 1].to_owned(),
            "file_".to_owned(),
            String::new(),
            "file_aaaaaaaaaaaaaaaaaaaaaaaaab".to_owned(),
            "file_\0aaaaaaaaaaaaaaaaaaaaaaaaa".to_owned(),
        ] {
            assert_eq!(FileId::parse(&bad), None, "{bad:?}");
        }
    }
}
