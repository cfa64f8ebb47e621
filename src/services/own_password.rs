//! The password again, from somebody who is signed in: a session that was left open shall not be enough.

use super::limits::Credential;
use super::{Error, Services, SignedIn};
use crate::crypto::password::Verification;
use crate::domain::user::User;

impl Services {
    /// The caller's account and the hash of its password, as the database has them now, where `password` is the one.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`]; [`Error::RateLimited`]; [`Error::Unauthenticated`] where the session has ended meanwhile.
    pub(super) async fn check_own_password(
        &self,
        signed_in: &SignedIn,
        password: &str,
    ) -> Result<(User, String), Error> {
        let email = signed_in.user.email.as_str();
        let attempt = self.begin_attempt(Credential::Password(email), &signed_in.visitor()).await?;
        attempt.conclude(self.try_own_password(signed_in, password).await).await
    }

    async fn try_own_password(&self, signed_in: &SignedIn, password: &str) -> Result<(User, String), Error> {
        // What was believed of a session a moment ago is not enough here.
        let signed_in = self.look_again(signed_in).await?.ok_or(Error::Unauthenticated)?;
        let account = self.store.find_user_and_hash(signed_in.user.id).await?;
        let (user, password_hash) = account.ok_or(Error::Unauthenticated)?;
        match self.passwords.verify(password, &password_hash).await? {
            Verification::Differs => Err(Error::InvalidCredentials),
            Verification::Matches | Verification::MatchesOutdated => Ok((user, password_hash)),
        }
    }
}
