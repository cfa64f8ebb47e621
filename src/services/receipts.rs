//! Who has downloaded what is shared, and who has not.

use std::collections::{BTreeSet, HashMap};

use super::pages::{self, ListIdentity, ManyRows, Place};
use super::people::BY_EMAIL;
use super::shares::ShareView;
use super::{Caller, Error, Services};
use crate::domain::id::{ShareId, UserId};
use crate::domain::page::{Page, PageRequest};
use crate::domain::permission::{Permission, Relation};
use crate::domain::role::Role;
use crate::domain::share::Audience;
use crate::domain::sort_key::reversed;
use crate::domain::user::User;
use crate::store::receipt::Receipt;
use crate::store::{List, Listed, Scan, Store};

/// What one recipient has downloaded through a share.
#[derive(Clone, Debug)]
pub struct ReceiptView {
    /// Who.
    pub recipient: User,
    /// How often and when last.
    pub receipt: Receipt,
}

/// The recipients of several shares.
struct Recipients<'a> {
    store: &'a Store,
    shares: Vec<(ShareId, Audience)>,
}

impl Services {
    /// Everybody a share is for, with what they have downloaded, by address. For the file's owner; for anyone else a page
    /// of nothing.
    ///
    /// # Errors
    /// [`Error::Input`] for a cursor that does not belong here.
    pub async fn list_receipts(
        &self,
        caller: &Caller,
        view: &ShareView,
        request: &PageRequest,
    ) -> Result<Page<ReceiptView>, Error> {
        let Some(owner) = self.owner_who_sees_receipts(caller, view) else { return pages::page_of_nothing(request) };
        self.page(owner, &list_of(view), request, &self.recipients(&[view])).await
    }

    /// The same of each of these shares, in their order, where `request` has no cursor.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn list_receipts_of_each(
        &self,
        caller: &Caller,
        views: &[&ShareView],
        request: &PageRequest,
    ) -> Result<Vec<Page<ReceiptView>>, Error> {
        let mut pages: Vec<Page<ReceiptView>> = views.iter().map(|_| Page::empty()).collect();
        let owned = views.iter().enumerate().filter(|(_, view)| self.owner_who_sees_receipts(caller, view).is_some());
        let (places, views): (Vec<usize>, Vec<&ShareView>) = owned.unzip();
        let Some(owner) = caller.user().filter(|_| !views.is_empty()) else { return Ok(pages) };
        let lists: Vec<ListIdentity> = views.iter().copied().map(list_of).collect();
        let found = self.outermost_pages(owner.id, &lists, request, &self.recipients(&views)).await?;
        for (place, page) in places.into_iter().zip(found) {
            pages[place] = page;
        }
        Ok(pages)
    }

    /// How many recipients [`list_receipts`](Self::list_receipts) finds of each of these shares, in their order.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn count_receipts(&self, caller: &Caller, views: &[&ShareView]) -> Result<Vec<u64>, Error> {
        let audience = |view: &&ShareView| self.owner_who_sees_receipts(caller, view).map(|_| view.share.audience);
        let audiences: Vec<Option<Audience>> = views.iter().map(audience).collect();
        let any_is_common = audiences.contains(&Some(Audience::EveryClient));
        let clients = if any_is_common { self.store.count_users(Role::Client).await? } else { 0 };
        let total = |audience| match audience {
            None => 0,
            Some(Audience::Client(_)) => 1,
            Some(Audience::EveryClient) => clients,
        };
        Ok(audiences.into_iter().map(total).collect())
    }

    fn owner_who_sees_receipts(&self, caller: &Caller, view: &ShareView) -> Option<UserId> {
        let user = caller.user().filter(|user| user.id == view.share.shared_by)?;
        self.may(caller, Permission::ShareRead, &[Relation::Owner]).then_some(user.id)
    }

    fn recipients(&self, views: &[&ShareView]) -> Recipients<'_> {
        let shares = views.iter().map(|view| (view.share.id, view.share.audience)).collect();
        Recipients { store: &self.store, shares }
    }
}

fn list_of(view: &ShareView) -> ListIdentity {
    ListIdentity { field: "receipts", key_fields: BY_EMAIL, filter: view.share.id.to_string() }
}

/// A person at its place in the order of addresses or in its mirror.
fn placed(key_field: &'static str, user: User) -> Listed<User> {
    let (key, mirror_key) = (user.email.as_str().to_owned(), reversed(user.email.as_str()));
    if key_field == BY_EMAIL.0 {
        Listed { key, mirror_key, item: user }
    } else {
        Listed { key: mirror_key, mirror_key: key, item: user }
    }
}

impl Recipients<'_> {
    /// Of each place of a share with one Client that Client, where it stands behind the place.
    async fn named(&self, key_field: &'static str, places: &[Place]) -> Result<HashMap<usize, Listed<User>>, Error> {
        let named = places.iter().filter_map(|place| match self.shares[place.list].1 {
            Audience::Client(client) => Some((place, client)),
            Audience::EveryClient => None,
        });
        let named: Vec<(&Place, UserId)> = named.collect();
        if named.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: BTreeSet<UserId> = named.iter().map(|(_, client)| *client).collect();
        let users = self.store.find_users(&ids.into_iter().collect::<Vec<_>>()).await?;
        let users: HashMap<UserId, User> = users.into_iter().map(|user| (user.id, user)).collect();
        let listed = |(place, client): (&Place, UserId)| {
            let listed = placed(key_field, users.get(&client)?.clone());
            (listed.key > place.after).then_some((place.list, listed))
        };
        Ok(named.into_iter().filter_map(listed).collect())
    }
}

impl ManyRows for Recipients<'_> {
    /// People are read by their ids, and every Client of all shares with every Client together.
    const LISTS_AT_ONCE: usize = 1000;
    type Row = User;
    type Item = ReceiptView;

    async fn fetch_of(
        &self,
        key_field: &'static str,
        places: &[Place],
        limit: usize,
    ) -> Result<Vec<Vec<Listed<User>>>, Error> {
        let mut named = self.named(key_field, places).await?;
        // All shares with every Client have the same recipients, so those behind one place are read once.
        let mut common: HashMap<&str, Vec<Listed<User>>> = HashMap::new();
        let mut fetched = Vec::with_capacity(places.len());
        for place in places {
            if let (_, Audience::Client(_)) = self.shares[place.list] {
                fetched.push(named.remove(&place.list).into_iter().collect());
                continue;
            }
            if !common.contains_key(place.after.as_str()) {
                let list = List::UsersIn(Role::Client.as_str());
                let scan = Scan { list, key_field, after: place.after.clone(), limit };
                common.insert(&place.after, self.store.scan_users(&scan).await?);
            }
            fetched.push(common.get(place.after.as_str()).cloned().unwrap_or_default());
        }
        Ok(fetched)
    }

    async fn keep_of(&self, rows: Vec<(usize, Vec<Listed<User>>)>) -> Result<Vec<Vec<Listed<ReceiptView>>>, Error> {
        let of_list = |(list, rows): &(usize, Vec<Listed<User>>)| {
            let share = self.shares[*list].0;
            rows.iter().map(|row| (share, row.item.id)).collect::<Vec<_>>()
        };
        let pairs: Vec<(ShareId, UserId)> = rows.iter().flat_map(of_list).collect();
        let mut receipts = self.store.find_receipts_of(&pairs).await?.into_iter();
        let view = |(row, receipt): (Listed<User>, Receipt)| Listed {
            key: row.key,
            mirror_key: row.mirror_key,
            item: ReceiptView { recipient: row.item, receipt },
        };
        Ok(rows.into_iter().map(|(_, rows)| rows.into_iter().zip(receipts.by_ref()).map(view).collect()).collect())
    }
}
