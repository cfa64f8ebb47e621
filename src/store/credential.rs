//! Another password or address for an account. Each ends sessions and voids mailed tokens in the same transaction.

use std::slice;

use super::account_token::{self, AccountToken, USE_TOKEN, VOID_TOKENS, all_keys};
use super::connection::Store;
use super::error::Error;
use super::outbox::{OutboxRecord, PendingMail};
use super::query::variables;
use super::row::record;
use super::session::{ADD_SESSION, NewSession, RefreshTokenRecord, SessionRecord};
use super::user::{TABLE, VOID_REGISTRATIONS};
use crate::domain::event::Event;
use crate::domain::id::SessionId;
use crate::domain::sort_key::reversed;

/// The statements that end every session of a user, and a second factor that was only begun: `$user_key` is its key.
const END_SESSIONS: &str = "
    DELETE session WHERE user = $user_key;
    LET $begun_factor = type::record('second_factor', $user_key);
    DELETE $begun_factor WHERE confirmed = false;";

/// A new password that a signed-in user has chosen.
#[derive(Clone, Copy, Debug)]
pub struct PasswordChange<'a> {
    /// The session that asks.
    pub current: SessionId,
    /// The session that takes the place of all others, under the user's next count.
    pub next: &'a NewSession,
    /// The hash of the password that was shown.
    pub old_hash: &'a str,
    /// The hash of the new one.
    pub new_hash: &'a str,
}

impl Store {
    /// Sets a new password by a mailed token. All sessions end, and no other mailed token of the user is good any more.
    ///
    /// # Errors
    /// [`Guard::TokenGone`](super::Guard::TokenGone) when the token or the account is not good at `event`.
    pub async fn reset_password(
        &self,
        token: &AccountToken,
        password_hash: &str,
        notice: &PendingMail,
        event: &Event,
    ) -> Result<(), Error> {
        let body = format!(
            "{USE_TOKEN}
             LET $changed = (UPDATE $user_id SET password_hash = $password_hash, sign_in_epoch += 1
                 WHERE disabled = false AND email = $email RETURN AFTER);
             IF array::len($changed) != 1 {{ THROW 'token_gone' }};
             {VOID_TOKENS} {END_SESSIONS}
             CREATE outbox CONTENT $notice;
             RETURN true"
        );
        let variables = variables! {
            mailed_token: record(account_token::TABLE, token.purpose.key(token.user)),
            token_hash: token.token_hash.clone(),
            email: token.email.as_str().to_owned(),
            now: event.at.as_millis(),
            user_id: record(TABLE, token.user.key()),
            user_key: token.user.key(),
            password_hash: password_hash.to_owned(),
            void_keys: all_keys(token.user),
            notice: OutboxRecord::new(notice),
        };
        self.act::<bool>(&body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// Sets a new password. All sessions end but the new one, which takes over the passkey that began the present one, and no mailed token of the user is good any more.
    ///
    /// # Errors
    /// [`Guard::SessionGone`](super::Guard::SessionGone) when the session that asks has ended;
    /// [`Guard::CredentialChanged`](super::Guard::CredentialChanged) when the old password is not the password any more.
    pub async fn change_password(
        &self,
        change: PasswordChange<'_>,
        notice: &PendingMail,
        events: &[Event],
    ) -> Result<(), Error> {
        let user = change.next.user;
        let body = format!(
            "IF (SELECT VALUE user FROM ONLY $current) != $user_key {{ THROW 'session_gone' }};
             LET $changed = (UPDATE $user_id SET password_hash = $new_hash, sign_in_epoch = $epoch
                 WHERE password_hash = $old_hash AND sign_in_epoch = $epoch - 1 AND disabled = false RETURN AFTER);
             IF array::len($changed) != 1 {{ THROW 'credential_changed' }};
             LET $began_with = (SELECT VALUE passkey FROM ONLY $current);
             {VOID_TOKENS} {END_SESSIONS} {ADD_SESSION}
             LET $next = $new_session.id;
             UPDATE $next SET passkey = $began_with;
             CREATE outbox CONTENT $notice;
             RETURN true"
        );
        let variables = variables! {
            current: record("session", change.current.key()),
            user_id: record(TABLE, user.key()),
            user_key: user.key(),
            epoch: change.next.sign_in_epoch,
            old_hash: change.old_hash.to_owned(),
            new_hash: change.new_hash.to_owned(),
            void_keys: all_keys(user),
            new_session: SessionRecord::new(change.next),
            refresh_token: RefreshTokenRecord::new(change.next),
            notice: OutboxRecord::new(notice),
        };
        self.act::<bool>(&body, variables, events).await.map(|_| ())
    }

    /// Gives an account the address that a mailed token was sent to. All sessions end, and no other mailed token of the user
    /// is good any more; sign-ups that wait for the address are void.
    ///
    /// # Errors
    /// [`Guard::TokenGone`](super::Guard::TokenGone) when the token or the account is not good at `event`, or the password is
    /// not the one with this hash any more; [`Error::Conflict`] when somebody else has the address.
    pub async fn change_email(
        &self,
        token: &AccountToken,
        password_hash: &str,
        notice: &PendingMail,
        event: &Event,
    ) -> Result<(), Error> {
        let body = format!(
            "{USE_TOKEN}
             LET $changed = (UPDATE $user_id SET email = $email, email_reversed = $email_reversed, sign_in_epoch += 1
                 WHERE password_hash = $password_hash AND disabled = false RETURN AFTER);
             IF array::len($changed) != 1 {{ THROW 'token_gone' }};
             LET $user = $changed[0];
             {VOID_REGISTRATIONS} {VOID_TOKENS} {END_SESSIONS}
             CREATE outbox CONTENT $notice;
             RETURN true"
        );
        let variables = variables! {
            mailed_token: record(account_token::TABLE, token.purpose.key(token.user)),
            token_hash: token.token_hash.clone(),
            now: event.at.as_millis(),
            user_id: record(TABLE, token.user.key()),
            user_key: token.user.key(),
            email: token.email.as_str().to_owned(),
            email_reversed: reversed(token.email.as_str()),
            password_hash: password_hash.to_owned(),
            void_keys: all_keys(token.user),
            notice: OutboxRecord::new(notice),
        };
        self.act::<bool>(&body, variables, slice::from_ref(event)).await.map(|_| ())
    }
}
