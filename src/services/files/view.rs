//! One file, as one caller sees it.

use crate::domain::file::File;
use crate::domain::id::FileId;
use crate::domain::permission::{Permission, Relation};
use crate::domain::role::Role;
use crate::domain::share::{Audience, Share};
use crate::domain::user::User;
use crate::services::{Caller, Error, Services};

/// A file, and the share through which the caller sees it.
#[derive(Clone, Debug)]
pub struct FileView {
    /// The file.
    pub file: File,
    /// The caller's share of it; a share with the caller goes before one with every Client.
    pub share: Option<Share>,
    /// Whether the caller uploaded it.
    pub owned: bool,
}

impl FileView {
    /// What the caller is to the file.
    pub(in crate::services) fn relations(&self) -> Vec<Relation> {
        let owner = self.owned.then_some(Relation::Owner);
        let recipient = self.share.as_ref().map(|_| Relation::Recipient);
        owner.into_iter().chain(recipient).collect()
    }
}

impl Services {
    /// The file, if it exists and the caller may see it.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`] for a role that never sees files; [`Error::Unavailable`].
    pub async fn find_file(&self, caller: &Caller, id: FileId) -> Result<Option<FileView>, Error> {
        let signed_in = self.admit(caller, Permission::FileRead)?;
        let Some(view) = self.view_for(&signed_in.user, id).await? else { return Ok(None) };
        Ok(self.may(caller, Permission::FileRead, &view.relations()).then_some(view))
    }

    /// The file with what the user is to it, before any question is asked.
    pub(in crate::services) async fn view_for(&self, user: &User, id: FileId) -> Result<Option<FileView>, Error> {
        let Some(file) = self.store.find_file(id).await? else { return Ok(None) };
        let owned = file.owner == user.id;
        let share = if owned { None } else { self.find_live_share(user, id).await? };
        Ok(Some(FileView { file, share, owned }))
    }

    /// The share through which a user sees a file: only Clients receive, and nothing of a sharer who is disabled. All
    /// shares of a file are its owner's.
    pub(in crate::services) async fn find_live_share(&self, user: &User, file: FileId) -> Result<Option<Share>, Error> {
        if user.role != Role::Client {
            return Ok(None);
        }
        let now = self.now();
        for audience in [Audience::Client(user.id), Audience::EveryClient] {
            let found = self.store.find_shares_with(audience, &[file]).await?;
            if let Some(share) = found.into_iter().find(|share| share.is_live(now)) {
                return Ok((!self.is_suspended(&share).await?).then_some(share));
            }
        }
        Ok(None)
    }

    /// The file, for a caller who may do this to it.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`] when the role may never do this; [`Error::NotFound`] when the file
    /// does not exist or is nothing to the caller.
    pub(in crate::services) async fn get_file_to(
        &self,
        caller: &Caller,
        permission: Permission,
        id: FileId,
    ) -> Result<FileView, Error> {
        let signed_in = self.admit(caller, permission)?;
        let view = self.view_for(&signed_in.user, id).await?.ok_or(Error::NotFound)?;
        if self.may(caller, permission, &view.relations()) { Ok(view) } else { Err(Error::NotFound) }
    }

    /// Who uploaded a file that the caller sees.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn uploader_of(&self, view: &FileView) -> Result<User, Error> {
        self.get_person(view.file.owner).await
    }
}
