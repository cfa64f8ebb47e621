//! The one row about the installation itself, and whether the database answers.

use surrealdb::types::Variables;

use super::connection::Store;
use super::error::Error;
use super::event::EventRecord;
use super::feed::NOTE;
use super::query::variables;
use super::ring_key::{KnownKey, KnownKeyRecord};
use super::row::record;
use crate::domain::event::Event;

impl Store {
    /// Asks the database for nothing, to see that it answers.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        self.read("RETURN true", Variables::new()).await.map(|_| ())
    }

    /// The fingerprint of the key ring that this database belongs to; `None` on a new database.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_key_ring_fingerprint(&self) -> Result<Option<String>, Error> {
        let id = record("installation", "this");
        self.row("installation", "SELECT VALUE key_ring_fingerprint FROM ONLY $id", variables! { id: id }).await
    }

    /// Binds the database to a key ring, once and for all, and makes its keys known where none is known yet.
    ///
    /// # Errors
    /// [`Guard::ForeignKeyRing`](super::Guard::ForeignKeyRing) when it belongs to another one.
    pub async fn bind_key_ring(&self, fingerprint: &str, keys: &[KnownKey], event: &Event) -> Result<(), Error> {
        let body = format!(
            "LET $bound = (SELECT VALUE key_ring_fingerprint FROM ONLY $id);
             IF $bound == NONE {{
                 CREATE $id SET key_ring_fingerprint = $fingerprint;
                 {NOTE}
             }}
             ELSE IF $bound != $fingerprint {{ THROW 'foreign_key_ring' }};
             IF array::len((SELECT VALUE id FROM ring_key LIMIT 1)) == 0 {{
                 FOR $row IN $rows {{ CREATE ring_key CONTENT $row }};
             }};
             RETURN true"
        );
        let variables = variables! {
            id: record("installation", "this"),
            fingerprint: fingerprint.to_owned(),
            rows: keys.iter().map(KnownKeyRecord::new).collect::<Vec<_>>(),
            noted: EventRecord::new(event),
        };
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }

    /// A total that transactions keep; 0 where none was ever kept.
    pub(super) async fn total(&self, counter: String) -> Result<u64, Error> {
        let id = record("counter", counter);
        let total: Option<i64> = self.row("counter", "SELECT VALUE total FROM ONLY $id", variables! { id: id }).await?;
        Ok(u64::try_from(total.unwrap_or(0)).unwrap_or(0))
    }
}
