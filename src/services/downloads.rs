//! Reading a file's content through a link.
//!
//! The order of refusals is part of the contract: not signed in; then whatever makes the link nobody's business
//! (`NotFound`); then over (`Gone`). Only then is looked at what part of the content is asked for.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt, try_unfold};

use super::caller::LOOK_AGAIN_SECONDS;
use super::links::LinkClaims;
use super::{Caller, Error, Services, SignedIn};
use crate::crypto::chunk_span::ChunkSpan;
use crate::crypto::file_key::KeyOwner;
use crate::crypto::sealed_blob::{HEADER_BYTES, Opener, sealed_len};
use crate::domain::event::Action;
use crate::domain::file::File;
use crate::domain::permission::{Permission, Relation};
use crate::domain::timestamp::Timestamp;
use crate::store::{self, Guard};

/// How many chunks are read from the backend at once: 1 MiB of plaintext.
const CHUNKS_AT_ONCE: u64 = 16;

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

/// What is needed to go on with a transfer.
struct Transfer {
    services: Arc<Services>,
    claims: LinkClaims,
    signed_in: SignedIn,
    file: File,
    opener: Opener,
    span: ChunkSpan,
    next_chunk: u64,
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
        let opener = self.opener(&file).await?;
        let span = ChunkSpan::covering(range, file.size_bytes)?;
        let len = span.plain_len();
        let next_chunk = span.chunks().start;
        let services = Arc::clone(self);
        let checked_at = self.now();
        let mut transfer = Transfer { services, claims, signed_in, file, opener, span, next_chunk, checked_at };
        let first = transfer.next_piece().await?;
        transfer.recheck().await?;
        self.take_download(&transfer).await?;
        let rest = try_unfold(transfer, async |mut transfer| {
            let piece = transfer.next_piece().await?;
            Ok(piece.map(|piece| (piece, transfer)))
        });
        let pieces = futures_util::stream::iter(first.map(Ok)).chain(rest).boxed();
        Ok(Content { pieces, len })
    }

    async fn opener(&self, file: &File) -> Result<Opener, Error> {
        let stored = self.store.find_wrapped_key(file.blob).await?.ok_or(Error::NotFound)?;
        let owner = KeyOwner { file: file.id, blob: file.blob, size_bytes: file.size_bytes };
        let key = self.open_file_key(stored, &owner).await?;
        let (size_bytes, header) =
            tokio::join!(self.blobs.size_bytes(file.blob), self.blobs.read(file.blob, 0..HEADER_BYTES as u64));
        // Chunks prove themselves, but none knows of bytes behind the last, nor of one that is missing further on.
        if size_bytes? != sealed_len(file.size_bytes) {
            return Err(Error::internal("an object has another length than its file"));
        }
        let header = header?;
        Ok(Opener::new(&key, file.blob, &header, file.size_bytes)?)
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

impl Transfer {
    async fn next_piece(&mut self) -> Result<Option<Bytes>, Error> {
        let chunks = self.span.chunks();
        if self.next_chunk >= chunks.end {
            return Ok(None);
        }
        if self.services.now() >= self.checked_at.plus_seconds(LOOK_AGAIN_SECONDS) {
            self.recheck().await?;
        }
        let first = self.next_chunk;
        let last = chunks.end.min(first + CHUNKS_AT_ONCE);
        let begin = self.span.object_range().start
            + (first - chunks.start) * crate::crypto::sealed_blob::SEALED_CHUNK_BYTES as u64;
        let sealed_bytes: u64 = (first..last).map(|index| self.span.sealed_chunk_len(index) as u64).sum();
        let sealed = self.services.blobs.read(self.file.blob, begin..begin + sealed_bytes).await?;
        let mut plain = Vec::with_capacity(sealed.len());
        let mut chunk = Vec::new();
        let mut rest = sealed.as_slice();
        for index in first..last {
            let Some((head, tail)) = rest.split_at_checked(self.span.sealed_chunk_len(index)) else {
                return Err(Error::internal("an object ended too soon"));
            };
            rest = tail;
            chunk.clear();
            chunk.extend_from_slice(head);
            self.opener.open_chunk(index, &mut chunk)?;
            plain.extend_from_slice(chunk.get(self.span.wanted(index)).unwrap_or_default());
        }
        self.next_chunk = last;
        Ok(Some(plain.into()))
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
