//! Mail that was given up: Admins see it and have it tried again.
//!
//! With the death of a mail its token is erased, so one that carries a token gets another at its revival; the hash of that
//! takes the place of the old one's in the row that the mail is about.

use secrecy::ExposeSecret;

use super::pages::{self, BY_TIME, ListIdentity, Rows};
use super::{Caller, Error, Services};
use crate::crypto::secret_token::{self, TokenKind};
use crate::domain::dead_mail::DeadMail;
use crate::domain::event::Action;
use crate::domain::id::MailId;
use crate::domain::page::{Page, PageRequest};
use crate::domain::permission::Permission;
use crate::mail::Template;
use crate::store::dead_mail::{FreshToken, TokenHolder};
use crate::store::{self, Guard, List, Listed, Scan, Store};

/// How long a mail that was given up can still be tried again (30 days).
const DEAD_MAIL_TTL_SECONDS: u64 = 2_592_000;
/// What is said where no other token can be made.
const ASK_AGAIN: &str = "The link in this mail is over. The person has to ask for another one.";

/// What the token of a mail is for, and where its hash lies; `None` where no other token can be made.
///
/// A template whose token lies in a row with `token_hash` and `expires_at`, named by the mail's subject, needs a line here.
fn renewal_of(template: Template) -> Option<(TokenKind, TokenHolder)> {
    match template {
        Template::VerifyEmail => Some((TokenKind::Verification, TokenHolder::Registration)),
        Template::PasswordReset => Some((TokenKind::PasswordReset, TokenHolder::AccountToken)),
        Template::ConfirmNewEmail => Some((TokenKind::EmailChange, TokenHolder::AccountToken)),
        Template::Invitation => Some((TokenKind::Invitation, TokenHolder::Invitation)),
        _ => None,
    }
}

struct DeadMails<'a>(&'a Store);

impl Services {
    /// The mails that were given up, the latest first.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::Input`] for a cursor that does not belong here.
    pub async fn list_dead_mails(&self, caller: &Caller, request: &PageRequest) -> Result<Page<DeadMail>, Error> {
        let signed_in = self.admit(caller, Permission::MailList)?;
        if !self.may(caller, Permission::MailList, &[]) {
            return pages::page_of_nothing(request);
        }
        let identity = ListIdentity { field: "deadMails", key_fields: BY_TIME, filter: String::new() };
        self.page(signed_in.user.id, &identity, request, &DeadMails(&self.store)).await
    }

    /// How many mails [`list_dead_mails`](Self::list_dead_mails) finds.
    ///
    /// # Errors
    /// As there.
    pub async fn count_dead_mails(&self, caller: &Caller) -> Result<u64, Error> {
        self.admit(caller, Permission::MailList)?;
        if !self.may(caller, Permission::MailList, &[]) {
            return Ok(0);
        }
        pages::count(&DeadMails(&self.store), BY_TIME.0).await
    }

    /// Has a mail that was given up sent after all, with a new link where it carries one; whatever link it carried is void.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::NotFound`] for a mail that is not dead;
    /// [`Error::Conflict`] where the link it carried cannot be replaced.
    pub async fn retry_mail(&self, caller: &Caller, id: MailId) -> Result<(), Error> {
        self.admit(caller, Permission::MailRetry)?;
        if !self.may(caller, Permission::MailRetry, &[]) {
            return Err(Error::NotFound);
        }
        let mail = self.store.find_dead_mail(id).await?.ok_or(Error::NotFound)?;
        let fresh = self.fresh_token_for(&mail)?;
        let event = self.event_by(caller, Action::MailRetried, id);
        match self.store.revive_mail(&mail, fresh.as_ref(), &event).await {
            Ok(()) => {}
            Err(store::Error::Refused(Guard::MailGone)) => return Err(Error::NotFound),
            Err(store::Error::Refused(Guard::TokenGone)) => return Err(Error::Conflict(ASK_AGAIN)),
            Err(failure) => return Err(failure.into()),
        }
        self.mail_waits.notify_one();
        Ok(())
    }

    fn fresh_token_for(&self, mail: &DeadMail) -> Result<Option<FreshToken>, Error> {
        let Some(template) = Template::parse(&mail.template).filter(|template| template.carries_token()) else {
            return Ok(None);
        };
        let (kind, holder) = renewal_of(template).ok_or(Error::Conflict(ASK_AGAIN))?;
        let token = secret_token::generate(&*self.random);
        Ok(Some(FreshToken {
            holder,
            token_hash: secret_token::hash(kind, token.expose_secret())?,
            sealed_token: self.seal_mail_token(mail.id, &token)?,
        }))
    }

    /// Drops the mails that nobody has had tried again for a month: they hold addresses.
    pub(super) async fn sweep_dead_mails(&self) -> Result<usize, Error> {
        let before = self.now().minus_seconds(DEAD_MAIL_TTL_SECONDS);
        Ok(self.store.sweep_dead_mails(before).await?)
    }
}

impl Rows for DeadMails<'_> {
    type Row = DeadMail;
    type Item = DeadMail;

    async fn fetch(&self, key_field: &'static str, after: &str, limit: usize) -> Result<Vec<Listed<DeadMail>>, Error> {
        let scan = Scan { list: List::DeadMails, key_field, after: after.to_owned(), limit };
        Ok(self.0.scan_dead_mails(&scan).await?)
    }

    async fn keep(&self, rows: Vec<Listed<DeadMail>>) -> Result<Vec<Listed<DeadMail>>, Error> {
        Ok(rows)
    }
}
