//! Reading a file's content through a link.
//!
//! The order of refusals is part of the contract: not signed in; then whatever makes the link nobody's business
//! (`NotFound`); then over (`Gone`). Only then is looked at what part of the content is asked for.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::caller::LOOK_AGAIN_SECONDS;
use super::files::{SealedContent, Stretch};
use super::links::LinkClaims;
use super::{Caller, Error, Services, SignedIn};
use crate::domain::event::Action;
use crate::domain::file::File;
use crate::domain::permission::{Permission, Relation};
use crate::domain::timestamp::Timestamp;
use crate::store::{self, Guard};

/// How many mebibytes are read and opened while an earlier one is sent. With that one, and one that is being read, a transfer
/// has four in memory, and what the backend's stream holds.
const READ_AHEAD: usize = 2;

/// A link that answers, for a caller it answers to.
pub struct Download {
    /// The file.
    pub file: File,
    claims: LinkClaims,
    signed_in: SignedIn,
}

/// Content on its way out.
pub struct Content {
    /// Pieces of plaintext, each checked before it is handed out.
    pub pieces: BoxStream<'static, Result<Bytes, Error>>,
    /// How many bytes they are together.
    pub len: u64,
}

/// What is asked again while a transfer goes on.
struct Transfer {
    services: Arc<Services>,
    claims: LinkClaims,
    signed_in: SignedIn,
    checked_at: Timestamp,
}

impl Services {
    /// Opens a link for a caller.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::SecondFactorNeeded`]; [`Error::NotFound`]; [`Error::Gone`]; in this order.
    pub async fn open_download(&self, caller: &Caller, token: &str) -> Result<Download, Error> {
        let Caller::User(signed_in) = caller else { return Err(Error::Unauthenticated) };
        signed_in.require_enrolled(Permission::FileDownload)?;
        let claims = self.open_link(token).filter(|claims| claims.user == signed_in.user.id).ok_or(Error::NotFound)?;
        let file = self.file_behind(caller, &claims).await?;
        let now = self.now();
        if now >= claims.expires_at || self.is_used_up(caller, &claims).await? {
            return Err(Error::Gone);
        }
        Ok(Download { file, claims, signed_in: signed_in.clone() })
    }

    /// The file, where link, share, both accounts and the policy still agree that the caller may read it.
    async fn file_behind(&self, caller: &Caller, claims: &LinkClaims) -> Result<File, Error> {
        let user = caller.user().ok_or(Error::Unauthenticated)?;
        let file = self.store.find_file(claims.file).await?.ok_or(Error::NotFound)?;
        let relations = match claims.share {
            None => (file.owner == user.id).then_some(Relation::Owner).into_iter().collect(),
            Some(share) => {
                let now = self.now();
                let share = self.store.find_share(share).await?.filter(|share| share.is_live(now));
                let share = share.filter(|share| share.file == file.id).ok_or(Error::NotFound)?;
                if self.is_suspended(&share).await? {
                    return Err(Error::NotFound);
                }
                self.relations_to_share(user, &share)
            }
        };
        if self.may(caller, Permission::FileDownload, &relations) { Ok(file) } else { Err(Error::NotFound) }
    }

    async fn is_used_up(&self, caller: &Caller, claims: &LinkClaims) -> Result<bool, Error> {
        let Some(share) = claims.share else { return Ok(false) };
        let Some(share) = self.store.find_share(share).await? else { return Ok(false) };
        let left = self.views_of(caller, vec![share]).await?.pop().and_then(|view| view.downloads_left);
        Ok(left == Some(0) && !self.store.has_taken_download(claims.link).await?)
    }

    /// Begins to send a range of the content, and takes the download from the share if this link has not yet. The first
    /// piece is opened before that, so that damage is found before anything is counted or sent.
    ///
    /// # Errors
    /// [`Error::NotFound`] and [`Error::Gone`] when things changed since the link was opened; [`Error::Internal`] when the
    /// object is damaged.
    pub async fn read(self: &Arc<Self>, download: Download, range: Range<u64>) -> Result<Content, Error> {
        let Download { file, claims, signed_in } = download;
        let content = self.content_of(&file).await?;
        let stretches = content.stretches(range.clone())?;
        let mut transfer = Transfer { services: Arc::clone(self), claims, signed_in, checked_at: self.now() };
        let mut opened = opened_ahead(content, stretches);
        let first = opened.next().await.transpose()?;
        transfer.recheck().await?;
        self.take_download(&transfer).await?;
        let chunks = stream::iter(first.map(Ok)).chain(opened);
        let chunks = chunks.map_ok(|chunks| stream::iter(chunks.into_iter().map(Ok::<_, Error>))).try_flatten().boxed();
        // Looked at for each chunk: on a slow line it takes long until more is read.
        let pieces = stream::try_unfold((transfer, chunks), async |(mut transfer, mut chunks)| {
            transfer.recheck_if_due().await?;
            Ok::<_, Error>(chunks.try_next().await?.map(|chunk| (chunk, (transfer, chunks))))
        });
        let pieces = pieces.boxed();
        Ok(Content { pieces, len: range.end - range.start })
    }

    async fn take_download(&self, transfer: &Transfer) -> Result<(), Error> {
        let claims = &transfer.claims;
        let caller = Caller::User(transfer.signed_in.clone());
        let mut event = self.event_by(&caller, Action::FileDownloaded, claims.file);
        let Some(share) = claims.share else {
            return Ok(self.store.note_own_download(claims.link, claims.expires_at, &event).await?);
        };
        event.detail = share.to_string();
        let taken = self.store.take_download(claims.link, claims.expires_at, share, claims.user, &event).await;
        taken.map_err(|failure| match failure {
            store::Error::Refused(Guard::ShareGone) => Error::NotFound,
            store::Error::Refused(Guard::ShareUsedUp) => Error::Gone,
            other => other.into(),
        })
    }
}

/// Chunks that are being opened, on whatever core is free.
type Opening = AbortOnDropHandle<Result<Vec<Bytes>, Error>>;

/// Reads and opens stretches in their order, ahead of whoever takes them.
fn opened_ahead(content: SealedContent, stretches: Vec<Stretch>) -> BoxStream<'static, Result<Vec<Bytes>, Error>> {
    let (sender, opened) = mpsc::channel(READ_AHEAD);
    let reading = AbortOnDropHandle::new(tokio::spawn(read_ahead(content, stretches, sender)));
    stream::try_unfold((opened, reading), async |(mut opened, reading)| match opened.recv().await {
        Some(opening) => Ok(Some((opening.await.map_err(Error::internal)??, (opened, reading)))),
        None => reading.await.map_err(Error::internal)?.map(|()| None),
    })
    .boxed()
}

async fn read_ahead(
    content: SealedContent,
    stretches: Vec<Stretch>,
    opened: mpsc::Sender<Opening>,
) -> Result<(), Error> {
    for stretch in stretches {
        let mut sealed = content.open_piece(stretch.piece).await?.read(&stretch).await?;
        while let Some(chunks) = sealed.next().await? {
            let opening = AbortOnDropHandle::new(tokio::spawn(async move { chunks.open() }));
            if opened.send(opening).await.is_err() {
                return Ok(()); // Nobody takes them any more.
            }
        }
    }
    Ok(())
}

impl Transfer {
    async fn recheck_if_due(&mut self) -> Result<(), Error> {
        if self.services.now() >= self.checked_at.plus_seconds(LOOK_AGAIN_SECONDS) {
            self.recheck().await?;
        }
        Ok(())
    }

    /// Session, share, file and both accounts, as they are now.
    async fn recheck(&mut self) -> Result<(), Error> {
        let signed_in = self.services.look_again(&self.signed_in).await?.ok_or(Error::Unauthenticated)?;
        self.signed_in = signed_in.clone();
        self.services.file_behind(&Caller::User(signed_in), &self.claims).await?;
        self.checked_at = self.services.now();
        Ok(())
    }
}
