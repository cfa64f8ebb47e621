//! Taking in what a request brings of a transfer, piece by piece.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior};

use super::Addition;
use crate::crypto::checksum::Checksum;
use crate::crypto::content_digest::ContentDigest;
use crate::crypto::file_key::{FileKey, KeyOwner};
use crate::crypto::sealed_blob::{CHUNK_BYTES, Place, SEALED_CHUNK_BYTES};
use crate::domain::file::Piece;
use crate::domain::id::BlobId;
use crate::domain::timestamp::Timestamp;
use crate::services::caller::LOOK_AGAIN_SECONDS;
use crate::services::documents::{self, limits};
use crate::services::files::{Digests, Incoming, StagedBlob};
use crate::services::quotas::Room;
use crate::services::transfers::TransferView;
use crate::services::{Error, Services, SignedIn};
use crate::store::transfer::{Holder, Transfer};
use crate::store::{self, Guard};

/// Bytes after which a piece ends although more comes: what is lost at most when the program dies.
const PIECE_BYTES: u64 = 64 << 20;
/// How many pieces a content may have.
const MAX_PIECES: u32 = 10_000;
/// How long a content may be, so that it fits into that many.
pub(super) const MOST_BYTES: u64 = MAX_PIECES as u64 * PIECE_BYTES;
/// How often whoever holds a transfer looks whether it should stop.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Why no more is taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// Nothing more comes.
    End,
    /// The line broke.
    Cut,
    /// Somebody else wants to add.
    Interrupted,
}

/// Whoever adds to a transfer.
pub(super) struct Receiving<'a> {
    services: &'a Services,
    pub(super) signed_in: SignedIn,
    pub(super) transfer: Transfer,
    key: FileKey,
    pub(super) holder: Holder,
    pub(super) digest: ContentDigest,
    checked_at: Timestamp,
    look: Interval,
    /// Room for what has come and is not written down yet.
    room: Arc<Room>,
}

impl Services {
    /// Adds, and lets go of the transfer whatever comes of it.
    pub(super) async fn add(
        &self,
        signed_in: SignedIn,
        transfer: Transfer,
        addition: Addition,
    ) -> Result<TransferView, Error> {
        let holder = self.hold(&transfer).await?;
        let content = transfer.content;
        let added = self.add_as(signed_in, transfer, holder.clone(), addition).await;
        let let_go = match &added {
            Ok(view) if view.file.is_some() => Ok(()),
            // It can never become a file.
            Err(Error::UnsupportedFileType(_)) => {
                self.store.end_transfer(content, Some(&holder), Timestamp::from_millis(i64::MAX)).await
            }
            _ => self.store.let_go_of_transfer(content, &holder).await,
        };
        match let_go {
            Ok(()) | Err(store::Error::Refused(Guard::TransferGone)) => {}
            // What was added counts all the same; the hold runs out by itself.
            Err(failure) => {
                tracing::warn!(error = Error::from(failure).with_causes(), "a transfer could not be let go of");
            }
        }
        added
    }

    async fn add_as(
        &self,
        signed_in: SignedIn,
        transfer: Transfer,
        holder: Holder,
        addition: Addition,
    ) -> Result<TransferView, Error> {
        let owner = KeyOwner { file: transfer.file, blob: transfer.content, size_bytes: transfer.size_bytes };
        let key = self.file_key(&owner).await?.ok_or(Error::NotFound)?;
        let digest = ContentDigest::open(&transfer.digest, &key, transfer.content, transfer.offset)?;
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.reset();
        let checked_at = self.now();
        let room = self.quotas.open(transfer.owner);
        let mut receiving =
            Receiving { services: self, signed_in, transfer, key, holder, digest, checked_at, look, room };
        receiving.take(addition).await?;
        if receiving.transfer.offset < receiving.transfer.size_bytes {
            return Ok(TransferView::from(&receiving.transfer));
        }
        self.finish(receiving).await
    }
}

impl Receiving<'_> {
    async fn take(&mut self, addition: Addition) -> Result<(), Error> {
        let Addition { content, mut checksum, .. } = addition;
        let left = self.transfer.size_bytes - self.transfer.offset;
        let room = Arc::clone(&self.room);
        let mut incoming = Incoming::new(content, left, self.transfer.size_bytes, &room);
        loop {
            match self.take_piece(&mut incoming, &mut checksum).await? {
                None => {}
                Some(Stop::End) => return Ok(()),
                Some(Stop::Cut) => return Err(Error::UploadIncomplete),
                Some(Stop::Interrupted) => return Err(Error::Conflict("Another request adds to this upload.")),
            }
        }
    }

    /// Takes one piece in, and writes it down; why none comes behind it, where that is so.
    async fn take_piece(
        &mut self,
        incoming: &mut Incoming<'_>,
        checksum: &mut Option<Checksum>,
    ) -> Result<Option<Stop>, Error> {
        let services = self.services;
        let mut chunk = Vec::with_capacity(SEALED_CHUNK_BYTES);
        let mut stop = self.fill(incoming, &mut chunk).await?;
        if chunk.is_empty() {
            return Ok(stop);
        }
        if self.transfer.pieces >= MAX_PIECES {
            let message = format!("An upload may come in {MAX_PIECES} requests. Send more in each.");
            return Err(Error::input("Upload-Offset", message));
        }
        let is_enough = chunk.len() >= limits::BEGINNING_BYTES || chunk.len() as u64 == self.transfer.size_bytes;
        if self.transfer.offset == 0 && is_enough {
            documents::check_beginning(self.transfer.kind, chunk.get(..limits::BEGINNING_BYTES).unwrap_or(&chunk))?;
        }
        let staged = services.stage(BlobId::generate(&*services.random), &self.room).await?;
        let place = Place {
            blob: staged.blob(),
            content: self.transfer.content,
            number: self.transfer.pieces,
            offset: self.transfer.offset,
        };
        let is_checked = checksum.is_some();
        let digests = Digests { content: self.digest.clone(), checksum: checksum.take() };
        let mut sealing = services.begin_sealing(&self.key, &place, digests).await?;
        let mut next = Vec::with_capacity(SEALED_CHUNK_BYTES);
        // The last chunk is sealed differently, so one is held back until it is known whether another follows.
        let mut refusal = None;
        while stop.is_none() && (is_checked || sealing.size_bytes() + (chunk.len() as u64) < PIECE_BYTES) {
            stop = match self.fill(incoming, &mut next).await {
                // What had room counts.
                Err(failure @ Error::QuotaExceeded { .. }) if !is_checked => {
                    refusal = Some(failure);
                    break;
                }
                filled => filled?,
            };
            if next.is_empty() {
                break;
            }
            sealing.push(&mut chunk).await?;
            std::mem::swap(&mut chunk, &mut next);
            staged.renew_if_due().await?;
        }
        if is_checked && stop != Some(Stop::End) {
            // What came cannot be told from what a bad line made of it.
            return Ok(stop);
        }
        let end = place.offset + sealing.size_bytes() + chunk.len() as u64;
        let sealed = sealing.finish(chunk, end == self.transfer.size_bytes).await?;
        if sealed.digests.checksum.is_some_and(|checksum| !checksum.matches()) {
            return Err(Error::ChecksumMismatch);
        }
        sealed.writer.finish().await?;
        let piece =
            Piece { blob: place.blob, number: place.number, offset: place.offset, size_bytes: sealed.size_bytes };
        self.add(staged, piece, sealed.digests.content).await?;
        refusal.map_or(Ok(stop), Err)
    }

    /// Fills `chunk` up to one chunk's length, or as far as something comes.
    async fn fill(&mut self, incoming: &mut Incoming<'_>, chunk: &mut Vec<u8>) -> Result<Option<Stop>, Error> {
        loop {
            tokio::select! {
                filled = incoming.fill(chunk) => return match filled {
                    Ok(()) if chunk.len() < CHUNK_BYTES => Ok(Some(Stop::End)),
                    Ok(()) => Ok(None),
                    Err(Error::UploadIncomplete) => Ok(Some(Stop::Cut)),
                    Err(failure) => Err(failure),
                },
                _ = self.look.tick() => {
                    if self.look_around().await? {
                        // What has no room, and finds none at once, is sent again.
                        if !matches!(tokio::time::timeout(LOOK_EVERY, incoming.make_room()).await, Ok(Ok(()))) {
                            chunk.clear();
                        }
                        return Ok(Some(Stop::Interrupted));
                    }
                }
            }
        }
    }

    /// Waits for something that takes long, and holds on meanwhile. Nothing is left to add, so nobody is let in.
    pub(super) async fn hold_on<T>(&mut self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                _ = self.look.tick() => { self.look_around().await?; }
            }
        }
    }

    /// Holds on, asks from time to time whether whoever sends this still may, and answers whether it should stop.
    async fn look_around(&mut self) -> Result<bool, Error> {
        let services = self.services;
        self.holder.held_until = services.hold_expiry();
        let kept = services.store.keep_transfer(self.transfer.content, &self.holder).await;
        let is_interrupted = kept.map_err(super::gone_is_not_found)?;
        if services.now() >= self.checked_at.plus_seconds(LOOK_AGAIN_SECONDS) {
            self.signed_in = services.look_again(&self.signed_in).await?.ok_or(Error::Unauthenticated)?;
            self.checked_at = services.now();
        }
        Ok(is_interrupted)
    }

    async fn add(&mut self, mut staged: StagedBlob, piece: Piece, digest: ContentDigest) -> Result<(), Error> {
        let services = self.services;
        let content = self.transfer.content;
        let sealed = digest.seal(&self.key, content, piece.end(), &*services.random)?;
        let expires_at = services.transfer_expiry();
        self.holder.held_until = services.hold_expiry();
        let added =
            services.store.add_piece(content, &self.holder, &piece, sealed, expires_at, &self.room.holds()).await;
        match added {
            // It counts as stored now.
            Ok(()) => {
                staged.keep();
                self.room.settle(piece.size_bytes);
            }
            // It may have happened: what it needs must not be swept away by us. If it did not, the lease runs out.
            Err(failure @ store::Error::Unavailable { outcome: store::Outcome::Unknown, .. }) => {
                staged.keep();
                Arc::clone(&self.room).linger(services.longest_commit());
                return Err(failure.into());
            }
            Err(store::Error::Refused(Guard::StagingGone | Guard::RoomGone)) => return Err(Error::UploadIncomplete),
            Err(failure) => return Err(super::gone_is_not_found(failure)),
        }
        self.transfer.offset = piece.end();
        self.transfer.pieces += 1;
        self.transfer.expires_at = expires_at;
        self.digest = digest;
        Ok(())
    }
}
