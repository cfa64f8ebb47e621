//! What administrators do to accounts. Whoever has an account is told by mail of every such act.
//!
//! There is no way here to choose somebody's password, address or second factor, and files never come to anybody who was
//! an Admin once: the store makes sure of that in the transaction.

use super::{Caller, Error, Services};
use crate::domain::event::{Action, Event};
use crate::domain::id::UserId;
use crate::domain::permission::Permission;
use crate::domain::role::Role;
use crate::domain::user::User;
use crate::mail::{AccountChange, Template};
use crate::store::administration::Act;
use crate::store::outbox::PendingMail;
use crate::store::winding_up::Kind;
use crate::store::{self, Guard};

const LAST_ADMIN: &str = "There has to be an active Admin.";
const OWNS_FILES: &str = "Give the user's files to another Ops user first.";
const BUSY: &str = "Something is still being done about this account. Try again in a moment.";
const UNFIT: &str = "Files go to another active Ops user who was never an Admin.";

/// What happens to the files of a user who is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilesOfDeleted {
    /// Another Ops user gets them.
    ReassignTo(UserId),
    /// They are deleted with it.
    Delete,
}

impl Services {
    /// Gives a user another role. All that the user had by the old one ends: sessions, invitations, and the shares with it.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] for the last active Admin, and for a user who has files.
    pub async fn set_user_role(&self, caller: &Caller, id: UserId, role: Role) -> Result<User, Error> {
        let (by, user) = self.admit_administrator(caller, Permission::UserSetRole, id).await?;
        if user.role == role {
            return Ok(user);
        }
        let event = Event { detail: role.as_str().to_owned(), ..self.event_by(caller, Action::UserRoleChanged, id) };
        let mails = [self.new_account_notice(&user.email, AccountChange::RoleChanged)?];
        let end_grants = self.winding_up(caller, id, Kind::Grants, None);
        let act = Act { by, on: id, event: &event, mails: &mails };
        self.acted(self.store.set_role(act, role, &end_grants).await)?;
        // Where this ends early, the janitor goes on; until then the old shares show the user nothing.
        self.wind_up(&end_grants).await?;
        self.get_acted_on(id).await
    }

    /// Disables a user: its sessions end, its links and shares answer nothing, and its uploads fail, until it is enabled.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] for the last active Admin.
    pub async fn disable_user(&self, caller: &Caller, id: UserId) -> Result<User, Error> {
        let (by, user) = self.admit_administrator(caller, Permission::UserDisable, id).await?;
        if user.disabled {
            return Ok(user);
        }
        let event = self.event_by(caller, Action::UserDisabled, id);
        let mails = [self.new_account_notice(&user.email, AccountChange::Disabled)?];
        self.acted(self.store.disable_user(Act { by, on: id, event: &event, mails: &mails }).await)?;
        self.get_acted_on(id).await
    }

    /// Enables a user again. What it shared is shared again.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] for a user who is being deleted.
    pub async fn enable_user(&self, caller: &Caller, id: UserId) -> Result<User, Error> {
        let (by, user) = self.admit_administrator(caller, Permission::UserEnable, id).await?;
        if !user.disabled {
            return Ok(user);
        }
        let event = self.event_by(caller, Action::UserEnabled, id);
        let mails = [self.new_account_notice(&user.email, AccountChange::Enabled)?];
        self.acted(self.store.enable_user(Act { by, on: id, event: &event, mails: &mails }).await)?;
        self.get_acted_on(id).await
    }

    /// Deletes a user. From the first moment it is disabled; its files follow a part at a time, and what this call leaves
    /// undone the janitor does.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] for the last active Admin; [`Error::Input`] for a new owner who is not fit;
    /// [`Error::Forbidden`] where files are to be given away by somebody who may not.
    pub async fn delete_user(&self, caller: &Caller, id: UserId, files: FilesOfDeleted) -> Result<(), Error> {
        let new_owner = match files {
            FilesOfDeleted::ReassignTo(new_owner) => {
                self.admit(caller, Permission::FileReassign)?;
                Some(new_owner)
            }
            FilesOfDeleted::Delete => None,
        };
        let (by, user) = self.admit_administrator(caller, Permission::UserDelete, id).await?;
        let mut mails = vec![self.new_account_notice(&user.email, AccountChange::Deleted)?];
        if let Some(new_owner) = new_owner {
            if !self.may(caller, Permission::FileReassign, &[]) {
                return Err(Error::Forbidden);
            }
            mails.extend(self.reassignment_notices(&user, new_owner, "files").await?);
        }
        let event = Event {
            detail: new_owner.map_or_else(|| "files_deleted".to_owned(), |new_owner| new_owner.to_string()),
            ..self.event_by(caller, Action::UserDeleted, id)
        };
        let work = self.winding_up(caller, id, Kind::Account, new_owner);
        let act = Act { by, on: id, event: &event, mails: &mails };
        self.acted_giving_files(self.store.begin_winding_up(act, &work).await, "files")?;
        self.wind_up(&work).await.map(|_| ())
    }

    /// Gives the files of a user to another and answers how many. Their shares go on.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Input`] for a new owner who is not fit.
    pub async fn reassign_files(&self, caller: &Caller, from: UserId, to: UserId) -> Result<u64, Error> {
        let (by, user) = self.admit_administrator(caller, Permission::FileReassign, from).await?;
        let mails = self.reassignment_notices(&user, to, "to").await?;
        let event = Event { detail: to.to_string(), ..self.event_by(caller, Action::UserFilesReassigned, from) };
        let work = self.winding_up(caller, from, Kind::Files, Some(to));
        let act = Act { by, on: from, event: &event, mails: &mails };
        self.acted_giving_files(self.store.begin_winding_up(act, &work).await, "to")?;
        self.wind_up(&work).await
    }

    async fn admit_administrator<'a>(
        &self,
        caller: &'a Caller,
        permission: Permission,
        id: UserId,
    ) -> Result<(&'a User, User), Error> {
        let signed_in = self.admit(caller, permission)?;
        let user = self.store.find_user(id).await?.filter(|_| self.may(caller, permission, &[]));
        Ok((&signed_in.user, user.ok_or(Error::NotFound)?))
    }

    /// The mails to the new owner and to the old one, whether or not there are files at this moment: more may come in
    /// before the last one has gone.
    async fn reassignment_notices(
        &self,
        from: &User,
        to: UserId,
        field: &'static str,
    ) -> Result<Vec<PendingMail>, Error> {
        let new_owner = self.store.find_user(to).await?.ok_or_else(|| Error::input(field, UNFIT))?;
        Ok(vec![
            self.new_mail(Template::FilesReassigned, &new_owner.email, None, String::new())?,
            self.new_account_notice(&from.email, AccountChange::FilesGiven)?,
        ])
    }

    /// What follows every act: nothing that this instance remembers of sign-ins holds, and mail waits.
    fn acted(&self, outcome: Result<(), store::Error>) -> Result<(), Error> {
        self.sign_ins.forget_all();
        self.mail_waits.notify_one();
        outcome.map_err(|failure| match failure {
            store::Error::Refused(Guard::AccountChanged) => Error::Unauthenticated,
            store::Error::Refused(Guard::UserGone) => Error::NotFound,
            store::Error::Refused(Guard::LastAdmin) => Error::Conflict(LAST_ADMIN),
            store::Error::Refused(Guard::OwnsFiles) => Error::Conflict(OWNS_FILES),
            store::Error::Refused(Guard::AccountBusy) => Error::Conflict(BUSY),
            other => other.into(),
        })
    }

    fn acted_giving_files(&self, outcome: Result<(), store::Error>, field: &'static str) -> Result<(), Error> {
        match outcome {
            Err(store::Error::Refused(Guard::HeirUnfit)) => Err(Error::input(field, UNFIT)),
            outcome => self.acted(outcome),
        }
    }

    async fn get_acted_on(&self, id: UserId) -> Result<User, Error> {
        self.store.find_user(id).await?.ok_or(Error::NotFound)
    }
}
