//! What is done, as it is done.

use async_graphql::{Context, Result, Subscription};
use futures_util::stream::BoxStream;

use super::told_as;
use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::audit::AuditEvent;

#[derive(Default)]
pub(in crate::graphql) struct AuditSubscription;

#[Subscription]
impl AuditSubscription {
    /// Something was just done by somebody. For Admins.
    #[graphql(guard = "Requires(Permission::AuditWatch)", directive = requires::apply(Permission::AuditWatch.into()))]
    async fn audit_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Behind the event with this eventId.")] after: Option<String>,
    ) -> Result<BoxStream<'static, Result<AuditEvent>>> {
        let telling = ctx.shared_services()?.watch_acts(ctx.caller()?, after.as_deref()).await?;
        Ok(told_as(ctx, telling, AuditEvent))
    }
}
