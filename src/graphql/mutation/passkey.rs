//! Passkeys.

use async_graphql::{Context, ID, Object, Result};
use secrecy::{ExposeSecret, SecretString};

use crate::domain::id::PasskeyId;
use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::cookie;
use crate::graphql::guard::{Public, Requires, requires};
use crate::graphql::types::passkey::{Passkey, PasskeyChallenge};
use crate::graphql::types::session::Session;
use crate::services::Error;
use crate::services::passkeys::PasskeyAnswer;

#[derive(Default)]
pub(in crate::graphql) struct PasskeyMutation;

#[Object]
impl PasskeyMutation {
    /// Begins to add a passkey. The challenge is good for five minutes, in this session.
    #[graphql(guard = "Requires(Permission::PasskeyManage)", directive = requires::apply(Permission::PasskeyManage.into()))]
    async fn begin_passkey_registration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The viewer's.", secret)] password: String,
    ) -> Result<PasskeyChallenge> {
        let password = SecretString::from(password);
        let services = ctx.services()?;
        let challenge = services.begin_passkey_registration(ctx.caller()?, password.expose_secret()).await?;
        Ok(PasskeyChallenge(challenge))
    }

    /// Adds the passkey that the browser has made. The viewer is told by mail.
    #[graphql(guard = "Requires(Permission::PasskeyManage)", directive = requires::apply(Permission::PasskeyManage.into()))]
    async fn add_passkey(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "That came with the question.", secret)] state: String,
        #[graphql(desc = "The browser's answer: the credential's toJSON(), as JSON text.", secret)] credential: String,
        #[graphql(desc = "What to call it: 1 to 64 characters.")] name: String,
    ) -> Result<Passkey> {
        let answer = PasskeyAnswer { state: state.into(), credential: credential.into() };
        Ok(Passkey(ctx.services()?.add_passkey(ctx.caller()?, &answer, &name).await?))
    }

    /// Removes a passkey of the viewer's, who is told by mail. Other sessions that it began end.
    #[graphql(guard = "Requires(Permission::PasskeyManage)", directive = requires::apply(Permission::PasskeyManage.into()))]
    async fn remove_passkey(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] id: ID,
        #[graphql(desc = "The viewer's.", secret)] password: String,
    ) -> Result<bool> {
        let password = SecretString::from(password);
        let id = PasskeyId::parse(&id).ok_or(Error::NotFound)?;
        ctx.services()?.remove_passkey(ctx.caller()?, id, password.expose_secret()).await?;
        Ok(true)
    }

    /// Begins a sign-in with a passkey: no address is asked for. The challenge is good for five minutes.
    #[graphql(guard = "Public(Permission::SessionCreate)", directive = requires::apply(Permission::SessionCreate.into()))]
    async fn begin_passkey_login(&self, ctx: &Context<'_>) -> Result<PasskeyChallenge> {
        Ok(PasskeyChallenge(ctx.services()?.begin_passkey_login()?))
    }

    /// Signs in with a passkey, which stands for the password and for the second factor.
    #[graphql(guard = "Public(Permission::SessionCreate)", directive = requires::apply(Permission::SessionCreate.into()))]
    async fn login_with_passkey(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "That came with the question.", secret)] state: String,
        #[graphql(desc = "The browser's answer: the credential's toJSON(), as JSON text.", secret)] credential: String,
    ) -> Result<Session> {
        let answer = PasskeyAnswer { state: state.into(), credential: credential.into() };
        let services = ctx.services()?;
        let session = services.login_with_passkey(&answer, ctx.visitor()?).await?;
        cookie::keep(ctx, services, &session);
        Ok(Session(session))
    }
}
