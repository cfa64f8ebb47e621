//! Taking out a key that nothing needs any more.

use super::listing::Needs;
use crate::crypto::key_ring::Purpose;
use crate::domain::event::Action;
use crate::domain::permission::Permission;
use crate::domain::timestamp::Timestamp;
use crate::services::{Caller, Error, Services};
use crate::store::ring_key::{KeyState, KnownKey};
use crate::store::{self, Guard};

/// What became of a key that was to be retired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retired {
    /// It is retired, and out of the ring where that is a file.
    Now,
    /// It was retired before; now it is out of this ring too.
    Before,
}

impl Services {
    /// Retires an old key, for good. `void_tokens` does so before the last link, cursor or access token that it has made is over:
    /// they are worth nothing then.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Input`] with what still needs the key, or why it is none that could be retired.
    pub async fn retire_key(&self, caller: &Caller, id: &str, void_tokens: bool) -> Result<Retired, Error> {
        if !self.may(caller, Permission::KeyRetire, &[]) {
            return Err(Error::Forbidden);
        }
        let known = self.store.find_ring_keys().await?;
        let key = known.into_iter().find(|key| key.id == id);
        let key = key.ok_or_else(|| refused("There is no key with this id."))?;
        match key.state {
            KeyState::Current => return Err(refused("This key is current. Rotate first.")),
            KeyState::Added => {
                return Err(refused("This key is about to become current. Give its rotation up instead."));
            }
            KeyState::Retired => {
                self.remove_from_file(vec![key.id]).await?;
                return Ok(Retired::Before);
            }
            KeyState::Old | KeyState::Retiring => {}
        }
        self.refuse_while_in_use(&key).await?;
        self.refuse_while_needed(&key, void_tokens).await?;
        self.store.begin_retiring_key(&key.id).await.map_err(changed)?;
        // From here on nothing comes that needs it, so what is counted now is all there will be.
        if let Err(needed) = self.refuse_while_needed(&key, void_tokens).await {
            self.store.end_retiring_key(&key.id).await?;
            return Err(needed);
        }
        let mut event = self.event_by(caller, Action::KeyRetired, "");
        event.detail = format!("{} {}", key.purpose, key.id);
        self.store.retire_key(&key.id, &event).await.map_err(changed)?;
        self.refresh_ring().await?;
        self.remove_from_file(vec![key.id]).await?;
        Ok(Retired::Now)
    }

    /// An instance that has not noticed that the key was replaced still seals with it.
    async fn refuse_while_in_use(&self, key: &KnownKey) -> Result<(), Error> {
        let instances = self.store.find_instances(self.now()).await?;
        let using = instances.iter().filter(|instance| instance.currents.contains(&key.id)).count();
        if using > 0 {
            return Err(refused(format!(
                "{using} of the running instances still seal with this key. Try again in a minute."
            )));
        }
        let settled = key.replaced_at.map(|moment| moment.plus_seconds(super::listing::settle_seconds(&self.config)));
        match settled {
            Some(settled) if self.now() < settled => Err(refused(format!(
                "This key was replaced a moment ago, and something begun before may still be sealed with it. It can be retired \
                 from {} on.",
                settled.to_rfc3339()
            ))),
            _ => Ok(()),
        }
    }

    async fn refuse_while_needed(&self, key: &KnownKey, void_tokens: bool) -> Result<(), Error> {
        let needs = self.needs_of(key).await?;
        match reason_to_keep(key, needs, self.now(), void_tokens) {
            Some(reason) => Err(refused(reason)),
            None => Ok(()),
        }
    }
}

fn reason_to_keep(key: &KnownKey, needs: Needs, now: Timestamp, void_tokens: bool) -> Option<String> {
    let mut needed_by = Vec::new();
    for (count, what) in [
        (needs.files, "the keys of files"),
        (needs.second_factors, "secrets of second factors"),
        (needs.mails, "tokens of mails that wait"),
    ] {
        if count > 0 {
            needed_by.push(format!("{what} ({count})"));
        }
    }
    if !needed_by.is_empty() {
        return Some(format!("This key is still needed to open {}.", needed_by.join(", ")));
    }
    let until = needs.tokens_until.filter(|until| !void_tokens && now < *until)?;
    let what = match Purpose::parse(&key.purpose) {
        Some(Purpose::Signing) => "access tokens",
        Some(Purpose::Link) => "download links",
        _ => "places in lists",
    };
    Some(format!("{what} that this key has made are good until {} at the latest.", until.to_rfc3339()))
}

fn refused(message: impl Into<String>) -> Error {
    Error::input("id", message)
}

fn changed(failure: store::Error) -> Error {
    match failure {
        store::Error::Refused(Guard::WorkGone) => Error::Conflict("Somebody else has changed this key meanwhile."),
        other => other.into(),
    }
}
