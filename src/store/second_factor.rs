//! Second factors. The key of a row is that of its user; it holds the secret sealed, and recovery codes as hashes.
//!
//! What was looked at and what is written are two steps with a check of a code between them. So every write names the secret
//! it was decided on, and is refused where that is no longer the one: [`Guard::SecondFactorChanged`](super::Guard).

use std::slice;

use surrealdb::types::{RecordId, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::outbox::{OutboxRecord, PendingMail};
use super::query::variables;
use super::rewrap::hash_of_sealed;
use super::row::record;
use super::session::{ADD_SESSION, NewSession, RefreshTokenRecord, SessionRecord};
use crate::domain::event::Event;
use crate::domain::id::{SessionId, UserId};
use crate::domain::user::User;

const TABLE: &str = "second_factor";
/// Before the first code.
const NO_STEP: i64 = -1;

/// A second factor as it is stored.
#[derive(Clone, Debug)]
pub struct SecondFactor {
    /// The secret, sealed.
    pub sealed_secret: String,
    /// Whether it is in force.
    pub confirmed: bool,
    /// The time step of the last code that was taken; -1 before the first.
    pub last_step: i64,
    /// How many recovery codes are left.
    pub recovery_codes_left: usize,
}

/// What proves a second factor.
#[derive(Clone, Debug)]
pub enum Proof {
    /// A code of this time step, which is taken with it.
    Step(i64),
    /// The recovery code with this hash, which is used up; the user is told by mail.
    RecoveryCode {
        /// Its hash.
        hash: String,
        /// The mail.
        mail: Box<PendingMail>,
    },
}

/// What puts a second factor in force.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// The secret that the first code was checked with, sealed as it is stored.
    pub sealed_secret: String,
    /// The time step of that code.
    pub step: i64,
    /// The hashes of the recovery codes.
    pub recovery_hashes: Vec<String>,
    /// The session that confirms. All others of the user end: none of them has proved the second factor.
    pub session: SessionId,
}

#[derive(SurrealValue)]
struct SecondFactorRecord {
    secret: String,
    confirmed: bool,
    last_step: i64,
    recovery_hashes: Vec<String>,
}

/// For the transactions that begin a session on a password alone: `$factor` is the row of the user. A factor that is about to
/// be confirmed is written too, so that one of the two transactions sees the other.
pub(super) const REQUIRE_NO_SECOND_FACTOR: &str = "
    IF (SELECT VALUE confirmed FROM ONLY $factor) == true { THROW 'second_factor_changed' };
    UPDATE $factor SET unproven_logins += 1;";

/// The account is as it was when the password was shown, and no other act on it goes on beside this one: `$user_id` is its row,
/// `$epoch` the count of its passwords.
pub(super) const STILL_THE_ACCOUNT: &str = "
    LET $owner = (UPDATE $user_id SET revision += 1
        WHERE disabled = false AND sign_in_epoch = $epoch RETURN AFTER);
    IF array::len($owner) != 1 { THROW 'account_changed' };";

/// The factor is the one that was looked at, whose secret may have been sealed anew since: `$secret`, `$secret_hash`.
const REQUIRE_THIS_FACTOR: &str = "
    LET $present = (SELECT * FROM ONLY $factor);
    IF $present == NONE OR $present.confirmed != $confirmed
        OR ($present.secret != $secret AND $present.resealed_from != $secret_hash) {
        THROW 'second_factor_changed'
    };";

pub(super) fn second_factor_record(user: UserId) -> RecordId {
    record(TABLE, user.key())
}

impl Store {
    /// The second factor of a user, in force or not.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_second_factor(&self, user: UserId) -> Result<Option<SecondFactor>, Error> {
        let text = "SELECT * FROM ONLY $factor";
        let row: Option<SecondFactorRecord> =
            self.row(TABLE, text, variables! { factor: second_factor_record(user) }).await?;
        Ok(row.map(|row| SecondFactor {
            sealed_secret: row.secret,
            confirmed: row.confirmed,
            last_step: row.last_step,
            recovery_codes_left: row.recovery_hashes.len(),
        }))
    }

    /// Begins a second factor, which is not in force yet, in the place of one that was begun before.
    ///
    /// # Errors
    /// [`Guard::SecondFactorChanged`](super::Guard) where there is one in force;
    /// [`Guard::AccountChanged`](super::Guard) where the account is not `owner` any more, here and in what follows.
    pub async fn enrol_second_factor(&self, owner: &User, sealed_secret: &str, event: &Event) -> Result<(), Error> {
        let body = format!(
            "{STILL_THE_ACCOUNT}
             IF (SELECT VALUE confirmed FROM ONLY $factor) == true {{ THROW 'second_factor_changed' }};
             UPSERT $factor SET secret = $secret, confirmed = false, last_step = {NO_STEP}, recovery_hashes = [],
                 unproven_logins = 0, resealed_from = '';
             RETURN true"
        );
        let variables = variables! {
            user_id: record("user", owner.id.key()),
            epoch: owner.sign_in_epoch,
            factor: second_factor_record(owner.id),
            secret: sealed_secret.to_owned(),
        };
        self.act::<bool>(&body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// Puts a second factor in force, ends all sessions of the user but one, and tells the user by mail.
    ///
    /// # Errors
    /// [`Guard::SecondFactorChanged`](super::Guard) where another one was begun meanwhile, or this one is in force already.
    pub async fn confirm_second_factor(
        &self,
        owner: &User,
        confirmation: &Confirmation,
        mail: &PendingMail,
        event: &Event,
    ) -> Result<(), Error> {
        let body = format!(
            "{STILL_THE_ACCOUNT} {REQUIRE_THIS_FACTOR}
             IF (SELECT VALUE id FROM ONLY $kept) == NONE {{ THROW 'account_changed' }};
             UPDATE $factor SET confirmed = true, last_step = $step, recovery_hashes = $recovery_hashes;
             DELETE session WHERE user = $user AND id != $kept;
             CREATE outbox CONTENT $mail;
             RETURN true"
        );
        let variables = variables! {
            user_id: record("user", owner.id.key()),
            epoch: owner.sign_in_epoch,
            factor: second_factor_record(owner.id),
            secret: confirmation.sealed_secret.clone(),
            secret_hash: hash_of_sealed(&confirmation.sealed_secret),
            confirmed: false,
            step: confirmation.step,
            recovery_hashes: confirmation.recovery_hashes.clone(),
            user: owner.id.key(),
            kept: record("session", confirmation.session.key()),
            mail: OutboxRecord::new(mail),
        };
        self.act::<bool>(&body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// Takes a second factor away, and tells the user by mail.
    ///
    /// # Errors
    /// [`Guard::SecondFactorChanged`](super::Guard) where there is none in force.
    pub async fn disable_second_factor(&self, owner: &User, mail: &PendingMail, event: &Event) -> Result<(), Error> {
        let body = format!(
            "{STILL_THE_ACCOUNT}
            IF (SELECT VALUE confirmed FROM ONLY $factor) != true {{ THROW 'second_factor_changed' }};
            DELETE $factor;
            CREATE outbox CONTENT $mail;
            RETURN true"
        );
        let variables = variables! {
            user_id: record("user", owner.id.key()),
            epoch: owner.sign_in_epoch,
            factor: second_factor_record(owner.id),
            mail: OutboxRecord::new(mail),
        };
        self.act::<bool>(&body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// Puts other recovery codes in the place of those that are left, and tells the user by mail.
    ///
    /// # Errors
    /// [`Guard::SecondFactorChanged`](super::Guard) where there is none in force.
    pub async fn replace_recovery_codes(
        &self,
        owner: &User,
        recovery_hashes: &[String],
        mail: &PendingMail,
        event: &Event,
    ) -> Result<(), Error> {
        let body = format!(
            "{STILL_THE_ACCOUNT}
            IF (SELECT VALUE confirmed FROM ONLY $factor) != true {{ THROW 'second_factor_changed' }};
            UPDATE $factor SET recovery_hashes = $recovery_hashes;
            CREATE outbox CONTENT $mail;
            RETURN true"
        );
        let variables = variables! {
            user_id: record("user", owner.id.key()),
            epoch: owner.sign_in_epoch,
            factor: second_factor_record(owner.id),
            recovery_hashes: recovery_hashes.to_vec(),
            mail: OutboxRecord::new(mail),
        };
        self.act::<bool>(&body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// Begins a session of a user whose second factor is in force. What proves it is used up with that: of two logins with one
    /// code, one succeeds.
    ///
    /// # Errors
    /// [`Guard::SecondFactorChanged`](super::Guard) where the factor is another one or gone, or the code is used.
    pub async fn create_proven_session(
        &self,
        session: &NewSession,
        sealed_secret: &str,
        proof: &Proof,
        events: &[Event],
    ) -> Result<(), Error> {
        let mut variables = variables! {
            factor: second_factor_record(session.user),
            secret: sealed_secret.to_owned(),
            secret_hash: hash_of_sealed(sealed_secret),
            confirmed: true,
            new_session: SessionRecord::new(session),
            refresh_token: RefreshTokenRecord::new(session),
        };
        let use_up = match proof {
            Proof::Step(step) => {
                variables.insert("step", *step);
                "IF $present.last_step >= $step { THROW 'second_factor_changed' };
                 UPDATE $factor SET last_step = $step;"
            }
            Proof::RecoveryCode { hash, mail } => {
                variables.insert("recovery_hash", hash.clone());
                variables.insert("mail", OutboxRecord::new(mail));
                "IF $recovery_hash NOT IN $present.recovery_hashes { THROW 'second_factor_changed' };
                 UPDATE $factor SET recovery_hashes -= $recovery_hash;
                 CREATE outbox CONTENT $mail;"
            }
        };
        let body = format!("{REQUIRE_THIS_FACTOR} {use_up} {ADD_SESSION} RETURN true");
        self.act::<bool>(&body, variables, events).await.map(|_| ())
    }
}
