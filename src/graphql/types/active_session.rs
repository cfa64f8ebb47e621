//! The sessions of the viewer.

use async_graphql::{Context, ID, Object, Result};

use super::connection::connection;
use super::scalar::DateTime;
use crate::graphql::context::ContextExt;
use crate::services::own_sessions::SessionView;

/// A session.
#[derive(Clone)]
pub(in crate::graphql) struct ActiveSession(pub(in crate::graphql) SessionView);

/// One of the viewer's sign-ins.
#[Object]
impl ActiveSession {
    /// Opaque; good for revokeSession.
    async fn id(&self) -> ID {
        self.0.session.id.to_string().into()
    }

    /// What the client called itself when it signed in. It proves nothing.
    async fn device(&self) -> &str {
        &self.0.session.device
    }

    /// When it began.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.session.created_at)
    }

    /// When it was last used, to the minute.
    async fn last_used_at(&self) -> DateTime {
        DateTime(self.0.session.last_used_at)
    }

    /// When it ends of itself, unless it is refreshed before.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.session.expires_at)
    }

    /// Whether it is the one that asks.
    async fn is_current(&self) -> bool {
        self.0.is_current
    }
}

/// How many sessions the viewer has.
pub(in crate::graphql) struct SessionTotal;

impl SessionTotal {
    async fn count(&self, ctx: &Context<'_>) -> Result<u64> {
        Ok(ctx.services()?.count_sessions(ctx.caller()?).await?)
    }
}

connection! {
    /// A page of sessions, latest first.
    ActiveSessionConnection,
    /// A session and its place in the list.
    ActiveSessionEdge, ActiveSession, SessionTotal
}
