//! Sign-ins, and the refresh tokens that descend from each.

use surrealdb::types::{RecordId, SurrealValue};

use super::connection::Store;
use super::error::Error;
use super::query::variables;
use super::row::{intact, record};
use crate::domain::id::{SessionId, UserId};
use crate::domain::sort_key::TimeKeys;
use crate::domain::timestamp::Timestamp;

const TABLE: &str = "session";

/// A session that begins, with its first refresh token.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// When it begins.
    pub created_at: Timestamp,
    /// What the client called itself.
    pub device: String,
    /// When its refresh token, and with it the session, expires.
    pub expires_at: Timestamp,
    /// The hash of its refresh token.
    pub refresh_token_hash: String,
}

/// What came of a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// The session goes on with the next token.
    Rotated {
        /// Which session.
        session: SessionId,
        /// Whose.
        user: UserId,
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
            cookie_hash: String::new(),
            newest: keys.newest,
            oldest: keys.oldest,
            expires_at: session.expires_at.as_millis(),
        }
    }
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
    user: String,
}

/// The statements that begin a session: `$new_session` and `$refresh_token` are its rows.
pub(super) const ADD_SESSION: &str = "
    CREATE session CONTENT $new_session;
    CREATE refresh_token CONTENT $refresh_token;";

impl Store {
    /// Begins a session.
    ///
    /// # Errors
    /// As any write.
    pub async fn create_session(&self, session: &NewSession) -> Result<(), Error> {
        let variables = variables! {
            new_session: SessionRecord::new(session),
            refresh_token: RefreshTokenRecord::new(session),
        };
        self.transact::<bool>(&format!("{ADD_SESSION} RETURN true"), variables).await.map(|_| ())
    }

    /// Whose session this is, where it exists and has not expired at `now`.
    ///
    /// # Errors
    /// As any read.
    pub async fn find_session_user(&self, session: SessionId, now: Timestamp) -> Result<Option<UserId>, Error> {
        let row: Option<SessionRecord> =
            self.row(TABLE, "SELECT * FROM ONLY $id", variables! { id: record(TABLE, session.key()) }).await?;
        let good = row.filter(|row| now.as_millis() < row.expires_at);
        good.map(|row| intact(TABLE, UserId::from_key(&row.user))).transpose()
    }

    /// Uses a refresh token up and puts the next one in its place.
    ///
    /// # Errors
    /// As any write.
    pub async fn rotate_refresh_token(
        &self,
        token_hash: &str,
        next_token_hash: &str,
        now: Timestamp,
        next_expires_at: Timestamp,
    ) -> Result<Refreshed, Error> {
        let body = "
            LET $presented = (SELECT * FROM ONLY $old);
            LET $session_id = type::record('session', $presented.session ?? 'none');
            LET $live = (SELECT * FROM ONLY $session_id);
            LET $outcome = IF $presented == NONE OR $live == NONE OR $presented.expires_at <= $now { 'refused' }
                ELSE IF $presented.used { 'reused' } ELSE { 'rotated' };
            IF $outcome == 'reused' { DELETE $session_id };
            IF $outcome == 'rotated' {
                UPDATE $old SET used = true;
                CREATE $next SET session = $presented.session, used = false, expires_at = $next_expires_at;
                UPDATE $session_id SET expires_at = $next_expires_at;
            };
            RETURN { outcome: $outcome, session: $presented.session ?? '', user: $live.user ?? '' }";
        let variables = variables! {
            old: record("refresh_token", token_hash),
            next: record("refresh_token", next_token_hash),
            now: now.as_millis(),
            next_expires_at: next_expires_at.as_millis(),
        };
        let rotation: RotationRecord = self.transact(body, variables).await?;
        match rotation.outcome.as_str() {
            "rotated" => Ok(Refreshed::Rotated {
                session: intact(TABLE, SessionId::from_key(&rotation.session))?,
                user: intact(TABLE, UserId::from_key(&rotation.user))?,
            }),
            "reused" => Ok(Refreshed::Reused),
            _ => Ok(Refreshed::Refused),
        }
    }

    /// Ends a session. Ending one that has ended is nothing.
    ///
    /// # Errors
    /// As any write.
    pub async fn end_session(&self, session: SessionId) -> Result<(), Error> {
        let variables = variables! { id: record(TABLE, session.key()) };
        self.transact::<bool>("DELETE $id; RETURN true", variables).await.map(|_| ())
    }

    /// Ends every session of a user.
    ///
    /// # Errors
    /// As any write.
    pub async fn end_all_sessions(&self, user: UserId) -> Result<(), Error> {
        let body = "DELETE session WHERE user = $user; RETURN true";
        self.transact::<bool>(body, variables! { user: user.key() }).await.map(|_| ())
    }
}
