//! Uploads that come in several requests, and go on after a bad line: what tus 1.0 needs of us.
//!
//! Each request adds pieces: sealed objects of their own, written down one by one, so that no more is lost than what came since the last.
//! What is to be a file is checked, and the rights of whoever sends it are asked again, when the last piece is there.

mod finish;
mod hold;
mod receive;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::BoxStream;

use super::files::TransferEnded;
use super::{Caller, Error, Services, SignedIn};
pub use crate::crypto::checksum::{Algorithm, Checksum};
use crate::crypto::content_digest::ContentDigest;
use crate::crypto::file_key::{FileKey, KeyOwner};
use crate::domain::id::{BlobId, FileId};
use crate::domain::name::FileName;
use crate::domain::permission::Permission;
use crate::domain::timestamp::Timestamp;
use crate::store::transfer::Transfer;
use crate::store::{self, Guard};

/// Open transfers a user may have.
const MAX_OPEN: usize = 100;

/// How it stands with a transfer.
#[derive(Clone, Copy, Debug)]
pub struct TransferView {
    /// Its name in addresses.
    pub id: BlobId,
    /// Bytes there will be.
    pub size_bytes: u64,
    /// Bytes there are.
    pub offset: u64,
    /// When it is swept away unless more comes.
    pub expires_at: Timestamp,
    /// The file, once it is there.
    pub file: Option<FileId>,
}

impl From<&Transfer> for TransferView {
    fn from(transfer: &Transfer) -> Self {
        Self {
            id: transfer.content,
            size_bytes: transfer.size_bytes,
            offset: transfer.offset,
            expires_at: transfer.expires_at,
            file: transfer.is_done.then_some(transfer.file),
        }
    }
}

/// What a request brings of a transfer.
pub struct Addition {
    /// At which offset it begins.
    pub offset: u64,
    /// The bytes.
    pub content: BoxStream<'static, Result<Bytes, TransferEnded>>,
    /// What they should come to, where the client says so. Then they count all together or not at all.
    pub checksum: Option<Checksum>,
}

impl Services {
    /// Begins a transfer.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::Input`] for a bad name; [`Error::UnsupportedFileType`];
    /// [`Error::FileTooLarge`]; [`Error::QuotaExceeded`] where it can never fit; [`Error::TooManyAtOnce`].
    pub async fn create_transfer(&self, caller: &Caller, name: &str, size_bytes: u64) -> Result<TransferView, Error> {
        let signed_in = self.admit_uploader(caller)?;
        let name = FileName::parse(name).map_err(|message| Error::input("filename", message))?;
        let kind = self.kind_of(&name)?;
        let limit_bytes = self.config.uploads.max_file_bytes;
        if size_bytes > limit_bytes {
            return Err(Error::FileTooLarge { limit_bytes });
        }
        if size_bytes > receive::MOST_BYTES {
            return Err(Error::FileTooLarge { limit_bytes: receive::MOST_BYTES });
        }
        self.quotas.check_that_it_may_fit(size_bytes)?;
        if size_bytes == 0 {
            return Err(Error::UnsupportedFileType("An empty file is no document.".to_owned()));
        }
        let (file, content) = (FileId::generate(&*self.random), BlobId::generate(&*self.random));
        let key = FileKey::generate(&*self.random);
        let key_owner = KeyOwner { file, blob: content, size_bytes };
        let transfer = Transfer {
            content,
            owner: signed_in.user.id,
            file,
            name,
            kind,
            size_bytes,
            offset: 0,
            pieces: 0,
            digest: ContentDigest::default().seal(&key, content, 0, &*self.random)?,
            expires_at: self.transfer_expiry(),
            is_done: false,
            held_until: Timestamp::from_millis(0),
        };
        let wrapped = self.wrap_file_key(&key, &key_owner)?;
        let mut created = self.store.create_transfer(&signed_in.user, &transfer, &wrapped, MAX_OPEN).await;
        if matches!(created, Err(store::Error::Refused(Guard::KeyReplaced))) {
            self.refresh_ring().await?;
            let wrapped = self.wrap_file_key(&key, &key_owner)?;
            created = self.store.create_transfer(&signed_in.user, &transfer, &wrapped, MAX_OPEN).await;
        }
        created.map_err(|failure| match failure {
            store::Error::Refused(Guard::TransfersFull) => Error::TooManyAtOnce { limit: MAX_OPEN as u64 },
            store::Error::Refused(Guard::AccountChanged) => Error::Unauthenticated,
            other => other.into(),
        })?;
        Ok(TransferView::from(&transfer))
    }

    /// How it stands with a transfer of the caller's. Whoever adds to it at this moment is asked to stop and waited for, since
    /// whoever asks wants to go on. A transfer that is whole, and has no file because the answer went wrong, gets it now.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::NotFound`]; those of [`add_to_transfer`](Self::add_to_transfer)
    /// where it is made a file.
    pub async fn find_transfer(self: &Arc<Self>, caller: &Caller, id: BlobId) -> Result<TransferView, Error> {
        let signed_in = self.admit_uploader(caller)?;
        let transfer = self.own_transfer(signed_in, id).await?;
        let transfer = self.wait_for_holder(transfer).await?;
        if transfer.offset < transfer.size_bytes || transfer.is_done {
            return Ok(TransferView::from(&transfer));
        }
        let nothing =
            Addition { offset: transfer.offset, content: Box::pin(futures_util::stream::empty()), checksum: None };
        match self.add_to_transfer(caller, id, nothing).await {
            // It was made a file meanwhile, or is about to be.
            Err(Error::Conflict(_)) => Ok(TransferView::from(&self.own_transfer(signed_in, id).await?)),
            made => made,
        }
    }

    /// Adds to a transfer of the caller's; with its last byte, makes it a file. What came before the line broke stays.
    ///
    /// It is done to its end even if nobody waits for the answer any more.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Conflict`] where the transfer is at another offset,
    /// or somebody else adds to it and does not stop; [`Error::FileTooLarge`] where more comes than was announced;
    /// [`Error::QuotaExceeded`], and what came before that stays;
    /// [`Error::ChecksumMismatch`]; [`Error::UploadIncomplete`] where the line broke; [`Error::UnsupportedFileType`], and then the
    /// transfer is over.
    pub async fn add_to_transfer(
        self: &Arc<Self>,
        caller: &Caller,
        id: BlobId,
        addition: Addition,
    ) -> Result<TransferView, Error> {
        let signed_in = self.admit_uploader(caller)?.clone();
        let transfer = self.own_transfer(&signed_in, id).await?;
        if transfer.is_done || transfer.offset != addition.offset {
            return Err(Error::Conflict("The upload is at another offset."));
        }
        let services = Arc::clone(self);
        let adding = tokio::spawn(async move { services.add(signed_in, transfer, addition).await });
        adding.await.map_err(Error::internal)?
    }

    /// Ends a transfer of the caller's and what it has brought; a file that it has become stays.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::NotFound`].
    pub async fn end_transfer(&self, caller: &Caller, id: BlobId) -> Result<(), Error> {
        let signed_in = self.admit_uploader(caller)?;
        let transfer = self.own_transfer(signed_in, id).await?;
        let ended = self.store.end_transfer(transfer.content, None, Timestamp::from_millis(i64::MAX)).await;
        ended.map_err(gone_is_not_found)
    }

    /// Ends the transfers that got nothing for too long, and answers how many there were.
    pub(super) async fn sweep_transfers(&self) -> Result<usize, Error> {
        let mut swept = 0;
        loop {
            let now = self.now();
            let expired = self.store.find_expired_transfers(now).await?;
            if expired.is_empty() {
                return Ok(swept);
            }
            for content in expired {
                match self.store.end_transfer(content, None, now).await {
                    Ok(()) => swept += 1,
                    Err(store::Error::Refused(Guard::TransferGone)) => {}
                    Err(failure) => return Err(failure.into()),
                }
            }
        }
    }

    fn admit_uploader<'a>(&self, caller: &'a Caller) -> Result<&'a SignedIn, Error> {
        let signed_in = self.admit(caller, Permission::FileUpload)?;
        if self.may(caller, Permission::FileUpload, &[]) { Ok(signed_in) } else { Err(Error::Forbidden) }
    }

    async fn own_transfer(&self, signed_in: &SignedIn, id: BlobId) -> Result<Transfer, Error> {
        let transfer = self.store.find_transfer(id).await?;
        let now = self.now();
        transfer
            .filter(|transfer| transfer.owner == signed_in.user.id && transfer.expires_at > now)
            .ok_or(Error::NotFound)
    }

    fn transfer_expiry(&self) -> Timestamp {
        self.now().plus_seconds(self.config.uploads.transfer_ttl_seconds)
    }
}

fn gone_is_not_found(failure: store::Error) -> Error {
    match failure {
        store::Error::Refused(Guard::TransferGone) => Error::NotFound,
        other => other.into(),
    }
}
