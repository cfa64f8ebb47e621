//! The question before every guarded field, and the directive that shows it.

use async_graphql::{Context, Guard, TypeDirective};

use super::context::ContextExt;
use crate::domain::permission::Permission;

/// The permission a field needs, as policies/policy.csv names it: object:action.
#[TypeDirective(location = "FieldDefinition")]
pub(super) fn requires(#[graphql(desc = "What is done to what: object:action.")] permission: String) {}

/// Lets in who may ever do this. Whether to this very thing, the service asks.
pub(super) struct Requires(pub(super) Permission);

impl Guard for Requires {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        ctx.services()?.admit(ctx.caller()?, self.0)?;
        Ok(())
    }
}

/// Lets in anyone, where the policy says so.
pub(super) struct Public(pub(super) Permission);

impl Guard for Public {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        Ok(ctx.services()?.admit_anyone(self.0)?)
    }
}
