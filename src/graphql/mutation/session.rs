//! Signing in, staying signed in, signing out.

use async_graphql::{Context, ID, Object, Result};

use crate::domain::id::SessionId;
use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::cookie;
use crate::graphql::guard::{Public, Requires, requires};
use crate::graphql::types::session::{LoginInput, Session};
use crate::services::Error;
use crate::services::sessions::Login;

#[derive(Default)]
pub(in crate::graphql) struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Signs in.
    #[graphql(guard = "Public(Permission::SessionCreate)", directive = requires::apply(Permission::SessionCreate.into()))]
    async fn login(&self, ctx: &Context<'_>, #[graphql(desc = "Who.", secret)] input: LoginInput) -> Result<Session> {
        let login =
            Login { email: input.email, password: input.password.into(), code: input.totp_code.map(Into::into) };
        let services = ctx.services()?;
        let session = services.login(&login, ctx.visitor()?).await?;
        cookie::keep(ctx, services, &session);
        Ok(Session(session))
    }

    /// The next pair of tokens. A second use of a refresh token ends its session.
    #[graphql(guard = "Public(Permission::SessionRefresh)", directive = requires::apply(Permission::SessionRefresh.into()))]
    async fn refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The one that came with the last pair.", secret)] refresh_token: String,
    ) -> Result<Session> {
        Ok(Session(ctx.services()?.refresh(&refresh_token, ctx.visitor()?).await?))
    }

    /// Ends this session; with everywhere, all of the user's.
    #[graphql(guard = "Requires(Permission::SessionEnd)", directive = requires::apply(Permission::SessionEnd.into()))]
    async fn logout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "All of the user's sessions.", default_with = "Some(false)")] everywhere: Option<bool>,
    ) -> Result<bool> {
        let services = ctx.services()?;
        services.logout(ctx.caller()?, everywhere.unwrap_or(false)).await?;
        cookie::clear(ctx, services);
        Ok(true)
    }

    /// Ends one of the caller's sessions.
    #[graphql(guard = "Requires(Permission::SessionEnd)", directive = requires::apply(Permission::SessionEnd.into()))]
    async fn revoke_session(&self, ctx: &Context<'_>, #[graphql(desc = "Which.")] id: ID) -> Result<bool> {
        let id = SessionId::parse(&id).ok_or(Error::NotFound)?;
        ctx.services()?.end_session(ctx.caller()?, id).await?;
        Ok(true)
    }
}
