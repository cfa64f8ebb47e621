//! A password hash as the database keeps it: a PHC string.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Version};

use super::super::error::Error;
use super::{Cost, HASH_BYTES, MAX_ITERATIONS, MAX_MEMORY_KIB, MAX_PARALLELISM, SALT_BYTES};

const MAX_PHC_CHARS: usize = 256;
/// Names the pepper, as the format foresees.
const PEPPER_ID: &str = "keyid";

pub(super) struct StoredHash {
    pub(super) cost: Cost,
    /// Which pepper went into it; `None` where none did.
    pub(super) pepper_id: Option<String>,
    pub(super) salt: Salt,
    pub(super) output: Output,
}

impl StoredHash {
    pub(super) fn new(cost: Cost, pepper_id: Option<&str>, salt: &[u8], output: &[u8]) -> Result<Self, Error> {
        Ok(Self {
            cost,
            pepper_id: pepper_id.map(str::to_owned),
            salt: Salt::new(salt).map_err(|_| Error::Malformed)?,
            output: Output::new(output).map_err(|_| Error::Malformed)?,
        })
    }

    /// Takes a stored hash apart; only Argon2id of version 19 with the three parameters, and perhaps the name of a pepper,
    /// is one.
    pub(super) fn parse(phc: &str) -> Result<Self, Error> {
        if phc.len() > MAX_PHC_CHARS {
            return Err(Error::Malformed);
        }
        let parsed = PasswordHash::new(phc).map_err(|_| Error::Malformed)?;
        let pepper_id = parsed.params.get_str(PEPPER_ID).map(str::to_owned);
        let is_ours = parsed.algorithm == ARGON2ID_IDENT
            && parsed.version == Some(Version::V0x13.into())
            && parsed.params.iter().count() == 3 + usize::from(pepper_id.is_some());
        let (Some(salt), Some(output), true) = (parsed.salt, parsed.hash, is_ours) else {
            return Err(Error::Malformed);
        };
        let parameter = |name| parsed.params.get_decimal(name).ok_or(Error::Malformed);
        let (memory_kib, iterations, parallelism) = (parameter("m")?, parameter("t")?, parameter("p")?);
        if memory_kib > MAX_MEMORY_KIB || iterations > MAX_ITERATIONS || parallelism > MAX_PARALLELISM {
            return Err(Error::BadParameters("a stored hash asks for too much"));
        }
        if salt.len() != SALT_BYTES || output.len() != HASH_BYTES {
            return Err(Error::Malformed);
        }
        Ok(Self { cost: Cost { memory_kib, iterations, parallelism }, pepper_id, salt, output })
    }

    pub(super) fn to_phc(&self) -> Result<String, Error> {
        let mut params = ParamsString::try_from(&self.cost.params()?).map_err(|_| Error::Malformed)?;
        if let Some(id) = &self.pepper_id {
            params.add_str(PEPPER_ID, id.as_str()).map_err(|_| Error::Malformed)?;
        }
        let phc = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params,
            salt: Some(self.salt),
            hash: Some(self.output),
        };
        Ok(phc.to_string())
    }

    /// Whether a password is compared with both by the work of one.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        self.cost == other.cost && self.pepper_id == other.pepper_id && self.salt == other.salt
    }
}
