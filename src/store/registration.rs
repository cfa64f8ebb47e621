//! Sign-ups that wait for their address to be confirmed.

use std::slice;

use surrealdb::types::{RecordId, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::invitation::{CONSUME_INVITATION, invitation_record};
use super::outbox::{ANSWER_REQUEST, CREATE_MAIL_IF_ALLOWED, OutboxRecord, PendingMail, TABLE as OUTBOX};
use super::query::variables;
use super::row::{intact, key_of, record};
use super::session::{ADD_SESSION, NewSession, RefreshTokenRecord, SessionRecord};
use super::user::{ADD_USER, UserRecord, role_total};
use crate::domain::email::EmailAddress;
use crate::domain::event::Event;
use crate::domain::id::{InvitationId, RegistrationId};
use crate::domain::name::PersonName;
use crate::domain::role::Role;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;

const TABLE: &str = "registration";

/// A sign-up that waits for its address to be confirmed.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Its id.
    pub id: RegistrationId,
    /// The address to be confirmed.
    pub email: EmailAddress,
    /// What the person is called.
    pub name: PersonName,
    /// What the person will be.
    pub role: Role,
    /// The hash of the password that was chosen with it.
    pub password_hash: String,
    /// The hash of the token that was mailed.
    pub token_hash: String,
    /// The invitation it came with, used up when the address is confirmed.
    pub invitation: Option<InvitationId>,
    /// From this moment on its token is good for nothing.
    pub expires_at: Timestamp,
}

/// Another token for a sign-up that waits.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// The registration with its new hash and its new end.
    pub registration: Registration,
    /// The hash of the token that is void from now on.
    pub old_token_hash: String,
    /// The mail that carries the new one.
    pub mail: PendingMail,
}

#[derive(SurrealValue)]
struct RenewalRecord {
    registration: RegistrationRecord,
    old_token_hash: String,
    mail: OutboxRecord,
}

#[derive(SurrealValue)]
struct RegistrationRecord {
    id: RecordId,
    email: String,
    newest: String,
    name: String,
    role: String,
    password_hash: String,
    token_hash: String,
    invitation: String,
    expires_at: i64,
}

impl RegistrationRecord {
    fn new(registration: &Registration) -> Self {
        let id = registration.id;
        Self {
            id: record(TABLE, id.key()),
            email: registration.email.as_str().to_owned(),
            newest: format!("{:016x}{}", !registration.expires_at.as_millis().unsigned_abs(), id.to_hex()),
            name: registration.name.as_str().to_owned(),
            role: registration.role.as_str().to_owned(),
            password_hash: registration.password_hash.clone(),
            token_hash: registration.token_hash.clone(),
            invitation: registration.invitation.map(|id| id.key()).unwrap_or_default(),
            expires_at: registration.expires_at.as_millis(),
        }
    }

    fn read(self) -> Option<Registration> {
        Some(Registration {
            id: RegistrationId::from_key(key_of(&self.id)?)?,
            email: EmailAddress::parse(&self.email)?,
            name: PersonName::parse(&self.name).ok()?,
            role: Role::parse(&self.role)?,
            password_hash: self.password_hash,
            token_hash: self.token_hash,
            invitation: InvitationId::from_key(&self.invitation),
            expires_at: Timestamp::from_millis(self.expires_at),
        })
    }
}

impl Store {
    /// Stores a registration and the mail about it. Where it may not be mailed, the mail is taken back in the same
    /// transaction: the same work, and nobody ever sees it.
    ///
    /// # Errors
    /// As any write.
    pub async fn create_registration(
        &self,
        registration: &Registration,
        mail: &PendingMail,
        may_mail: bool,
        event: &Event,
    ) -> Result<(), Error> {
        let body = format!(
            "CREATE registration CONTENT $registration; {CREATE_MAIL_IF_ALLOWED}
             LET $registration_id = $registration.id;
             IF !$may_mail {{ DELETE $registration_id }};
             RETURN true"
        );
        let variables = variables! {
            registration: RegistrationRecord::new(registration),
            mail: OutboxRecord::new(mail),
            may_mail: may_mail,
        };
        self.act::<bool>(&body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// Answers a request with another token for each of these registrations. Mails that wait with the old ones are void.
    ///
    /// # Errors
    /// [`Guard::MailGone`](super::Guard::MailGone) when somebody else has answered the request;
    /// [`Guard::TokenGone`](super::Guard::TokenGone) when a registration has changed meanwhile.
    pub async fn renew_registrations(
        &self,
        request: &PendingMail,
        renewals: &[Renewal],
        events: &[Event],
    ) -> Result<(), Error> {
        let body = format!(
            "{ANSWER_REQUEST}
             FOR $renewal IN $renewals {{
                 LET $renewed_id = $renewal.registration.id;
                 LET $renewed = (UPDATE $renewed_id SET token_hash = $renewal.registration.token_hash,
                     expires_at = $renewal.registration.expires_at, newest = $renewal.registration.newest
                     WHERE token_hash = $renewal.old_token_hash RETURN AFTER);
                 IF array::len($renewed) != 1 {{ THROW 'token_gone' }};
                 LET $void_key = record::id($renewed_id);
                 DELETE outbox WHERE subject = $void_key;
                 CREATE outbox CONTENT $renewal.mail;
             }};
             RETURN true"
        );
        let record_of = |renewal: &Renewal| RenewalRecord {
            registration: RegistrationRecord::new(&renewal.registration),
            old_token_hash: renewal.old_token_hash.clone(),
            mail: OutboxRecord::new(&renewal.mail),
        };
        let variables = variables! {
            request: record(OUTBOX, request.id.key()),
            lease: request.lease_expires_at.as_millis(),
            renewals: renewals.iter().map(record_of).collect::<Vec<_>>(),
        };
        self.act::<bool>(&body, variables, events).await.map(|_| ())
    }

    /// The registration whose token has this hash.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_registration_by_token(&self, token_hash: &str) -> Result<Option<Registration>, Error> {
        let text = "SELECT * FROM registration WHERE token_hash = $hash LIMIT 1";
        let rows: Vec<RegistrationRecord> = self.rows(TABLE, text, variables! { hash: token_hash.to_owned() }).await?;
        rows.into_iter().next().map(|row| intact(TABLE, row.read())).transpose()
    }

    /// The latest registrations of an address, at most `limit`.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_registrations_by_email(
        &self,
        email: &EmailAddress,
        limit: usize,
    ) -> Result<Vec<Registration>, Error> {
        let text = format!(
            "SELECT * FROM registration WHERE email = $email AND newest > '' ORDER BY newest ASC LIMIT {limit}"
        );
        let rows: Vec<RegistrationRecord> =
            self.rows(TABLE, &text, variables! { email: email.as_str().to_owned() }).await?;
        rows.into_iter().map(|row| intact(TABLE, row.read())).collect()
    }

    /// Turns a registration into a user who is signed in. The other registrations of the address are void, and the
    /// invitation it came with is used up.
    ///
    /// # Errors
    /// [`Guard::TokenGone`](super::Guard::TokenGone) when the registration or its invitation is no longer there;
    /// [`Error::Conflict`] when the address was taken meanwhile.
    pub async fn activate_registration(
        &self,
        registration: &Registration,
        user: &User,
        session: Option<&NewSession>,
        events: &[Event],
        now: Timestamp,
    ) -> Result<(), Error> {
        let add_session = if session.is_some() { ADD_SESSION } else { "" };
        let consume = if registration.invitation.is_some() { CONSUME_INVITATION } else { "" };
        let body = format!(
            "IF (SELECT VALUE token_hash FROM ONLY $registration) != $token_hash {{ THROW 'token_gone' }};
             {consume} {ADD_USER} {add_session} RETURN true"
        );
        let mut variables = variables! {
            registration: record(TABLE, registration.id.key()),
            invitation: invitation_record(registration.invitation),
            token_hash: registration.token_hash.clone(),
            now: now.as_millis(),
            user: UserRecord::new(user, &registration.password_hash),
            role_total: role_total(user.role),
        };
        if let Some(session) = session {
            variables.insert("new_session", SessionRecord::new(session));
            variables.insert("refresh_token", RefreshTokenRecord::new(session));
        }
        self.act::<bool>(&body, variables, events).await.map(|_| ())
    }
}
