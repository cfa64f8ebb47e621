//! Another address for an account: asked for by its user, and confirmed by whoever reads the mail there and knows the password.

use super::limits::Credential;
use super::mail_requests::MailRequest;
use super::recovery::LiveToken;
use super::{Caller, Error, Services, Visitor};
use crate::crypto::password::Verification;
use crate::domain::email::EmailAddress;
use crate::domain::event::{Action, Actor};
use crate::domain::permission::Permission;
use crate::mail::Template;
use crate::store;
use crate::store::account_token::AccountTokenUse;

impl Services {
    /// Asks for another address. The new one is mailed a link, unless it belongs to an account: nobody is told which. The
    /// old one hears of it in both cases.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::InvalidCredentials`] for a wrong password; [`Error::Input`] for what is no address,
    /// or the present one; [`Error::RateLimited`].
    pub async fn request_email_change(&self, caller: &Caller, new_email: &str, password: &str) -> Result<(), Error> {
        let signed_in = self.admit_own(caller, Permission::AccountChangeEmail)?;
        let not_an_address = || Error::input("newEmail", "This is not an e-mail address.");
        let new_email = EmailAddress::parse(new_email).ok_or_else(not_an_address)?;
        let (user, _) = self.check_own_password(signed_in, password).await?;
        if user.email == new_email {
            return Err(Error::input("newEmail", "This is the address of your account already."));
        }
        self.ask(MailRequest::EmailChange, &new_email, user.id.key(), &signed_in.visitor()).await
    }

    /// Gives an account its new address. The token proves the address, the password proves the account. As with a new
    /// password, all sessions end, all mailed tokens are void, and the owner is told, at the old address.
    ///
    /// # Errors
    /// [`Error::InvalidToken`], also where the address was taken meanwhile; [`Error::InvalidCredentials`] for a wrong password,
    /// which leaves the token good; [`Error::RateLimited`].
    pub async fn confirm_email_change(&self, token: &str, password: &str, visitor: &Visitor) -> Result<(), Error> {
        self.admit_anyone(Permission::AccountConfirmEmail)?;
        let attempt = self.begin_attempt(Credential::Confirmation(token), visitor).await?;
        attempt.conclude(self.try_confirm_email_change(token, password, visitor).await).await
    }

    async fn try_confirm_email_change(&self, token: &str, password: &str, visitor: &Visitor) -> Result<(), Error> {
        let LiveToken { token, user, password_hash } = self.get_live_token(AccountTokenUse::EmailChange, token).await?;
        if self.passwords.verify(password, &password_hash).await? == Verification::Differs {
            return Err(Error::InvalidCredentials);
        }
        let notice = self.new_mail(Template::EmailChangedNotice, &user.email, None, String::new())?;
        let event = self.event_from(visitor, Actor::User(user.id), Action::EmailChanged, user.id);
        let done = self.store.change_email(&token, &password_hash, &notice, &event).await;
        self.sign_ins.forget_all();
        match done {
            Ok(()) => {
                self.mail_waits.notify_one();
                Ok(())
            }
            Err(store::Error::Conflict | store::Error::Refused(_)) => Err(Error::InvalidToken),
            Err(failure) => Err(failure.into()),
        }
    }
}
