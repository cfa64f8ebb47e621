//! Getting back into an account by a mail to its address.

use super::limits::Credential;
use super::{Error, Services, Visitor};
use crate::crypto::secret_token::{self, TokenKind};
use crate::domain::event::{Action, Actor};
use crate::domain::permission::Permission;
use crate::domain::user::User;
use crate::mail::Template;
use crate::store;
use crate::store::account_token::{AccountToken, AccountTokenUse};

/// A mailed token that is good, with its account.
pub(super) struct LiveToken {
    pub(super) token: AccountToken,
    pub(super) user: User,
    pub(super) password_hash: String,
}

impl Services {
    /// Sets a new password by a mailed token, which is used up; all sessions of the user end, all other mailed tokens are
    /// void, and the owner is told. A second factor stays as it is.
    ///
    /// # Errors
    /// [`Error::InvalidToken`], for a disabled user too; [`Error::Input`] for a weak password, which leaves the token good;
    /// [`Error::RateLimited`].
    pub async fn reset_password(&self, token: &str, new_password: &str, visitor: &Visitor) -> Result<(), Error> {
        self.admit_anyone(Permission::AccountRecover)?;
        let attempt = self.begin_attempt(Credential::Token, visitor).await?;
        attempt.conclude(self.try_reset_password(token, new_password, visitor).await).await
    }

    async fn try_reset_password(&self, token: &str, new_password: &str, visitor: &Visitor) -> Result<(), Error> {
        let LiveToken { token, user, .. } = self.get_live_token(AccountTokenUse::PasswordReset, token).await?;
        let about_the_user = [user.email.as_str(), user.name.as_str()];
        self.passwords.check_strength("newPassword", new_password, about_the_user).await?;
        let password_hash = self.passwords.hash(new_password).await?;
        let notice = self.new_mail(Template::PasswordChanged, &user.email, None, String::new())?;
        let event = self.event_from(visitor, Actor::Anyone, Action::PasswordReset, user.id);
        let done = self.store.reset_password(&token, &password_hash, &notice, &event).await;
        self.sign_ins.forget_all();
        match done {
            Ok(()) => {
                self.mail_waits.notify_one();
                Ok(())
            }
            Err(store::Error::Refused(_)) => Err(Error::InvalidToken),
            Err(failure) => Err(failure.into()),
        }
    }

    /// A mailed token that is good at this moment, for an account that is not disabled.
    ///
    /// # Errors
    /// [`Error::InvalidToken`].
    pub(super) async fn get_live_token(&self, purpose: AccountTokenUse, token: &str) -> Result<LiveToken, Error> {
        let kind = match purpose {
            AccountTokenUse::PasswordReset => TokenKind::PasswordReset,
            AccountTokenUse::EmailChange => TokenKind::EmailChange,
        };
        let hash = secret_token::hash(kind, token).map_err(|_| Error::InvalidToken)?;
        let now = self.now();
        let found = self.store.find_account_token(&hash).await?;
        let token = found.filter(|found| found.purpose == purpose && now < found.expires_at);
        let token = token.ok_or(Error::InvalidToken)?;
        let account = self.store.find_user_and_hash(token.user).await?;
        let (user, password_hash) = account.filter(|(user, _)| !user.disabled).ok_or(Error::InvalidToken)?;
        Ok(LiveToken { token, user, password_hash })
    }
}
