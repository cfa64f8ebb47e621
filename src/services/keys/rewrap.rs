//! What older keys have sealed, sealed anew with the current ones, in the background and a part at a time.
//!
//! Nothing says how far it is but the rows themselves: what is left is what an older key still has. A process that dies is
//! followed by itself at its next start, or by another instance once its lease has run out.

use std::sync::Arc;

use futures_util::future::try_join_all;
use tokio::time::Instant;

use super::keeper::{INSTANCE_LEASE_SECONDS, Round};
use crate::crypto::file_key::{KeyOwner, WrappedKey};
use crate::crypto::key_id::KeyId;
use crate::crypto::key_ring::{KeyRing, Purpose};
use crate::crypto::sealed_token::{self, TokenPurpose, beginning_of};
use crate::domain::event::Action;
use crate::domain::id::{BlobId, MailId, UserId};
use crate::domain::random::SharedRandom;
use crate::services::{Error, Services};
use crate::store::blob::StoredKey;
use crate::store::rewrap::{OwnedKey, SealedText, SealedTexts};
use crate::store::{self, Guard};

/// Wrapped keys a transaction.
const PART: usize = 500;
/// Transactions side by side: one writes while another waits for the disk.
const LANES: usize = 3;
/// Sealed texts a transaction.
const TEXTS_PART: usize = 100;
/// How long one round goes on before others have their turn at the ring, and this instance says again that it lives.
const ROUND: std::time::Duration = std::time::Duration::from_secs(5);

/// What came of going on for a while.
enum Progress {
    /// Nothing is left that can be sealed anew.
    Through,
    /// There is more.
    More,
}

impl Services {
    /// Goes on with sealing anew, if nobody else does.
    pub(super) async fn rewrap_all(&self) -> Result<Round, Error> {
        let now = self.now();
        let lease = now.plus_seconds(INSTANCE_LEASE_SECONDS);
        if !self.store.take_rewrapping(&self.keeper.instance, now, lease).await? {
            return Ok(Round::Waiting);
        }
        match self.rewrap_for_a_while().await {
            Ok(Progress::More) => Ok(Round::Busy),
            Ok(Progress::Through) => self.try_to_finish().await,
            Err(Error::Conflict(_)) => Ok(Round::Waiting),
            Err(failure) => Err(failure),
        }
    }

    async fn rewrap_for_a_while(&self) -> Result<Progress, Error> {
        let until = Instant::now() + ROUND;
        let ring = self.ring();
        for (purpose, texts) in [(Purpose::Wrapping, SealedTexts::SecondFactors), (Purpose::Mail, SealedTexts::Mails)] {
            for key in older_keys(&ring, purpose) {
                self.reseal_texts(&ring, key, texts).await?;
            }
        }
        for key in older_keys(&ring, Purpose::Wrapping) {
            if let Progress::More = self.rewrap_keys(&ring, key, until).await? {
                return Ok(Progress::More);
            }
        }
        Ok(Progress::Through)
    }

    /// The next parts are read and wrapped while those before are being written.
    async fn rewrap_keys(&self, ring: &Arc<KeyRing>, key: KeyId, until: Instant) -> Result<Progress, Error> {
        let was = key.to_string();
        let (mut place, mut prepared) = (String::new(), Vec::new());
        loop {
            let writing = self.write_keys(&was, std::mem::take(&mut prepared));
            let (written, next) = tokio::join!(writing, self.prepare_keys(ring, &was, &place));
            written?;
            let (keys, last) = next?;
            let Some(last) = last else { return Ok(Progress::Through) };
            (place, prepared) = (last, keys);
            if Instant::now() >= until {
                self.write_keys(&was, prepared).await?;
                return Ok(Progress::More);
            }
        }
    }

    async fn write_keys(&self, was: &str, mut keys: Vec<(BlobId, StoredKey)>) -> Result<(), Error> {
        let count = keys.len();
        if count == 0 {
            return Ok(());
        }
        let worker = &self.keeper.instance;
        let mut writing = Vec::with_capacity(LANES);
        while !keys.is_empty() {
            let part = keys.split_off(keys.len().saturating_sub(PART));
            writing.push(self.store.replace_wrapped_keys(worker, was, part));
        }
        try_join_all(writing).await.map_err(taken_over)?;
        let lease = self.now().plus_seconds(INSTANCE_LEASE_SECONDS);
        self.store.note_rewrapped(worker, count, lease).await.map_err(taken_over)
    }

    /// The next parts, wrapped anew, and where they end; `None` when there is nothing more.
    async fn prepare_keys(
        &self,
        ring: &Arc<KeyRing>,
        was: &str,
        after: &str,
    ) -> Result<(Vec<(BlobId, StoredKey)>, Option<String>), Error> {
        let part = self.store.find_keys_wrapped_by(was, after, PART * LANES).await?;
        let last = part.last().map(|key| key.place.clone());
        let (ring, random) = (Arc::clone(ring), Arc::clone(&self.random));
        let rewrapping = tokio::task::spawn_blocking(move || rewrap_part(&ring, part, &random));
        Ok((rewrapping.await.map_err(Error::internal)?, last))
    }

    async fn reseal_texts(&self, ring: &Arc<KeyRing>, key: KeyId, of: SealedTexts) -> Result<(), Error> {
        let beginning = beginning_of(key);
        let mut after = String::new();
        loop {
            let part = self.store.find_sealed_texts(of, &beginning, &after, TEXTS_PART).await?;
            let Some(last) = part.last() else { return Ok(()) };
            after.clone_from(&last.text);
            let resealed: Vec<(SealedText, String)> = part
                .into_iter()
                .filter_map(|text| match self.reseal_text(ring, of, &text) {
                    Ok(new) => new.map(|new| (text, new)),
                    Err(failure) => {
                        tracing::error!(?of, error = failure.with_causes(), "what a key has sealed cannot be opened");
                        None
                    }
                })
                .collect();
            let replaced = self.store.replace_sealed_texts(&self.keeper.instance, of, resealed).await;
            replaced.map_err(taken_over)?;
        }
    }

    fn reseal_text(&self, ring: &KeyRing, of: SealedTexts, text: &SealedText) -> Result<Option<String>, Error> {
        let stranger = || Error::internal("a sealed text in a row without an owner");
        let (purpose, context) = match of {
            SealedTexts::SecondFactors => {
                (TokenPurpose::SecondFactor, *UserId::from_key(&text.row).ok_or_else(stranger)?.as_bytes())
            }
            SealedTexts::Mails => (TokenPurpose::Mail, *MailId::from_key(&text.row).ok_or_else(stranger)?.as_bytes()),
        };
        Ok(sealed_token::reseal(ring, purpose, &context, &text.text, &*self.random)?)
    }

    /// Ends the rotation once every living instance seals with the new keys and nothing is left but what cannot be opened.
    async fn try_to_finish(&self) -> Result<Round, Error> {
        let currents = super::keeper::currents(&self.ring());
        let instances = self.store.find_instances(self.now()).await?;
        if instances.iter().any(|instance| currents.iter().any(|key| !instance.currents.contains(key))) {
            return Ok(Round::Waiting);
        }
        // The last that was stored under a former key may have come behind the round that went through: now it is there.
        self.store.settle_stored_keys().await?;
        if let Progress::More = self.rewrap_for_a_while().await? {
            return Ok(Round::Busy);
        }
        let mut failed = 0;
        for key in older_keys(&self.ring(), Purpose::Wrapping) {
            failed += self.store.count_keys_wrapped_by(&key.to_string()).await?;
        }
        let mut event = self.event_by_system(Action::KeysRewrapped, "");
        if failed > 0 {
            tracing::error!(failed, "file keys cannot be opened, and stay as they were");
            event.detail = format!("failed {failed}");
        }
        match self.store.finish_rotation(&self.keeper.instance, failed, &event).await {
            Ok(()) => {
                tracing::info!("all that older keys had sealed is sealed anew");
                Ok(Round::Quiet)
            }
            Err(store::Error::Refused(Guard::WorkGone)) => Ok(Round::Waiting),
            Err(failure) => Err(failure.into()),
        }
    }
}

/// The ids of the keys that open, and seal nothing any more.
fn older_keys(ring: &KeyRing, purpose: Purpose) -> Vec<KeyId> {
    let current = ring.current(purpose).id();
    ring.keys(purpose).map(|key| key.id()).take_while(|id| *id != current).collect()
}

/// What can be opened, wrapped by the current key. The rest is told of and left as it is.
fn rewrap_part(ring: &KeyRing, part: Vec<OwnedKey>, random: &SharedRandom) -> Vec<(BlobId, StoredKey)> {
    let rewrap = |owned: OwnedKey| {
        let rewrapped = rewrap_one(ring, &owned, random);
        if rewrapped.is_none() {
            let file = owned.file.map(|file| file.to_string()).unwrap_or_default();
            tracing::error!(file, "the wrapped key of a file cannot be opened, and stays as it is");
        }
        rewrapped
    };
    part.into_iter().filter_map(rewrap).collect()
}

fn rewrap_one(ring: &KeyRing, owned: &OwnedKey, random: &SharedRandom) -> Option<(BlobId, StoredKey)> {
    let (file, content, size_bytes) = (owned.file?, owned.content?, owned.size_bytes?);
    let owner = KeyOwner { file, blob: content, size_bytes };
    let wrapped = WrappedKey { key_id: KeyId::parse(&owned.key.key_id)?, sealed: owned.key.sealed.clone() };
    let rewrapped = wrapped.rewrap(ring, &owner, &**random).ok()?;
    Some((content, StoredKey { key_id: rewrapped.key_id.to_string(), sealed: rewrapped.sealed }))
}

fn taken_over(failure: store::Error) -> Error {
    match failure {
        store::Error::Refused(Guard::WorkGone) => Error::Conflict("Another instance goes on with it."),
        other => other.into(),
    }
}
