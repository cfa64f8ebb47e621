//! What was done: writing it down, and reading it.

use std::net::IpAddr;

use super::pages::{self, BY_TIME, ListIdentity, Rows};
use super::{Caller, Error, Services, Visitor};
use crate::domain::event::{Action, Actor, Event};
use crate::domain::id::EventId;
use crate::domain::page::{Page, PageRequest};
use crate::domain::permission::Permission;
use crate::domain::timestamp::Timestamp;
use crate::store::{List, Listed, Scan, Store};

/// No id and no actor is longer.
const MAX_TEXT_BYTES: usize = 64;

/// Which events.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Only what this actor did: the id of a user, or one of `anyone`, `operator` and `system`.
    pub actor: Option<String>,
    /// Only what was done to the thing with this id.
    pub object: Option<String>,
    /// Only this action, by its word.
    pub action: Option<String>,
    /// Only at or after this moment.
    pub since: Option<Timestamp>,
    /// Only before this moment.
    pub until: Option<Timestamp>,
}

struct Events<'a> {
    store: &'a Store,
    list: List,
    actor: Option<Actor>,
    action: Option<Action>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Services {
    /// An act of a caller, to be written down in the transaction that does it.
    pub(super) fn event_by(&self, caller: &Caller, action: Action, object: impl ToString) -> Event {
        let (actor, address) = caller.origin();
        self.event(action, actor, object, address)
    }

    /// An act of whoever visits, signed in by it or not at all.
    pub(super) fn event_from(&self, visitor: &Visitor, actor: Actor, action: Action, object: impl ToString) -> Event {
        self.event(action, actor, object, Some(visitor.address))
    }

    /// An act of the server itself.
    pub(super) fn event_by_system(&self, action: Action, object: impl ToString) -> Event {
        self.event(action, Actor::System, object, None)
    }

    /// An act that was asked for from `address`, and is done now.
    pub(super) fn event(&self, action: Action, actor: Actor, object: impl ToString, address: Option<IpAddr>) -> Event {
        let id = EventId::generate(&*self.random);
        Event { id, at: self.now(), action, actor, object: object.to_string(), address, detail: String::new() }
    }

    /// What was done, latest first.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::Input`] for an actor or an action that there is not, and for
    /// a cursor that does not belong here.
    pub async fn list_events(
        &self,
        caller: &Caller,
        filter: &EventFilter,
        request: &PageRequest,
    ) -> Result<Page<Event>, Error> {
        let viewer = self.admit_auditor(caller)?;
        let events = self.events(filter)?;
        let identity = ListIdentity { field: "auditEvents", key_fields: BY_TIME, filter: format!("{filter:?}") };
        self.page(viewer, &identity, request, &events).await
    }

    /// How many events [`list_events`](Self::list_events) finds; with a filter, a lower bound beyond
    /// [`MAX_ROWS_COUNTED`](pages::MAX_ROWS_COUNTED) rows.
    ///
    /// # Errors
    /// As there.
    pub async fn count_events(&self, caller: &Caller, filter: &EventFilter) -> Result<u64, Error> {
        self.admit_auditor(caller)?;
        let events = self.events(filter)?;
        if events.keeps_all() {
            return Ok(self.store.count_events().await?);
        }
        pages::count(&events, BY_TIME.0).await
    }

    fn admit_auditor(&self, caller: &Caller) -> Result<crate::domain::id::UserId, Error> {
        let signed_in = self.admit(caller, Permission::AuditList)?;
        if self.may(caller, Permission::AuditList, &[]) { Ok(signed_in.user.id) } else { Err(Error::Forbidden) }
    }

    fn events(&self, filter: &EventFilter) -> Result<Events<'_>, Error> {
        let parsed = |text: &Option<String>, field, message| match text {
            Some(text) if text.len() > MAX_TEXT_BYTES => Err(Error::input(field, message)),
            _ => Ok(()),
        };
        parsed(&filter.object, "object", "No id is that long.")?;
        let actor = match &filter.actor {
            None => None,
            Some(text) => Some(Actor::parse(text).ok_or_else(|| {
                Error::input("actor", "An actor is the id of a user, or one of anyone, operator and system.")
            })?),
        };
        let action = match &filter.action {
            None => None,
            Some(word) => Some(Action::parse(word).ok_or_else(|| Error::input("action", "There is no such action."))?),
        };
        // The narrowest list that holds all that is wanted; the rest is filtered.
        let list = match (&filter.object, actor) {
            (Some(object), _) => List::EventsOn(object.clone()),
            (None, Some(actor)) => List::EventsBy(actor.to_text()),
            (None, None) => List::Events,
        };
        Ok(Events { store: &self.store, list, actor, action, since: filter.since, until: filter.until })
    }
}

impl Events<'_> {
    fn keeps_all(&self) -> bool {
        self.list == List::Events && self.action.is_none() && self.since.is_none() && self.until.is_none()
    }

    fn keeps(&self, event: &Event) -> bool {
        self.actor.is_none_or(|actor| event.actor == actor)
            && self.action.is_none_or(|action| event.action == action)
            && self.since.is_none_or(|moment| event.at >= moment)
            && self.until.is_none_or(|moment| event.at < moment)
    }
}

impl Rows for Events<'_> {
    type Row = Event;
    type Item = Event;

    async fn fetch(&self, key_field: &'static str, after: &str, limit: usize) -> Result<Vec<Listed<Event>>, Error> {
        let scan = Scan { list: self.list.clone(), key_field, after: after.to_owned(), limit };
        Ok(self.store.scan_events(&scan).await?)
    }

    async fn keep(&self, rows: Vec<Listed<Event>>) -> Result<Vec<Listed<Event>>, Error> {
        Ok(rows.into_iter().filter(|row| self.keeps(&row.item)).collect())
    }
}
