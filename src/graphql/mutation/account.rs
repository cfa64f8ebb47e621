//! Accounts.

use async_graphql::{Context, Object, Result};

use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::cookie;
use crate::graphql::guard::{Public, Requires, requires};
use crate::graphql::types::role::Role;
use crate::graphql::types::session::{Invitation, Session, SignupInput, SignupPayload};
use crate::services::accounts::Signup;

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
        let (services, visitor) = (ctx.services()?, ctx.visitor()?);
        let role = match input.role {
            Some(role) => role.into(),
            None => services.role_by_invitation(input.invitation.as_deref(), visitor).await?,
        };
        let signup = Signup {
            email: input.email,
            name: input.name,
            password: input.password.into(),
            role,
            invitation: input.invitation,
        };
        let email = services.signup(&signup, visitor).await?;
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
        let services = ctx.services()?;
        let session = services.verify_email(&token, &password, ctx.visitor()?).await?;
        cookie::keep(ctx, services, &session);
        Ok(Session(session))
    }

    /// Invites somebody to sign up. Admins invite any role, Ops invite Clients. One that is bound to an address is mailed
    /// there, too.
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
