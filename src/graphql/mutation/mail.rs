//! Mail.

use async_graphql::{Context, ID, Object, Result};

use crate::domain::id::MailId;
use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::services::Error;

#[derive(Default)]
pub(in crate::graphql) struct MailMutation;

#[Object]
impl MailMutation {
    /// Sends a mail that was given up after all, with a new link where it carries one. CONFLICT where there can be no new
    /// link: then the person has to ask for another mail.
    #[graphql(guard = "Requires(Permission::MailRetry)", directive = requires::apply(Permission::MailRetry.into()))]
    async fn retry_mail(&self, ctx: &Context<'_>, #[graphql(desc = "Which mail.")] id: ID) -> Result<bool> {
        let id = MailId::parse(&id).ok_or(Error::NotFound)?;
        ctx.services()?.retry_mail(ctx.caller()?, id).await?;
        Ok(true)
    }
}
