//! Invitations.

use async_graphql::{Context, Object, Result};

use super::{page_cost, page_request};
use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::invitation::{InvitationConnection, InvitationTotal, PendingInvitation};

#[derive(Default)]
pub(in crate::graphql) struct InvitationQuery;

#[Object]
impl InvitationQuery {
    /// Invitations that nobody has used yet, latest first. Admin: all. Ops: those they issued.
    #[graphql(guard = "Requires(Permission::InvitationList)", directive = requires::apply(Permission::InvitationList.into()), complexity = "page_cost(first, last, child_complexity)")]
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the beginning.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<InvitationConnection> {
        let request = page_request(ctx, first, after, last, before)?;
        let page = ctx.services()?.list_invitations(ctx.caller()?, &request).await?;
        Ok(InvitationConnection::new(page, &request, InvitationTotal, PendingInvitation))
    }
}
