//! Renaming and deleting.

use super::FileView;
use crate::domain::event::Action;
use crate::domain::id::FileId;
use crate::domain::name::FileName;
use crate::domain::permission::Permission;
use crate::services::{Caller, Error, Services};
use crate::store::{self, Guard};

impl Services {
    /// Gives a file another name with the same extension.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Input`] for a name that is not allowed or changes the extension.
    pub async fn rename_file(&self, caller: &Caller, id: FileId, name: &str) -> Result<FileView, Error> {
        let mut view = self.get_file_to(caller, Permission::FileRename, id).await?;
        let name = FileName::parse(name).map_err(|message| Error::input("name", message))?;
        if name.extension() != view.file.name.extension() {
            return Err(Error::input("name", "A rename keeps the extension."));
        }
        let event = self.event_by(caller, Action::FileRenamed, id);
        self.store.rename_file(&view.file, &name, &event).await.map_err(absent_is_not_found)?;
        view.file.name = name;
        Ok(view)
    }

    /// Puts a file into the trash, from where it can be brought back for a while. Where there is no trash, or with
    /// `permanently`, it is deleted for good, out of the trash as well: its key is destroyed with its record, its object is
    /// removed by the janitor. Either way its shares and links answer nothing from now on.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn delete_file(&self, caller: &Caller, id: FileId, permanently: bool) -> Result<(), Error> {
        let to_trash = !permanently && self.config.retention.trash_days > 0;
        let deleted = match self.get_file_to(caller, Permission::FileDelete, id).await {
            Ok(view) if to_trash => {
                let event = self.event_by(caller, Action::FileTrashed, id);
                self.store.trash_file(&view.file, &event).await.map_err(absent_is_not_found)
            }
            Ok(view) => {
                let event = self.event_by(caller, Action::FileDeleted, id);
                self.store.delete_file(&view.file, &event).await.map_err(absent_is_not_found)
            }
            Err(failure) => Err(failure),
        };
        match deleted {
            // Also where it was put there a moment ago.
            Err(Error::NotFound) if permanently => self.delete_trashed_file(caller, id).await,
            deleted => deleted,
        }
    }
}

/// A thing that went away between the question and the act is not there.
pub(in crate::services) fn absent_is_not_found(failure: store::Error) -> Error {
    match failure {
        store::Error::Refused(Guard::FileGone | Guard::ShareGone) => Error::NotFound,
        other => other.into(),
    }
}
