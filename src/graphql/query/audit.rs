//! What was done.

use async_graphql::{Context, InputObject, Object, Result};

use super::{page_cost, page_request};
use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::audit::{AuditEvent, AuditEventConnection, EventTotal};
use crate::graphql::types::scalar::DateTime;
use crate::services::audit::EventFilter;

/// Which acts. Everything that is given has to fit.
#[derive(InputObject, Default)]
pub(in crate::graphql) struct AuditFilter {
    /// What this actor did: the id of a user, or one of anyone, operator and system.
    actor: Option<String>,
    /// What was done to the thing with this id. Acts on a share stand with its file.
    object: Option<String>,
    /// This action, e.g. file.uploaded.
    action: Option<String>,
    /// At or after this moment.
    since: Option<DateTime>,
    /// Before this moment.
    until: Option<DateTime>,
}

#[derive(Default)]
pub(in crate::graphql) struct AuditQuery;

#[Object]
impl AuditQuery {
    /// What was done by whom, latest first. For Admins.
    #[graphql(guard = "Requires(Permission::AuditList)", directive = requires::apply(Permission::AuditList.into()), complexity = "page_cost(first, last, child_complexity)")]
    async fn audit_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the beginning.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only these.")] filter: Option<AuditFilter>,
    ) -> Result<AuditEventConnection> {
        let request = page_request(ctx, first, after, last, before)?;
        let AuditFilter { actor, object, action, since, until } = filter.unwrap_or_default();
        let filter = EventFilter { actor, object, action, since: since.map(|at| at.0), until: until.map(|at| at.0) };
        let page = ctx.services()?.list_events(ctx.caller()?, &filter, &request).await?;
        Ok(AuditEventConnection::new(page, &request, EventTotal(filter), AuditEvent))
    }
}
