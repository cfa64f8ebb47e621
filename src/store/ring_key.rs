//! What the database knows of the keys of its ring: their names, what they are for, and which of them are in use. Never a key.

use std::slice;

use surrealdb::types::{RecordId, SurrealValue, Variables};

use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::row::{intact, key_of, record};
use crate::domain::event::Event;
use crate::domain::feed::SHARDS;
use crate::domain::timestamp::Timestamp;

const TABLE: &str = "ring_key";
/// Stands where a key was never replaced.
const NEVER: i64 = -1;

/// What has become of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Every instance shall have it before anybody seals with it.
    Added,
    /// New things are sealed and signed with it.
    Current,
    /// It opens what it sealed.
    Old,
    /// Nothing new may come that needs it.
    Retiring,
    /// It is gone, and is not taken back.
    Retired,
}

impl KeyState {
    const ALL: [Self; 5] = [Self::Added, Self::Current, Self::Old, Self::Retiring, Self::Retired];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Current => "current",
            Self::Old => "old",
            Self::Retiring => "retiring",
            Self::Retired => "retired",
        }
    }
}

/// A key of the ring as the database knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownKey {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub purpose: String,
    /// What has become of it.
    pub state: KeyState,
    /// By which an altered key is noticed.
    pub fingerprint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when another one is current.
    pub replaced_at: Option<Timestamp>,
}

#[derive(SurrealValue)]
pub(super) struct KnownKeyRecord {
    id: RecordId,
    purpose: String,
    state: String,
    fingerprint: String,
    created_at: i64,
    replaced_at: i64,
}

impl KnownKeyRecord {
    pub(super) fn new(key: &KnownKey) -> Self {
        Self {
            id: record(TABLE, key.id.as_str()),
            purpose: key.purpose.clone(),
            state: key.state.as_str().to_owned(),
            fingerprint: key.fingerprint.clone(),
            created_at: key.created_at.as_millis(),
            replaced_at: key.replaced_at.map_or(NEVER, Timestamp::as_millis),
        }
    }

    fn read(self) -> Option<KnownKey> {
        Some(KnownKey {
            id: key_of(&self.id)?.to_owned(),
            purpose: self.purpose,
            state: KeyState::ALL.into_iter().find(|state| state.as_str() == self.state)?,
            fingerprint: self.fingerprint,
            created_at: Timestamp::from_millis(self.created_at),
            replaced_at: (self.replaced_at > NEVER).then(|| Timestamp::from_millis(self.replaced_at)),
        })
    }
}

/// For the transactions that store what a key has sealed before: `$wrapping` is its row.
pub(super) const REFUSE_REPLACED_KEY: &str = "
    IF (SELECT VALUE state FROM ONLY $wrapping) IN ['old', 'retiring', 'retired'] { THROW 'key_replaced' };";

impl Store {
    /// Every key that the database has ever known.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_ring_keys(&self) -> Result<Vec<KnownKey>, Error> {
        let rows: Vec<KnownKeyRecord> = self.rows(TABLE, "SELECT * FROM ring_key", Variables::new()).await?;
        rows.into_iter().map(|row| intact(TABLE, row.read())).collect()
    }

    /// Waits for what is being stored under an old key: it is stored when this returns, or refused. What begins later is refused, since
    /// the key is old.
    ///
    /// # Errors
    /// As any write.
    pub async fn settle_stored_keys(&self) -> Result<(), Error> {
        // A transaction that began before the key was old has not seen that, and may not have ended. Each that stores a wrapped key
        // writes the row of one shard, so it conflicts with this one or ended before it; and when it is tried again, it sees it.
        for shard in 0..SHARDS {
            let body = "UPSERT $shard SET fence = (fence ?? 0) + 1; RETURN true";
            self.transact::<bool>(body, variables! { shard: super::feed::guard_row(shard) }).await?;
        }
        Ok(())
    }

    /// Says of an old key that it is about to be retired, and waits for what is being stored under it.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone) where it is not an old key.
    pub async fn begin_retiring_key(&self, key: &str) -> Result<(), Error> {
        let body = "
            LET $retiring = (UPDATE $id SET state = 'retiring' WHERE state IN ['old', 'retiring']);
            IF array::len($retiring) != 1 { THROW 'work_gone' };
            RETURN true";
        self.transact::<bool>(body, variables! { id: record(TABLE, key) }).await?;
        self.settle_stored_keys().await
    }

    /// Takes that back: the key is needed after all.
    ///
    /// # Errors
    /// As any write.
    pub async fn end_retiring_key(&self, key: &str) -> Result<(), Error> {
        let body = "UPDATE $id SET state = 'old' WHERE state = 'retiring'; RETURN true";
        self.transact::<bool>(body, variables! { id: record(TABLE, key) }).await.map(|_| ())
    }

    /// Retires a key that nothing needs.
    ///
    /// # Errors
    /// [`Guard::WorkGone`](super::Guard::WorkGone) where it is not being retired.
    pub async fn retire_key(&self, key: &str, event: &Event) -> Result<(), Error> {
        let body = "
            LET $retired = (UPDATE $id SET state = 'retired' WHERE state = 'retiring');
            IF array::len($retired) != 1 { THROW 'work_gone' };
            RETURN true";
        self.act::<bool>(body, variables! { id: record(TABLE, key) }, slice::from_ref(event)).await.map(|_| ())
    }
}
