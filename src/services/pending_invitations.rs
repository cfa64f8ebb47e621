//! Looking at invitations that nobody has used yet, and taking them back.

use super::pages::{self, BY_TIME, ListIdentity, Rows};
use super::people::Beside;
use super::{Caller, Error, Services};
use crate::domain::event::Action;
use crate::domain::id::{InvitationId, UserId};
use crate::domain::page::{Page, PageRequest};
use crate::domain::permission::{Permission, Relation};
use crate::domain::timestamp::Timestamp;
use crate::store::invitation::Invitation;
use crate::store::{self, Guard, List, Listed, Scan, Store};

/// An invitation that waits, without its token.
#[derive(Clone, Debug)]
pub struct InvitationView(pub Invitation);

impl InvitationView {
    /// Who issued it; `None` where it was no user but a command on the machine.
    pub fn issuer(&self) -> Option<Beside> {
        UserId::from_key(&self.0.issuer).map(Beside::new)
    }
}

struct Pending<'a> {
    store: &'a Store,
    list: List,
    now: Timestamp,
}

impl Services {
    /// Invitations that nobody has used yet, latest first: all of them, or the caller's own, as the policy says.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::Input`] for a cursor that does not belong here.
    pub async fn list_invitations(
        &self,
        caller: &Caller,
        request: &PageRequest,
    ) -> Result<Page<InvitationView>, Error> {
        let viewer = self.admit(caller, Permission::InvitationList)?.user.id;
        let Some(pending) = self.pending(caller, viewer) else { return pages::page_of_nothing(request) };
        let filter = format!("{:?}", pending.list);
        let identity = ListIdentity { field: "invitations", key_fields: BY_TIME, filter };
        self.page(viewer, &identity, request, &pending).await
    }

    /// How many invitations [`list_invitations`](Self::list_invitations) finds; a lower bound beyond
    /// [`MAX_ROWS_COUNTED`](pages::MAX_ROWS_COUNTED).
    ///
    /// # Errors
    /// As there.
    pub async fn count_invitations(&self, caller: &Caller) -> Result<u64, Error> {
        let viewer = self.admit(caller, Permission::InvitationList)?.user.id;
        let Some(pending) = self.pending(caller, viewer) else { return Ok(0) };
        pages::count(&pending, BY_TIME.0).await
    }

    /// Takes an invitation back: its token is good for nothing from now on, nor is a sign-up with it that waits.
    ///
    /// # Errors
    /// [`Error::NotFound`] for one that was used, has expired, or is not the caller's to take back.
    pub async fn revoke_invitation(&self, caller: &Caller, id: InvitationId) -> Result<(), Error> {
        let signed_in = self.admit(caller, Permission::InvitationRevoke)?;
        let now = self.now();
        let invitation = self.store.find_invitation(id).await?.filter(|invitation| now < invitation.expires_at);
        let invitation = invitation.ok_or(Error::NotFound)?;
        let owner = (invitation.issuer == signed_in.user.id.key()).then_some(Relation::Owner);
        if !self.may(caller, Permission::InvitationRevoke, owner.as_slice()) {
            return Err(Error::NotFound);
        }
        let event = self.event_by(caller, Action::InvitationRevoked, id);
        self.store.revoke_invitation(id, &event).await.map_err(|failure| match failure {
            store::Error::Refused(Guard::InvitationGone) => Error::NotFound,
            other => other.into(),
        })
    }

    fn pending(&self, caller: &Caller, viewer: UserId) -> Option<Pending<'_>> {
        let list = if self.may(caller, Permission::InvitationList, &[]) {
            List::Invitations
        } else if self.may(caller, Permission::InvitationList, &[Relation::Owner]) {
            List::InvitationsOf(viewer.key())
        } else {
            return None;
        };
        Some(Pending { store: &self.store, list, now: self.now() })
    }
}

impl Rows for Pending<'_> {
    type Row = Invitation;
    type Item = InvitationView;

    async fn fetch(
        &self,
        key_field: &'static str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<Listed<Invitation>>, Error> {
        let scan = Scan { list: self.list.clone(), key_field, after: after.to_owned(), limit };
        Ok(self.store.scan_invitations(&scan).await?)
    }

    async fn keep(&self, rows: Vec<Listed<Invitation>>) -> Result<Vec<Listed<InvitationView>>, Error> {
        let live = rows.into_iter().filter(|row| self.now < row.item.expires_at);
        let view = |row: Listed<Invitation>| Listed {
            key: row.key,
            mirror_key: row.mirror_key,
            item: InvitationView(row.item),
        };
        Ok(live.map(view).collect())
    }
}
