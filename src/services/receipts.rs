//! Who has downloaded what is shared, and who has not.

use super::pages::{self, ListIdentity, Rows};
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

struct Recipients<'a> {
    store: &'a Store,
    share: ShareId,
    audience: Audience,
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
        let filter = view.share.id.to_string();
        let identity = ListIdentity { field: "receipts", key_fields: BY_EMAIL, filter };
        self.page(owner, &identity, request, &self.recipients(view)).await
    }

    /// How many recipients [`list_receipts`](Self::list_receipts) finds.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn count_receipts(&self, caller: &Caller, view: &ShareView) -> Result<u64, Error> {
        match (self.owner_who_sees_receipts(caller, view), view.share.audience) {
            (None, _) => Ok(0),
            (Some(_), Audience::Client(_)) => Ok(1),
            (Some(_), Audience::EveryClient) => Ok(self.store.count_users(Role::Client).await?),
        }
    }

    fn owner_who_sees_receipts(&self, caller: &Caller, view: &ShareView) -> Option<UserId> {
        let user = caller.user().filter(|user| user.id == view.share.shared_by)?;
        self.may(caller, Permission::ShareRead, &[Relation::Owner]).then_some(user.id)
    }

    fn recipients(&self, view: &ShareView) -> Recipients<'_> {
        Recipients { store: &self.store, share: view.share.id, audience: view.share.audience }
    }
}

impl Rows for Recipients<'_> {
    type Row = User;
    type Item = ReceiptView;

    async fn fetch(&self, key_field: &'static str, after: &str, limit: usize) -> Result<Vec<Listed<User>>, Error> {
        let Audience::Client(client) = self.audience else {
            let list = List::UsersIn(Role::Client.as_str());
            let scan = Scan { list, key_field, after: after.to_owned(), limit };
            return Ok(self.store.scan_users(&scan).await?);
        };
        let Some(user) = self.store.find_user(client).await? else { return Ok(Vec::new()) };
        let (mut key, mut mirror_key) = (user.email.as_str().to_owned(), reversed(user.email.as_str()));
        if key_field != BY_EMAIL.0 {
            (key, mirror_key) = (mirror_key, key);
        }
        Ok(if key.as_str() > after { vec![Listed { key, mirror_key, item: user }] } else { Vec::new() })
    }

    async fn keep(&self, rows: Vec<Listed<User>>) -> Result<Vec<Listed<ReceiptView>>, Error> {
        let recipients: Vec<UserId> = rows.iter().map(|row| row.item.id).collect();
        let receipts = self.store.find_receipts_of(self.share, &recipients).await?;
        let view = |(row, receipt): (Listed<User>, Receipt)| Listed {
            key: row.key,
            mirror_key: row.mirror_key,
            item: ReceiptView { recipient: row.item, receipt },
        };
        Ok(rows.into_iter().zip(receipts).map(view).collect())
    }
}
