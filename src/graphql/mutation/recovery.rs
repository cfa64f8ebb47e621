//! Another link, another password, another address.

use async_graphql::{Context, Object, Result};

use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::cookie;
use crate::graphql::guard::{Public, Requires, requires};
use crate::graphql::types::session::Session;

#[derive(Default)]
pub(in crate::graphql) struct RecoveryMutation;

#[Object]
impl RecoveryMutation {
    /// Mails another link to an address whose sign-up waits; the one before it is void. Says the same whether or not the
    /// address is known.
    #[graphql(guard = "Public(Permission::AccountVerify)", directive = requires::apply(Permission::AccountVerify.into()))]
    async fn resend_verification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.", secret)] email: String,
    ) -> Result<bool> {
        ctx.services()?.resend_verification(&email, ctx.visitor()?).await?;
        Ok(true)
    }

    /// Mails a link to choose a new password; the one before it is void. Says the same whether or not the address is known.
    #[graphql(guard = "Public(Permission::AccountRecover)", directive = requires::apply(Permission::AccountRecover.into()))]
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.", secret)] email: String,
    ) -> Result<bool> {
        ctx.services()?.request_password_reset(&email, ctx.visitor()?).await?;
        Ok(true)
    }

    /// Chooses a new password. All sessions end; a second factor stays. A weak password leaves the token good.
    #[graphql(guard = "Public(Permission::AccountRecover)", directive = requires::apply(Permission::AccountRecover.into()))]
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From the mail.", secret)] token: String,
        #[graphql(desc = "8 to 1024 characters, and not a guessable one.", secret)] new_password: String,
    ) -> Result<bool> {
        ctx.services()?.reset_password(&token, &new_password, ctx.visitor()?).await?;
        Ok(true)
    }

    /// Chooses a new password. All sessions end, this one too; what comes back is a new one.
    #[graphql(guard = "Requires(Permission::AccountChangePassword)", directive = requires::apply(Permission::AccountChangePassword.into()))]
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The present one.", secret)] current_password: String,
        #[graphql(desc = "8 to 1024 characters, and not a guessable one.", secret)] new_password: String,
    ) -> Result<Session> {
        let services = ctx.services()?;
        let session = services.change_password(ctx.caller()?, &current_password, &new_password, ctx.visitor()?).await?;
        cookie::keep(ctx, services, &session);
        Ok(Session(session))
    }

    /// Mails a link to another address for the account. Says the same whether or not somebody has that address.
    #[graphql(guard = "Requires(Permission::AccountChangeEmail)", directive = requires::apply(Permission::AccountChangeEmail.into()))]
    async fn request_email_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The other address.", secret)] new_email: String,
        #[graphql(desc = "The password of the account.", secret)] password: String,
    ) -> Result<bool> {
        ctx.services()?.request_email_change(ctx.caller()?, &new_email, &password).await?;
        Ok(true)
    }

    /// The token proves the other address, the password proves the account. All sessions end: sign in with the new address.
    #[graphql(guard = "Public(Permission::AccountConfirmEmail)", directive = requires::apply(Permission::AccountConfirmEmail.into()))]
    async fn confirm_email_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From the mail.", secret)] token: String,
        #[graphql(desc = "The password of the account.", secret)] password: String,
    ) -> Result<bool> {
        ctx.services()?.confirm_email_change(&token, &password, ctx.visitor()?).await?;
        Ok(true)
    }
}
