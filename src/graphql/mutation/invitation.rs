//! Invitations to several at once, and their end.

use async_graphql::{Context, ID, Object, Result};

use crate::domain::id::InvitationId;
use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::role::Role;
use crate::graphql::types::session::Invitation;
use crate::services::Error;

#[derive(Default)]
pub(in crate::graphql) struct InvitationMutation;

#[Object]
impl InvitationMutation {
    /// Invites 1 to 100 people, all or none. Each gets a mail with an invitation that works for its address only.
    #[graphql(guard = "Requires(Permission::InvitationCreate)", directive = requires::apply(Permission::InvitationCreate.into()))]
    async fn invite_many(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What they will be.")] role: Role,
        #[graphql(desc = "Their addresses. One that is named twice is invited once.")] emails: Vec<String>,
    ) -> Result<Vec<Invitation>> {
        let issued = ctx.services()?.invite_many(ctx.caller()?, role.into(), &emails).await?;
        Ok(issued.into_iter().map(Invitation).collect())
    }

    /// Takes an invitation back, and a sign-up with it that waits. Admins any, Ops their own.
    #[graphql(guard = "Requires(Permission::InvitationRevoke)", directive = requires::apply(Permission::InvitationRevoke.into()))]
    async fn revoke_invitation(&self, ctx: &Context<'_>, #[graphql(desc = "Which.")] id: ID) -> Result<bool> {
        let id = InvitationId::parse(&id).ok_or(Error::NotFound)?;
        ctx.services()?.revoke_invitation(ctx.caller()?, id).await?;
        Ok(true)
    }
}
