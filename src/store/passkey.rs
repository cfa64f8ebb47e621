//! Passkeys, and the challenges that were answered.
//!
//! A challenge is used up in the transaction of what it was answered for: its row can be made once. A passkey that signs
//! somebody in is written in the same transaction, so of a sign-in and the removal of its passkey one sees the other.

use std::slice;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};
use surrealdb::types::{RecordId, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::event::EventRecord;
use super::feed::NOTE;
use super::outbox::{OutboxRecord, PendingMail};
use super::query::variables;
use super::row::{intact, key_of, record};
use super::second_factor::STILL_THE_ACCOUNT;
use super::session::{ADD_SESSION, NewSession, RefreshTokenRecord, SessionRecord};
use crate::domain::event::Event;
use crate::domain::id::{PasskeyId, SessionId, UserId};
use crate::domain::name::PasskeyName;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;

const TABLE: &str = "passkey";
/// Before the first sign-in.
const UNUSED: i64 = -1;

/// A passkey as it is stored.
#[derive(Clone, Debug)]
pub struct Passkey {
    /// Its id.
    pub id: PasskeyId,
    /// Whose it is.
    pub user: UserId,
    /// The name of the host that browsers keep it for.
    pub site: String,
    /// How the authenticator calls it.
    pub credential_id: Vec<u8>,
    /// Its public key, as COSE has it.
    pub public_key: Vec<u8>,
    /// Its algorithm, as COSE numbers it.
    pub algorithm: i32,
    /// How often the authenticator said it was used; 0 for one that does not count.
    pub counter: u32,
    /// How its user calls it.
    pub name: PasskeyName,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last signed its user in.
    pub last_used_at: Option<Timestamp>,
}

/// A challenge that is answered: until it expires, nobody answers it again.
#[derive(Clone, Copy, Debug)]
pub struct AnsweredChallenge<'a> {
    /// The challenge.
    pub bytes: &'a [u8],
    /// When it expires of itself.
    pub expires_at: Timestamp,
}

/// A passkey that is to be added.
#[derive(Clone, Copy, Debug)]
pub struct PasskeyAddition<'a> {
    /// Whose it will be, as the account was when its password was shown.
    pub owner: &'a User,
    /// The session that asks.
    pub session: SessionId,
    /// The challenge that was answered.
    pub challenge: AnsweredChallenge<'a>,
    /// The passkey.
    pub passkey: &'a Passkey,
    /// How many its owner may have.
    pub most: usize,
}

/// What becomes of a sign-in with a passkey.
#[derive(Clone, Copy, Debug)]
pub struct PasskeySignIn<'a> {
    /// The challenge that was answered.
    pub challenge: AnsweredChallenge<'a>,
    /// The passkey as it was when the answer was verified.
    pub passkey: &'a Passkey,
    /// How often it says that it was used.
    pub counter: u32,
    /// The session that begins.
    pub session: &'a NewSession,
    /// What is written down then.
    pub begun: &'a Event,
    /// What is written down where the counter went back.
    pub refused: &'a Event,
}

#[derive(SurrealValue)]
struct PasskeyRecord {
    id: RecordId,
    user: String,
    site: String,
    credential_hash: String,
    credential_id: String,
    public_key: String,
    algorithm: i64,
    counter: i64,
    name: String,
    created_at: i64,
    last_used_at: i64,
}

impl PasskeyRecord {
    fn new(passkey: &Passkey) -> Self {
        Self {
            id: record(TABLE, passkey.id.key()),
            user: passkey.user.key(),
            site: passkey.site.clone(),
            credential_hash: hash(&passkey.credential_id),
            credential_id: BASE64URL_NOPAD.encode(&passkey.credential_id),
            public_key: BASE64URL_NOPAD.encode(&passkey.public_key),
            algorithm: passkey.algorithm.into(),
            counter: passkey.counter.into(),
            name: passkey.name.as_str().to_owned(),
            created_at: passkey.created_at.as_millis(),
            last_used_at: passkey.last_used_at.map_or(UNUSED, Timestamp::as_millis),
        }
    }

    fn read(self) -> Option<Passkey> {
        Some(Passkey {
            id: PasskeyId::from_key(key_of(&self.id)?)?,
            user: UserId::from_key(&self.user)?,
            site: self.site,
            credential_id: BASE64URL_NOPAD.decode(self.credential_id.as_bytes()).ok()?,
            public_key: BASE64URL_NOPAD.decode(self.public_key.as_bytes()).ok()?,
            algorithm: self.algorithm.try_into().ok()?,
            counter: self.counter.try_into().ok()?,
            name: PasskeyName::parse(&self.name).ok()?,
            created_at: Timestamp::from_millis(self.created_at),
            last_used_at: (self.last_used_at > UNUSED).then(|| Timestamp::from_millis(self.last_used_at)),
        })
    }
}

/// Uses the challenge `$challenge` up.
const USE_CHALLENGE: &str = "
    IF (SELECT VALUE id FROM ONLY $challenge) != NONE { THROW 'challenge_used' };
    CREATE $challenge SET expires_at = $challenge_expires_at;";

impl Store {
    /// The passkeys of a user, oldest first.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_passkeys(&self, user: UserId) -> Result<Vec<Passkey>, Error> {
        let text = "SELECT * FROM passkey WHERE user = $user";
        let rows: Vec<PasskeyRecord> = self.rows(TABLE, text, variables! { user: user.key() }).await?;
        let passkeys: Result<Vec<_>, _> = rows.into_iter().map(|row| intact(TABLE, row.read())).collect();
        let mut passkeys = passkeys?;
        passkeys.sort_by_key(|passkey| (passkey.created_at, passkey.id));
        Ok(passkeys)
    }

    /// The passkey that the authenticator calls so.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_passkey_by_credential(&self, credential_id: &[u8]) -> Result<Option<Passkey>, Error> {
        let text = "SELECT * FROM passkey WHERE credential_hash = $credential_hash LIMIT 1";
        let variables = variables! { credential_hash: hash(credential_id) };
        let rows: Vec<PasskeyRecord> = self.rows(TABLE, text, variables).await?;
        let found = rows.into_iter().next().map(|row| intact(TABLE, row.read())).transpose()?;
        Ok(found.filter(|passkey| passkey.credential_id == credential_id))
    }

    /// Whether the user has signed in with a passkey of this site that is still there.
    ///
    /// # Errors
    /// As any read.
    pub async fn has_used_passkey(&self, user: UserId, site: &str) -> Result<bool, Error> {
        let text = "SELECT VALUE user FROM passkey WHERE user = $user AND last_used_at >= 0 AND site = $site LIMIT 1";
        let variables = variables! { user: user.key(), site: site.to_owned() };
        let rows: Vec<String> = self.rows(TABLE, text, variables).await?;
        Ok(!rows.is_empty())
    }

    /// Adds a passkey, and tells the user by mail.
    ///
    /// # Errors
    /// [`Guard::AccountChanged`](super::Guard::AccountChanged) where the account is another one by now, or the session has
    /// ended; [`Guard::ChallengeUsed`](super::Guard::ChallengeUsed); [`Guard::PasskeysFull`](super::Guard::PasskeysFull);
    /// [`Error::Conflict`] where somebody has this credential.
    pub async fn add_passkey(
        &self,
        addition: PasskeyAddition<'_>,
        mail: &PendingMail,
        event: &Event,
    ) -> Result<(), Error> {
        let PasskeyAddition { owner, session, challenge, passkey, most } = addition;
        let body = format!(
            "{STILL_THE_ACCOUNT}
             IF (SELECT VALUE user FROM ONLY $current) != $user {{ THROW 'account_changed' }};
             {USE_CHALLENGE}
             IF array::len((SELECT VALUE id FROM passkey WHERE user = $user)) >= $most {{ THROW 'passkeys_full' }};
             CREATE passkey CONTENT $new_passkey;
             CREATE outbox CONTENT $mail;
             RETURN true"
        );
        let variables = variables! {
            user_id: record("user", owner.id.key()),
            epoch: owner.sign_in_epoch,
            user: owner.id.key(),
            current: record("session", session.key()),
            challenge: challenge_record(challenge),
            challenge_expires_at: challenge.expires_at.as_millis(),
            most: i64::try_from(most).unwrap_or(i64::MAX),
            new_passkey: PasskeyRecord::new(passkey),
            mail: OutboxRecord::new(mail),
        };
        self.act::<bool>(&body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// Removes a passkey, ends the sessions that it began but the `current` one, and tells the user by mail. The current one
    /// goes on as one that a password began.
    ///
    /// # Errors
    /// [`Guard::PasskeyGone`](super::Guard::PasskeyGone) where the user has no such passkey;
    /// [`Guard::AccountChanged`](super::Guard::AccountChanged).
    pub async fn remove_passkey(
        &self,
        owner: &User,
        current: SessionId,
        passkey: PasskeyId,
        mail: &PendingMail,
        event: &Event,
    ) -> Result<(), Error> {
        let body = format!(
            "{STILL_THE_ACCOUNT}
             IF (SELECT VALUE user FROM ONLY $passkey) != $user {{ THROW 'passkey_gone' }};
             DELETE $passkey;
             UPDATE $current SET passkey = '' WHERE passkey = $passkey_key;
             DELETE session WHERE user = $user AND passkey = $passkey_key;
             CREATE outbox CONTENT $mail;
             RETURN true"
        );
        let variables = variables! {
            user_id: record("user", owner.id.key()),
            epoch: owner.sign_in_epoch,
            user: owner.id.key(),
            current: record("session", current.key()),
            passkey: record(TABLE, passkey.key()),
            passkey_key: passkey.key(),
            mail: OutboxRecord::new(mail),
        };
        self.act::<bool>(&body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// Begins a session on a passkey whose signature was right. Answers whether it did: where the counter is none beyond the
    /// stored one, and not 0 like it, there are two authenticators with one key, and all that is done is to write that down.
    ///
    /// # Errors
    /// [`Guard::ChallengeUsed`](super::Guard::ChallengeUsed); [`Guard::PasskeyGone`](super::Guard::PasskeyGone).
    pub async fn create_passkey_session(&self, sign_in: PasskeySignIn<'_>) -> Result<bool, Error> {
        let body = format!(
            "LET $present = (SELECT * FROM ONLY $passkey);
             IF $present == NONE OR $present.user != $user {{ THROW 'passkey_gone' }};
             {USE_CHALLENGE}
             LET $went_back = ($counter > 0 OR $present.counter > 0) AND $counter <= $present.counter;
             LET $noted = IF $went_back {{ $refused }} ELSE {{ $begun }};
             {NOTE}
             IF !$went_back {{
                 UPDATE $passkey SET counter = $counter, last_used_at = $now, sign_ins += 1;
                 {ADD_SESSION}
             }};
             RETURN !$went_back"
        );
        let PasskeySignIn { challenge, passkey, counter, session, begun, refused } = sign_in;
        let variables = variables! {
            passkey: record(TABLE, passkey.id.key()),
            user: session.user.key(),
            challenge: challenge_record(challenge),
            challenge_expires_at: challenge.expires_at.as_millis(),
            counter: i64::from(counter),
            now: session.created_at.as_millis(),
            begun: EventRecord::new(begun),
            refused: EventRecord::new(refused),
            new_session: SessionRecord::new(session),
            refresh_token: RefreshTokenRecord::new(session),
        };
        self.transact(&body, variables).await
    }
}

fn challenge_record(challenge: AnsweredChallenge<'_>) -> RecordId {
    record("used_challenge", hash(challenge.bytes))
}

/// What is random is its own salt.
fn hash(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}
