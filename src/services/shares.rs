//! Sharing a file with Clients, and taking it back.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use super::people::Beside;
use super::{Caller, Error, Services};
use crate::domain::email::EmailAddress;
use crate::domain::event::{Action, Event};
use crate::domain::id::{FileId, ShareId, UserId};
use crate::domain::permission::{Permission, Relation};
use crate::domain::role::Role;
use crate::domain::share::{Audience, Share};
use crate::domain::timestamp::Timestamp;
use crate::domain::user::User;
use crate::services::files::absent_is_not_found;
use crate::store::share::NewShare;
use crate::store::{self, Guard};

/// How many recipients one request names at most.
const MAX_RECIPIENTS: usize = 100;
/// How often sharing starts over because the file was renamed meanwhile.
const MAX_ATTEMPTS: usize = 5;

/// What is to be shared with whom.
#[derive(Clone, Debug)]
pub struct ShareRequest {
    /// The file.
    pub file: FileId,
    /// Addresses of verified Clients.
    pub recipients: Vec<String>,
    /// With every Client instead.
    pub every_client: bool,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// How many downloads each recipient has.
    pub max_downloads: Option<i32>,
}

/// A share as one caller sees it: a recipient sees its own counts, the owner those of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareView {
    /// The share.
    pub share: Share,
    /// Downloads that the caller gets to see.
    pub downloads: u64,
    /// Downloads left, where the number is limited and means something to the caller.
    pub downloads_left: Option<u64>,
    /// The last of these downloads.
    pub last_downloaded_at: Option<Timestamp>,
}

impl Hash for ShareView {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.share.id.hash(state);
    }
}

impl ShareView {
    /// Whom it is for; `None` where it is for every Client.
    pub fn recipient(&self) -> Option<Beside> {
        match self.share.audience {
            Audience::EveryClient => None,
            Audience::Client(user) => Some(Beside::new(user)),
        }
    }

    /// Who shared it.
    pub fn sharer(&self) -> Beside {
        Beside::new(self.share.shared_by)
    }
}

impl Services {
    /// Shares a file with named Clients or with every Client, all or none. Sharing again updates the share that is there.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the file; [`Error::Input`] with `recipients` for anyone who is no verified Client, and for
    /// other arguments with their names; [`Error::Forbidden`] for `everyClient` where it is not allowed.
    pub async fn share(&self, caller: &Caller, request: &ShareRequest) -> Result<Vec<ShareView>, Error> {
        let mut view = self.get_file_to(caller, Permission::ShareCreate, request.file).await?;
        let sharer = self.admit(caller, Permission::ShareCreate)?.user.id;
        let now = self.now();
        if request.expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(Error::input("expiresAt", "A share ends in the future."));
        }
        let max_downloads = match request.max_downloads {
            None => None,
            Some(max) => Some(
                u32::try_from(max)
                    .ok()
                    .filter(|max| *max > 0)
                    .ok_or_else(|| Error::input("maxDownloads", "At least one download is allowed, or any number."))?,
            ),
        };
        let audiences = self.audiences(request).await?;
        for _ in 0..MAX_ATTEMPTS {
            let new_share = |audience: &Audience| NewShare {
                expires_at: request.expires_at,
                max_downloads,
                ..self.new_share(caller, sharer, request.file, *audience)
            };
            let new_shares: Vec<NewShare> = audiences.iter().map(new_share).collect();
            match self.store.put_shares(&view.file, &new_shares, now).await {
                Ok(shares) => return self.views_of(caller, shares).await,
                Err(store::Error::Refused(Guard::FileChanged)) => {
                    view = self.get_file_to(caller, Permission::ShareCreate, request.file).await?;
                }
                Err(store::Error::Refused(Guard::RecipientGone)) => return Err(no_recipient()),
                Err(failure) => return Err(absent_is_not_found(failure)),
            }
        }
        Err(Error::Conflict("The file was renamed meanwhile. Try again."))
    }

    /// A share without limits, made now, with what is written down of it.
    pub(super) fn new_share(&self, caller: &Caller, sharer: UserId, file: FileId, audience: Audience) -> NewShare {
        let event = |action| {
            let detail = detail_of(audience);
            Event { detail, ..self.event_by(caller, action, file) }
        };
        NewShare {
            id: ShareId::generate(&*self.random),
            audience,
            shared_by: sharer,
            shared_at: self.now(),
            expires_at: None,
            max_downloads: None,
            made: event(Action::ShareCreated),
            updated: event(Action::ShareUpdated),
        }
    }

    async fn audiences(&self, request: &ShareRequest) -> Result<Vec<Audience>, Error> {
        match (request.every_client, request.recipients.is_empty()) {
            (true, true) if self.config.sharing.every_client_allowed => return Ok(vec![Audience::EveryClient]),
            (true, true) => return Err(Error::Forbidden),
            (true, false) => return Err(Error::input("everyClient", "Name recipients or every Client, not both.")),
            (false, true) => return Err(Error::input("recipients", "Name at least one recipient.")),
            (false, false) => {}
        }
        if request.recipients.len() > MAX_RECIPIENTS {
            return Err(Error::input("recipients", format!("Name at most {MAX_RECIPIENTS} recipients.")));
        }
        let mut addresses = BTreeSet::new();
        for recipient in &request.recipients {
            addresses.insert(EmailAddress::parse(recipient).ok_or_else(no_recipient)?);
        }
        let mut audiences = Vec::with_capacity(addresses.len());
        for address in &addresses {
            let user = self.store.find_user_by_email(address).await?.map(|(user, _)| user);
            let client = user.filter(|user| user.role == Role::Client && !user.disabled).ok_or_else(no_recipient)?;
            audiences.push(Audience::Client(client.id));
        }
        Ok(audiences)
    }

    /// Takes a share back. Its links answer nothing from now on.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn revoke_share(&self, caller: &Caller, id: ShareId) -> Result<(), Error> {
        let signed_in = self.admit(caller, Permission::ShareRevoke)?;
        let share = self.find_live_share_by_id(id).await?.ok_or(Error::NotFound)?;
        let relations = self.relations_to_share(&signed_in.user, &share);
        if !self.may(caller, Permission::ShareRevoke, &relations) {
            return Err(Error::NotFound);
        }
        let event = self.event_by(caller, Action::ShareRevoked, share.file);
        let event = Event { detail: detail_of(share.audience), ..event };
        self.store.drop_share(&share, &event).await.map_err(absent_is_not_found)
    }

    /// A share, if it holds and the caller may see it.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`]; [`Error::Unavailable`].
    pub async fn find_share(&self, caller: &Caller, id: ShareId) -> Result<Option<ShareView>, Error> {
        let signed_in = self.admit(caller, Permission::ShareRead)?;
        let Some(share) = self.find_live_share_by_id(id).await? else { return Ok(None) };
        let relations = self.relations_to_share(&signed_in.user, &share);
        if !self.may(caller, Permission::ShareRead, &relations) {
            return Ok(None);
        }
        Ok(self.views_of(caller, vec![share]).await?.pop())
    }

    async fn find_live_share_by_id(&self, id: ShareId) -> Result<Option<Share>, Error> {
        let now = self.now();
        let Some(share) = self.store.find_share(id).await?.filter(|share| share.is_live(now)) else { return Ok(None) };
        Ok((!self.is_suspended(&share).await?).then_some(share))
    }

    /// Whether it is as if it were not shared, because whoever shares it is disabled.
    pub(super) async fn is_suspended(&self, share: &Share) -> Result<bool, Error> {
        Ok(self.active_sharers(std::iter::once(share)).await?.is_empty())
    }

    /// Those who share any of these and are not disabled.
    pub(super) async fn active_sharers(&self, shares: impl Iterator<Item = &Share>) -> Result<BTreeSet<UserId>, Error> {
        let sharers: BTreeSet<UserId> = shares.map(|share| share.shared_by).collect();
        let sharers: Vec<UserId> = sharers.into_iter().collect();
        Ok(self.store.find_active_among(&sharers).await?.into_iter().collect())
    }

    pub(super) fn relations_to_share(&self, user: &User, share: &Share) -> Vec<Relation> {
        let owner = (share.shared_by == user.id).then_some(Relation::Owner);
        let receives = user.role == Role::Client
            && match share.audience {
                Audience::Client(client) => client == user.id,
                Audience::EveryClient => true,
            };
        owner.into_iter().chain(receives.then_some(Relation::Recipient)).collect()
    }

    /// The counts that the caller may see: a Client its own, the owner all.
    pub(super) async fn views_of(&self, caller: &Caller, shares: Vec<Share>) -> Result<Vec<ShareView>, Error> {
        let recipient = caller.user().filter(|user| user.role == Role::Client);
        let Some(recipient) = recipient else {
            let view = |share: Share| ShareView {
                downloads: share.downloads,
                // Of a share with every Client each has its own number left, so there is none to show.
                downloads_left: match share.audience {
                    Audience::Client(_) => share.downloads_left(share.downloads),
                    Audience::EveryClient => share.max_downloads.map(u64::from),
                },
                last_downloaded_at: share.last_downloaded_at,
                share,
            };
            return Ok(shares.into_iter().map(view).collect());
        };
        let ids: Vec<ShareId> = shares.iter().map(|share| share.id).collect();
        let receipts = self.store.find_receipts(recipient.id, &ids).await?;
        let view = |(share, receipt): (Share, store::receipt::Receipt)| ShareView {
            downloads: receipt.downloads,
            downloads_left: share.downloads_left(receipt.downloads),
            last_downloaded_at: receipt.last_downloaded_at,
            share,
        };
        Ok(shares.into_iter().zip(receipts).map(view).collect())
    }
}

fn no_recipient() -> Error {
    Error::input("recipients", "Each recipient is the e-mail address of a verified Client.")
}

/// With whom, as an event says it.
fn detail_of(audience: Audience) -> String {
    match audience {
        Audience::Client(client) => client.to_string(),
        Audience::EveryClient => "every_client".to_owned(),
    }
}
