//! Mail that was given up: the rows of the outbox that are dead.

use std::slice;

use surrealdb::types::RecordId;

use super::connection::Store;
use super::error::Error;
use super::outbox::{OutboxRecord, PendingMail, TABLE};
use super::query::variables;
use super::row::{intact, record};
use super::scan::{Listed, Scan};
use crate::domain::dead_mail::DeadMail;
use crate::domain::event::Event;
use crate::domain::id::MailId;
use crate::domain::sort_key::TimeKeys;
use crate::domain::timestamp::Timestamp;

/// Where the hash of a mailed token lies, in the row that the mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenHolder {
    /// A sign-up.
    Registration,
    /// A mailed token of an account.
    AccountToken,
    /// An invitation.
    Invitation,
}

impl TokenHolder {
    /// A table whose rows have `token_hash` and `expires_at`.
    fn table(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::AccountToken => "account_token",
            Self::Invitation => "invitation",
        }
    }
}

/// Another token for a mail whose own was erased.
#[derive(Clone, Debug)]
pub struct FreshToken {
    /// Where its hash goes, in place of the old one's.
    pub holder: TokenHolder,
    /// Its hash.
    pub token_hash: String,
    /// The token itself, sealed.
    pub sealed_token: String,
}

impl Store {
    /// Gives up a mail that was taken. Its token is erased.
    ///
    /// # Errors
    /// As any write.
    pub async fn bury_mail(&self, mail: &PendingMail, failed_at: Timestamp, reason: &str) -> Result<(), Error> {
        let body = "
            UPDATE $id SET state = 'dead', token = '', lease_expires_at = 0, failed_at = $failed_at,
                reason = $reason, newest = $newest, oldest = $oldest WHERE lease_expires_at = $lease;
            RETURN true";
        let keys = TimeKeys::new(failed_at, mail.id.as_bytes());
        let variables = variables! {
            id: record(TABLE, mail.id.key()),
            lease: mail.lease_expires_at.as_millis(),
            failed_at: failed_at.as_millis(),
            reason: reason.to_owned(),
            newest: keys.newest,
            oldest: keys.oldest,
        };
        self.transact::<bool>(body, variables).await.map(|_| ())
    }

    /// A piece of the list of mails that were given up, in the order `newest` or `oldest`.
    ///
    /// # Errors
    /// As any read.
    pub async fn scan_dead_mails(&self, scan: &Scan) -> Result<Vec<Listed<DeadMail>>, Error> {
        let rows: Vec<OutboxRecord> = self.scan(scan).await?;
        let list = rows.into_iter().map(|row| {
            let (newest, oldest) = (row.newest.clone(), row.oldest.clone());
            Ok(scan.placed("newest", newest, oldest, intact(TABLE, row.read_dead())?))
        });
        list.collect()
    }

    /// The mail with this id, where it was given up.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_dead_mail(&self, mail: MailId) -> Result<Option<DeadMail>, Error> {
        let text = "SELECT * FROM ONLY $id WHERE state = 'dead'";
        let row: Option<OutboxRecord> = self.row(TABLE, text, variables! { id: record(TABLE, mail.key()) }).await?;
        row.map(|row| intact(TABLE, row.read_dead())).transpose()
    }

    /// Has a mail that was given up wait again, as if it were new; with another token where it carries one.
    ///
    /// # Errors
    /// [`Guard::MailGone`](super::Guard::MailGone) when it is not dead any more;
    /// [`Guard::TokenGone`](super::Guard::TokenGone) when what it is about is over.
    pub async fn revive_mail(&self, mail: &DeadMail, fresh: Option<&FreshToken>, event: &Event) -> Result<(), Error> {
        let replace = match fresh {
            None => "",
            Some(_) => {
                "LET $held = (UPDATE $holder SET token_hash = $token_hash WHERE expires_at > $now RETURN AFTER);
                 IF array::len($held) != 1 { THROW 'token_gone' };"
            }
        };
        let body = format!(
            "LET $revived = (UPDATE $id SET state = 'waiting', token = $sealed_token, attempts = 0, queued_at = $now,
                 due_at = $now, reason = '', failed_at = 0, newest = '', oldest = '' WHERE state = 'dead' RETURN AFTER);
             IF array::len($revived) != 1 {{ THROW 'mail_gone' }};
             {replace} RETURN true"
        );
        let variables = variables! {
            id: record(TABLE, mail.id.key()),
            now: event.at.as_millis(),
            holder: holder_of(mail, fresh),
            token_hash: fresh.map(|fresh| fresh.token_hash.clone()).unwrap_or_default(),
            sealed_token: fresh.map(|fresh| fresh.sealed_token.clone()).unwrap_or_default(),
        };
        self.act::<bool>(&body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// Drops the mails that were given up before `moment`, at most 500, and answers how many there were.
    ///
    /// # Errors
    /// As any write.
    pub async fn sweep_dead_mails(&self, moment: Timestamp) -> Result<usize, Error> {
        let body = "
            LET $expired = (SELECT VALUE id FROM outbox WHERE state = 'dead' AND oldest < $oldest LIMIT 500);
            DELETE $expired;
            RETURN array::len($expired)";
        let count: i64 = self.transact(body, variables! { oldest: TimeKeys::first_oldest_at(moment) }).await?;
        Ok(usize::try_from(count).unwrap_or(0))
    }
}

fn holder_of(mail: &DeadMail, fresh: Option<&FreshToken>) -> RecordId {
    record(fresh.map_or(TABLE, |fresh| fresh.holder.table()), mail.subject.clone())
}
