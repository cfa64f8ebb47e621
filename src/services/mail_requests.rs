//! What is asked for by naming an address, and answered by mail alone: nothing else may tell whether the address is known.
//!
//! Whoever asks is answered before anybody has looked: asking is one row in the outbox, the same row for whatever address. The
//! worker of the outbox takes it up like a mail, finds out what there is to do, and does it in one transaction that removes
//! the request, or drops it. So known and unknown addresses differ in nothing that the one who asks waits for.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;

use super::accounts::parse_email;
use super::{Error, Services, Visitor};
use crate::crypto::secret_token::{self, TokenKind};
use crate::domain::email::EmailAddress;
use crate::domain::event::{Action, Actor, Event};
use crate::domain::id::UserId;
use crate::domain::permission::Permission;
use crate::domain::random::random_bytes;
use crate::domain::timestamp::Timestamp;
use crate::mail::Template;
use crate::store::account_token::{AccountToken, AccountTokenUse};
use crate::store::outbox::PendingMail;
use crate::store::registration::{Registration, Renewal};
use crate::store::{self, Guard};

/// How many of the sign-ups that wait for an address get another link. Not one alone: whoever signs up last with somebody
/// else's address would keep that person from ever getting the right one again.
const REGISTRATIONS_RENEWED: usize = 3;
/// How long a request is left alone at least.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
/// How much longer at most, at random: so that what happens next tells no more than the answer.
const PAUSE_SPREAD: Duration = Duration::from_millis(200);

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MailRequest {
    /// Another link for the sign-ups that wait for the address.
    Verification,
    /// A link to choose a new password for the account with the address.
    PasswordReset,
    /// A link that confirms the address for an account; the subject is the key of its user.
    EmailChange,
}

impl MailRequest {
    const ALL: [Self; 3] = [Self::Verification, Self::PasswordReset, Self::EmailChange];

    /// What stands in the outbox in place of the name of a template.
    fn as_str(self) -> &'static str {
        match self {
            Self::Verification => "asks_verification",
            Self::PasswordReset => "asks_password_reset",
            Self::EmailChange => "asks_email_change",
        }
    }

    /// The request that an entry of the outbox is; `None` for a mail.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|request| request.as_str() == name)
    }
}

impl Services {
    /// Asks for another link for the sign-ups that wait for an address. Says the same whatever the address.
    ///
    /// # Errors
    /// [`Error::Input`] for what is no address.
    pub async fn resend_verification(&self, email: &str, visitor: &Visitor) -> Result<(), Error> {
        self.admit_anyone(Permission::AccountVerify)?;
        let email = parse_email(email)?;
        self.ask(MailRequest::Verification, &email, String::new(), visitor).await
    }

    /// Asks for a link to choose a new password. Says the same whatever the address.
    ///
    /// # Errors
    /// [`Error::Input`] for what is no address.
    pub async fn request_password_reset(&self, email: &str, visitor: &Visitor) -> Result<(), Error> {
        self.admit_anyone(Permission::AccountRecover)?;
        let email = parse_email(email)?;
        self.ask(MailRequest::PasswordReset, &email, String::new(), visitor).await
    }

    /// Puts a request into the outbox; where the address or the visitor has had enough mails, one that is gone again at once.
    pub(super) async fn ask(
        &self,
        request: MailRequest,
        email: &EmailAddress,
        subject: String,
        visitor: &Visitor,
    ) -> Result<(), Error> {
        let asked = self.new_entry(request.as_str(), email, subject);
        let may_mail = self.may_mail(request.as_str(), email, visitor).await?;
        let asked = PendingMail { detail: visitor.address.to_string(), ..asked };
        self.store.create_mail(&asked, may_mail).await?;
        // Not at once: what there is to do must not compete with the answer that is on its way.
        let [share] = random_bytes(&*self.random);
        let pause = SHORTEST_PAUSE + PAUSE_SPREAD * u32::from(share) / 255;
        let mail_waits = Arc::clone(&self.mail_waits);
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            mail_waits.notify_one();
        });
        Ok(())
    }

    /// Does what was asked for, where there is something to do.
    ///
    /// # Errors
    /// [`Error::Unavailable`], or [`Error::Conflict`] where something changed meanwhile: then it is to be tried again.
    pub(super) async fn answer(&self, request: MailRequest, asked: &PendingMail) -> Result<(), Error> {
        let answered = match request {
            MailRequest::Verification => self.answer_with_verification(asked).await,
            MailRequest::PasswordReset => self.answer_with_password_reset(asked).await,
            MailRequest::EmailChange => self.answer_with_email_change(asked).await,
        };
        match answered {
            // Another worker was faster.
            Err(Failure::Store(store::Error::Refused(Guard::MailGone))) => Ok(()),
            Err(Failure::Store(failure)) => Err(failure.into()),
            Err(Failure::Other(failure)) => Err(failure),
            Ok(()) => {
                self.mail_waits.notify_one();
                Ok(())
            }
        }
    }

    async fn answer_with_verification(&self, asked: &PendingMail) -> Result<(), Failure> {
        let email = &asked.recipient;
        if self.store.find_user_by_email(email).await?.is_some() {
            return Ok(());
        }
        let now = self.now();
        let mut waiting = self.store.find_registrations_by_email(email, REGISTRATIONS_RENEWED).await?;
        waiting.retain(|registration| now < registration.expires_at);
        let expires_at = now.plus_seconds(self.config.auth.verification_ttl_seconds);
        let (mut renewals, mut events) = (Vec::new(), Vec::new());
        for (registration, place) in waiting.into_iter().zip(0..) {
            // The latest stays the latest: they are ordered by their end.
            let expires_at = Timestamp::from_millis(expires_at.as_millis() - place);
            events.push(self.event_of_request(Action::VerificationResent, Actor::Anyone, registration.id, asked));
            renewals.push(self.renewal(registration, expires_at)?);
        }
        if renewals.is_empty() {
            return Ok(());
        }
        Ok(self.store.renew_registrations(asked, &renewals, &events).await?)
    }

    fn renewal(&self, registration: Registration, expires_at: Timestamp) -> Result<Renewal, Error> {
        let token = secret_token::generate(&*self.random);
        let token_hash = secret_token::hash(TokenKind::Verification, token.expose_secret())?;
        let mail = self.new_mail(Template::VerifyEmail, &registration.email, Some(&token), registration.id.key())?;
        let old_token_hash = registration.token_hash.clone();
        Ok(Renewal { registration: Registration { token_hash, expires_at, ..registration }, old_token_hash, mail })
    }

    async fn answer_with_password_reset(&self, asked: &PendingMail) -> Result<(), Failure> {
        let Some((user, _)) = self.store.find_user_by_email(&asked.recipient).await? else { return Ok(()) };
        if user.disabled {
            return Ok(());
        }
        let ttl_seconds = self.config.auth.password_reset_ttl_seconds;
        let (token, mail) =
            self.granted_token(AccountTokenUse::PasswordReset, user.id, &asked.recipient, ttl_seconds)?;
        let event = self.event_of_request(Action::PasswordResetRequested, Actor::Anyone, user.id, asked);
        Ok(self.store.grant_account_token(asked, &user, &token, &[mail], &event).await?)
    }

    /// The old address hears of it whether or not the new one is free: whoever asks may read what comes there.
    async fn answer_with_email_change(&self, asked: &PendingMail) -> Result<(), Failure> {
        let Some(id) = UserId::from_key(&asked.subject) else { return Ok(()) };
        let Some(user) = self.store.find_user(id).await?.filter(|user| !user.disabled) else { return Ok(()) };
        let notice = self.new_mail(Template::EmailChangeRequested, &user.email, None, String::new())?;
        let event = self.event_of_request(Action::EmailChangeRequested, Actor::User(id), id, asked);
        if self.store.find_user_by_email(&asked.recipient).await?.is_some() {
            return Ok(self.store.answer_with_mail(asked, &notice, &event).await?);
        }
        let ttl_seconds = self.config.auth.verification_ttl_seconds;
        let (token, mail) = self.granted_token(AccountTokenUse::EmailChange, id, &asked.recipient, ttl_seconds)?;
        Ok(self.store.grant_account_token(asked, &user, &token, &[mail, notice], &event).await?)
    }

    /// A new token for an account, and the mail that carries it to `email`.
    fn granted_token(
        &self,
        purpose: AccountTokenUse,
        user: UserId,
        email: &EmailAddress,
        ttl_seconds: u64,
    ) -> Result<(AccountToken, PendingMail), Error> {
        let (kind, template) = match purpose {
            AccountTokenUse::PasswordReset => (TokenKind::PasswordReset, Template::PasswordReset),
            AccountTokenUse::EmailChange => (TokenKind::EmailChange, Template::ConfirmNewEmail),
        };
        let secret = secret_token::generate(&*self.random);
        let mail = self.new_mail(template, email, Some(&secret), purpose.key(user))?;
        let token_hash = secret_token::hash(kind, secret.expose_secret())?;
        let expires_at = self.now().plus_seconds(ttl_seconds);
        Ok((AccountToken { purpose, user, email: email.clone(), token_hash, expires_at }, mail))
    }

    fn event_of_request(&self, action: Action, actor: Actor, object: impl ToString, asked: &PendingMail) -> Event {
        self.event(action, actor, object, asked.detail.parse().ok())
    }
}

/// What kept a request from being answered: what the store refused is looked at before it is told.
enum Failure {
    Store(store::Error),
    Other(Error),
}

impl From<store::Error> for Failure {
    fn from(failure: store::Error) -> Self {
        Self::Store(failure)
    }
}

impl From<Error> for Failure {
    fn from(failure: Error) -> Self {
        Self::Other(failure)
    }
}
