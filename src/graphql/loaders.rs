//! What many items of a page ask for alike, asked of the services at once instead of one by one.
//!
//! Each request has a loader of its own, for its own caller; nothing is kept from one lookup to the next. To have something
//! looked up in batches: a key here that says everything the answer depends on, and a function of the services that answers
//! for many. The services decide who sees what, as everywhere.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Request};

use super::batches::Batches;
use super::context::{ContextExt, RequestContext};
use super::types::user::UserObject;
use crate::domain::id::{FileId, UserId};
use crate::domain::page::{Page, PageRequest};
use crate::domain::user::User;
use crate::services::files::FileView;
use crate::services::links::DownloadLink;
use crate::services::people::Beside;
use crate::services::receipts::ReceiptView;
use crate::services::shares::ShareView;
use crate::services::{Caller, Error, Services};

/// How many keys are looked up at once at most.
const MAX_KEYS: usize = 1000;

/// Looks things up for one caller.
pub(super) struct Lookups {
    services: Arc<Services>,
    caller: Caller,
}

/// What the resolvers of one request ask.
pub(super) type Loaders = DataLoader<Lookups>;

/// Gives a request its context and loaders of its own. Whoever has it executed lets the batches answer.
pub(super) fn furnish(request: Request, services: &Arc<Services>, context: RequestContext) -> (Request, Batches) {
    let batches = Batches::default();
    let lookups = Lookups { services: Arc::clone(services), caller: context.caller.clone() };
    let loaders = DataLoader::new(lookups, batches.spawner()).delay(Duration::ZERO).max_batch_size(MAX_KEYS);
    (request.data(loaders).data(context), batches)
}

/// What is found for a key.
pub(super) async fn find<K>(ctx: &Context<'_>, key: K) -> async_graphql::Result<Option<<Lookups as Loader<K>>::Value>>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    Lookups: Loader<K, Error = Arc<Error>>,
{
    let failed = |failure: Arc<Error>| async_graphql::Error {
        message: failure.to_string(),
        source: Some(failure),
        extensions: None,
    };
    ctx.loaders()?.load_one(key).await.map_err(failed)
}

/// Somebody beside a thing that is there.
pub(super) async fn person(ctx: &Context<'_>, person: Beside) -> async_graphql::Result<UserObject> {
    Ok(UserObject(Services::named_by_a_row(find(ctx, person).await?)?))
}

/// The same page of the shares of a file.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct SharesOf(pub(super) FileView, pub(super) PageRequest);

/// How many shares a file has.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct ShareCountOf(pub(super) FileView);

/// The caller's own share of a file.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct MyShareOf(pub(super) FileView);

/// A link to a file that lasts so many seconds.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct LinkTo(pub(super) FileView, pub(super) u64);

/// The same page of the receipts of a share.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct ReceiptsOf(pub(super) ShareView, pub(super) PageRequest);

/// How many recipients a share has.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct ReceiptCountOf(pub(super) ShareView);

type Found<K, V> = Result<HashMap<K, V>, Arc<Error>>;

impl Loader<Beside> for Lookups {
    type Value = User;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Beside]) -> Found<Beside, User> {
        Ok(self.services.find_people_beside(keys).await?)
    }
}

impl Loader<UserId> for Lookups {
    type Value = User;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[UserId]) -> Found<UserId, User> {
        Ok(self.services.find_people(&self.caller, keys).await?)
    }
}

impl Loader<FileId> for Lookups {
    type Value = FileView;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[FileId]) -> Found<FileId, FileView> {
        Ok(self.services.find_files(&self.caller, keys).await?)
    }
}

impl Loader<SharesOf> for Lookups {
    type Value = Page<ShareView>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[SharesOf]) -> Found<SharesOf, Page<ShareView>> {
        let mut found = HashMap::with_capacity(keys.len());
        for (request, keys) in grouped(keys, |key| &key.1) {
            let views: Vec<&FileView> = keys.iter().map(|key| &key.0).collect();
            let pages = self.services.list_shares_of_each(&self.caller, &views, request).await?;
            found.extend(keys.into_iter().cloned().zip(pages));
        }
        Ok(found)
    }
}

impl Loader<ShareCountOf> for Lookups {
    type Value = u64;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[ShareCountOf]) -> Found<ShareCountOf, u64> {
        let views: Vec<&FileView> = keys.iter().map(|key| &key.0).collect();
        let totals = self.services.count_shares(&self.caller, &views).await?;
        Ok(keys.iter().cloned().zip(totals).collect())
    }
}

impl Loader<MyShareOf> for Lookups {
    type Value = ShareView;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[MyShareOf]) -> Found<MyShareOf, ShareView> {
        let views: Vec<&FileView> = keys.iter().map(|key| &key.0).collect();
        let shares = self.services.my_shares(&self.caller, &views).await?;
        Ok(keys.iter().zip(shares).filter_map(|(key, share)| Some((key.clone(), share?))).collect())
    }
}

impl Loader<LinkTo> for Lookups {
    type Value = DownloadLink;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[LinkTo]) -> Found<LinkTo, DownloadLink> {
        let mut found = HashMap::with_capacity(keys.len());
        for (ttl_seconds, keys) in grouped(keys, |key| &key.1) {
            let views: Vec<&FileView> = keys.iter().map(|key| &key.0).collect();
            let links = self.services.find_download_links(&self.caller, &views, *ttl_seconds).await?;
            found.extend(keys.into_iter().zip(links).filter_map(|(key, link)| Some((key.clone(), link?))));
        }
        Ok(found)
    }
}

impl Loader<ReceiptsOf> for Lookups {
    type Value = Page<ReceiptView>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[ReceiptsOf]) -> Found<ReceiptsOf, Page<ReceiptView>> {
        let mut found = HashMap::with_capacity(keys.len());
        for (request, keys) in grouped(keys, |key| &key.1) {
            let views: Vec<&ShareView> = keys.iter().map(|key| &key.0).collect();
            let pages = self.services.list_receipts_of_each(&self.caller, &views, request).await?;
            found.extend(keys.into_iter().cloned().zip(pages));
        }
        Ok(found)
    }
}

impl Loader<ReceiptCountOf> for Lookups {
    type Value = u64;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[ReceiptCountOf]) -> Found<ReceiptCountOf, u64> {
        let views: Vec<&ShareView> = keys.iter().map(|key| &key.0).collect();
        let totals = self.services.count_receipts(&self.caller, &views).await?;
        Ok(keys.iter().cloned().zip(totals).collect())
    }
}

/// The keys that are looked up in the same way.
fn grouped<K, G: Eq + Hash>(keys: &[K], group: impl Fn(&K) -> &G) -> HashMap<&G, Vec<&K>> {
    let mut groups: HashMap<&G, Vec<&K>> = HashMap::new();
    for key in keys {
        groups.entry(group(key)).or_default().push(key);
    }
    groups
}
