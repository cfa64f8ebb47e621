//! Making a transfer that is whole a file.

use std::sync::Arc;

use super::TransferView;
use super::receive::Receiving;
use crate::crypto::file_key::KeyOwner;
use crate::domain::event::Action;
use crate::domain::file::File;
use crate::domain::permission::Permission;
use crate::services::files::SealedContent;
use crate::services::{Caller, Error, Services};
use crate::store::{self, Guard};

impl Services {
    /// Looks at the whole, asks again whether whoever sent it may, and commits the file.
    ///
    /// # Errors
    /// [`Error::UnsupportedFileType`]; [`Error::Unauthenticated`] where the rights are gone; [`Error::NotFound`] where somebody else was
    /// faster; [`Error::Unavailable`], and then it can be tried again.
    pub(super) async fn finish(&self, mut receiving: Receiving<'_>) -> Result<TransferView, Error> {
        let (content, size_bytes) = (receiving.transfer.content, receiving.transfer.size_bytes);
        let owner = KeyOwner { file: receiving.transfer.file, blob: content, size_bytes };
        let key = Arc::new(self.file_key(&owner).await?.ok_or(Error::NotFound)?);
        let pieces = self.store.find_pieces(content).await?;
        let whole = SealedContent::of_pieces(self.blobs.clone(), key, content, pieces, size_bytes)?;
        receiving.hold_on(self.check_whole(receiving.transfer.kind, whole)).await?;
        let Receiving { signed_in, transfer, holder, digest, .. } = receiving;
        // A transfer outlasts access tokens, and must not outlast rights.
        let still = self.look_again(&signed_in).await?.map(Caller::User);
        let caller = still.filter(|caller| self.may(caller, Permission::FileUpload, &[]));
        let caller = caller.ok_or(Error::Unauthenticated)?;
        let file = File {
            id: transfer.file,
            name: transfer.name.clone(),
            kind: transfer.kind,
            size_bytes: transfer.size_bytes,
            sha256: digest.finish(),
            uploaded_at: self.now(),
            owner: transfer.owner,
            blob: transfer.content,
            pieces: transfer.pieces,
        };
        let event = self.event_by(&caller, Action::FileUploaded, file.id);
        let share = self.share_on_upload(&caller, file.owner, file.id);
        let committed = self.store.commit_transfer(&signed_in.user, &file, share.as_ref(), &holder, &[event]).await;
        committed.map_err(|failure| match failure {
            store::Error::Refused(Guard::AccountChanged) => Error::Unauthenticated,
            other => super::gone_is_not_found(other),
        })?;
        Ok(TransferView { file: Some(file.id), ..TransferView::from(&transfer) })
    }
}
