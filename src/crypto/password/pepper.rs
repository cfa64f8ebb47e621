//! A secret that goes into every password hash and does not lie in the database (RFC 9106 section 3.1, "secret value").

use std::fmt;
use std::sync::Arc;

use data_encoding::BASE64_NOPAD;
use zeroize::Zeroizing;

use super::super::error::Error;
use super::Cost;

/// The shortest pepper, in bytes.
pub const MIN_PEPPER_BYTES: usize = 16;

const ID_SALT: &[u8] = b"strongroom pepper id v1";
const ID_BYTES: usize = 4;

/// A pepper and its public name. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Pepper {
    secret: Arc<Zeroizing<String>>,
    id: String,
}

impl Pepper {
    /// The name is by itself a slow hash, so that it is no quick way to try peppers out.
    pub(super) fn new(secret: &str) -> Result<Self, Error> {
        if secret.len() < MIN_PEPPER_BYTES {
            return Err(Error::BadParameters("a pepper must have at least 16 bytes"));
        }
        let digest = Cost::LEAST.derive(secret, ID_SALT, None)?;
        Ok(Self {
            secret: Arc::new(Zeroizing::new(secret.to_owned())),
            id: BASE64_NOPAD.encode(digest.get(..ID_BYTES).unwrap_or_default()),
        })
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.secret.as_bytes()
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pepper({})", self.id)
    }
}
