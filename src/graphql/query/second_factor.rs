//! The second factor.

use async_graphql::{Context, Object, Result};

use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::second_factor::SecondFactorStatus;

#[derive(Default)]
pub(in crate::graphql) struct SecondFactorQuery;

#[Object]
impl SecondFactorQuery {
    /// How it stands with the second factor of the signed-in user.
    #[graphql(guard = "Requires(Permission::SecondFactorManage)", directive = requires::apply(Permission::SecondFactorManage.into()))]
    async fn second_factor(&self, ctx: &Context<'_>) -> Result<SecondFactorStatus> {
        Ok(ctx.services()?.second_factor_status(ctx.caller()?).await?.into())
    }
}
