//! Filling an empty database from a backup.
//!
//! The schema is first brought to where it was when the backup was made, then the rows are written, then the schema comes up to
//! date: so each step finds the rows it was written for. A row in the journal of the steps says that this is under way, from before
//! the first of them until the very end; a server refuses a database that has it, and whoever begins again empties it first.

use surrealdb::types::{Value, Variables};

use super::connection::{Options, Store};
use super::dumped_row::DumpedRow;
use super::error::Error;
use super::query::variables;
use super::row::record;
use super::snapshot::tables_in;
use crate::domain::random::SharedRandom;

/// The table in which the row stands: the only one that is there before any step.
const JOURNAL: &str = "migration";
/// The key and the name of the row that says that the database is being filled. It is none of a step.
pub(super) const UNDER_WAY: &str = "being_restored";

impl Store {
    /// Opens an empty database, or one that was not filled to the end, and brings its schema to these steps: name and checksum.
    ///
    /// # Errors
    /// [`Error::Conflict`] when there is something in it; [`Error::Unusable`] when a step is not known to this program; as
    /// [`connect`](Self::connect).
    pub async fn connect_to_refill(
        options: &Options,
        random: SharedRandom,
        steps: &[(String, String)],
    ) -> Result<Self, Error> {
        let store = Self::open(options, random).await?;
        store.or_close(store.make_ready(steps).await).await?;
        Ok(store)
    }

    async fn make_ready(&self, steps: &[(String, String)]) -> Result<(), Error> {
        let tables = tables_in(self.read("INFO FOR DB", Variables::new()).await?)?;
        if self.is_being_refilled(&tables).await? {
            for table in tables.iter().filter(|table| *table != JOURNAL) {
                self.transact::<bool>(&format!("REMOVE TABLE {table}; RETURN true"), Variables::new()).await?;
            }
            // Steps are forgotten last, and the mark is there all the time: no server takes it for an empty database.
            self.mark("DELETE migration RETURN NONE;").await?;
        } else {
            for table in tables.iter().filter(|table| *table != JOURNAL) {
                let any: Vec<Value> =
                    self.rows("INFO", &format!("SELECT VALUE id FROM {table} LIMIT 1"), Variables::new()).await?;
                if !any.is_empty() {
                    return Err(Error::Conflict);
                }
            }
        }
        // First of all, because steps write rows of their own: what is cut short after one of them is no empty database.
        self.mark("DEFINE TABLE IF NOT EXISTS migration SCHEMALESS;").await?;
        self.migrate_to(steps).await?;
        // Steps write rows of their own; the backup has them as they were.
        let tables = tables_in(self.read("INFO FOR DB", Variables::new()).await?)?;
        for table in tables.iter().filter(|table| *table != JOURNAL) {
            self.transact::<bool>(&format!("DELETE {table} RETURN NONE; RETURN true"), Variables::new()).await?;
        }
        Ok(())
    }

    /// Says that the database is being filled, in the transaction of another statement.
    async fn mark(&self, statement: &str) -> Result<(), Error> {
        let body = format!("{statement} UPSERT $id SET name = $name, checksum = ''; RETURN true");
        let variables = variables! { id: record(JOURNAL, UNDER_WAY), name: UNDER_WAY.to_owned() };
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }

    async fn is_being_refilled(&self, tables: &[String]) -> Result<bool, Error> {
        if !tables.iter().any(|table| table == JOURNAL) {
            return Ok(false);
        }
        let id = record(JOURNAL, UNDER_WAY);
        let rows: Vec<Value> = self.rows(JOURNAL, "SELECT VALUE id FROM $id", variables! { id: id }).await?;
        Ok(!rows.is_empty())
    }

    /// Refuses a database that was not filled to the end.
    pub(super) async fn refuse_half_filled(&self) -> Result<(), Error> {
        if self.is_being_refilled(&[JOURNAL.to_owned()]).await? {
            return Err(Error::Unusable("a restore into it did not come to its end; run it again".to_owned()));
        }
        Ok(())
    }

    /// Writes rows of a backup, all or none.
    ///
    /// # Errors
    /// As any write; [`Error::Unusable`] for what this program does not know.
    pub async fn refill(&self, table: &str, rows: Vec<DumpedRow>) -> Result<(), Error> {
        if !table.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            return Err(Error::Unusable("a table has a strange name".to_owned()));
        }
        let rows: Vec<Value> = rows.into_iter().map(|row| row.into_value(table)).collect::<Result<_, _>>()?;
        let body = format!("INSERT INTO {table} $rows RETURN NONE; RETURN true");
        self.transact::<bool>(&body, variables! { rows: rows }).await.map(|_| ())
    }

    /// Brings the schema up to date once all rows are written.
    ///
    /// # Errors
    /// As any write.
    pub async fn migrate_refilled(&self) -> Result<(), Error> {
        self.migrate().await
    }

    /// Ends the filling: binds the database to its key ring, and opens it to servers.
    ///
    /// # Errors
    /// As any write.
    pub async fn end_refill(&self, key_ring_fingerprint: &str) -> Result<(), Error> {
        let body = "CREATE $id SET key_ring_fingerprint = $fingerprint; DELETE $under_way; RETURN true";
        let variables = variables! {
            id: record("installation", "this"),
            under_way: record(JOURNAL, UNDER_WAY),
            fingerprint: key_ring_fingerprint.to_owned(),
        };
        self.transact::<bool>(body, variables).await.map(|_| ())
    }
}
