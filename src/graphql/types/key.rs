//! Keys: their names and what has become of them, never a key.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::scalar::{DateTime, saturated};
use crate::graphql::context::ContextExt;
use crate::services::keys::{KeyView, Needs, RingView, RotationView, words};

/// Where the key ring comes from.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "words::KeySource")]
pub(in crate::graphql) enum KeySource {
    /// A file on the server.
    File,
    /// A variable of the server's environment.
    Env,
    /// What a program prints, such as the client of a vault.
    Command,
}

/// What a key is for. A key serves one purpose.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "words::Purpose")]
pub(in crate::graphql) enum KeyPurpose {
    /// Seals what lies at rest: the keys of files, and the secrets of second factors.
    Wrapping,
    /// Signs access tokens.
    Signing,
    /// Seals download links.
    Link,
    /// Seals places in lists.
    Cursor,
    /// Seals the links in mails that wait to be sent.
    Mail,
}

/// What has become of a key.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "words::KeyState")]
pub(in crate::graphql) enum KeyState {
    /// It becomes current as soon as every instance has it.
    Added,
    /// New things are sealed and signed with it.
    Current,
    /// It opens what it has sealed, and seals nothing any more.
    Old,
    /// It is being retired: nothing new may come that needs it.
    Retiring,
    /// It is gone for good.
    Retired,
}

/// How far a rotation is.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "words::Phase")]
pub(in crate::graphql) enum KeyRotationPhase {
    /// Every instance shall have the new keys.
    Adding,
    /// They are current; what older ones have sealed is sealed anew.
    Rewrapping,
    /// Nothing is left to do.
    Done,
    /// It was given up before the new keys became current.
    Abandoned,
}

/// The keys of this installation.
pub(in crate::graphql) struct KeyRing(pub(in crate::graphql) RingView);

/// The keys of this installation: what they are called and what has become of them, never a key.
#[Object]
impl KeyRing {
    /// Where it comes from.
    async fn source(&self) -> KeySource {
        self.0.source.into()
    }

    /// How many instances of the server live.
    async fn instances(&self) -> i32 {
        saturated(self.0.instances)
    }

    /// Every key that there ever was, by purpose, the oldest first.
    async fn keys(&self) -> Vec<RingKey> {
        self.0.keys.iter().cloned().map(RingKey).collect()
    }

    /// The rotation under way, or the last one; null where there never was one.
    async fn rotation(&self) -> Option<KeyRotation> {
        self.0.rotation.clone().map(Into::into)
    }
}

/// A key.
pub(in crate::graphql) struct RingKey(KeyView);

/// A key of the ring. Another one takes its place by `strongroom keys rotate`, and it goes by `strongroom keys retire`.
#[Object]
impl RingKey {
    /// Its public name, as `strongroom keys list` shows it.
    async fn id(&self) -> ID {
        self.0.id().into()
    }

    /// What it is for.
    async fn purpose(&self) -> KeyPurpose {
        self.0.purpose.into()
    }

    /// What has become of it.
    async fn state(&self) -> KeyState {
        self.0.state().into()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at())
    }

    /// Since when another one is current; null before.
    async fn replaced_at(&self) -> Option<DateTime> {
        self.0.replaced_at().map(DateTime)
    }

    /// What still needs it. Only of one that is OLD or RETIRING; counting takes a moment while very much is left.
    async fn needs(&self, ctx: &Context<'_>) -> Result<Option<KeyNeeds>> {
        Ok(ctx.services()?.find_needs_of_key(ctx.caller()?, &self.0).await?.map(Into::into))
    }
}

/// What still needs a key. It can be retired when all of this is nothing, or over.
#[derive(SimpleObject)]
pub(in crate::graphql) struct KeyNeeds {
    /// Files whose keys it has wrapped. A rotation wraps them anew.
    files: i32,
    /// Secrets of second factors that it has sealed.
    second_factors: i32,
    /// Mails that wait, with a link that it has sealed.
    mails: i32,
    /// Until when links, places in lists or access tokens live that it has made; null where it makes none.
    tokens_until: Option<DateTime>,
}

/// How far new keys have taken the place of older ones.
#[derive(SimpleObject)]
pub(in crate::graphql) struct KeyRotation {
    /// Where it stands.
    phase: KeyRotationPhase,
    /// When it began.
    begun_at: DateTime,
    /// How many living instances have not got the new keys yet.
    lacking: i32,
    /// How many files there were whose keys had to be wrapped anew, when the new keys became current.
    total: i32,
    /// How many are.
    rewrapped: i32,
    /// How many could not be opened, and stay as they were: the server's log names them.
    failed: i32,
}

impl From<Needs> for KeyNeeds {
    fn from(needs: Needs) -> Self {
        Self {
            files: saturated(needs.files),
            second_factors: saturated(needs.second_factors),
            mails: saturated(needs.mails),
            tokens_until: needs.tokens_until.map(DateTime),
        }
    }
}

impl From<RotationView> for KeyRotation {
    fn from(RotationView { rotation, lacking, .. }: RotationView) -> Self {
        Self {
            phase: rotation.phase.into(),
            begun_at: DateTime(rotation.begun_at),
            lacking: saturated(lacking),
            total: saturated(rotation.total),
            rewrapped: saturated(rotation.done),
            failed: saturated(rotation.failed),
        }
    }
}
