//! People.

use async_graphql::{Context, Object, Result};

use super::{page_cost, page_request};
use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::active_session::{ActiveSession, ActiveSessionConnection, SessionTotal};
use crate::graphql::types::role::Role;
use crate::graphql::types::user::{PeopleTotal, UserConnection, UserObject};
use crate::services::people::PeopleFilter;

#[derive(Default)]
pub(in crate::graphql) struct AccountQuery;

#[Object]
impl AccountQuery {
    /// The signed-in user; null for an anonymous caller.
    #[graphql(directive = requires::apply(Permission::AccountRead.into()))]
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Option<UserObject>> {
        Ok(ctx.services()?.viewer(ctx.caller()?)?.map(UserObject))
    }

    /// The sessions of the signed-in user, latest first.
    #[graphql(guard = "Requires(Permission::SessionList)", directive = requires::apply(Permission::SessionList.into()), complexity = "page_cost(first, last, child_complexity)")]
    async fn active_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the beginning.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<ActiveSessionConnection> {
        let request = page_request(ctx, first, after, last, before)?;
        let page = ctx.services()?.list_sessions(ctx.caller()?, &request).await?;
        Ok(ActiveSessionConnection::new(page, &request, SessionTotal, ActiveSession))
    }

    /// Ops: Client users to share with. Admin: everyone, those included who are disabled.
    #[graphql(guard = "Requires(Permission::UserList)", directive = requires::apply(Permission::UserList.into()), complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments are the contract's")]
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the beginning.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
        #[graphql(desc = "A part of the address, any case.")] email_contains: Option<String>,
        #[graphql(desc = "Only this role.")] role: Option<Role>,
        #[graphql(desc = "Only those who are disabled, or only those who are not.")] disabled: Option<bool>,
    ) -> Result<UserConnection> {
        let request = page_request(ctx, first, after, last, before)?;
        let filter = PeopleFilter { email_contains, role: role.map(Into::into), disabled };
        let page = ctx.services()?.list_people(ctx.caller()?, &filter, &request).await?;
        Ok(UserConnection::new(page, &request, PeopleTotal(filter), UserObject))
    }
}
