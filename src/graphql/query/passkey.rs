//! Passkeys.

use async_graphql::{Context, Object, Result};

use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::passkey::Passkey;

#[derive(Default)]
pub(in crate::graphql) struct PasskeyQuery;

#[Object]
impl PasskeyQuery {
    /// The passkeys of the signed-in user, oldest first: at most 20.
    #[graphql(guard = "Requires(Permission::PasskeyManage)", directive = requires::apply(Permission::PasskeyManage.into()))]
    async fn passkeys(&self, ctx: &Context<'_>) -> Result<Vec<Passkey>> {
        let passkeys = ctx.services()?.list_passkeys(ctx.caller()?).await?;
        Ok(passkeys.into_iter().map(Passkey).collect())
    }
}
