//! How every query is sent: reads once, transactions until they win.

use std::time::Duration;

use surrealdb::IndexedResults;
use surrealdb::types::{SurrealValue, Value, Variables};

use super::connection::Store;
use super::error::{Error, Outcome, classify, is_retryable};
use super::feed;
use super::shards::Taken;
use crate::domain::random::random_bytes;

/// How often a transaction is tried before its caller hears that the database is too busy.
const MAX_ATTEMPTS: u32 = 12;
/// The first pause between two tries; it doubles, up to 64 times that, and half of it is random.
const FIRST_PAUSE: Duration = Duration::from_millis(1);

/// Values for the `$names` of a query.
macro_rules! variables {
    ($($name:ident : $value:expr),* $(,)?) => {{
        let mut variables = surrealdb::types::Variables::new();
        $(variables.insert(stringify!($name), $value);)*
        variables
    }};
}
pub(super) use variables;

impl Store {
    /// Runs a query that changes nothing.
    pub(super) async fn read(&self, text: &str, variables: Variables) -> Result<IndexedResults, Error> {
        let answer = tokio::time::timeout(self.query_timeout, self.run(text, variables)).await;
        let results = answer
            .map_err(|_| Error::Unavailable { outcome: Outcome::None, said: None })?
            .map_err(|failure| classify([failure], false))?;
        checked(results).map_err(|failures| classify(failures, false))
    }

    /// The rows that a single `SELECT` answers.
    pub(super) async fn rows<T: SurrealValue>(
        &self,
        table: &'static str,
        text: &str,
        variables: Variables,
    ) -> Result<Vec<T>, Error> {
        self.read(text, variables).await?.take(0).map_err(|_| Error::Corrupt { table })
    }

    /// The row that a single `SELECT … FROM ONLY` answers, if there is one.
    pub(super) async fn row<T: SurrealValue>(
        &self,
        table: &'static str,
        text: &str,
        variables: Variables,
    ) -> Result<Option<T>, Error> {
        self.read(text, variables).await?.take(0).map_err(|_| Error::Corrupt { table })
    }

    /// Runs `body` as one transaction and answers what its last statement, a `RETURN`, returns.
    ///
    /// It runs in a task of its own: a caller that goes away leaves it whole. A conflict with another transaction is tried
    /// again; a broken [`Guard`](super::Guard) is not.
    pub(super) async fn transact<T: SurrealValue + Send + 'static>(
        &self,
        body: &str,
        variables: Variables,
    ) -> Result<T, Error> {
        let (store, text) = (self.clone(), format!("BEGIN;\n{body};\nCOMMIT;"));
        let task = tokio::spawn(async move { store.transact_to_the_end(&text, variables).await });
        task.await.map_err(|_| Error::Unavailable { outcome: Outcome::Unknown, said: None })?
    }

    async fn transact_to_the_end<T: SurrealValue>(&self, text: &str, variables: Variables) -> Result<T, Error> {
        let writes_events = text.contains(feed::MARK);
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut variables = variables.clone();
            let shard = if writes_events { Some(self.take_shard().await?) } else { None };
            if let Some(shard) = &shard {
                variables.insert("feed", shard.guard_row());
                variables.insert("feed_shard", shard.number());
            }
            let answer = tokio::time::timeout(self.query_timeout, self.run(text, variables)).await;
            let failures = match answer {
                Err(_) => return Err(Error::Unavailable { outcome: Outcome::Unknown, said: None }),
                Ok(Err(failure)) => vec![failure],
                Ok(Ok(results)) => match checked(results) {
                    Ok(mut results) => {
                        if writes_events {
                            self.shards.note_that_it_moved();
                        }
                        let returned = results.num_statements().saturating_sub(2);
                        let value: Value = results.take(returned).map_err(|_| corrupt())?;
                        return T::from_value(value).map_err(|_| corrupt());
                    }
                    Err(failures) => failures,
                },
            };
            if attempt >= MAX_ATTEMPTS || !failures.iter().any(is_retryable) {
                return Err(classify(failures, true));
            }
            if shard.is_some() {
                self.shards.move_away(&*self.random);
            }
            drop(shard);
            tokio::time::sleep(self.pause_before(attempt)).await;
        }
    }

    async fn take_shard(&self) -> Result<Taken<'_>, Error> {
        let taken = tokio::time::timeout(self.query_timeout, self.shards.take()).await.ok().flatten();
        taken.ok_or(Error::Unavailable { outcome: Outcome::None, said: None })
    }

    fn pause_before(&self, attempt: u32) -> Duration {
        let longest = FIRST_PAUSE * (1 << attempt.min(6));
        let [share] = random_bytes(&*self.random);
        longest / 2 + longest / 2 * u32::from(share) / 255
    }
}

fn corrupt() -> Error {
    Error::Corrupt { table: "transaction" }
}

/// The results, or all their errors: the first one is often only the sibling of the one that matters.
pub(super) fn checked(mut results: IndexedResults) -> Result<IndexedResults, Vec<surrealdb::Error>> {
    let errors = results.take_errors();
    if errors.is_empty() { Ok(results) } else { Err(errors.into_values().collect()) }
}
