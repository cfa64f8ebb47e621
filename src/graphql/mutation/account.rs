//! Accounts and sessions.

use async_graphql::{Context, Object, Result};

use crate::domain::permission::Permission;
use crate::domain::role;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Public, Requires, requires};
use crate::graphql::types::role::Role;
use crate::graphql::types::session::{Invitation, LoginInput, Session, SignupInput, SignupPayload};
use crate::services::accounts::Signup;
use crate::services::sessions::Login;

#[derive(Default)]
pub(in crate::graphql) struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Asks for an account. It begins when the address is confirmed.
    #[graphql(guard = "Public(Permission::AccountSignup)", directive = requires::apply(Permission::AccountSignup.into()))]
    async fn signup(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who.", secret)] input: SignupInput,
    ) -> Result<SignupPayload> {
        let signup = Signup {
            email: input.email,
            name: input.name,
            password: input.password.into(),
            role: input.role.map_or(role::Role::Client, Into::into),
            invitation: input.invitation,
        };
        let email = ctx.services()?.signup(&signup, ctx.visitor()?).await?;
        Ok(SignupPayload { email: email.as_str().to_owned(), verification_required: true })
    }

    /// The token proves the address, the password proves that whoever confirms is whoever signed up. Signs in.
    #[graphql(guard = "Public(Permission::AccountVerify)", directive = requires::apply(Permission::AccountVerify.into()))]
    async fn verify_email(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From the mail.", secret)] token: String,
        #[graphql(desc = "The one chosen at sign-up.", secret)] password: String,
    ) -> Result<Session> {
        Ok(Session(ctx.services()?.verify_email(&token, &password, ctx.visitor()?).await?))
    }

    /// Signs in.
    #[graphql(guard = "Public(Permission::SessionCreate)", directive = requires::apply(Permission::SessionCreate.into()))]
    async fn login(&self, ctx: &Context<'_>, #[graphql(desc = "Who.", secret)] input: LoginInput) -> Result<Session> {
        let login = Login { email: input.email, password: input.password.into() };
        Ok(Session(ctx.services()?.login(&login, ctx.visitor()?).await?))
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
        ctx.services()?.logout(ctx.caller()?, everywhere.unwrap_or(false)).await?;
        Ok(true)
    }

    /// Invites somebody to sign up. Admins invite any role, Ops invite Clients.
    #[graphql(guard = "Requires(Permission::InvitationCreate)", directive = requires::apply(Permission::InvitationCreate.into()))]
    async fn invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the person will be.")] role: Role,
        #[graphql(desc = "The only address it works for.")] email: Option<String>,
    ) -> Result<Invitation> {
        Ok(Invitation(ctx.services()?.invite(ctx.caller()?, role.into(), email.as_deref()).await?))
    }
}
