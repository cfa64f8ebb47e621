//! What was done, written in the transactions that did it. Append-only: nothing here changes or removes an event.

use surrealdb::types::{RecordId, SurrealValue, Variables};

use super::connection::Store;
use super::error::Error;
use super::feed::NOTE;
use super::row::{intact, key_of, record};
use super::scan::{Listed, Scan};
use crate::domain::event::{Action, Actor, Event};
use crate::domain::id::EventId;
use crate::domain::sort_key::TimeKeys;
use crate::domain::timestamp::Timestamp;

const TABLE: &str = "event";

#[derive(Clone, SurrealValue)]
pub(super) struct EventRecord {
    id: RecordId,
    at: i64,
    action: String,
    actor: String,
    object: String,
    address: String,
    detail: String,
    newest: String,
    oldest: String,
}

impl EventRecord {
    pub(super) fn new(event: &Event) -> Self {
        let keys = TimeKeys::new(event.at, event.id.as_bytes());
        Self {
            id: record(TABLE, event.id.key()),
            at: event.at.as_millis(),
            action: event.action.as_str().to_owned(),
            actor: event.actor.to_text(),
            object: event.object.clone(),
            address: event.address.map(|address| address.to_string()).unwrap_or_default(),
            detail: event.detail.clone(),
            newest: keys.newest,
            oldest: keys.oldest,
        }
    }

    /// When, in milliseconds.
    pub(super) fn moment(&self) -> i64 {
        self.at
    }

    pub(super) fn read(self) -> Option<Event> {
        Some(Event {
            id: EventId::from_key(key_of(&self.id)?)?,
            at: Timestamp::from_millis(self.at),
            action: Action::parse(&self.action)?,
            actor: Actor::parse(&self.actor)?,
            object: self.object,
            address: self.address.parse().ok(),
            detail: self.detail,
        })
    }
}

impl Store {
    /// Runs `body` as [`transact`](Self::transact) does, and writes down what it does: in the same transaction, or not at
    /// all.
    pub(super) async fn act<T: SurrealValue + Send + 'static>(
        &self,
        body: &str,
        mut variables: Variables,
        events: &[Event],
    ) -> Result<T, Error> {
        let records: Vec<EventRecord> = events.iter().map(EventRecord::new).collect();
        variables.insert("events", records);
        self.transact(&format!("FOR $noted IN $events {{ {NOTE} }};\n{body}"), variables).await
    }

    /// Writes events down by themselves: of acts that change nothing else here.
    ///
    /// # Errors
    /// As any write.
    pub async fn note_events(&self, events: &[Event]) -> Result<(), Error> {
        self.act::<bool>("RETURN true", Variables::new(), events).await.map(|_| ())
    }

    /// A piece of a list of events.
    ///
    /// # Errors
    /// As any read.
    pub async fn scan_events(&self, scan: &Scan) -> Result<Vec<Listed<Event>>, Error> {
        let rows: Vec<EventRecord> = self.scan(scan).await?;
        let list = rows.into_iter().map(|row| {
            let (newest, oldest) = (row.newest.clone(), row.oldest.clone());
            Ok(scan.placed("newest", newest, oldest, intact(TABLE, row.read())?))
        });
        list.collect()
    }

    /// How many events there are.
    ///
    /// # Errors
    /// As any read.
    pub async fn count_events(&self) -> Result<u64, Error> {
        let text = "SELECT VALUE count FROM (SELECT count() FROM event GROUP ALL)";
        let counts: Vec<i64> = self.rows(TABLE, text, Variables::new()).await?;
        Ok(counts.first().and_then(|count| u64::try_from(*count).ok()).unwrap_or(0))
    }
}
