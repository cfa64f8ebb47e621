//! Invitations that wait. Their tokens were shown once, when they were issued.

use async_graphql::{Context, ID, Object, Result};

use super::connection::connection;
use super::role::Role;
use super::scalar::DateTime;
use super::user::UserObject;
use crate::graphql::context::ContextExt;
use crate::graphql::loaders::find;
use crate::services::pending_invitations::InvitationView;

/// An invitation that waits.
#[derive(Clone)]
pub(in crate::graphql) struct PendingInvitation(pub(in crate::graphql) InvitationView);

/// An invitation that nobody has used yet.
#[Object]
impl PendingInvitation {
    /// Opaque; good for revokeInvitation.
    async fn id(&self) -> ID {
        self.0.0.id.to_string().into()
    }

    /// The role it gives.
    async fn role(&self) -> Role {
        self.0.0.role.into()
    }

    /// The only address it works for, where it is bound to one.
    async fn email(&self) -> Option<&str> {
        self.0.0.email.as_ref().map(|email| email.as_str())
    }

    /// Who issued it; null where it was a command on the machine.
    async fn issuer(&self, ctx: &Context<'_>) -> Result<Option<UserObject>> {
        match self.0.issuer() {
            None => Ok(None),
            Some(issuer) => Ok(find(ctx, issuer).await?.map(UserObject)),
        }
    }

    /// When it was issued.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.0.created_at)
    }

    /// When it expires.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.0.expires_at)
    }
}

/// How many invitations wait.
pub(in crate::graphql) struct InvitationTotal;

impl InvitationTotal {
    async fn count(&self, ctx: &Context<'_>) -> Result<u64> {
        Ok(ctx.services()?.count_invitations(ctx.caller()?).await?)
    }
}

connection! {
    /// A page of invitations, latest first.
    InvitationConnection,
    /// An invitation and its place in the list.
    InvitationEdge, PendingInvitation, InvitationTotal
}
