//! How often a thing was tried, shared by all instances.
//!
//! A try is counted before it is made, so that tries at the same moment cannot all slip through, and given back where it was a
//! good one. What is counted is forgotten one by one as time goes by; a row that means nothing any more is swept.

use surrealdb::types::{RecordId, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::row::record;
use crate::domain::timestamp::Timestamp;

const TABLE: &str = "attempt";
/// Beyond this many doublings no delay is looked at.
const MAX_DOUBLINGS: i64 = 30;

/// How fast a count slows down whoever drives it up, and is forgotten.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// So many are free.
    pub free: u32,
    /// The delay after the first one beyond that; it doubles with each further one.
    pub first_delay_seconds: u32,
    /// The longest delay.
    pub longest_delay_seconds: u32,
    /// One is forgotten after so long.
    pub forget_one_seconds: u32,
}

/// A thing that is counted.
#[derive(Clone, Debug)]
pub struct Counter {
    /// Its key: a hash, for the database shall not tell who tried what from where.
    pub key: String,
    /// How it counts.
    pub rule: Rule,
}

#[derive(Clone, SurrealValue)]
struct CounterRecord {
    id: RecordId,
    free: i64,
    most: i64,
    first_delay: i64,
    longest_delay: i64,
    forget_one: i64,
}

impl CounterRecord {
    fn new(counter: &Counter) -> Self {
        let Rule { free, first_delay_seconds, longest_delay_seconds, forget_one_seconds } = counter.rule;
        // Counting on beyond the longest delay would only take longer to forget.
        let doublings = (longest_delay_seconds / first_delay_seconds.max(1)).max(1).next_power_of_two().ilog2();
        Self {
            id: record(TABLE, counter.key.clone()),
            free: free.into(),
            most: i64::from(free) + 1 + i64::from(doublings).min(MAX_DOUBLINGS),
            first_delay: i64::from(first_delay_seconds) * 1000,
            longest_delay: i64::from(longest_delay_seconds) * 1000,
            forget_one: i64::from(forget_one_seconds.max(1)) * 1000,
        }
    }
}

/// Counts one more of `$counter`, at `$now`. What is free blocks nobody, not even somebody whose clock is behind, or who has read
/// it earlier and comes later.
const COUNT_ONE: &str = "
    LET $id = $counter.id;
    LET $row = (SELECT * FROM ONLY $id) ?? { count: 0, last_at: $now };
    LET $forgotten = <int> math::floor(($now - $row.last_at) / $counter.forget_one);
    LET $left = math::max([0, $row.count - math::max([0, $forgotten])]);
    LET $count = math::min([$left + 1, $counter.most]);
    LET $over = $count - $counter.free;
    LET $delay = IF $over <= 0 { 0 } ELSE { math::min([$counter.longest_delay, $counter.first_delay * math::pow(2, $over - 1)]) };
    LET $last_at = IF $left == 0 { $now } ELSE { $row.last_at + math::max([0, $forgotten]) * $counter.forget_one };
    UPSERT $id SET
        count = <int> $count,
        last_at = <int> $last_at,
        blocked_until = IF $delay == 0 { 0 } ELSE { <int> ($now + $delay) },
        expires_at = <int> ($now + $delay + $count * $counter.forget_one);";

/// Takes back one of each of `$ids`; what then counts nothing goes.
const GIVE_BACK: &str = "
    DELETE $ids WHERE count <= 1;
    UPDATE $ids SET count -= 1, blocked_until = 0;";

impl Store {
    /// Counts one more of each, unless one of those that may block does, and answers until when that one does. The last
    /// counter does not block where there is an `exemption` from it that has not expired.
    ///
    /// # Errors
    /// As any write.
    pub async fn reserve_attempt(
        &self,
        counters: &[Counter],
        exemption: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Error> {
        let counters: Vec<CounterRecord> = counters.iter().map(CounterRecord::new).collect();
        let blocking: Vec<RecordId> = counters.iter().map(|counter| counter.id.clone()).collect();
        let body = format!(
            "LET $exempt = ((SELECT VALUE expires_at FROM ONLY $exemption) ?? 0) > $now;
             LET $asked = IF $exempt {{ array::slice($blocking, 0, array::len($blocking) - 1) }} ELSE {{ $blocking }};
             LET $until = math::max(array::concat([0], (SELECT VALUE blocked_until FROM $asked)));
             IF $until <= $now {{ FOR $counter IN $counters {{ {COUNT_ONE} }} }};
             RETURN <int> $until"
        );
        let variables = variables! {
            exemption: record(TABLE, exemption.unwrap_or("none")),
            blocking: blocking,
            counters: counters,
            now: now.as_millis(),
        };
        let until: i64 = self.transact(&body, variables).await?;
        Ok((until > now.as_millis()).then(|| Timestamp::from_millis(until)))
    }

    /// Counts one more, whatever blocks.
    ///
    /// # Errors
    /// As any write.
    pub async fn count_attempt(&self, counter: &Counter, now: Timestamp) -> Result<(), Error> {
        let body = format!("LET $counter = $counted; {COUNT_ONE} RETURN true");
        let variables = variables! { counted: CounterRecord::new(counter), now: now.as_millis() };
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }

    /// Until when this counter blocks, where it does at `now`.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_block(&self, key: &str, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        let text = "SELECT VALUE blocked_until FROM ONLY $id";
        let until: Option<i64> = self.row(TABLE, text, variables! { id: record(TABLE, key) }).await?;
        Ok(until.filter(|until| *until > now.as_millis()).map(Timestamp::from_millis))
    }

    /// Takes back what [`Self::reserve_attempt`] has counted. What a counter blocks is what was counted last, so that goes
    /// with it.
    ///
    /// # Errors
    /// As any write.
    pub async fn give_attempt_back(&self, counters: &[Counter]) -> Result<(), Error> {
        let ids: Vec<RecordId> = counters.iter().map(|counter| record(TABLE, counter.key.clone())).collect();
        self.transact::<bool>(&format!("{GIVE_BACK} RETURN true"), variables! { ids: ids }).await.map(|_| ())
    }

    /// After a good try: forgets all about `forgotten`, takes back what was counted of the others, and notes the exemption
    /// where there is one, until it expires.
    ///
    /// # Errors
    /// As any write.
    pub async fn settle_attempt(
        &self,
        forgotten: &str,
        given_back: &[Counter],
        exemption: Option<(&str, Timestamp)>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let ids: Vec<RecordId> = given_back.iter().map(|counter| record(TABLE, counter.key.clone())).collect();
        let note = "UPSERT $exemption SET count = 0, last_at = $now, blocked_until = 0, expires_at = $expires_at;";
        let body = format!(
            "DELETE $forgotten;
             {GIVE_BACK}
             {} RETURN true",
            if exemption.is_some() { note } else { "" }
        );
        let (key, expires_at) = exemption.unwrap_or(("none", now));
        let variables = variables! {
            forgotten: record(TABLE, forgotten),
            ids: ids,
            exemption: record(TABLE, key),
            expires_at: expires_at.as_millis(),
            now: now.as_millis(),
        };
        self.transact::<bool>(&body, variables).await.map(|_| ())
    }
}
