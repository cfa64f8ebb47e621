//! Getting an account.

use secrecy::{ExposeSecret, SecretString};

use super::limits::Credential;
use super::sessions::{FreshSession, Session};
use super::{Caller, Error, Services, Visitor};
use crate::config::SignupMode;
use crate::crypto::password::Verification;
use crate::crypto::secret_token::{self, TokenKind};
use crate::domain::email::EmailAddress;
use crate::domain::event::{Action, Actor, Event};
use crate::domain::id::{InvitationId, RegistrationId, UserId};
use crate::domain::name::PersonName;
use crate::domain::permission::Permission;
use crate::domain::role::Role;
use crate::domain::user::User;
use crate::mail::Template;
use crate::store;
use crate::store::registration::Registration;

/// What somebody signs up with.
#[derive(Debug)]
pub struct Signup {
    /// The address.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// The password.
    pub password: SecretString,
    /// The role.
    pub role: Role,
    /// An invitation, where the role needs one.
    pub invitation: Option<String>,
}

impl Services {
    /// Registers somebody, and mails the address. What comes back is the same whether or not the address was known, and so
    /// is the work: for a known one a decoy is stored, a registration with a password that nothing matches and a token
    /// that nobody gets.
    ///
    /// # Errors
    /// [`Error::Input`] with the field; [`Error::InvalidToken`] for an invitation that is missing or not good;
    /// [`Error::Forbidden`] where sign-up for the role is closed; [`Error::RateLimited`].
    pub async fn signup(&self, signup: &Signup, visitor: &Visitor) -> Result<EmailAddress, Error> {
        self.admit_anyone(Permission::AccountSignup)?;
        self.count_signup(visitor).await?;
        let attempt = self.begin_attempt(Credential::Token, visitor).await?;
        attempt.conclude(self.try_signup(signup, visitor).await).await
    }

    async fn try_signup(&self, signup: &Signup, visitor: &Visitor) -> Result<EmailAddress, Error> {
        let email = parse_email(&signup.email)?;
        let name = parse_person_name(&signup.name)?;
        let password = signup.password.expose_secret();
        self.passwords.check_strength("password", password, [email.as_str(), name.as_str()]).await?;
        let invitation = self.check_invitation(signup, &email).await?;
        // A login compares its password with all that wait for an address, by the work of one.
        let waiting = self.store.find_registrations_by_email(&email, 1).await?;
        let beside = waiting.first().map(|registration| registration.password_hash.as_str());
        let password_hash = self.passwords.hash_beside(password, beside).await?;
        let (token, nobodys_token) = (secret_token::generate(&*self.random), secret_token::generate(&*self.random));
        let (mut template, mut mailed_token) = (Template::VerifyEmail, &token);
        if self.store.find_user_by_email(&email).await?.is_some() {
            (template, mailed_token) = (Template::AlreadyRegistered, &nobodys_token);
        }
        let registration = Registration {
            id: RegistrationId::generate(&*self.random),
            email: email.clone(),
            name,
            role: signup.role,
            password_hash,
            token_hash: secret_token::hash(TokenKind::Verification, token.expose_secret())?,
            invitation,
            expires_at: self.now().plus_seconds(self.config.auth.verification_ttl_seconds),
        };
        let mail = self.new_mail(template, &email, Some(mailed_token), registration.id.key())?;
        let may_mail = self.may_mail("sign-up", &email, visitor).await?;
        let event = self.event_from(visitor, Actor::Anyone, Action::AccountRequested, registration.id);
        self.store.create_registration(&registration, &mail, may_mail, &event).await?;
        self.mail_waits.notify_one();
        Ok(email)
    }

    /// What somebody with this invitation becomes; a Client without one. For the page, which has no field for it: 256 random
    /// bits are no oracle.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] for an invitation that is not good; [`Error::Forbidden`] where nobody may sign up.
    pub async fn role_by_invitation(&self, invitation: Option<&str>, visitor: &Visitor) -> Result<Role, Error> {
        self.admit_anyone(Permission::AccountSignup)?;
        let Some(token) = invitation else { return Ok(Role::Client) };
        let attempt = self.begin_attempt(Credential::Token, visitor).await?;
        Ok(attempt.conclude(self.find_good_invitation(token).await).await?.role)
    }

    async fn check_invitation(&self, signup: &Signup, email: &EmailAddress) -> Result<Option<InvitationId>, Error> {
        let mode = match signup.role {
            Role::Client => self.config.signup.client,
            Role::Ops => self.config.signup.ops,
            Role::Admin => SignupMode::Invite,
        };
        match (mode, &signup.invitation) {
            (SignupMode::Closed, _) => Err(Error::Forbidden),
            (SignupMode::Open, None) => Ok(None),
            (SignupMode::Invite, None) => Err(Error::InvalidToken),
            (SignupMode::Open | SignupMode::Invite, Some(token)) => {
                let invitation = self.find_good_invitation(token).await?;
                let fits = invitation.role == signup.role && invitation.email.as_ref().is_none_or(|only| only == email);
                if fits { Ok(Some(invitation.id)) } else { Err(Error::InvalidToken) }
            }
        }
    }

    /// Confirms an address and signs in. The token proves the address; the password proves that whoever confirms is
    /// whoever signed up.
    ///
    /// # Errors
    /// [`Error::InvalidToken`]; [`Error::InvalidCredentials`] for a wrong password, which leaves the token good;
    /// [`Error::RateLimited`].
    pub async fn verify_email(&self, token: &str, password: &str, visitor: &Visitor) -> Result<Session, Error> {
        self.admit_anyone(Permission::AccountVerify)?;
        let attempt = self.begin_attempt(Credential::Confirmation(token), visitor).await?;
        let (user, fresh) = attempt.conclude(self.try_verify_email(token, password, visitor, true).await).await?;
        self.begun_session(user, fresh)
    }

    /// The same without signing in, for the page: a session that nobody holds would stand among the user's.
    ///
    /// # Errors
    /// As [`verify_email`](Self::verify_email).
    pub async fn confirm_address(&self, token: &str, password: &str, visitor: &Visitor) -> Result<(), Error> {
        self.admit_anyone(Permission::AccountVerify)?;
        let attempt = self.begin_attempt(Credential::Confirmation(token), visitor).await?;
        attempt.conclude(self.try_verify_email(token, password, visitor, false).await).await.map(|_| ())
    }

    async fn try_verify_email(
        &self,
        token: &str,
        password: &str,
        visitor: &Visitor,
        signs_in: bool,
    ) -> Result<(User, FreshSession), Error> {
        let token_hash = secret_token::hash(TokenKind::Verification, token).map_err(|_| Error::InvalidToken)?;
        let now = self.now();
        let registration = self
            .store
            .find_registration_by_token(&token_hash)
            .await?
            .filter(|registration| now < registration.expires_at)
            .ok_or(Error::InvalidToken)?;
        if self.passwords.verify(password, &registration.password_hash).await? == Verification::Differs {
            return Err(Error::InvalidCredentials);
        }
        let user = User {
            id: UserId::generate(&*self.random),
            email: registration.email.clone(),
            name: registration.name.clone(),
            role: registration.role,
            created_at: now,
            disabled: false,
            sign_in_epoch: 0,
        };
        let fresh = self.fresh_session(&user, visitor)?;
        let by = |action, object: String| self.event_from(visitor, Actor::User(user.id), action, object);
        let detail = registration.invitation.map(|invitation| invitation.to_string()).unwrap_or_default();
        let mut events = vec![Event { detail, ..by(Action::AccountVerified, user.id.to_string()) }];
        let session = signs_in.then_some(&fresh.row);
        if signs_in {
            events.push(by(Action::SessionBegun, fresh.row.id.to_string()));
        }
        match self.store.activate_registration(&registration, &user, session, &events, now).await {
            Ok(()) => Ok((user, fresh)),
            Err(store::Error::Conflict | store::Error::Refused(_)) => Err(Error::InvalidToken),
            Err(failure) => Err(failure.into()),
        }
    }

    /// The signed-in user; `None` for an anonymous caller.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for a caller whose sign-in is not good.
    pub fn viewer(&self, caller: &Caller) -> Result<Option<User>, Error> {
        if matches!(caller, Caller::Anonymous) {
            return Ok(None);
        }
        Ok(Some(self.admit_own(caller, Permission::AccountRead)?.user.clone()))
    }

    /// Makes a verified user at once. For whoever runs commands on the machine.
    ///
    /// # Errors
    /// [`Error::Input`] with the field; [`Error::Conflict`] when the address is taken.
    pub async fn create_user(
        &self,
        caller: &Caller,
        email: &str,
        name: &str,
        role: Role,
        password: &str,
    ) -> Result<User, Error> {
        if !self.may(caller, Permission::UserCreate, &[]) {
            return Err(Error::Forbidden);
        }
        let (email, name) = (parse_email(email)?, parse_person_name(name)?);
        self.passwords.check_strength("password", password, [email.as_str(), name.as_str()]).await?;
        let password_hash = self.passwords.hash(password).await?;
        let id = UserId::generate(&*self.random);
        let user = User { id, email, name, role, created_at: self.now(), disabled: false, sign_in_epoch: 0 };
        let event = self.event_by(caller, Action::AccountCreated, id);
        match self.store.create_user(&user, &password_hash, &event).await {
            Ok(()) => Ok(user),
            Err(store::Error::Conflict) => Err(Error::Conflict("This e-mail address is taken.")),
            Err(failure) => Err(failure.into()),
        }
    }
}

pub(super) fn parse_email(text: &str) -> Result<EmailAddress, Error> {
    EmailAddress::parse(text).ok_or_else(|| Error::input("email", "This is not an e-mail address."))
}

fn parse_person_name(text: &str) -> Result<PersonName, Error> {
    PersonName::parse(text).map_err(|message| Error::input("name", message))
}
