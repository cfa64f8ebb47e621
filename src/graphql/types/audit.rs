//! What was done.

use async_graphql::{Context, ID, Object, Result};

use super::connection::connection;
use super::scalar::DateTime;
use super::user::UserObject;
use crate::domain::event::{Actor, Event};
use crate::graphql::context::ContextExt;
use crate::graphql::loaders::find;
use crate::services::audit::EventFilter;

/// An act.
#[derive(Clone)]
pub(in crate::graphql) struct AuditEvent(pub(in crate::graphql) Event);

/// One act, written down in the transaction that did it, and never changed.
#[Object]
impl AuditEvent {
    /// Opaque.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// What: the thing and what was done to it, e.g. file.uploaded.
    async fn action(&self) -> &str {
        self.0.action.as_str()
    }

    /// Who: the id of a user, or one of anyone (not signed in), operator (a command on the machine) and system.
    async fn actor(&self) -> String {
        self.0.actor.to_text()
    }

    /// The same as a user; null where it is none, or one that was deleted.
    async fn actor_user(&self, ctx: &Context<'_>) -> Result<Option<UserObject>> {
        let Actor::User(user) = self.0.actor else { return Ok(None) };
        Ok(find(ctx, user).await?.map(UserObject))
    }

    /// To which thing: its id, which may be gone by now; null where there is none.
    async fn object(&self) -> Option<&str> {
        (!self.0.object.is_empty()).then_some(&self.0.object)
    }

    /// From which address, where that is known.
    async fn address(&self) -> Option<String> {
        self.0.address.map(|address| address.to_string())
    }

    /// What else matters, in a word or an id.
    async fn detail(&self) -> Option<&str> {
        (!self.0.detail.is_empty()).then_some(&self.0.detail)
    }
}

/// How many events a list has.
pub(in crate::graphql) struct EventTotal(pub(in crate::graphql) EventFilter);

impl EventTotal {
    async fn count(&self, ctx: &Context<'_>) -> Result<u64> {
        Ok(ctx.services()?.count_events(ctx.caller()?, &self.0).await?)
    }
}

connection! {
    /// A page of acts, latest first.
    AuditEventConnection,
    /// An act and its place in the list.
    AuditEventEdge, AuditEvent, EventTotal
}
