//! Uploading: one file or several, all or none.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

use super::FileView;
use super::receive::Received;
use crate::config::OnUpload;
use crate::crypto::file_key::KeyOwner;
use crate::domain::event::Action;
use crate::domain::id::{FileId, UserId};
use crate::domain::permission::{Permission, Relation};
use crate::domain::share::Audience;
use crate::services::quotas::Room;
use crate::services::{Caller, Error, Services, SignedIn};
use crate::store::file::NewFile;
use crate::store::share::NewShare;
use crate::store::{self, Guard};

/// The transfer ended before the file did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransferEnded;

/// A file that is on its way in.
pub struct IncomingFile<'a> {
    /// Its name, as it was sent.
    pub name: String,
    /// Its content. Nothing is read from the line before this is.
    pub content: BoxStream<'a, Result<Bytes, TransferEnded>>,
}

/// Where the files of a request are read from, one after the other.
pub trait UploadBody: Send {
    /// Goes to the file that this token of the request stands for. Files before it that nobody read are skipped.
    ///
    /// The future fails with [`Error::Input`] for a token that stands for no file of this request or for one that has
    /// been passed already.
    fn open<'a>(&'a mut self, token: &'a str) -> BoxFuture<'a, Result<IncomingFile<'a>, Error>>;

    /// Once the last file of the request has been read, makes sure that the request ends there and ends well. Asked before
    /// anything is committed, so that a request that is not as it says leaves nothing behind.
    fn end(&mut self) -> BoxFuture<'_, Result<(), Error>>;
}

impl Services {
    /// Stores one file.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::Input`] for a bad name; [`Error::UnsupportedFileType`];
    /// [`Error::FileTooLarge`]; [`Error::QuotaExceeded`]; [`Error::UploadIncomplete`]. Nothing is stored then.
    pub async fn upload(&self, caller: &Caller, body: &mut dyn UploadBody, token: &str) -> Result<FileView, Error> {
        let views = self.upload_many(caller, body, &[token.to_owned()]).await?;
        views.into_iter().next().ok_or_else(|| Error::internal("an upload without a file"))
    }

    /// Stores several files, all or none, in the order in which the request sends them.
    ///
    /// # Errors
    /// As [`upload`](Self::upload), for the first file that is not good.
    pub async fn upload_many(
        &self,
        caller: &Caller,
        body: &mut dyn UploadBody,
        tokens: &[String],
    ) -> Result<Vec<FileView>, Error> {
        let signed_in = self.admit(caller, Permission::FileUpload)?;
        if !self.may(caller, Permission::FileUpload, &[]) {
            return Err(Error::Forbidden);
        }
        if tokens.is_empty() || tokens.len() > self.config.uploads.max_files_per_request {
            let most = self.config.uploads.max_files_per_request;
            return Err(Error::input("files", format!("Send 1 to {most} files in one request.")));
        }
        let room = self.quotas.open(signed_in.user.id);
        let mut received: Vec<Received> = Vec::with_capacity(tokens.len());
        for token in tokens {
            // Dropping what was received before gives it back.
            let incoming = body.open(token).await?;
            received.push(self.receive(signed_in, incoming, &received, &room).await?);
        }
        body.end().await?;
        // A transfer can outlast the rights of whoever began it.
        let still = self.look_again(signed_in).await?.map(Caller::User);
        if !still.is_some_and(|caller| self.may(&caller, Permission::FileUpload, &[])) {
            return Err(Error::Unauthenticated);
        }
        self.commit(signed_in, received, room).await
    }

    async fn commit(
        &self,
        signed_in: &SignedIn,
        received: Vec<Received>,
        room: Arc<Room>,
    ) -> Result<Vec<FileView>, Error> {
        let now = self.now();
        let caller = Caller::User(signed_in.clone());
        let mut new_files = Vec::with_capacity(received.len());
        let (mut keys, mut staged) = (Vec::with_capacity(received.len()), Vec::with_capacity(received.len()));
        let mut events = Vec::with_capacity(received.len());
        for Received { mut file, key, staged: object } in received {
            file.uploaded_at = now;
            events.push(self.event_by(&caller, Action::FileUploaded, file.id));
            let share = self.share_on_upload(&caller, signed_in.user.id, file.id);
            new_files.push(NewFile { key: self.wrap_file_key(&key, &KeyOwner::of(&file))?, file, share });
            keys.push(key);
            staged.push(object);
        }
        let mut committed = self.store.commit_files_under(&signed_in.user, &new_files, &events, &room.holds()).await;
        if matches!(committed, Err(store::Error::Refused(Guard::KeyReplaced))) {
            self.refresh_ring().await?;
            for (new, key) in new_files.iter_mut().zip(&keys) {
                new.key = self.wrap_file_key(key, &KeyOwner::of(&new.file))?;
            }
            committed = self.store.commit_files_under(&signed_in.user, &new_files, &events, &room.holds()).await;
        }
        match committed {
            Ok(()) => staged.iter_mut().for_each(|object| object.keep()),
            // The commit may have happened: what it needs must not be swept away by us. If it did not, the leases run out.
            Err(failure @ store::Error::Unavailable { outcome: store::Outcome::Unknown, .. }) => {
                staged.iter_mut().for_each(|object| object.keep());
                room.linger(self.longest_commit());
                return Err(failure.into());
            }
            Err(store::Error::Refused(Guard::StagingGone | Guard::RoomGone | Guard::KeyReplaced)) => {
                return Err(Error::UploadIncomplete);
            }
            Err(store::Error::Refused(Guard::AccountChanged)) => return Err(Error::Unauthenticated),
            Err(failure) => return Err(failure.into()),
        }
        Ok(new_files
            .into_iter()
            .map(|new| FileView { file: new.file, share: None, owned: true, in_trash: None })
            .collect())
    }

    /// The share that a new file comes with, where there is one.
    pub(in crate::services) fn share_on_upload(
        &self,
        caller: &Caller,
        owner: UserId,
        file: FileId,
    ) -> Option<NewShare> {
        let wanted = self.config.sharing.on_upload == OnUpload::EveryClient && self.config.sharing.every_client_allowed;
        let allowed = wanted && self.may(caller, Permission::ShareCreate, &[Relation::Owner]);
        allowed.then(|| self.new_share(caller, owner, file, Audience::EveryClient))
    }
}
