//! Mail that waits to be sent, written in the transaction of what it is about.
//!
//! A worker takes a mail for a while: until its lease ends, no other worker gets it, on whatever instance. What is noted
//! about a try counts only while the lease is still the one it was taken with.

use std::slice;

use surrealdb::types::{RecordId, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::row::{intact, key_of, record};
use crate::domain::dead_mail::DeadMail;
use crate::domain::email::EmailAddress;
use crate::domain::event::Event;
use crate::domain::id::MailId;
use crate::domain::timestamp::Timestamp;

pub(super) const TABLE: &str = "outbox";
const WAITING: &str = "waiting";

/// One mail that waits.
#[derive(Clone, Debug)]
pub struct PendingMail {
    /// Its id, from which its Message-ID is made.
    pub id: MailId,
    /// The name of its template.
    pub template: String,
    /// Where it goes.
    pub recipient: EmailAddress,
    /// The live token it carries, sealed; empty where it carries none.
    pub sealed_token: String,
    /// What the template speaks of, as a word; empty where it speaks of nothing.
    pub detail: String,
    /// The key of the row it is about; with that row it is void.
    pub subject: String,
    /// How often it was tried; of one that was taken, this time included.
    pub attempts: u32,
    /// Since when it waits.
    pub queued_at: Timestamp,
    /// Not to be tried before this moment.
    pub due_at: Timestamp,
    /// Until when whoever took it has it to itself; the epoch where nobody has.
    pub lease_expires_at: Timestamp,
}

#[derive(SurrealValue)]
pub(super) struct OutboxRecord {
    id: RecordId,
    state: String,
    template: String,
    recipient: String,
    token: String,
    detail: String,
    subject: String,
    attempts: i64,
    queued_at: i64,
    due_at: i64,
    lease_expires_at: i64,
    reason: String,
    failed_at: i64,
    pub(super) newest: String,
    pub(super) oldest: String,
}

impl OutboxRecord {
    pub(super) fn new(mail: &PendingMail) -> Self {
        Self {
            id: record(TABLE, mail.id.key()),
            state: WAITING.to_owned(),
            template: mail.template.clone(),
            recipient: mail.recipient.as_str().to_owned(),
            token: mail.sealed_token.clone(),
            detail: mail.detail.clone(),
            subject: mail.subject.clone(),
            attempts: i64::from(mail.attempts),
            queued_at: mail.queued_at.as_millis(),
            due_at: mail.due_at.as_millis(),
            lease_expires_at: mail.lease_expires_at.as_millis(),
            reason: String::new(),
            failed_at: 0,
            newest: String::new(),
            oldest: String::new(),
        }
    }

    fn read(self) -> Option<PendingMail> {
        Some(PendingMail {
            id: MailId::from_key(key_of(&self.id)?)?,
            template: self.template,
            recipient: EmailAddress::parse(&self.recipient)?,
            sealed_token: self.token,
            detail: self.detail,
            subject: self.subject,
            attempts: u32::try_from(self.attempts).ok()?,
            queued_at: Timestamp::from_millis(self.queued_at),
            due_at: Timestamp::from_millis(self.due_at),
            lease_expires_at: Timestamp::from_millis(self.lease_expires_at),
        })
    }

    pub(super) fn read_dead(self) -> Option<DeadMail> {
        Some(DeadMail {
            id: MailId::from_key(key_of(&self.id)?)?,
            template: self.template,
            recipient: EmailAddress::parse(&self.recipient)?,
            subject: self.subject,
            failed_at: Timestamp::from_millis(self.failed_at),
            attempts: u32::try_from(self.attempts).ok()?,
            reason: self.reason,
        })
    }
}

/// The statements that take a request out of the outbox because it is answered in this transaction: `$request` is its row,
/// `$lease` the lease it was taken with.
pub(super) const ANSWER_REQUEST: &str = "
    LET $answered = (DELETE $request WHERE lease_expires_at = $lease RETURN BEFORE);
    IF array::len($answered) != 1 { THROW 'mail_gone' };";

/// The statements that store `$mail` where `$may_mail` says so, and do the same work where it does not.
pub(super) const CREATE_MAIL_IF_ALLOWED: &str = "
    CREATE outbox CONTENT $mail;
    LET $mail_id = $mail.id;
    IF !$may_mail { DELETE $mail_id };";

impl Store {
    /// Answers a request with nothing but a mail.
    ///
    /// # Errors
    /// [`Guard::MailGone`](super::Guard::MailGone) when somebody else has answered the request.
    pub async fn answer_with_mail(
        &self,
        request: &PendingMail,
        mail: &PendingMail,
        event: &Event,
    ) -> Result<(), Error> {
        let body = format!("{ANSWER_REQUEST} CREATE outbox CONTENT $mail; RETURN true");
        let variables = variables! {
            request: record(TABLE, request.id.key()),
            lease: request.lease_expires_at.as_millis(),
            mail: OutboxRecord::new(mail),
        };
        self.act::<bool>(&body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// Stores a mail that is about nothing else. Where it may not be, the same work is done, and it is gone with it.
    ///
    /// # Errors
    /// As any write.
    pub async fn create_mail(&self, mail: &PendingMail, may_mail: bool) -> Result<(), Error> {
        let variables = variables! { mail: OutboxRecord::new(mail), may_mail: may_mail };
        self.transact::<bool>(&format!("{CREATE_MAIL_IF_ALLOWED} RETURN true"), variables).await.map(|_| ())
    }

    /// Takes the mail that is due longest, for this caller alone until `lease_expires_at`, and counts the try.
    ///
    /// # Errors
    /// As any write.
    pub async fn take_due_mail(
        &self,
        now: Timestamp,
        lease_expires_at: Timestamp,
    ) -> Result<Option<PendingMail>, Error> {
        let body = "
            LET $due = (SELECT VALUE id FROM outbox
                WHERE state = 'waiting' AND due_at <= $now AND lease_expires_at <= $now ORDER BY due_at ASC LIMIT 1);
            LET $taken = (UPDATE $due SET lease_expires_at = $lease, attempts += 1 RETURN AFTER);
            RETURN $taken";
        let variables = variables! { now: now.as_millis(), lease: lease_expires_at.as_millis() };
        let rows: Vec<OutboxRecord> = self.transact(body, variables).await?;
        rows.into_iter().next().map(|row| intact(TABLE, row.read())).transpose()
    }

    /// Gives back what workers have taken: for the start of a process that has the database to itself, when whoever took
    /// it is gone.
    ///
    /// # Errors
    /// As any write.
    pub async fn release_mails(&self) -> Result<(), Error> {
        let body = "
            UPDATE outbox SET lease_expires_at = 0 WHERE state = 'waiting' AND due_at <= $end AND lease_expires_at > 0;
            RETURN true";
        self.transact::<bool>(body, variables! { end: i64::MAX }).await.map(|_| ())
    }

    /// Forgets a mail that was sent, and its token with it. One that is not there is no error.
    ///
    /// # Errors
    /// As any write.
    pub async fn delete_mail(&self, mail: MailId) -> Result<(), Error> {
        let variables = variables! { id: record(TABLE, mail.key()) };
        self.transact::<bool>("DELETE $id; RETURN true", variables).await.map(|_| ())
    }

    /// Puts off a mail that was taken and could not be sent.
    ///
    /// # Errors
    /// As any write.
    pub async fn defer_mail(&self, mail: &PendingMail, due_at: Timestamp) -> Result<(), Error> {
        let body = "
            UPDATE $id SET due_at = $due_at, lease_expires_at = 0 WHERE lease_expires_at = $lease;
            RETURN true";
        let variables = variables! {
            id: record(TABLE, mail.id.key()),
            due_at: due_at.as_millis(),
            lease: mail.lease_expires_at.as_millis(),
        };
        self.transact::<bool>(body, variables).await.map(|_| ())
    }
}
