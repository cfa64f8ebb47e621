//! What keys of the ring have sealed: found by the key, and sealed anew a part at a time.
//!
//! What is left to do is said by the rows themselves: whatever is sealed anew is found by its former key no more. So work that
//! died is gone on with by whoever looks, and two who do the same do no harm: a row is written only if it still is as it was read.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use surrealdb::types::{Bytes, RecordId, SurrealValue};

use super::blob::StoredKey;
use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::rotation::{STILL_MINE, worker_variables};
use super::row::{key_of, record};
use crate::domain::id::{BlobId, FileId};

/// A wrapped key with all that it is bound to.
#[derive(Clone, Debug)]
pub struct OwnedKey {
    /// The content that it belongs to; `None` where the row is not as it should be, as in what follows.
    pub content: Option<BlobId>,
    /// The file.
    pub file: Option<FileId>,
    /// Its place in the order in which they are read.
    pub place: String,
    /// Bytes of the plaintext.
    pub size_bytes: Option<u64>,
    /// The key itself, wrapped.
    pub key: StoredKey,
}

/// Texts that keys of the ring have sealed, and that lie at rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedTexts {
    /// Secrets of second factors, each of its user.
    SecondFactors,
    /// Tokens of mails that wait, each of its mail.
    Mails,
}

/// A sealed text.
#[derive(Clone, Debug)]
pub struct SealedText {
    /// The key of its row, which names the user or the mail.
    pub row: String,
    /// The text.
    pub text: String,
}

#[derive(SurrealValue)]
struct OwnedKeyRecord {
    id: RecordId,
    key_id: String,
    sealed: Bytes,
    file: String,
    size_bytes: i64,
}

#[derive(SurrealValue)]
struct RewrappedRecord {
    id: RecordId,
    key_id: String,
    sealed: Bytes,
}

#[derive(SurrealValue)]
struct SealedSecretRecord {
    id: RecordId,
    secret: String,
}

#[derive(SurrealValue)]
struct SealedTokenRecord {
    id: RecordId,
    token: String,
}

#[derive(SurrealValue)]
struct ResealedRecord {
    id: RecordId,
    was: String,
    was_hash: String,
    text: String,
}

/// What a sealed text is remembered by once it was sealed anew.
pub(super) fn hash_of_sealed(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

impl Store {
    /// File keys that a key of the ring has wrapped, from behind a place on.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_keys_wrapped_by(&self, key: &str, after: &str, limit: usize) -> Result<Vec<OwnedKey>, Error> {
        // Rows that name no file are left out: nobody could open them.
        let text =
            format!("SELECT * FROM wrapped_key WHERE key_id = $key AND file > $after ORDER BY file ASC LIMIT {limit}");
        let variables = variables! { key: key.to_owned(), after: after.to_owned() };
        let rows: Vec<OwnedKeyRecord> = self.rows("wrapped_key", &text, variables).await?;
        let read = |row: OwnedKeyRecord| OwnedKey {
            content: key_of(&row.id).and_then(BlobId::from_key),
            file: FileId::from_key(&row.file),
            place: row.file,
            size_bytes: u64::try_from(row.size_bytes).ok(),
            key: StoredKey { key_id: row.key_id, sealed: row.sealed.to_vec() },
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// How many file keys a key of the ring has wrapped.
    ///
    /// # Errors
    /// As any read.
    pub async fn count_keys_wrapped_by(&self, key: &str) -> Result<u64, Error> {
        let text = "SELECT VALUE count FROM (SELECT count() FROM wrapped_key WHERE key_id = $key GROUP ALL)";
        let counts: Vec<i64> = self.rows("wrapped_key", text, variables! { key: key.to_owned() }).await?;
        Ok(counts.first().and_then(|count| u64::try_from(*count).ok()).unwrap_or(0))
    }

    /// Puts newly wrapped keys in the place of those that the key `was` has wrapped, where they are still there. Some hundred keys:
    /// a transaction has to fit into memory.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone) when another instance has taken the work over.
    pub async fn replace_wrapped_keys(
        &self,
        worker: &str,
        was: &str,
        keys: Vec<(BlobId, StoredKey)>,
    ) -> Result<(), Error> {
        let body = format!(
            "{STILL_MINE}
             FOR $it IN $keys {{
                 LET $id = $it.id;
                 UPDATE $id SET key_id = $it.key_id, sealed = $it.sealed WHERE key_id = $was RETURN NONE;
             }};
             RETURN true"
        );
        let mut variables = worker_variables(worker);
        variables.insert("was", was.to_owned());
        let record_of = |(content, key): (BlobId, StoredKey)| RewrappedRecord {
            id: record("wrapped_key", content.key()),
            key_id: key.key_id,
            sealed: Bytes::from(key.sealed),
        };
        variables.insert("keys", keys.into_iter().map(record_of).collect::<Vec<_>>());
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }

    /// Sealed texts that begin as those of one key do, from behind a text on.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_sealed_texts(
        &self,
        of: SealedTexts,
        beginning: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<SealedText>, Error> {
        let variables = variables! {
            from: if after.is_empty() { beginning.to_owned() } else { after.to_owned() },
            until: end_of(beginning),
        };
        let read = |id: &RecordId, text| SealedText { row: key_of(id).unwrap_or_default().to_owned(), text };
        match of {
            SealedTexts::SecondFactors => {
                let text = format!(
                    "SELECT id, secret FROM second_factor WHERE secret > $from AND secret < $until
                     ORDER BY secret ASC LIMIT {limit}"
                );
                let rows: Vec<SealedSecretRecord> = self.rows("second_factor", &text, variables).await?;
                Ok(rows.into_iter().map(|row| read(&row.id, row.secret)).collect())
            }
            SealedTexts::Mails => {
                let text = format!(
                    "SELECT id, token FROM outbox WHERE token > $from AND token < $until
                     ORDER BY token ASC LIMIT {limit}"
                );
                let rows: Vec<SealedTokenRecord> = self.rows("outbox", &text, variables).await?;
                Ok(rows.into_iter().map(|row| read(&row.id, row.token)).collect())
            }
        }
    }

    /// How many sealed texts begin as those of one key do.
    ///
    /// # Errors
    /// As any read.
    pub async fn count_sealed_texts(&self, of: SealedTexts, beginning: &str) -> Result<u64, Error> {
        let (table, text) = match of {
            SealedTexts::SecondFactors => (
                "second_factor",
                "SELECT VALUE count FROM
                    (SELECT count() FROM second_factor WHERE secret > $from AND secret < $until GROUP ALL)",
            ),
            SealedTexts::Mails => (
                "outbox",
                "SELECT VALUE count FROM
                    (SELECT count() FROM outbox WHERE token > $from AND token < $until GROUP ALL)",
            ),
        };
        let variables = variables! { from: beginning.to_owned(), until: end_of(beginning) };
        let counts: Vec<i64> = self.rows(table, text, variables).await?;
        Ok(counts.first().and_then(|count| u64::try_from(*count).ok()).unwrap_or(0))
    }

    /// Puts newly sealed texts in the place of former ones, where those are still there: a row, its text, and the new one.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone) when another instance has taken the work over.
    pub async fn replace_sealed_texts(
        &self,
        worker: &str,
        of: SealedTexts,
        texts: Vec<(SealedText, String)>,
    ) -> Result<(), Error> {
        let (table, replace) = match of {
            SealedTexts::SecondFactors => {
                ("second_factor", "SET secret = $it.text, resealed_from = $it.was_hash WHERE secret = $it.was")
            }
            SealedTexts::Mails => ("outbox", "SET token = $it.text WHERE token = $it.was"),
        };
        let body = format!(
            "{STILL_MINE}
             FOR $it IN $texts {{
                 LET $id = $it.id;
                 UPDATE $id {replace} RETURN NONE;
             }};
             RETURN true"
        );
        let mut variables = worker_variables(worker);
        let record_of = |(was, text): (SealedText, String)| ResealedRecord {
            id: record(table, was.row),
            was_hash: hash_of_sealed(&was.text),
            was: was.text,
            text,
        };
        variables.insert("texts", texts.into_iter().map(record_of).collect::<Vec<_>>());
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }
}

/// Behind every text that begins so: the sign sorts behind all of base64url.
fn end_of(beginning: &str) -> String {
    format!("{beginning}~")
}
