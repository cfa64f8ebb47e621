//! Another password, chosen by a user who is signed in.

use super::sessions::Session;
use super::{Caller, Error, Services, Visitor};
use crate::domain::event::Action;
use crate::domain::permission::Permission;
use crate::domain::user::User;
use crate::mail::Template;
use crate::store::credential::PasswordChange;
use crate::store::{self, Guard};

impl Services {
    /// Sets a new password. All sessions of the user end, the one that asks too, and a new one begins; mailed tokens are
    /// void, and the owner is told.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::InvalidCredentials`] where the current password is wrong; [`Error::Input`] for a
    /// weak new one; [`Error::RateLimited`].
    pub async fn change_password(
        &self,
        caller: &Caller,
        current_password: &str,
        new_password: &str,
        visitor: &Visitor,
    ) -> Result<Session, Error> {
        let signed_in = self.admit_own(caller, Permission::AccountChangePassword)?;
        let (user, old_hash) = self.check_own_password(signed_in, current_password).await?;
        let about_the_user = [user.email.as_str(), user.name.as_str()];
        self.passwords.check_strength("newPassword", new_password, about_the_user).await?;
        let new_hash = self.passwords.hash(new_password).await?;
        let user = User { sign_in_epoch: user.sign_in_epoch + 1, ..user };
        let fresh = self.fresh_session(&user, visitor)?;
        let notice = self.new_mail(Template::PasswordChanged, &user.email, None, String::new())?;
        let events = [
            self.event_by(caller, Action::PasswordChanged, user.id),
            self.event_by(caller, Action::SessionBegun, fresh.row.id),
        ];
        let change =
            PasswordChange { current: signed_in.session, next: &fresh.row, old_hash: &old_hash, new_hash: &new_hash };
        let done = self.store.change_password(change, &notice, &events).await;
        self.sign_ins.forget_all();
        match done {
            Ok(()) => {
                self.mail_waits.notify_one();
                self.begun_session(user, fresh)
            }
            Err(store::Error::Refused(Guard::SessionGone)) => Err(Error::Unauthenticated),
            Err(store::Error::Refused(_)) => Err(Error::InvalidCredentials),
            Err(failure) => Err(failure.into()),
        }
    }
}
