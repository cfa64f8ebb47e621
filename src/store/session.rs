//! Sign-ins, and the refresh tokens that descend from each.

use std::slice;

use surrealdb::types::{RecordId, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::event::EventRecord;
use super::feed::NOTE;
use super::query::variables;
use super::row::{intact, key_of, record};
use super::scan::{Listed, Scan};
use super::second_factor::{REQUIRE_NO_SECOND_FACTOR, second_factor_record};
use super::user::UserRecord;
use crate::domain::event::Event;
use crate::domain::id::{PasskeyId, SessionId, UserId};
use crate::domain::sort_key::TimeKeys;
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;

const TABLE: &str = "session";

/// A session that begins, with its first refresh token.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// The user's count of what ends sessions, as it was when the sign-in was found good.
    pub sign_in_epoch: i64,
    /// When it begins.
    pub created_at: Timestamp,
    /// What the client called itself.
    pub device: String,
    /// When its refresh token, and with it the session, expires.
    pub expires_at: Timestamp,
    /// The hash of its refresh token.
    pub refresh_token_hash: String,
    /// The hash of its cookie's secret, where it has one.
    pub cookie_hash: Option<String>,
    /// The passkey that begins it; `None` where a password does.
    pub passkey: Option<PasskeyId>,
}

/// A session as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// What the client called itself.
    pub device: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last seen, to the minute.
    pub last_used_at: Timestamp,
    /// When it ends of itself.
    pub expires_at: Timestamp,
    /// The passkey that began it; `None` where a password did.
    pub passkey: Option<PasskeyId>,
}

/// A session that holds, and its user.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The user, as the database has it.
    pub user: User,
    /// The session.
    pub session: StoredSession,
    /// The hash of the cookie's secret; empty where the session has no cookie.
    pub cookie_hash: String,
    /// Whether the user has a second factor in force.
    pub has_second_factor: bool,
}

/// What came of a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// The session goes on with the next token.
    Rotated {
        /// Which session.
        session: SessionId,
    },
    /// It had been used before, so somebody holds a copy: the session has been ended.
    Reused,
    /// It is wrong or expired, or its session has ended.
    Refused,
}

#[derive(SurrealValue)]
pub(super) struct SessionRecord {
    id: RecordId,
    user: String,
    created_at: i64,
    last_used_at: i64,
    expires_at: i64,
    device: String,
    cookie_hash: String,
    sign_in_epoch: i64,
    passkey: String,
    newest: String,
    oldest: String,
}

impl SessionRecord {
    pub(super) fn new(session: &NewSession) -> Self {
        let keys = TimeKeys::new(session.created_at, session.id.as_bytes());
        Self {
            id: record(TABLE, session.id.key()),
            user: session.user.key(),
            created_at: session.created_at.as_millis(),
            last_used_at: session.created_at.as_millis(),
            device: session.device.clone(),
            cookie_hash: session.cookie_hash.clone().unwrap_or_default(),
            sign_in_epoch: session.sign_in_epoch,
            passkey: session.passkey.map(|passkey| passkey.key()).unwrap_or_default(),
            newest: keys.newest,
            oldest: keys.oldest,
            expires_at: session.expires_at.as_millis(),
        }
    }

    fn read(self) -> Option<StoredSession> {
        Some(StoredSession {
            id: SessionId::from_key(key_of(&self.id)?)?,
            user: UserId::from_key(&self.user)?,
            device: self.device,
            created_at: Timestamp::from_millis(self.created_at),
            last_used_at: Timestamp::from_millis(self.last_used_at),
            expires_at: Timestamp::from_millis(self.expires_at),
            passkey: PasskeyId::from_key(&self.passkey),
        })
    }
}

#[derive(SurrealValue)]
struct SignInRecord {
    session: Option<SessionRecord>,
    user: Option<UserRecord>,
    has_second_factor: bool,
}

#[derive(SurrealValue)]
pub(super) struct RefreshTokenRecord {
    id: RecordId,
    session: String,
    used: bool,
    expires_at: i64,
}

impl RefreshTokenRecord {
    pub(super) fn new(session: &NewSession) -> Self {
        Self {
            id: record("refresh_token", session.refresh_token_hash.clone()),
            session: session.id.key(),
            used: false,
            expires_at: session.expires_at.as_millis(),
        }
    }
}

#[derive(SurrealValue)]
struct RotationRecord {
    outcome: String,
    session: String,
}

/// The statements that begin a session: `$new_session` and `$refresh_token` are its rows.
///
/// Beyond a thousand sessions a user loses the oldest: so many can be ended in one transaction.
pub(super) const ADD_SESSION: &str = "
    CREATE session CONTENT $new_session;
    CREATE refresh_token CONTENT $refresh_token;
    LET $session_owner = $new_session.user;
    LET $too_old = (SELECT id, newest FROM session WHERE user = $session_owner AND newest > '' ORDER BY newest ASC
        LIMIT 20 START 1000);
    FOR $old IN $too_old.id { DELETE $old };";

impl Store {
    /// Begins a session of a user who has no second factor in force.
    ///
    /// # Errors
    /// [`Guard::SecondFactorChanged`](super::Guard::SecondFactorChanged) where the user has one; then it takes
    /// [`create_proven_session`](Self::create_proven_session).
    pub async fn create_session(&self, session: &NewSession, event: &Event) -> Result<(), Error> {
        let body = format!("{REQUIRE_NO_SECOND_FACTOR} {ADD_SESSION} RETURN true");
        let variables = variables! {
            factor: second_factor_record(session.user),
            new_session: SessionRecord::new(session),
            refresh_token: RefreshTokenRecord::new(session),
        };
        self.act::<bool>(&body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// A session and its user, where the session has not expired at `now`, the user is not disabled, and what it
    /// signed in with was not changed since.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_sign_in(&self, session: SessionId, now: Timestamp) -> Result<Option<SignIn>, Error> {
        let text = "RETURN {
            session: (SELECT * FROM ONLY $id),
            user: (SELECT * FROM ONLY type::record('user', (SELECT VALUE user FROM ONLY $id) ?? 'none')),
            has_second_factor: (SELECT VALUE confirmed FROM ONLY
                type::record('second_factor', (SELECT VALUE user FROM ONLY $id) ?? 'none')) ?? false }";
        let found: Option<SignInRecord> =
            self.row(TABLE, text, variables! { id: record(TABLE, session.key()) }).await?;
        let Some(SignInRecord { session: Some(session), user: Some(user), has_second_factor }) = found else {
            return Ok(None);
        };
        if now.as_millis() >= session.expires_at || user.is_disabled() {
            return Ok(None);
        }
        let (user, cookie_hash) = (user.into_user()?, session.cookie_hash.clone());
        if session.sign_in_epoch != user.sign_in_epoch {
            return Ok(None);
        }
        Ok(Some(SignIn { user, session: intact(TABLE, session.read())?, cookie_hash, has_second_factor }))
    }

    /// Notes that a session was used. One that has ended stays ended.
    ///
    /// # Errors
    /// As any write.
    pub async fn touch_session(&self, session: SessionId, now: Timestamp) -> Result<(), Error> {
        let variables = variables! { id: record(TABLE, session.key()), now: now.as_millis() };
        self.transact::<bool>("UPDATE $id SET last_used_at = $now; RETURN true", variables).await.map(|_| ())
    }

    /// A piece of the list of a user's sessions, those included that have expired and are not swept yet.
    ///
    /// # Errors
    /// As any read.
    pub async fn scan_sessions(&self, scan: &Scan) -> Result<Vec<Listed<StoredSession>>, Error> {
        let rows: Vec<SessionRecord> = self.scan(scan).await?;
        let list = rows.into_iter().map(|row| {
            let (newest, oldest) = (row.newest.clone(), row.oldest.clone());
            Ok(scan.placed("newest", newest, oldest, intact(TABLE, row.read())?))
        });
        list.collect()
    }

    /// Uses a refresh token up and puts the next one in its place. One that was used already is forgiven once, where the
    /// first use was at or after `forgiven_since`; otherwise its session ends, which is the `event` that is written down.
    ///
    /// # Errors
    /// As any write.
    pub async fn rotate_refresh_token(
        &self,
        token_hash: &str,
        next_token_hash: &str,
        forgiven_since: Timestamp,
        next_expires_at: Timestamp,
        event: &Event,
    ) -> Result<Refreshed, Error> {
        let body = format!(
            "LET $presented = (SELECT * FROM ONLY $old);
            LET $session_id = type::record('session', $presented.session ?? 'none');
            LET $live = (SELECT * FROM ONLY $session_id);
            LET $outcome = IF $presented == NONE OR $live == NONE OR $presented.expires_at <= $now {{ 'refused' }}
                ELSE IF !$presented.used {{ 'rotated' }}
                ELSE IF !$presented.forgiven AND $presented.used_at >= $forgiven_since {{ 'forgiven' }}
                ELSE {{ 'reused' }};
            IF $outcome == 'reused' {{
                DELETE $session_id;
                LET $noted = object::extend($event,
                    {{ actor: 'user_' + $live.user, object: 'session_' + $presented.session }});
                {NOTE}
            }};
            IF $outcome == 'rotated' OR $outcome == 'forgiven' {{
                UPDATE $old SET used = true, used_at = $now, forgiven = ($outcome == 'forgiven');
                CREATE $next SET session = $presented.session, used = false, expires_at = $next_expires_at;
                UPDATE $session_id SET expires_at = $next_expires_at, last_used_at = $now;
            }};
            RETURN {{ outcome: $outcome, session: $presented.session ?? '' }}"
        );
        let variables = variables! {
            old: record("refresh_token", token_hash),
            next: record("refresh_token", next_token_hash),
            now: event.at.as_millis(),
            forgiven_since: forgiven_since.as_millis(),
            next_expires_at: next_expires_at.as_millis(),
            event: EventRecord::new(event),
        };
        let rotation: RotationRecord = self.transact(&body, variables).await?;
        match rotation.outcome.as_str() {
            "rotated" | "forgiven" => {
                Ok(Refreshed::Rotated { session: intact(TABLE, SessionId::from_key(&rotation.session))? })
            }
            "reused" => Ok(Refreshed::Reused),
            _ => Ok(Refreshed::Refused),
        }
    }

    /// Ends a session of a user.
    ///
    /// # Errors
    /// [`Guard::SessionGone`](super::Guard::SessionGone) when the user has no such session.
    pub async fn end_session(&self, user: UserId, session: SessionId, event: &Event) -> Result<(), Error> {
        let body = "IF (SELECT VALUE user FROM ONLY $id) != $user { THROW 'session_gone' }; DELETE $id; RETURN true";
        let variables = variables! { id: record(TABLE, session.key()), user: user.key() };
        self.act::<bool>(body, variables, slice::from_ref(event)).await.map(|_| ())
    }

    /// Ends every session of a user.
    ///
    /// # Errors
    /// As any write.
    pub async fn end_all_sessions(&self, user: UserId, event: &Event) -> Result<(), Error> {
        let body = "UPDATE $id SET sign_in_epoch += 1; DELETE session WHERE user = $user; RETURN true";
        let variables = variables! { id: record("user", user.key()), user: user.key() };
        self.act::<bool>(body, variables, slice::from_ref(event)).await.map(|_| ())
    }
}
