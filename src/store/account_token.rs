//! Mailed tokens of accounts: to choose a new password, or to confirm a new address.
//!
//! The key of a row is made of purpose and user, so a new token takes the place of the last, also where two are asked for at
//! the same moment. The mails about a token have that key as their subject.

use std::slice;

use surrealdb::types::{RecordId, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::outbox::{ANSWER_REQUEST, OutboxRecord, PendingMail, TABLE as OUTBOX};
use super::query::variables;
use super::row::{intact, record};
use crate::domain::email::EmailAddress;
use crate::domain::event::Event;
use crate::domain::id::UserId;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;

pub(super) const TABLE: &str = "account_token";

/// What a mailed token of an account is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountTokenUse {
    /// To choose a new password.
    PasswordReset,
    /// To confirm a new address.
    EmailChange,
}

impl AccountTokenUse {
    /// Every use.
    pub const ALL: [Self; 2] = [Self::PasswordReset, Self::EmailChange];

    fn as_str(self) -> &'static str {
        match self {
            Self::PasswordReset => "reset",
            Self::EmailChange => "email",
        }
    }

    /// The key of a user's token of this use.
    pub fn key(self, user: UserId) -> String {
        format!("{}:{}", self.as_str(), user.key())
    }
}

/// A mailed token of an account.
#[derive(Clone, Debug)]
pub struct AccountToken {
    /// What it is good for.
    pub purpose: AccountTokenUse,
    /// Whose account.
    pub user: UserId,
    /// Where it was mailed to.
    pub email: EmailAddress,
    /// Its hash.
    pub token_hash: String,
    /// From this moment on it is good for nothing.
    pub expires_at: Timestamp,
}

#[derive(SurrealValue)]
struct AccountTokenRecord {
    id: RecordId,
    purpose: String,
    user: String,
    email: String,
    token_hash: String,
    expires_at: i64,
}

impl AccountTokenRecord {
    fn new(token: &AccountToken) -> Self {
        Self {
            id: record(TABLE, token.purpose.key(token.user)),
            purpose: token.purpose.as_str().to_owned(),
            user: token.user.key(),
            email: token.email.as_str().to_owned(),
            token_hash: token.token_hash.clone(),
            expires_at: token.expires_at.as_millis(),
        }
    }

    fn read(self) -> Option<AccountToken> {
        Some(AccountToken {
            purpose: AccountTokenUse::ALL.into_iter().find(|purpose| purpose.as_str() == self.purpose)?,
            user: UserId::from_key(&self.user)?,
            email: EmailAddress::parse(&self.email)?,
            token_hash: self.token_hash,
            expires_at: Timestamp::from_millis(self.expires_at),
        })
    }
}

/// The statements that use up a token: `$mailed_token` is its row, `$token_hash` its hash, `$now` the moment.
pub(super) const USE_TOKEN: &str = "
    LET $used = (DELETE $mailed_token WHERE token_hash = $token_hash AND expires_at > $now RETURN BEFORE);
    IF array::len($used) != 1 { THROW 'token_gone' };";

/// The statements that void mailed tokens and the mails about them: `$void_keys` are their keys.
pub(super) const VOID_TOKENS: &str = "
    FOR $void_key IN $void_keys {
        DELETE outbox WHERE subject = $void_key;
        DELETE type::record('account_token', $void_key);
    };";

/// The keys of all tokens that a user can have, and the subject of a request for another address that still waits.
pub(super) fn all_keys(user: UserId) -> Vec<String> {
    AccountTokenUse::ALL.iter().map(|purpose| purpose.key(user)).chain([user.key()]).collect()
}

impl Store {
    /// Answers a request with a token, which voids the last of its use, and with mails.
    ///
    /// # Errors
    /// [`Guard::MailGone`](super::Guard::MailGone) when somebody else has answered the request;
    /// [`Guard::AccountChanged`](super::Guard::AccountChanged) when the account is not `owner` any more.
    pub async fn grant_account_token(
        &self,
        request: &PendingMail,
        owner: &User,
        token: &AccountToken,
        mails: &[PendingMail],
        event: &Event,
    ) -> Result<(), Error> {
        let body = format!(
            "{ANSWER_REQUEST}
             LET $owner = (UPDATE $user_id SET revision += 1
                 WHERE disabled = false AND email = $email AND sign_in_epoch = $epoch RETURN AFTER);
             IF array::len($owner) != 1 {{ THROW 'account_changed' }};
             {VOID_TOKENS}
             CREATE account_token CONTENT $granted;
             FOR $mail IN $mails {{ CREATE outbox CONTENT $mail }};
             RETURN true"
        );
        let variables = variables! {
            request: record(OUTBOX, request.id.key()),
            lease: request.lease_expires_at.as_millis(),
            user_id: record("user", owner.id.key()),
            email: owner.email.as_str().to_owned(),
            epoch: owner.sign_in_epoch,
            void_keys: vec![token.purpose.key(token.user)],
            granted: AccountTokenRecord::new(token),
            mails: mails.iter().map(OutboxRecord::new).collect::<Vec<_>>(),
        };
        self.act::<bool>(&body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// The mailed token with this hash.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_account_token(&self, token_hash: &str) -> Result<Option<AccountToken>, Error> {
        let text = "SELECT * FROM account_token WHERE token_hash = $hash LIMIT 1";
        let rows: Vec<AccountTokenRecord> = self.rows(TABLE, text, variables! { hash: token_hash.to_owned() }).await?;
        rows.into_iter().next().map(|row| intact(TABLE, row.read())).transpose()
    }
}
