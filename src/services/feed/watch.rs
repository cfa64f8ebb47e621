//! What of the feed a caller gets to see: asked for each event, at the moment it is told.

use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::stream::{StreamExt, try_unfold};

use super::reader::Reader;
use super::tail::{Happening, LOOK_EVERY};
use super::{DownloadView, Telling, Told};
use crate::domain::event::{Action, Actor, Event};
use crate::domain::permission::{Permission, Relation};
use crate::domain::share::Audience;
use crate::domain::user::User;
use crate::services::shares::ShareView;
use crate::services::{Caller, Error, Services, SignedIn};

/// One field of the subscription.
pub(super) trait Subject: Send + 'static {
    /// What is told.
    type Item: Send + 'static;
    /// The field of the API.
    const FIELD: &'static str;
    /// What its guard asks.
    const PERMISSION: Permission;

    /// Whether it can be for this user at all, as far as the event says: most are for somebody else, and nothing is looked
    /// up for those.
    fn may_concern(user: &User, happening: &Happening) -> bool;

    /// What the caller gets to see of it, as everything is now; `None` for nothing.
    fn show(
        services: &Services,
        caller: &Caller,
        happening: &Happening,
    ) -> impl Future<Output = Result<Option<Self::Item>, Error>> + Send;
}

/// Shares with the caller.
pub(super) struct NewShares;
/// Downloads through shares of the caller's.
pub(super) struct Downloads;
/// Everything that is written down.
pub(super) struct Acts;

struct Watcher<S> {
    services: Arc<Services>,
    signed_in: SignedIn,
    reader: Reader,
    /// What was read and is not told yet.
    current: Option<Arc<Happening>>,
    subject: PhantomData<fn() -> S>,
}

impl Services {
    pub(super) async fn watch<S: Subject>(
        self: &Arc<Self>,
        caller: &Caller,
        after: Option<&str>,
    ) -> Result<Telling<S::Item>, Error> {
        let signed_in = self.admit(caller, S::PERMISSION)?.clone();
        let place = after.map(|mark| self.open_mark(signed_in.user.id, S::FIELD, mark)).transpose()?;
        let reader = Reader::begin(self, place).await?;
        let services = Arc::clone(self);
        let watcher = Watcher::<S> { services, signed_in, reader, current: None, subject: PhantomData };
        let telling = try_unfold(watcher, async |mut watcher| {
            let told = watcher.next().await?;
            Ok(Some((told, watcher)))
        });
        Ok(telling.boxed())
    }
}

impl<S: Subject> Watcher<S> {
    async fn next(&mut self) -> Result<Told<S::Item>, Error> {
        loop {
            match self.go_on().await {
                Ok(Some(told)) => return Ok(told),
                Ok(None) => {}
                // What cannot be looked at now is told later.
                Err(Error::Unavailable { .. }) => tokio::time::sleep(LOOK_EVERY).await,
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Goes on by one event.
    async fn go_on(&mut self) -> Result<Option<Told<S::Item>>, Error> {
        let happening = match &self.current {
            Some(happening) => Arc::clone(happening),
            None => Arc::clone(self.current.insert(self.reader.next().await?)),
        };
        let item = if S::may_concern(&self.signed_in.user, &happening) { self.show(&happening).await? } else { None };
        self.current = None;
        let Some(item) = item else { return Ok(None) };
        let mark = self.services.seal_mark(self.signed_in.user.id, S::FIELD, self.reader.place())?;
        Ok(Some(Told { mark, item }))
    }

    async fn show(&self, happening: &Happening) -> Result<Option<S::Item>, Error> {
        let signed_in = self.services.still_signed_in(&self.signed_in).await?.ok_or(Error::Unauthenticated)?;
        match S::show(&self.services, &Caller::User(signed_in), happening).await {
            // What the caller may see no longer is as if it had not happened; so is what is gone.
            Err(Error::Forbidden | Error::SecondFactorNeeded | Error::PasskeyNeeded | Error::NotFound) => Ok(None),
            shown => shown,
        }
    }
}

impl Subject for NewShares {
    type Item = ShareView;
    const FIELD: &'static str = "fileShared";
    const PERMISSION: Permission = Permission::ShareWatch;

    fn may_concern(user: &User, happening: &Happening) -> bool {
        let is_for = |audience| match audience {
            Audience::Client(client) => client == user.id,
            Audience::EveryClient => true,
        };
        happening.event.action == Action::ShareCreated
            && happening.share.as_ref().is_some_and(|share| is_for(share.audience))
    }

    async fn show(services: &Services, caller: &Caller, happening: &Happening) -> Result<Option<ShareView>, Error> {
        shown_share(services, caller, happening, Self::PERMISSION).await
    }
}

impl Subject for Downloads {
    type Item = DownloadView;
    const FIELD: &'static str = "fileDownloaded";
    const PERMISSION: Permission = Permission::DownloadWatch;

    fn may_concern(user: &User, happening: &Happening) -> bool {
        happening.event.action == Action::FileDownloaded
            && happening.share.as_ref().is_some_and(|share| share.shared_by == user.id)
    }

    async fn show(services: &Services, caller: &Caller, happening: &Happening) -> Result<Option<DownloadView>, Error> {
        let Actor::User(recipient) = happening.event.actor else { return Ok(None) };
        let Some(share) = shown_share(services, caller, happening, Self::PERMISSION).await? else { return Ok(None) };
        let recipient = services.store.find_user(recipient).await?;
        Ok(recipient.map(|recipient| DownloadView { share, recipient, at: happening.event.at }))
    }
}

impl Subject for Acts {
    type Item = Event;
    const FIELD: &'static str = "auditEvent";
    const PERMISSION: Permission = Permission::AuditWatch;

    fn may_concern(_: &User, _: &Happening) -> bool {
        true
    }

    async fn show(services: &Services, caller: &Caller, happening: &Happening) -> Result<Option<Event>, Error> {
        let may = services.may(caller, Self::PERMISSION, &[Relation::None]);
        Ok(may.then(|| happening.event.clone()))
    }
}

/// The share, where it still holds and the caller may see it and be told of it.
async fn shown_share(
    services: &Services,
    caller: &Caller,
    happening: &Happening,
    permission: Permission,
) -> Result<Option<ShareView>, Error> {
    let (Some(user), Some(share)) = (caller.user(), &happening.share) else { return Ok(None) };
    let Some(view) = services.find_share(caller, share.id).await? else { return Ok(None) };
    let relations = services.relations_to_share(user, &view.share);
    Ok(services.may(caller, permission, &relations).then_some(view))
}
