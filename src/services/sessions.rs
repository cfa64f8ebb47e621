//! Signing in, staying signed in, signing out.

use secrecy::{ExposeSecret, SecretString};

use super::limits::Credential;
use super::{Caller, Error, Services, SignedIn, Visitor};
use crate::crypto::password::Verification;
use crate::crypto::secret_token::{self, TokenKind};
use crate::domain::email::EmailAddress;
use crate::domain::event::{Action, Actor};
use crate::domain::id::SessionId;
use crate::domain::permission::{Permission, Relation};
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;
use crate::store::registration::Registration;
use crate::store::session::{NewSession, Refreshed};

/// How many waiting registrations of an address a login tries its password on, to tell "not verified yet" from "wrong".
const REGISTRATIONS_TRIED: usize = 20;

/// What somebody signs in with.
#[derive(Debug)]
pub struct Login {
    /// The address.
    pub email: String,
    /// The password.
    pub password: SecretString,
    /// A code of the second factor, or a recovery code.
    pub code: Option<SecretString>,
}

/// For how long a second use of a refresh token is forgiven, once: two tabs that refresh at the same moment.
const FORGIVEN_SECONDS: u64 = 10;

/// A session as its user gets it.
#[derive(Debug)]
pub struct Session {
    /// A JWT for the `Authorization` header.
    pub access_token: SecretString,
    /// When it expires.
    pub access_token_expires_at: Timestamp,
    /// Good for the next session, once.
    pub refresh_token: SecretString,
    /// When it expires.
    pub refresh_token_expires_at: Timestamp,
    /// The value of the session cookie, where one is wanted.
    pub cookie: Option<SecretString>,
    /// Who is signed in.
    pub user: User,
}

/// A session that is not stored yet, and the token that belongs to it.
pub(super) struct FreshSession {
    pub(super) row: NewSession,
    refresh_token: SecretString,
    cookie: Option<SecretString>,
}

impl Services {
    /// Signs in with address and password.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`] whichever part is wrong; [`Error::EmailNotVerified`] where the right password belongs to
    /// a registration that still waits; [`Error::TotpRequired`] where the right password comes without a code and the account
    /// has a second factor; [`Error::RateLimited`].
    pub async fn login(&self, login: &Login, visitor: &Visitor) -> Result<Session, Error> {
        self.admit_anyone(Permission::SessionCreate)?;
        let attempt = self.begin_attempt(Credential::Password(&login.email), visitor).await?;
        attempt.conclude(self.try_login(login, visitor).await).await
    }

    async fn try_login(&self, login: &Login, visitor: &Visitor) -> Result<Session, Error> {
        let password = login.password.expose_secret();
        let Some(email) = EmailAddress::parse(&login.email) else {
            self.passwords.verify_nobody(password).await?;
            return Err(self.refuse_login(Vec::new(), password).await?);
        };
        // Read where it is not needed too: an address with an account shall not be a read quicker.
        let waiting = self.store.find_registrations_by_email(&email, REGISTRATIONS_TRIED).await?;
        let Some((user, hash)) = self.store.find_user_by_email(&email).await? else {
            self.passwords.verify_nobody(password).await?;
            return Err(self.refuse_login(waiting, password).await?);
        };
        match self.passwords.verify(password, &hash).await? {
            Verification::Differs => return Err(self.refuse_login(waiting, password).await?),
            Verification::Matches => {}
            Verification::MatchesOutdated => {
                let better = self.passwords.hash(password).await?;
                self.store.replace_password_hash(user.id, &hash, &better).await?;
            }
        }
        if user.disabled {
            return Err(Error::InvalidCredentials);
        }
        let fresh = self.fresh_session(&user, visitor)?;
        self.store_login(&user, &fresh.row, login.code.as_ref(), visitor).await?;
        self.begun_session(user, fresh)
    }

    /// What a login that fails answers: whoever signed up with this password is told so, whether or not there is an account with
    /// the address. Takes the time of one verification, however many sign-ups wait.
    async fn refuse_login(&self, mut waiting: Vec<Registration>, password: &str) -> Result<Error, Error> {
        let now = self.now();
        waiting.retain(|registration| now < registration.expires_at);
        let hashes = waiting.into_iter().map(|registration| registration.password_hash).collect();
        let is_not_verified = self.passwords.matches_any(password, hashes).await?;
        Ok(if is_not_verified { Error::EmailNotVerified } else { Error::InvalidCredentials })
    }

    /// Takes the next pair of tokens. A refresh token is good once; a second use of it ends its session, but for one within
    /// a few seconds.
    ///
    /// # Errors
    /// [`Error::InvalidToken`]; [`Error::RateLimited`].
    pub async fn refresh(&self, refresh_token: &str, visitor: &Visitor) -> Result<Session, Error> {
        self.admit_anyone(Permission::SessionRefresh)?;
        let attempt = self.begin_attempt(Credential::Token, visitor).await?;
        attempt.conclude(self.try_refresh(refresh_token, visitor).await).await
    }

    async fn try_refresh(&self, refresh_token: &str, visitor: &Visitor) -> Result<Session, Error> {
        let used = secret_token::hash(TokenKind::Refresh, refresh_token).map_err(|_| Error::InvalidToken)?;
        let next = secret_token::generate(&*self.random);
        let next_hash = secret_token::hash(TokenKind::Refresh, next.expose_secret())?;
        let now = self.now();
        let expires_at = now.plus_seconds(self.config.auth.refresh_token_ttl_seconds);
        let reused = self.event_from(visitor, Actor::Anyone, Action::SessionTokenReused, "");
        let forgiven_since = now.minus_seconds(FORGIVEN_SECONDS);
        match self.store.rotate_refresh_token(&used, &next_hash, forgiven_since, expires_at, &reused).await? {
            Refreshed::Rotated { session } => {
                // What it signed in with may have been changed, or the user disabled.
                let sign_in = self.store.find_sign_in(session, now).await?.ok_or(Error::InvalidToken)?;
                self.session_of(sign_in.user, session, next, expires_at, None)
            }
            Refreshed::Reused => {
                self.sign_ins.forget_all();
                tracing::warn!("a refresh token was used twice; its session has been ended");
                Err(Error::InvalidToken)
            }
            Refreshed::Refused => Err(Error::InvalidToken),
        }
    }

    /// Ends the caller's session, or all the sessions of its user.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`].
    pub async fn logout(&self, caller: &Caller, everywhere: bool) -> Result<(), Error> {
        let signed_in = self.admit_own(caller, Permission::SessionEnd)?;
        if everywhere {
            let event = self.event_by(caller, Action::SessionsEnded, signed_in.user.id);
            self.store.end_all_sessions(signed_in.user.id, &event).await?;
            self.sign_ins.forget_all();
            return Ok(());
        }
        match self.end_session(caller, signed_in.session).await {
            // Another request was faster; what was wanted holds.
            Err(Error::NotFound) => Ok(()),
            ended => ended,
        }
    }

    /// Lets a caller in who may do this to its own account.
    pub(super) fn admit_own<'a>(&self, caller: &'a Caller, permission: Permission) -> Result<&'a SignedIn, Error> {
        let signed_in = self.admit(caller, permission)?;
        if self.may(caller, permission, &[Relation::Myself]) { Ok(signed_in) } else { Err(Error::Forbidden) }
    }

    pub(super) fn fresh_session(&self, user: &User, visitor: &Visitor) -> Result<FreshSession, Error> {
        let now = self.now();
        let refresh_token = secret_token::generate(&*self.random);
        let id = SessionId::generate(&*self.random);
        let cookie = visitor.wants_cookie.then(|| secret_token::generate(&*self.random));
        let cookie_hash = match &cookie {
            Some(secret) => Some(secret_token::hash(TokenKind::Cookie, secret.expose_secret())?),
            None => None,
        };
        let cookie = cookie.map(|secret| write_cookie(id, &secret));
        let row = NewSession {
            id,
            user: user.id,
            sign_in_epoch: user.sign_in_epoch,
            created_at: now,
            device: visitor.device.clone(),
            expires_at: now.plus_seconds(self.config.auth.refresh_token_ttl_seconds),
            refresh_token_hash: secret_token::hash(TokenKind::Refresh, refresh_token.expose_secret())?,
            cookie_hash,
            passkey: None,
        };
        Ok(FreshSession { row, refresh_token, cookie })
    }

    pub(super) fn begun_session(&self, user: User, fresh: FreshSession) -> Result<Session, Error> {
        self.session_of(user, fresh.row.id, fresh.refresh_token, fresh.row.expires_at, fresh.cookie)
    }

    fn session_of(
        &self,
        user: User,
        session: SessionId,
        refresh_token: SecretString,
        refresh_token_expires_at: Timestamp,
        cookie: Option<SecretString>,
    ) -> Result<Session, Error> {
        let (now, ttl_seconds) = (self.now(), self.config.auth.access_token_ttl_seconds);
        let access_token = self.access_tokens().issue(user.id, session, now, ttl_seconds, &*self.random)?;
        // What the token says is in whole seconds.
        let expires_at = Timestamp::from_millis(now.plus_seconds(ttl_seconds).as_unix_seconds() * 1000);
        Ok(Session {
            access_token: access_token.into(),
            access_token_expires_at: expires_at,
            refresh_token,
            refresh_token_expires_at,
            cookie,
            user,
        })
    }
}

/// The value of a session cookie: which session, and the secret that proves it.
fn write_cookie(session: SessionId, secret: &SecretString) -> SecretString {
    format!("{}.{}", session.key(), secret.expose_secret()).into()
}

/// The session of a cookie, and the hash of its secret.
pub(super) fn read_cookie(text: &str) -> Option<(SessionId, String)> {
    let (session, secret) = text.split_once('.')?;
    Some((SessionId::from_key(session)?, secret_token::hash(TokenKind::Cookie, secret).ok()?))
}
