//! Looking at one's sessions, and ending one of them.

use super::pages::{self, BY_TIME, ListIdentity, Rows};
use super::{Caller, Error, Services, SignedIn};
use crate::domain::event::Action;
use crate::domain::id::{SessionId, UserId};
use crate::domain::page::{Page, PageRequest};
use crate::domain::permission::Permission;
use crate::domain::timestamp::Timestamp;
use crate::store::session::StoredSession;
use crate::store::{self, Guard, List, Listed, Scan, Store};

/// One of a user's sessions, as the user looks at them.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// The session.
    pub session: StoredSession,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

struct SessionsOf<'a> {
    store: &'a Store,
    user: UserId,
    now: Timestamp,
}

impl Services {
    /// Ends one of the caller's sessions.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::NotFound`] for what is no session of the caller's.
    pub async fn end_session(&self, caller: &Caller, session: SessionId) -> Result<(), Error> {
        let signed_in = self.admit_own(caller, Permission::SessionEnd)?;
        let event = self.event_by(caller, Action::SessionEnded, session);
        match self.store.end_session(signed_in.user.id, session, &event).await {
            Err(store::Error::Refused(Guard::SessionGone)) => Err(Error::NotFound),
            ended => {
                self.sign_ins.forget_all();
                Ok(ended?)
            }
        }
    }

    /// The caller's sessions, latest first.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Input`] for a cursor that does not belong here.
    pub async fn list_sessions(&self, caller: &Caller, request: &PageRequest) -> Result<Page<SessionView>, Error> {
        let signed_in = self.admit_own(caller, Permission::SessionList)?;
        let identity = ListIdentity { field: "activeSessions", key_fields: BY_TIME, filter: String::new() };
        let page = self.page(signed_in.user.id, &identity, request, &self.sessions_of(signed_in)).await?;
        let view = |session: StoredSession| SessionView { is_current: session.id == signed_in.session, session };
        let Page { items, has_next, has_previous, resume_cursor } = page;
        let items = items.into_iter().map(|(cursor, session)| (cursor, view(session))).collect();
        Ok(Page { items, has_next, has_previous, resume_cursor })
    }

    /// How many sessions the caller has.
    ///
    /// # Errors
    /// As there.
    pub async fn count_sessions(&self, caller: &Caller) -> Result<u64, Error> {
        let signed_in = self.admit_own(caller, Permission::SessionList)?;
        pages::count(&self.sessions_of(signed_in), BY_TIME.0).await
    }

    fn sessions_of(&self, signed_in: &SignedIn) -> SessionsOf<'_> {
        SessionsOf { store: &self.store, user: signed_in.user.id, now: self.now() }
    }
}

impl Rows for SessionsOf<'_> {
    type Row = StoredSession;
    type Item = StoredSession;

    async fn fetch(
        &self,
        key_field: &'static str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<Listed<StoredSession>>, Error> {
        let scan = Scan { list: List::SessionsOf(self.user.key()), key_field, after: after.to_owned(), limit };
        Ok(self.store.scan_sessions(&scan).await?)
    }

    async fn keep(&self, rows: Vec<Listed<StoredSession>>) -> Result<Vec<Listed<StoredSession>>, Error> {
        Ok(rows.into_iter().filter(|row| self.now < row.item.expires_at).collect())
    }
}
