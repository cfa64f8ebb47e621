//! One file, as one caller sees it.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use crate::domain::file::File;
use crate::domain::id::FileId;
use crate::domain::permission::{Permission, Relation};
use crate::domain::role::Role;
use crate::domain::share::{Audience, Share};
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;
use crate::services::people::Beside;
use crate::services::{Caller, Error, Services};

/// A file, and the share through which the caller sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileView {
    /// The file.
    pub file: File,
    /// The caller's share of it; a share with the caller goes before one with every Client.
    pub share: Option<Share>,
    /// Whether the caller uploaded it, and it does not lie in the trash.
    pub owned: bool,
    /// Where it lies in the caller's trash.
    pub in_trash: Option<InTrash>,
}

/// How it stands with a file in the trash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InTrash {
    /// Since when it lies there.
    pub deleted_at: Timestamp,
    /// From this moment on it is gone.
    pub restorable_until: Timestamp,
}

impl Hash for FileView {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.file.id.hash(state);
    }
}

impl FileView {
    /// Who uploaded it.
    pub fn uploader(&self) -> Beside {
        Beside::new(self.file.owner)
    }

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
        Ok(self.find_files(caller, &[id]).await?.remove(&id))
    }

    /// Those of these files that exist and that the caller may see.
    ///
    /// # Errors
    /// As there.
    pub async fn find_files(&self, caller: &Caller, ids: &[FileId]) -> Result<HashMap<FileId, FileView>, Error> {
        let signed_in = self.admit(caller, Permission::FileRead)?;
        let mut views = self.views_for(&signed_in.user, ids).await?;
        views.retain(|_, view| self.may(caller, Permission::FileRead, &view.relations()));
        Ok(views)
    }

    /// The files with what the user is to them, before any question is asked.
    async fn views_for(&self, user: &User, ids: &[FileId]) -> Result<HashMap<FileId, FileView>, Error> {
        let files = self.store.find_files(ids).await?;
        let of_others: Vec<FileId> = files.iter().filter(|file| file.owner != user.id).map(|file| file.id).collect();
        let mut shares = self.find_live_shares(user, &of_others).await?;
        let view = |file: File| {
            let (owned, share) = (file.owner == user.id, shares.remove(&file.id));
            let view = FileView { file, share, owned, in_trash: None };
            (view.file.id, view)
        };
        Ok(files.into_iter().map(view).collect())
    }

    /// The share through which a user sees each of these files of others: only Clients receive, and nothing of a sharer who
    /// is disabled. All shares of a file are its owner's.
    async fn find_live_shares(&self, user: &User, files: &[FileId]) -> Result<HashMap<FileId, Share>, Error> {
        let (now, mut found) = (self.now(), HashMap::new());
        if user.role != Role::Client {
            return Ok(found);
        }
        for audience in [Audience::Client(user.id), Audience::EveryClient] {
            let missing: Vec<FileId> = files.iter().copied().filter(|file| !found.contains_key(file)).collect();
            if !missing.is_empty() {
                let shares = self.store.find_shares_with(audience, &missing).await?;
                found.extend(shares.into_iter().filter(|share| share.is_live(now)).map(|share| (share.file, share)));
            }
        }
        if !found.is_empty() {
            let active = self.active_sharers(found.values()).await?;
            found.retain(|_, share| active.contains(&share.shared_by));
        }
        Ok(found)
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
        let view = self.views_for(&signed_in.user, &[id]).await?.remove(&id).ok_or(Error::NotFound)?;
        if self.may(caller, permission, &view.relations()) { Ok(view) } else { Err(Error::NotFound) }
    }
}
