//! Mail that waits, and its way out. No answer to anybody waits for it.
//!
//! A mail is taken from the outbox under a lease, sent, and forgotten. It is sent twice only where the process dies, or the
//! line breaks, between the mail server's yes and the note of it; then both copies have one Message-ID.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::mail_requests::MailRequest;
use super::{Error, Services};
use crate::config::MailTransport;
use crate::crypto::sealed_token::{self, TokenPurpose};
use crate::domain::email::EmailAddress;
use crate::domain::id::MailId;
use crate::domain::random::random_bytes;
use crate::domain::timestamp::Timestamp;
use crate::mail::{self, AccountChange, Letter, Template, Transport};
use crate::store;
use crate::store::outbox::PendingMail;

/// How many mails are under way at once: a server that hangs holds up so many, and no more.
pub(super) const LANES: u32 = 4;
/// How long a worker has a mail to itself.
const LEASE_SECONDS: u64 = 900;
/// The pause after the first failed try; it doubles with each. Up to half of a pause is left out at random, so that mails
/// that failed together do not come back together.
const FIRST_RETRY_SECONDS: u64 = 10;
/// The longest pause between two tries.
const LONGEST_RETRY_SECONDS: u64 = 3600;
/// How long a mail is tried (3 days): long enough for a weekend's outage; links in mails have mostly expired by then.
const GIVE_UP_AFTER_SECONDS: u64 = 259_200;
/// How long the worker sleeps when nobody wakes it.
const IDLE: Duration = Duration::from_secs(5);
/// How often it is tried to note what came of a mail, while the database does not answer.
const NOTE_TRIES: u32 = 8;
/// The pause after the first of these; it doubles.
const FIRST_NOTE_PAUSE: Duration = Duration::from_millis(250);

const _: () = assert!(LEASE_SECONDS > Transport::LONGEST.as_secs() + 180, "a lease outlasts a try and its note");

/// What came of a try.
enum Outcome {
    Sent,
    PutOff { until: Timestamp },
    GivenUp { reason: String },
}

/// What kept a mail from being sent.
struct NotSent {
    reason: String,
    is_permanent: bool,
    cause: Error,
}

impl Services {
    /// A mail to be stored in the transaction of what it is about. Its token is sealed until it is sent.
    pub(super) fn new_mail(
        &self,
        template: Template,
        recipient: &EmailAddress,
        token: Option<&SecretString>,
        subject: String,
    ) -> Result<PendingMail, Error> {
        let entry = self.new_entry(template.as_str(), recipient, subject);
        let sealed_token = token.map(|token| self.seal_mail_token(entry.id, token)).transpose()?.unwrap_or_default();
        Ok(PendingMail { sealed_token, ..entry })
    }

    /// An entry of the outbox: a mail without a token, or a request for one.
    pub(super) fn new_entry(&self, template: &str, recipient: &EmailAddress, subject: String) -> PendingMail {
        PendingMail {
            id: MailId::generate(&*self.random),
            template: template.to_owned(),
            recipient: recipient.clone(),
            sealed_token: String::new(),
            detail: String::new(),
            subject,
            attempts: 0,
            queued_at: self.now(),
            due_at: self.now(),
            lease_expires_at: Timestamp::from_millis(0),
        }
    }

    /// Tells the owner of an account what an administrator did to it. To be stored in the transaction of the deed.
    pub(super) fn new_account_notice(
        &self,
        recipient: &EmailAddress,
        change: AccountChange,
    ) -> Result<PendingMail, Error> {
        self.new_notice(Template::AccountChanged, recipient, change.as_str())
    }

    /// A mail without a link, whose words depend on a detail.
    pub(super) fn new_notice(
        &self,
        template: Template,
        recipient: &EmailAddress,
        detail: &str,
    ) -> Result<PendingMail, Error> {
        let mail = self.new_mail(template, recipient, None, String::new())?;
        Ok(PendingMail { detail: detail.to_owned(), ..mail })
    }

    pub(super) fn seal_mail_token(&self, mail: MailId, token: &SecretString) -> Result<String, Error> {
        let token = token.expose_secret().as_bytes();
        Ok(sealed_token::seal(&self.ring(), TokenPurpose::Mail, mail.as_bytes(), token, &*self.random)?)
    }

    /// Sends what is due, for as long as the process lives.
    pub async fn run_outbox(self: &Arc<Self>) {
        loop {
            match self.start_next_mail().await {
                Ok(true) => {}
                Ok(false) => {
                    // Either somebody stores a mail, or one that failed comes due.
                    let _woken_or_not = tokio::time::timeout(IDLE, self.mail_waits.notified()).await;
                }
                Err(failure) => {
                    tracing::error!(error = failure.with_causes(), "the outbox cannot be read");
                    tokio::time::sleep(IDLE).await;
                }
            }
        }
    }

    /// Sends what is due now, waits for all that is under way, and answers how many mails it took up.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the outbox cannot be read.
    pub async fn deliver_due_mails(self: &Arc<Self>) -> Result<usize, Error> {
        let mut taken = 0;
        // A request that is answered leaves a mail behind: hence two rounds.
        for _ in 0..2 {
            while self.start_next_mail().await? {
                taken += 1;
            }
            let _all_lanes = self.mail_lanes.acquire_many(LANES).await;
        }
        Ok(taken)
    }

    /// Waits for the mails that are under way, for the end of a process: one that is cut off might be sent twice.
    pub async fn finish_mails(&self, longest: Duration) {
        if tokio::time::timeout(longest, self.mail_lanes.acquire_many(LANES)).await.is_err() {
            tracing::warn!("mails that were under way are cut off, and will be sent after the next start");
        }
    }

    /// Frees the mails that were under way: for the start of a process that has the database to itself.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn release_mails_of_former_process(&self) -> Result<(), Error> {
        if self.store.is_embedded() {
            self.store.release_mails().await?;
        }
        Ok(())
    }

    /// Takes the next mail once there is a free lane, and sends it in a task of its own. False when none is due.
    async fn start_next_mail(self: &Arc<Self>) -> Result<bool, Error> {
        let lane = Arc::clone(&self.mail_lanes).acquire_owned().await.map_err(Error::internal)?;
        let now = self.now();
        let Some(mail) = self.store.take_due_mail(now, now.plus_seconds(LEASE_SECONDS)).await? else {
            return Ok(false);
        };
        let services = Arc::clone(self);
        tokio::spawn(async move {
            services.deliver(&mail).await;
            drop(lane);
        });
        Ok(true)
    }

    async fn deliver(&self, mail: &PendingMail) {
        let (id, template, tries) = (mail.id, mail.template.as_str(), mail.attempts);
        let outcome = match self.send(mail).await {
            Ok(()) => {
                if MailRequest::parse(template).is_some() {
                    tracing::debug!(mail = %id, template, tries, "a request was dealt with");
                } else if self.config.mail.transport == MailTransport::Log {
                    tracing::info!(mail = %id, template, "a mail would have gone out: mail.transport is \"log\"");
                } else {
                    tracing::info!(mail = %id, template, tries, "a mail was sent");
                }
                Outcome::Sent
            }
            Err(NotSent { reason, is_permanent, cause }) => {
                let error = cause.with_causes();
                if is_permanent || self.now() >= mail.queued_at.plus_seconds(GIVE_UP_AFTER_SECONDS) {
                    tracing::error!(mail = %id, template, tries, error, "a mail is given up");
                    Outcome::GivenUp { reason }
                } else {
                    let pause_seconds = self.pause_after(tries);
                    tracing::warn!(mail = %id, template, tries, error, pause_seconds, "a mail could not be sent");
                    Outcome::PutOff { until: self.now().plus_seconds(pause_seconds) }
                }
            }
        };
        if let Err(failure) = self.note(mail, &outcome).await {
            let error = Error::from(failure).with_causes();
            tracing::error!(mail = %id, template, error, "what came of a mail could not be noted: it will be tried again");
        }
    }

    async fn send(&self, mail: &PendingMail) -> Result<(), NotSent> {
        if let Some(request) = MailRequest::parse(&mail.template) {
            let not_now = |cause| NotSent { reason: "not_answered".to_owned(), is_permanent: false, cause };
            return self.answer(request, mail).await.map_err(not_now);
        }
        // A newer program may know the template, another ring may open the token: neither is a reason to give up at once.
        let unreadable = |cause| NotSent { reason: "not_readable".to_owned(), is_permanent: false, cause };
        let template =
            Template::parse(&mail.template).ok_or_else(|| unreadable(Error::internal("a mail without a template")))?;
        let token = if template.carries_token() {
            self.open_mail_token(mail).map_err(unreadable)?
        } else {
            Zeroizing::default()
        };
        let words = template.render(&self.config.server.public_url, &token, &mail.detail);
        let letter = Letter { id: mail.id, recipient: &mail.recipient, words, date: mail.queued_at };
        self.transport.send(letter).await.map_err(NotSent::from)
    }

    fn open_mail_token(&self, mail: &PendingMail) -> Result<Zeroizing<String>, Error> {
        let token = sealed_token::open(&self.ring(), TokenPurpose::Mail, mail.id.as_bytes(), &mail.sealed_token)?;
        Ok(Zeroizing::new(String::from_utf8_lossy(&token).into_owned()))
    }

    fn pause_after(&self, tries: u32) -> u64 {
        let doubled = FIRST_RETRY_SECONDS.saturating_mul(1 << tries.saturating_sub(1).min(20));
        let longest = doubled.min(LONGEST_RETRY_SECONDS);
        let [share] = random_bytes(&*self.random);
        longest - longest / 2 * u64::from(share) / 255
    }

    /// A mail that was sent must not be sent again because the database was away for a moment.
    async fn note(&self, mail: &PendingMail, outcome: &Outcome) -> Result<(), store::Error> {
        let mut pause = FIRST_NOTE_PAUSE;
        for _ in 1..NOTE_TRIES {
            match self.note_once(mail, outcome).await {
                Err(store::Error::Unavailable { .. }) => tokio::time::sleep(pause).await,
                noted => return noted,
            }
            pause *= 2;
        }
        self.note_once(mail, outcome).await
    }

    async fn note_once(&self, mail: &PendingMail, outcome: &Outcome) -> Result<(), store::Error> {
        match outcome {
            Outcome::Sent => self.store.delete_mail(mail.id).await,
            Outcome::PutOff { until } => self.store.defer_mail(mail, *until).await,
            Outcome::GivenUp { reason } => self.store.bury_mail(mail, self.now(), reason).await,
        }
    }
}

impl From<mail::Error> for NotSent {
    fn from(failure: mail::Error) -> Self {
        Self { reason: failure.reason(), is_permanent: failure.is_permanent(), cause: failure.into() }
    }
}
