//! Mail that waits to be sent, written in the transaction of what it is about.

use surrealdb::types::{RecordId, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::row::{intact, key_of, record};
use crate::domain::email::EmailAddress;
use crate::domain::id::MailId;
use crate::domain::timestamp::Timestamp;

const TABLE: &str = "outbox";

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
    /// The key of the row it is about; with that row it is void.
    pub subject: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Not to be tried before this moment.
    pub due_at: Timestamp,
}

#[derive(SurrealValue)]
pub(super) struct OutboxRecord {
    id: RecordId,
    template: String,
    recipient: String,
    token: String,
    subject: String,
    attempts: i64,
    due_at: i64,
}

impl OutboxRecord {
    pub(super) fn new(mail: &PendingMail) -> Self {
        Self {
            id: record(TABLE, mail.id.key()),
            template: mail.template.clone(),
            recipient: mail.recipient.as_str().to_owned(),
            token: mail.sealed_token.clone(),
            subject: mail.subject.clone(),
            attempts: i64::from(mail.attempts),
            due_at: mail.due_at.as_millis(),
        }
    }

    fn read(self) -> Option<PendingMail> {
        Some(PendingMail {
            id: MailId::from_key(key_of(&self.id)?)?,
            template: self.template,
            recipient: EmailAddress::parse(&self.recipient)?,
            sealed_token: self.token,
            subject: self.subject,
            attempts: u32::try_from(self.attempts).ok()?,
            due_at: Timestamp::from_millis(self.due_at),
        })
    }
}

impl Store {
    /// Stores a mail that is about nothing else.
    ///
    /// # Errors
    /// As any write.
    pub async fn create_mail(&self, mail: &PendingMail) -> Result<(), Error> {
        let variables = variables! { mail: OutboxRecord::new(mail) };
        self.transact::<bool>("CREATE outbox CONTENT $mail; RETURN true", variables).await.map(|_| ())
    }

    /// The mails that are due, earliest first, at most `limit`.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_due_mails(&self, now: Timestamp, limit: usize) -> Result<Vec<PendingMail>, Error> {
        let text = format!("SELECT * FROM outbox WHERE due_at <= $now ORDER BY due_at ASC LIMIT {limit}");
        let rows: Vec<OutboxRecord> = self.rows(TABLE, &text, variables! { now: now.as_millis() }).await?;
        rows.into_iter().map(|row| intact(TABLE, row.read())).collect()
    }

    /// Forgets a mail that was sent or is given up, and its token with it.
    ///
    /// # Errors
    /// As any write.
    pub async fn delete_mail(&self, mail: MailId) -> Result<(), Error> {
        let variables = variables! { id: record(TABLE, mail.key()) };
        self.transact::<bool>("DELETE $id; RETURN true", variables).await.map(|_| ())
    }

    /// Puts a mail off after a failed try.
    ///
    /// # Errors
    /// As any write.
    pub async fn defer_mail(&self, mail: MailId, due_at: Timestamp) -> Result<(), Error> {
        let variables = variables! { id: record(TABLE, mail.key()), due_at: due_at.as_millis() };
        let body = "UPDATE $id SET attempts += 1, due_at = $due_at; RETURN true";
        self.transact::<bool>(body, variables).await.map(|_| ())
    }
}
