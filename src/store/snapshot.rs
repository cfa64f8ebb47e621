//! The whole database as it was at one moment, read page by page in one transaction: a remote server has no export over its
//! socket, and this way serves both.

use std::ops::Bound;

use surrealdb::engine::any::Any;
use surrealdb::engine::local::Db;
use surrealdb::method::Transaction;
use surrealdb::types::{RecordId, RecordIdKey, RecordIdKeyRange, SurrealValue, Value, Variables};
use surrealdb::{Connection as AnyConnection, IndexedResults, Surreal};

use super::connection::{Connection, Store};
use super::dumped_row::DumpedRow;
use super::error::{Error, Outcome, classify};
use super::migration::AppliedStep;
use super::query::{checked, variables};

/// How many rows are read at once.
const PAGE: usize = 500;

/// A view of the database that nothing changes any more. Dropped before its end, it ends all the same.
pub struct Snapshot {
    transaction: Option<View>,
    store: Store,
}

enum View {
    Embedded(Transaction<Db>),
    Remote(Transaction<Any>),
}

impl Store {
    /// Begins a view of the database as it is at this moment.
    ///
    /// # Errors
    /// As any read.
    pub async fn snapshot(&self) -> Result<Snapshot, Error> {
        let refused = |failure| classify([failure], false);
        let transaction = match &self.connection {
            Connection::Embedded(database, _) => {
                View::Embedded(Surreal::clone(database).begin().await.map_err(refused)?)
            }
            Connection::Remote(database) => View::Remote(Surreal::clone(database).begin().await.map_err(refused)?),
        };
        let snapshot = Snapshot { transaction: Some(transaction), store: self.clone() };
        // The engine takes its view with the first read.
        snapshot.tables().await?;
        Ok(snapshot)
    }
}

impl Snapshot {
    /// The names of all tables.
    ///
    /// # Errors
    /// As any read.
    pub async fn tables(&self) -> Result<Vec<String>, Error> {
        tables_in(self.read("INFO FOR DB", Variables::new()).await?)
    }

    /// The steps of the schema that were applied: name and checksum.
    ///
    /// # Errors
    /// As any read.
    pub async fn steps(&self) -> Result<Vec<(String, String)>, Error> {
        let text = "SELECT name, checksum FROM migration";
        let mut results = self.read(text, Variables::new()).await?;
        let steps: Vec<AppliedStep> = results.take(0).map_err(|_| Error::Corrupt { table: "migration" })?;
        Ok(steps.into_iter().map(|step| (step.name, step.checksum)).collect())
    }

    /// The rows of a table behind the one with the key `after`, in the order of their keys, at most 500.
    ///
    /// # Errors
    /// As any read; [`Error::Unusable`] for a row that cannot be told in text.
    pub async fn rows_after(&self, table: &str, after: Option<&str>) -> Result<Vec<DumpedRow>, Error> {
        let start = after.map_or(Bound::Unbounded, |key| Bound::Excluded(RecordIdKey::String(key.to_owned())));
        let range = RecordId::new(table, RecordIdKeyRange { start, end: Bound::Unbounded });
        let text = format!("SELECT * FROM $range LIMIT {PAGE}");
        let mut results = self.read(&text, variables! { range: range }).await?;
        let rows: Vec<Value> = results.take(0).map_err(|failure| Error::Query(Box::new(failure)))?;
        rows.into_iter().map(|row| DumpedRow::read(table, row)).collect()
    }

    /// The row of a table with this key.
    ///
    /// # Errors
    /// As [`rows_after`](Self::rows_after).
    pub async fn row(&self, table: &str, key: &str) -> Result<Option<DumpedRow>, Error> {
        let mut results = self.read("SELECT * FROM $id", variables! { id: RecordId::new(table, key) }).await?;
        let rows: Vec<Value> = results.take(0).map_err(|failure| Error::Query(Box::new(failure)))?;
        rows.into_iter().next().map(|row| DumpedRow::read(table, row)).transpose()
    }

    async fn read(&self, text: &str, variables: Variables) -> Result<IndexedResults, Error> {
        let asking = async {
            match &self.transaction {
                Some(View::Embedded(view)) => ask(view, text, variables).await,
                Some(View::Remote(view)) => ask(view, text, variables).await,
                None => Err(vec![]),
            }
        };
        let answer = tokio::time::timeout(self.store.query_timeout, asking).await;
        let answer = answer.map_err(|_| Error::Unavailable { outcome: Outcome::None, said: None })?;
        answer.map_err(|failures| classify(failures, false))
    }
}

async fn ask<C: AnyConnection>(
    view: &Transaction<C>,
    text: &str,
    variables: Variables,
) -> Result<IndexedResults, Vec<surrealdb::Error>> {
    checked(view.query(text).bind(variables).await.map_err(|failure| vec![failure])?)
}

/// The names of the tables that `INFO FOR DB` has told.
pub(super) fn tables_in(mut info: IndexedResults) -> Result<Vec<String>, Error> {
    #[derive(SurrealValue)]
    struct Info {
        tables: surrealdb::types::Object,
    }
    let info: Option<Info> = info.take(0).map_err(|_| Error::Corrupt { table: "INFO" })?;
    Ok(info.map(|info| info.tables.keys().cloned().collect()).unwrap_or_default())
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        let (Some(view), Ok(runtime)) = (self.transaction.take(), tokio::runtime::Handle::try_current()) else {
            return;
        };
        runtime.spawn(async move {
            let ended = match view {
                View::Embedded(view) => view.cancel().await.map(drop),
                View::Remote(view) => view.cancel().await.map(drop),
            };
            if let Err(failure) = ended {
                tracing::debug!(%failure, "a view of the database did not end in order");
            }
        });
    }
}
