//! What can be said of the keys, without saying them.

use serde::{Deserialize, Serialize};

use super::status::RotationStatus;
use crate::config::Config;
use crate::crypto::key_id::KeyId;
use crate::crypto::key_ring::Purpose;
use crate::crypto::sealed_token::beginning_of;
use crate::domain::permission::Permission;
use crate::domain::timestamp::Timestamp;
use crate::services::{Caller, Error, Services};
use crate::store::rewrap::SealedTexts;
use crate::store::ring_key::{KeyState, KnownKey};

/// How long after it was replaced a key of passkeys' challenges may still be asked for: they live for five minutes.
const CHALLENGE_SECONDS: u64 = 300;

/// A key, and what needs it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyReport {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub purpose: String,
    /// `added`, `current`, `old`, `retiring`, `retired`; `unknown` for one that is in the ring and that the database does not
    /// know.
    pub state: String,
    /// When it was made (RFC 3339).
    pub created_at: Option<String>,
    /// How many file keys it has wrapped.
    pub files: u64,
    /// How many secrets of second factors it has sealed.
    pub second_factors: u64,
    /// How many tokens of mails that wait it has sealed.
    pub mails: u64,
    /// Until when links, cursors or access tokens live that it has made (RFC 3339); `None` where that is not counted by time,
    /// or while new ones are made.
    pub tokens_until: Option<String>,
    /// Whether it is in the ring of whoever answers.
    pub in_ring: bool,
}

/// The ring, and who has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RingReport {
    /// Where the ring comes from: `file`, `env` or `command`.
    pub source: String,
    /// Its keys.
    pub keys: Vec<KeyReport>,
    /// How many instances live.
    pub instances: u64,
    /// The rotation under way or the last one.
    pub rotation: Option<RotationStatus>,
}

/// What needs a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// How many file keys it has wrapped.
    pub files: u64,
    /// How many secrets of second factors it has sealed.
    pub second_factors: u64,
    /// How many tokens of mails that wait it has sealed.
    pub mails: u64,
    /// Until when links, cursors or access tokens live that it has made; `None` where that is not counted by time, or while new ones
    /// are made.
    pub tokens_until: Option<Timestamp>,
}

impl Services {
    /// The keys, and what needs each.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Unavailable`].
    pub async fn list_keys(&self, caller: &Caller) -> Result<RingReport, Error> {
        if !self.may(caller, Permission::KeyList, &[]) {
            return Err(Error::Forbidden);
        }
        // Before what needs the keys is counted: of a rotation that is done, nothing is left.
        let rotation = self.find_rotation_status().await?;
        let ring = self.keeper.source.read_aside().await.map_err(Error::internal)?;
        let ring = ring.unwrap_or_else(|| (*self.ring()).clone());
        let in_ring = |id: &str| ring.all_keys().any(|(_, key)| key.id().to_string() == id);
        let known = self.store.find_ring_keys().await?;
        let mut keys = Vec::with_capacity(known.len());
        for key in &known {
            let needs = self.needs_of(key).await?;
            keys.push(KeyReport {
                id: key.id.clone(),
                purpose: key.purpose.clone(),
                state: key.state.as_str().to_owned(),
                created_at: Some(key.created_at.to_rfc3339()),
                files: needs.files,
                second_factors: needs.second_factors,
                mails: needs.mails,
                tokens_until: needs.tokens_until.map(Timestamp::to_rfc3339),
                in_ring: in_ring(&key.id),
            });
        }
        let unknown = ring.all_keys().filter(|(_, key)| known.iter().all(|known| known.id != key.id().to_string()));
        keys.extend(unknown.map(|(purpose, key)| KeyReport {
            id: key.id().to_string(),
            purpose: purpose.as_str().to_owned(),
            state: "unknown".to_owned(),
            created_at: Some(key.created_at().to_rfc3339()),
            files: 0,
            second_factors: 0,
            mails: 0,
            tokens_until: None,
            in_ring: true,
        }));
        keys.sort_by_cached_key(|key| (order_of(&key.purpose), key.created_at.clone(), key.id.clone()));
        Ok(RingReport {
            source: self.config.keys.source.as_str().to_owned(),
            keys,
            // One that has the database to itself does not say again and again that it lives.
            instances: self.store.find_instances(self.now()).await?.len().max(1) as u64,
            rotation,
        })
    }

    /// What needs a key: what it has sealed that lies at rest, and until when what it has made is good.
    pub(super) async fn needs_of(&self, key: &KnownKey) -> Result<Needs, Error> {
        let Some(purpose) = Purpose::parse(&key.purpose) else { return Ok(Needs::default()) };
        let beginning = KeyId::parse(&key.id).map(beginning_of).unwrap_or_default();
        let mut needs = Needs::default();
        match purpose {
            Purpose::Wrapping => {
                needs.files = self.store.count_keys_wrapped_by(&key.id).await?;
                needs.second_factors = self.store.count_sealed_texts(SealedTexts::SecondFactors, &beginning).await?;
            }
            Purpose::Mail => needs.mails = self.store.count_sealed_texts(SealedTexts::Mails, &beginning).await?,
            Purpose::Signing | Purpose::Link | Purpose::Cursor => {
                let lifetime = token_seconds(&self.config, purpose);
                let is_over = matches!(key.state, KeyState::Added | KeyState::Retired);
                needs.tokens_until = key
                    .replaced_at
                    .filter(|_| !is_over)
                    .map(|replaced_at| replaced_at.plus_seconds(lifetime + settle_seconds(&self.config)));
            }
        }
        Ok(needs)
    }
}

/// Where the keys of a purpose stand among the others.
pub(super) fn order_of(purpose: &str) -> Option<usize> {
    Purpose::ALL.iter().position(|known| known.as_str() == purpose)
}

/// How long what a key has made is good for.
fn token_seconds(config: &Config, purpose: Purpose) -> u64 {
    match purpose {
        Purpose::Signing => config.auth.access_token_ttl_seconds,
        Purpose::Link => config.links.max_ttl_seconds.max(CHALLENGE_SECONDS),
        // A place in a list is good as long as a session that is not used.
        Purpose::Cursor => config.auth.refresh_token_ttl_seconds,
        Purpose::Wrapping | Purpose::Mail => 0,
    }
}

/// How long after it was replaced a key may still seal something: until the last instance has noticed, and an operation that
/// had begun by then is over.
pub(super) fn settle_seconds(config: &Config) -> u64 {
    super::keeper::INSTANCE_LEASE_SECONDS
        + config.graphql.operation_timeout_seconds
        + config.database.query_timeout_seconds
}
