//! Keys.

use async_graphql::{Context, Object, Result};

use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::key::KeyRing;

#[derive(Default)]
pub(in crate::graphql) struct KeyQuery;

#[Object]
impl KeyQuery {
    /// The keys of this installation and what has become of them, never a key. For Admins.
    #[graphql(guard = "Requires(Permission::KeyList)", directive = requires::apply(Permission::KeyList.into()))]
    async fn key_ring(&self, ctx: &Context<'_>) -> Result<KeyRing> {
        Ok(KeyRing(ctx.services()?.view_keys(ctx.caller()?).await?))
    }
}
