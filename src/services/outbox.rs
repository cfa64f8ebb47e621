//! Mail that waits, and its way out. No answer to anybody waits for it.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{Error, Services};
use crate::crypto::sealed_token::{self, TokenPurpose};
use crate::domain::email::EmailAddress;
use crate::domain::id::MailId;
use crate::mail::{Letter, Template};
use crate::store::outbox::PendingMail;

/// How many mails are taken from the outbox at once.
const BATCH: usize = 20;
/// The pause after the first failed try; it doubles with each.
const FIRST_RETRY_SECONDS: u64 = 10;
/// The longest pause between two tries.
const LONGEST_RETRY_SECONDS: u64 = 3600;
/// How long the worker sleeps when nobody wakes it.
const IDLE: Duration = Duration::from_secs(5);

impl Services {
    /// A mail to be stored in the transaction of what it is about. Its token is sealed until it is sent.
    pub(super) fn new_mail(
        &self,
        template: Template,
        recipient: &EmailAddress,
        token: Option<&SecretString>,
        subject: String,
    ) -> Result<PendingMail, Error> {
        let id = MailId::generate(&*self.random);
        let sealed_token = match token {
            None => String::new(),
            Some(token) => {
                let token = token.expose_secret().as_bytes();
                sealed_token::seal(&self.ring, TokenPurpose::Mail, id.as_bytes(), token, &*self.random)?
            }
        };
        let (template, recipient) = (template.as_str().to_owned(), recipient.clone());
        Ok(PendingMail { id, template, recipient, sealed_token, subject, attempts: 0, due_at: self.now() })
    }

    /// Sends what is due, for as long as the process lives.
    pub async fn run_outbox(&self) {
        loop {
            match self.deliver_due_mails().await {
                Ok(0) => {
                    // Either somebody stores a mail, or one that failed comes due.
                    let _woken_or_not = tokio::time::timeout(IDLE, self.mail_waits.notified()).await;
                }
                Ok(_) => {}
                Err(failure) => {
                    tracing::error!(error = failure.with_causes(), "the outbox cannot be read");
                    tokio::time::sleep(IDLE).await;
                }
            }
        }
    }

    /// Sends what is due now, and answers how many mails it took up.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the outbox cannot be read or written.
    pub async fn deliver_due_mails(&self) -> Result<usize, Error> {
        let mails = self.store.find_due_mails(self.now(), BATCH).await?;
        for mail in &mails {
            match self.deliver(mail).await {
                Ok(()) => self.store.delete_mail(mail.id).await?,
                Err(failure) => {
                    let pause =
                        FIRST_RETRY_SECONDS.saturating_mul(1 << mail.attempts.min(20)).min(LONGEST_RETRY_SECONDS);
                    tracing::warn!(mail = %mail.id, error = failure.with_causes(), pause_seconds = pause, "a mail could not be sent");
                    self.store.defer_mail(mail.id, self.now().plus_seconds(pause)).await?;
                }
            }
        }
        Ok(mails.len())
    }

    async fn deliver(&self, mail: &PendingMail) -> Result<(), Error> {
        let template = Template::parse(&mail.template).ok_or_else(|| Error::internal("a mail without a template"))?;
        let public_url = &self.config.server.public_url;
        let link = match template {
            Template::VerifyEmail => {
                let token = self.open_mail_token(mail)?;
                Zeroizing::new(format!("{public_url}/verify-email?token={}", *token))
            }
            Template::AlreadyRegistered => Zeroizing::new(public_url.clone()),
        };
        let text = template.render(public_url, &link);
        let letter = Letter { id: mail.id, recipient: &mail.recipient, text, date: self.now() };
        Ok(self.transport.send(letter).await?)
    }

    fn open_mail_token(&self, mail: &PendingMail) -> Result<Zeroizing<String>, Error> {
        let token = sealed_token::open(&self.ring, TokenPurpose::Mail, mail.id.as_bytes(), &mail.sealed_token)?;
        Ok(Zeroizing::new(String::from_utf8_lossy(&token).into_owned()))
    }
}
