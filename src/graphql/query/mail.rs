//! Mail.

use async_graphql::{Context, Object, Result};

use super::{page_cost, page_request};
use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::mail::{DeadMail, DeadMailConnection, DeadMailTotal};

#[derive(Default)]
pub(in crate::graphql) struct MailQuery;

#[Object]
impl MailQuery {
    /// Mails that were given up, the latest first. They are kept for 30 days; one that confirms a sign-up, as long as that
    /// waits.
    #[graphql(guard = "Requires(Permission::MailList)", directive = requires::apply(Permission::MailList.into()), complexity = "page_cost(first, last, child_complexity)")]
    async fn dead_mails(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the beginning.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<DeadMailConnection> {
        let request = page_request(ctx, first, after, last, before)?;
        let page = ctx.services()?.list_dead_mails(ctx.caller()?, &request).await?;
        Ok(DeadMailConnection::new(page, &request, DeadMailTotal, DeadMail))
    }
}
