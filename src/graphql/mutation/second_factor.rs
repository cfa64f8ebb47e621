//! The second factor.

use async_graphql::{Context, Object, Result};
use secrecy::{ExposeSecret, SecretString};

use crate::domain::permission::Permission;
use crate::graphql::context::ContextExt;
use crate::graphql::guard::{Requires, requires};
use crate::graphql::types::second_factor::{RecoveryCodes, SecondFactorEnrolment};

#[derive(Default)]
pub(in crate::graphql) struct SecondFactorMutation;

#[Object]
impl SecondFactorMutation {
    /// Begins a second factor. It is in force once it is confirmed.
    #[graphql(guard = "Requires(Permission::SecondFactorManage)", directive = requires::apply(Permission::SecondFactorManage.into()))]
    async fn enrol_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The viewer's.", secret)] password: String,
    ) -> Result<SecondFactorEnrolment> {
        let password = SecretString::from(password);
        let enrolment = ctx.services()?.enrol_second_factor(ctx.caller()?, password.expose_secret()).await?;
        Ok(SecondFactorEnrolment(enrolment))
    }

    /// Puts the second factor in force. All other sessions of the viewer end, since they began without it.
    #[graphql(guard = "Requires(Permission::SecondFactorManage)", directive = requires::apply(Permission::SecondFactorManage.into()))]
    async fn confirm_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the authenticator shows.", secret)] code: String,
    ) -> Result<RecoveryCodes> {
        let code = SecretString::from(code);
        Ok(shown(&ctx.services()?.confirm_second_factor(ctx.caller()?, code.expose_secret()).await?))
    }

    /// Takes the second factor away. The viewer is told by mail.
    #[graphql(guard = "Requires(Permission::SecondFactorManage)", directive = requires::apply(Permission::SecondFactorManage.into()))]
    async fn disable_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The viewer's.", secret)] password: String,
    ) -> Result<bool> {
        let password = SecretString::from(password);
        ctx.services()?.disable_second_factor(ctx.caller()?, password.expose_secret()).await?;
        Ok(true)
    }

    /// Ten other recovery codes. Those from before are void.
    #[graphql(guard = "Requires(Permission::SecondFactorManage)", directive = requires::apply(Permission::SecondFactorManage.into()))]
    async fn renew_recovery_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The viewer's.", secret)] password: String,
    ) -> Result<RecoveryCodes> {
        let password = SecretString::from(password);
        Ok(shown(&ctx.services()?.renew_recovery_codes(ctx.caller()?, password.expose_secret()).await?))
    }
}

fn shown(codes: &[SecretString]) -> RecoveryCodes {
    RecoveryCodes { codes: codes.iter().map(|code| code.expose_secret().to_owned()).collect() }
}
